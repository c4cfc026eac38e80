"""Plans in Spark's SQL, as text: no Spark is started."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from kgtool.engine.spark import dialect, macros
from kgtool.engine.spark.dialect import spark_sql

_LIBRARY = Path(macros.__file__).parents[1] / "functions.sql"


def _in_spark(text: str) -> str:
    return spark_sql(sqlglot.parse_one(text, read=macros.PlainDuckDB), {"pso": "kg_pso_1"})


def test_every_macro_of_the_library_is_known() -> None:
    defined = re.findall(r"CREATE OR REPLACE MACRO (\w+)\(", _LIBRARY.read_text(encoding="utf-8"))
    assert set(defined) <= set(macros._macros())


@pytest.mark.parametrize("name", sorted(macros._macros()))
def test_a_macro_is_expanded_to_the_last(name: str) -> None:
    arguments = [exp.column(f"c{i}", table="t") for i in range(len(macros._macros()[name][0]))]
    text = spark_sql(exp.Anonymous(this=name, expressions=list(arguments)), {})
    assert "kg_" not in text
    assert "spark_" not in text
    # Texts have no elements and no slices in Spark.
    assert not re.search(r"\[[^\]]*(?<!:):(?!:)[^\]]*\]", re.sub(r"'(?:\\.|[^'\\])*'", "''", text))


def test_an_argument_is_not_captured_by_a_lambda_inside() -> None:
    text = _in_spark("SELECT list_transform(x, lambda n: kg_list_values(n.l))")
    outer, inner = re.findall(r"(\w+) -> ", text)
    assert outer != inner


def test_tables_get_the_names_of_the_session() -> None:
    assert _in_spark("SELECT t.s FROM pso AS t") == "SELECT t.s FROM kg_pso_1 AS t"


@pytest.mark.parametrize(
    ("plan", "wanted"),
    [
        ("regexp_matches(x, 'a.$')", r"x RLIKE 'a[^\\n]\\z'"),
        ("regexp_matches(x, '(?is)[$.].')", "x RLIKE '(?ius)[$.].'"),
        ("regexp_matches(x, '(?m-s)a$')", "x RLIKE '(?d)(?m-s)a$'"),
        ("regexp_replace(x, '(a)', '<\\1$>', 'g')", r"regexp_replace(x, '(a)', '<$1\\$>')"),
        ("struct_extract(x, 'lex')", "x.`lex`"),
        ("list_extract(x, 1)", "x[0]"),
        ("any_value(x)", "any_value(x, TRUE)"),
        ("CAST(x AS HUGEINT)", "CAST(x AS DECIMAL(38, 0))"),
        ("CAST(sum(x) AS HUGEINT)", "SUM(CAST(x AS DECIMAL(38, 0)))"),
        ("CAST(sum(DISTINCT x) AS HUGEINT)", "SUM(DISTINCT CAST(x AS DECIMAL(38, 0)))"),
        ("x // y", "x DIV y"),
        ("try(x + y)", "x + y"),
        ("row_number() OVER ()", "monotonically_increasing_id()"),
    ],
)
def test_what_the_engines_say_differently(plan: str, wanted: str) -> None:
    assert _in_spark(f"SELECT {plan}") == f"SELECT {wanted}"


def test_settings_are_those_that_plans_expect() -> None:
    assert dialect.SETTINGS["spark.sql.ansi.enabled"] == "false"


@pytest.mark.parametrize(
    ("plan", "wanted"),
    [
        ("((a AND b) AND (c AND (d OR (e AND f))))", "a AND b AND c AND (d OR e AND f)"),
        ("(NOT (NOT ((a = 1)))) AND (NOT (x))", "(a = 1) AND NOT x"),
        ("NOT (a AND b)", "NOT (a AND b)"),
        ("coalesce((NOT (EXISTS(SELECT 1 FROM t))), (a))", "NOT EXISTS(SELECT 1 FROM t)"),
        ("coalesce((a AND b), FALSE)", "COALESCE(a AND b, FALSE)"),
        ("(a - (b - c)) * 2", "(a - (b - c)) * 2"),
    ],
)
def test_brackets_are_few(plan: str, wanted: str) -> None:
    """Spark's parser takes memory that grows with their depth."""
    assert _in_spark(f"SELECT 1 WHERE {plan}") == f"SELECT 1 WHERE {wanted}"
