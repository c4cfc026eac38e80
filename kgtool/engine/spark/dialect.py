"""A plan's tree in Spark's SQL: what the two engines say differently, in one place.

Plans name functions as DuckDB does. The names, and the few nodes that the grammars do not share,
are translated here; tables get the names that a session has for them. A session has to be in
Spark's SQL without ANSI mode, where an operator that fails gives NULL: that is what a plan
expects of it (see ``SETTINGS``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from sqlglot import exp, generator
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from kgtool.engine.spark.brackets import simpler
from kgtool.engine.spark.macros import expanded
from kgtool.engine.spark.nesting import brought_near

#: What a session has to be set to.
SETTINGS = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    # A sum of two DECIMAL(38, 18) keeps its scale, and is NULL where it does not fit.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # Sorted ids take a twentieth in files of what they take in memory: taken for small, a large
    # table would be sent to all workers by way of the driver.
    "spark.sql.sources.fileCompressionFactor": "20",
    # Plans are long texts, and what Spark's parser keeps of each would fill the driver's memory
    # after some hundred of them: it forgets beyond a tenth.
    "spark.sql.parser.manageParserCaches": "true",
    "spark.sql.parser.parserDfaCacheFlushRatio": "10",
}

Arguments: TypeAlias = "list[exp.Expr]"

_HUGE = exp.DataType.build("DECIMAL(38,0)", dialect="spark")
_BACK_REFERENCE = re.compile(r"\\(.)|\$", re.DOTALL)


def spark_sql(tree: exp.Expr, tables: Callable[[str], str] | Mapping[str, str]) -> str:
    """A tree as the text of a statement; ``tables`` gives the session's names of tables."""
    name = tables if callable(tables) else lambda known: tables.get(known, known)
    result = expanded(tree.copy())
    for table in list(result.find_all(exp.Table)):
        if name(table.name) != table.name and not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
        table.this.set("this", name(table.name))
    return brought_near(_rewritten(result)).sql(dialect=PlanSpark, normalize_functions=False)


def _rewritten(tree: exp.Expr) -> exp.Expr:
    """The tree with all nodes translated, from the leaves to the root."""
    for node in reversed(list(tree.walk())):
        new = simpler(_node(node))
        if node is tree:
            tree = new
        elif new is not node:
            node.replace(new)
    return tree


def _node(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        translate = _FUNCTIONS.get(str(node.this).lower())
        if translate is not None:
            return translate(node.expressions)
        name = str(node.this)
        if name.startswith("spark_"):
            node.set("this", name.removeprefix("spark_"))
    elif isinstance(node, exp.Cast) and node.to.is_type("INT128"):
        return _huge_sum(node.this) or node
    elif isinstance(node, exp.Window) and node.args.get("order") is None:
        # A number for each row, whatever the order; all rows need not meet for that.
        if not node.args.get("partition_by"):
            return _call("monotonically_increasing_id")
        node.set("order", exp.Order(expressions=[exp.Ordered(this=exp.Null())]))
    elif isinstance(node, exp.Exists):
        return _exists(node)
    elif isinstance(node, exp.CTE):
        node.set("materialized", None)
    elif isinstance(node, exp.With):
        node.set("recursive", False)
    return node


def _exists(node: exp.Exists) -> exp.Expr:
    """EXISTS over no table is its condition.

    That matters: a subquery reads columns of the next query around it, and of none beyond.
    """
    select = node.this
    if not isinstance(select, exp.Select):
        return node
    if {name for name, value in select.args.items() if value} - {"expressions", "where"}:
        return node
    where = select.args.get("where")
    condition = where.this if where is not None else exp.true()
    return exp.Coalesce(this=exp.Paren(this=condition), expressions=[exp.false()])


def _huge_sum(node: exp.Expr) -> exp.Expr | None:
    """A sum of 128 bits; None for what is no sum. Spark sums BIGINTs in 64, beyond which it wraps.

    In a plan that has been text it is a function like others, known by its name alone.
    """
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "sum":
        (summed,) = node.expressions
    elif isinstance(node, exp.Sum):
        summed = node.this
    else:
        return None
    is_distinct = isinstance(summed, exp.Distinct)
    (value,) = summed.expressions if is_distinct else (summed,)
    huge = exp.Cast(this=value, to=_HUGE.copy())
    return exp.Sum(this=exp.Distinct(expressions=[huge]) if is_distinct else huge)


# Functions ------------------------------------------------------------------------------


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _renamed(name: str) -> Callable[[Arguments], exp.Expr]:
    return lambda arguments: _call(name, *arguments)


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _bracketed(tree: exp.Expr) -> exp.Expr:
    return tree if isinstance(tree, exp.Column | exp.Dot | exp.Paren) else exp.Paren(this=tree)


def _field(arguments: Arguments) -> exp.Expr:
    value, name = arguments
    return exp.Dot(this=_bracketed(value), expression=exp.to_identifier(name.name, quoted=True))


def _element(arguments: Arguments) -> exp.Expr:
    items, index = arguments
    return exp.Bracket(this=items, expressions=[exp.Literal.number(int(index.name) - 1)])


def _first(arguments: Arguments) -> exp.Expr:
    """ANY_VALUE passes over NULL in DuckDB."""
    return _call("any_value", arguments[0], exp.true())


def _full_match(arguments: Arguments) -> exp.Expr:
    text, pattern = arguments
    return _matches([text, _around("^(?:", pattern, r")\z")])


def _matches(arguments: Arguments) -> exp.Expr:
    text, pattern = arguments
    return exp.RegexpLike(this=_bracketed(text), expression=_pattern(pattern))


def _around(before: str, pattern: exp.Expr, after: str) -> exp.Expr:
    if isinstance(pattern, exp.Literal):
        return _text(before + pattern.name + after)
    return _call("concat", _text(before), pattern, _text(after))


def _pattern(pattern: exp.Expr) -> exp.Expr:
    """A pattern of RE2 for Java, and for engines that have Rust's in its place."""
    if isinstance(pattern, exp.Literal):
        return _text(_java_pattern(pattern.name))
    return pattern


def _java_pattern(pattern: str) -> str:
    r"""The same with what Java reads otherwise.

    In RE2 ``$`` is the very end, where in Java a line end may follow; a point is all but a line
    feed, and case is that of all alphabets.
    """
    flags = "".join(re.findall(r"\(\?([a-z]+)", pattern))
    pattern = re.sub(r"\(\?([a-z]*)i", r"(?\1iu", pattern)
    if "m" in flags:
        return f"(?d){pattern}"
    meaning = {"$": r"\z", ".": "." if "s" in flags else r"[^\n]"}
    return re.sub(
        r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[$.]",
        lambda m: meaning.get(m[0], m[0]),
        pattern,
        flags=re.DOTALL,
    )


def _extract(arguments: Arguments) -> exp.Expr:
    text, pattern, *group = arguments
    return _call("regexp_extract", text, _pattern(pattern), *(group or [exp.Literal.number(0)]))


def _replace_matches(arguments: Arguments) -> exp.Expr:
    """Spark replaces all matches; patterns that are to be replaced once match once."""
    text, pattern, replacement, *_ = arguments
    return _call("regexp_replace", text, _pattern(pattern), _replacement(replacement))


def _replacement(tree: exp.Expr) -> exp.Expr:
    r"""``\1`` of RE2 is ``$1`` in Java, and ``$`` is ``\$``."""
    if isinstance(tree, exp.Literal):
        return _text(_BACK_REFERENCE.sub(_java_reference, tree.name))
    dollars = _call("replace", tree, _text("$"), _text(r"\$"))
    return _call("regexp_replace", dollars, _text(r"\\([0-9])"), _text(r"\$$1"))


def _java_reference(match: re.Match[str]) -> str:
    letter = match[1]
    if letter is None:
        return r"\$"
    return f"${letter}" if letter.isdigit() else f"\\{letter}"


def _date(arguments: Arguments) -> exp.Expr:
    """Of days since 1970, or of year, month and day."""
    return _call("date_from_unix_date" if len(arguments) == 1 else "make_date", *arguments)


def _is_infinite(arguments: Arguments) -> exp.Expr:
    infinity = exp.Cast(this=_text("Infinity"), to=exp.DataType.build("DOUBLE"))
    return exp.Paren(this=exp.EQ(this=_call("abs", *arguments), expression=infinity))


def _down_or_up(name: str) -> Callable[[Arguments], exp.Expr]:
    """FLOOR and CEIL of what is written as a DOUBLE are doubles."""

    def translated(arguments: Arguments) -> exp.Expr:
        (value,) = arguments
        if isinstance(value, exp.Cast) and value.to.is_type("DOUBLE"):
            macro = exp.Anonymous(this=f"kg_{name}_double", expressions=[value])
            return exp.Paren(this=expanded(macro))
        return _call(name, value)

    return translated


def _url_encoded(arguments: Arguments) -> exp.Expr:
    """Spark encodes forms (a blank is +), and not as RFC 3986 says."""
    result = _call("url_encode", *arguments)
    for written, wanted in (("+", "%20"), ("*", "%2A"), ("%7E", "~")):
        result = _call("replace", result, _text(written), _text(wanted))
    return result


def _joined(arguments: Arguments) -> exp.Expr:
    text, separator = arguments
    return _call("listagg", text, separator)


_FUNCTIONS: dict[str, Callable[[Arguments], exp.Expr]] = {
    "try": lambda arguments: arguments[0],
    "coalesce": lambda arguments: exp.Coalesce(this=arguments[0], expressions=arguments[1:]),
    "struct_extract": _field,
    "list_extract": _element,
    "list_transform": _renamed("transform"),
    "list_filter": _renamed("filter"),
    "list_max": _renamed("array_max"),
    "list": _renamed("collect_list"),
    "len": _renamed("size"),
    "any_value": _first,
    "arg_min": _renamed("min_by"),
    "arg_max": _renamed("max_by"),
    "string_agg": _joined,
    "random": _renamed("rand"),
    "unnest": _renamed("explode"),
    "generate_series": _renamed("sequence"),
    "isinf": _is_infinite,
    "floor": _down_or_up("floor"),
    "ceil": _down_or_up("ceil"),
    "strpos": _renamed("instr"),
    "starts_with": _renamed("startswith"),
    "ends_with": _renamed("endswith"),
    "url_encode": _url_encoded,
    "sha256": lambda arguments: _call("sha2", *arguments, exp.Literal.number(256)),
    "regexp_matches": _matches,
    "regexp_full_match": _full_match,
    "regexp_extract": _extract,
    "regexp_replace": _replace_matches,
    "regexp_escape": lambda arguments: _call(
        "regexp_replace", arguments[0], _text(r"([^A-Za-z0-9_])"), _text(r"\\$1")
    ),
    "make_date": _date,
    "string_split": _renamed("split"),
    "make_timestamp": _renamed("timestamp_micros"),
    "epoch_us": _renamed("unix_micros"),
    "trim": lambda arguments: _trimmed("BOTH", arguments),
    "rtrim": lambda arguments: _trimmed("TRAILING", arguments),
    "ltrim": lambda arguments: _trimmed("LEADING", arguments),
}


def _trimmed(side: str, arguments: Arguments) -> exp.Expr:
    letters = arguments[1] if len(arguments) > 1 else None
    return exp.Trim(this=arguments[0], expression=letters, position=side)


# Nodes ----------------------------------------------------------------------------------


class _PlanGenerator(SparkGenerator):
    TYPE_MAPPING: ClassVar[dict[Any, str]] = {
        **SparkGenerator.TYPE_MAPPING,
        exp.DataType.Type.INT128: "DECIMAL(38, 0)",
    }
    TRANSFORMS: ClassVar[dict[Any, Callable[..., str]]] = {
        **SparkGenerator.TRANSFORMS,
        # "> >" may be two tokens to Spark's parser.
        exp.BitwiseRightShift: lambda self, e: self.func("SHIFTRIGHT", e.this, e.expression),
        exp.BitwiseLeftShift: lambda self, e: self.func("SHIFTLEFT", e.this, e.expression),
        exp.IntDiv: lambda self, e: self.binary(e, "DIV"),
        exp.Div: lambda self, e: self.binary(e, "/"),
        exp.Cast: lambda self, e: _cast(self, e, "CAST"),
        exp.TryCast: lambda self, e: _cast(self, e, "TRY_CAST"),
    }


class PlanSpark(Spark):
    """sqlglot's Spark, with the types and operators of plans that it leaves as they are."""

    Generator = _PlanGenerator


def _cast(self: generator.Generator, node: exp.Cast, keyword: str) -> str:
    return f"{keyword}({self.sql(node, 'this')} AS {self.sql(node, 'to')})"
