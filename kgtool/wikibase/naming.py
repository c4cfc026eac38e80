"""Names for what has none: statements and references, made of what they say."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import Snak, Statement


def statement_iri(about: str, statement: Statement, concepts: Concepts) -> str:
    """The IRI of a statement about the entity of an IRI; the same for the same statement."""
    id_ = statement.id
    if id_ is None:
        said = repr((about, statement.main, statement.qualifiers))
        id_ = f"{about.rpartition('/')[2]}${uuid.uuid5(uuid.NAMESPACE_URL, said)}"
    return concepts.statements + id_.replace("$", "-", 1)


def reference_iri(reference: Sequence[Snak], concepts: Concepts) -> str:
    return f"{concepts.base}reference/{digest(tuple(reference))}"


def digest(said: object) -> str:
    """A hash of values of the model."""
    return hashlib.sha1(repr(said).encode(), usedforsecurity=False).hexdigest()
