"""Algebra as short text, so that a test can hold it beside the SPARQL it came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass

import pytest

from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql.algebra import TriplePattern, Variable

BASE = "http://example.org/"


def _iri(value: str) -> str:
    for prefix, namespace in (("", BASE), ("xsd", XSD.base), ("rdf", RDF.base)):
        if value.startswith(namespace):
            return f"{prefix}:{value.removeprefix(namespace)}"
    return f"<{value}>"


def _literal(value: Literal) -> str:
    if value.datatype in (XSD.integer, XSD.decimal, XSD.double, XSD.boolean):
        return value.lexical
    text = f'"{value.lexical}"'
    if value.language:
        return f"{text}@{value.language}"
    return text if value.datatype == XSD.string else f"{text}^^{_iri(value.datatype)}"


def show(value: object) -> str:
    """Nodes as (Name field …), tuples in brackets; what stands at its default is left
    off at the end, and fields that equality ignores everywhere."""
    match value:
        case Variable(name):
            return name if name.startswith("_:") else f"?{name}"
        case IRI(text):
            return _iri(text)
        case Literal():
            return _literal(value)
        case BlankNode():
            return f"bnode:{value.label}"
        case TriplePattern(subject, predicate, object_):
            return f"({show(subject)} {show(predicate)} {show(object_)})"
        case tuple():
            return f"[{' '.join(map(show, value))}]"
        case bool() | int() | None:
            return str(value)
        case str():
            return value if re.fullmatch(r"\S+", value) else repr(value)
    assert is_dataclass(value)
    parts = [type(value).__name__]
    kept = 1
    for field in fields(value):
        part = getattr(value, field.name)
        if not field.compare or field.name in ("prefixes", "base", "parameters", "notes"):
            continue
        parts.append(f"{field.name}={show(part)}" if field.kw_only else show(part))
        if field.default is MISSING or part != field.default:
            kept = len(parts)
    return f"({' '.join(parts[:kept])})"


@pytest.fixture(name="show")
def show_fixture() -> Callable[[object], str]:
    return show
