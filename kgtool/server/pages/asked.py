"""The query page: a query, stored or written there, and the rows that it gives."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from kgtool.diagnostics.excerpt import excerpt
from kgtool.errors import KgtoolError, LimitError
from kgtool.plan.run import parsed
from kgtool.plan.stop import Stop
from kgtool.project.arguments import example_of
from kgtool.project.parameters import Parameter
from kgtool.project.stored import StoredQuery
from kgtool.rdf.terms import Term
from kgtool.results import AskResult, GraphResult, Result
from kgtool.results.formats import FORMATS, Kind
from kgtool.server.pages.addresses import QUERY
from kgtool.server.pages.site import Site
from kgtool.server.pages.views import View, Views
from kgtool.server.protocol import Operation
from kgtool.server.queries import Answer
from kgtool.server.refusals import refusal_of
from kgtool.server.stores import Version, Versions
from kgtool.sparql.writing import to_sparql

#: Rows of an answer that are shown.
SHOWN = 200
_DOWNLOADS: dict[Kind, tuple[str, ...]] = {
    "select": ("csv", "tsv", "json", "xml"),
    "ask": ("json", "xml"),
    "graph": ("turtle", "ntriples", "jsonld", "rdfxml"),
}
_NAMES = {"turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF/XML"}
_NUMBERS = {"integer": "numeric", "decimal": "decimal", "double": "decimal", "gYear": "numeric"}


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a stored query as a field of a form."""

    parameter: Parameter
    value: str
    example: str
    input: str
    mode: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a query, and where in its text, if that is known."""

    message: str
    hint: str
    excerpt: str
    line: int | None
    column: int | None
    status: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: the first of its rows, or yes or no. ``cut`` says that there are more."""

    variables: tuple[str, ...]
    rows: tuple[tuple[View | None, ...], ...]
    answer: bool | None
    cut: bool
    seconds: float
    downloads: tuple[tuple[str, str], ...]
    is_graph: bool

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Which columns have numbers alone."""
        columns = ([row[i] for row in self.rows] for i in range(len(self.variables)))
        return tuple(
            any(column) and all(cell is None or cell.number for cell in column)
            for column in columns
        )


def fields_of(query: StoredQuery, given: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a stored query, with what was given or else the defaults."""
    return tuple(
        Field(
            each,
            given.get(each.name) or each.default or "",
            example_of(each.type),
            "date" if each.type == "date" else "text",
            _NUMBERS.get(each.type, "text"),
        )
        for each in query.parameters
    )


def bound_text(site: Site, query: StoredQuery, given: Mapping[str, str]) -> str:
    """A stored query as text in which its parameters are terms. Raises ParameterError."""
    prefixes = site.store.prefixes
    known = {name: value for name, value in given.items() if value}
    terms = query.bind(known, prefixes)
    return to_sparql(parsed(query.text, terms, prefixes, query.file))


def answer_to(
    site: Site, version: Version, versions: Versions, operation: Operation, stop: Stop
) -> Shown:
    """The answer to a query, of which up to SHOWN rows are read. Raises KgtoolError, Refusal."""
    begin = time.perf_counter()
    settings = site.settings
    asked = Answer(settings, versions, operation, settings.default_graph, None, stop=stop)
    result = asked.run(version)
    try:
        return _shown(site, result, operation, begin)
    finally:
        result.close()


def _shown(site: Site, result: Result, operation: Operation, begin: float) -> Shown:
    views = Views(site.addresses, {**site.store.prefixes, **getattr(result, "prefixes", {})}, {})
    if isinstance(result, AskResult):
        seconds = time.perf_counter() - begin
        links = _downloads("ask", operation)
        return Shown((), (), result.answer, False, seconds, links, False)
    is_graph = isinstance(result, GraphResult)
    kind: Kind = "graph" if is_graph else "select"
    rows = result.as_rows() if isinstance(result, GraphResult) else result
    found: list[Sequence[Term | None]] = []
    cut = False
    try:
        for row in islice(rows, SHOWN + 1):
            found.append(tuple(row))
    except LimitError:
        if not operation.max_rows or len(found) < operation.max_rows:
            raise
        cut = True
    return Shown(
        rows.variables,
        tuple(
            tuple(None if term is None else views.of(term) for term in row) for row in found[:SHOWN]
        ),
        None,
        cut or len(found) > SHOWN,
        time.perf_counter() - begin,
        _downloads(kind, operation),
        is_graph,
    )


def _downloads(kind: Kind, operation: Operation) -> tuple[tuple[str, str], ...]:
    def address(name: str) -> str:
        return f"{QUERY}?" + urlencode({"query": operation.text, "format": name})

    names = _DOWNLOADS[kind]
    return tuple(
        (_NAMES.get(name, name.upper()), address(FORMATS[name].extension)) for name in names
    )


def mistake_of(error: KgtoolError) -> Mistake:
    """An error of a query for people, with its line and the place in it underlined."""
    place = error.location
    where = f"Line {place.line}, column {place.column}: " if place and place.column else ""
    expected = f"; expected {error.expected}" if error.expected else ""
    return Mistake(
        f"{where}{error.message}{expected}",
        # The hints of limits are about options of the command line.
        "" if isinstance(error, LimitError) else error.hint or "",
        "\n".join(excerpt(place, "")) if place else "",
        place.line if place else None,
        place.column if place else None,
        refusal_of(error).status,
    )
