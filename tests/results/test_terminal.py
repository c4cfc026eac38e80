"""Tables on a terminal: no word is cut, however narrow it is."""

from __future__ import annotations

import io

import pytest

from kgtool.rdf.namespaces import XSD
from kgtool.results.terminal import print_rows

ROWS = [(XSD.string, "liberation", XSD.date, "1944-06-04"), (XSD.string, "landing", None, None)]


def printed(monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "dumb")
    out = io.StringIO()
    print_rows(("event", "day"), ROWS, {}, out)
    return [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]


def test_a_table_where_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, 80)
    assert lines[0].split() == ["event", "day"]
    assert lines[2].split() == ["liberation", "1944-06-04"]
    assert lines[3].split() == ["landing"]


def test_cells_are_folded_between_words_and_wide_columns_give_way_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    text = "the landing at Anzio in January"
    print_rows(("n", "what", "day"), [(XSD.integer, "7", XSD.string, text, None, None)], {}, out)
    assert out.getvalue().splitlines() == [
        "\x1b[1mn  what              day\x1b[0m",
        "─  ────────────────  ───",
        "7  the landing at",
        "   Anzio in January",
    ]


def test_a_list_of_cells_where_a_word_would_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, 16)
    assert lines == ["event  liberation", "day    1944-06-04", "event  landing"]
