"""The published examples of the Reconciliation Service API, and the graph of this repository."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgtool.project.build import ensure_built
from kgtool.project.folder import Project
from tests.server.reconciling import VERSIONS, Client, check, examples, needs_schemas, validator
from tests.server.serving import running

REPOSITORY = Path(__file__).parents[2]
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of the graph of this repository."""
    root = tmp_path_factory.mktemp("war")
    for name in ("ontology", "triples", "queries", "pyproject.toml"):
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, root / name)
    project = Project(root)
    ensure_built(project)
    with running(project.store_path, project=project) as server:
        yield Client(server)


# The published examples -----------------------------------------------------------------


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_published_batches_are_answered(client, version):
    is_draft = version == VERSIONS[2]
    paths = list(examples(version, "reconciliation-query-batch", "valid"))
    assert len(paths) >= 3
    for path in paths:
        document = json.loads(path.read_text("utf-8"))
        found = client.match(*document["queries"]) if is_draft else client.batch(document)
        assert len(found) == len(document["queries"] if is_draft else document)


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_published_batches_that_are_wrong_are_refused(client, version):
    paths = list(examples(version, "reconciliation-query-batch", "invalid"))
    assert len(paths) >= 2
    for path in paths:
        text = path.read_text("utf-8")
        is_draft = version == VERSIONS[2]
        reply = client.draft("match", text) if is_draft else client.post(queries=text)
        assert reply.status == 400, path


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_published_extensions_are_answered(client, version):
    for path in examples(version, "data-extension-query", "valid"):
        text = path.read_text("utf-8")
        is_draft = version == VERSIONS[2]
        reply = client.draft("extend", text) if is_draft else client.post(extend=text)
        assert reply.status == 200
        check(json.loads(reply.text), "data-extension-response", version)


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_tell_published_documents_apart(version):
    """Else that an answer is valid would say nothing."""
    for kind in ("manifest", "reconciliation-result-batch", "data-extension-response"):
        for validity in ("valid", "invalid"):
            for path in examples(version, kind, validity):
                found = validator(version, kind).is_valid(json.loads(path.read_text("utf-8")))
                assert found == (validity == "valid"), path


# The graph of this repository ------------------------------------------------------------

WAR = [
    ("gen mark clark", "", "clark"),
    ("Clark, Mark W.", "ww2:Person", "clark"),
    ("3d infantry division", "ww2:Unit", "us-3rd-infantry-division"),
    ("Third Inf. Div.", "", "us-3rd-infantry-division"),
    ("anzoi", "ww2:Place", "anzio"),
    ("the battle of Anzio", "ww2:Battle", "battle-of-anzio"),
    ("rome", "ww2:Place", "rome"),
]


@pytest.mark.parametrize(("name", "type_", "meant"), WAR)
def test_the_war_is_reconciled(war: Client, name, type_, meant):
    given = {"type": type_} if type_ else {}
    best = war.candidates(name, **given)[0]
    assert best["id"] == f"https://w3id.org/ww2-kg/id/{meant}"


def test_the_manifest_of_the_war(war: Client):
    manifest = war.read("manifest", "")
    assert manifest["identifierSpace"] == "https://w3id.org/ww2-kg/"
    assert manifest["name"] == "The Second World War"


def test_who_speaks_openrefine_finds_its_way(war: Client):
    """What OpenRefine asks, from the address of the service to the values of a new column."""
    manifest = war.read("manifest", "")
    (unit,) = [e for e in war.read("suggest-types-response", "/suggest/type", prefix="unit")
               ["result"] if e["name"] == "unit"]  # fmt: skip
    (found, *_) = war.candidates("3d infantry division", type=unit["id"], type_strict="should")
    assert found["match"]
    path = manifest["extend"]["propose_properties"]["service_path"].removeprefix("/reconcile")
    proposed = war.read("data-extension-property-proposal", path, type=unit["id"])["properties"]
    (label,) = [each for each in proposed if each["id"] == LABEL]
    asked = {"ids": [found["id"]], "properties": [{"id": label["id"]}]}
    rows = json.loads(war.post(extend=json.dumps(asked)).text)["rows"]
    assert rows[found["id"]][label["id"]] == [{"str": "3rd Infantry Division"}]
