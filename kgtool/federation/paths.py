"""Paths of any length over several sources, as tables of the nodes that they lead between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kgtool.federation.asking import Asker
from kgtool.federation.bindings import Bindings
from kgtool.federation.closures import END, START, Closure
from kgtool.federation.joins import joined
from kgtool.federation.needs import Needs
from kgtool.federation.services import names
from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, Term
from kgtool.sparql import algebra as a

#: Neither end of a step has a name that a text can have: both are read by this alone.
_ENDS = Needs(frozenset({START.name, END.name}))


class Paths:
    """``closures`` are paths by the IRI that stands for an endpoint of theirs.

    ``resolve`` gives the pattern of a step without SERVICE, as it gives that of a query.
    """

    def __init__(
        self,
        closures: Mapping[str, Closure],
        session: Session,
        asker: Asker,
        bindings: Bindings,
        resolve: Callable[[a.Pattern, a.Pattern | None, Needs], a.Pattern],
    ) -> None:
        self._closures = closures
        self._session = session
        self._asker = asker
        self._bindings = bindings
        self._resolve = resolve

    def of(self, service: a.Service) -> Closure | None:
        """The path that a service stands for, where it does."""
        endpoint = service.endpoint
        return self._closures.get(endpoint.value) if isinstance(endpoint, IRI) else None

    def table(self, closure: Closure, path: a.Pattern, known: a.Pattern | None) -> a.Pattern:
        """The pairs of nodes that a path leads between, from the side with fewer known ones."""
        assert isinstance(path, a.PathPattern)
        starts, ends = (self._nodes(node, known) for node in (path.subject, path.object))
        if starts is not None and ends is not None and len(ends) < len(starts):
            starts = None
        pairs = closure.pairs(starts, ends, self._steps)
        rows = sorted(pairs, key=str)
        return self._rows("path", rows, (path.subject, path.object), names(path))

    def _nodes(self, node: a.Node, known: a.Pattern | None) -> frozenset[Term] | None:
        """The terms that an end of a path may be, where that is known."""
        if not isinstance(node, a.Variable):
            return frozenset([node])
        if known is None or node.name not in names(known):
            return None
        variables, rows = self._bindings.of(known, (node,))
        return frozenset(row[0] for row in rows if row[0] is not None) if variables else None

    def _steps(
        self, step: a.Pattern, nodes: frozenset[Term] | None, backwards: bool
    ) -> list[tuple[Term, Term]]:
        """The pairs of nodes that one step of a path leads between."""
        first, second = (END, START) if backwards else (START, END)
        context: a.Pattern | None = None
        if nodes is not None:
            rows = [(node,) for node in sorted(nodes, key=str)]
            context = self._rows("nodes", rows, (first,), frozenset([first.name]))
        found = joined(context, self._resolve(step, context, _ENDS))
        assert found is not None
        _, ends = self._bindings.of(found, (first, second))
        return [(row[0], row[1]) for row in ends if row[0] is not None and row[1] is not None]

    def _rows(
        self,
        stem: str,
        rows: Sequence[Sequence[Term]],
        nodes: tuple[a.Node, ...],
        bound: frozenset[str],
    ) -> a.Pattern:
        """A table of the session with these rows."""
        table = self._session.fresh(stem)
        self._session.create_rows(table, len(nodes))
        self._session.append(table, rows)
        self._asker.certain[table] = bound
        return a.Table(table, nodes)
