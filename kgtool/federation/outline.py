"""Which part of a query goes to which endpoint, before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kgtool.federation.closures import END, START, Closure
from kgtool.federation.endpoints import Endpoints
from kgtool.federation.services import Request, names, renamed, services_in
from kgtool.plan.inspection import walk
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a

#: The ends of a step of a path, by names that a person can read.
_ENDS = {START.name: a.Variable("start"), END.name: a.Variable("end")}


@dataclass(frozen=True, slots=True)
class ServicePart:
    """A SERVICE: its endpoint, or the variable that names it, the request, and the variables whose
    bindings are sent along where the rest of the query has them."""

    endpoint: str
    request: str
    bound: tuple[str, ...]
    silent: bool

    def lines(self) -> Iterator[str]:
        silent = ", SILENT" if self.silent else ""
        yield f"to {self.endpoint}{silent}"
        if self.bound:
            yield f"  with bindings of {', '.join(self.bound)}, as VALUES"
        yield from (f"  {line}" for line in self.request.strip().splitlines())


def outline(
    query: a.Query,
    endpoints: Endpoints,
    closures: Mapping[str, Closure] = MappingProxyType({}),
) -> list[ServicePart]:
    """The services of a query, in the order of its text; of its ``closures``, those of a step.

    Raises UsageError for an endpoint that is not known.
    """
    parts = []
    steps = [renamed(closure.step, _ENDS) for closure in closures.values()]
    for pattern in (query.pattern, *steps):
        everywhere = _matched(pattern)
        for service in services_in(pattern):
            if not (isinstance(service.endpoint, IRI) and service.endpoint.value in closures):
                titles = _titles(service.endpoint, pattern, endpoints)
                parts.append(_part(service, everywhere, titles))
    return parts


def _matched(pattern: a.Pattern) -> Counter[str]:
    """How often variables stand in what is matched, or is given as data."""
    parts = (n for n in walk(pattern) if isinstance(n, a.TriplePattern | a.PathPattern | a.Values))
    return Counter(n.name for part in parts for n in walk(part) if isinstance(n, a.Variable))


def _titles(endpoint: a.Node, query: a.Pattern, endpoints: Endpoints) -> str:
    """What the endpoint of a service is called: those that its variable has as data, if any."""
    if isinstance(endpoint, IRI):
        return endpoints.of(endpoint.value).title
    assert isinstance(endpoint, a.Variable)
    data = (node for node in walk(query) if isinstance(node, a.Values))
    rows = next((each.rows for each in data if each.variables == (endpoint,)), ())
    named = [endpoints.of(row[0].value).title for row in rows if isinstance(row[0], IRI)]
    return ", ".join(named) or f"each ?{endpoint.name}"


def _part(service: a.Service, everywhere: Counter[str], endpoint: str) -> ServicePart:
    own = _matched(service.pattern)
    visible = sorted(names(service.pattern))
    shared = [name for name in visible if everywhere[name] > own[name]]
    variables = tuple(a.Variable(n) for n in visible if a.Variable(n).projectable)
    request = Request(service.pattern, variables).named().text()
    return ServicePart(endpoint, request, tuple(f"?{name}" for name in shared), service.silent)
