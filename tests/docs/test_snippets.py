"""What README.md and docs/ show is what happens.

- ``console``: each ``$ kgtool …`` is run in a copy of the project of this repository; what
  stands under it is what comes out, where a line ``…`` stands for any number of lines.
- ``http``: each ``$ curl …`` is asked of a server of that project, likewise.
- ``python``: runs, in that project.
- ``sparql``: parses; with a header, the header is right.
- ``yaml`` and ``ttl``: are files of cases, which pass.
- ``turtle``: parses; what a page shows of facts keeps the shapes, taken together.
"""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner

from kgtool.cli.main import cli
from kgtool.project.build import ensure_built
from kgtool.project.cases import run_cases
from kgtool.project.folder import Project
from kgtool.project.header import read_header
from kgtool.project.scanning import has_header
from kgtool.sparql import parse_query
from tests.server.serving import running

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PREFIXES = {
    "id": "https://w3id.org/ww2-kg/id/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "ww2": "https://w3id.org/ww2-kg/ontology#",
}
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def snippets(language: str) -> list[Snippet]:
    return [
        Snippet(page.name, text.count("\n", 0, found.start()) + 2, found[2])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for found in _FENCE.finditer(text)
        if found[1] == language
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the project, built; the store of this checkout serves where it is fresh."""
    copy = tmp_path_factory.mktemp("snippets") / "kg"
    for name in ("ontology", "triples", "queries", ".kgtool"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    ensure_built(Project(copy))
    return copy


@pytest.fixture
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console snippet, each with what it says."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert parts[0] == "", "a console snippet begins with a command"
    return [(command, said) for command, _, said in (p.partition("\n") for p in parts[1:])]


@pytest.mark.parametrize("snippet", snippets("console"), ids=str)
def test_console(snippet, here):
    for command, expected in commands(snippet.text):
        program, *arguments = shlex.split(command, comments=True)
        assert program == "kgtool"
        compare(CliRunner().invoke(cli, arguments).output, expected, f"{snippet}: {command}")


def compare(output: str, expected: str, what: str) -> None:
    said = [line.rstrip() for line in output.splitlines()]
    wanted = r"\n".join(
        r"(?:.*\n)*?.*" if line == "…" else re.escape(line) for line in expected.splitlines()
    )
    if not re.fullmatch(wanted, "\n".join(said)):
        assert said == expected.splitlines(), what


@pytest.fixture(scope="module")
def server(folder):
    project = Project(folder)
    with running(project.store_path, project=project) as server:
        yield server


@pytest.mark.parametrize("snippet", snippets("http"), ids=str)
def test_http(snippet, server):
    for command, expected in commands(snippet.text):
        program, *arguments = shlex.split(command)
        assert program == "curl"
        (url,) = (each for each in arguments if each.startswith("http:"))
        reply = server.ask("GET", url.removeprefix("http://127.0.0.1:7878"))
        head = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()] + [""]
        lines = (head if "-i" in arguments else []) + reply.text.splitlines()
        said = "\n".join(lines).replace(f"127.0.0.1:{server.port}", "127.0.0.1:7878")
        compare(said, expected, f"{snippet}: {command}")


#: rdflib calls what it has deprecated itself.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("snippet", snippets("python"), ids=str)
def test_python(snippet, here, capsys):
    exec(compile(snippet.text, str(snippet), "exec"), {"__name__": "snippet"})


@pytest.mark.parametrize("snippet", snippets("sparql"), ids=str)
def test_sparql(snippet):
    if has_header(snippet.text):
        read_header(snippet.text, str(snippet))
    parse_query(snippet.text, prefixes=PREFIXES, file=str(snippet))


@pytest.mark.parametrize("language", ["yaml", "ttl"])
def test_cases(language, folder, tmp_path):
    for snippet in snippets(language):
        file = tmp_path / f"snippet.{language}"
        file.write_text(snippet.text, encoding="utf-8")
        outcomes = list(run_cases(Project(folder), files=[file]))
        assert outcomes, snippet
        assert [line for o in outcomes for line in o.lines] == [], snippet


@pytest.mark.parametrize("page", sorted({s.page for s in snippets("turtle")}))
def test_turtle_keeps_the_shapes(page, here, tmp_path):
    parts = [snippet.text for snippet in snippets("turtle") if snippet.page == page]
    for part in parts:
        assert list(pyoxigraph.parse(part, format=pyoxigraph.RdfFormat.TURTLE))
    facts = tmp_path / "facts.ttl"
    facts.write_text("\n".join(parts), encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(facts)])
    assert result.output == "no violations (asserted triples)\n"
    assert result.exit_code == 0
