"""The rows of each operator are the solutions that another engine finds for that part."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pyoxigraph
import pytest

from kgtool.analysis import Analysis
from kgtool.sparql.algebra import Exists
from tests.analysis.counting import solutions
from tests.analysis.examples import DATA, QUERIES

Analyzed = Callable[..., Analysis]
MODULE = import_module("kgtool.analysis.analyze")


# pyoxigraph does not merge the graphs of FROM, as the specification says.
@pytest.mark.parametrize("name", sorted(QUERIES.keys() - {"from"}))
def test_rows_are_the_solutions_of_each_part(
    analyzed: Analyzed, oracle_of: Callable[[str], pyoxigraph.Store], name: str
) -> None:
    analysis = analyzed(DATA, QUERIES[name])
    compared = 0
    for each in analysis.measured:
        expected = solutions(oracle_of(DATA), each, analysis.query)
        if expected is not None:
            assert each.rows == expected, f"{each.operator.kind} {each.operator.text}"
            compared += 1
    assert compared or name in ("describe", "empty")


def test_the_rows_of_the_whole_are_those_of_the_answer(analyzed: Analyzed) -> None:
    assert analyzed(DATA, QUERIES["limit"]).rows == 7
    assert analyzed(DATA, QUERIES["ask"]).rows == 1
    analysis = analyzed(DATA, QUERIES["construct"])
    assert analysis.measured[0].rows == analysis.rows == 29 * 3


def test_what_reads_the_group_around_an_exists_is_not_counted(analyzed: Analyzed) -> None:
    query = "SELECT * { ?a :age ?x FILTER EXISTS { ?b :age ?y FILTER (?y > ?x + 3) } }"
    analysis = analyzed(DATA, query)
    (inside,) = (
        each
        for each in analysis.measured
        if each.operator.kind == "Filter" and isinstance(each.operator.parent.node, Exists)
    )
    assert inside.rows is None
    assert inside.note == "depends on the solution around it"
    (pattern,) = inside.operator.children
    assert analysis.measured[pattern.number].rows == 30


def test_estimates_are_the_engine_s(analyzed: Analyzed) -> None:
    analysis = analyzed(":a :b 1, 2, 3 .", "SELECT * { ?a ?b ?c }", default_graph="union")
    assert {each.estimate for each in analysis.measured} == {3}


def test_what_the_engine_knows_without_a_plan_has_no_times(
    analyzed: Analyzed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells no steps where a statement asks for the size of a table."""
    monkeypatch.setattr(MODULE, "read_profile", lambda _: None)
    analysis = analyzed(DATA, "SELECT (COUNT(*) AS ?n) { ?a :age ?c }")
    assert [each.rows for each in analysis.measured[-2:]] == [1, 30]
    assert analysis.work == 0
    assert analysis.slowest is None
    assert {step.rows for step in analysis.plan.walk()} == {None}


def test_a_part_that_takes_too_long_is_not_counted(
    analyzed: Analyzed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MODULE, "_LEAST_COUNTING", 0.2)
    query = f"SELECT * {{ {' '.join(f'?a{i} ?b{i} ?c{i} .' for i in range(8))} }}"
    analysis = analyzed(DATA, query, timeout=0.2)
    assert analysis.stopped is not None
    assert "0.2 seconds" in analysis.stopped.message
    assert analysis.rows is None
    assert analysis.slowest is None
    assert analysis.work == 0
    whole, projected, joined, *triples = analysis.measured
    assert (whole.rows, projected.rows, joined.rows) == (None, None, None)
    assert joined.note == "not counted: it takes too long or too much"
    assert joined.estimate is not None
    assert joined.estimate > 10**12
    assert any(each.rows for each in triples)


def test_only_many_rows_more_than_expected_are_marked(analyzed: Analyzed) -> None:
    analysis = analyzed(DATA, QUERIES["bgp"])
    each = analysis.measured[0]
    for estimate, rows, marked in (
        (1, 5, False),
        (1, 50, False),
        (1, 500, True),
        (50, 499, False),
        (5_000, 10, True),
        (None, 500, False),
        (500, None, False),
    ):
        each.estimate, each.rows = estimate, rows
        assert each.misestimated is marked, (estimate, rows)


def test_the_answer_tells_of_the_outermost_operators_without_counting(
    analyzed: Analyzed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MODULE, "max", lambda *_: 0.0, raising=False)
    analysis = analyzed(DATA, "SELECT ?a { { ?a :knows ?b } UNION { ?a :boss ?b } }")
    rows = [(each.operator.kind, each.rows) for each in analysis.measured]
    assert rows == [
        ("Select", analysis.rows),
        ("Project", analysis.rows),
        ("Union", analysis.rows),
        ("BGP", None),
        ("BGP", None),
    ]
