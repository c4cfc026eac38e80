"""Reads a project's RDF files as triples, for the steps that look at them before a store exists.

Blank nodes get labels from their file's name and their order, so that two readings of
the same files give the same triples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kgtool.errors import RdfSyntaxError
from kgtool.project.literals import check_literals
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.reading import Parser
from kgtool.rdf.terms import BlankNode, Term

if TYPE_CHECKING:
    from kgtool.rdf.document.index import DocumentIndex

#: How the lines begin that git puts around the two versions of a conflict.
_MERGE_MARKS = (b"<<<<<<<", b"=======", b">>>>>>>")

Triple: TypeAlias = tuple[Term, Term, Term]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's triples and the prefixes that it declares; ``base`` resolves relative IRIs."""

    name: str
    path: Path
    triples: tuple[Triple, ...]
    prefixes: dict[str, str]
    base: str

    def index(self) -> DocumentIndex | None:
        """The places of its triples; None for a file that is not Turtle."""
        return index_file(self.path, self.name, self.base)


def index_file(path: Path, name: str, base: str) -> DocumentIndex | None:
    """The places of a file's triples; None for one that is not Turtle."""
    from kgtool.rdf.document.index import DocumentIndex

    if path.suffix.lower() not in (".ttl", ".nt"):
        return None
    return DocumentIndex(path.read_text(encoding="utf-8-sig"), name, base)


def read_file(path: Path, name: str, base: str | None = None) -> SourceFile:
    """The triples of a file; ``name`` is what messages call it, ``base`` if not the path its base.

    Raises RdfSyntaxError, with line and column, for text that does not parse and for
    literals that their datatype does not have.
    """
    base = base or path.resolve().as_uri()
    parser = Parser(path, base=base)
    scope = _BlankNodes(name)
    try:
        triples = tuple(
            (scope.term(q.subject), scope.term(q.predicate), scope.term(q.object)) for q in parser
        )
    except RdfSyntaxError as error:
        if error.location is not None:
            error.location = error.location._replace(file=name)
            error.hint = _merge_hint(path, error.location.line) or error.hint
        raise
    check_literals(triples, path, name)
    return SourceFile(name, path, triples, parser.prefixes, base)


def _merge_hint(path: Path, line: int | None) -> str | None:
    """What to do about a line that git has written where a merge stopped."""
    lines = path.read_bytes().splitlines()[: line or 0][-1:]
    if not lines or not lines[0].startswith(_MERGE_MARKS):
        return None
    return "A merge has stopped here: choose between the two versions, and take out the marks."


def unique_triples(files: Iterable[SourceFile]) -> Iterator[Triple]:
    """The triples of all files, each once, in order."""
    return iter(dict.fromkeys(t for file in files for t in file.triples))


class _BlankNodes:
    """Turns pyoxigraph's terms into ours, with labels that only depend on the file."""

    def __init__(self, name: str) -> None:
        self._stem = "b" + hashlib.sha256(name.encode()).hexdigest()[:8] + "x"
        self._labels: dict[str, BlankNode] = {}

    def term(self, node: object) -> Term:
        term = from_oxigraph(node)
        if not isinstance(term, BlankNode):
            return term
        label = term.label
        if label not in self._labels:
            self._labels[label] = BlankNode(f"{self._stem}{len(self._labels)}")
        return self._labels[label]
