"""Validation of an open store: shapes → statements → findings (SHACL, section 3.4).

Every constraint is one statement over all its focus nodes, or shares one with others of its
kind; there is no loop over nodes. The statements fill tables of ids, which spill to disk when
memory is short, and a report reads as much of them as it shows.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kgtool.plan.inspection import walk
from kgtool.plan.session import Compiled, open_session
from kgtool.rdf.terms import IRI, Literal, Term, make_term
from kgtool.shacl import shapes as s
from kgtool.shacl.checks import Check, constraints_in, plan_of, shapes_under
from kgtool.shacl.constraints import Names, Place, Tables, violations
from kgtool.shacl.constraints.compile import WITHOUT_VALUE
from kgtool.shacl.constraints.place import number
from kgtool.shacl.constraints.sets import PATH, VALUE
from kgtool.shacl.focus import TIMES, fill_focus, fill_instances, fill_lists, focus_of
from kgtool.shacl.grouping import CHECK, grouped
from kgtool.shacl.proving import is_kept
from kgtool.shacl.report import Graphs
from kgtool.shacl.results import Found
from kgtool.shacl.rewriting import THIS
from kgtool.shacl.vocabulary import SUBCLASS, TYPE
from kgtool.sparql import algebra as a

if TYPE_CHECKING:
    from kgtool.engine.store import Store

#: Violations: number of the check, focus node, value, path.
_FOUND = "kg_violations"
#: A row for each time behind the first.
_AGAIN = "unnest(generate_series(2, times.n)) AS again"
_COLUMNS = (CHECK, THIS, a.Variable(VALUE), a.Variable(PATH))


class Validation:
    """The findings of one validation; they are read from the engine each time.

    ``counts`` has the number of findings of each check that has any. Only checks with one of
    the numbers ``only`` are run, where it is given.
    """

    def __init__(
        self,
        store: Store,
        roots: Sequence[s.Shape],
        graphs: Graphs,
        only: Container[int] | None = None,
    ) -> None:
        self._session = open_session(
            store, "union" if graphs == "all" else "asserted", "checking the shapes"
        )
        self._plan = plan_of(roots)
        self._names = Names()
        self._tables = Tables()
        self._selects: dict[int, tuple[str, Compiled]] = {}
        self._paths: dict[tuple[int, a.Path], str] = {}
        self._wanted = [c for c in self._plan.checks if only is None or c.number in only]
        self._checks = {check.number: check for check in self._plan.checks}
        self.counts: dict[int, int] = {}
        try:
            if self._wanted:
                self._run(roots)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._session.close()

    @property
    def checks(self) -> list[Check]:
        """Those that found something, in the order of a report."""
        return sorted((self._checks[n] for n in self.counts), key=lambda check: check.order)

    def found(self, check: Check) -> Iterator[Found]:
        """What a check has found, in an order that is the same each time."""
        if check.number in self._selects:
            pages = self._solutions(check, *self._selects[check.number])
        else:
            pages = self._rows(check)
        for page in pages:
            # The engine's order changes from run to run.
            yield from sorted(page, key=str)

    def _rows(self, check: Check) -> Iterator[list[Found]]:
        where = f"c0 = {self._session.id(number(check.number))}"
        for batch in self._session.batches(_FOUND, where):
            terms = self._session.terms({id_ for row in batch for id_ in row[1:]})
            yield [
                Found(terms[focus], terms[value], terms[path])  # type: ignore[arg-type]
                for _, focus, value, path in batch
            ]

    def _solutions(self, check: Check, table: str, compiled: Compiled) -> Iterator[list[Found]]:
        """The findings of a SPARQL constraint, whose messages may name any variable."""
        for batch in self._session.batches(table):
            rows = self._session.texts(compiled, batch)
            yield [_solution(check, compiled.variables, row) for row in rows]

    # Running ----------------------------------------------------------------------------

    def _run(self, roots: Sequence[s.Shape]) -> None:
        session = self._session
        session.resolve(_constants(roots))
        self._tables = fill_lists(session, roots)
        fill_instances(session, roots)
        sizes = fill_focus(session, self._plan, self._names, self._tables)
        session.create(_FOUND, [], 4)
        groups, alone = grouped(check for check in self._wanted if self._is_open(check, sizes))
        for group in groups:
            session.fill(_FOUND, group.pattern(session), _COLUMNS)
        for check in alone:
            self._check(check)
        if self._plan.derived:
            self._repeat()
        self.counts |= session.counts(_FOUND)

    def _repeat(self) -> None:
        """Finds again what is found of a focus node that several others lead to."""
        session = self._session
        checks = [c for c in self._plan.checks if c.focus in self._plan.derived]
        rows = [(number(c.number), number(c.focus)) for c in checks]
        session.create("kg_sets", rows, 2)
        session.run(
            f"INSERT INTO {_FOUND} SELECT * EXCLUDE (again) FROM (SELECT found.*, {_AGAIN} "
            f"FROM {_FOUND} AS found JOIN kg_sets AS sets ON sets.c0 = found.c0 "
            f"JOIN {TIMES} AS times ON times.c0 = sets.c1 AND times.c1 = found.c1)"
        )

    def _is_open(self, check: Check, sizes: dict[int, int]) -> bool:
        """Whether there is something to check: focus nodes, and no proof that all is well."""
        if check.focus not in sizes:
            return False
        path = check.shape.path
        statistics = self._session.store.statistics
        known = {}
        if isinstance(path, IRI):
            id_ = self._session.id(path) if self._session.is_stored(path) else None
            known[path] = statistics.predicates.get(id_) if id_ is not None else None
        return not is_kept(check.constraint, path, known)

    def _check(self, check: Check) -> None:
        place = self._place(check)
        value = place.value()
        pattern = violations(check.constraint, place, value)
        if isinstance(check.constraint, s.Select):
            self._select(check, pattern)
            return
        own = isinstance(check.constraint, s.Closed) or (
            isinstance(check.constraint, s.Equals) and place.path is None
        )
        if not own and not isinstance(check.constraint, WITHOUT_VALUE):
            pattern = a.Extend(pattern, a.Variable(VALUE), value)
        pattern = a.Extend(pattern, CHECK, number(check.number))
        self._session.fill(_FOUND, pattern, _COLUMNS)

    def _place(self, check: Check) -> Place:
        path = check.shape.path
        place = Place(THIS, focus_of(check.focus), path, self._names, self._tables)
        if path is None or place.is_set or isinstance(check.constraint, s.Select):
            return place
        key = (check.focus, path)
        if key not in self._paths:
            self._paths[key] = self._reach(place)
        return replace(place, values=self._paths[key])

    def _reach(self, place: Place) -> str:
        """The value nodes of a path that may lead to one several times, computed once."""
        name, value = self._session.fresh("values"), a.Variable(VALUE)
        pairs = a.Distinct(a.Project(a.Join(place.focus, place.reach(value)), (THIS, value)))
        self._session.create(name, [], 2)
        self._session.fill(name, pairs, (THIS, value))
        return name

    def _select(self, check: Check, pattern: a.Pattern) -> None:
        compiled = self._session.compile(pattern, "ids")
        name = self._session.fresh("rows")
        self._session.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {compiled.sql}")
        if check.focus in self._plan.derived:
            focus = compiled.variables.index(THIS.name)
            self._session.run(
                f"INSERT INTO {name} SELECT * EXCLUDE (again) FROM (SELECT found.*, {_AGAIN} "
                f"FROM {name} AS found JOIN {TIMES} AS times "
                f"ON times.c0 = {self._session.id(number(check.focus))} "
                f"AND times.c1 = found.c{focus})"
            )
        ((count,),) = self._session.rows(f"SELECT count(*) FROM {name}")
        if count:
            self._selects[check.number] = (name, compiled)
            self.counts[check.number] = count


def _solution(check: Check, variables: Sequence[str], row: Sequence[str | None]) -> Found:
    bound = {
        name: make_term(type_, lex)
        for name, type_, lex in zip(variables, row[::2], row[1::2], strict=True)
        if type_ is not None and lex is not None
    }
    focus, value, path = (bound.get(n) for n in (THIS.name, VALUE, PATH))
    assert focus is not None
    if value is None and check.shape.path is None:
        value = focus
    return Found(focus, value, path if isinstance(path, IRI) else None, tuple(bound.items()))


def _constants(roots: Sequence[s.Shape]) -> set[Term]:
    """The terms that the statements will name."""
    everything = (tuple(constraints_in(roots)), tuple(t for r in roots for t in r.targets))
    found: set[Term] = {n for n in walk(everything) if isinstance(n, IRI | Literal)}
    paths = (shape.path for shape in shapes_under(roots))
    return (
        found | {n for path in paths for n in walk(path) if isinstance(n, IRI)} | {TYPE, SUBCLASS}
    )
