"""A query without SERVICE, asked of several sources as if they were one graph (FedX).

Each triple pattern gets its sources. Patterns that only one endpoint has stay together (exclusive
groups); one that several have is asked of all of them, and equal triples count once, as in a
union of graphs. Blank nodes are not shared, so a join over one happens at one source only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import count as counting
from typing import Any

from kgtool.errors import UnsupportedError
from kgtool.federation.closures import END, START, Closure
from kgtool.federation.endpoints import Endpoint
from kgtool.federation.selection import Selection, SourceName
from kgtool.plan.inspection import walk
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql import algebra as a


def distributed(query: a.Query, selection: Selection) -> tuple[a.Query, dict[str, Closure]]:
    """The query with a SERVICE for each part that an endpoint answers.

    Paths of any length are given apart, by the IRI that stands for their endpoint.

    Raises UnsupportedError for GRAPH and FROM, whose graphs are not known elsewhere, and for
    DESCRIBE of resources that are described in several places.
    """
    if getattr(query, "dataset", None) is not None:
        raise UnsupportedError("FROM has no meaning over several sources")
    if isinstance(query, a.DescribeQuery):
        raise UnsupportedError(
            "DESCRIBE is not asked of several sources",
            hint="CONSTRUCT { ?s ?p ?o } WHERE { … ?s ?p ?o } gives the triples of resources.",
        )
    if any(isinstance(node, a.Graph) for node in walk(query.pattern)):
        raise UnsupportedError("GRAPH has no meaning over several sources")
    selection.select(_patterns(query.pattern))
    distributor = _Distributor(selection)
    found = replace(query, pattern=distributor.pattern(query.pattern))
    return found, distributor.closures


def _patterns(node: Any) -> Iterator[a.TriplePattern]:
    """The triple patterns of a query, those of the steps of its paths too."""
    for each in walk(node):
        if isinstance(each, a.TriplePattern):
            yield each
        elif isinstance(each, a.PathPattern):
            path = each.path
            if isinstance(path, a.ZeroOrMore | a.OneOrMore | a.ZeroOrOne):
                step = path_step(START, path.path, END, counting())
            else:
                step = path_step(each.subject, path, each.object, counting())
            yield from _patterns(step)


class _Distributor:
    def __init__(self, selection: Selection) -> None:
        self.closures: dict[str, Closure] = {}
        self._selection = selection
        self._numbers = counting()

    def pattern(self, node: Any) -> Any:
        match node:
            case a.Service():
                return node
            case a.BGP(triples):
                return self._bgp(triples)
            case a.PathPattern():
                return self._path(node)
            case tuple():
                return tuple(map(self.pattern, node))
            case IRI() | BlankNode() | Literal() | a.Variable() | a.Position():
                return node
        if not is_dataclass(node) or isinstance(node, type):
            return node
        changed = {
            f.name: self.pattern(getattr(node, f.name))
            for f in fields(node)
            if isinstance(getattr(node, f.name), tuple) or is_dataclass(getattr(node, f.name))
        }
        return replace(node, **changed) if changed else node

    def _bgp(self, triples: Sequence[a.TriplePattern]) -> a.Pattern:
        groups: dict[SourceName, list[a.TriplePattern]] = {}
        shared: list[a.Pattern] = []
        for triple in triples:
            sources = self._selection.sources(triple)
            if not sources:
                return a.Values(_visible(triples), ())
            if len(sources) == 1:
                groups.setdefault(sources[0], []).append(triple)
            else:
                shared.append(self._shared(triple, sources))
        parts: list[a.Pattern] = []
        for source, found in groups.items():
            for group in [found] if source is None else _connected(found):
                bgp = a.BGP(tuple(group))
                parts.append(bgp if source is None else a.Service(_iri(source), bgp))
        result: a.Pattern = a.BGP(())
        for part in (*parts, *shared):
            result = part if result == a.BGP(()) else a.Join(result, part)
        return result

    def _shared(self, triple: a.TriplePattern, sources: Sequence[SourceName]) -> a.Pattern:
        """The solutions of a pattern at several sources, each once."""
        bgp = a.BGP((triple,))
        endpoint = a.Variable(f"_:source{next(self._numbers)}")
        remote = tuple((_iri(source),) for source in sources if source is not None)
        found: a.Pattern = a.Join(a.Values((endpoint,), remote), a.Service(endpoint, bgp))
        if None in sources:
            found = a.Union(bgp, found)
        variables = tuple(dict.fromkeys(n for n in walk(bgp) if isinstance(n, a.Variable)))
        return a.Distinct(a.Project(found, variables))

    def _path(self, node: a.PathPattern) -> a.Pattern:
        path = node.path
        if not isinstance(path, a.ZeroOrMore | a.OneOrMore | a.ZeroOrOne):
            step = path_step(node.subject, path, node.object, self._numbers)
            return self.pattern(step)  # type: ignore[no-any-return]
        if (only := self._only_source(node)) is not None:
            return a.Service(_iri(only), node)
        step = self.pattern(path_step(START, path.path, END, self._numbers))
        name = f"urn:x-kgtool:path:{next(self._numbers)}"
        self.closures[name] = Closure(path, step)
        return a.Service(IRI(name), node)

    def _only_source(self, node: a.PathPattern) -> Endpoint | None:
        """The one endpoint that has all steps of a path, and so the whole path.

        Not where the path may have no length: it begins and ends on nodes of other sources then.
        """
        if any(isinstance(part, a.ZeroOrMore | a.ZeroOrOne) for part in walk(node.path)):
            return None
        found = {s for t in _patterns(node) for s in self._selection.sources(t)}
        source = found.pop() if len(found) == 1 else None
        return source


def path_step(subject: a.Node, path: a.Path, object_: a.Node, numbers: Iterator[int]) -> a.Pattern:
    """A path as patterns (SPARQL 1.1, section 18.2.2.4 and 9.3); closures stay paths."""
    match path:
        case IRI():
            return a.BGP((a.TriplePattern(subject, path, object_),))
        case a.Inverse(inner):
            return path_step(object_, inner, subject, numbers)
        case a.Sequence(left, right):
            middle = a.Variable(f"_:step{next(numbers)}")
            first = path_step(subject, left, middle, numbers)
            return a.Join(first, path_step(middle, right, object_, numbers))
        case a.Alternative(left, right):
            return a.Union(
                path_step(subject, left, object_, numbers),
                path_step(subject, right, object_, numbers),
            )
        case a.NegatedPropertySet(forward, inverse):
            sides = [(subject, forward, object_)] if forward or not inverse else []
            sides += [(object_, inverse, subject)] if inverse else []
            return _unions([_not_in(*side, numbers) for side in sides])
    return a.PathPattern(subject, path, object_)


def _not_in(
    subject: a.Node, properties: Sequence[IRI], object_: a.Node, numbers: Iterator[int]
) -> a.Pattern:
    verb = a.Variable(f"_:verb{next(numbers)}")
    bgp = a.BGP((a.TriplePattern(subject, verb, object_),))
    return a.Filter(a.Not(a.In(verb, tuple(properties))), bgp) if properties else bgp


def _unions(patterns: Sequence[a.Pattern]) -> a.Pattern:
    first, *others = patterns
    for other in others:
        first = a.Union(first, other)
    return first


def _iri(source: Endpoint) -> IRI:
    return IRI(source.name or source.url)


def _connected(triples: Sequence[a.TriplePattern]) -> list[list[a.TriplePattern]]:
    """Groups that share variables: a product is not made at an endpoint."""
    groups: list[tuple[set[str], list[a.TriplePattern]]] = []
    for triple in triples:
        names = {n.name for n in walk(triple) if isinstance(n, a.Variable)}
        near = [group for group in groups if group[0] & names]
        for group in near:
            groups.remove(group)
            names |= group[0]
        groups.append((names, [t for _, found in near for t in found] + [triple]))
    return [found for _, found in groups]


def _visible(triples: Sequence[a.TriplePattern]) -> tuple[a.Variable, ...]:
    return tuple(dict.fromkeys(n for t in triples for n in walk(t) if isinstance(n, a.Variable)))
