"""What is asked of a store's names, and what is found, whichever version of the API says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kgtool.rdf.terms import IRI

#: How many of several values must be there.
Quantifier = Literal["any", "all", "none"]
#: What types are for: all candidates have one of them, or all; or those that have count more.
TypeRule = Literal["any", "all", "should"]
#: What a property is compared with: a name or a number as text, or the thing itself.
Value = str | IRI


@dataclass(frozen=True, slots=True)
class Condition:
    """Values of a property, as an IRI. Only one that is ``required`` excludes candidates."""

    property: str
    values: tuple[Value, ...]
    required: bool = False
    quantifier: Quantifier = "any"


@dataclass(frozen=True, slots=True)
class Query:
    """Who is meant by one of ``names``, or has one of ``ids``, is of a type, and has properties.

    Types and ids are IRIs. Without names and ids whoever has the properties is meant.
    """

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    type_rule: TypeRule = "any"
    conditions: tuple[Condition, ...] = ()
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant, by its id in the store; all scores are from 0 to 100.

    ``features`` are the parts of the score: ``name``, ``type`` and properties by their IRIs.
    """

    thing: int
    score: float
    match: bool
    features: dict[str, float] = field(default_factory=dict)
