"""Attempts to break in by pages: by what the graph says, and by what is asked."""

from __future__ import annotations

import socket
from urllib.parse import quote, urlencode

import pytest

from tests.server.markup import Markup
from tests.server.serving import TOKEN, Running, running
from tests.server.site import BASE, PAGE, SCRIPT

EVIL = f"{BASE}id/evil"
TEXTS = (
    SCRIPT, '"><script>alert(1)</script>', "' onmouseover='alert(1)", '" onfocus="alert(1)',
    "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
    "javascript:alert(1)", "{{ 7 * 7 }}", "{% raw %}", "<!--", "]]>", "\u202e\u0000\x1b[31m",
    "<svg onload=alert(1)>", "&lt;script&gt;", "\N{LATIN SMALL LETTER SHARP S}" * 300,
)  # fmt: skip
PATHS = (
    "/search?q={}", "/query?query={}", "/query/cities?place={}", "/query/cities?{}=x",
    "/query/sub/named?name={}", "/query/{}", "/why?triple={}", "/why?triple=<urn:a>%20<urn:b>%20{}",
    "/page?iri={}", "/page?iri=urn:{}", "/resource?iri={}", "/resource?iri=urn:{}", "/page/{}",
    "/id/{}", "/{}", "/links?iri=urn:a&property=urn:{}&page=1",
    "/links?iri=urn:a&property=urn:b&page={}", "/static/{}", "/query?query=ASK%7B%7D&format={}",
    "/data?iri={}&format={}",
)  # fmt: skip


def is_safe(page: str) -> Markup:
    """A page has only the one script that is the server's own, and no address that is run."""
    found = Markup(page)
    for script in found.find("script"):
        assert script.attributes["src"].startswith("/static/query.js?v=")
        assert script.text == ""
    assert not [e.tag for e in found.all if e.tag in ("img", "iframe", "object", "svg", "base")]
    return found


def test_what_the_graph_says_is_text(site: Running) -> None:
    paths = [
        "/page/id/evil", "/page/terms%23Place", "/search?q=script", "/search?q=click",
        "/page?" + urlencode({"iri": "javascript:alert(1)"}),
        "/page?" + urlencode({"iri": "javascript:alert(2)"}),
        "/page?" + urlencode({"iri": "data:text/html,alert(1)"}),
        "/query?" + urlencode({"query": f"SELECT * {{ <{EVIL}> ?p ?o }}"}),
        "/query?" + urlencode({"query": f"DESCRIBE <{EVIL}>"}),
        "/query?" + urlencode({"query": f'SELECT ("{SCRIPT}" AS ?x) {{}}'}),
        "/links?" + urlencode({"iri": "javascript:alert(1)", "property": f"{BASE}terms#to"}),
    ]  # fmt: skip
    for path in paths:
        reply = site.ask("GET", path, headers=PAGE)
        assert reply.status == 200, (path, reply.text)
        is_safe(reply.text)
    page = is_safe(site.ask("GET", "/page/id/evil", headers=PAGE).text)
    assert page.texts("h1") == [SCRIPT]
    assert page.link("click me").startswith("/page?iri=javascript")
    assert page.facts()["o:uri"] == ["javascript:alert(1)"]
    assert page.facts()["o:html"] == ["<b onclick='alert(1)'>bold</b> rdf:HTML"]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_asked_is_text(site: Running, path: str) -> None:
    for text in TEXTS:
        sent = path.replace("{}", quote(text, safe=""))
        reply = site.ask("GET", sent, headers=PAGE)
        assert reply.status in (200, 303, 400, 404), (sent, reply.text)
        for value in reply.headers.values():
            assert "<script" not in value.lower()
        if reply.headers.get("content-type", "").startswith("text/html"):
            is_safe(reply.text)
            assert "49" not in reply.text.partition("<main")[2] or "{{" not in text
        else:
            assert reply.headers["content-security-policy"].startswith("default-src 'none'")
            assert "html" not in reply.headers.get("content-type", "")
    assert not any("Traceback" in line for line in site.log)


@pytest.mark.parametrize("name", ["Host", "Accept-Language", "Accept", "If-None-Match", "Referer"])
def test_what_headers_say_is_not_shown(site: Running, name: str) -> None:
    for value in (SCRIPT, '"><script>', "x" * 5000, ",;=,;q=x,*;q=nan"):
        for path in ("/", "/id/rome", "/page/id/rome", "/query?query=ASK%20%7B%7D", "/id/none"):
            reply = site.ask("GET", path, headers={**PAGE, name: value})
            assert reply.status in (200, 303, 304, 400, 404, 406)
            assert "<script>alert" not in reply.text
            assert SCRIPT not in str(reply.headers)


@pytest.mark.parametrize(
    "path",
    ["/", "/page/id/rome", "/page/none", "/query", "/query/cities", "/query?query=nonsense", "/why",
     "/search?q=x", "/none", "/links", "/page?iri=a%20b"],
)  # fmt: skip
def test_every_page_has_the_policy(site: Running, path: str) -> None:
    headers = site.ask("GET", path, headers=PAGE).headers
    policy = dict(
        each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/", "//evil.example/id/rome", "/%2fevil.example/", "/\\evil.example",
        "/resource?iri=https://evil.example/", "/resource?iri=//evil.example/",
        "/id/rome%0d%0aSet-Cookie:%20a=b", "/resource?iri=urn:a%0d%0aSet-Cookie:%20a=b",
        "/page?iri=" + quote(f"{BASE}id/rome\r\nX: y", safe=""), "/id/rome?%0d%0aX:%20y",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere(site: Running, path: str) -> None:
    reply = site.ask("GET", path, headers=PAGE)
    target = reply.headers.get("location", "/")
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert "set-cookie" not in reply.headers
    assert "x" not in reply.headers


@pytest.mark.parametrize(
    "name",
    ["../pyproject", "%2e%2e/pyproject", "..%2fpyproject", "/etc/passwd", "%2fetc%2fpasswd",
     "a%00b", "cities.rq/../cities", "../queries/cities", ".", "", "x" * 3000],
)  # fmt: skip
def test_names_of_queries_are_no_paths(site: Running, name: str) -> None:
    reply = site.ask("GET", f"/query/{name}", headers=PAGE)
    assert reply.status == 404, reply.text
    assert "tool.kgtool" not in reply.text


@pytest.mark.parametrize(
    "value",
    ["<urn:x> } ; DROP ALL ; {", "id:x . ?a ?b ?c", "<urn:a b>", '"} UNION { ?s ?p ?o', "x:y"],
)  # fmt: skip
def test_parameters_are_terms_and_never_a_query(site: Running, value: str) -> None:
    path = "/query/cities?" + urlencode({"place": value})
    assert site.ask("GET", path, headers=PAGE).status == 400
    named = site.ask("GET", "/query/sub/named?" + urlencode({"name": value}), headers=PAGE)
    assert named.status == 200
    assert not Markup(named.text).find("td")


def test_a_page_changes_nothing(site: Running) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = site.query(count).body
    project = site.server.settings.project
    assert project is not None
    with running(project.store_path, project=project, token=TOKEN) as writable:
        for text in ("CLEAR ALL", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "DROP ALL ; ASK {}"):
            path = "/query?" + urlencode({"query": text})
            assert writable.ask("GET", path, headers=PAGE).status == 400
            assert writable.ask("POST", path, headers=PAGE).status == 405
        path = "/query?" + urlencode({"update": "CLEAR ALL"})
        assert writable.ask("GET", path, headers=PAGE).status == 200
        assert writable.query(count).body == before


def test_a_page_asks_no_other_endpoint(site: Running) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        text = f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
        for more in ({}, {"format": "csv"}):
            path = "/query?" + urlencode({"query": text, **more})
            assert site.ask("GET", path, headers=PAGE).status in (400, 403)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_bug_is_logged_and_not_shown(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError("what only this machine should know")

    monkeypatch.setattr("kgtool.server.pages.routes.overview", broken)
    reply = site.ask("GET", "/", headers=PAGE)
    assert reply.status == 500
    assert "this machine" not in reply.text
    assert any("this machine" in line for line in site.log)
    site.log.clear()
