"""``GRAPH $shapesGraph`` in a constraint (SHACL, section 5.3.1): read when shapes are compiled.

The shapes graph is no part of the data, and does not change while they are checked. So what
a query reads of it is a constant: its solutions are put in the place of the pattern.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kgtool.errors import UnsupportedError
from kgtool.plan.inspection import walk
from kgtool.plan.substitute import substitute
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term, make_term
from kgtool.shacl.rewriting import THIS, mapped, names_of
from kgtool.shacl.source import ShapesGraph
from kgtool.sparql import algebra as a

_GRAPH = IRI("urn:x-kgtool:shapes")
_NODE = "urn:x-kgtool:shapes:"


def with_shapes_graph(query: a.Query, graph: ShapesGraph, shape: Term) -> a.Query:
    """The query with $shapesGraph and $currentShape put in, where it reads them."""
    if not names_of(query.pattern) & {"shapesGraph", "currentShape"}:
        return query
    query = substitute(query, {"shapesGraph": _GRAPH, "currentShape": _named(shape)})

    def change(node: Any) -> Any:
        if isinstance(node, a.Graph) and node.name == _GRAPH:
            return _solutions(node.pattern, graph)
        return None

    return replace(query, pattern=mapped(query.pattern, change))


def _named(term: Term) -> Term:
    """Blank nodes of the shapes graph under names of their own: constants have names."""
    return IRI(_NODE + term.label) if isinstance(term, BlankNode) else term


def _solutions(pattern: a.Pattern, graph: ShapesGraph) -> a.Values:
    from kgtool.engine.store import Store
    from kgtool.engine.writer import Source, StoreWriter
    from kgtool.plan.cache import KeptPlan
    from kgtool.plan.execution import execute
    from kgtool.plan.query import compile_query
    from kgtool.rdf.files import Format
    from kgtool.rdf.writing import triples_text
    from kgtool.results.result import SelectResult

    matched = {
        n.name
        for t in walk(pattern)
        if isinstance(t, a.TriplePattern | a.PathPattern)
        for n in walk((t.subject, t.object))
        if isinstance(n, a.Variable)
    }
    if THIS.name in names_of(pattern) - matched:
        raise UnsupportedError("a FILTER on $this within GRAPH $shapesGraph")
    variables = tuple(a.Variable(n) for n in sorted(names_of(pattern)) if not n.startswith("_:"))
    with tempfile.TemporaryDirectory(prefix="kgtool-shapes-") as folder:
        file, path = Path(folder) / "shapes.nt", Path(folder) / "shapes.duckdb"
        file.write_text("".join(triples_text(_renamed(graph), "ntriples")), encoding="utf-8")
        with StoreWriter(path) as writer:
            writer.add(Source(file, Format.NTRIPLES))
            writer.commit({})
        with Store.open(path) as store:
            query = a.SelectQuery(pattern=a.Distinct(a.Project(pattern, variables)))
            result = execute(store, KeptPlan.of(compile_query(query, store)), None, None)
            assert isinstance(result, SelectResult)
            rows = list(result.raw())
    cells = [tuple(map(_cell, row[::2], row[1::2])) for row in rows]
    return a.Values(variables, tuple(cells))


def _cell(type_: str | None, lex: str | None) -> IRI | Literal | None:
    term = None if type_ is None or lex is None else make_term(type_, lex)
    assert not isinstance(term, BlankNode)
    return term


def _renamed(graph: ShapesGraph) -> Iterable[tuple[Term, Term, Term]]:
    return ((_named(s), p, _named(o)) for s, p, o in graph.triples)
