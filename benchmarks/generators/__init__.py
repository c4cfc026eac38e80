"""Data of any size in three vocabularies, the same for the same seed.

All stream and need the standard library only. ``war`` has the shipped ontology,
``statements`` is shaped like Wikidata, ``catalogue`` like a shop with reviews.
"""

from __future__ import annotations

from benchmarks.generators import catalogue, statements, war
from benchmarks.generators.writing import Generator, write

GENERATORS: dict[str, Generator] = {
    "war": war,
    "statements": statements,
    "catalogue": catalogue,
}

__all__ = ["GENERATORS", "Generator", "write"]
