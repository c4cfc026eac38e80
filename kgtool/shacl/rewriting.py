"""Rewrites of the algebra that SPARQL constraints need (SHACL, sections 5.2 and 5.3).

A constraint's query is written for one focus node, $this, which is put in before the query
runs (*pre-binding*). Here it runs once for all focus nodes: their table is joined wherever
the query reads $this, so that its solutions are those of the substituted queries together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from kgtool.errors import UnsupportedError
from kgtool.plan.inspection import walk
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql import algebra as a

THIS = a.Variable("this")
_PATH = a.Variable("PATH")


def mapped(node: Any, change: Callable[[Any], Any]) -> Any:
    """The algebra with each node that ``change`` gives another for; None keeps it."""
    changed = change(node)
    if changed is not None:
        return changed
    if isinstance(node, tuple):
        return tuple(mapped(child, change) for child in node)
    if not is_dataclass(node) or isinstance(node, IRI | BlankNode | Literal | a.Variable):
        return node
    children = {
        f.name: mapped(child, change)
        for f in fields(node)
        if isinstance(child := getattr(node, f.name), tuple) or is_dataclass(child)
    }
    return replace(node, **children)  # type: ignore[type-var]


def renamed(node: Any, names: dict[str, a.Variable]) -> Any:
    """The algebra with variables replaced by others."""
    return mapped(node, lambda n: names.get(n.name) if isinstance(n, a.Variable) else None)


def with_path(node: Any, path: a.Path) -> Any:
    """The algebra with $PATH, as the predicate of a triple pattern, replaced by a path."""

    def change(node: Any) -> Any:
        if not isinstance(node, a.BGP) or all(t.predicate != _PATH for t in node.triples):
            return None
        plain = tuple(t for t in node.triples if t.predicate != _PATH)
        result: a.Pattern = a.BGP(plain)
        for triple in node.triples:
            if triple.predicate == _PATH:
                result = a.Join(result, a.PathPattern(triple.subject, path, triple.object))
        return result

    return mapped(node, change)


def names_of(node: Any) -> set[str]:
    return {n.name for n in walk(node) if isinstance(n, a.Variable)}


def focused(pattern: a.Pattern, focus: a.Pattern) -> a.Pattern:
    """The pattern for every $this of ``focus``, which binds it; solutions have it bound.

    Raises UnsupportedError for LIMIT and OFFSET, which are of each focus node by itself.
    """
    match pattern:
        case a.Filter(condition, inner):
            return a.Filter(condition, focused(inner, focus))
        case a.Extend(inner, variable, value):
            return a.Extend(focused(inner, focus), variable, value)
        case a.Union(left, right):
            return a.Union(focused(left, focus), focused(right, focus))
        case a.LeftJoin(left, right, condition):
            inside = focused(right, focus) if _is_read(right) else right
            return a.LeftJoin(focused(left, focus), inside, condition)
        case a.Join():
            parts = [focused(p, focus) if _is_read(p) else p for p in _operands(pattern)]
            return _joined([focus, *parts])
        case a.Graph(name, inner) if _is_read(inner):
            return a.Graph(name, focused(inner, focus))
        case a.Project(inner, variables):
            return a.Project(focused(inner, focus), tuple(dict.fromkeys((THIS, *variables))))
        case a.Distinct(inner) | a.Reduced(inner) | a.OrderBy(inner):
            within = focused(inner, focus)
            return a.Distinct(within) if isinstance(pattern, a.Distinct) else within
        case a.Group(inner, keys, aggregates):
            keys = tuple(dict.fromkeys((THIS, *keys)))
            return a.Group(focused(inner, focus), keys, aggregates)
        case a.Slice(inner, 0, int(limit)) if limit > 0 and _gives_only_this(inner):
            return a.Distinct(focused(inner, focus))
        case a.Slice():
            raise UnsupportedError("LIMIT or OFFSET in a SPARQL constraint")
        case _:
            return a.Join(focus, pattern)


def _operands(pattern: a.Pattern) -> Iterator[a.Pattern]:
    if isinstance(pattern, a.Join):
        yield from _operands(pattern.left)
        yield from _operands(pattern.right)
    else:
        yield pattern


def _joined(parts: Iterable[a.Pattern]) -> a.Pattern:
    first, *rest = parts
    for part in rest:
        first = a.Join(first, part)
    return first


def _is_read(pattern: a.Pattern) -> bool:
    """Whether $this is read within a pattern other than by matching triples."""
    match pattern:
        case a.BGP() | a.PathPattern() | a.Values() | a.Table():
            return False
        case a.Join(left, right):
            return _is_read(left) or _is_read(right)
        case _:
            return THIS.name in names_of(pattern)


def _gives_only_this(pattern: a.Pattern) -> bool:
    while isinstance(pattern, a.Distinct | a.Reduced | a.OrderBy):
        pattern = pattern.pattern
    return isinstance(pattern, a.Project) and pattern.variables == (THIS,)
