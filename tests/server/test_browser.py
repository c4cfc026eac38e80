"""The pages in a real browser. They need Chromium: on Debian, apt-get install chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kgtool.project.build import ensure_built
from kgtool.project.folder import Project
from tests.server.browser import Browser, chromium
from tests.server.serving import Running, running

ROOT = Path(__file__).parents[2]
PHONE, DESK = 360, 1280
PAGES = (
    "/", "/page/id/liberation-of-rome", "/page/id/battle-of-anzio", "/page/id/anzio",
    "/page/ontology", "/page/ontology%23Event", "/page/ontology%23partOf", "/query",
    "/query/casualties-by-nation", "/query/chronology", "/search?q=rome", "/id/nowhere",
    "/api", "/api/commanders", "/api/is-part-of", "/api/events-in-period?first=then",
    "/query?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
    "/query?query=SELEC%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
    "/links?iri=https://w3id.org/ww2-kg/ontology%23Claim"
    "&property=http://www.w3.org/1999/02/22-rdf-syntax-ns%23type",
    "/why?triple=id:battle-of-anzio%20ww2:hasParticipant%20id:john-lucas",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium (on Debian: apt-get install chromium)")
    found = Browser(program, tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the graph in this repository."""
    root = tmp_path_factory.mktemp("graph")
    for name in ("ontology", "triples", "queries"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)
    project = Project(root)
    ensure_built(project)
    with running(project.store_path, project=project) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(autouse=True)
def _nothing_is_said(browser: Browser, address: str) -> Iterator[None]:
    """The console stays empty: no mistakes, and nothing that the policy has refused."""
    browser.said.clear()
    yield
    # A page that is not there is told in the console too.
    assert [each for each in browser.said if "status of 40" not in each] == []


@pytest.mark.parametrize("path", PAGES)
def test_all_fits_and_can_be_read(browser: Browser, address: str, path: str) -> None:
    """Nothing to scroll sideways, and the contrast of WCAG 2.2, level AA (1.4.3)."""
    browser.looks(PHONE)
    browser.open(address + path)
    for width, dark in ((PHONE, False), (PHONE, True), (DESK, False)):
        browser.looks(width, dark=dark)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        assert browser.evaluate(_OUTSIDE) == []
        assert browser.evaluate(_CONTRAST) == []


def test_from_the_overview_to_a_reason_without_scripts(browser: Browser, address: str) -> None:
    browser.looks(PHONE, scripts=False)
    browser.open(f"{address}/")
    assert browser.evaluate("document.querySelector('h1').textContent") == "The Second World War"
    browser.write("#find", "anzio")
    browser.enter()
    browser.click("main a", "Battle of Anzio")
    assert browser.evaluate("location.pathname") == "/page/id/battle-of-anzio"
    browser.click("summary", "6 more", leads=False)
    assert browser.evaluate("document.querySelector('.rest details').open")
    browser.click("main a.badge", "inferred")
    assert browser.evaluate("location.pathname") == "/why"
    said = browser.evaluate("document.querySelector('main').innerText")
    assert "asserted in triples/" in said
    browser.click("main a", "Battle of Anzio")
    assert browser.evaluate("location.pathname") == "/page/id/battle-of-anzio"


def test_an_iri_with_a_fragment_leads_to_the_term(browser: Browser, address: str) -> None:
    browser.looks(DESK)
    browser.open(f"{address}/ontology#Battle")
    assert browser.evaluate("location.pathname + location.hash") == "/page/ontology#Battle"
    assert browser.evaluate("document.querySelector(':target').textContent.trim()") == "battle"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_query_is_asked(browser: Browser, address: str, scripts: bool) -> None:
    browser.looks(PHONE, scripts=scripts)
    browser.open(f"{address}/query")
    browser.write("#query", "SELECT ?b ?label {\n  ?b a ww2:Battle ; rdfs:label ?label .\n}")
    browser.click("main button", "Run")
    rows = browser.evaluate("[...document.querySelectorAll('tbody tr')].map((r) => r.innerText)")
    assert len(rows) == 3
    assert any("Battle of Anzio" in row for row in rows)
    browser.click("tbody a", "id:battle-of-anzio")
    assert browser.evaluate("location.pathname") == "/page/id/battle-of-anzio"


def test_keys_run_a_query_and_a_mistake_is_selected(browser: Browser, address: str) -> None:
    browser.looks(DESK)
    browser.open(f"{address}/query")
    browser.write("#query", "SELECT * {\n  BIND('\U0001d538' AS ?x) ?s ?p ?o ; ?? 1 .\n}")
    browser.enter(control=True)
    selected = browser.evaluate(
        "(() => { const e = document.querySelector('#query');"
        " return e.value.slice(e.selectionStart, e.selectionEnd); })()"
    )
    assert selected == "??"
    assert browser.evaluate("document.activeElement.id") == "query"
    assert "^" in browser.evaluate("document.querySelector('.mistake pre').textContent")


def test_a_stored_query_is_asked_with_another_value(browser: Browser, address: str) -> None:
    browser.looks(PHONE, scripts=False)
    browser.open(f"{address}/query")
    browser.click("main a", "Casualties of a battle by nation, with each nation's share")
    assert browser.evaluate("document.querySelectorAll('tbody tr').length") == 2
    browser.write("#field-1", "id:winter-line")
    browser.click("main button", "Run")
    assert browser.evaluate("document.querySelectorAll('tbody tr').length") == 2
    assert "winter-line" in browser.evaluate("location.search")
    browser.write("#field-1", "nonsense")
    browser.click("main button", "Run")
    assert "not an IRI" in browser.evaluate("document.querySelector('.mistake').textContent")


def test_nothing_that_is_written_is_run(browser: Browser, address: str) -> None:
    browser.looks(DESK)
    text = 'SELECT ("<script>alert(1)</script><img src=x onerror=alert(2)>" AS ?x) {}'
    browser.open(f"{address}/query?" + urlencode({"query": text}))
    assert browser.evaluate("document.querySelectorAll('main img, main script').length") == 0
    assert "<script>" in browser.evaluate("document.querySelector('td').textContent")


def test_what_the_graph_says_is_not_run(browser: Browser, address: str, site: Running) -> None:
    browser.looks(DESK)
    here = f"http://127.0.0.1:{site.port}"
    browser.open(f"{here}/page/id/evil")
    browser.click("dd a", "click me")
    assert browser.evaluate("location.href").startswith(f"{here}/page?iri=javascript")
    browser.open(f"{here}/search?q=script")
    assert "<script>" in browser.evaluate("document.querySelector('.hits').textContent")


#: What begins left of the window.
_OUTSIDE = """
[...document.querySelectorAll("main a, main button, main input")]
  .filter((e) => e.getBoundingClientRect().left < 0).map((e) => e.outerHTML)
"""
#: Texts that do not stand out enough, with the ratio that they have.
_CONTRAST = """
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const part = (x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = [...color].map((x) => part(x / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgb("white");
  };
  const found = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.checkVisibility() || e.closest(".skip, .unseen")) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push([e.tagName, e.className, ratio]);
  }
  return found;
})()
"""
