"""Attempts to break in: each must be refused, and nothing may be read, asked or changed."""

from __future__ import annotations

import hmac
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from kgtool.cli.serve import serve
from kgtool.errors import UsageError
from kgtool.server.settings import MAX_HEAD, MAX_QUERY, MAX_URL, read_token
from tests.server.serving import BEARER, TOKEN, Running, eventually, running

SECRET = "what only this machine should know"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.ttl"
    path.write_text(f'<urn:x> <urn:y> "{SECRET}" .')
    return path


def _contents(server: Running) -> bytes:
    text = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?g ?s ?p ?o"
    return server.query(text).body


# Changes --------------------------------------------------------------------------------


def test_only_loopback_and_only_reading_by_default() -> None:
    options = serve.make_context("serve", []).params
    assert options["host"] == "127.0.0.1"
    assert not options["writable"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer "}, BEARER],
    ids=["no token", "an empty token", "some token"],
)
def test_a_server_that_is_read_only_changes_nothing(
    readable: Running, headers: dict[str, str]
) -> None:
    before = _contents(readable)
    update = {"Content-Type": "application/sparql-update", **headers}
    form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    turtle = {"Content-Type": "text/turtle", **headers}
    assert readable.ask("POST", "/sparql", "CLEAR ALL", update).status == 403
    assert readable.ask("POST", "/sparql", "update=CLEAR%20ALL", form).status == 403
    for method in ("PUT", "POST", "DELETE"):
        assert readable.ask(method, "/graphs?default", "", turtle).status == 403
    assert readable.query("CLEAR ALL").status == 400
    assert _contents(readable) == before


@pytest.mark.parametrize(
    "value",
    [
        "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}",
        TOKEN, f"Bearer {TOKEN.upper()}", "Bearer \xe4\xf6", f"Bearer {TOKEN}, {TOKEN}",
    ],
)  # fmt: skip
def test_updates_need_the_token(writable: Running, value: str) -> None:
    before = _contents(writable)
    given = {"Authorization": value} if value else {}
    update = {"Content-Type": "application/sparql-update", **given}
    form = {"Content-Type": "application/x-www-form-urlencoded", **given}
    replies = [
        writable.ask("POST", "/sparql", "CLEAR ALL", update),
        writable.ask("POST", "/sparql", "update=CLEAR%20ALL", form),
        writable.ask("PUT", "/graphs?default", "", {"Content-Type": "text/turtle", **given}),
        writable.ask("DELETE", "/graphs?default", headers=given),
    ]
    assert [reply.status for reply in replies] == [401] * 4
    assert all(reply.headers["www-authenticate"] == "Bearer" for reply in replies)
    assert not any(TOKEN in reply.text for reply in replies)
    assert _contents(writable) == before


def test_the_whole_token_is_compared_whatever_is_given(
    writable: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In constant time: only hmac.compare_digest is asked, and always for all of it."""
    compared: list[tuple[bytes, bytes]] = []
    really = hmac.compare_digest

    def compare(given: bytes, own: bytes) -> bool:
        compared.append((given, own))
        return really(given, own)

    monkeypatch.setattr("kgtool.server.requests.hmac.compare_digest", compare)
    tries = ("x", TOKEN[:-1], TOKEN + "x", "x" * len(TOKEN), TOKEN)
    for given in tries:
        headers = {"Authorization": f"Bearer {given}", "Content-Type": "application/sparql-update"}
        status = writable.ask("POST", "/sparql", "DELETE DATA {}", headers).status
        assert status == (204 if given == TOKEN else 401)
    assert compared == [(given.encode(), TOKEN.encode()) for given in tries]


def test_the_token_is_not_taken_from_a_url(writable: Running) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = writable.ask("POST", f"/sparql?access_token={TOKEN}", "update=CLEAR%20ALL", form)
    assert reply.status == 401
    assert eventually(lambda: writable.log and " POST /sparql 401 " in writable.log[-1])
    assert TOKEN not in "".join(writable.log)


@pytest.mark.parametrize("text", ["", "short", "0123456789 abcdef0123", "päßwörter-sind-länger"])
def test_tokens_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "token"
    path.write_text(text)
    with pytest.raises(UsageError):
        read_token(path)


# Files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_load_reads_no_file(writable: Running, secret: Path, silent: str) -> None:
    for iri in (secret.as_uri(), str(secret), "secret.ttl", "http://127.0.0.1:9/"):
        assert writable.update(f"LOAD {silent}<{iri}>").status == 403
    assert SECRET not in _contents(writable).decode()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <{uri}> {{ ?s ?p ?o }}",
        "SELECT * {{ GRAPH <{uri}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE <{uri}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{uri}> {{ ?s ?p ?o }} }}",
        "SELECT ?x {{ BIND (\"' || (SELECT content FROM read_text('{path}')) || '\" AS ?x) }}",
        "SELECT (<urn:read_text>('{path}') AS ?x) {{}}",
        "SELECT (REPLACE('a', 'a', \"'); SELECT * FROM read_text('{path}'); --\") AS ?x) {{}}",
        "DESCRIBE <{uri}>",
    ],
)
def test_queries_read_no_file(readable: Running, secret: Path, text: str) -> None:
    reply = readable.query(text.format(uri=secret.as_uri(), path=secret))
    assert SECRET not in reply.text
    assert not any("Traceback" in line for line in readable.log)


def test_the_engine_itself_may_read_no_file(readable: Running, secret: Path) -> None:
    with readable.server.versions.lease() as version:
        cursor = version.store.connection.cursor()
        with pytest.raises(Exception, match=r"(?i)disabled|permission"):
            cursor.execute(f"SELECT content FROM read_text('{secret}')")


def test_documents_read_no_file(writable: Running, secret: Path) -> None:
    entity = (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
        '<rdf:Description rdf:about="urn:a"><u:b>&x;</u:b></rdf:Description></rdf:RDF>'
    )
    context = f'{{"@context": "{secret.as_uri()}", "@id": "urn:a", "urn:b": "1"}}'
    for media_type, body in (("application/rdf+xml", entity), ("application/ld+json", context)):
        headers = {"Content-Type": media_type, **BEARER}
        assert writable.ask("PUT", "/graphs?default", body, headers).status == 400
    assert SECRET not in _contents(writable).decode()


@pytest.mark.parametrize("path", ["/graphs/../../etc/passwd", "/../etc/passwd", "/graphs/%2e%2e/x"])
def test_paths_are_no_files(readable: Running, path: str) -> None:
    assert readable.ask("GET", path).status == 404


# SERVICE --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ BIND (<{url}> AS ?where) SERVICE ?where {{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?where {{ <{url}> }} SERVICE SILENT ?where {{ ?s ?p ?o }} }}",
        "ASK {{ FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
        "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_service_asks_no_other_endpoint(readable: Running, text: str, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        url = f"http://{host}:{listener.getsockname()[1]}/sparql"
        reply = readable.query(text.format(url=url))
        with pytest.raises(TimeoutError):
            listener.accept()
    assert reply.status in (200, 400, 403), reply.text
    assert (reply.status == 200) <= ("SILENT" in text)


# Sizes ----------------------------------------------------------------------------------


def test_sizes_are_bounded(readable: Running) -> None:
    query = {"Content-Type": "application/sparql-query"}
    assert readable.ask("GET", "/sparql?query=" + "x" * MAX_URL).status == 414
    with suppress(ConnectionError):  # it hangs up while the rest is still being sent
        refused = readable.ask("GET", "/sparql?query=" + "x" * MAX_HEAD * 2)
        assert refused.status in (400, 414)  # by the parser, or if all came at once by us
    assert readable.ask("POST", "/sparql", b"#" * (MAX_QUERY + 1), query).status == 413
    many = "&".join(["default-graph-uri=urn:a"] * 20_000)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert readable.ask("POST", "/sparql", f"query=ASK%7B%7D&{many}", form).status == 400


@pytest.mark.parametrize(
    "begin",
    [
        "GET /health HTTP/1.1\r\nHost: x\r\nLong: ",
        "GET /",
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        "Transfer-Encoding: chunked\r\n\r\n1\r\n#\r\n0\r\nTrailer: ",
    ],
    ids=["header", "path", "trailer"],
)
def test_heads_that_never_end_are_cut_off(readable: Running, begin: str) -> None:
    with socket.create_connection(("127.0.0.1", readable.port), timeout=20) as client:
        client.sendall(begin.encode())
        with suppress(ConnectionError):
            for _ in range(64):
                client.sendall(b"x" * MAX_HEAD)
            assert client.recv(12) == b"HTTP/1.1 400"
            return
    # It hung up while more was being sent.


def test_a_long_body_in_small_chunks_is_no_long_head(readable: Running) -> None:
    with socket.create_connection(("127.0.0.1", readable.port), timeout=20) as client:
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n#\r\n" * MAX_HEAD
            + b"7\r\n\nASK {}\r\n0\r\n\r\n"
        )  # fmt: skip
        assert client.recv(15) == b"HTTP/1.1 200 OK"


def test_many_requests_at_once_on_one_connection_are_bounded(readable: Running) -> None:
    with socket.create_connection(("127.0.0.1", readable.port), timeout=20) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 5_000)
        replies = b""
        with suppress(ConnectionError):
            while data := client.recv(1 << 16):
                replies += data
    assert replies.count(b"HTTP/1.1 200 OK") < 5_000


def test_a_body_without_a_length_is_bounded(readable: Running) -> None:
    with socket.create_connection(("127.0.0.1", readable.port), timeout=20) as client:
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"#" * 65536 + b"\r\n"
        try:
            for _ in range(4 * MAX_QUERY // 65536 + 2):
                client.sendall(chunk)
            reply = client.recv(100)
        except ConnectionError:
            return
    assert reply.startswith(b"HTTP/1.1 413")


def test_who_may_not_change_anything_sends_no_large_body(writable: Running) -> None:
    headers = {"Content-Type": "text/turtle", "Content-Length": str(1 << 40)}
    with socket.create_connection(("127.0.0.1", writable.port), timeout=20) as client:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        client.sendall(f"PUT /graphs?default HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 401"


@pytest.mark.parametrize(
    "text",
    [
        "ASK " + "{" * 20_000,
        "ASK { FILTER (" + "(" * 5_000 + "1" + ")" * 5_000 + ") }",
        "ASK { FILTER (" + "!" * 400 + "true) }",
        "ASK { ?s " + "(" * 3_000 + "<urn:p>" + ")*" * 3_000 + " ?o }",
        "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 3_000) + " }",
    ],
    ids=["groups", "brackets", "negations", "paths", "unions"],
)
def test_queries_that_are_nested_deeply(readable: Running, text: str) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    reply = readable.ask("POST", "/sparql?timeout=20", text, headers)
    assert reply.status in (200, 400), reply.text
    assert readable.query("ASK {}").status == 200


# What is said ---------------------------------------------------------------------------


def test_a_line_of_the_log_is_one_line(readable: Running) -> None:
    readable.ask("GET", "/x%0a2026-01-01T00:00:00Z%20127.0.0.1%20GET%20/forged")
    assert eventually(lambda: any("/x%0a" in line for line in readable.log))
    assert not any("\n" in line for line in readable.log)


def test_a_host_that_is_no_host(readable: Running) -> None:
    reply = readable.ask("GET", "/sparql", headers={"Host": 'x"><script>'})
    assert "<script>" not in reply.text
    assert readable.ask("GET", "/sparql", headers={"Host": "x/y z"}).status in (200, 400)


def test_browsers_run_nothing_of_what_is_sent(readable: Running) -> None:
    for path in ("/sparql?query=ASK%7B", "/sparql", "/nothing"):
        headers = readable.ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_a_bug_is_logged_and_not_shown(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("kgtool.server.queries.run_query", broken)
    with running(store) as server:
        reply = server.query("ASK {}")
        assert (reply.status, SECRET in reply.text) == (500, False)
        assert any(SECRET in line for line in server.log)
