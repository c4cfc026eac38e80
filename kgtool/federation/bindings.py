"""What is known before a service is asked, and goes with the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import TypeAlias

from kgtool.federation.asking import Task, terms_of
from kgtool.federation.joins import connected, operands
from kgtool.federation.needs import Needs
from kgtool.federation.services import (
    Request,
    certain,
    endpoint_variables,
    may_be_sent,
    names,
    values_of,
)
from kgtool.plan.session import Session
from kgtool.rdf.terms import Term
from kgtool.sparql import algebra as a
from kgtool.sparql.scope import in_scope

#: Variables and the values that they have together.
Found: TypeAlias = tuple[tuple[a.Variable, ...], list[tuple[Term | None, ...]]]
#: Bindings that may be sent with each batch of others.
_MOST_ALONGSIDE = 200


class Bindings:
    """The bindings of variables by patterns that a session can answer, in a query's ``dataset``."""

    def __init__(self, session: Session, dataset: a.Dataset | None) -> None:
        self._session = session
        self._dataset = dataset

    def of(self, known: a.Pattern, variables: tuple[a.Variable, ...]) -> Found:
        """The distinct values of those variables that all solutions bind, in a stable order.

        With UNDEF among them, several bindings would bring the same solution.
        """
        pattern = a.Distinct(a.Project(known, variables))
        compiled = self._session.compile(pattern, "ids", self._dataset)
        found = self._session.rows(compiled.sql)
        rows = sorted(map(terms_of, self._session.texts(compiled, found)), key=str) if found else []
        kept = [i for i in range(len(variables)) if all(row[i] is not None for row in rows)]
        if len(kept) < len(variables):
            distinct = dict.fromkeys(tuple(row[i] for i in kept) for row in rows)
            return tuple(variables[i] for i in kept), list(distinct)
        return variables, rows

    def task(self, service: a.Service, known: a.Pattern | None, needs: Needs) -> Task:
        """What one service is asked, with the bindings that are known of its variables."""
        visible = names(service.pattern)
        wanted = frozenset(v.name for v in in_scope(service.pattern))
        if needs.variables is not None:
            wanted = visible & needs.variables
        bound = visible | endpoint_variables(service)
        shared = sorted(bound & names(known)) if known is not None else []
        wanted |= visible & frozenset(shared)
        kept = tuple(c for c in needs.conditions if may_be_sent(c, certain(service.pattern)))
        request = Request(service.pattern, tuple(map(a.Variable, sorted(wanted))), kept)
        if not shared or known is None:
            return Task(service, request)
        first, *others = self._for_service(known, service, shared)
        for more, rows in others:
            if more and len(rows) <= _MOST_ALONGSIDE:
                request = replace(request, pattern=a.Join(values_of(more, rows), request.pattern))
        variables, bindings = first
        if not all(rows for more, rows in (first, *others) if more):
            bindings = []  # what is known has no solution
        return Task(service, request, variables, bindings if variables else None)

    def _for_service(
        self, known: a.Pattern, service: a.Service, shared: Sequence[str]
    ) -> list[Found]:
        """The bindings for a service, the most first, which go in batches.

        Parts of what is known that share no variable stay apart: their product may be far larger.
        """
        parts = list(operands(known))
        groups = [*connected(map(names, parts))]
        if endpoint_variables(service):
            groups = [names(known)]  # each endpoint has bindings of its own
        found = []
        for group in groups:
            seen = tuple(a.Variable(name) for name in shared if name in group)
            near = [part for part in parts if names(part) & group]
            if seen:
                found.append(self.of(reduce(a.Join, near), seen))
        return sorted(found, key=lambda bindings: -len(bindings[1]))
