"""Names for what has none: statements, references and values, made of what they say.

The same is named the same in every run, and by every version: a second edit makes nothing twice.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import fields

from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import NoValue, Snak, Statement, Value


def statement_id(about: str, statement: Statement) -> str:
    """The id of a statement about the entity of an IRI, made of what it says where it has none.

    A Wikibase takes such an id for a new statement.
    """
    if statement.id is not None:
        return statement.id
    said = _text(about, _said([statement.main]), _said(statement.qualifiers))
    return f"{about.rpartition('/')[2]}${uuid.uuid5(uuid.NAMESPACE_URL, said)}"


def statement_iri(about: str, statement: Statement, concepts: Concepts) -> str:
    return concepts.statements + statement_id(about, statement).replace("$", "-", 1)


def reference_iri(reference: Sequence[Snak], concepts: Concepts) -> str:
    return f"{concepts.base}reference/{_hash(_text(_said(reference)))}"


def value_hash(value: Value) -> str:
    return _hash(_text(_parts(value)))


def unknown_hash(node: str, property_: str) -> str:
    """For the value that a node has in a property and nobody knows."""
    return _hash(_text(node, property_))


def _said(snaks: Sequence[Snak]) -> list[list[object]]:
    return [[snak.property, *_parts(snak.value)] for snak in snaks]


def _parts(value: Value) -> list[object]:
    if isinstance(value, NoValue):
        return [value.value]
    return [getattr(value, field.name) for field in fields(value)]


def _text(*said: object) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
