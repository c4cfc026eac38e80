"""QuickStatements, both versions: https://www.wikidata.org/wiki/Help:QuickStatements."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pytest

from kgtool.rdf.timevalues import JULIAN, TimeValue
from kgtool.wikibase.model import (
    CoordinatesValue,
    Entity,
    ItemValue,
    MonolingualValue,
    NoValue,
    QuantityValue,
    Rank,
    Snak,
    Statement,
    StringValue,
    Value,
)
from kgtool.wikibase.quickstatements import value_text, write_commands, write_csv


def snak(property_: str, value: Value) -> Snak:
    return Snak(property_, "", value)


PLACE = snak("P276", ItemValue("Q220"))
BEGIN = snak("P580", TimeValue(1944, 1, 22))
SOURCES = (
    (snak("P248", ItemValue("Q1")), snak("P854", StringValue("https://a.example/"))),
    (snak("P248", ItemValue("Q2")),),
)
OLD = Entity("Q5", {"en": "Old"}, statements=(Statement(PLACE, (BEGIN,), SOURCES),))
NEW = Entity(
    None,
    {"de": "Neu", "en": "New"},
    {"en": "A new thing"},
    {"en": ("Fresh", "Young")},
    (Statement(PLACE),),
    "https://kg.example/new",
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ItemValue("Q220"), "Q220"),
        (StringValue('say "so"'), '"say "so""'),
        (MonolingualValue("Roma", "it"), 'it:"Roma"'),
        (TimeValue(1944, 6, 4), "+1944-06-04T00:00:00Z/11"),
        (TimeValue(1944, 6, 0, 10), "+1944-06-00T00:00:00Z/10"),
        (TimeValue(-44, 0, 0, 9), "-0044-00-00T00:00:00Z/9"),
        (TimeValue(1500, 1, 2, 11, JULIAN), "+1500-01-02T00:00:00Z/11/J"),
        (QuantityValue("+24000"), "24000"),
        (QuantityValue("-1.50", "Q11573"), "-1.50U11573"),
        (QuantityValue("+10", lower="+9", upper="+12"), "10[9,12]"),
        (CoordinatesValue("41.9", "-12.5", "0.1"), "@41.9/-12.5"),
        (NoValue.UNKNOWN, "somevalue"),
        (NoValue.NONE, "novalue"),
    ],
)
def test_values(value: Value, text: str) -> None:
    assert value_text(value) == text


def commands(entities: Iterable[Entity], comment: str | None = None) -> list[list[str]]:
    lines = "".join(write_commands(entities, comment=comment)).splitlines()
    return [line.split("\t") for line in lines]


def test_commands_have_qualifiers_and_references_apart() -> None:
    label, statement = commands([OLD])
    assert label == ["Q5", "Len", '"Old"']
    assert statement == [
        "Q5", "P276", "Q220", "P580", "+1944-01-22T00:00:00Z/11",
        "S248", "Q1", "S854", '"https://a.example/"', "!S248", "Q2",
    ]  # fmt: skip


def test_a_new_item_is_made_and_then_the_last() -> None:
    assert commands([NEW]) == [
        ["CREATE"],
        ["LAST", "Lde", '"Neu"'],
        ["LAST", "Len", '"New"'],
        ["LAST", "Den", '"A new thing"'],
        ["LAST", "Aen", '"Fresh"'],
        ["LAST", "Aen", '"Young"'],
        ["LAST", "P276", "Q220"],
    ]


def test_a_comment_stands_behind_each_edit_that_has_no_such_mark() -> None:
    odd = Entity("Q6", {}, statements=(Statement(snak("P1", StringValue("a /* b"))),))
    lines = "".join(write_commands([OLD, odd], comment="from files")).splitlines()
    assert [line.endswith(" /* from files */") for line in lines] == [True, True, False]


def test_other_ranks_are_left_out() -> None:
    ranked = tuple(Statement(PLACE, rank=rank) for rank in Rank)
    assert len(commands([Entity("Q6", statements=ranked)])) == 1


def table(*entities: Entity, comment: str | None = None) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(write_csv(entities, comment=comment)))))


def test_csv_has_a_row_for_each_reference() -> None:
    head, *rows = table(OLD)
    assert head == ["qid", "Len", "P276", "qal580", "S248", "S854"]
    time = "+1944-01-22T00:00:00Z/11"
    assert rows == [
        ["Q5", "Old", "", "", "", ""],
        ["Q5", "", "Q220", time, "Q1", '"https://a.example/"'],
        ["Q5", "", "Q220", time, "Q2", ""],
    ]


def test_csv_makes_a_new_item_where_there_is_no_id() -> None:
    head, *rows = table(NEW, comment="from files")
    assert head == ["qid", "Lde", "Len", "Den", "Aen", "P276", "#"]
    assert rows == [
        ["", "Neu", "New", "A new thing", "Fresh", "", "from files"],
        ["LAST", "", "", "", "Young", "", "from files"],
        ["LAST", "", "", "", "", "Q220", "from files"],
    ]


def test_csv_makes_an_item_of_which_nothing_is_said() -> None:
    assert table(Entity(None), NEW)[1] == [""] * 6


def test_columns_belong_to_the_property_before_them() -> None:
    first = Statement(snak("P9", ItemValue("Q1")), (BEGIN, BEGIN, snak("P582", BEGIN.value)))
    second = Statement(snak("P10", ItemValue("Q1")), (BEGIN,))
    head, *rows = table(Entity("Q5", statements=(first, second)))
    assert head == ["qid", "P9", "qal580", "qal580", "qal582", "P10", "qal580"]
    time = value_text(BEGIN.value)
    assert rows == [["Q5", "Q1", time, time, time, "", ""], ["Q5", "", "", "", "", "Q1", time]]
