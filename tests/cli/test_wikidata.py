"""``kgtool wikidata``, on the graph of this repository and on a small project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyoxigraph
import pytest

from kgtool.project.folder import Project
from kgtool.project.skeleton import new_project
from tests.wikibase.worlds import BASE, MAPPING, PREFIXES

ROOT = Path(__file__).parents[2]
FACTS = """
:anzio a :Battle ; rdfs:label "Anzio"@en ; skos:exactMatch wb:Q2 ; :motto "So" ; :partOf :rome .
:rome a :City ; rdfs:label "Rome"@en .
:Battle rdfs:subClassOf :Thing .
:City rdfs:subClassOf :Thing .
:Thing a <http://www.w3.org/2002/07/owl#Class> .
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the mapping of tests/wikibase."""
    made = new_project(tmp_path_factory.mktemp("wikidata") / "project").root
    for name in ("ontology", "triples", "queries"):
        shutil.rmtree(made / name)
        (made / name).mkdir()
    (made / "ontology/own.ttl").write_bytes(MAPPING.read_bytes())
    (made / "triples/facts.ttl").write_text(PREFIXES + FACTS, encoding="utf-8")
    settings = f'[tool.kgtool.wikidata]\nmapping = "ontology/own.ttl"\nbase = "{BASE}"\n'
    (made / "pyproject.toml").write_text(settings, encoding="utf-8")
    return made


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(folder)
    return Project(folder)


@pytest.mark.usefixtures("here")
def test_commands_and_a_summary_before_them(run):
    result = run("wikidata", "export", "--comment", "from files")
    assert result.stdout.splitlines() == [
        "Q2\tP1\tQ901 /* from files */",
        'Q2\tP3\t"So" /* from files */',
        "CREATE",
        'LAST\tLen\t"Rome" /* from files */',
        "LAST\tP1\tQ902 /* from files */",
    ]
    assert result.stderr.splitlines() == [
        "2 items (1 of them new), 3 statements, 0 qualifiers, 0 references",
        "cannot be said there, or not as exactly: 1",
        "       1  P2: has no item",
    ]


@pytest.mark.usefixtures("here")
def test_a_dry_run_only_tells(run):
    result = run("wikidata", "export", "--dry-run", "-v")
    assert result.stdout == ""
    assert ":anzio P2 :rome: has no item" in result.stderr


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("only", "lines"),
    [
        (":City", 3),
        ("https://kg.example/Battle", 2),
        ("<https://kg.example/Thing>", 5),
        ("SELECT ?s { ?s :partOf :rome }", 2),
        ("ASK { ?s ?p ?o }", None),
        ("nope:City", None),
        (":Batle", None),
        ("no-such-query", None),
    ],
)
def test_only_a_class_or_a_query(run, only, lines):
    result = run("wikidata", "export", "--only", only, code=2 if lines is None else 0)
    assert len(result.stdout.splitlines()) == (lines or 0)
    assert ("Did you mean :Battle?" in result.stderr) == (only == ":Batle")


@pytest.mark.usefixtures("here")
def test_labels_of_all(run):
    result = run("wikidata", "export", "-q", "--terms", "all", "--only", ":Battle")
    assert result.stdout.splitlines()[0] == 'Q2\tLen\t"Anzio"'
    entity = run("wikidata", "export", "-q", "-f", "wikibase-json", "--terms", "new")
    assert [d["labels"] for d in json.loads(entity.stdout)] == [
        {},
        {"en": {"language": "en", "value": "Rome"}},
    ]


@pytest.mark.usefixtures("here")
def test_a_comment_that_cannot_be_written(run):
    assert "*/" in run("wikidata", "export", "--comment", "a */ b", code=2).output
    elsewhere = run("wikidata", "export", "-f", "wikibase-rdf", "--comment", "a", code=2)
    assert "has no comments" in elsewhere.output


@pytest.mark.usefixtures("here")
def test_unmapped(run):
    rows = json.loads(run("wikidata", "unmapped", "--format", "json").stdout)
    assert rows == [
        {"kind": "class", "name": "https://kg.example/Thing", "uses": 0, "reason": ""},
        {"kind": "item", "name": "https://kg.example/rome", "uses": 1, "reason": ""},
        {
            "kind": "property",
            "name": "https://kg.example/unsaid",
            "uses": 0,
            "reason": "Nobody has asked for it.",
        },
    ]
    text = run("wikidata", "unmapped").stdout
    assert text.splitlines()[1].split() == ["item", "1", ":rome"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("format_", ["wikibase-json", "wikibase-rdf"])
def test_there_and_back(run, tmp_path, format_):
    file = tmp_path / ("a.json" if format_ == "wikibase-json" else "a.ttl")
    run("wikidata", "export", "-q", "-f", format_, "-o", str(file))
    result = run("wikidata", "import", str(file))
    assert result.stderr == "read 2 entities with 3 statements that are mapped\n"
    back = {
        str(quad) for quad in pyoxigraph.parse(result.stdout, format=pyoxigraph.RdfFormat.TURTLE)
    }
    facts = "".join(line for line in FACTS.splitlines(True) if "Thing" not in line)
    given = PREFIXES + facts.replace(" ; :partOf :rome", "")
    expected = {str(quad) for quad in pyoxigraph.parse(given, format=pyoxigraph.RdfFormat.TURTLE)}
    assert back == expected
    lines = run("wikidata", "import", "-q", str(file), "--format", "ntriples", "--known")
    assert len(lines.stdout.splitlines()) == 6


@pytest.mark.usefixtures("here")
def test_problems_and_a_strict_import(run, tmp_path):
    file = tmp_path / "bad.json"
    documents = [{"type": "item", "id": "Q2", "claims": {"P3": [{"rank": "best"}]}}] * 25
    file.write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    lines = run("wikidata", "import", str(file)).stderr.splitlines()
    assert lines[0] == f"{file}:1: Q2: P3: 'best' is no rank"
    assert len(lines) == 22
    assert lines[-1].split() == ["25", "malformed"]
    assert len(run("wikidata", "import", "-v", str(file)).stderr.splitlines()) == 27
    stopped = run("wikidata", "import", "--strict", str(file), code=3)
    assert f"{file}:1" in stopped.stderr
    assert "Q2: P3: 'best' is no rank" in stopped.stderr


@pytest.mark.usefixtures("here")
def test_a_file_that_is_not_there(run):
    assert "there is no file" in run("wikidata", "import", "none.json", code=2).output


def test_a_project_without_a_mapping(run, project):
    assert "has no mapping" in run("wikidata", "export", code=2).output


def test_the_shipped_graph(run, tmp_path, monkeypatch):
    for name in ("ontology", "triples", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    first = run("wikidata", "export", "-q", "--terms", "all").stdout
    assert "Q696844\tP1590\t24000\tP518\tQ30\tS854\t" in first
    assert first == run("wikidata", "export", "-q", "--terms", "all").stdout
    unmapped = run("wikidata", "unmapped").stdout
    assert "ww2:basis  (P5102 is verified" in unmapped
    assert "ww2:partOf" not in unmapped


@pytest.mark.usefixtures("here")
def test_only_what_is_known(run, tmp_path):
    file = tmp_path / "two.json"
    documents = [{"type": "item", "id": id_, "claims": {}} for id_ in ("Q2", "Q3")]
    file.write_text(json.dumps(documents), encoding="utf-8")
    assert "entity/Q3" not in run("wikidata", "import", "--known", str(file)).stdout
