"""Servers under load: requests are the same for both, and all that comes back is counted."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench import ENVIRONMENT
from benchmarks.generate import make_file
from benchmarks.load import __main__ as load
from benchmarks.load.mix import MIX, SHARES, Queries, queries_of, write_requests
from benchmarks.load.report import render
from benchmarks.load.servers import Running
from tests.server.serving import running, store_of

ANSWER = "SELECT * { <urn:a> ?p ?o }"
#: Answered in pieces, without a length.
LARGE = "SELECT ?s ?t ?u { ?s ?p ?o . ?t ?q ?n . ?u ?r ?m }"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("load") / "catalogue.nt"
    make_file(path, 3_000, "catalogue")
    return path


def test_requests(data: Path) -> None:
    queries = queries_of(data, 20)
    assert set(queries.of) == set(SHARES)
    assert len(queries.of["look-up"]) == 60
    given = list(queries.requests(MIX, 4_000))
    assert given == list(queries.requests(MIX, 4_000))
    found = Counter(kind for kind, _ in given)
    for kind, share in SHARES.items():
        assert abs(found[kind] / 40 - share) < 2
        assert all(text in queries.of[kind] for each, text in given if each == kind)
    assert {kind for kind, _ in queries.requests("stored", 30)} == {"stored"}


def test_all_queries_have_answers(data: Path, tmp_path: Path) -> None:
    store = store_of(tmp_path / "store.duckdb", data.read_text(), ending=".nt")
    queries = queries_of(data, 5)
    with running(store) as server:
        for texts in queries.of.values():
            for text in texts:
                assert server.query(text).status == 200, text


def test_the_client(tmp_path: Path) -> None:
    file = tmp_path / "requests"
    triples = "".join(f"<urn:{name}> <urn:p> {n} .\n" for name in "abc" for n in range(3))
    given = [("good", ANSWER), ("large", LARGE), ("bad", "SELECT"), ("good", ANSWER)]
    write_requests(iter(given), file)
    with running(store_of(tmp_path / "store.duckdb", triples)) as server:
        command = [sys.executable, "-m", "benchmarks.load.client", str(server.port)]
        found = json.loads(
            subprocess.check_output([*command, "/sparql", str(file), "1", "4"], env=ENVIRONMENT)
        )
        metrics = server.ask("GET", "/metrics").text
        expected = len(server.query(LARGE).body)
    counts = {kind: len(each) for kind, each in found["latencies"].items()}
    assert set(counts) == {"good", "large"}
    assert list(found["errors"]) == ["bad"]
    assert list(found["errors"]["bad"]) == ["400"]
    bad = found["errors"]["bad"]["400"]
    told = re.findall(r'kgtool_requests_total\{operation="query",status="(\d+)"\} (\d+)', metrics)
    assert dict(told) == {"200": str(sum(counts.values())), "400": str(bad)}
    assert counts["good"] > counts["large"] > 0
    assert 0 < found["answered"] <= sum(counts.values())
    assert found["bytes"] > counts["large"] * expected
    assert found["latencies"]["good"] == sorted(found["latencies"]["good"])


def test_answers_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*values: str) -> bytes:
        bindings = [{"x": {"type": "literal", "value": value}} for value in values]
        return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode()

    answers = {
        ("a", "same"): answer("1", "2"), ("b", "same"): answer("2", "1"),
        ("a", "other"): answer("1"), ("b", "other"): answer("1", "1"),
    }  # fmt: skip
    monkeypatch.setattr(Running, "ask", lambda self, text: answers[self.name, text])
    servers = [Running(name, name, 0, "", 0) for name in "ab"]
    (found,) = load.compare(servers, Queries({"look-up": ["same", "other"]}))
    assert found.endswith(": other")


def test_report() -> None:
    def measured(answers: int, cpu: float, **errors: int) -> dict[str, Any]:
        return {
            "latencies": {kind: [1_000, 2_000, 30_000] for kind in SHARES},
            "errors": {"look-up": errors} if errors else {},
            "answered": answers, "seconds": 10, "cpu": cpu, "server": 0.9, "clients": 8,
        }  # fmt: skip

    servers = [Running("kgtool", "kgtool", 0, "", 0), Running("oxigraph", "Oxigraph 1", 0, "", 0)]
    found = {
        kind: {"kgtool": measured(600, 1), "oxigraph": measured(1_000, 9, timeout=2)}
        for kind in (MIX, *SHARES)
    }
    options = argparse.Namespace(processes=2, triples=1_000, clients=64, seconds=10)
    text = render(found, servers, options, 0.5, ["2 rows against 1: SELECT"])
    assert "| look-ups by entity, times Oxigraph's | ≥ 0.5 | 0.60 | met |" in text
    assert "| analytic stored queries, times Oxigraph's | ≥ 10 | 0.60 | not met |" in text
    assert "| errors in the mix | 0 | 0 | met |" in text
    assert "| the mix | 60 | 2.00 | 30 | 100 | 100 | 2.00 | 30 | 100 | 0.60 |" in text
    assert "- the mix, Oxigraph 1: 2 times timeout" in text
    assert "at most 90% of one core, so that it may" in text
    assert "- 2 rows against 1: SELECT" in text
