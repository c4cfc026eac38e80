"""A plan's tree in Spark's SQL: what the two engines say differently, in one place.

The nodes that the grammars do not share are translated here, and functions in ``functions.py``;
tables get the names that a session has for them. A session has to be in Spark's SQL without ANSI
mode, where an operator that fails gives NULL: that is what a plan expects of it (see ``SETTINGS``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlglot import exp, generator
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from kgtool.engine.spark.brackets import simpler
from kgtool.engine.spark.functions import FUNCTIONS, call
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

_HUGE = exp.DataType.build("DECIMAL(38,0)", dialect="spark")


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
        translate = FUNCTIONS.get(str(node.this).lower())
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
            return call("monotonically_increasing_id")
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
