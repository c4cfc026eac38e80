"""The tree of operators, and the steps of the engine that are given to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kgtool.analysis import Analysis
from kgtool.analysis.operators import Operators, told_apart
from kgtool.plan.inspection import walk
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query
from tests.analysis.examples import DATA, QUERIES
from tests.plan.conftest import PREFIXES

Analyzed = Callable[..., Analysis]
SHIPPED = sorted((Path(__file__).parents[2] / "queries").glob("*.rq"))
QUERY = (a.SelectQuery, a.AskQuery, a.ConstructQuery, a.DescribeQuery)


@pytest.mark.parametrize(
    "text", [*QUERIES.values(), *(path.read_text(encoding="utf-8") for path in SHIPPED)]
)
def test_each_operator_of_the_algebra_appears_once(text: str) -> None:
    query = told_apart(parse_query(text, prefixes=PREFIXES))
    expected: Counter[int] = Counter()
    for node in (query, *walk(query.pattern)):
        if isinstance(node, (*QUERY, *a.Pattern.__args__, a.Exists)):
            expected[id(node)] += 1
        if isinstance(node, a.BGP) and len(node.triples) > 1:
            expected.update(map(id, node.triples))
    assert Counter(id(operator.node) for operator in Operators(query)) == expected
    assert set(expected.values()) == {1}


def test_operators_are_named_and_worded_as_in_sparql() -> None:
    query = parse_query(
        "SELECT ?b (SUM(?x) AS ?n) { ?a :boss+ ?b ; :age ?x FILTER (?x > 2) } "
        "GROUP BY ?b HAVING (SUM(?x) > 3) ORDER BY DESC(?n) LIMIT 5",
        prefixes=PREFIXES,
    )
    assert [f"{o.kind} {o.text}".strip() for o in Operators(told_apart(query))] == [
        "Select",
        "Slice LIMIT 5",
        "Project ?b ?n",
        "OrderBy DESC(?n)",
        "Extend (SUM(?x) AS ?n)",
        "Filter (SUM(?x) > 3)",
        "Group ?b SUM(?x)",
        "Filter (?x > 2)",
        "Join",
        "Path ?a :boss+ ?b",
        "BGP ?a :age ?x",
    ]


@pytest.mark.parametrize("name", QUERIES)
def test_all_time_is_somebody_s_or_told_to_be_nobody_s(analyzed: Analyzed, name: str) -> None:
    analysis = analyzed(DATA, QUERIES[name])
    steps = list(analysis.plan.walk())
    assert {step.number for step in steps} == analysis.owners.keys() == analysis.seconds.keys()
    assert all(seconds >= 0 for seconds in analysis.seconds.values())
    told = sum(each.seconds for each in analysis.measured)
    told += sum(seconds for _, seconds in analysis.shared()) + analysis.unattributed
    assert told == pytest.approx(analysis.work)
    assert analysis.work <= analysis.threads * analysis.phases.whole
    charged = [step.number for each in analysis.measured for step in each.steps]
    assert len(charged) == len(set(charged))


#: Kinds of steps, and the operators that they must be given to.
OWNERS = {
    "bgp": [("HASH_JOIN", {"BGP"}), ("TABLE_SCAN", {"Triple"})],
    "cross": [("CROSS_PRODUCT", {"BGP"})],
    "optional": [("HASH_JOIN", {"LeftJoin"})],
    "optional filter": [("HASH_JOIN", {"LeftJoin", "BGP"})],
    "union": [("UNION", {"Union"}), ("TABLE_SCAN", {"BGP"})],
    "minus": [("HASH_JOIN", {"Minus"})],
    "filter": [("HASH_JOIN", {"BGP", "Filter"})],
    "exists": [("HASH_JOIN", {"Filter"})],
    "not exists": [("HASH_JOIN", {"Filter", "BGP"})],
    "path": [("RECURSIVE_CTE", {"Path"})],
    "path from": [("RECURSIVE_CTE", {"Path"}), ("HASH_JOIN", {"Path", "Join"})],
    "group": [("HASH_GROUP_BY", {"Group"})],
    "count distinct": [("UNGROUPED_AGGREGATE", {"Group"})],
    "having": [("HASH_GROUP_BY", {"Group"}), ("FILTER", {"Filter"})],
    "subquery": [("HASH_GROUP_BY", {"Group"}), ("HASH_JOIN", {"Join"})],
    "values": [("HASH_JOIN", {"Join"})],
    "limit": [("TOP_N", {"OrderBy", "Slice"})],
    "distinct": [("ORDER_BY", {"OrderBy"}), ("HASH_GROUP_BY", {"Distinct"})],
    "construct": [("HASH_GROUP_BY", {"Construct"}), ("WINDOW", {"Construct"})],
    "describe": [("RECURSIVE_CTE", {"Describe"})],
    "from": [("HASH_GROUP_BY", {"BGP"})],
}


@pytest.mark.parametrize("name", OWNERS)
def test_steps_are_given_to_the_operators_they_work_for(analyzed: Analyzed, name: str) -> None:
    analysis = analyzed(DATA, QUERIES[name])
    kinds = [step.kind.removeprefix("PERFECT_") for step in analysis.plan.walk()]
    for kind, expected in OWNERS[name]:
        owners = [analysis.owners[number] for number, each in enumerate(kinds) if each == kind]
        assert owners, f"no {kind}: {kinds}"
        assert {operator.kind for found in owners for operator in found} <= expected
        assert all(owners)


def test_each_scan_is_of_the_pattern_that_it_reads(analyzed: Analyzed) -> None:
    """Three scans of one table for one property: the joins tell which is which."""
    analysis = analyzed(DATA, "SELECT * { :p29 :boss ?b . ?b :boss ?c . ?c :boss ?d . ?d :age ?x }")
    scans = {
        analysis.owners[step.number][0].text: step
        for step in analysis.plan.walk()
        if step.kind == "TABLE_SCAN"
    }
    assert scans.keys() == {
        ":p29 :boss ?b",
        "?b :boss ?c",
        "?c :boss ?d",
        "?d :age ?x",
    }
    assert scans[":p29 :boss ?b"].rows == 1


def test_a_slow_function_is_its_operator_s(analyzed: Analyzed) -> None:
    pattern = "^(a|b|p)*.*(r|s)+.*(1|2|3)?$"
    data = "\n".join(f':s{i} :text "person {i} {"x" * 400}" .' for i in range(3000))
    analysis = analyzed(data, f'SELECT ?s {{ ?s :text ?t FILTER REGEX(?t, "{pattern}") }}')
    assert analysis.slowest is not None
    assert analysis.slowest.operator.kind == "Filter"
