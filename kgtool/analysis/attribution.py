"""Which operator of the algebra each step of the engine's plan works for.

The engine orders joins as it likes and does several things in one step, so a step is given to
an operator only where the plan says whose it is: a scan to the triple pattern whose alias it
reads; a join to the lowest operator that has both of what it compares; a grouping, sort or
limit to the next operator of that kind above its input; a filter or a computed column to the
operators whose conditions or expressions it holds. A step that works for several is theirs
together, and one that nothing claims is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlglot import exp

from kgtool.analysis.claims import Claims
from kgtool.analysis.operators import Operator, Operators, common
from kgtool.analysis.profile import Step
from kgtool.analysis.scans import scanned, sides
from kgtool.analysis.statement import FromItem, columns_in, from_items, groups, words_in
from kgtool.plan.trace import Record

_AGGREGATES = frozenset(
    {"HASH_GROUP_BY", "PERFECT_HASH_GROUP_BY", "PARTITIONED_AGGREGATE", "UNGROUPED_AGGREGATE"}
)
_KINDS = {
    "ORDER_BY": ("OrderBy",),
    "TOP_N": ("OrderBy", "Slice"),
    "LIMIT": ("Slice",),
    "STREAMING_LIMIT": ("Slice",),
    "WINDOW": ("Slice", "LeftJoin", "Construct"),
    "STREAMING_WINDOW": ("Slice", "LeftJoin", "Construct"),
}
#: Steps that prepare the next one where nothing tells of them themselves.
_PREPARING = _AGGREGATES | {
    "PROJECTION",
    "RECURSIVE_CTE_SCAN",
    "CTE_SCAN",
    "DUMMY_SCAN",
    "COLUMN_DATA_SCAN",
    "EMPTY_RESULT",
}
#: A filter of the engine's own, by what it knows of the values of a column.
_SIMPLE = re.compile(r"(?!.*\w\()[\w#\s()<>=.\[\]-]*|\(NOT SUBQUERY\)")
#: The name that the engine gives a CTE of what is known outside of a subquery.
_OUTSIDE = "__duckdb_delim"


def attributed(
    root: Step, operators: Operators, record: Record, statement: exp.Query
) -> dict[int, tuple[Operator, ...]]:
    """The operators that each step works for, by the step's number: mostly one, maybe none."""
    return _Attribution(root, operators, record, statement).owners


class _Attribution:
    def __init__(
        self, root: Step, operators: Operators, record: Record, statement: exp.Query
    ) -> None:
        self._operators = operators
        self._record = record
        self._items: Mapping[str, FromItem] = from_items(statement)
        self._scanned = scanned(root, self._items)
        self._all = {alias for aliases in self._scanned.values() for alias in aliases}
        self._ctes = {s.details.get("Table Index"): s for s in root.walk() if s.is_cte}
        self._claims = Claims(statement, operators, record)
        named = (self._named(alias) for alias, item in self._items.items() if item.groups)
        self._grouping = {operator.number for operator in named if operator}
        if groups(statement):
            self._grouping.add(operators.root.number)
        #: The operators whose work is done below a step.
        self._finished: dict[int, frozenset[int]] = {}
        self.owners: dict[int, tuple[Operator, ...]] = {}
        self._visit(root)
        self._hand_down(root)

    def _named(self, alias: str) -> Operator | None:
        """The operator of an alias or a CTE."""
        return self._operators.of(self._record.aliases.get(alias))

    # From the scans upwards -------------------------------------------------------------

    def _visit(self, step: Step) -> None:
        finished: frozenset[int] = frozenset()
        for each in step.inputs:
            self._visit(each)
            finished |= self._finished[each.number]
        self.owners[step.number] = found = self._owners(step)
        if len(found) == 1 and _finishes(step, found[0]):
            finished |= {found[0].number}
        self._finished[step.number] = finished

    def _owners(self, step: Step) -> tuple[Operator, ...]:
        match step.kind:
            case "TABLE_SCAN":
                aliases = self._scanned.get(step.number, ())
                return _distinct(o for a in aliases if (o := self._named(a)) is not None)
            case "RESULT_COLLECTOR":
                return (self._operators.root,)
            case "CTE" | "RECURSIVE_CTE":
                return self._cte(step)
            case "CTE_SCAN":
                return self.owners.get(self._definition(step), ())
            case "FILTER":
                return self._filter(step)
            case "PROJECTION":
                return self._projection(step)
            case "UNION":
                return _one(common([o for each in step.inputs for o in self.owners[each.number]]))
        if step.is_join:
            return _one(self._join(step))
        if step.kind in _AGGREGATES and not self._is_of_outside(step):
            return _one(self._next(step, lambda o: o.number in self._grouping))
        if step.kind in _KINDS:
            kinds = _KINDS[step.kind]
            # An EXISTS that reads nothing of its group is limited to one row by the engine.
            return _one(self._next(step, lambda o: o.kind in kinds) or self._of(step.inputs[0]))
        return ()

    def _cte(self, step: Step) -> tuple[Operator, ...]:
        name = step.details.get("CTE Name", "")
        if name not in self._items:  # the engine's own
            return self.owners[step.inputs[-1].number]
        # The dictionary with the query's own constants is the whole query's.
        found = _one(self._named(name) or self._operators.root)
        self._give(step.inputs[0], found)
        return found

    def _of(self, step: Step) -> Operator | None:
        return common([*self.owners[step.number]])

    def _definition(self, scan: Step) -> int:
        """The step that fills the CTE which ``scan`` reads."""
        cte = self._ctes.get(scan.details.get("CTE Index", "none"))
        return cte.inputs[0].number if cte is not None else -1

    def _is_of_outside(self, step: Step) -> bool:
        while len(step.inputs) == 1:
            step = step.inputs[0]
        cte = self._ctes.get(step.details.get("CTE Index", "none"))
        return cte is not None and cte.details.get("CTE Name", "").startswith(_OUTSIDE)

    def _join(self, step: Step) -> Operator | None:
        both: list[Operator] = []
        first, second = sides(step)
        for names, side in zip((first, second), step.inputs, strict=False):
            below = self._below(side)
            # The engine may name a column after the one that it is compared with.
            true = (n for n in names if first != second and self._may_be_in(n, below))
            named = [o for name in true if (o := self._named(name)) is not None]
            if named and not any(map(self._named, below)):
                self._give(side, named)
            both += named or _one(self._of(side))
        return common(both)

    def _give(self, step: Step, operators: Iterable[Operator]) -> None:
        """Who reads what a step and those below it make, where nothing tells more of them."""
        for each in step.walk():
            if not self.owners[each.number]:
                self.owners[each.number] = _distinct(operators)

    def _may_be_in(self, alias: str, below: set[str]) -> bool:
        """Whether a FROM item may be among what is scanned; inline data is not scanned."""
        item = self._items.get(alias)
        made_of = {alias, *(item.inside if item else ())}
        return bool(made_of & below) or not made_of & self._all

    def _below(self, step: Step) -> set[str]:
        """The aliases that are scanned for a step."""
        found: set[str] = set()
        left = [step]
        seen: set[int] = set()
        while left:
            each = left.pop()
            seen.add(each.number)
            found.update(self._scanned.get(each.number, ()))
            left += each.inputs
            cte = self._ctes.get(each.details.get("CTE Index", "none"))
            if cte is not None and cte.inputs[0].number not in seen:
                left.append(cte.inputs[0])
        return found

    def _next(self, step: Step, fits: Callable[[Operator], bool]) -> Operator | None:
        """The next operator above the input of a step that fits and is not done with yet."""
        inner = self._reached(step.inputs[0]) or self._of(step.inputs[0])
        if inner is None:
            return None
        finished = self._finished[step.inputs[0].number]
        fitting = [operator for operator in inner.above() if fits(operator)]
        # What has been sorted is sorted again where something between forgets the order.
        fitting += [operator for operator in _chain(inner) if fits(operator)]
        return next((o for o in fitting if o.number not in finished), next(iter(fitting), None))

    def _reached(self, step: Step) -> Operator | None:
        """How far up a step is, whatever it decodes for the result."""
        own = self._of(step)
        if own is not None and own is not self._operators.root:
            return own
        return common([o for each in step.inputs if (o := self._reached(each)) is not None])

    def _filter(self, step: Step) -> tuple[Operator, ...]:
        text = step.details.get("Expression", "")
        columns, inner = columns_in(text) | self._scanned_in(step), self._of(step.inputs[0])
        found = self._claims.filtering(columns)
        if not found and not _SIMPLE.fullmatch(text) and inner is not None:
            # The engine has renamed the columns. Whoever asks for a condition stands above.
            found = self._claims.filtering_above(inner)
            if inner is not self._operators.root:
                return _distinct(found) if len(found) == 1 else ()
        return _distinct(found) or _one(inner)

    def _scanned_in(self, step: Step) -> frozenset[str]:
        """The columns of a scan that a filter right above it names as the table has them."""
        (scan,) = step.inputs
        names = set(scan.details.get("Projections", "").split("; "))
        read = words_in(step.details.get("Expression", "")) & names
        aliases = self._scanned.get(scan.number, ())
        return frozenset(f"{alias}.{name}" for alias in aliases for name in read)

    def _projection(self, step: Step) -> tuple[Operator, ...]:
        outputs = step.details.get("Projections", "").split("; ")
        found = [o for output in outputs for o in self._claims.computing(output)]
        if not found and any("(" in output and output[:2] != "__" for output in outputs):
            return ()
        # The same name may stand for something else in another part of the query.
        inner = self._reached(step.inputs[0]) or self._of(step.inputs[0])
        above = [o for o in found if inner is not None and o in inner.above()]
        # Decoding for the result comes along with what else is computed.
        others = [operator for operator in above if operator is not self._operators.root]
        return _distinct(others or above or found) or _one(self._of(step.inputs[0]))

    # From the result downwards ----------------------------------------------------------

    def _hand_down(self, step: Step) -> None:
        for each in step.inputs:
            if each.kind in _PREPARING and not self.owners[each.number]:
                self.owners[each.number] = self.owners[step.number]
            self._hand_down(each)


def _chain(operator: Operator) -> Iterator[Operator]:
    """The operators below one, as far as there is one way down."""
    while len(operator.children) == 1:
        operator = operator.children[0]
        yield operator


def _one(operator: Operator | None) -> tuple[Operator, ...]:
    return () if operator is None else (operator,)


def _distinct(operators: Iterable[Operator]) -> tuple[Operator, ...]:
    return tuple(sorted({o.number: o for o in operators}.values(), key=lambda o: o.number))


def _finishes(step: Step, operator: Operator) -> bool:
    """Whether an operator's work is done with one of its steps.

    Groups whose aggregates count distinct values are made in several.
    """
    if operator.kind != "Group":
        return True
    partial = any(node.distinct for _, node in operator.node.aggregates)
    return step.kind in _AGGREGATES and (bool(step.details.get("Aggregates")) or not partial)
