"""Each IRI leads to a page or to data, and the page shows what the graph says."""

from __future__ import annotations

import gzip
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import rdflib

from kgtool.project.build import ensure_built
from kgtool.server.pages.asking import Asking, Triple
from tests.server.markup import Markup
from tests.server.serving import Running, running, store_of
from tests.server.site import BASE, PAGE, make_site

ROME = f"{BASE}id/rome"


def page_of(server: Running, path: str, language: str = "en", status: int = 200) -> Markup:
    reply = server.ask("GET", path, headers={**PAGE, "Accept-Language": language})
    assert reply.status == status, reply.text
    return Markup(reply.text)


# Dereferencing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (PAGE["Accept"], "/page/id/rome"), ("text/html", "/page/id/rome"),
        ("text/turtle", "/data/id/rome"), ("*/*", "/data/id/rome"),
        ("application/ld+json, text/html;q=0.1", "/data/id/rome"),
    ],
)  # fmt: skip
def test_an_iri_is_303_to_a_page_or_to_data(site: Running, accept: str, target: str) -> None:
    for path in ("/id/rome", "/resource?" + urlencode({"iri": ROME})):
        reply = site.ask("GET", path, headers={"Accept": accept})
        assert (reply.status, reply.headers["location"]) == (303, target)
        assert "Accept" in reply.headers["vary"]
        assert f'<{ROME}>; rel="describes"' in reply.headers["link"]
        assert '</data/id/rome.ttl>; rel="alternate"; type="text/turtle"' in reply.headers["link"]
    assert site.ask("GET", target, headers={"Accept": accept}).status == 200


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/id/caf%C3%A9", "Café"), ("/id/caf%c3%a9", "Café"),
        ("/id/caf%25C3%25A9", "Café with escapes"), ("/id/a?b=c", "With a question"),
        ("/id/file.ttl", "A file"), ("/terms", "A graph of tests"),
        ("/resource?iri=" + quote(f"{BASE}id//a/../b", safe=""), "With dots"),
        ("/resource?iri=" + quote(f"{BASE}terms#City", safe=""), "city"),
    ],
)  # fmt: skip
def test_iris_of_all_kinds_lead_to_their_own_page(site: Running, path: str, label: str) -> None:
    reply = site.ask("GET", path, headers=PAGE)
    assert reply.status == 303
    page = page_of(site, reply.headers["location"])
    assert page.texts("h1") == [label]
    data = site.ask("GET", path)
    assert data.status == 303
    assert label in site.ask("GET", data.headers["location"]).text


def test_every_link_of_a_page_leads_somewhere(site: Running) -> None:
    seen: set[str] = set()
    waiting = ["/", "/page/id/rome", "/page/terms"]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        reply = site.ask("GET", path, headers=PAGE)
        assert reply.status in (200, 303), (path, reply.text)
        if reply.status == 200 and reply.headers["content-type"].startswith("text/html"):
            page = Markup(reply.text)
            waiting += [a.attributes["href"].partition("#")[0] for a in page.find("a")]
    assert "/page/id/rome" in seen
    assert len(seen) > 50


def test_what_is_not_there_has_a_page_with_what_is_like_it(site: Running) -> None:
    for path in ("/id/rom", "/page/id/rom"):
        page = page_of(site, path, status=404)
        assert page.link("Rome") == "/page/id/rome"
        assert page.find("input", id="again")[0].attributes["value"] == "rom"
    for path in ("/id/rom", "/data/id/rom", "/data/id/rom.ttl", "/resource?iri=urn:none"):
        reply = site.ask("GET", path)
        assert reply.status == 404
        assert reply.headers["content-type"].startswith("text/plain")


# Data -----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
@pytest.mark.parametrize(
    ("ending", "syntax"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")]
)
def test_data_are_the_description_in_every_syntax(site: Running, ending: str, syntax: str) -> None:
    told = site.query(f"DESCRIBE <{ROME}>", {"Accept": "application/n-triples"})
    expected = rdflib.Graph().parse(data=told.text, format="nt")
    by_ending = site.ask("GET", f"/data/id/rome.{ending}")
    media_type = by_ending.headers["content-type"].partition(";")[0]
    replies = [
        by_ending,
        site.ask("GET", "/data/id/rome", headers={"Accept": media_type}),
        site.ask("GET", "/data?" + urlencode({"iri": ROME, "format": ending})),
    ]
    for reply in replies:
        assert reply.headers["content-type"].partition(";")[0] == media_type
        assert 'rel="describes"' in reply.headers["link"]
        found = rdflib.Graph().parse(data=reply.text, format=syntax)
        assert len(found) == len(expected)
        assert {t for t in found if not _blank(t)} == {t for t in expected if not _blank(t)}


def _blank(triple: tuple[object, ...]) -> bool:
    return any(isinstance(term, rdflib.BNode) for term in triple)


def test_a_document_tells_of_all_its_terms(site: Running) -> None:
    found = rdflib.Graph().parse(data=site.ask("GET", "/data/terms.nt").text, format="nt")
    assert rdflib.URIRef(f"{BASE}terms#City") in set(found.subjects())
    page = page_of(site, "/page/terms")
    assert "City" in {li.attributes.get("id") for li in page.find("li")}
    assert page.link("city") == "/page/terms%23City"


# The page of a resource -----------------------------------------------------------------


def test_facts_are_read_as_people_read_them(site: Running) -> None:
    page = page_of(site, "/page/id/rome")
    facts = page.facts()
    assert page.texts("h1") == ["Rome"]
    assert [a for a in page.texts("p", class_="kinds") if "city" in a]
    assert page.texts("div", class_="lead") == ["A city. en"]
    assert facts["o:founded"] == ["753 BC"]
    assert facts["o:freed"] == ["4 June 1944"]
    assert facts["o:people"] == ["2,750,000"]
    assert facts["o:open"] == ["yes"]
    assert facts["within"] == ["Italy", "Europe"]
    assert facts["alt label"] == ["The Eternal City en"]
    assert sorted(facts["label"]) == ["Rom de", "Roma it"]
    assert facts["as WKT"] == ["41.9° N, 12.5° E"]
    assert page.link("41.9° N, 12.5° E") == "geo:41.9,12.5"
    assert facts["o:address"] == ["o:number1o:streetVia Appia"]
    assert facts["o:hills"] == ["Palatineid:aventine"]
    assert page.find("time")[-1].attributes["datetime"] == "1944-06-04"
    assert page.find("details", class_="long")
    assert page.link("Italy") == "/page/id/italy"
    assert page.link("↗") == "http://www.wikidata.org/entity/Q220"


def test_labels_are_in_the_language_of_the_reader(site: Running) -> None:
    page = page_of(site, "/page/id/rome", "de-AT, fr;q=0.5")
    assert page.texts("h1") == ["Rom"]
    assert page.find("h1")[0].attributes["lang"] == "de"
    assert page.texts("div", class_="lead") == ["Eine Stadt. de"]
    assert page.texts("h1") != page_of(site, "/page/id/rome", "pl").texts("h1") == ["Rome"]


def test_facts_have_their_sources(site: Running) -> None:
    page = page_of(site, "/page/id/rome")
    assert page.texts("ol", class_="sources") == ["The book The letter"]
    rows = {row.children[0].text.strip(): row for dl in page.find("dl") for row in dl.children}
    # A statement about one fact says more than what the whole cites.
    freed = [a.text for dd in rows["o:freed"].children[1:] for a in _cites(dd)]
    people = [a.text for dd in rows["o:people"].children[1:] for a in _cites(dd)]
    assert (freed, people) == (["2"], ["1", "2"])
    assert "t.ttl:" in rows["o:freed"].text
    assert "cites" not in page.facts()


@pytest.mark.parametrize("iri", ["rome", "italy"])
def test_a_page_does_not_hang_on_the_order_of_triples(
    site: Running, iri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, describe = set(), Asking.describe
    for seed in range(5):

        def shuffled(*given: Any, seed: int = seed, **more: Any) -> list[Triple]:
            triples = describe(*given, **more)
            return Random(seed).sample(triples, len(triples))

        with monkeypatch.context() as patch:
            patch.setattr(Asking, "describe", shuffled)
            pages.add(site.ask("GET", f"/page/id/{iri}", headers=PAGE).text)
    assert len(pages) == 1


def _cites(element: object) -> list[object]:
    found = []
    for child in element.children:  # type: ignore[attr-defined]
        found += [child] if "cite" in child.attributes.get("class", "").split() else _cites(child)
    return found


def test_what_points_here(site: Running) -> None:
    page = page_of(site, "/page/id/italy")
    said = page.texts("main")[0]
    # What the inverse property says already is not said again.
    assert page.facts()["contains"] == ["Rome"]
    assert "← within" not in said
    page = page_of(site, "/page/terms%23Place")
    headings = page.texts("h3")
    assert headings == ["← Instances 9", "← Subclasses 1", "← Properties of these 1"]
    assert page.link("city") == "/page/terms%23City"
    page = page_of(site, "/page/terms%23within")
    assert page.texts("h2")[-1:] != []
    assert "triples have this property" in page.texts("main")[0]


def test_what_is_inferred_says_why(site: Running) -> None:
    page = page_of(site, "/page/id/rome")
    rows = {row.children[0].text.strip(): row for dl in page.find("dl") for row in dl.children}
    europe = rows["within"].children[2]
    assert "inferred" in europe.text
    why = page_of(site, page.link("inferred"))
    proof = " ".join(why.texts("section", class_="proof"))
    assert "by prp-" in proof or "by cax-" in proof or "by scm-" in proof
    asked = "/why?" + urlencode({"triple": f"<{ROME}> o:within id:europe"})
    proof = " ".join(page_of(site, asked).texts("section", class_="proof"))
    assert "prp-trp: a transitive property goes on" in proof
    assert "asserted in triples/t.ttl:" in proof
    assert "cites The book" in proof
    assert "o:within id:italy ;" in proof
    page_of(site, "/why?" + urlencode({"triple": f"<{ROME}> o:within id:book"}), status=404)
    page_of(site, "/why?" + urlencode({"triple": "nonsense"}), status=400)
    page_of(site, "/why", status=400)


def test_many_links_are_on_pages_of_their_own(tmp_path: Path) -> None:
    lines = [f"<http://example.org/{n:04}> <http://example.org/in> <http://example.org/all> ."
             for n in range(350)]  # fmt: skip
    store = store_of(tmp_path / "store.duckdb", "\n".join(lines), ending=".nt")
    with running(store) as server:
        page = page_of(server, "/page/all")
        address = page.link("All 350")
        found = []
        for texts in (page.texts("main"),):
            assert "0011" in texts[0]
            assert "0012" not in texts[0]
        while address:
            page = page_of(server, address)
            found += [a.attributes["title"][-4:] for a in page.find("a", class_="name")
                      if a.attributes["title"][-4:].isdecimal()]  # fmt: skip
            after = page.find("a", rel="next")
            address = after[0].attributes["href"] if after else ""
        assert found == [f"{n:04}" for n in range(350)]
        assert "301\N{EN DASH}350 of 350" in page.texts("main")[0]
        where = {"iri": "http://example.org/all", "property": "http://example.org/in"}
        page_of(server, "/links?" + urlencode({**where, "page": 5}), status=404)
        for number in ("0", "-1", "x", "1" * 5000, "²"):
            page_of(server, "/links?" + urlencode({**where, "page": number}), status=400)


def test_things_with_very_much_to_say(tmp_path: Path) -> None:
    lines = [f"<http://example.org/a> <http://example.org/p{n % 60}> {n} ." for n in range(3000)]
    lines += [f"<http://example.org/s{n}> <http://example.org/q{n % 60}> <http://example.org/a> ."
              for n in range(600)]  # fmt: skip
    with running(store_of(tmp_path / "store.duckdb", "\n".join(lines))) as server:
        page = page_of(server, "/page/a")
        assert len(page.facts()) <= 60
        assert len(page.find("h3")) == 40


# The first page, and the search ---------------------------------------------------------


def test_the_overview(site: Running) -> None:
    page = page_of(site, "/")
    assert page.texts("h1") == ["Tests & <more>"]
    said = page.texts("main")[0]
    assert "inferred" in said
    cards = [" ".join(a.text.split()) for ul in page.find("ul", class_="cards") for a in _links(ul)]
    assert "city 1" in cards
    assert page.link('Cities of a place & "more" <b>') == "/query/cities"
    assert site.ask("GET", "/").status == 200


def _links(element: object) -> list[object]:
    found = []
    for child in element.children:  # type: ignore[attr-defined]
        found += [child] if child.tag == "a" else _links(child)
    return found


def test_things_are_found_by_their_names(site: Running) -> None:
    page = page_of(site, "/search?q=rOm")
    assert page.link("Rome") == "/page/id/rome"
    page = page_of(site, "/search?q=eternal")
    assert "The Eternal City" in page.texts("li")[0]
    assert "city" in page.texts("li")[0]
    assert "Nothing is called “zzz”" in page_of(site, "/search?q=zzz").texts("main")[0]
    for text in ("", "%", "'", '"', "\\", "*", "(", "x" * 5000):
        page_of(site, "/search?" + urlencode({"q": text}))


def test_a_store_without_a_project(tmp_path: Path) -> None:
    store = store_of(tmp_path / "some-data.duckdb")
    with running(store) as server:
        page = page_of(server, "/")
        assert page.texts("h1") == ["some-data"]
        assert "Questions" not in page.texts("h2")
        page = page_of(server, "/page/rome")
        assert page.facts()["ex:people"] == ["2,800,000"]
        assert page.texts("li")[-1] == "ex:bonn"
        why = page_of(server, page.link("source"))
        assert "asserted in the default graph" in why.texts("main")[0]
        page_of(server, "/query/cities", status=404)
        page_of(server, "/query?query=ASK%20%7B%7D")


def test_a_base_that_is_told(tmp_path: Path) -> None:
    store = store_of(tmp_path / "store.duckdb")
    with running(store, base="http://example.org/ro") as server:
        assert server.ask("GET", "/me", headers=PAGE).headers["location"] == "/page/me"
    with running(store, base="http://elsewhere.example/") as server:
        assert server.ask("GET", "/rome", headers=PAGE).status == 404
        page = page_of(server, "/page?" + urlencode({"iri": "http://example.org/rome"}))
        assert page.facts()["ex:people"] == ["2,800,000"]
    with running(store_of(tmp_path / "other.duckdb", "<urn:a> <urn:b> <urn:c> .")) as server:
        assert page_of(server, "/page?iri=urn:a").facts() == {"urn:b": ["urn:c"]}
        assert server.ask("GET", "/a", headers=PAGE).status == 404
        assert server.ask("GET", "/page/a", headers=PAGE).status == 404


# HTTP -----------------------------------------------------------------------------------


def test_who_has_a_page_gets_no_other(site: Running) -> None:
    for path in ("/page/id/rome", "/", "/query", "/search?q=rome", "/query/cities"):
        first = site.ask("GET", path, headers=PAGE)
        tag = first.headers["etag"]
        again = site.ask("GET", path, headers={**PAGE, "If-None-Match": tag})
        if "query/" in path:  # which tells how long it took
            continue
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    other = site.ask("GET", "/page/id/rome", headers={"Accept-Language": "de"})
    assert other.headers["etag"] != site.ask("GET", "/page/id/rome").headers["etag"]


def test_a_new_version_has_new_pages(tmp_path: Path) -> None:
    project = make_site(tmp_path / "project")
    with running(project.store_path, project=project) as server:
        tag = server.ask("GET", "/page/id/book").headers["etag"]
        more = "<https://example.org/x/id/book> <https://example.org/x/terms#pages> 99999 .\n"
        (project.root / "triples" / "more.ttl").write_text(more)
        ensure_built(project)
        reply = server.ask("GET", "/page/id/book", headers={"If-None-Match": tag})
        assert reply.status == 200
        assert "99,999" in reply.text
        assert "more.ttl:1" in reply.text


def test_pages_are_packed_and_have_no_body_for_head(site: Running) -> None:
    plain = site.ask("GET", "/page/id/rome")
    packed = site.ask("GET", "/page/id/rome", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    head = site.ask("HEAD", "/page/id/rome")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(plain.body))
    assert site.ask("POST", "/page/id/rome").status == 405


def test_files_are_kept_for_ever_by_an_address_that_changes(site: Running) -> None:
    page = page_of(site, "/query")
    address = page.find("link", rel="stylesheet")[0].attributes["href"]
    reply = site.ask("GET", address)
    assert reply.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in reply.headers["cache-control"]
    tag = {"If-None-Match": reply.headers["etag"]}
    assert site.ask("GET", address, headers=tag).status == 304
    assert site.ask("GET", page.find("script")[0].attributes["src"]).status == 200
    for path in ("/static/none.css", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert site.ask("GET", path).status == 404


def test_browsers_are_led_from_the_endpoint_to_the_editor(site: Running) -> None:
    reply = site.ask("GET", "/sparql", headers=PAGE)
    assert (reply.status, reply.headers["location"]) == (303, "/query")
    assert site.ask("GET", "/sparql").headers["content-type"].startswith("text/turtle")


def test_a_page_is_one_of_a_version_in_the_log(site: Running) -> None:
    site.ask("GET", "/page/id/italy")
    assert any(" GET /page/id/italy 200 " in line and " page " in line for line in site.log)
