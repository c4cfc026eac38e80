"""Attempts to break into the reconciliation service, to hold it up, or to make it fail."""

from __future__ import annotations

import json
import threading
from urllib.parse import quote

import pytest

from kgtool.reconcile.names import Names
from kgtool.server.reconcile.reading import MOST_BYTES, MOST_CANDIDATES, MOST_QUERIES
from tests.reconcile.conftest import DATA, EX
from tests.server.reconciling import Client
from tests.server.serving import running, store_of

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _nothing_fails(client: Client):
    """No request may end in an error of ours."""
    yield
    assert not any("Traceback" in line or " 500 " in line for line in client.server.log)


CALLBACKS = [
    "", "alert(1)//", "a;b", "a b", "1a", "a..b", "a.", ".a", "a[0]", "<script>", "a\n", "ä",
    "a" * 200, "a.b.c.d.e", "\u2028", "a%00",
]  # fmt: skip


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_is_a_name_and_nothing_else(client, name):
    for path in ("", "/suggest/entity"):
        reply = client.server.ask("GET", f"/reconcile{path}?callback={quote(name)}")
        assert reply.status == 400
        assert "javascript" not in reply.headers["Content-Type"]


def test_a_script_stays_in_its_quotes(tmp_path):
    evil = f'</script>{SCRIPT}\u2028"); alert(1); ("'
    text = f"<{EX}x> <http://www.w3.org/2000/01/rdf-schema#label> {json.dumps(evil)} ."
    with running(store_of(tmp_path / "store.duckdb", text)) as server:
        reply = Client(server).get("", query=evil, callback="f")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "\u2028" not in reply.text
        found = json.loads(reply.text.removeprefix("/**/f(").removesuffix(");"))
        assert found["result"][0]["name"] == evil
        page = Client(server).get("/preview", id=f"{EX}x")
        assert SCRIPT not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy


WRONG = [
    "", "[]", "3", "null", "{", '"x"', "{'a': 1}", '{"q": null}', '{"q": []}', '{"q": {}}',
    '{"q": {"query": 3}}', '{"q": {"query": null}}', '{"q": {"query": "x", "type": 3}}',
    '{"q": {"query": "x", "type": [[]]}}', '{"q": {"query": "x", "limit": -1}}',
    '{"q": {"query": "x", "limit": "many"}}', '{"q": {"query": "x", "limit": 1e999}}',
    '{"q": {"query": "x", "limit": NaN}}', '{"q": {"query": "x", "limit": []}}',
    '{"q": {"query": "x", "type_strict": "maybe"}}', '{"q": {"query": "x", "type_strict": []}}',
    '{"q": {"query": "x", "properties": {}}}', '{"q": {"query": "x", "properties": [3]}}',
    '{"q": {"query": "x", "properties": [{"v": 1}]}}',
    '{"q": {"query": "x", "properties": [{"pid": 1, "v": 1}]}}',
    '{"q": {"query": "x", "properties": [{"pid": "p", "v": {"name": 1}}]}}',
    '{"q": {"query": "x", "properties": [{"pid": "p", "v": [[1]]}]}}',
    '{"q": {"query": "x", "more": 1}}', '{"q": {"query": "\\ud800"}}',
    '{"\\udfff": {"query": "x"}}', "[" * 100_000, '{"q": ' * 5_000,
    '{"q": {"query": "x", "limit": ' + "9" * 5_000 + "}}",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_batch_that_is_wrong_is_refused(client, text):
    assert client.post(queries=text).status == 400


DRAFT_WRONG = [
    "", "{}", "[]", '{"queries": {}}', '{"queries": [3]}', '{"queries": [{}]}',
    '{"queries": [{"conditions": []}]}', '{"queries": [{"conditions": [3]}]}',
    '{"queries": [{"conditions": [{"matchType": "x", "propertyValue": "y"}]}]}',
    '{"queries": [{"conditions": [{"matchType": [], "propertyValue": "y"}]}]}',
    '{"queries": [{"conditions": [{"matchType": "property", "propertyValue": "y"}]}]}',
    '{"queries": [{"conditions": [{"matchType": "name", "propertyValue": "y"}], "type": []}]}',
    '{"queries": [{"conditions": [{"matchType": "name", "propertyValue": "y"}], "type": [1]}]}',
    '{"queries": [{"conditions": [{"matchType": "property", "propertyId": "p", '
    '"propertyValue": "y", "matchQuantifier": []}]}]}',
]  # fmt: skip


@pytest.mark.parametrize("text", DRAFT_WRONG, ids=range(len(DRAFT_WRONG)))
def test_a_batch_of_the_draft_that_is_wrong_is_refused(client, text):
    expected = 200 if text == DRAFT_WRONG[11] else 400  # no type at all
    assert client.draft("match", text).status == expected


EXTEND_WRONG = [
    "", "{}", '{"ids": [], "properties": {}}', '{"ids": [1], "properties": []}',
    '{"ids": "x", "properties": []}', '{"ids": [], "properties": ["x"]}',
    '{"ids": [], "properties": [{"id": 1}]}',
    '{"ids": [], "properties": [{"id": "x", "settings": 3}]}',
    '{"ids": [], "properties": [{"id": "x", "settings": {"limit": "y"}}]}',
]  # fmt: skip


@pytest.mark.parametrize("text", EXTEND_WRONG, ids=range(len(EXTEND_WRONG)))
def test_an_extension_that_is_wrong_is_refused(client, text):
    assert client.post(extend=text).status == 400
    assert client.draft("extend", text).status == 400


NAMES = [
    "'; DROP TABLE names.names; --", "$normals", "{0}", "%s", "\\", "\0", "\u202e", "\ufffd",
    "<>", "x" * 100_000, "a " * 20_000, "^a$", "../../etc/passwd", "file:///etc/passwd",
    "ex:", ":", "ex:<x>", "http://", "_:b", "\U0010ffff", "e" + "\u0301" * 1000,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_text_is_a_name_and_nothing_else(client, name):
    condition = {"pid": name, "v": [name, {"id": name}]}
    query = {"query": name, "type": name, "properties": [condition]}
    found = client.batch({name: query, "": {"query": name}, "x": {"properties": [condition]}})
    assert found[name] == []
    if len(name) < 1_000:
        for kind in ("entity", "type", "property"):
            assert client.get(f"/suggest/{kind}", prefix=name).status == 200
        assert client.get("/extend/propose", type=name).status == 200
        assert client.get("/preview", id=name).status == 404
    asked = json.dumps({"ids": [name], "properties": [{"id": name}]})
    assert client.post(extend=asked).status == 200
    assert client.candidates("Clark")[0]["match"] is True


def test_a_batch_has_so_many_queries_and_no_more(client):
    batch = {f"q{n}": {"query": "Clark"} for n in range(MOST_QUERIES + 1)}
    assert client.post(queries=json.dumps(batch)).status == 413
    assert client.draft("match", {"queries": [{}] * (MOST_QUERIES + 1)}).status == 413
    del batch["q0"]
    assert len(client.batch(batch)) == MOST_QUERIES


def test_parts_of_a_query_are_bounded(client):
    many = [{"pid": "ex:stars", "v": 1}] * 21
    values = [{"pid": "ex:stars", "v": list(range(51))}]
    types = ["ex:City"] * 21
    for more in ({"properties": many}, {"properties": values}, {"type": types}):
        assert client.post(queries=json.dumps({"q": {"query": "x", **more}})).status == 413
    ids = json.dumps({"ids": ["x"] * 501, "properties": []})
    properties = json.dumps({"ids": [], "properties": [{"id": "x"}] * 51})
    assert client.post(extend=ids).status == client.post(extend=properties).status == 413
    assert len(client.candidates("Florida", limit=10**9)) <= MOST_CANDIDATES


def test_a_body_is_bounded(client):
    assert client.post(queries="x" * (MOST_BYTES + 1)).status == 413
    assert client.draft("match", "x" * (MOST_BYTES + 1)).status == 413
    assert client.get("", query="x" * 40_000).status == 414


REQUESTS = [
    ("GET", "?queries={}&query=x", {}, 400),
    ("GET", "?queries={}&queries={}", {}, 400),
    ("GET", "/suggest/else?prefix=x", {}, 404),
    ("GET", "/suggest/entity?limit=-1", {}, 400),
    ("GET", "/suggest/entity?limit=%C2%B2", {}, 400),
    ("GET", "/suggest/entity?cursor=1e3", {}, 400),
    ("GET", "/suggest/entity?prefix=%ff", {}, 400),
    ("GET", "/preview", {}, 400),
    ("GET", "/draft/match", {}, 405),
    ("POST", "/draft", {}, 405),
    ("POST", "/suggest/entity", {}, 405),
    ("DELETE", "", {}, 405),
    ("POST", "", {"Content-Type": "application/json"}, 415),
    ("POST", "/draft/match", {"Content-Type": "text/plain"}, 415),
    ("GET", "/nothing", {}, 404),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS)
def test_what_is_no_request_is_refused(client, method, path, headers, status):
    assert client.server.ask(method, f"/reconcile{path}", None, headers).status == status


def test_a_host_is_not_written_into_the_manifest_unread(client):
    reply = client.server.ask("GET", "/reconcile", None, {"Host": '"><script>'})
    assert "script" not in reply.text


def test_a_batch_ends_when_its_time_is_up(tmp_path, monkeypatch):
    slow = (
        "SELECT 0, count(*), '' FROM range(1000000000) a, range(1000000000) b "
        "WHERE len($normals) + len($types) > 0"
    )
    monkeypatch.setattr("kgtool.reconcile.candidates._BATCH", slow)
    with running(store_of(tmp_path / "store.duckdb", DATA), timeout=1) as server:
        client = Client(server)
        reply = client.post(queries='{"q": {"query": "Clark"}}')
        assert reply.status == 500
        assert "1 seconds" in reply.text
        assert client.get("/suggest/type", prefix="ci").status == 200


def test_who_comes_before_the_index_is_made_is_told_to_come_back(tmp_path, monkeypatch):
    may_go_on = threading.Event()
    opened = Names.open

    def waiting(*given):
        may_go_on.wait(20)
        return opened(*given)

    monkeypatch.setattr(Names, "open", waiting)
    with running(store_of(tmp_path / "store.duckdb", DATA), timeout=0.5) as server:
        client = Client(server)
        reply = client.get("", query="Clark")
        assert reply.status == 503
        assert reply.headers["Retry-After"]
        # Who asks something else does not wait for it.
        assert server.query("ASK {}").status == 200
        may_go_on.set()
        while (reply := client.get("", query="Clark")).status == 503:
            pass
        assert json.loads(reply.text)["result"][0]["match"]


def test_an_index_that_cannot_be_made_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("kgtool.reconcile.index._TABLES", "CREATE TABLE names.x AS FROM nothing")
    with running(store_of(tmp_path / "store.duckdb", DATA)) as server:
        reply = Client(server).get("", query="Clark")
        assert reply.status == 500
        assert "indexed" in reply.text
        assert server.query("ASK {}").status == 200


def test_a_server_that_ends_waits_for_no_index(tmp_path, monkeypatch):
    endless = (
        "CREATE TABLE names.x AS SELECT count(*) FROM range(1000000000) a, range(1000000000) b"
    )
    monkeypatch.setattr("kgtool.reconcile.index._TABLES", endless)
    path = store_of(tmp_path / "store.duckdb", DATA)
    with running(path, timeout=0.5) as server:
        assert Client(server).get("", query="Clark").status == 503
    # Else this would not be reached, and the folder of what was being made still be there.
    assert {each.name for each in tmp_path.iterdir()} == {"store.duckdb", "store.ttl"}
