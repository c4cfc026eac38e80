"""The query page: a query, stored or written there, and the rows that it gives."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from kgtool.diagnostics.excerpt import excerpt
from kgtool.errors import KgtoolError, LimitError
from kgtool.plan.run import parsed
from kgtool.plan.stop import Stop
from kgtool.project.arguments import example_of
from kgtool.project.naming import unknown_name
from kgtool.project.parameters import Parameter
from kgtool.project.stored import StoredQuery
from kgtool.rdf.names import Names
from kgtool.rdf.terms import Term
from kgtool.results import AskResult, GraphResult, Result
from kgtool.results.formats import FORMATS, Kind
from kgtool.server.pages.addresses import QUERY
from kgtool.server.pages.site import Site
from kgtool.server.pages.tables import Table, table_of
from kgtool.server.pages.views import Views
from kgtool.server.protocol import Operation
from kgtool.server.queries import Answer, kind_of
from kgtool.server.refusals import refusal_of
from kgtool.server.stores import Version, Versions
from kgtool.sparql.writing import to_sparql

#: Rows of an answer that are shown.
SHOWN = 200
#: Names that the graph does not know of which it is told.
_MOST_UNKNOWN = 5
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

    table: Table | None
    verdict: bool | None
    cut: bool
    seconds: float
    downloads: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


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
        shown, verdict, cut = _read(site, result, operation.max_rows)
    finally:
        result.close()
    return Shown(
        shown,
        verdict,
        cut,
        time.perf_counter() - begin,
        _downloads(kind_of(result), operation),
        (*asked.warnings, *result.notes, *_unknown(site, result)),
    )


def _prefixes(site: Site, result: Result) -> dict[str, str]:
    """Those of the store and of the query."""
    own = {} if isinstance(result, AskResult) else result.prefixes
    return {**site.store.prefixes, **own}


def _unknown(site: Site, result: Result) -> Iterator[str]:
    """What to say of properties and classes in the query that the graph does not have."""
    names = Names(_prefixes(site, result))
    for iri in result.unknown_names[:_MOST_UNKNOWN]:
        message, hint = unknown_name(site.store, iri, names)
        yield f"{message}. {hint or ''}".rstrip()


def _read(
    site: Site, result: Result, max_rows: int | None
) -> tuple[Table | None, bool | None, bool]:
    """The table or the truth value that a result is, and whether there are more rows."""
    if isinstance(result, AskResult):
        return None, result.answer, False
    rows = result.as_rows() if isinstance(result, GraphResult) else result
    found: list[Sequence[Term | None]] = []
    cut = False
    try:
        for row in islice(rows, SHOWN + 1):
            found.append(tuple(row))
    except LimitError:
        if not max_rows or len(found) < max_rows:
            raise
        cut = True
    views = Views(site.addresses, _prefixes(site, result), {})
    return table_of(views, rows.variables, found[:SHOWN]), None, cut or len(found) > SHOWN


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
