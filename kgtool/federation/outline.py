"""Which part of a query goes to which endpoint, before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kgtool.federation.endpoints import Endpoints
from kgtool.federation.services import Request, names, services_in
from kgtool.plan.inspection import walk
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a


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


def outline(query: a.Query, endpoints: Endpoints) -> list[ServicePart]:
    """The services of a query, in the order of its text. Raises UsageError for an endpoint that is
    not known."""
    everywhere = _matched(query.pattern)
    return [_part(service, everywhere, endpoints) for service in services_in(query.pattern)]


def _matched(pattern: a.Pattern) -> Counter[str]:
    """How often variables stand in what is matched, or is given as data."""
    parts = (n for n in walk(pattern) if isinstance(n, a.TriplePattern | a.PathPattern | a.Values))
    return Counter(n.name for part in parts for n in walk(part) if isinstance(n, a.Variable))


def _part(service: a.Service, everywhere: Counter[str], endpoints: Endpoints) -> ServicePart:
    own = _matched(service.pattern)
    visible = sorted(names(service.pattern))
    shared = [name for name in visible if everywhere[name] > own[name]]
    variables = tuple(a.Variable(n) for n in visible if a.Variable(n).projectable)
    if isinstance(service.endpoint, IRI):
        endpoint = endpoints.of(service.endpoint.value).title
    else:
        endpoint = f"each ?{service.endpoint.name}"
    request = Request(service.pattern, variables).named().text()
    return ServicePart(endpoint, request, tuple(f"?{name}" for name in shared), service.silent)
