"""Names for what has none: statements and references, made of what they say."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import Snak, Statement


def statement_id(about: str, statement: Statement) -> str:
    """The id of a statement about the entity of an IRI, made of what it says where it has none.

    A Wikibase takes such an id for a new statement, and a second edit with it makes no second one.
    """
    if statement.id is not None:
        return statement.id
    said = repr((about, statement.main, statement.qualifiers))
    return f"{about.rpartition('/')[2]}${uuid.uuid5(uuid.NAMESPACE_URL, said)}"


def statement_iri(about: str, statement: Statement, concepts: Concepts) -> str:
    return concepts.statements + statement_id(about, statement).replace("$", "-", 1)


def reference_iri(reference: Sequence[Snak], concepts: Concepts) -> str:
    return f"{concepts.base}reference/{digest(tuple(reference))}"


def digest(said: object) -> str:
    """A hash of values of the model."""
    return hashlib.sha1(repr(said).encode(), usedforsecurity=False).hexdigest()
