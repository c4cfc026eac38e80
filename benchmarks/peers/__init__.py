"""kgtool beside the fastest stores there are: ``make bench-peers``."""
