"""The run-time library of compiled queries as trees, for an engine that has no macros.

DuckDB copies a macro's body to wherever it is named, with the arguments in it; so does
``expanded``. The library stays one text, functions.sql. What cannot be said alike in Spark's SQL
is said again in functions.sql beside this file, and those definitions come first.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

_LIBRARIES = (
    Path(__file__).parents[1] / "functions.sql",
    Path(__file__).with_name("functions.sql"),
)
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)
_DEFINITION = re.compile(
    r"CREATE OR REPLACE MACRO (\w+)\(([^)]*)\) AS\s+(.*?);\s*(?=CREATE|\Z)", re.DOTALL
)
_SIMPLE = (exp.Column, exp.Literal, exp.Dot, exp.Paren, exp.Identifier, exp.Null, exp.Cast)


class _PlainParser(DuckDBParser):
    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: parser
        for name, parser in DuckDBParser.FUNCTION_PARSERS.items()
        if name in ("CAST", "TRY_CAST")
    }
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}


class PlainDuckDB(DuckDB):
    """DuckDB's grammar in which every function is known by its name alone, as in plans."""

    Parser = _PlainParser


class Macro(NamedTuple):
    parameters: tuple[str, ...]
    body: str


@cache
def _macros() -> dict[str, Macro]:
    found: dict[str, Macro] = {}
    for library in _LIBRARIES:
        text = _COMMENT.sub("", library.read_text(encoding="utf-8"))
        for name, parameters, body in _DEFINITION.findall(text):
            names = tuple(p.strip() for p in parameters.split(",") if p.strip())
            found[name] = Macro(names, body)
    return found


@cache
def _body(name: str) -> exp.Expr:
    return sqlglot.parse_one(_macros()[name].body, read=PlainDuckDB)


def expanded(tree: exp.Expr) -> exp.Expr:
    """The tree, which is changed, without calls of macros."""
    numbers = count(1)
    while True:
        calls = [
            node
            for node in tree.find_all(exp.Anonymous)
            if isinstance(node.this, str) and node.this in _macros()
        ]
        if not calls:
            return tree
        # The innermost first: an argument is copied after it has been expanded.
        for call in reversed(calls):
            made = _applied(str(call.this), call.expressions, numbers)
            if call is tree:
                tree = made
            else:
                call.replace(made)


def _applied(name: str, arguments: list[exp.Expr], numbers: count[int]) -> exp.Expr:
    macro = _macros()[name]
    values = dict(zip(macro.parameters, arguments, strict=True))
    body: exp.Expr = exp.Paren(this=_body(name).copy())
    for function in list(body.find_all(exp.Lambda)):
        _rename(function, next(numbers))
    for node in list(body.find_all(exp.Column)):
        first, *fields = node.parts
        value = values.get(first.name) if not first.args.get("quoted") else None
        if value is not None:
            node.replace(_field(value, [f.name for f in fields]))
    return body if not isinstance(body.this, exp.Paren) else body.this


def _field(value: exp.Expr, names: list[str]) -> exp.Expr:
    result = value.copy()
    if not isinstance(result, _SIMPLE):
        result = exp.Paren(this=result)
    for name in names:
        result = exp.Dot(this=result, expression=exp.Identifier(this=name, quoted=True))
    return result


def _rename(function: exp.Lambda, number: int) -> None:
    """Gives the parameters of a lambda names of their own, so that no argument is captured."""
    for parameter in function.expressions:
        old, new = parameter.name, f"{parameter.name}{number}"
        for node in list(function.this.find_all(exp.Identifier)):
            if node.name == old and _is_variable(node):
                node.set("this", new)
        parameter.set("this", new)


def _is_variable(node: exp.Identifier) -> bool:
    """Whether a name is that of a value, not of a field of one."""
    parent = node.parent
    if isinstance(parent, exp.Dot):
        return parent.this is node
    if isinstance(parent, exp.Column):
        return parent.parts[0] is node
    return not isinstance(parent, exp.PropertyEQ) or parent.this is not node
