"""The line that a message is about, and what is underlined in it."""

from __future__ import annotations

import pytest

from kgtool.diagnostics.excerpt import BEFORE, WIDTH, error_text, excerpt
from kgtool.errors import KgtoolError, Location


@pytest.mark.parametrize(
    ("line", "column", "underlined"),
    [
        ("id:x a ww2:Battle .", 8, "ww2:Battle"),
        ("id:x a ww2:Battle.", 8, "ww2:Battle"),
        ("id:x a <http://a/b#c> .", 8, "<http://a/b#c>"),
        ('id:x :p "a \\" b"@en .', 9, '"a \\" b"'),
        ("id:x :p 1.5 .", 9, "1.5"),
        ("id:x :p [ a :A ] .", 9, "["),
        ("SELECT ?né { }", 8, "?né"),
        ("FILTER(?x = ) }", 13, ")"),
        ("x", 2, " "),
    ],
)
def test_the_term_at_the_place_is_underlined(line, column, underlined):
    shown, marks = excerpt(Location("f", 7, column, line), "")
    assert shown == f"7 | {line}"
    start = marks.index("^")
    assert (shown + " ")[start : start + marks.count("^")] == underlined
    assert marks.rstrip() == marks


def test_a_long_line_is_cut_around_the_place():
    line = "a" * 500 + " here " + "b" * 500
    shown, marks = excerpt(Location("f", 1, 502, line), "")
    assert len(shown) <= WIDTH + len("1 | ……")
    assert shown[marks.index("^") :].startswith("here ")
    assert shown.startswith("1 | …a")
    assert marks.index("^") <= BEFORE + len("1 | …")


def test_tabs_and_controls_keep_the_place():
    shown, marks = excerpt(Location("f", 1, 3, "\t\x1b:p\t5 ."), "")
    assert shown == "1 |   :p 5 ."
    assert marks == "  |   ^^"


def test_without_a_column_only_the_line_is_shown():
    assert list(excerpt(Location("f", 3, None, "x y"))) == ["  3 | x y"]
    assert list(excerpt(Location("f", 3, 1))) == []


def test_an_error_shows_its_line_below_the_message():
    error = KgtoolError("wrong", location=Location.at(4, "a b\nc d\n", "f.ttl"), hint="Mend it.")
    assert error_text(error) == "f.ttl:2:1: wrong\n  2 | c d\n    | ^\nMend it."
    assert str(error) == "f.ttl:2:1: wrong\nMend it."


def test_a_place_in_a_text():
    text = "one\r\ntwo three\r\n"
    place = Location.at(text.index("three"), text, "f")
    assert place == Location("f", 2, 5, "two three")
    assert Location("f", 2, 5).in_text(text) == place
    assert Location("f", 9, 5).in_text(text).text is None
