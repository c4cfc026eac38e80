"""The OpenAPI 3.1 document of the stored queries, made from their headers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from kgtool.project.parameters import Parameter
from kgtool.results.formats import Kind
from kgtool.server.api.calls import (
    FORMAT,
    MOST_PAGES,
    PAGE,
    PAGE_SIZE,
    USUAL_SIZE,
    most_rows,
    own_name,
)
from kgtool.server.api.formats import api_offers, by_extension
from kgtool.server.api.schemas import (
    SPARQL_ANSWER,
    SPARQL_ROWS,
    Json,
    answer_schema,
    example,
    parameter_schema,
)
from kgtool.server.catalogue import Entry
from kgtool.server.problems import PROBLEM
from kgtool.server.settings import API_PATH, Settings

_DESCRIPTION = """\
The stored queries of a knowledge graph, each with its typed parameters.

- **Pages**: `page` and `page-size` ask for a part of an answer; the header `Link` has the others. \
Without them an answer is whole, but for a page of HTML.
- **Formats**: by `Accept`, or by `format`. `application/json` is plain rows; \
`application/sparql-results+json` has the types of terms and the languages of strings, too.
- **Limits**: the headers `Kgtool-Timeout` (seconds) and `Kgtool-Max-Rows` lower the server's.
"""
#: Errors that any query may end with.
_ERRORS = {
    "400": "A parameter is unknown, missing, given twice, or not of its type.",
    "406": "None of the formats that Accept names is there.",
    "500": "A limit was hit, or something failed here.",
    "503": "Too many requests are waiting; Retry-After says when to come again.",
    "default": "Anything else that went wrong.",
}
_PROBLEM: Json = {
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "expected": {"type": "string", "description": "What would have been right."},
        "hint": {"type": "string", "description": "What to do about it."},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
    },
}
_HEADERS: Json = {
    "ETag": {"description": "Changes with the graph and the query.", "schema": {"type": "string"}},
    "Link": {
        "description": "Of a page: the first, the one before (prev) and the one behind (next).",
        "schema": {"type": "string"},
    },
}


def document(
    title: str, entries: Sequence[Entry], prefixes: Iterable[str], settings: Settings
) -> Json:
    """The document; ``prefixes`` are those of the store."""
    prefixes = list(prefixes)
    most = most_rows(settings)
    paths = {f"/{quote(each.query.name)}": _path(each, prefixes, most) for each in entries}
    tags = sorted({tag for each in entries for tag in each.query.tags})
    found: Json = {
        "openapi": "3.1.1",
        "info": {"title": title, "description": _DESCRIPTION, "version": _version(paths)},
        "servers": [{"url": API_PATH}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {
                "Problem": _PROBLEM,
                "SparqlRows": SPARQL_ROWS,
                "SparqlAnswer": SPARQL_ANSWER,
            },
            "parameters": {
                name: each
                for kind in sorted({entry.kind for entry in entries})
                for name, each in _shared(kind, most).items()
            },
            "responses": {
                _error_name(status): {
                    "description": words,
                    "content": {
                        PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
                        "text/plain": {"schema": {"type": "string"}},
                        "text/html": {"schema": {"type": "string"}},
                    },
                }
                for status, words in _ERRORS.items()
            },
        },
    }
    return found


def _version(paths: Json) -> str:
    """Changes with the queries, and with nothing else."""
    return hashlib.sha256(json.dumps(paths, sort_keys=True).encode()).hexdigest()[:12]


def _path(entry: Entry, prefixes: list[str], most: int) -> Json:
    query = entry.query
    words = [query.description] if query.description else []
    if plain := dict(query.returns).get(""):
        words.append(f"Gives {plain}.")
    operation: Json = {
        "operationId": query.name,
        "summary": query.summary,
        "description": "\n\n".join(words),
        "tags": list(query.tags),
        "parameters": [*_own(entry, prefixes), *_common(entry, most)],
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": _HEADERS,
                "content": {
                    offer.media_type: {"schema": answer_schema(entry, offer)}
                    for offer in api_offers(entry.kind)
                },
            },
            "304": {"description": "The answer is still the one of If-None-Match."},
            **{
                status: {"$ref": f"#/components/responses/{_error_name(status)}"}
                for status in _ERRORS
            },
        },
    }
    return {"get": {key: value for key, value in operation.items() if value not in ("", [])}}


def _error_name(status: str) -> str:
    return "Error" if status == "default" else f"Error{status}"


def _own(entry: Entry, prefixes: list[str]) -> list[Json]:
    """The parameters of the query."""
    known = {*prefixes, *(prefix for prefix, _ in entry.query.prefixes)}
    return [_parameter(parameter, known) for parameter in entry.query.parameters]


def _parameter(parameter: Parameter, prefixes: Iterable[str]) -> Json:
    schema = parameter_schema(parameter, prefixes)
    words = parameter.description
    if not parameter.required and "default" not in schema:
        words = f"{words}; {parameter.default} if it is not given".removeprefix("; ")
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        **({"description": words} if words else {}),
        "schema": schema,
        "example": example(parameter, schema),
    }


def _common(entry: Entry, most: int) -> list[Json]:
    """The parameters that all queries have; written out where they have another name."""
    names = {parameter.name for parameter in entry.query.parameters}
    found: list[Json] = []
    for name, each in _shared(entry.kind, most).items():
        own = own_name(each["name"], names)
        same = own == each["name"]
        found.append({"$ref": f"#/components/parameters/{name}"} if same else {**each, "name": own})
    return found


def _shared(kind: Kind, most: int) -> dict[str, Json]:
    """The parameters of all queries with results of a kind, by their names in the document."""
    found: dict[str, Json] = {
        f"{kind}-format": {
            "name": FORMAT,
            "description": "The format, by the ending of its files; else Accept says.",
            "schema": {"type": "string", "enum": [*by_extension(kind)]},
        }
    }
    if kind != "ask":
        found["page"] = {
            "name": PAGE,
            "description": "The number of the page that is asked for, from 1.",
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PAGES},
        }
        found["page-size"] = {
            "name": PAGE_SIZE,
            "description": "The rows or triples of a page; asks for the first, if for none.",
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": most,
                "default": min(USUAL_SIZE, most),
            },
        }
    return {name: {**each, "in": "query"} for name, each in found.items()}
