"""The query page: what is written there, and stored queries with their parameters."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import urlencode

import rdflib

from tests.server.markup import Markup
from tests.server.serving import Running, running
from tests.server.site import PAGE
from tests.server.stored import stored_project, write_query

NAMES = "SELECT ?thing ?name { ?thing rdfs:label ?name } ORDER BY ?name"


def asked(site: Running, text: str, status: int = 200, **headers: str) -> Markup:
    path = "/query?" + urlencode({"query": text})
    reply = site.ask("GET", path, headers={**PAGE, **headers})
    assert reply.status == status, reply.text
    page = Markup(reply.text)
    assert page.find("textarea")[0].text == text
    return page


def stored(site: Running, query: str, status: int = 200, /, **parameters: str) -> Markup:
    path = f"/query/{query}" + (f"?{urlencode(parameters)}" if parameters else "")
    reply = site.ask("GET", path, headers=PAGE)
    assert reply.status == status, reply.text
    return Markup(reply.text)


def cells(page: Markup) -> list[list[str]]:
    return [[" ".join(td.text.split()) for td in tr.children] for tr in page.find("tr")[1:]]


def test_rows_are_a_table_with_links_to_pages(site: Running) -> None:
    page = asked(site, "SELECT ?x ?n ?none { ?x o:people ?n OPTIONAL { ?x o:nothing ?none } }")
    assert page.texts("th") == ["x", "n", "none"]
    assert cells(page) == [["id:rome", "2,750,000", ""]]
    assert page.link("id:rome") == "/page/id/rome"
    assert "1 row ·" in page.texts("p", class_="summary")[0]


def test_an_empty_page_asks_nothing(site: Running) -> None:
    page = Markup(site.ask("GET", "/query", headers=PAGE).text)
    assert "SELECT" in page.find("textarea")[0].text
    assert not page.find("table")
    assert "o:" in page.texts("dt")
    assert page.link("Things of a name") == "/query/sub/named"


def test_yes_and_no(site: Running) -> None:
    assert asked(site, "ASK { ?x o:open true }").texts("p", class_="yes") == ["Yes"]
    assert asked(site, "ASK { ?x o:open false }").texts("p", class_="yes") == ["No"]


def test_a_graph_is_a_table_and_is_had_as_a_graph(site: Running) -> None:
    page = asked(site, "CONSTRUCT { ?s o:in ?o } WHERE { ?s o:within ?o }")
    assert page.texts("th") == ["subject", "predicate", "object"]
    assert ["id:rome", "o:in", "id:europe"] in cells(page)
    reply = site.ask("GET", page.link("Turtle"))
    assert len(rdflib.Graph().parse(data=reply.text, format="turtle")) == 3


def test_what_is_shown_is_cut_and_said_so_and_all_can_be_had(site: Running) -> None:
    text = "SELECT ?a ?b { ?a ?p ?x . ?b ?q ?y }"
    page = asked(site, text)
    assert len(cells(page)) == 200
    assert "only the first 200 are shown" in page.texts("p", class_="summary")[0]
    names = asked(site, NAMES)
    assert "only the first" not in names.texts("p", class_="summary")[0]
    reply = site.ask("GET", names.link("CSV"))
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    rows = list(csv.reader(io.StringIO(reply.text)))[1:]
    assert len(rows) == len(cells(names))
    told = json.loads(site.ask("GET", names.link("JSON")).text)
    assert len(told["results"]["bindings"]) == len(rows)
    assert site.ask("GET", "/query?query=ASK%7B%7D&format=none").status == 400


def test_a_mistake_is_shown_where_it_is(site: Running) -> None:
    page = asked(site, "SELECT * {\n  ?s ?p ?o .\n  FILTR(?o)\n}", 400)
    (mistake,) = page.find("section", class_="mistake")
    assert "Line 3, column 3:" in mistake.text
    assert "FILTER" in mistake.text
    assert "^^^^^" in page.find("pre")[0].text
    (editor,) = page.find("textarea")
    assert (editor.attributes["data-line"], editor.attributes["data-column"]) == ("3", "3")
    asked(site, "CLEAR ALL", 400)
    page = asked(site, "SELECT * { ?s nope:x ?o }", 400)
    assert "nope" in page.texts("section", class_="mistake")[0]


def test_what_was_left_aside_and_what_the_graph_does_not_know_is_told(site: Running) -> None:
    hint = (
        "PREFIX hint: <http://www.bigdata.com/queryHints#> "
        'SELECT ?x { hint:Query hint:optimizer "None" . ?x a o:Citty }'
    )
    told = asked(site, hint).find("ul", class_="warnings")[0].children
    assert [each.text for each in told] == [
        "triples of hint: advise the optimiser of another engine; they were left aside",
        "the graph does not know o:Citty. Did you mean o:City?",
    ]
    assert not asked(site, "SELECT ?x { ?x a o:City }").find("ul", class_="warnings")
    assert len(asked(site, "ASK { ?x o:withn ?y }").find("ul", class_="warnings")) == 1


def test_lines_end_as_browsers_end_them(site: Running) -> None:
    reply = site.ask("GET", "/query?" + urlencode({"query": "ASK {\r\n}"}), headers=PAGE)
    assert Markup(reply.text).find("textarea")[0].text == "ASK {\n}"


def test_limits_hold(site: Running) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?w . ?e ?t ?v }"
    page = asked(site, text, 500, **{"Kgtool-Timeout": "0.2"})
    assert "second" in page.texts("section", class_="mistake")[0]
    page = asked(site, NAMES, **{"Kgtool-Max-Rows": "3"})
    assert len(cells(page)) == 3
    assert "only the first 3 are shown" in page.texts("p", class_="summary")[0]


def test_a_stored_query_has_fields_with_its_defaults(site: Running) -> None:
    page = stored(site, "cities")
    assert page.texts("h1") == ['Cities of a place & "more" <b>']
    place, since = (each for each in page.find("input") if each.attributes["name"] != "q")
    assert place.attributes["value"] == "id:italy"
    assert (since.attributes["type"], since.attributes["value"]) == ("date", "1900-01-01")
    assert [row[1] for row in cells(page)] == ["Rom de", "Roma it", "Rome en"]
    assert "what it is called" in page.texts("dd")
    assert "place to" not in page.texts("main")[0]


def test_a_stored_query_is_asked_with_other_values(site: Running) -> None:
    assert len(cells(stored(site, "cities", place="id:europe"))) == 3
    assert len(cells(stored(site, "cities", place="<https://example.org/x/id/europe>"))) == 3
    page = stored(site, "cities", place="id:europe", since="1944-06-04")
    assert page.texts("p", class_="summary")[0].startswith("0 rows")
    assert page.find("input", name="place")[0].attributes["value"] == "id:europe"
    # A field that is empty has the default.
    assert len(cells(stored(site, "cities", place="", since=""))) == 3


def test_a_value_that_is_needed_is_asked_for(site: Running) -> None:
    page = stored(site, "sub/named")
    (name,) = page.find("input", name="name")
    assert "required" in name.attributes
    assert not page.find("table")
    assert not page.find("section", class_="mistake")
    assert cells(stored(site, "sub/named", name="Italy")) == [["id:italy"]]


def test_a_value_of_another_type_is_a_mistake(site: Running) -> None:
    page = stored(site, "cities", 400, since="soon")
    assert "is not of type date" in page.texts("section", class_="mistake")[0]
    page = stored(site, "cities", 400, battel="x")
    assert "no parameter 'battel'" in page.texts("section", class_="mistake")[0]


def test_a_stored_query_goes_on_in_the_editor(site: Running) -> None:
    page = stored(site, "cities", place="id:europe")
    reply = site.ask("GET", page.link("Change it in the editor"), headers=PAGE)
    edited = Markup(reply.text)
    assert cells(edited) == cells(page)
    assert len(list(csv.reader(io.StringIO(site.ask("GET", page.link("CSV")).text)))) == 4


def test_a_stored_query_with_a_mistake_takes_no_other_with_it(tmp_path: Path) -> None:
    project = stored_project(tmp_path / "kg")
    with running(project.store_path, project=project) as server:
        write_query(project, "bad", "#+ summary: Bad\nSELECT * { ?s ?p }")
        write_query(project, "worse", "no header, and no query")
        for path in ("/", "/query", "/api"):
            page = Markup(server.ask("GET", path, headers=PAGE).text)
            assert page.link("Cards of people") == "/query/cards"
            assert "Bad" not in page.texts("a")
        for name in ("bad", "worse"):
            reply = server.ask("GET", f"/query/{name}", headers=PAGE)
            assert reply.status == 500
            assert f"queries/{name}.rq" in Markup(reply.text).texts("pre")[0]
        assert sum("queries/bad.rq:2:18" in line for line in server.log) == 1


def test_a_stored_query_that_is_not_there(site: Running) -> None:
    assert "none" in stored(site, "none", 404).texts("pre")[0]
