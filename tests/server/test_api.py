"""Stored queries over HTTP: parameters, formats, pages, errors."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib

from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.project.arguments import TYPES
from kgtool.project.build import ensure_built
from kgtool.project.folder import Project
from kgtool.results import SelectResult, read_result
from tests.federation.simulated import endpoints
from tests.server.markup import Markup
from tests.server.serving import Reply, Running, eventually, running
from tests.server.stored import PEOPLE, VALUES, stored_project, write_query

SPARQL_JSON = "application/sparql-results+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return stored_project(tmp_path_factory.mktemp("api") / "kg")


@pytest.fixture(scope="module")
def api(project: Project) -> Iterator[Running]:
    with running(project.store_path, project=project) as server:
        yield server


def get(api: Running, name: str, accept: str | None = None, **parameters: object) -> Reply:
    return ask(api, name, {"Accept": accept} if accept else {}, **parameters)


def ask(api: Running, name: str, headers: dict[str, str], **parameters: object) -> Reply:
    given = {key.replace("__", "-"): value for key, value in parameters.items()}
    path = f"/api/{name}" + (f"?{urlencode(given)}" if given else "")
    return api.ask("GET", path, None, headers)


def links(reply: Reply) -> dict[str, str]:
    found = re.findall(r'<http://[^/]*(/[^>]*)>; rel="(\w+)"', reply.headers["link"] or "")
    return {relation: url for url, relation in found}


# Formats --------------------------------------------------------------------------------


def test_plain_json_has_the_values_of_json(api: Running) -> None:
    reply = get(api, "types")
    assert reply.headers["content-type"] == "application/json"
    (row,) = json.loads(reply.body)
    assert row == {
        "iri": "http://e/p01", "string": "a <b> & c", "langString": "Rom", "integer": -7,
        "decimal": 1.5, "double": 1500.0, "boolean": True, "date": "1944-06-04",
        "dateTime": "1944-06-04T19:15:00Z", "gYear": "1944", "gYearMonth": "1944-06",
    }  # fmt: skip


def test_what_is_unbound_is_null_and_all_rows_have_all_keys(api: Running) -> None:
    rows = json.loads(get(api, "people").body)
    assert len(rows) == PEOPLE
    assert {tuple(row) for row in rows} == {("person", "age", "nick")}
    assert sum(row["nick"] is None for row in rows) == 15


def test_formats_by_accept(api: Running) -> None:
    plain = json.loads(get(api, "people").body)
    table = list(csv.DictReader(io.StringIO(get(api, "people", "text/csv").text)))
    assert {row["person"] for row in table} == {row["person"] for row in plain}
    for media_type in (SPARQL_JSON, "application/sparql-results+xml", "text/tab-separated-values"):
        reply = get(api, "people", media_type)
        assert reply.headers["content-type"].partition(";")[0] == media_type
        result = read_result(reply.text, media_type)
        assert isinstance(result, SelectResult)
        assert len(result.to_list()) == PEOPLE


@pytest.mark.parametrize(
    ("name", "extension", "media_type"),
    [
        ("people", "json", "application/json"),
        ("people", "srj", SPARQL_JSON),
        ("people", "csv", "text/csv"),
        ("people", "html", "text/html"),
        ("cards", "ttl", "text/turtle"),
        ("cards", "json", "application/json"),
        ("cards", "csv", "text/csv"),
        ("is-older", "srx", "application/sparql-results+xml"),
    ],
)
def test_formats_by_url_come_before_accept(
    api: Running, name: str, extension: str, media_type: str
) -> None:
    reply = get(api, name, "application/x-none", format=extension)
    assert reply.headers["content-type"].partition(";")[0] == media_type


def test_an_answer_of_yes_or_no(api: Running) -> None:
    assert json.loads(get(api, "is-older").body) is False
    assert json.loads(get(api, "is-older", than=1).body) is True
    assert json.loads(get(api, "is-older", SPARQL_JSON).body) == {"head": {}, "boolean": False}
    assert page_of(get(api, "is-older", BROWSER)).texts("p", class_="yes") == ["No"]
    assert page_of(get(api, "is-older", BROWSER, than=1)).texts("p", class_="yes") == ["Yes"]


def test_graphs(api: Running) -> None:
    turtle = get(api, "about")
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert len(rdflib.Graph().parse(data=turtle.text, format="turtle")) == 2
    assert json.loads(get(api, "about", "application/json").body)[0]["@id"] == "http://e/p01"
    assert len(rdflib.Graph().parse(data=get(api, "cards").text, format="turtle")) == 2 * PEOPLE


def page_of(reply: Reply) -> Markup:
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return Markup(reply.text)


def cells(page: Markup) -> list[str]:
    return page.texts("td")


def test_a_browser_gets_a_table_of_which_nothing_is_markup(api: Running) -> None:
    reply = get(api, "types", BROWSER, a_string='<script>"&', a_iri="http://e/a'b&c")
    page = page_of(reply)
    assert '<script>"&' in cells(page)
    assert any("http://e/a'b&c" in cell for cell in cells(page))
    assert not page.find("script")
    assert page_of(get(api, "people", BROWSER)).texts("p", class_="lead") == [
        'Those of <whom> an age is "known".'
    ]


def test_a_page_of_html_is_a_page(api: Running) -> None:
    first = page_of(get(api, "people", BROWSER, page__size=30))
    assert len(cells(first)) == 3 * 30
    url = first.find("a", rel="next")[0].attributes["href"]
    second = page_of(api.ask("GET", url.partition(str(api.port))[2], None, {"Accept": BROWSER}))
    assert len(cells(second)) == 3 * 15
    assert not second.find("a", rel="next")
    assert second.find("a", rel="prev")
    assert 'rel="first"' in get(api, "people", BROWSER).headers["link"]


def test_pages_of_the_api_look_as_all_others_do(api: Running) -> None:
    reply = get(api, "people", BROWSER, atleast=24)
    other = api.ask("GET", "/query/people", None, {"Accept": BROWSER})
    policy = "content-security-policy"
    assert reply.headers[policy] == other.headers[policy]
    page = page_of(reply)
    assert [e.attributes["href"] for e in page.find("link")] == [
        e.attributes["href"] for e in Markup(other.text).find("link")
    ]
    # Values are read as on other pages, and lead to what is known of them.
    assert "1 June 1944" in cells(page_of(get(api, "types", BROWSER, a_date="1944-06-01")))
    address = next(td for td in page.find("td") if td.children).children[0].attributes["href"]
    assert api.ask("GET", address, None, {"Accept": BROWSER}).status == 200


def test_a_page_of_the_api_leads_to_other_forms_of_its_answer(api: Running) -> None:
    page = page_of(get(api, "people", BROWSER, atleast=24, page__size=2))
    table = api.ask("GET", page.link("csv").partition(str(api.port))[2])
    assert len(table.text.splitlines()) == 1 + 9
    form = Markup(
        api.ask("GET", page.link("Ask it with other values"), None, {"Accept": BROWSER}).text
    )
    assert form.find("input", name="atleast")[0].attributes["value"] == "24"
    back = form.link("/api/people?atleast=24")
    assert len(json.loads(api.ask("GET", back).body)) == 9


def test_browsers_see_a_list_of_queries(api: Running) -> None:
    page = page_of(api.ask("GET", "/api", None, {"Accept": BROWSER}))
    assert page.link("People of an age, in no order") == "/query/people"
    assert page.link("/api/people") == "/api/people"
    assert "/api/needs?who=…&day=…&name=…" in page.texts("code")
    assert json.loads(api.ask("GET", page.link("JSON")).body)["openapi"] == "3.1.1"
    assert Markup(api.ask("GET", "/", None, {"Accept": BROWSER}).text).link(
        "API of the stored queries"
    )


# Parameters -----------------------------------------------------------------------------


@pytest.mark.parametrize("type_", TYPES)
def test_parameters_have_types(api: Running, type_: str) -> None:
    good = get(api, "types", SPARQL_JSON, **{f"a_{type_}": VALUES[type_]})
    assert good.status == 200
    assert type_ in json.loads(good.body)["results"]["bindings"][0]
    if type_ != "string":
        bad = get(api, "types", **{f"a_{type_}": "no such value"})
        assert bad.status == 400
        assert f"a_{type_}" in json.loads(bad.body)["detail"]
        assert json.loads(bad.body)["expected"]


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("needs", "who=urn:a&day=1944-06-04", "'name'"),
        ("needs", "who=a%20b&day=1944-06-04&name=", "not an IRI"),
        ("needs", "who=http://e/%25zz&day=1944-06-04&name=", "not an IRI"),
        ("needs", "who=urn:a&day=1944-02-30&name=", "not of type date"),
        ("people", "atlest=3", "no parameter 'atlest'"),
        ("people", "atleast=3&atleast=4", "2 times"),
        ("people", "atleast=", "not of type integer"),
        ("people", "atleast=%D9%A3", "not of type integer"),
        ("people", "atleast=%FF", "not UTF-8"),
        ("people", "page=0", "from 1"),
        ("people", "page=1.0", "whole number"),
        ("people", "page=%C2%B2", "whole number"),
        ("people", "page=99999999999999999999999", "whole number"),
        ("people", "page-size=10001", "10,000"),
        ("people", "format=exe", "one of json, srj"),
        ("is-older", "page=1", "no parameter 'page'"),
        ("cards", "format=srj", "one of ttl"),
    ],
)
def test_what_is_wrong_is_told(api: Running, name: str, query: str, said: str) -> None:
    reply = api.ask("GET", f"/api/{name}?{query}")
    assert reply.status == 400
    assert said in json.loads(reply.body)["detail"] + str(json.loads(reply.body).get("expected"))


def test_a_value_is_a_term_and_never_text_of_the_query(api: Running) -> None:
    evil = "\" } SELECT * { ?s ?p ?o } #\n\x00'"
    given = urlencode({"who": "urn:a", "day": "1944-06-04", "name": evil})
    (row,) = json.loads(api.ask("GET", f"/api/needs?{given}").body)
    assert row == {"a": "urn:a", "b": "1944-06-04", "c": evil}


def test_parameters_of_a_query_come_before_those_of_the_api(api: Running) -> None:
    whole = get(api, "clash", page=7, format="csv")
    assert "link" not in whole.headers
    assert json.loads(whole.body)[0] == {"person": "http://e/p00", "p": 7, "f": "csv"}
    assert len(json.loads(whole.body)) == PEOPLE
    parameters = {"page": 7, "kgtool-page": 2, "page-size": 40, "kgtool-format": "csv"}
    part = get(api, "clash", None, **parameters)
    assert part.headers["content-type"].startswith("text/csv")
    assert part.text.count("\r\n") == 6
    assert "page=7&kgtool-page=1" in links(part)["prev"]


# Pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["people", "sub/oldest"])
@pytest.mark.parametrize("size", [1, 7, 9, 44, 45, 46])
def test_following_next_gives_every_row_once(api: Running, name: str, size: int) -> None:
    whole = json.loads(get(api, name, page=1, page__size=100).body)
    url, rows, numbers = f"/api/{name}?page-size={size}", [], 0
    while url:
        reply = api.ask("GET", url)
        rows += json.loads(reply.body)
        numbers += 1
        url = links(reply).get("next", "")
    assert rows == whole
    assert numbers == -(-len(whole) // size)


def test_links_at_the_ends(api: Running) -> None:
    assert "link" not in get(api, "people").headers
    first = links(get(api, "people", page=1, page__size=15, atleast=1))
    assert first == {
        "first": "/api/people?page=1&page-size=15&atleast=1",
        "next": "/api/people?page=2&page-size=15&atleast=1",
    }
    middle = links(get(api, "people", page=2, page__size=15))
    assert [*middle] == ["first", "prev", "next"]
    last = links(get(api, "people", page=3, page__size=15))
    assert [*last] == ["first", "prev"]
    beyond = get(api, "people", page=9)
    assert (json.loads(beyond.body), [*links(beyond)]) == ([], ["first", "prev"])


def test_pages_of_triples(api: Running) -> None:
    url, lines = "/api/cards?format=nt&page-size=40", []
    while url:
        reply = api.ask("GET", url)
        lines += reply.text.splitlines()
        url = links(reply).get("next", "")
    assert len(lines) == len(set(lines)) == 2 * PEOPLE
    graph = rdflib.Graph().parse(data="\n".join(lines), format="nt")
    cards = graph.query("ASK { ?p <http://e/card> ?c FILTER NOT EXISTS { ?c <http://e/shows> ?a }}")
    assert not cards.askAnswer


# HTTP -----------------------------------------------------------------------------------


def test_an_answer_that_has_not_changed_is_not_sent(api: Running) -> None:
    tag = get(api, "people").headers["etag"]
    assert ask(api, "people", {"If-None-Match": tag}).status == 304
    for others in ({"page": 1}, {"atleast": 1}, {"format": "csv"}):
        assert ask(api, "people", {"If-None-Match": tag}, **others).status == 200
    assert "etag" not in get(api, "today").headers


def test_methods(api: Running) -> None:
    get_, head = api.ask("GET", "/api/people?page=1"), api.ask("HEAD", "/api/people?page=1")
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag", "link"):
        assert head.headers[name] == get_.headers[name]
    assert api.ask("OPTIONS", "/api/people").headers["allow"] == "GET, HEAD, OPTIONS"
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        reply = api.ask(method, "/api/people")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_other_hosts_gzip_and_log(api: Running) -> None:
    headers = {"Origin": "https://page.example", "Accept-Encoding": "gzip"}
    reply = ask(api, "people", headers)
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "Link" in reply.headers["access-control-expose-headers"]
    assert gzip.decompress(reply.body) == get(api, "people").body
    described = api.ask("GET", "/api/openapi.json", None, headers)
    assert gzip.decompress(described.body) == get(api, "openapi.json").body
    assert eventually(lambda: any(" GET /api/people 200 " in line for line in api.log))


@pytest.mark.parametrize(
    "name",
    ["none", "people.rq", "people/", "/people", "..%2Fpeople", ".people", "sub", "x" * 300,
     "a%00b", "%FF", "expected/people"],
)  # fmt: skip
def test_there_is_no_such_query(api: Running, name: str) -> None:
    reply = api.ask("GET", f"/api/{name}")
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")


def test_problems_are_json_for_programs_and_text_for_people(api: Running) -> None:
    reply = api.ask("GET", "/api/peopel")
    assert json.loads(reply.body) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no stored query 'peopel'",
        "hint": "Did you mean 'people'?",
    }
    for accept, is_json in (("text/plain", False), (BROWSER, False), ("application/json", True)):
        for path in ("/api/peopel", "/sparql?query=x"):
            reply = api.ask("GET", path, None, {"Accept": accept})
            assert (reply.headers["content-type"] == "application/problem+json") is is_json
    mistake = json.loads(api.query("ASK {\n x", {"Accept": "application/json"}).body)
    assert (mistake["status"], mistake["line"]) == (400, 2)
    page = page_of(api.ask("GET", "/api/peopel", None, {"Accept": BROWSER}))
    assert "Did you mean 'people'?" in page.texts("pre")[0]
    assert get(api, "people", "image/png").status == 406


def test_limits(project: Project) -> None:
    with running(project.store_path, project=project, max_rows=20) as api:
        assert get(api, "people").status == 500
        assert len(json.loads(get(api, "people", page=1).body)) == 20
        assert get(api, "people", page__size=21).status == 400
        few = ask(api, "people", {"Kgtool-Max-Rows": "5"}, page__size=6)
        assert few.status == 400
        slow = ask(api, "people", {"Kgtool-Timeout": "none"})
        assert slow.status == 400


def test_a_store_without_a_project_has_no_queries(readable: Running) -> None:
    for path in ("/api", "/api/people", "/api/openapi.json"):
        reply = readable.ask("GET", path)
        assert reply.status == 404
        assert "without a project" in json.loads(reply.body)["detail"]
        assert readable.ask("GET", path, None, {"Accept": BROWSER}).status == 404


# Queries that change --------------------------------------------------------------------


def test_the_index(api: Running) -> None:
    reply = api.ask("GET", "/api")
    index = json.loads(reply.body)
    people = next(each for each in index["queries"] if each["name"] == "people")
    assert people["summary"] == "People of an age, in no order"
    assert people["parameters"][0]["required"] is False
    assert api.ask("GET", people["url"]).status == 200
    assert index == json.loads(api.ask("GET", "/api/").body)
    tag = reply.headers["etag"]
    assert api.ask("GET", "/api", headers={"If-None-Match": tag}).status == 304
    assert api.ask("GET", "/api", headers={"Accept": "image/png"}).status == 406


def test_a_query_is_what_its_file_says_now(tmp_path: Path) -> None:
    project = stored_project(tmp_path / "kg")
    one = "#+ summary: One\nSELECT (1 AS ?x) {}"
    with running(project.store_path, project=project) as api:
        assert get(api, "new").status == 404
        write_query(project, "new", one)
        first = get(api, "new")
        assert json.loads(first.body) == [{"x": 1}]
        write_query(project, "new", one.replace("1", "2"))
        second = ask(api, "new", {"If-None-Match": first.headers["etag"]})
        assert json.loads(second.body) == [{"x": 2}]
        write_query(project, "new", "#+ summary: One\nSELECT ((1 AS ?x) {}")
        broken = get(api, "new")
        assert broken.status == 500
        assert "queries/new.rq:2:" in json.loads(broken.body)["detail"]
        names = [each["name"] for each in json.loads(api.ask("GET", "/api").body)["queries"]]
        assert "new" not in names
        assert "people" in names
        assert any("queries/new.rq:2:" in line for line in api.log)
        (project.queries / "new.rq").unlink()
        assert get(api, "new").status == 404


def test_a_build_is_seen(tmp_path: Path) -> None:
    project = stored_project(tmp_path / "kg")
    with running(project.store_path, project=project) as api:
        first = get(api, "people", page=2, page__size=40)
        facts = project.root / "triples" / "more.ttl"
        facts.write_text("<http://e/new> <http://e/age> 99 .\n")
        ensure_built(project)
        second = ask(api, "people", {"If-None-Match": first.headers["etag"]}, page=2, page__size=40)
        assert len(json.loads(second.body)) == len(json.loads(first.body)) + 1


def test_a_query_that_asks_an_endpoint(tmp_path: Path) -> None:
    project = stored_project(tmp_path / "kg")
    write_query(
        project,
        "nicks",
        """
#+ summary: What another knows
#+ parameters:
#+   - {name: who, type: iri, default: <http://e/p01>}
SELECT ?n { SERVICE <here> { $who <http://e/says> ?n } }
""",
    )
    texts = " ".join(f"<http://e/p01> <http://e/says> {n} ." for n in range(10))
    with endpoints(f"{texts} <http://e/p02> <http://e/says> 77 .") as (known,):
        allowed = Endpoints({"here": Endpoint(known.url, "here", private=True)}, only_known=True)
        with running(project.store_path, project=project, endpoints=allowed) as api:
            other = get(api, "nicks", who="http://e/p02")
            assert (json.loads(other.body), "etag" in other.headers) == ([{"n": 77}], False)
            pages = [json.loads(get(api, "nicks", page=n, page__size=4).body) for n in (1, 2, 3)]
            assert [len(page) for page in pages] == [4, 4, 2]
            assert {row["n"] for page in pages for row in page} == {*range(10)}
            known.answer = lambda handler, query: handler.send_error(500) is None
            failed = get(api, "nicks")
            assert (failed.status, json.loads(failed.body)["title"]) == (502, "Bad Gateway")


def test_the_service_description_tells_of_the_api(api: Running) -> None:
    turtle = api.ask("GET", "/sparql", None, {"Accept": "text/turtle"}).text
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    (found,) = graph.objects(None, rdflib.RDFS.seeAlso)
    assert str(found).endswith("/api")
    assert api.ask("GET", str(found)[str(found).rindex("/") :]).status == 200


def test_names_that_a_url_has_to_escape(tmp_path: Path) -> None:
    project = stored_project(tmp_path / "kg")
    name = "sub/wer & was? {ö}"
    write_query(project, name, "#+ summary: One\nSELECT (1 AS ?x) {}")
    with running(project.store_path, project=project) as api:
        assert json.loads(get(api, quote(name)).body) == [{"x": 1}]
        assert quote(name) in links(get(api, quote(name), page=1))["first"]
        assert f"/{quote(name)}" in json.loads(get(api, "openapi.json").body)["paths"]
