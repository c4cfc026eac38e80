"""The part of the statement that each operator has made, as text for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp

from kgtool.analysis.operators import Operator, Operators, common
from kgtool.analysis.statement import aliases_of
from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.relation import Source
from kgtool.plan.trace import Record
from kgtool.rdf.terms import Term

#: Ids are beyond any other number of a statement.
_LEAST_ID = 1 << ids.PAYLOAD_BITS
_QUOTED = re.compile(r'"([a-z]\w*)"')
#: What stands before the first part of a clause, and between two.
_CLAUSES = {
    "WITH": ("WITH ", ", "),
    "FROM": ("FROM ", ", "),
    "JOIN": ("", " "),
    "WHERE": ("WHERE ", " AND "),
    "SELECT": ("SELECT ", ", "),
    "ORDER BY": ("ORDER BY ", ", "),
}
_LONG = re.compile(r"\d{17,}")


def names_of(known: Mapping[Term, int | None], write: Callable[[Term], str]) -> dict[int, str]:
    """What is written for the ids of a query's constants."""
    return {id_: write(term) for term, id_ in known.items() if id_ is not None and id_ >= _LEAST_ID}


def with_comments(statement: exp.Query, names: Mapping[int, str]) -> str:
    """The whole statement, in lines, with the term that each id stands for behind it."""
    shown = statement.copy()
    for literal in shown.find_all(exp.Literal):
        if not literal.is_string and _LONG.fullmatch(literal.name):
            name = names.get(int(literal.name))
            if name is not None:
                literal.add_comments([f" {name.replace('*/', '* /')} "])
    return shown.sql(dialect="duckdb", pretty=True, normalize_functions=False)


def fragments(
    statement: exp.Query, operators: Operators, record: Record, names: Mapping[int, str]
) -> dict[int, list[str]]:
    """The clauses of the statement that each operator has made, by its number.

    Ids are written as the terms they stand for, and what a derived table reads is left out, so
    that these are to be read, not to be run.
    """
    found: dict[int, dict[str, list[str]]] = {operator.number: {} for operator in operators}
    for operator, clause, tree in _parts(statement, operators, record):
        text = _plain(sql.to_text(_shortened(tree)), names)
        texts = found[operator.number].setdefault(clause, [])
        if text not in texts:
            texts.append(text)
    return {number: [*map(_clause, clauses.items())] for number, clauses in found.items()}


def _clause(parts: tuple[str, list[str]]) -> str:
    before, between = _CLAUSES[parts[0]]
    return before + between.join(parts[1])


def _plain(text: str, names: Mapping[int, str]) -> str:
    text = _QUOTED.sub(r"\1", text)
    return _LONG.sub(lambda m: names.get(int(m[0]), m[0]), text)


def _parts(
    statement: exp.Query, operators: Operators, record: Record
) -> Iterator[tuple[Operator, str, exp.Expr]]:
    for cte in statement.find_all(exp.CTE):
        operator = operators.of(record.aliases.get(cte.alias))
        if operator is not None:
            yield operator, "WITH", cte
    for piece in record.pieces:
        operator = operators.of(piece.node)
        if operator is None:
            continue
        if isinstance(piece.part, Source):
            yield operator, *_from(piece.part)
        elif piece.clause == "WHERE":
            yield _condition_of(operator, piece.part, operators, record), "WHERE", piece.part
        elif piece.clause == "SELECT":
            yield operator, "SELECT", sql.alias(piece.part, piece.word)
        else:
            yield operator, "ORDER BY", exp.Ordered(this=piece.part, desc=piece.word == "DESC")
    for column in statement.selects:
        yield operators.root, "SELECT", column


def _from(source: Source) -> tuple[str, exp.Expr]:
    if source.on is None:
        return "FROM", source.item
    return "JOIN", exp.Join(this=source.item, kind=source.kind, on=source.on)


def _condition_of(
    operator: Operator, condition: exp.Expr, operators: Operators, record: Record
) -> Operator:
    """What joins the parts of a group belongs to the lowest join of what it compares."""
    if operator.kind not in ("Join", "BGP"):
        return operator
    named = (operators.of(record.aliases.get(alias)) for alias in aliases_of(condition))
    lowest = common([each for each in named if each is not None])
    return lowest if lowest is not None and operator in lowest.above() else operator


def _shortened(tree: exp.Expr) -> exp.Expr:
    """A copy in which derived tables do not say what they read."""
    tree = tree.copy()
    for subquery in list(tree.find_all(exp.Subquery)):
        for select in list(subquery.find_all(exp.Select)):
            if select.args.get("from_"):
                select.set("from_", exp.From(this=exp.Var(this="…")))
                select.set("joins", None)
                select.set("where", None)
    return tree
