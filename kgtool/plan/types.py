"""Filters that ask for nothing but the type of a term: its language, or its datatype.

Ids hold a code for the type, so such a filter compares ids, and reads no dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlglot import exp

from kgtool.engine import ids
from kgtool.engine.statistics import Statistics
from kgtool.plan import sql
from kgtool.plan.conversion import INLINE_TYPES, tag_test, type_
from kgtool.plan.sql import SQL
from kgtool.plan.value import IN_DICTIONARY, LOCAL, Form, Scope, Value
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, Literal
from kgtool.sparql.algebra import Compare, Expression, FunctionCall, In, Variable


@dataclass(frozen=True, slots=True)
class TypeTest:
    """Whether the term of ``variable`` has a type that ``accepts`` is true of.

    ``types`` are all of those, where they are known beforehand.
    """

    variable: Variable
    accepts: Callable[[str], bool]
    types: frozenset[str] | None


def type_test(node: Expression) -> TypeTest | None:
    """The test of a type that an expression is, where an error and false are the same.

    ``LANG(?x) = "en"``, ``LANG(?x) IN ("en", "de")``, ``LANGMATCHES(LANG(?x), "en")`` and
    ``DATATYPE(?x) = <datatype>``; None for all else.
    """
    match node:
        case Compare("=", FunctionCall("DATATYPE", (Variable() as variable,)), IRI(name)):
            return None if name == RDF.langString else _one_of(variable, [name])
        case Compare("=", FunctionCall("LANG", (Variable() as variable,)), Literal() as wanted):
            return _languages(variable, [wanted])
        case In(FunctionCall("LANG", (Variable() as variable,)), choices) if choices:
            literals = [c for c in choices if isinstance(c, Literal)]
            return _languages(variable, literals) if len(literals) == len(choices) else None
        case FunctionCall(
            "LANGMATCHES", (FunctionCall("LANG", (Variable() as variable,)), Literal() as range_)
        ) if _is_plain(range_):
            return _range(variable, range_.lexical.lower())
    return None


def _one_of(variable: Variable, types: Iterable[str]) -> TypeTest:
    accepted = frozenset(types)
    return TypeTest(variable, accepted.__contains__, accepted)


def _languages(variable: Variable, wanted: list[Literal]) -> TypeTest | None:
    # LANG is "" for all literals without a tag.
    if not all(_is_plain(literal) for literal in wanted):
        return None
    return _one_of(variable, [f"@{literal.lexical}" for literal in wanted])


def _range(variable: Variable, range_: str) -> TypeTest:
    """Basic filtering (RFC 4647, 3.3.1): the range itself, and what goes on behind a hyphen."""
    if range_ == "*":
        return TypeTest(variable, lambda type_: type_.startswith("@"), None)
    return TypeTest(
        variable, lambda type_: type_ == f"@{range_}" or type_.startswith(f"@{range_}-"), None
    )


def _is_plain(literal: Literal) -> bool:
    return literal.datatype == XSD.string and literal.lexical != ""


def has_type(test: TypeTest, value: Value, scope: Scope, statistics: Statistics) -> SQL | None:
    """The test as a condition on ids; None where it takes the dictionary."""
    if value.form is not Form.ID or value.may_be(LOCAL) or not statistics.types_are_coded:
        if test.types is None or len(test.types) != 1:
            return None
        (only,) = test.types
        return sql.eq(type_(value, scope), sql.text(only))
    inline = 0
    for tags, name in INLINE_TYPES.items():
        inline |= tags & value.tags & ~IN_DICTIONARY if test.accepts(name) else 0
    tests = [tag_test(value.sql, inline)] if inline else []
    codes = sorted((code, name) for name, code in statistics.types.items() if test.accepts(name))
    for tag in range(1, ids.INLINE_TAG):
        if value.tags >> tag & 1:
            wanted = [code for code, name in codes if tag in (ids.tag_of_type(name), ids.OTHER)]
            tests += [_between(value.sql, tag, *run) for run in _runs(wanted)]
    return sql.disjunction(tests)


def _runs(codes: list[int]) -> list[tuple[int, int]]:
    """Neighbouring codes as (first, last)."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def _between(id_: SQL, tag: int, first: int, last: int) -> SQL:
    low, high = ids.first_of_type(tag, first), ids.first_of_type(tag, last + 1)
    return sql.conjunction(
        [
            sql.binary(exp.GTE, id_, sql.number(low)),
            sql.binary(exp.LT, id_, sql.number(high)),
        ]
    )
