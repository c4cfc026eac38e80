"""``kgtool query --why`` and ``--why-empty``"""

from __future__ import annotations

import json

import pytest

from tests.cli.test_reasoning import reasoned

__all__ = ["reasoned"]

TRANSITIVE = "SELECT ?x ?y { ?x :partOf ?y } ORDER BY ?x ?y"


def test_rows_are_shown_with_places_sources_and_proofs(run, reasoned):
    assert run("query", "-e", TRANSITIVE, "--why", "--max-rows", "2").stdout == (
        "1. x = id:a · y = id:b\n"
        "   id:a :partOf id:b\n"
        "     asserted in triples/facts.ttl:9:14\n"
        "     cites id:book (The Book)\n"
        "\n"
        "2. x = id:a · y = id:c\n"
        "   id:a :partOf id:c\n"
        "     by prp-trp: a transitive property goes on\n"
        "     ├─ :partOf a owl:TransitiveProperty\n"
        "     │    asserted in triples/facts.ttl:8:11\n"
        "     ├─ id:a :partOf id:b\n"
        "     │    asserted in triples/facts.ttl:9:14\n"
        "     │    cites id:book (The Book)\n"
        "     └─ id:b :partOf id:c\n"
        "          asserted in triples/facts.ttl:10:14\n"
        "\n"
        "… and 1 more rows; --max-rows shows more\n"
    )


def test_merged_solutions_and_paths(run, reasoned):
    text = "SELECT (COUNT(*) AS ?n) { ?x (^:hasPart)+ ?y FILTER(?x = id:a) }"
    output = run("query", "-e", text, "--why").stdout
    assert output.startswith("1. n = 2\n   from 2 solutions; the first:\n")
    assert "     id:a (^:hasPart)+ id:b\n       id:b :hasPart id:a\n" in output


def test_asked_whether(run, reasoned):
    assert run("query", "-e", "ASK { id:a :inside id:b }", "--why").stdout.startswith(
        "1. yes\n   id:a :inside id:b\n     by inside.rq\n"
    )
    output = run("query", "-e", "ASK { id:b :inside id:a }", "--why").stdout
    assert output == "no rows; --why-empty says which part of the query has none\n"


def test_reasons_as_json(run, reasoned, tmp_path):
    out = tmp_path / "why.json"
    run("query", "-e", TRANSITIVE, "--why", "-o", str(out))
    first, second, _ = json.loads(out.read_text())["rows"]
    assert first["solution"]["x"] == {"type": "uri", "value": "https://example.org/id/a"}
    (fact,) = first["reasons"]
    assert fact["places"] == [{"file": "triples/facts.ttl", "line": 9, "column": 14}]
    assert fact["cites"] == ["<https://example.org/id/book>"]
    (inferred,) = second["reasons"]
    assert (inferred["rule"], len(inferred["premises"])) == ("prp-trp", 3)


def test_a_store_without_a_project_tells_graphs(run, reasoned, tmp_path):
    source, store = tmp_path / "facts.trig", tmp_path / "store.duckdb"
    source.write_text("<urn:g> { <urn:a> <urn:p> 1 } <urn:a> <urn:q> 2 .")
    run("load", str(source), "--store", str(store))
    output = run(
        "query", "-e", "SELECT ?x { ?x <urn:p> ?n ; <urn:q> ?m }", "--why", "--store", str(store)
    ).stdout
    assert "<urn:a> <urn:p> 1\n     asserted in <urn:g>\n" in output
    assert "<urn:a> <urn:q> 2\n     asserted in the default graph\n" in output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-e", "CONSTRUCT WHERE { ?s ?p ?o }", "--why"], "only the rows of a SELECT"),
        (["-e", TRANSITIVE, "--why", "--why-empty"], "two questions"),
        (["-e", TRANSITIVE, "--why", "-f", "csv"], "not written as csv"),
    ],
)
def test_what_has_no_reasons(run, reasoned, arguments, says):
    assert says in run("query", *arguments, code=2).output


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("SELECT * { ?x :partOf ?y }", ["the query has solutions"]),
        (
            "SELECT * { ?x :partOf id:ab }",
            [
                "nothing matches: ?x :partOf id:ab .",
                "  id:ab is nowhere an object",
                "    nearest: id:b",
                "    query:1:23",
                "      1 | SELECT * { ?x :partOf id:ab }",
                "        |                       ^^^^^",
            ],
        ),
        (
            "SELECT ?x { ?x :partOf ?y } GROUP BY ?x HAVING (COUNT(*) > 7)",
            [
                "HAVING (COUNT(*) > 7) lets none of 2 solutions pass",
                "  COUNT(*) = 1: false",
                "  COUNT(*) = 2: false",
            ],
        ),
        (
            "SELECT * { { ?x :partOf 5 } UNION { ?x :partOf ?y MINUS { ?x ?p ?y } } }",
            [
                "nothing matches: ?x :partOf 5 .",
                "  5 is nowhere an object",
                "    others there: id:b, id:c",
                "and in the other branch of the UNION",
                "MINUS takes away all of 3 solutions:",
                "  { ?x ?p ?y . }",
            ],
        ),
        (
            "SELECT * { ?x :partOf ?y . ?y a owl:Class }",
            [
                "each of these has solutions, but none all together:",
                "  ?x :partOf ?y .",
                "  ?y a owl:Class .",
                "  ?y in the last: :Thing",
                "  ?y in the rest: id:b, id:c",
            ],
        ),
        ("SELECT * { ?x :partOf ?y } OFFSET 9", ["OFFSET 9 leaves none of 3 solutions"]),
        ("SELECT * { VALUES ?x { } }", ["VALUES has no row"]),
    ],
)
def test_which_part_of_a_query_has_no_solution(run, reasoned, text, lines):
    assert run("query", "-e", text, "--why-empty").stdout.splitlines() == lines


def test_a_parameter_that_matches_nothing_is_named(run, reasoned, tmp_path):
    query = tmp_path / "q.rq"
    query.write_text("SELECT * { ?x :partOf $whole }")
    arguments = ["query", str(query), "-p", "whole=id:cc", "--why-empty"]
    assert "id:cc (the parameter whole) is nowhere an object" in run(*arguments).stdout
    (loss,) = json.loads(run(*arguments, "-f", "json").stdout)["losses"]
    assert loss["kind"] == "NoMatch"
    assert loss["constants"][0]["nearest"] == ["<https://example.org/id/c>"]
