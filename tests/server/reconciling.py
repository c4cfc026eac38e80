"""A client of the Reconciliation Service API that checks what it gets by the JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT7

from tests.conformance.manifests import ROOT
from tests.server.serving import Reply, Running

FOLDER = ROOT / "reconciliation"
VERSIONS = ("0.1", "0.2", "1.0-draft")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
needs_schemas = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no folder {FOLDER}")

Json = Any


@cache
def validator(version: str, name: str) -> Draft7Validator:
    """What checks documents of a kind, by the schema of a version of the API."""
    schemas = {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in (FOLDER / version / "schemas").glob("*.json")
    }
    found = [(each["$id"], DRAFT7.create_resource(each)) for each in schemas.values()]
    return Draft7Validator(schemas[name], registry=Registry().with_resources(found))


def check(document: Json, name: str, version: str) -> None:
    """Fails where a document is not as the schema of a version has it.

    What a version has no schema for, and documents where there are no schemas, are not checked.
    """
    path = FOLDER / version / "schemas" / f"{name}.json"
    if path.is_file():
        error = best_match(validator(version, name).iter_errors(document))
        assert error is None, f"{version} {name}: {error and error.message} in {document}"


def examples(version: str, kind: str, validity: str) -> Iterator[Path]:
    """The published examples of a kind that are valid, or invalid."""
    yield from sorted((FOLDER / version / "examples" / kind / validity).glob("*.json"))


@dataclass
class Client:
    """Asks a server as OpenRefine does (0.1 and 0.2), and as the draft of 1.0 has it."""

    server: Running

    def get(self, path: str, **parameters: str | int) -> Reply:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.server.ask("GET", f"/reconcile{path}{query}")

    def read(self, kind: str, path: str, **parameters: str | int) -> Json:
        """A document by GET, checked in each version that has the path."""
        reply = self.get(path, **parameters)
        assert reply.status == 200, reply.text
        document = json.loads(reply.text)
        for version in VERSIONS[2:] if path.startswith("/draft") else VERSIONS[:2]:
            check(document, kind, version)
        return document

    def batch(self, queries: Mapping[str, Json]) -> dict[str, list[Json]]:
        """The candidates of each query, asked for in versions 0.1 and 0.2."""
        reply = self.post(queries=json.dumps(queries))
        assert reply.status == 200, reply.text
        document = json.loads(reply.text)
        for version in VERSIONS[:2]:
            check(document, "reconciliation-result-batch", version)
        assert document.keys() == queries.keys()
        return {key: each["result"] for key, each in document.items()}

    def candidates(self, name: str, **more: Json) -> list[Json]:
        """The candidates of one query."""
        return self.batch({"q": {"query": name, **more}})["q"]

    def post(self, **form: str) -> Reply:
        return self.server.ask("POST", "/reconcile", urlencode(form), FORM)

    def draft(self, path: str, document: Json) -> Reply:
        text = document if isinstance(document, str) else json.dumps(document)
        return self.server.ask("POST", f"/reconcile/draft/{path}", text, JSON)

    def match(self, *queries: Json) -> list[list[Json]]:
        """The candidates of queries, asked for in the draft of 1.0."""
        reply = self.draft("match", {"queries": queries})
        assert reply.status == 200, reply.text
        document = json.loads(reply.text)
        check(document, "reconciliation-result-batch", VERSIONS[2])
        return [each["candidates"] for each in document["results"]]
