"""The engine's times, with what it counts twice taken out."""

from __future__ import annotations

from kgtool.analysis.profile import Step, expected_rows, read_profile
from kgtool.analysis.times import own_seconds

Details = dict[str, str]


def step(kind: str, seconds: float, *inputs: Step, **details: str) -> Step:
    named = {name.replace("_", " "): value for name, value in details.items()}
    return Step(0, kind, seconds, 0, None, named, list(inputs))


def seconds_by_kind(root: Step) -> dict[str, float]:
    for number, each in enumerate(root.walk()):
        each.number = number
    own = own_seconds(root)
    return {each.kind: own[each.number] for each in root.walk()}


def test_a_recursive_step_is_timed_with_what_it_repeats() -> None:
    join = step("HASH_JOIN", 2.0, step("RECURSIVE_CTE_SCAN", 0.5), step("TABLE_SCAN", 1.0))
    root = step("RECURSIVE_CTE", 5.0, step("PROJECTION", 1.0), join, CTE_Name="reach1")
    own = seconds_by_kind(root)
    assert own["RECURSIVE_CTE"] == 1.5
    assert own["HASH_JOIN"] == 2.0
    assert own["PROJECTION"] == 1.0


def cte(seconds: float, mode: str) -> Step:
    """A CTE that is read by a sort, which a limit reads, and that one scan fills."""
    scan = step("CTE_SCAN", 0.25, CTE_Index="7", **({"CTE_Mode": mode} if mode else {}))
    sort = step("ORDER_BY", 3.0, step("PROJECTION", 0.5, scan))
    return step("CTE", seconds, step("TABLE_SCAN", 1.0), step("LIMIT", 9.0, sort), Table_Index="7")


def test_a_cte_is_timed_with_what_reads_it_at_once() -> None:
    own = seconds_by_kind(cte(4.0, "DIRECT"))
    assert own["CTE"] == 0.25  # without the scan, the projection and the sort, which waits
    assert own["LIMIT"] == 9.0
    assert own["TABLE_SCAN"] == 1.0


def test_what_reads_a_cte_later_is_timed_by_itself() -> None:
    assert seconds_by_kind(cte(4.0, ""))["CTE"] == 4.0


def test_no_time_is_negative() -> None:
    assert seconds_by_kind(cte(3.5, "DIRECT"))["CTE"] == 0.0


def test_a_join_waits_for_the_input_that_it_builds_a_table_of() -> None:
    scan = step("CTE_SCAN", 0.5, CTE_Index="7", CTE_Mode="DIRECT")
    join = step("HASH_JOIN", 2.0, step("TABLE_SCAN", 1.0), scan)
    root = step("CTE", 3.0, step("FILTER", 1.0), step("ORDER_BY", 5.0, join), Table_Index="7")
    assert seconds_by_kind(root)["CTE"] == 0.5


def test_a_profile_is_read() -> None:
    profile = read_profile(
        '{"operator": [{"type": "RESULT_COLLECTOR", "timing": 0.5, "intermediate_rows": 0,'
        ' "extra_info": {}, "children": [{"type": "TABLE_SCAN", "timing": 0.25,'
        ' "intermediate_rows": 12, "children": [], "extra_info": {"Table": "store.main.pos",'
        ' "Projections": ["s", "o"], "Estimated Cardinality": "41"}}]}],'
        ' "planner": {"total_time": 1.0}, "optimizer": {"total_time": 2.0}}'
    )
    assert profile is not None
    assert profile.planning == 3.0
    (scan,) = profile.root.inputs
    assert (scan.kind, scan.seconds, scan.rows, scan.estimate) == ("TABLE_SCAN", 0.25, 12, 41)
    assert scan.details == {"Table": "store.main.pos", "Projections": "s; o"}


def test_an_answer_without_a_plan_has_no_profile() -> None:
    assert read_profile('{"result": "error"}') is None


def test_expected_rows_are_asked_of_the_inputs_where_a_step_does_not_tell() -> None:
    def scan(estimate: int) -> Step:
        return Step(0, "TABLE_SCAN", 0.0, 0, estimate, {})

    assert expected_rows(step("PROJECTION", 0.0, scan(3))) == 3
    assert expected_rows(step("UNION", 0.0, scan(3), scan(4))) == 7
    assert expected_rows(step("CROSS_PRODUCT", 0.0, scan(3), scan(4))) == 12
    assert expected_rows(step("CTE", 0.0, scan(3), scan(4))) == 4
    assert expected_rows(step("EMPTY_RESULT", 0.0)) == 0
