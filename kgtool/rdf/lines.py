"""N-Triples and N-Quads: one statement a line, written as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from kgtool.rdf.sink import batches
from kgtool.rdf.syntax import ntriples_term, term_text
from kgtool.rdf.terms import Term

Triple: TypeAlias = tuple[Term, Term, Term]
#: The fourth is the graph's name, None for the default graph.
Quad: TypeAlias = tuple[Term, Term, Term, Term | None]


def flat_ntriples(rows: Iterable[tuple[str, str, str, str, str, str]]) -> Iterator[str]:
    """N-Triples of flat triples (type and lexical form of each term)."""
    return _batched(
        f"{term_text(st, s)} {term_text(pt, p)} {term_text(ot, o)} .\n"
        for st, s, pt, p, ot, o in rows
    )


def ntriples_text(triples: Iterable[Triple]) -> Iterator[str]:
    """N-Triples (RDF 1.1 N-Triples), in the order given."""
    term = ntriples_term
    return _batched(f"{term(s)} {term(p)} {term(o)} .\n" for s, p, o in triples)


def nquads_text(quads: Iterable[Quad]) -> Iterator[str]:
    """N-Quads (RDF 1.1 N-Quads), in the order given."""
    term = ntriples_term
    return _batched(
        f"{term(s)} {term(p)} {term(o)} {f'{term(g)} ' if g is not None else ''}.\n"
        for s, p, o, g in quads
    )


def _batched(lines: Iterator[str]) -> Iterator[str]:
    return map("".join, batches(lines))
