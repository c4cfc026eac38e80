"""The Reconciliation Service API: each answer is as its version's schema has it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.reconcile.conftest import DATA, EX
from tests.server.reconciling import VERSIONS, Client, check
from tests.server.serving import eventually, running, store_of

REPOSITORY = Path(__file__).parents[2]
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


# The manifest ---------------------------------------------------------------------------


def test_the_manifest_says_what_there_is(client):
    manifest = client.read("manifest", "")
    assert manifest["versions"] == ["0.1", "0.2"]
    types = {each["id"]: each["name"] for each in manifest["defaultTypes"]}
    assert types[EX + "City"] == "city"
    root = f"http://127.0.0.1:{client.server.port}"
    for service in (*manifest["suggest"].values(), manifest["extend"]["propose_properties"]):
        assert service["service_url"] == root
        parameters = "?prefix=x&type=x"
        assert client.server.ask("GET", service["service_path"] + parameters).status == 200
    for address in (manifest["view"]["url"], manifest["preview"]["url"]):
        path = address.removeprefix(root).replace("{{id}}", "http%3A%2F%2Fexample.org%2Fclark")
        assert client.server.ask("GET", path).status in (200, 303)


def test_the_draft_has_a_manifest_of_its_own(client):
    manifest = client.read("manifest", "/draft")
    assert manifest["versions"] == ["1.0-draft"]
    assert manifest["standardizedScore"] is True
    assert "{id}" in manifest["view"]["url"]
    assert client.read("manifest", "/draft/") == manifest


def test_any_page_may_ask(client):
    headers = {"Origin": "https://refine.example", "Access-Control-Request-Method": "POST"}
    reply = client.server.ask("OPTIONS", "/reconcile", None, headers)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    reply = client.server.ask("GET", "/reconcile", None, {"Origin": "https://refine.example"})
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


# Queries --------------------------------------------------------------------------------


def test_a_batch_by_get_and_by_post(client):
    queries = {"a": {"query": "gen mark clark"}, "b": {"query": "3d infantry division", "limit": 1}}
    found = client.batch(queries)
    assert found["a"][0]["id"] == EX + "clark"
    assert [(each["id"], each["match"]) for each in found["b"]] == [(EX + "third", True)]
    reply = client.get("", queries=json.dumps(queries))
    assert {key: each["result"] for key, each in json.loads(reply.text).items()} == found


def test_a_candidate_says_who_it_is_and_why(client):
    born = {"pid": EX + "bornIn", "v": {"id": EX + "sackets"}}
    best = client.candidates("Clark", type=EX + "Person", properties=[born])[0]
    assert best["type"] == [{"id": EX + "Person", "name": "Person"}]
    assert best["score"] == 100
    assert {each["id"]: each["value"] for each in best["features"]} == {
        "name": 100, "type": 100, EX + "bornIn": 100,
    }  # fmt: skip
    assert client.candidates("krakow")[0]["description"] == "A city."


def test_one_query_alone(client):
    for text in ("Anzio", json.dumps({"query": "Anzio"})):
        found = json.loads(client.get("", query=text).text)["result"]
        assert found[0]["id"] == EX + "anzio"


def test_a_script_calls_back(client):
    reply = client.get("", query="Anzio", callback="jQuery17_1.call")
    assert reply.headers["Content-Type"].startswith("text/javascript")
    found = re.fullmatch(r"/\*\*/jQuery17_1\.call\((.*)\);", reply.text, re.DOTALL)
    assert json.loads(found[1])["result"][0]["id"] == EX + "anzio"
    for path in ("", "/suggest/entity", "/extend/propose"):
        assert client.get(path, callback="f").text.startswith("/**/f({")


def test_names_with_prefixes_of_the_store_are_ids(client):
    (best, *_) = client.candidates("Florida", type="ex:City")
    assert best["id"] == EX + "florida"
    assert client.candidates("ex:clark")[0]["id"] == EX + "clark"
    assert client.candidates(EX + "clark")[0]["match"] is True


def test_names_are_told_in_the_language_of_the_reader(client):
    query = "/reconcile?query=krakow"
    names = [
        json.loads(client.server.ask("GET", query, None, {"Accept-Language": each}).text)
        ["result"][0]["name"]
        for each in ("de", "pl")
    ]  # fmt: skip
    assert names == ["Krakau", "Kraków"]


@pytest.mark.parametrize("value", [4, 4.0, "4", [9, 4], {"id": "x"}, True, None, "", []])
def test_values_of_any_kind_are_taken(client, value):
    found = client.candidates("Clark", properties=[{"pid": "ex:stars", "v": value}])
    assert found[0]["id"] == EX + "clark"


def test_an_empty_cell_has_no_candidates(client):
    assert client.candidates("") == []
    assert client.candidates(" ", properties=[{"pid": "ex:stars", "v": 4}]) == []


def test_properties_alone_say_who_is_meant(client):
    found = client.batch({"q": {"properties": [{"pid": "ex:stars", "v": 4}]}})["q"]
    assert [each["id"] for each in found] == [EX + "clark"]


def test_the_draft_has_conditions(client):
    name = {"matchType": "name", "propertyValue": "Mark"}
    born = {"matchType": "property", "propertyId": "ex:bornIn", "propertyValue": "Florida"}
    one, two, three, four = client.match(
        {"conditions": [name]},
        {"conditions": [name, {**born, "required": True}]},
        {"conditions": [name, {**born, "required": True, "matchQuantifier": "none"}]},
        {"conditions": [{"matchType": "id", "propertyValue": "ex:clark"}], "type": "ex:Person"},
    )
    assert {each["id"] for each in one} == {EX + "clark", EX + "twain"}
    assert [each["id"] for each in two] == [EX + "twain"]
    assert [each["id"] for each in three] == [EX + "clark"]
    assert [(each["id"], each["match"]) for each in four] == [(EX + "clark", True)]


# Suggestions, previews and more columns -------------------------------------------------


@pytest.mark.parametrize("draft", ["", "/draft"])
def test_suggestions_begin_as_typed(client, draft):
    entities = client.read("suggest-entities-response", f"{draft}/suggest/entity", prefix="flo")
    assert {each["name"] for each in entities["result"]} == {"Florida"}
    assert entities["result"][0]["notable"]
    types = client.read("suggest-types-response", f"{draft}/suggest/type", prefix="ci")
    assert types["result"] == [{"id": EX + "City", "name": "city"}]
    asked = {"prefix": "birth"}
    properties = client.read("suggest-properties-response", f"{draft}/suggest/property", **asked)
    assert properties["result"] == [{"id": EX + "bornIn", "name": "place of birth"}]


def test_suggestions_go_on_where_they_ended(client):
    def named(**more: int) -> list[str]:
        found = client.read("suggest-entities-response", "/suggest/entity", prefix="", **more)
        return [each["id"] for each in found["result"]]

    everything = named(limit=200)
    assert EX + "clark" in everything
    assert named(limit=3) == everything[:3]
    assert named(limit=3, cursor=3) == named(limit=3, offset=3) == everything[3:6]


def test_suggestions_know_ids_and_typing_errors(client):
    for prefix in (EX + "clark", "ex:clark", "Clrak"):
        found = client.read("suggest-entities-response", "/suggest/entity", prefix=prefix)
        assert found["result"][0]["id"] == EX + "clark"


@pytest.mark.parametrize("draft", ["", "/draft"])
def test_properties_are_proposed_for_a_type(client, draft):
    kind = "data-extension-property-proposal"
    found = client.read(kind, f"{draft}/extend/propose", type="ex:Person", limit=6)
    assert found["type"] == "ex:Person"
    assert {EX + "bornIn", EX + "stars", EX + "born"} <= {e["id"] for e in found["properties"]}
    assert EX + "part" not in {each["id"] for each in found["properties"]}
    assert len(client.read(kind, f"{draft}/extend/propose", limit=2)["properties"]) == 2


EXTEND = {
    "ids": [EX + "clark", "ex:krakow", EX + "nobody"],
    "properties": [
        {"id": EX + "bornIn"}, {"id": "ex:born"}, {"id": "ex:stars"},
        {"id": RDFS + "label", "settings": {"limit": "1"}}, {"id": "ex:none"},
    ],
}  # fmt: skip


def test_more_columns(client):
    reply = client.post(extend=json.dumps(EXTEND))
    document = json.loads(reply.text)
    for version in VERSIONS[:2]:
        check(document, "data-extension-response", version)
    assert document["meta"][0] == {"id": EX + "bornIn", "name": "place of birth"}
    row = document["rows"][EX + "clark"]
    assert row[EX + "bornIn"] == [{"id": EX + "sackets", "name": "Sackets Harbor"}]
    assert row["ex:born"] == [{"date": "1896-05-01T00:00:00"}]
    assert row["ex:stars"] == [{"int": 4}]
    assert row["ex:none"] == []
    assert len(document["rows"]["ex:krakow"][RDFS + "label"]) == 1
    assert document["rows"][EX + "nobody"][EX + "bornIn"] == []
    assert json.loads(client.get("", extend=json.dumps(EXTEND)).text) == document


def test_more_columns_in_the_draft(client):
    document = json.loads(client.draft("extend", EXTEND).text)
    check(document, "data-extension-response", "1.0-draft")
    row = next(each for each in document["rows"] if each["id"] == EX + "clark")
    values = {each["id"]: each["values"] for each in row["properties"]}
    assert values[RDFS + "label"] == [{"str": "Clark", "lang": "en"}]


VALUES = [
    ("1.5", "{'float': 1.5}"), ('"INF"^^xsd:double', "{'str': 'INF'}"),
    ("123456789012345678901234567890", "{'str': '123456789012345678901234567890'}"),
    ('"x"^^xsd:integer', "{'str': 'x'}"), ("true", "{'str': 'true'}"),
    ('"2026-01-02T03:04:05Z"^^xsd:dateTime', "{'date': '2026-01-02T03:04:05Z'}"),
    ('"2026-02-30"^^xsd:date', "{'date': '2026-02-30T00:00:00'}"),
    ('"-0044-03-15"^^xsd:date', "{'date': '-0044-03-15T00:00:00'}"),
    ('"1944-06-04Z"^^xsd:date', "{'str': '1944-06-04Z'}"),
    ('"1944"^^xsd:gYear', "{'str': '1944'}"), ("<urn:x>", "{'id': 'urn:x', 'name': 'x'}"),
]  # fmt: skip


def test_values_of_each_datatype(tmp_path):
    prefix = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    triples = "".join(f"<urn:s> <urn:p{n}> {text} .\n" for n, (text, _) in enumerate(VALUES))
    with running(store_of(tmp_path / "store.duckdb", prefix + triples)) as server:
        asked = {"ids": ["urn:s"], "properties": [{"id": f"urn:p{n}"} for n in range(len(VALUES))]}
        document = json.loads(Client(server).post(extend=json.dumps(asked)).text)
        check(document, "data-extension-response", "0.2")
        row = document["rows"]["urn:s"]
        assert [str(*row[f"urn:p{n}"]) for n in range(len(VALUES))] == [each for _, each in VALUES]


@pytest.mark.parametrize("path", ["/preview", "/draft/preview"])
def test_a_preview_is_a_page_that_may_be_framed(client, path):
    reply = client.get(path, id=EX + "clark")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
    assert "Clark" in reply.text
    assert "Sackets Harbor" in reply.text
    assert client.get(path, id=EX + "nobody").status == 404


# Versions of the store ------------------------------------------------------------------


def test_a_new_build_has_new_names(tmp_path):
    path = store_of(tmp_path / "store.duckdb", DATA)
    with running(path) as server:
        client = Client(server)
        assert client.candidates("Bologna") == []
        store_of(path, DATA + f'<{EX}bologna> rdfs:label "Bologna" .')
        assert eventually(lambda: bool(client.candidates("Bologna")))


def test_an_index_is_kept_for_the_next_server(tmp_path):
    path = store_of(tmp_path / "store.duckdb", DATA)
    made = []
    for _ in range(2):
        with running(path) as server:
            assert Client(server).candidates("Clark")
        made.append(path.with_name("store.duckdb.names").stat().st_mtime_ns)
    assert made[0] == made[1]


def test_where_nothing_can_be_kept_the_index_is_a_temporary_one(tmp_path, monkeypatch):
    path = store_of(tmp_path / "store.duckdb", DATA)
    monkeypatch.setattr("kgtool.server.reconcile.indexes.os.access", lambda *_: False)
    with running(path) as server:
        assert Client(server).candidates("Clark")
    assert not path.with_name("store.duckdb.names").exists()
