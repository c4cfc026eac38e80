"""Reads a project's RDF files as triples, for the steps that look at them before a store exists.

Blank nodes get labels from their file's name and their order, so that two readings of
the same files give the same triples.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import TypeAlias

from kgtool.errors import DataError, Location
from kgtool.project.literals import check_literals
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.placing import Places, places_in
from kgtool.rdf.reading import reader_of
from kgtool.rdf.terms import BlankNode, Term

#: What the loader puts before the label of a blank node.
_SOURCE = re.compile(r"^s\d+_")

Triple: TypeAlias = tuple[Term, Term, Term]


@dataclass(frozen=True)
class SourceFile:
    """A file's triples and the prefixes that it declares; ``base`` resolves relative IRIs."""

    name: str
    path: Path
    triples: tuple[Triple, ...]
    prefixes: dict[str, str]
    base: str

    @cached_property
    def places(self) -> Places:
        """Where its triples and terms stand; the file is read again for it."""
        return places_in(self.path, self.name, self.triples, self.prefixes, self.base)

    def place(self, triple: Triple) -> Location:
        """Where a triple stands, as near as is known."""
        return self.places.nearest(*triple) or Location(self.name)


def read_file(path: Path, name: str, base: str | None = None) -> SourceFile:
    """The triples of a file; ``name`` is what messages call it, ``base`` if not the path its base.

    Raises RdfSyntaxError, with line and column, for text that does not parse and for
    literals that their datatype does not have.
    """
    base = base or path.resolve().as_uri()
    reader = reader_of(path, base=base)
    scope = BlankNodes(name)
    try:
        triples = tuple(
            (scope.term(q.subject), scope.term(q.predicate), scope.term(q.object)) for q in reader
        )
    except DataError as error:
        if error.location is not None and error.location.file is not None:
            # A table's metadata stand beside it.
            own = PurePath(name).with_name(Path(error.location.file).name)
            error.location = error.location._replace(file=own.as_posix())
        raise
    file = SourceFile(name, path, triples, reader.prefixes, base)
    check_literals(triples, file.place)
    return file


def unique_triples(files: Iterable[SourceFile]) -> Iterator[Triple]:
    """The triples of all files, each once, in order."""
    return iter(dict.fromkeys(t for file in files for t in file.triples))


def as_in_files(term: Term) -> Term:
    """A term of a project's store as the reading of its file has it.

    The loader tells the blank nodes of its sources apart, and those of files are so already.
    """
    return BlankNode(_SOURCE.sub("", term.label)) if isinstance(term, BlankNode) else term


class BlankNodes:
    """Gives blank nodes labels that only depend on the name of their file."""

    def __init__(self, name: str) -> None:
        self._stem = "b" + hashlib.sha256(name.encode()).hexdigest()[:8] + "x"
        self._labels: dict[str, BlankNode] = {}

    def term(self, node: object) -> Term:
        """One of pyoxigraph's terms as one of ours."""
        return self.label(from_oxigraph(node))

    def label(self, term: Term) -> Term:
        if not isinstance(term, BlankNode):
            return term
        label = term.label
        if label not in self._labels:
            self._labels[label] = BlankNode(f"{self._stem}{len(self._labels)}")
        return self._labels[label]
