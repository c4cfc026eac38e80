"""A project: a folder with ontology/, triples/ and queries/, and what is done with it.

One module a job: ``folder`` finds a project, ``fingerprint`` knows whether its store is
up to date, ``build`` makes the store, ``scanning``, ``header``, ``stored``,
``parameters`` and ``arguments`` read the stored queries, ``expected`` compares answers,
``skeleton`` makes a new project.
"""
