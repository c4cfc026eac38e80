"""SPARQL-based constraints, components and targets (SHACL, sections 5 and 6; SHACL-AF, 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kgtool.errors import QuerySyntaxError, UnsupportedError
from kgtool.plan.inspection import walk
from kgtool.plan.substitute import substitute
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.rewriting import THIS, with_path
from kgtool.shacl.shapesgraph import with_shapes_graph
from kgtool.shacl.source import ShapesGraph, text_of
from kgtool.shacl.vocabulary import IMPORTS, SH, sh
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query

_SPARQL = SH + "SPARQLConstraintComponent"
#: What an IRI ends in, as the name of a variable (6.2.1).
_LOCAL_NAME = re.compile(r"[^\W\d]\w*\Z")
_FORBIDDEN = {a.Minus: "MINUS", a.Values: "VALUES", a.Service: "SERVICE"}


@dataclass(frozen=True, slots=True)
class Component:
    """A constraint component of the shapes graph (6.2): parameters by name, and their paths."""

    node: Term
    parameters: Mapping[str, IRI]
    required: tuple[str, ...]


class Components:
    """The constraint components that a shapes graph declares."""

    def __init__(self, graph: ShapesGraph) -> None:
        self._graph = graph

    @cached_property
    def all(self) -> list[Component]:
        graph = self._graph
        return [self._read(node) for node in graph.instances(sh("ConstraintComponent"))]

    def _read(self, node: Term) -> Component:
        graph = self._graph
        parameters: dict[str, IRI] = {}
        required: list[str] = []
        for parameter in graph.objects(node, sh("parameter")):
            path = graph.one(parameter, sh("path"))
            if not isinstance(path, IRI):
                raise graph.error("a parameter's sh:path is no IRI", node, sh("parameter"))
            found = _LOCAL_NAME.search(path.value)
            if found is None:
                raise graph.error(f"{path} gives a parameter no name", node, sh("parameter"))
            name = found[0]
            parameters[name] = path
            if text_of(graph.one(parameter, sh("optional"))) != "true":
                required.append(name)
        return Component(node, parameters, tuple(required))


def parse_constraints(
    graph: ShapesGraph, components: Components, node: Term, path: a.Path | None
) -> Iterator[s.Constraint]:
    """The constraints of a shape that are queries: sh:sparql, and those of components."""
    for constraint in graph.objects(node, sh("sparql")):
        if text_of(graph.one(constraint, sh("deactivated"))) == "true":
            continue
        query = _query(graph, node, constraint, "select", {}, path)
        assert isinstance(query, a.SelectQuery)
        yield s.Select(query, _SPARQL, constraint, _messages(graph, constraint))
    for component in components.all:
        yield from _of_component(graph, component, node, path)


def parse_target(graph: ShapesGraph, shape: Term, target: Term) -> s.Target:
    """A SPARQL-based target; targets by a target type are not read."""
    if not graph.objects(target, sh("select")):
        raise graph.error(
            "sh:target has no sh:select", shape, sh("target"), target, expected="a SPARQL target"
        )
    query = _query(graph, shape, target, "select", {}, None, prebound=())
    assert isinstance(query, a.SelectQuery)
    return s.TargetSelect(query)


def _of_component(
    graph: ShapesGraph, component: Component, node: Term, path: a.Path | None
) -> Iterator[s.Constraint]:
    found = {name: graph.objects(node, iri) for name, iri in component.parameters.items()}
    if not component.required or not all(found[name] for name in component.required):
        return
    for name, values in found.items():
        if len(values) > 1 and len(component.parameters) > 1:
            raise graph.error(
                f"{len(values)} values of a parameter of a component with several",
                node, component.parameters[name], values[-1], expected="one",
            )  # fmt: skip
    given = {name: values for name, values in found.items() if values}
    only = next(iter(given))
    rounds = [{only: v} for v in given[only]] if len(given) == 1 else [
        {name: values[0] for name, values in given.items()}
    ]  # fmt: skip
    for parameters in rounds:
        yield from _validated(graph, component, node, path, parameters)


def _validated(
    graph: ShapesGraph,
    component: Component,
    node: Term,
    path: a.Path | None,
    parameters: Mapping[str, Term],
) -> Iterator[s.Constraint]:
    own = "nodeValidator" if path is None else "propertyValidator"
    validators = graph.objects(component.node, sh(own))
    validators = validators or graph.objects(component.node, sh("validator"))
    if not validators:
        return
    validator = validators[0]
    messages = _messages(graph, validator) or _messages(graph, component.node)
    shown = tuple(parameters.items())
    iri = component.node.value if isinstance(component.node, IRI) else str(component.node)
    names = tuple(component.parameters)
    if graph.objects(validator, sh("ask")):
        prebound = ("this", "value", *names)
        query = _query(graph, node, validator, "ask", parameters, None, prebound)
        assert isinstance(query, a.AskQuery)
        yield s.Ask(query, iri, messages, shown)
    else:
        query = _query(graph, node, validator, "select", parameters, path, ("this", *names))
        assert isinstance(query, a.SelectQuery)
        yield s.Select(query, iri, None, messages, shown)


def _query(
    graph: ShapesGraph,
    shape: Term,
    node: Term,
    form: str,
    parameters: Mapping[str, Term],
    path: a.Path | None,
    prebound: Sequence[str] = ("this",),
) -> a.Query:
    """The query of sh:select or sh:ask, checked, with all but $this and $value put in."""
    text = graph.one(node, sh(form))
    if text is None or (value := text_of(text)) is None:
        raise graph.error(f"no text of a query in sh:{form}", node, sh(form), text)
    try:
        query = parse_query(value, prefixes=_prefixes(graph, node))
    except (QuerySyntaxError, UnsupportedError) as error:
        raise graph.error(f"the query in sh:{form}: {error}", node, sh(form)) from None
    wanted = a.SelectQuery if form == "select" else a.AskQuery
    if not isinstance(query, wanted):
        raise graph.error(
            f"sh:{form} has a query of another form", node, sh(form), expected=form.upper()
        )
    if prebound:
        _check(graph, node, query, form, prebound)
    if path is not None:
        query = replace(query, pattern=with_path(query.pattern, path))
    query = substitute(query, parameters)
    return with_shapes_graph(query, graph, shape)


def _check(
    graph: ShapesGraph, holder: Term, query: a.Query, form: str, prebound: Sequence[str]
) -> None:
    """What a query with pre-bound variables must not have (5.2.1 and section 2 of A)."""

    def refused(what: str, expected: str | None = None) -> Exception:
        return graph.error(f"{what} in sh:{form}", holder, sh(form), None, expected)

    outermost: a.Pattern | None = query.pattern
    while isinstance(outermost, a.Distinct | a.Reduced | a.Slice | a.OrderBy):
        outermost = outermost.pattern
    for node in walk(query.pattern):
        for kind, name in _FORBIDDEN.items():
            if isinstance(node, kind):
                raise refused(name, "a query without MINUS, VALUES and SERVICE")
        if isinstance(node, a.Extend) and node.variable.name in prebound:
            raise refused(f"a value for ${node.variable.name}", "another variable")
        if isinstance(node, a.Project) and node is not outermost:
            missing = [n for n in prebound if a.Variable(n) not in node.variables]
            if missing:
                raise refused(f"a subquery that does not select ${missing[0]}")
    if form == "select" and isinstance(outermost, a.Project) and THIS not in outermost.variables:
        raise refused("a query that does not select $this")


def _prefixes(graph: ShapesGraph, node: Term) -> dict[str, str]:
    """The prefixes that sh:prefixes leads to, along owl:imports (5.2.1)."""
    found: dict[str, str] = {}
    open_ = list(graph.objects(node, sh("prefixes")))
    seen: set[Term] = set()
    while open_:
        each = open_.pop()
        if each in seen:
            continue
        seen.add(each)
        open_ += graph.objects(each, IMPORTS)
        for declaration in graph.objects(each, sh("declare")):
            prefix = text_of(graph.one(declaration, sh("prefix")))
            namespace = text_of(graph.one(declaration, sh("namespace")))
            if prefix is not None and namespace is not None:
                found[prefix] = namespace
    return found


def _messages(graph: ShapesGraph, node: Term) -> s.Messages:
    return tuple(m for m in graph.objects(node, sh("message")) if isinstance(m, Literal))
