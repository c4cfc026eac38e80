"""The algebra as indented text, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql.algebra import Position, Prologue, Variable

_HIDDEN = {field.name for field in fields(Prologue)} | {"text", "position"}


def to_text(node: Any) -> str:
    """A query or pattern as nested operators, one a line, in the specification's terms."""
    return "\n".join(_lines(node, 0))


def _lines(node: Any, depth: int) -> Iterator[str]:
    flat = _flat(node)
    if len(flat) + 2 * depth <= 96 or not _has_parts(node):
        yield "  " * depth + flat
        return
    if isinstance(node, tuple):
        for child in node:
            yield from _lines(child, depth)
        return
    yield "  " * depth + type(node).__name__
    for field in fields(node):
        if field.name not in _HIDDEN:
            yield from _lines(getattr(node, field.name), depth + 1)


def _has_parts(node: Any) -> bool:
    is_term = isinstance(node, Variable | IRI | Literal | BlankNode)
    return isinstance(node, tuple) or (is_dataclass(node) and not is_term)


def _flat(node: Any) -> str:
    match node:
        case Variable(name):
            return f"?{name}" if node.projectable else name
        case IRI() | Literal() | BlankNode():
            return str(node)
        case tuple():
            return "(" + " ".join(_flat(child) for child in node) + ")"
        case None | Position():
            return "-"
    if is_dataclass(node) and not isinstance(node, type):
        parts = [_flat(getattr(node, f.name)) for f in fields(node) if f.name not in _HIDDEN]
        return f"{type(node).__name__}({' '.join(parts)})"
    return str(node)
