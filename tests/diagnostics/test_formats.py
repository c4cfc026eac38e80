"""The forms of diagnostics."""

from __future__ import annotations

import json

from kgtool.diagnostics import Diagnostic, written
from kgtool.errors import Location

PLACE = Location("triples/a b.ttl", 3, 5, "    :p 1, 2 ;")
DIAGNOSTICS = [
    Diagnostic("twice", "error", "100%, or\nmore", PLACE, "Take one out.", (Location("b.ttl", 4),)),
    Diagnostic("empty", "warning", "nothing there"),
]


def test_text_begins_as_compilers_write():
    assert "".join(written(DIAGNOSTICS, "text")).splitlines() == [
        "triples/a b.ttl:3:5: error: 100%, or",
        "more [twice]",
        "  3 |     :p 1, 2 ;",
        "    |     ^^",
        "  also b.ttl:4",
        "  Take one out.",
        "warning: nothing there [empty]",
    ]


def test_github_annotates_every_place():
    text = "100%25, or%0Amore%0ATake one out."
    assert list(written(DIAGNOSTICS, "github")) == [
        f"::error file=triples/a b.ttl,line=3,col=5,title=twice::{text}\n",
        f"::error file=b.ttl,line=4,title=twice::{text}\n",
        "::warning title=empty::nothing there\n",
    ]


def test_sarif_has_rules_levels_and_regions():
    log = json.loads("".join(written(DIAGNOSTICS, "sarif")))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == ["twice", "empty"]
    first, second = run["results"]
    physical = first["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "triples/a%20b.ttl"
    assert physical["region"] == {
        "startLine": 3,
        "startColumn": 5,
        "snippet": {"text": "    :p 1, 2 ;"},
    }
    assert first["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 4}
    assert (second["level"], second.get("locations")) == ("warning", None)


def test_sarif_describes_rules_that_are_known():
    words = {"quiet": "Nothing.", "twice": "A thing twice."}
    (run,) = json.loads("".join(written(DIAGNOSTICS, "sarif", words)))["runs"]
    assert run["tool"]["driver"]["rules"] == [
        {"id": "quiet", "shortDescription": {"text": "Nothing."}},
        {"id": "twice", "shortDescription": {"text": "A thing twice."}},
        {"id": "empty"},
    ]
    assert list(written([], "text", words)) == []


def test_json_is_an_array():
    first, second = json.loads("".join(written(DIAGNOSTICS, "json")))
    assert first["places"] == [
        {"file": "triples/a b.ttl", "line": 3, "column": 5},
        {"file": "b.ttl", "line": 4, "column": None},
    ]
    assert (first["hint"], second["places"]) == ("Take one out.", [])


def test_nothing_to_say():
    assert json.loads("".join(written([], "json"))) == []
    assert json.loads("".join(written([], "sarif")))["runs"][0]["results"] == []
    assert [*written([], "text"), *written([], "github")] == []
