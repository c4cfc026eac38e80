"""The OpenAPI document: that it is one, that it is true, and that nothing breaks what it tells."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgtool.project.arguments import TYPES
from tests.server.serving import Running, running
from tests.server.stored import QUERIES, stored_project, write_query


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    project = stored_project(tmp_path_factory.mktemp("openapi") / "kg")
    with running(project.store_path, project=project) as server:
        yield server


@pytest.fixture(scope="module")
def document(api: Running) -> Any:
    return json.loads(api.ask("GET", "/api/openapi.json").body)


def needs(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed; it is in the extra `test`")


def test_the_document_is_valid(document: Any) -> None:
    needs("openapi_spec_validator")
    from openapi_spec_validator import OpenAPIV31SpecValidator, validate

    validate(document, cls=OpenAPIV31SpecValidator)


def test_json_and_yaml_are_one_document(api: Running, document: Any) -> None:
    reply = api.ask("GET", "/api/openapi.yaml")
    assert reply.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(reply.body) == document


def test_headers_are_in_the_document(document: Any) -> None:
    assert [*document["paths"]] == [f"/{name}" for name in sorted(QUERIES)]
    people = document["paths"]["/people"]["get"]
    assert people["summary"] == "People of an age, in no order"
    assert people["tags"] == ["people"]
    atleast = people["parameters"][0]
    assert atleast == {
        "name": "atleast",
        "in": "query",
        "required": False,
        "description": "the lowest age",
        "schema": {"type": "integer", "default": 0},
        "example": 0,
    }
    row = people["responses"]["200"]["content"]["application/json"]["schema"]["items"]
    assert [*row["properties"]] == ["person", "age", "nick"]
    assert row["properties"]["age"]["description"] == "in years"
    needed = document["paths"]["/needs"]["get"]["parameters"]
    assert [p["name"] for p in needed if p.get("required")] == ["who", "day", "name"]
    assert "Gives a card" in document["paths"]["/cards"]["get"]["description"]


def test_every_type_has_a_schema(document: Any) -> None:
    parameters = document["paths"]["/types"]["get"]["parameters"]
    found = {each["name"]: each for each in parameters if "name" in each}
    for type_ in TYPES:
        assert "default" in found[f"a_{type_}"]["schema"]
    assert found["a_iri"]["schema"]["format"] == "iri"
    assert found["a_iri"]["schema"]["default"] == "http://e/p01"
    assert found["a_boolean"]["schema"]["default"] is True


def test_what_is_asked_as_the_document_says_is_answered(api: Running, document: Any) -> None:
    for path, item in document["paths"].items():
        content = item["get"]["responses"]["200"]["content"]
        for media_type in content:
            given = "&".join(f"{p['name']}={p['example']}" for p in item["get"]["parameters"]
                             if p.get("required"))  # fmt: skip
            url = f"{document['servers'][0]['url']}{path}?{given}"
            reply = api.ask("GET", url, None, {"Accept": media_type})
            assert reply.status == 200
            assert reply.headers["content-type"].partition(";")[0] == media_type


def test_parameters_of_the_api_are_renamed_where_a_query_has_their_name(document: Any) -> None:
    clash = document["paths"]["/clash"]["get"]["parameters"]
    assert [each.get("name", each.get("$ref")) for each in clash] == [
        "page", "format", "kgtool-format", "kgtool-page", "#/components/parameters/page-size",
    ]  # fmt: skip


def test_a_default_that_the_schema_does_not_take_is_told_in_words(tmp_path: Path) -> None:
    project = stored_project(tmp_path / "kg")
    header = "#+ summary: x\n#+ parameters:\n#+   - {name: at, type: dateTime, default: "
    write_query(project, "at", header + "'1944-06-04T19:15:00'}\nSELECT ($at AS ?x) {}")
    with running(project.store_path, project=project) as api:
        paths = json.loads(api.ask("GET", "/api/openapi.json").body)["paths"]
    at = paths["/at"]["get"]["parameters"][0]
    assert "default" not in at["schema"]
    assert at["description"] == "1944-06-04T19:15:00 if it is not given"


def test_schemathesis_finds_nothing(api: Running, tmp_path: Path) -> None:
    """Values that the schemas allow and such that they do not, methods, and all that comes back."""
    needs("schemathesis")
    command = [
        sys.executable, "-m", "schemathesis.cli", "run",
        f"http://127.0.0.1:{api.port}/api/openapi.json", "--checks", "all", "--max-examples", "10",
        "--generation-deterministic", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout
