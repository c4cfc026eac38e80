"""The triples of one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from kgtool.errors import Location, RdfSyntaxError
from kgtool.rdf.iris import is_absolute, resolve
from kgtool.rdf.namespaces import RDF, WELL_KNOWN_PREFIXES, XSD
from kgtool.rdf.tables.model import Column
from kgtool.rdf.tables.templates import Template
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

#: Prefixes of the context of CSVW that differ from those elsewhere, or are not there.
_PREFIXES = WELL_KNOWN_PREFIXES | {
    "csvw": "http://www.w3.org/ns/csvw#",
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "org": "http://www.w3.org/ns/org#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}


class Source(NamedTuple):
    """What a row knows of its table: its URL, columns that are skipped, prefixes in use.

    ``place`` tells where the cell of a number stands.
    """

    base: str
    skipped: int
    prefixes: dict[str, str]
    place: Callable[[int], Location]


class Row:
    """The cells of a row as values, for templates and triples.

    ``numbers`` are those of the row among the rows with data, and of its line.
    Raises RdfSyntaxError for a cell that its column does not take.
    """

    def __init__(
        self,
        source: Source,
        numbers: tuple[int, int],
        columns: tuple[Column, ...],
        cells: list[str],
    ) -> None:
        self._source = source
        self._number, line = numbers
        self._values: list[list[Literal] | None] = []
        self._variables: dict[str, str | list[str]] = {
            "_row": str(self._number),
            "_sourceRow": str(line),
        }
        self._iris: dict[tuple[str, str], IRI] = {}
        for position, (text, column) in enumerate(zip(cells, columns, strict=False)):
            found = self._parsed(position, text, column)
            self._values.append(found)
            if found is not None:
                texts = [each.lexical for each in found]
                self._variables[column.name] = texts if column.separator else texts[0]

    def triples(self, position: int, column: Column) -> Iterator[tuple[Term, Term, Term]]:
        values = None if column.virtual else self._values[position]
        if values is None and not column.virtual:
            return
        subject: Term = BlankNode(f"row{self._number}")
        if column.about is not None:
            subject = self._iri(column.about, position, column)
        if column.property is not None:
            predicate = self._iri(column.property, position, column)
        else:
            predicate = IRI(resolve(f"#{quote(column.name, safe='%')}", self._source.base))
        if column.value is not None:
            yield subject, predicate, self._iri(column.value, position, column)
        elif column.separator and column.ordered:
            yield from self._listed(subject, predicate, values or [], position)
        else:
            for value in values or []:
                yield subject, predicate, value

    def _listed(
        self, subject: Term, predicate: Term, values: list[Literal], position: int
    ) -> Iterator[tuple[Term, Term, Term]]:
        """The values as a list of RDF."""
        nodes: list[Term] = [
            BlankNode(f"row{self._number}c{position}n{n}") for n in range(len(values))
        ]
        yield subject, predicate, (nodes or [IRI(RDF.nil)])[0]
        for n, value in enumerate(values):
            yield nodes[n], IRI(RDF.first), value
            rest = nodes[n + 1] if n + 1 < len(nodes) else IRI(RDF.nil)
            yield nodes[n], IRI(RDF.rest), rest

    def _parsed(self, position: int, text: str, column: Column) -> list[Literal] | None:
        """The values of a cell (Model for Tabular Data, 6.4); None is no value."""
        is_text = column.datatype.keeps_space
        plain = text if is_text else " ".join(text.split())
        plain = plain or column.default
        if column.separator:
            parts = plain.split(column.separator) if plain else []
            texts = [part if is_text else part.strip() for part in parts]
            texts = [each for each in texts if each not in column.null]
        else:
            texts = [] if plain in column.null else [plain]
        if not texts and column.required:
            raise self._error(position, "the cell is empty, and must not be", "a value")
        if not texts and not (column.separator and column.ordered and plain not in column.null):
            return None
        return [self._literal(position, each, column) for each in texts]

    def _literal(self, position: int, text: str, column: Column) -> Literal:
        try:
            found = column.datatype.literal(text)
        except ValueError as error:
            message = f"{text!r} is no value of the column {title_of(column)!r}"
            raise self._error(position, message, str(error)) from None
        if column.language and found.datatype == XSD.string:
            return Literal.tagged(found.lexical, column.language)
        return found

    def _iri(self, template: Template, position: int, column: Column) -> IRI:
        """A template for this row: absolute, with the prefixes of CSVW expanded."""
        key = (template.text, column.name if "_name" in template.variables else "")
        if "_column" in template.variables or "_sourceColumn" in template.variables:
            key = (template.text, column.name)
        if key not in self._iris:
            number = str(position + 1)
            skipped = str(position + 1 + self._source.skipped)
            own = {"_name": column.name, "_column": number, "_sourceColumn": skipped}
            text = template.expand({**self._variables, **own})
            prefix, colon, local = text.partition(":")
            if colon and prefix in _PREFIXES and not local.startswith("//"):
                self._source.prefixes[prefix] = _PREFIXES[prefix]
                text = _PREFIXES[prefix] + local
            elif not is_absolute(text):
                text = resolve(text, self._source.base)
            self._iris[key] = IRI(text)
        return self._iris[key]

    def _error(self, position: int, message: str, expected: str) -> RdfSyntaxError:
        return RdfSyntaxError(message, location=self._source.place(position), expected=expected)


def title_of(column: Column) -> str:
    """What a column is called in messages."""
    return column.titles[0] if column.titles else column.name
