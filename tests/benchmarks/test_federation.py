"""Queries over three endpoints: kgtool's answers are those over the whole graph, in both forms."""

from __future__ import annotations

import argparse
from pathlib import Path

import pyoxigraph
import pytest

from benchmarks.federation.__main__ import QUERIES, measure_all, with_services, without_services
from benchmarks.federation.endpoints import PARTS, endpoints, part_of
from benchmarks.federation.engines import engines
from benchmarks.federation.report import render
from benchmarks.generate import make_file

OPTIONS = argparse.Namespace(triples=6000, delay=0, rounds=1, limit=60)


def test_answers_are_those_over_the_whole_graph(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KGTOOL_COMUNICA", str(tmp_path))
    data = tmp_path / "war.nt"
    make_file(data, OPTIONS.triples)
    whole = pyoxigraph.Store()
    whole.load(data.read_bytes(), pyoxigraph.RdfFormat.N_TRIPLES)
    chosen = [QUERIES / f"{name}.rq" for name in ("aggregate", "chain", "path", "union")]
    with endpoints(data, 0) as asked:
        found = measure_all(chosen, OPTIONS, whole, asked)
    assert [row["engines"]["kgtool"]["right"] for row in found] == [True] * 8
    assert all(row["engines"]["kgtool"]["requests"] for row in found)
    assert any(row["rows"] for row in found)
    text = render(found, OPTIONS, 0.5)
    assert "Comunica is not installed: `make comunica`" in text
    assert "| union: UNION of two endpoints, joined with a third part |" in text


def test_forms_of_a_query() -> None:
    text = "SELECT * { OPTIONAL { SERVICE <places> { ?a ww2:atPlace ?b . } } }"
    urls = {"places": "http://127.0.0.1/p"}
    assert with_services(text, urls).endswith(
        "SERVICE <http://127.0.0.1/p> { ?a ww2:atPlace ?b . } } }"
    )
    assert without_services(text).endswith("{ OPTIONAL {  ?a ww2:atPlace ?b .  } }")


def test_each_triple_has_one_endpoint() -> None:
    assert part_of("<https://w3id.org/ww2-kg/id/unit-4> <p> <o> .") == "forces"
    assert part_of("<https://w3id.org/ww2-kg/id/battle-4> <p> <o> .") == "events"
    assert part_of("<https://w3id.org/ww2-kg/id/place-4> <p> <o> .") == "places"
    assert set(PARTS) == {"forces", "events", "places"}


def test_missing_engines_say_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KGTOOL_COMUNICA", str(tmp_path))
    missing = {engine.name: engine.missing for engine in engines()}
    assert missing["kgtool"] is None
    assert "make comunica" in str(missing["Comunica"])
