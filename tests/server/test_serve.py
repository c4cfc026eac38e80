"""``kgtool serve`` as a command, on a project, and with endpoints that may be asked."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kgtool.cli.main import cli
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.project.build import ensure_built
from kgtool.project.fingerprint import is_fresh
from kgtool.project.skeleton import new_project
from tests.federation.simulated import endpoints
from tests.server.serving import TOKEN, Running, eventually, running


def _run(*arguments: str, code: int) -> str:
    result = CliRunner().invoke(cli, ["serve", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def test_updates_and_a_token_go_together(store: Path, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    words = "--writable and --token-file go together"
    assert words in _run("--store", str(store), "--writable", code=2)
    assert words in _run("--store", str(store), "--token-file", str(token), code=2)
    token.write_text("short")
    options = ("--store", str(store), "--writable", "--token-file", str(token))
    assert "the token in" in _run(*options, code=2)


def test_a_port_that_is_taken(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _run("--store", str(store), "--port", str(port), code=2)
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_without_the_extra(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for module in ("running", "processes"):
        monkeypatch.delitem(sys.modules, f"kgtool.server.{module}", raising=False)
    said = _run("--store", str(store), code=2)
    assert "kgtool serve needs the package uvicorn" in said
    assert "'.[serve]'" in said


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no store" in _run("--store", str(tmp_path / "none.duckdb"), code=2)


def test_a_project_that_is_built_anew_and_changed(tmp_path: Path) -> None:
    project = new_project(tmp_path / "project")
    ensure_built(project)
    with running(project.store_path, project=project, token=TOKEN) as server:
        before = _triples(server)
        (project.root / "triples" / "more.ttl").write_text("<urn:a> <urn:b> 1 .\n")
        ensure_built(project)
        assert _triples(server) == before + 1
        assert server.update("INSERT DATA { <urn:a> <urn:b> 2 }").status == 204
        assert _triples(server) == before + 2
        assert is_fresh(project), "the next command keeps the change"


def _triples(server: Running) -> int:
    reply = server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    return int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])


def test_service_asks_an_endpoint_that_is_known(store: Path) -> None:
    with endpoints("<urn:x> <urn:population> 7 .") as (known,):
        allowed = Endpoints({"here": Endpoint(known.url, "here", private=True)}, only_known=True)
        with running(store, endpoints=allowed) as server:
            text = "SELECT ?n { SERVICE <here> { ?x <urn:population> ?n } }"
            reply = server.query(text)
            assert json.loads(reply.body)["results"]["bindings"][0]["n"]["value"] == "7"
            assert "etag" not in reply.headers
            known.answer = lambda handler, query: handler.send_error(500) is None
            assert server.query(text).status == 502
            # The word alone is no federated query.
            assert server.query('ASK { ?s ?p "service" }').status == 200


def test_many_requests_on_one_connection(readable: Running) -> None:
    with socket.create_connection(("127.0.0.1", readable.port), timeout=20) as client:
        line = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n"
        client.sendall(line * 5)
        data = b""

        def is_there() -> bool:
            nonlocal data
            data += client.recv(1 << 16)
            return data.count(b'"boolean":true') == 5

        assert eventually(is_there)
