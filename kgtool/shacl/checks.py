"""From shapes to what is to be checked: each constraint at each place where its shape stands.

A property shape of a node shape has that one's focus nodes; one of a property shape has its
value nodes. So sets of focus nodes are few, and each is computed once, by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kgtool.rdf.terms import IRI, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.vocabulary import INFO, VIOLATION, WARNING
from kgtool.sparql.algebra import Path

_RANKS = {VIOLATION: 0, WARNING: 1, INFO: 2}


@dataclass(frozen=True, slots=True)
class Check:
    """A constraint of a shape, for a set of focus nodes."""

    number: int
    shape: s.Shape
    constraint: s.Constraint
    focus: int

    @property
    def order(self) -> tuple[object, ...]:
        """The worst first, then by group, shape and order, for people."""
        shape = self.shape
        rank = _RANKS.get(shape.severity, 3)
        return rank, shape.severity, str(shape.owner), str(shape.group or ""), (
            float("inf") if shape.order is None else shape.order
        ), self.number  # fmt: skip


@dataclass(slots=True)
class Plan:
    """All checks, and the sets of focus nodes: by targets, or values of another set."""

    checks: list[Check] = field(default_factory=list)
    targets: dict[int, tuple[s.Target, ...]] = field(default_factory=dict)
    derived: dict[int, tuple[int, Path]] = field(default_factory=dict)

    def add(self, root: s.Shape) -> None:
        same = (n for n, targets in self.targets.items() if targets == root.targets)
        focus = next(same, None)
        if focus is None:
            focus = self._new_set()
            self.targets[focus] = root.targets
        self._add(root, focus)

    def _add(self, shape: s.Shape, focus: int) -> None:
        if shape.deactivated:
            return
        values: int | None = None
        for constraint in shape.constraints:
            if not isinstance(constraint, s.Property):
                self.checks.append(Check(len(self.checks) + 1, shape, constraint, focus))
            elif shape.path is None:
                self._add(constraint.shape, focus)
            else:
                if values is None:
                    values = self._new_set()
                    self.derived[values] = (focus, shape.path)
                self._add(constraint.shape, values)

    def _new_set(self) -> int:
        return len(self.targets) + len(self.derived) + 1


def plan_of(roots: Iterable[s.Shape]) -> Plan:
    plan = Plan()
    for root in roots:
        plan.add(root)
    return plan


def shapes_under(shapes: Iterable[s.Shape]) -> Iterator[s.Shape]:
    """The shapes, and those within them."""
    for shape in shapes:
        yield shape
        for constraint in shape.constraints:
            yield from shapes_under(shapes_in(constraint))


def constraints_in(shapes: Iterable[s.Shape]) -> Iterator[s.Constraint]:
    """All constraints of shapes, those of shapes within them too."""
    return (constraint for shape in shapes_under(shapes) for constraint in shape.constraints)


def shapes_in(constraint: s.Constraint) -> tuple[s.Shape, ...]:
    """The shapes that a constraint names."""
    match constraint:
        case s.Not(shape) | s.Node(shape) | s.Property(shape):
            return (shape,)
        case s.All(shapes) | s.Any(shapes) | s.One(shapes):
            return shapes
        case s.QualifiedMin(_, shape, others) | s.QualifiedMax(_, shape, others):
            return (shape, *others)
    return ()


def classes_in(shapes: Iterable[s.Shape]) -> list[IRI]:
    """The classes whose instances are asked for."""
    roots = list(shapes)
    targets = (t.cls for r in roots for t in r.targets if isinstance(t, s.TargetClass))
    tests = (c.cls for c in constraints_in(roots) if isinstance(c, s.Class))
    return list(dict.fromkeys([*targets, *tests]))


def lists_in(shapes: Iterable[s.Shape]) -> dict[tuple[Term, ...], int]:
    """The lists of sh:in, numbered."""
    lists = (c.values for c in constraints_in(shapes) if isinstance(c, s.In))
    return {values: number for number, values in enumerate(dict.fromkeys(lists))}
