"""The formats results are written in: a table, and finding a row of it by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Literal, NamedTuple, Protocol, TypeAlias

from kgtool.errors import UsageError, did_you_mean
from kgtool.results._flat import FlatRow

Kind: TypeAlias = Literal["select", "ask", "graph"]

_ROWS: frozenset[Kind] = frozenset({"select", "ask", "graph"})
_ANSWERS: frozenset[Kind] = frozenset({"select", "ask"})
_GRAPHS: frozenset[Kind] = frozenset({"graph"})


class Format(NamedTuple):
    """A format: what it is called, and which kinds of result it can hold.

    ``module`` names the module of this package that writes rows; graphs' own syntaxes
    have none, ``kgtool.rdf.writing`` writes them.
    """

    name: str
    media_type: str
    extension: str
    kinds: frozenset[Kind]
    module: str | None = None
    aliases: tuple[str, ...] = ()
    readable: bool = False


def _rows(
    name: str,
    media: str,
    extension: str,
    kinds: frozenset[Kind],
    aliases: tuple[str, ...] = (),
    readable: bool = False,
) -> Format:
    return Format(name, media, extension, kinds, f"{name}_format", aliases, readable)


def _graph(name: str, media: str, extension: str, *aliases: str) -> Format:
    return Format(name, media, extension, _GRAPHS, None, aliases)


#: Every format by its name. CSV, TSV, Markdown and table hold a graph as three columns.
FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        _rows("table", "text/plain", "txt", _ROWS, ("text",)),
        _rows("csv", "text/csv", "csv", _ROWS, (), readable=True),
        _rows("tsv", "text/tab-separated-values", "tsv", _ROWS, (), readable=True),
        _rows(
            "json",
            "application/sparql-results+json",
            "srj",
            _ANSWERS,
            ("application/json",),
            readable=True,
        ),
        _rows(
            "xml",
            "application/sparql-results+xml",
            "srx",
            _ANSWERS,
            ("application/xml", "text/xml"),
            readable=True,
        ),
        _rows("markdown", "text/markdown", "md", _ROWS),
        _graph("turtle", "text/turtle", "ttl", "application/x-turtle"),
        _graph("ntriples", "application/n-triples", "nt", "n-triples"),
        _graph("trig", "application/trig", "trig"),
        _graph("nquads", "application/n-quads", "nq", "n-quads"),
        _graph("rdfxml", "application/rdf+xml", "rdf", "rdf/xml", "rdf-xml"),
        _graph("jsonld", "application/ld+json", "jsonld", "json-ld"),
    )
}

_BY_ANY_NAME: dict[str, Format] = {
    name: f for f in FORMATS.values() for name in (f.name, f.extension, f.media_type, *f.aliases)
}


def format_named(name: str, kind: Kind | None = None) -> Format:
    """The format with this name, file extension (with or without the dot) or media type.

    With ``kind``, it must be able to hold that kind of result.

    Raises UsageError, which names the nearest format or lists those that fit.
    """
    found = _BY_ANY_NAME.get(name.partition(";")[0].strip().lower().removeprefix("."))
    if found is None:
        raise UsageError(
            f"no format is called {name!r}",
            expected="one of " + ", ".join(formats_for(kind)),
            hint=did_you_mean(name, _BY_ANY_NAME),
        )
    if kind is not None and kind not in found.kinds:
        raise UsageError(
            f"the format {found.name} cannot hold {_KIND_WORDS[kind]}",
            expected="one of " + ", ".join(formats_for(kind)),
        )
    return found


def formats_for(kind: Kind | None) -> list[str]:
    """The names of the formats that can hold this kind of result; None means all."""
    return [f.name for f in FORMATS.values() if kind is None or kind in f.kinds]


_KIND_WORDS: dict[Kind, str] = {
    "select": "the rows of a SELECT query",
    "ask": "the answer of an ASK query",
    "graph": "a graph",
}


class RowsText(Protocol):
    """How each format's module writes rows: pieces of text, lazily."""

    def __call__(
        self,
        variables: tuple[str, ...],
        rows: Iterable[FlatRow],
        prefixes: Mapping[str, str],
    ) -> Iterator[str]: ...


class AnswerText(Protocol):
    """How each format's module writes the answer of an ASK query."""

    def __call__(self, answer: bool) -> str: ...


@lru_cache
def rows_writer(format_: Format) -> RowsText:
    """The function that writes rows in a format; its module is imported only now."""
    writer: RowsText = import_module(f"kgtool.results.{format_.module}").rows_text
    return writer


@lru_cache
def answer_writer(format_: Format) -> AnswerText:
    """The function that writes an ASK answer in a format."""
    writer: AnswerText = import_module(f"kgtool.results.{format_.module}").answer_text
    return writer
