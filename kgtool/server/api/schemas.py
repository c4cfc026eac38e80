"""JSON schemas of parameters and answers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from kgtool.project.arguments import PLAIN_SCHEMES, example_of
from kgtool.project.parameters import Parameter
from kgtool.server.catalogue import Entry
from kgtool.server.negotiation import Chosen

Json = dict[str, Any]

_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_LANGUAGE = r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
_IN_IRI = r'[^\u0000-\u0020<>"{}|^`\\]'
#: What JSON Schema says of the types of parameters; patterns are those of ECMA-262.
_TYPES: dict[str, Json] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "string", "format": "decimal",
                "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"},
    "double": {"type": "number", "format": "double"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    # XML Schema knows no zones beyond 14 hours.
    "dateTime": {"type": "string", "format": "date-time", "pattern": rf"{_ZONE}$"},
    "gYear": {"type": "string", "pattern": rf"^-?[0-9]{{4,}}{_ZONE}?$"},
    "gYearMonth": {"type": "string", "pattern": rf"^-?[0-9]{{4,}}-(0[1-9]|1[0-2]){_ZONE}?$"},
    "langString": {"type": "string", "pattern": rf"@{_LANGUAGE}$"},
}  # fmt: skip
#: Values of JSON as they are written in a URL, by the type of the schema.
_READ: dict[str, Callable[[str], object]] = {
    "integer": int,
    "number": float,
    "boolean": "true".__eq__,
    "string": str,
}
#: What a variable may be in plain JSON: which of them, only the data know.
_VALUE = ["string", "number", "boolean", "null"]
#: SPARQL 1.1 Query Results JSON Format, of rows and of a truth value.
SPARQL_ROWS: Json = {
    "type": "object",
    "required": ["head", "results"],
    "properties": {
        "head": {
            "type": "object",
            "required": ["vars"],
            "properties": {"vars": {"type": "array", "items": {"type": "string"}}},
        },
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {
                "bindings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "required": ["type", "value"],
                            "properties": {
                                "type": {"enum": ["uri", "literal", "bnode"]},
                                "value": {"type": "string"},
                                "datatype": {"type": "string"},
                                "xml:lang": {"type": "string"},
                            },
                        },
                    },
                }
            },
        },
    },
}
SPARQL_ANSWER: Json = {
    "type": "object",
    "required": ["head", "boolean"],
    "properties": {"head": {"type": "object"}, "boolean": {"type": "boolean"}},
}


def parameter_schema(parameter: Parameter, prefixes: Iterable[str]) -> Json:
    """What a value of the parameter may be; ``prefixes`` are those that an IRI may begin with.

    A default that JSON Schema would not take, as a dateTime without a zone, is left out.
    """
    if parameter.type == "iri":
        schema: Json = {"type": "string", "format": "iri", "pattern": _iri_pattern(prefixes)}
    else:
        schema = dict(_TYPES[parameter.type])
    if parameter.default is not None:
        default = _read(parameter.default, schema)
        if re.search(schema.get("pattern", ""), str(default)):
            schema["default"] = default
    return schema


def example(parameter: Parameter, schema: Json) -> object:
    """A value to try."""
    if "default" in schema:
        return schema["default"]
    texts = {"iri": "https://example.org/thing", "string": "text", "boolean": "true"}
    return _read(texts.get(parameter.type) or example_of(parameter.type), schema)


def answer_schema(entry: Entry, offer: Chosen) -> Json:
    """What an answer in a format may be."""
    if offer.media_type == "application/json" and entry.kind != "graph":
        return {"type": "boolean"} if entry.kind == "ask" else _rows(entry)
    if offer.format.name == "json":
        name = "SparqlAnswer" if entry.kind == "ask" else "SparqlRows"
        return {"$ref": f"#/components/schemas/{name}"}
    if offer.format.name == "jsonld":
        return {"type": ["object", "array"]}
    return {"type": "string"}


def _rows(entry: Entry) -> Json:
    words = dict(entry.query.returns)
    properties = {
        name: {"type": _VALUE, **({"description": words[name]} if words.get(name) else {})}
        for name in entry.variables
    }
    row = {"type": "object", "properties": properties, "required": [*properties],
           "additionalProperties": False}  # fmt: skip
    return {"type": "array", "items": row}


def _iri_pattern(prefixes: Iterable[str]) -> str:
    """An IRI, or a name with a prefix that is known."""
    known = "|".join(re.escape(prefix).replace("\\-", "-") for prefix in sorted(prefixes))
    short = f"|({known}):(?!//){_IN_IRI}*" if known else ""
    return f"^(([A-Za-z][A-Za-z0-9+.-]*://|({'|'.join(PLAIN_SCHEMES)}):){_IN_IRI}*{short})$"


def _read(text: str, schema: Json) -> object:
    """The value that the text of a parameter is in JSON; the text where it has none."""
    if schema.get("format") == "iri":
        return text.removeprefix("<").removesuffix(">")
    try:
        value = _READ[schema["type"]](text)
    except ValueError:
        return text
    finite = not isinstance(value, float) or math.isfinite(value)
    return value if finite else text
