"""``kgtool wikidata plan`` and ``apply`` in a project, on a Wikibase that listens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kgtool.cli.main import cli
from kgtool.project.skeleton import new_project
from tests.wikibase.stub import Stub, wikibase
from tests.wikibase.test_plan import GRAPH, document
from tests.wikibase.worlds import BASE, CLASSES, MAPPING, PREFIXES


@pytest.fixture
def stub() -> Iterator[Stub]:
    with wikibase() as found:
        found.add(document("Q2"))
        found.add(document("Q10"))
        yield found


@pytest.fixture
def folder(tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = new_project(tmp_path / "kg").root
    for file in (root / "triples").iterdir():
        file.unlink()
    (root / "triples" / "facts.ttl").write_text(PREFIXES + CLASSES + GRAPH)
    (root / "ontology" / "mapping.ttl").write_text(MAPPING.read_text())
    with (root / "pyproject.toml").open("a") as settings:
        settings.write(
            f'\n[tool.kgtool.wikidata]\nmapping = "ontology/mapping.ttl"\nbase = "{BASE}"\n'
            f'api = "{stub.api}"\n'
        )
    monkeypatch.chdir(root)
    monkeypatch.setenv("KGTOOL_WIKIBASE_TOKEN", stub.token)
    return root


def run(*arguments: str, code: int = 0, **more: str) -> Result:
    result = CliRunner().invoke(cli, ["wikidata", *arguments], catch_exceptions=False, **more)
    assert result.exit_code == code, result.output
    return result


def test_a_plan_is_made_and_carried_out(folder: Path, stub: Stub) -> None:
    table = run("plan").stdout
    assert "lacks" in table
    assert "has no item" in table
    run("plan", "-f", "json", "-o", "plan.json")
    run("apply", "plan.json", code=1, input="n\n")
    assert stub.edits == []
    done = run("apply", "plan.json", "--yes", "--rate", "6000")
    assert "1 items made, 2 changed" in done.stderr
    assert "exactMatch wb:Q1002" in (folder / "triples" / "wikidata-new.ttl").read_text()
    again = run("plan")
    assert "0 edits" in again.stderr
    assert " lacks" not in again.stdout


def test_plans_by_files_and_for_quickstatements(folder: Path, stub: Stub) -> None:
    Path("known.json").write_text(json.dumps(list(stub.entities.values())))
    missing = run("plan", "--from", "known.json", "-f", "quickstatements", "--only", "ex:City")
    assert missing.stdout.splitlines() == ["Q10\tP1\tQ902", "Q10\tP9\t2800000"]
    Path("known.json").write_text(json.dumps(list(stub.entities.values()))[:40])
    cut = run("plan", "--from", "known.json")
    assert "cut short" in cut.stderr or "no JSON" in cut.stderr


def test_what_is_wrong_is_told(folder: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no plan" in run("apply", "none.json", code=2).stderr
    Path("plan.json").write_text("{")
    assert "cut short" in run("apply", "plan.json", code=3).stderr
    run("plan", "-f", "json", "-o", "plan.json")
    monkeypatch.delenv("KGTOOL_WIKIBASE_TOKEN")
    assert "KGTOOL_WIKIBASE_TOKEN" in run("apply", "plan.json", "--yes", code=2).stderr
    other = Path("plan.json").read_text().replace(BASE, "https://other.example/")
    Path("plan.json").write_text(other)
    assert "another Wikibase" in run("apply", "plan.json", "--yes", code=2).stderr
    gone = run("plan", "--api", "http://127.0.0.1:9/w/api.php", code=3)
    assert "does not answer" in gone.stderr
