"""The tables that checks share: instances of classes, lists, and the sets of focus nodes."""

from __future__ import annotations

from collections.abc import Sequence

from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.checks import Plan, classes_in, lists_in
from kgtool.shacl.constraints.place import INSTANCES, MEMBERS, Names, Place, Tables, number
from kgtool.shacl.rewriting import THIS
from kgtool.shacl.vocabulary import SUBCLASS, TYPE
from kgtool.sparql import algebra as a

#: The sets of focus nodes: number of the set, node.
FOCUS = "kg_focus"
#: Focus nodes that several others lead to, whose results count once for each (the suite's
#: property-001): number of the set, node, how many.
TIMES = "kg_times"
_RAW = "kg_raw"
_PAIRS = "kg_pairs"
_SET, _CLASS, _PROPERTY = a.Variable("set"), a.Variable("class"), a.Variable("property")
_VALUE = a.Variable("value")


def fill_instances(session: Session, roots: Sequence[s.Shape]) -> None:
    """The SHACL instances (section 1.1) of all classes that shapes name, in one statement."""
    sub, node = a.Variable("sub"), a.Variable("node")
    stored = [cls for cls in classes_in(roots) if session.is_stored(cls)]
    session.create("kg_classes", [(cls,) for cls in stored], 1)
    session.create(_RAW, [], 2)
    if stored:
        classes = a.Table("kg_classes", (_CLASS,))
        direct = a.Join(classes, _triple(node, TYPE, _CLASS))
        below = a.PathPattern(sub, a.OneOrMore(SUBCLASS), _CLASS)
        inherited = a.Join(a.Join(classes, below), _triple(node, TYPE, sub))
        session.fill(_RAW, a.Union(direct, inherited), (_CLASS, node))
    session.distinct(INSTANCES, _RAW)


def fill_lists(session: Session, roots: Sequence[s.Shape]) -> Tables:
    lists = lists_in(roots)
    rows: list[tuple[Term, Term]] = [
        (number(n), value) for values, n in lists.items() for value in dict.fromkeys(values)
    ]
    session.create(MEMBERS, rows, 2)
    return Tables(lists)


def fill_focus(session: Session, plan: Plan, names: Names, tables: Tables) -> dict[int, int]:
    """The sets of focus nodes; gives the size of each that is not empty."""
    session.create(_RAW, _nodes(plan), 2)
    _by_class(session, plan)
    _by_property(session, plan, s.TargetSubjectsOf)
    _by_property(session, plan, s.TargetObjectsOf)
    for set_, targets in plan.targets.items():
        for target in targets:
            if isinstance(target, s.TargetSelect):
                _fill(session, set_, a.Distinct(a.Project(target.query.pattern, (THIS,))))
    session.distinct(FOCUS, _RAW)
    if plan.derived:
        session.run(f"CREATE OR REPLACE TEMP TABLE {TIMES} (c0 BIGINT, c1 BIGINT, n BIGINT)")
    for set_, (parent, path) in plan.derived.items():
        place = Place(THIS, focus_of(parent), path, names, tables)
        _derive(session, set_, parent, a.Join(place.focus, place.reach(_VALUE)))
    return session.counts(FOCUS)


def _derive(session: Session, set_: int, parent: int, values: a.Pattern) -> None:
    """The values of another set's nodes as focus nodes; how often counts those that have them."""
    session.create(_PAIRS, [], 2)
    session.fill(_PAIRS, a.Distinct(a.Project(values, (THIS, _VALUE))), (THIS, _VALUE))
    own, above = session.id(number(set_)), session.id(number(parent))
    session.run(f"INSERT INTO {_RAW} SELECT DISTINCT {own}, c1 FROM {_PAIRS}")
    session.run(
        f"INSERT INTO {TIMES} SELECT {own}, pairs.c1, sum(coalesce(times.n, 1)) AS n "
        f"FROM {_PAIRS} AS pairs LEFT JOIN {TIMES} AS times "
        f"ON times.c0 = {above} AND times.c1 = pairs.c0 GROUP BY pairs.c1 HAVING n > 1"
    )
    session.distinct(FOCUS, _RAW)


def focus_of(set_: int) -> a.Pattern:
    return a.Table(FOCUS, (number(set_), THIS))


def _nodes(plan: Plan) -> list[tuple[Term, Term]]:
    return [
        (number(set_), target.node)
        for set_, targets in plan.targets.items()
        for target in targets
        if isinstance(target, s.TargetNode)
    ]


def _by_class(session: Session, plan: Plan) -> None:
    rows = _rows(plan, s.TargetClass)
    if rows:
        session.create("kg_of_class", rows, 2)
        pattern = a.Join(a.Table("kg_of_class", (_SET, _CLASS)), a.Table(INSTANCES, (_CLASS, THIS)))
        session.fill(_RAW, pattern, (_SET, THIS))


def _by_property(
    session: Session, plan: Plan, kind: type[s.TargetSubjectsOf] | type[s.TargetObjectsOf]
) -> None:
    rows = [row for row in _rows(plan, kind) if session.is_stored(row[1])]
    if not rows:
        return
    name = f"kg_{kind.__name__.lower()}"
    session.create(name, rows, 2)
    subject, object_ = THIS, _VALUE
    if kind is s.TargetObjectsOf:
        subject, object_ = object_, subject
    triples = a.BGP((a.TriplePattern(subject, _PROPERTY, object_),))
    found = a.Join(a.Table(name, (_SET, _PROPERTY)), triples)
    session.fill(_RAW, a.Distinct(a.Project(found, (_SET, THIS))), (_SET, THIS))


def _rows(plan: Plan, kind: type) -> list[tuple[Term, IRI]]:
    return [
        (number(set_), target.cls if isinstance(target, s.TargetClass) else target.property)
        for set_, targets in plan.targets.items()
        for target in targets
        if isinstance(target, kind)
        and isinstance(target, s.TargetClass | s.TargetSubjectsOf | s.TargetObjectsOf)
    ]


def _fill(session: Session, set_: int, nodes: a.Pattern) -> None:
    session.fill(_RAW, a.Extend(nodes, _SET, number(set_)), (_SET, THIS))


def _triple(subject: a.Variable, predicate: IRI, object_: a.Variable) -> a.Pattern:
    return a.BGP((a.TriplePattern(subject, predicate, object_),))
