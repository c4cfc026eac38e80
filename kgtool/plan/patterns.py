"""Graph patterns of the algebra → relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce

from sqlglot import exp

from kgtool.errors import Location, UnsupportedError
from kgtool.plan import modifiers, sql
from kgtool.plan.expressions import condition, expression
from kgtool.plan.inspection import (
    SOLUTION_ID,
    conjuncts,
    has_subquery,
    is_once,
    needs_solution_id,
    variables_of,
    walk,
)
from kgtool.plan.joins import (
    NeedsBothSides,
    exists,
    join,
    left_join,
    minus,
    restrict,
    semi_join,
    union,
)
from kgtool.plan.narrowing import narrow
from kgtool.plan.paths import CLOSURES, Seeds, scan_path
from kgtool.plan.relation import Projected, Relation, Source, nothing, same_binding, unit
from kgtool.plan.scan import Frame, scan_graphs, scan_table, scan_triple, stored_graph
from kgtool.plan.value import IN_DICTIONARY, LOCAL, Form, Scope, Value, native
from kgtool.rdf.terms import IRI
from kgtool.sparql.algebra import (
    BGP,
    Distinct,
    Exists,
    Expression,
    Extend,
    Filter,
    Graph,
    Group,
    Join,
    LeftJoin,
    Lookup,
    Minus,
    OrderBy,
    PathPattern,
    Pattern,
    Project,
    Reduced,
    Service,
    Slice,
    Table,
    TriplePattern,
    Union,
    Values,
    Variable,
)


def compile_pattern(pattern: Pattern, frame: Frame) -> Relation:
    """The relation of a graph pattern's solutions.

    Raises UnsupportedError, with the construct and its place, for what no plan can do.
    """
    record = frame.context.record
    with record.at(pattern):
        relation = record.made(_compile(pattern, frame))
    relation.outer = frame.outer
    return relation


def _compile(pattern: Pattern, frame: Frame) -> Relation:
    match pattern:
        case BGP() | PathPattern() | Join():
            return _join_group(list(_operands(pattern)), frame)
        case LeftJoin(left, right, on):
            return _optional(left, right, on, frame)
        case Filter(on, inner):
            return _filtered(list(conjuncts(on)), inner, frame)
        case Union():
            return union([compile_pattern(p, frame) for p in _branches(pattern)])
        case Minus(left, right):
            first = _in_graph(compile_pattern(left, frame), frame)
            return minus(first, _beside(first, right, frame), frame.hidden)
        case Graph(name, inner):
            return _graph(name, inner, frame)
        case Extend(inner):
            return _extend(compile_pattern(inner, frame), pattern, frame)
        case Values():
            return _values(pattern, frame)
        case Table():
            return scan_table(pattern, frame)
        case Service():
            where = pattern.position
            raise UnsupportedError(
                "SERVICE cannot stand here",
                expected="a pattern over this graph: queries alone ask endpoints, with DuckDB",
                location=Location(None, where.line, where.column) if where else None,
            )
        case _:
            return _modifier(pattern, frame)


def _modifier(pattern: Pattern, frame: Frame) -> Relation:
    match pattern:
        case Group():
            return modifiers.group(compile_pattern(pattern.pattern, frame), pattern, frame)
        case OrderBy(inner, conditions):
            return modifiers.order_by(compile_pattern(inner, frame), conditions, frame)
        case Project(inner, variables):
            kept = [v.name for v in variables] + ([frame.hidden] if frame.hidden else [])
            if frame.outer is not None:
                frame = replace(frame, outer=Projected(frame.outer, frozenset(kept)))
            return modifiers.project(compile_pattern(inner, frame), kept)
        case Distinct(inner, witness):
            return modifiers.distinct(compile_pattern(inner, frame), witness)
        case Reduced(inner):
            return modifiers.distinct(compile_pattern(inner, frame))
        case Slice(inner, offset, limit):
            return modifiers.slice_(compile_pattern(inner, frame), offset, limit, frame)
    raise AssertionError(f"no such operator: {type(pattern).__name__}")


# Joins ----------------------------------------------------------------------------------


def _operands(pattern: Pattern) -> Iterator[Pattern | TriplePattern]:
    """The parts of a join group: triple patterns, paths and everything else."""
    match pattern:
        case BGP(triples):
            yield from triples
        case Join(left, right):
            yield from _operands(left)
            yield from _operands(right)
        case _:
            yield pattern


def _join_group(operands: Sequence[Pattern | TriplePattern], frame: Frame) -> Relation:
    """Joins all operands; closures of paths last, so that they start from what is bound.

    What only a closure connects is not joined before it is: that would be all pairs.
    """
    asked, frame = frame.asked, replace(frame, asked=None)
    closures = [o for o in operands if isinstance(o, PathPattern) and _may_be_seeded(o)]
    parts: list[Relation] = []
    nodes: set[str] = set()
    for operand in operands:
        if operand not in closures:
            parts = _connected(parts, _operand(operand, frame), frame)
        if isinstance(operand, TriplePattern):
            ends = (operand.subject, operand.object)
            nodes |= {n.name for n in ends if isinstance(n, Variable)}
    while closures:
        closure, start = _next_closure(closures, parts, frame)
        closures.remove(closure)
        parts = [part for part in parts if part is not start]
        last = replace(frame, asked=asked) if not closures and not parts else frame
        relation = _join_closure(start, closure, nodes, last)
        if parts and not relation.empty and not relation.correlated:
            # Else the engine, which cannot know what a closure has, may take all pairs after all.
            relation = relation.materialize()
        parts = _connected(parts, relation, frame)
    return reduce(join, parts, unit(frame.context, frame.outer))


def _connected(parts: list[Relation], other: Relation, frame: Frame) -> list[Relation]:
    """The parts of a group, those with a variable of ``other`` joined with it."""
    variables = other.columns.keys() - {frame.hidden}
    meeting = [part for part in parts if part.columns.keys() & variables]
    apart = [part for part in parts if not part.columns.keys() & variables]
    return [*apart, reduce(join, [*meeting, other], unit(frame.context, frame.outer))]


def _next_closure(
    closures: list[PathPattern], parts: list[Relation], frame: Frame
) -> tuple[PathPattern, Relation]:
    """A closure, and the part that binds an end of it where there is one."""
    for closure in closures:
        for part in parts:
            if _seed_variable(closure, part):
                return closure, part
    return closures[0], unit(frame.context, frame.outer)


def _operand(operand: Pattern | TriplePattern, frame: Frame) -> Relation:
    if isinstance(operand, PathPattern):
        return _path(operand, frame)
    if not isinstance(operand, TriplePattern):
        return compile_pattern(operand, frame)
    record = frame.context.record
    with record.at(operand):
        return record.made(scan_triple(operand, frame))


def _path(pattern: PathPattern, frame: Frame, seeds: Seeds | None = None) -> Relation:
    record = frame.context.record
    with record.at(pattern):
        return record.made(scan_path(pattern, frame, seeds))


def _may_be_seeded(pattern: PathPattern) -> bool:
    return isinstance(pattern.path, CLOSURES) and all(
        isinstance(n, Variable) for n in (pattern.subject, pattern.object)
    )


def _seed_variable(closure: PathPattern, relation: Relation) -> str | None:
    for node in (closure.subject, closure.object):
        assert isinstance(node, Variable)
        value = relation.columns.get(node.name)
        if value is not None and value.form is Form.ID and not value.nullable:
            return node.name
    return None


def _join_closure(
    relation: Relation, closure: PathPattern, nodes: set[str], frame: Frame
) -> Relation:
    seed = _seed_variable(closure, relation)
    # A CTE cannot name columns of the group around an EXISTS.
    if seed is None or relation.empty or relation.correlated:
        return join(relation, _path(closure, frame))
    relation = relation.materialize()
    seeds = Seeds(relation, seed, seed in nodes, _is_forgotten(relation, closure, seed, frame))
    found = _path(closure, frame, seeds)
    return found if seeds.forgotten else join(relation, found)


def _is_forgotten(relation: Relation, closure: PathPattern, seed: str, frame: Frame) -> bool:
    """Whether an EXISTS asks only for the nodes that a closure ends at.

    It does where the group around it binds none of what led there.
    """
    if frame.asked is None or frame.hidden is not None:
        return False
    ends = {closure.subject, closure.object} - {Variable(seed)}
    met = any(isinstance(end, Variable) and end.name in relation.columns for end in ends)
    return len(ends) == 1 and not met and not relation.columns.keys() & frame.asked


def _branches(pattern: Pattern) -> Iterator[Pattern]:
    if isinstance(pattern, Union):
        yield from _branches(pattern.left)
        yield from _branches(pattern.right)
    else:
        yield pattern


# The rest -------------------------------------------------------------------------------


def _optional(left: Pattern, right: Pattern, on: Expression | None, frame: Frame) -> Relation:
    first = _in_graph(compile_pattern(left, frame), frame)
    second = _beside(first, right, frame)
    if on is None:
        return left_join(first, second)
    bound = {n for n, v in second.columns.items() if not v.nullable}
    seen = variables_of(on) & (set(first.columns) | set(second.columns))
    if seen <= bound:
        # What the right side binds for certain can be filtered there.
        return left_join(first, _filter(second, conjuncts(on), frame))
    if has_subquery(on):
        # DuckDB does not always unnest a subquery in the condition of a LEFT JOIN.
        return _optional_by_row(left, right, on, frame)
    try:
        return left_join(first, second, lambda scope: condition(on, scope, frame))
    except NeedsBothSides:
        return _optional_by_row(left, right, on, frame)


def _beside(first: Relation, right: Pattern, frame: Frame) -> Relation:
    """The right side of an OPTIONAL or MINUS.

    What the group around an EXISTS binds holds in it too. Where ``first`` binds the same variable
    for certain, it follows from there.
    """
    relation = compile_pattern(right, frame)
    certain = {name for name, value in first.columns.items() if not value.nullable}
    relation.agree_with_outer([name for name in relation.columns if name not in certain])
    return relation


def _optional_by_row(left: Pattern, right: Pattern, on: Expression, frame: Frame) -> Relation:
    """LeftJoin as a join that is filtered, then joined back to each solution of ``left``."""
    first = _in_graph(compile_pattern(left, frame), frame)
    if first.correlated:
        return _optional_in_parts(first, left, right, on, frame)
    row = frame.context.fresh_variable().name
    number = exp.Window(this=sql.call("row_number"))
    first.columns[row] = native(Form.INTEGER, number, False)
    first = first.materialize()
    again = Relation(frame.context, list(first.sources), columns=dict(first.columns))
    matched = _filter(join(again, _beside(first, right, frame)), conjuncts(on), frame)
    matched.columns = {
        name: value
        for name, value in matched.columns.items()
        if name == row or name not in first.columns or first.columns[name].nullable
    }
    result = left_join(first, matched.close())
    del result.columns[row]
    return result


def _optional_in_parts(
    first: Relation, left: Pattern, right: Pattern, on: Expression, frame: Frame
) -> Relation:
    """LeftJoin as it is defined (SPARQL 1.1, 18.5): what matches, and the rest of ``first``.

    It computes ``left`` thrice. Its solutions get no numbers, since that takes a CTE, which cannot
    name columns of the group around an EXISTS.
    """

    def matched() -> tuple[Relation, dict[str, Value]]:
        relation = _in_graph(compile_pattern(left, frame), frame)
        own = dict(relation.columns)
        joined = join(relation, _beside(relation, right, frame))
        return _filter(joined, conjuncts(on), frame), own

    again, own = matched()
    same = [same_binding(v, first, own[name], again) for name, v in first.columns.items()]
    first.where.append(exp.Not(this=semi_join(again, same)))
    return union([matched()[0], first])


def _filtered(conditions: list[Expression], inner: Pattern, frame: Frame) -> Relation:
    """The solutions of ``inner`` that pass all the conditions of a filter."""
    below: list[Expression] = []
    if isinstance(inner, Extend):
        # What a filter says of other variables is known when the value is computed.
        below = [c for c in conditions if _is_before(c, inner.variable)]
        conditions = [c for c in conditions if not _is_before(c, inner.variable)]
    if below and isinstance(inner, Extend):
        record = frame.context.record
        relation = record.made(_filtered(below, inner.pattern, frame))
        with record.at(inner):
            relation = record.made(_extend(relation, inner, frame))
    else:
        relation = compile_pattern(inner, frame)
    if any(map(has_subquery, conditions)):
        relation = _in_graph(relation, frame)
    return _filter(relation, conditions, frame)


def _filter(relation: Relation, conditions: Iterable[Expression], frame: Frame) -> Relation:
    for part in conditions:
        relation = _settled(relation, part)
        relation.where.append(condition(part, relation, frame, as_filter=True))
        narrow(relation, part, frame.context.statistics)
    return relation


def _settled(relation: Relation, reader: Expression) -> Relation:
    """The relation, closed where ``reader`` reads a long computed column of it.

    An expression may name a column several times, and each time the whole of it: without an
    end to that, a chain of BINDs would double at each link. So would the time in which the
    engine binds names, which for a column of 1,000 nodes is some ten milliseconds.
    """
    read = (relation.columns.get(name) for name in variables_of(reader))
    long = any(v is not None and sql.is_longer(v.sql, 1_000) for v in read)
    return relation.close() if long and not relation.correlated else relation


def _is_before(part: Expression, variable: Variable) -> bool:
    """Whether a condition can be asked before ``variable`` is bound."""
    return not has_subquery(part) and variable.name not in variables_of(part)


def compile_subquery(node: Exists | Lookup, scope: Scope, frame: Frame) -> Value:
    """EXISTS or a look-up, for the expressions of ``frame``."""
    if isinstance(node, Lookup):
        with frame.context.record.at(node):
            inner = compile_pattern(node.pattern, replace(frame, outer=scope))
            return modifiers.lookup(scope, inner, node.aggregate, frame)
    inside = replace(frame, outer=scope)
    if isinstance(node.pattern, BGP | Join | PathPattern):
        names = {n.name for n in walk(node.pattern) if isinstance(n, Variable)}
        asked = frozenset(name for name in names if scope.lookup(name) is not None)
        inside = replace(inside, asked=asked)
    with frame.context.record.at(node):
        found = exists(scope, compile_pattern(node.pattern, inside))
    return native(Form.BOOLEAN, found, False)


def _extend(relation: Relation, extend: Extend, frame: Frame) -> Relation:
    variable, value = extend.variable, extend.expression
    if has_subquery(value):
        relation = _in_graph(relation, frame)
    if relation.empty:
        return nothing(relation.context, [*relation.columns, variable.name])
    if needs_solution_id(value) and SOLUTION_ID not in relation.columns:
        relation.columns[SOLUTION_ID] = native(Form.STRING, sql.cast(sql.call("uuid"), "VARCHAR"))
        relation = relation.close()
    relation = _settled(relation, value)
    relation.columns[variable.name] = expression(value, relation, frame)
    return relation.close() if is_once(value) else relation


def _graph(name: IRI | Variable, inner: Pattern, frame: Frame) -> Relation:
    if isinstance(name, IRI):
        id_ = stored_graph(name, frame)
        relation = compile_pattern(inner, frame.within(-1 if id_ is None else id_))
        if id_ is None or (frame.graph.named is not None and id_ not in frame.graph.named):
            return nothing(frame.context, relation.columns)
        return relation
    hidden = frame.context.fresh_variable().name
    inside = frame.within(hidden)
    relation = _in_graph(compile_pattern(inner, inside), inside)
    if relation.empty:
        return nothing(frame.context, [*relation.columns, name.name])
    return restrict(relation, name.name, relation.columns.pop(hidden))


def _in_graph(relation: Relation, frame: Frame) -> Relation:
    """Inside GRAPH ?g, what no triple pattern binds to a graph is in every one of them."""
    if frame.hidden is None:
        return relation
    value = relation.columns.get(frame.hidden)
    if value is not None and not value.nullable:
        return relation
    return join(relation, scan_graphs(frame.hidden, frame))


def _values(pattern: Values, frame: Frame) -> Relation:
    context = frame.context
    names = [v.name for v in pattern.variables]
    if not pattern.rows:
        return nothing(context, names)
    rows = [[None if t is None else context.constant(t) for t in row] for row in pattern.rows]
    if len(rows) == 1:
        bound = {n: v for n, v in zip(names, rows[0], strict=True) if v is not None}
        return Relation(context, columns=bound)
    alias = context.fresh("v")
    fields = [context.sql_name(n) for n in names] or ["unit"]
    tuples = [
        exp.Tuple(expressions=[sql.NULL if v is None else v.sql for v in row] or [sql.number(1)])
        for row in rows
    ]
    values = exp.Values(
        expressions=tuples,
        alias=exp.TableAlias(this=sql.name("v"), columns=[sql.name(f) for f in fields]),
    )
    item = sql.subquery(exp.Select(expressions=[exp.Star()]).from_(values, copy=False), alias)
    columns = {}
    for index, name in enumerate(names):
        cells = [row[index] for row in rows]
        tags = 0
        for cell in cells:
            tags |= cell.tags if cell is not None else 0
        if tags & LOCAL and not tags & IN_DICTIONARY:
            tags &= ~LOCAL
        column = sql.column(alias, fields[index])
        columns[name] = Value(Form.ID, column, tags, any(c is None for c in cells))
    return Relation(context, [Source(item)], columns=columns)
