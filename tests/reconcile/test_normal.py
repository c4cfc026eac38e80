"""The normal form: one text for all spellings of a name, and for nothing else."""

from __future__ import annotations

import pytest

from tests.reconcile.conftest import World

SAME = [
    ("General Mark W. Clark", "gen. mark w clark"),
    ("3rd Infantry Division", "3d Inf. Div."),
    ("3rd Infantry Division", "Third  infantry-division"),
    ("6th Corps", "VI Corps"),
    ("World War II", "WWII"),
    ("World War I", "world war 1"),
    ("Kraków", "KRAKOW"),
    ("Łódź", "Lodz"),
    ("Straße", "STRASSE"),
    ("Ægir", "aegir"),
    ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", "O'Brien"),
    ("U.S. Army", "US Army"),
    ("J. R. R. Tolkien", "JRR Tolkien"),
    ("Smith & Sons", "Smith and Sons"),
    ("e\N{COMBINING ACUTE ACCENT}t\N{COMBINING ACUTE ACCENT}", "et"),
    ("007", "7"),
]
OTHER = [
    ("3rd Infantry Division", "34th Infantry Division"),
    ("World War I", "World War II"),
    ("Mark Clark", "Marc Clark"),
    ("Henry V", "Henry VI"),
    ("V. Woolf", "5 Woolf"),
    ("!!!", "???"),
]


def _forms(world: World, *names: str) -> list[str]:
    with world.asking() as asking:
        found = asking.normal_forms(names)
    return [found[name] for name in names]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_a_name_have_one_form(world, one, other):
    mine, theirs = _forms(world, one, other)
    assert mine == theirs


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_names_have_other_forms(world, one, other):
    mine, theirs = _forms(world, one, other)
    assert mine != theirs


@pytest.mark.parametrize("name", ["", " ", "\0", "\N{ZERO WIDTH SPACE}", "x" * 100_000, "' OR 1"])
def test_any_text_has_a_form_of_bounded_length(world, name):
    (form,) = _forms(world, name)
    assert len(form) <= 256


def test_names_in_other_scripts_are_kept(world):
    assert _forms(world, "Москва", "東京") == ["москва", "東京"]
