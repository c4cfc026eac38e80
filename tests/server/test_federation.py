"""SERVICE on the server: where it may go, and what becomes of it when nobody waits."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.project.build import ensure_built
from kgtool.project.folder import find_project
from kgtool.project.skeleton import new_project
from tests.federation.simulated import Simulated, endpoints, send
from tests.federation.test_patience import SOON, Hanging, begin
from tests.server.markup import Markup
from tests.server.serving import Running, eventually, process, running
from tests.server.stored import stored_project, write_query
from tests.server.test_limits import asked

#: What counts as an address of the web in a test.
PUBLIC = "127.0.0.2"
TEXT = "SELECT ?n { SERVICE <here> { ?x <urn:population> ?n } }"


@pytest.fixture
def remote() -> Iterator[Simulated]:
    with endpoints("<urn:x> <urn:population> 7 .") as (found,):
        yield found


def allowed(**urls: str) -> Endpoints:
    known = {name: Endpoint(url, name, private=True) for name, url in urls.items()}
    return Endpoints(known, only_known=True)


def numbers(body: bytes) -> list[str]:
    return [row["n"]["value"] for row in json.loads(body)["results"]["bindings"]]


# Where it may go ------------------------------------------------------------------------


def test_the_endpoints_of_a_project_and_of_the_command_line(tmp_path, remote) -> None:
    project = new_project(tmp_path / "project")
    other = remote.url + "?other"
    settings = (
        f'[tool.kgtool.endpoints.mine]\nurl = "{remote.url}"\nprivate = true\n'
        f'[tool.kgtool.endpoints.public]\nurl = "{remote.url}/public"\n'
    )
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("\n" + settings)
    ensure_built(find_project(project.root, upwards=False))
    with process(None, "--project", str(project.root), "--allow-service", other) as (_, port):
        server = Running(port, None)  # type: ignore[arg-type]
        pattern = "{ ?x <urn:population> ?n }"
        for name in ("mine", remote.url, other):
            reply = server.query(f"SELECT ?n {{ SERVICE <{name}> {pattern} }}")
            assert (reply.status, numbers(reply.body)) == (200, ["7"]), reply.text
        count = len(remote.queries)
        # It is known, and at an address that nobody has allowed.
        reply = server.query(f"SELECT ?n {{ SERVICE <public> {pattern} }}")
        assert (reply.status, "no public address" in reply.text) == (403, True)
        reply = server.query(f"SELECT ?n {{ SERVICE <{remote.url}/none> {pattern} }}")
        assert reply.status == 400
        assert "[tool.kgtool.endpoints] of the project" in reply.text
        assert len(remote.queries) == count


def test_an_endpoint_that_fails_silently_is_named(store: Path, remote: Simulated) -> None:
    remote.answer = lambda handler, query: send(handler, 400, "text/plain", b"\xc3\xa4\r\nX: y")
    with running(store, endpoints=allowed(here=remote.url)) as server:
        reply = server.query("SELECT * { SERVICE SILENT <here> { ?s ?p ?o } }")
        assert reply.status == 200
        assert reply.headers["kgtool-warning"] == "the endpoint here answers 400: ? (SILENT)"
        assert eventually(lambda: any("warning='the endpoint here" in line for line in server.log))


def test_an_endpoint_that_fails_silently_is_named_on_pages(tmp_path, remote: Simulated) -> None:
    project = stored_project(tmp_path / "kg")
    text = "SELECT * { SERVICE SILENT <here> { ?s ?p ?o } }"
    write_query(project, "remote", f"#+ summary: From elsewhere\n{text}")
    remote.answer = lambda handler, query: send(handler, 400, "text/plain", b"no")
    known = allowed(here=remote.url)
    with running(project.store_path, project=project, endpoints=known) as server:
        for path in ("/query/remote", f"/query?{urlencode({'query': text})}", "/api/remote"):
            page = Markup(server.ask("GET", path, None, {"Accept": "text/html"}).text)
            (told,) = page.find("ul", class_="warnings")
            assert told.text == "the endpoint here answers 400: no (SILENT)", path


def test_an_endpoint_that_may_be_asked_sends_the_server_nowhere_else(store: Path) -> None:
    with endpoints("", "<urn:x> <urn:population> 7 .") as (known, inner):
        target = inner.url.replace("127.0.0.1", "localhost")
        known.answer = lambda handler, query: send(
            handler, 307, "text/plain", b"", Location=f"{target}?{handler.path.partition('?')[2]}"
        )
        with running(store, endpoints=allowed(here=known.url)) as server:
            for text in (TEXT, TEXT.replace("SERVICE", "SERVICE SILENT")):
                reply = server.query(text)
                assert (reply.status, "localhost is at" in reply.text) == (403, True)
        assert (len(known.queries), inner.queries) == (2, [])


def test_a_name_that_comes_to_mean_this_machine_is_asked_no_more(
    store: Path, remote: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what the name stands for is checked for each connection."""
    port = urlsplit(remote.url).port
    asked: list[str] = []
    really = socket.getaddrinfo

    def lookup(host: Any, *arguments: Any, **more: Any) -> Any:
        if host != "name.example":
            return really(host, *arguments, **more)
        asked.append(host)
        address = PUBLIC if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("kgtool.federation.connections.socket.getaddrinfo", lookup)
    # Nothing listens there, and no request leaves this machine.
    monkeypatch.setattr("kgtool.federation.connections.is_public", lambda a: str(a) == PUBLIC)
    known = {"here": Endpoint(f"http://name.example:{port}/sparql", "here")}
    with running(store, endpoints=Endpoints(known, only_known=True)) as server:
        statuses = [server.query(TEXT).status for _ in range(3)]
    assert statuses[-1] == 403
    assert set(statuses) <= {403, 502}
    assert remote.queries == []


# What is left aside ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    ["<http://example.org/rome> ?p ?o", "?s ?p ?o", "?s ?p ?o SERVICE <here> { ?x <urn:none> ?y }"],
    ids=["a look-up", "a scan", "an endpoint"],
)
def test_hints_that_were_left_aside_are_told(store: Path, remote, pattern: str) -> None:
    hint = '<http://www.bigdata.com/queryHints#Query> hint:optimizer "None"'
    prefix = "PREFIX hint: <http://www.bigdata.com/queryHints#>"
    with running(store, endpoints=allowed(here=remote.url)) as server:
        assert eventually(lambda: server.server.versions.is_laid_out)
        reply = server.query(f"{prefix} SELECT ?p {{ {hint} . {pattern} }}")
        assert "they were left aside" in (reply.headers["kgtool-warning"] or "")
        again = server.query(f"{prefix} SELECT ?p {{ {pattern} }}")
        assert again.headers["kgtool-warning"] is None


# When nobody waits ----------------------------------------------------------------------


@pytest.mark.parametrize("part", [lambda handler: None, begin], ids=["no head", "half an answer"])
def test_a_client_that_goes_ends_requests_to_endpoints(store: Path, remote, part) -> None:
    hanging = remote.answer = Hanging(part)
    with running(store, workers=1, endpoints=allowed(here=remote.url)) as server:
        with asked(server, TEXT):
            assert hanging.asked.wait(SOON)
            assert server.server.readers.busy == 1
        assert hanging.left.wait(SOON)
        assert eventually(lambda: server.server.readers.busy == 0)
        assert eventually(lambda: any("the client has gone" in line for line in server.log))
        assert server.query("ASK {}").status == 200


def test_time_that_is_up_ends_requests_to_endpoints(store: Path, remote: Simulated) -> None:
    hanging = remote.answer = Hanging()
    with running(store, workers=1, endpoints=allowed(here=remote.url)) as server:
        reply = server.query(TEXT, timeout="0.5")
        assert (reply.status, "after 0.5 seconds" in reply.text) == (500, True)
        assert hanging.left.wait(SOON)
        assert server.query("ASK {}").status == 200


# A server that asks itself --------------------------------------------------------------


@contextmanager
def asking_itself(store: Path, **settings: Any) -> Iterator[Running]:
    """A server that may ask itself, as <itself>."""
    known: dict[str, Endpoint] = {}
    with running(store, endpoints=Endpoints(known, only_known=True), **settings) as server:
        known["itself"] = Endpoint(f"http://127.0.0.1:{server.port}/sparql", "itself", private=True)
        yield server


ITSELF = "SELECT ?n { SERVICE <itself> { ?x <http://example.org/people> ?n } }"


def test_a_server_may_ask_itself(store: Path) -> None:
    with asking_itself(store, workers=2) as server:
        assert numbers(server.query(ITSELF).body) == ["2800000"]


def test_a_server_that_waits_for_itself_does_not_for_ever(store: Path) -> None:
    with asking_itself(store, workers=1, timeout=1) as server:
        reply = server.query(ITSELF)
        assert reply.status in (500, 502)
        assert eventually(lambda: server.server.readers.busy == server.server.readers.waiting == 0)
        assert server.query("ASK {}").status == 200


def test_many_that_wait_for_themselves_do_not_for_ever(store: Path) -> None:
    inner = "SERVICE <itself> { ?x <http://example.org/people> ?n }"
    nested = f"SELECT ?n {{ SERVICE <itself> {{ SERVICE <itself> {{ {inner} }} }} }}"
    with asking_itself(store, workers=3, queue=8, timeout=2) as server:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(server.query(nested).status))
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(found) == 12
        assert set(found) <= {200, 500, 502, 503}
        assert eventually(lambda: server.server.readers.busy == server.server.readers.waiting == 0)
        assert server.query("ASK {}").status == 200
