"""Finds the things of a store that names in other people's tables mean.

Names are compared in one normal form (``normal``), which an index beside the store keeps
(``index``). Of a batch of queries the few names that may be meant come from the index in one
statement (``candidates``); those are compared word by word (``scoring``), then by type and by
properties (``values``), and what is sure enough is called a match (``matching``).
"""
