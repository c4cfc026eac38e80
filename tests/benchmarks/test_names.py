"""The benchmark of reconciliation: its names are the same each time, and are found."""

from __future__ import annotations

import random

from benchmarks.names.__main__ import main
from benchmarks.names.generate import mistyped, named, turned


def test_names_are_the_same_for_the_same_seed():
    things = list(named(500, 7))
    assert things == list(named(500, 7))
    assert things != list(named(500, 8))
    assert len({each.name for each in things}) == len({each.iri for each in things}) == 500
    assert {each.class_.rpartition("/")[2] for each in things} == {
        "Person", "Place", "Event", "Unit",
    }  # fmt: skip


def test_names_are_spoilt_by_as_many_errors_as_are_wanted():
    name = "Monte Cassino"
    assert mistyped(random.Random(1), name, 0) == name
    for seed in range(50):
        assert abs(len(mistyped(random.Random(seed), name, 2)) - len(name)) <= 2
    assert turned("Mark W. Clark") == "Clark W. Mark"


def test_the_measurement_finds_names(capsys):
    main(["--names", "300", "--batches", "1"])
    *_, plain, typed, _, _, _, _ = capsys.readouterr().out.splitlines()
    for line in (plain, typed):
        cells = [cell.strip() for cell in line.split("|")]
        assert cells[1] == "0"
        assert cells[7] == "100.0%"
