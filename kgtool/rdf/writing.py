"""Writing graphs and datasets in every RDF syntax.

N-Triples and N-Quads are streamed in the order given; Turtle and TriG are canonical (see
``kgtool.rdf.turtle``); RDF/XML and JSON-LD are left to pyoxigraph, or to rdflib where it
cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kgtool.errors import DataError, UnsupportedError, UsageError, did_you_mean
from kgtool.rdf.lines import Quad, Triple, nquads_text, ntriples_text
from kgtool.rdf.sink import Output, write_chunks
from kgtool.rdf.syntax import ntriples_term
from kgtool.rdf.terms import Literal

#: Every syntax, by the name kgtool gives it, and whether it can hold named graphs.
SYNTAXES: dict[str, bool] = {
    "turtle": False,
    "ntriples": False,
    "rdfxml": False,
    "trig": True,
    "nquads": True,
    "jsonld": True,
}

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_triples(
    triples: Iterable[Triple],
    out: Output,
    format: str = "turtle",
    prefixes: Mapping[str, str] | None = None,
) -> None:
    """Write a graph to a text or binary stream.

    ``format`` is a name in SYNTAXES; ``prefixes`` maps prefix to namespace. Raises
    UsageError for an unknown format and DataError for terms the syntax cannot hold.
    """
    write_chunks(triples_text(triples, format, prefixes), out)


def write_quads(
    quads: Iterable[Quad],
    out: Output,
    format: str = "trig",
    prefixes: Mapping[str, str] | None = None,
) -> None:
    """Write a dataset; a quad's fourth is its graph's name, None for the default graph.

    As ``write_triples``; UnsupportedError where a syntax without graphs meets a named one.
    """
    write_chunks(quads_text(quads, format, prefixes), out)


def triples_text(
    triples: Iterable[Triple], format: str, prefixes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What ``write_triples`` writes, in pieces."""
    if format == "ntriples":
        return ntriples_text(triples)
    return quads_text(((s, p, o, None) for s, p, o in triples), format, prefixes)


def quads_text(
    quads: Iterable[Quad], format: str, prefixes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What ``write_quads`` writes, in pieces."""
    if format not in SYNTAXES:
        raise UsageError(
            f"no RDF syntax is called {format!r}",
            expected="one of " + ", ".join(SYNTAXES),
            hint=did_you_mean(format, SYNTAXES),
        )
    checked = quads if SYNTAXES[format] else _without_graphs(quads, format)
    if format == "nquads":
        return nquads_text(checked)
    if format == "ntriples":
        return ntriples_text((s, p, o) for s, p, o, _ in checked)
    return _whole(checked, format, prefixes or {})


def _whole(quads: Iterable[Quad], format: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    """The syntaxes that need all statements before the first line."""
    if format in ("turtle", "trig"):
        from kgtool.rdf.turtle import trig_text

        yield trig_text(quads, prefixes)
    else:
        statements = sorted(set(quads), key=_sort_key)
        if format == "rdfxml":
            _check_xml(statements)
        yield _by_library(statements, format, prefixes)


def _without_graphs(quads: Iterable[Quad], format: str) -> Iterator[Quad]:
    for quad in quads:
        if quad[3] is not None:
            raise UnsupportedError(
                f"{format} cannot hold named graphs, and there is {quad[3]}",
                expected="one of " + ", ".join(name for name, graphs in SYNTAXES.items() if graphs),
            )
        yield quad


def _sort_key(quad: Quad) -> tuple[str, ...]:
    graph = "" if quad[3] is None else ntriples_term(quad[3])
    return (graph, *(ntriples_term(term) for term in quad[:3]))


def _check_xml(quads: Iterable[Quad]) -> None:
    for *_, object_, _ in quads:
        if isinstance(object_, Literal) and (bad := _NOT_IN_XML.search(object_.lexical)):
            raise DataError(
                f"XML cannot hold the character U+{ord(bad[0]):04X}",
                hint="Choose another format, Turtle for example.",
            )


def _by_library(quads: list[Quad], format: str, prefixes: Mapping[str, str]) -> str:
    from kgtool.rdf import _libraries

    try:
        return _libraries.by_oxigraph(quads, format, prefixes)
    except (ValueError, DataError) as refusal:
        try:
            return _libraries.by_rdflib(quads, format, prefixes)
        except ModuleNotFoundError:
            raise DataError(f"{format} cannot hold this graph: {refusal}") from refusal
        except Exception as error:  # rdflib raises bare Exceptions and ValueErrors here
            raise DataError(f"{format} cannot hold this graph: {error}") from error
