"""Shapes as immutable values (SHACL, sections 2 to 6): what a shapes graph says, checked.

A constraint is one parameter, or the set of parameters that a component takes together. Its
``component`` is the IRI that results name (sh:sourceConstraintComponent).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias
from typing import Literal as Choice

from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl.vocabulary import SH, VIOLATION
from kgtool.sparql.algebra import AskQuery, Path, SelectQuery

Messages: TypeAlias = tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class _Component:
    name: ClassVar[str]

    @property
    def component(self) -> str:
        return f"{SH}{self.name}ConstraintComponent"


# Tests of each value node (sections 4.1, 4.3 and 4.4, sh:in of 4.8) ---------------------------


@dataclass(frozen=True, slots=True)
class Class(_Component):
    name = "Class"
    cls: IRI


@dataclass(frozen=True, slots=True)
class Datatype(_Component):
    name = "Datatype"
    datatype: IRI


@dataclass(frozen=True, slots=True)
class NodeKind(_Component):
    """``kind`` is a name such as ``BlankNodeOrIRI``."""

    name = "NodeKind"
    kind: str


@dataclass(frozen=True, slots=True)
class Range(_Component):
    """sh:minExclusive and its like: ``value operator bound`` is to be true."""

    parameter: str
    operator: Choice["<", "<=", ">", ">="]
    bound: Literal

    @property
    def component(self) -> str:
        return f"{SH}{self.parameter[0].upper()}{self.parameter[1:]}ConstraintComponent"


@dataclass(frozen=True, slots=True)
class MinLength(_Component):
    name = "MinLength"
    length: int


@dataclass(frozen=True, slots=True)
class MaxLength(_Component):
    name = "MaxLength"
    length: int


@dataclass(frozen=True, slots=True)
class Pattern(_Component):
    name = "Pattern"
    pattern: str
    flags: str = ""


@dataclass(frozen=True, slots=True)
class LanguageIn(_Component):
    name = "LanguageIn"
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class In(_Component):
    name = "In"
    values: tuple[Term, ...]


# Of all value nodes of a focus node (4.2, 4.4, 4.5, 4.8) --------------------------------------


@dataclass(frozen=True, slots=True)
class MinCount(_Component):
    name = "MinCount"
    count: int


@dataclass(frozen=True, slots=True)
class MaxCount(_Component):
    name = "MaxCount"
    count: int


@dataclass(frozen=True, slots=True)
class UniqueLang(_Component):
    name = "UniqueLang"


@dataclass(frozen=True, slots=True)
class HasValue(_Component):
    name = "HasValue"
    value: Term


@dataclass(frozen=True, slots=True)
class Equals(_Component):
    name = "Equals"
    property: IRI


@dataclass(frozen=True, slots=True)
class Disjoint(_Component):
    name = "Disjoint"
    property: IRI


@dataclass(frozen=True, slots=True)
class LessThan(_Component):
    name = "LessThan"
    property: IRI


@dataclass(frozen=True, slots=True)
class LessThanOrEquals(_Component):
    name = "LessThanOrEquals"
    property: IRI


@dataclass(frozen=True, slots=True)
class Closed(_Component):
    """``allowed`` are the predicates of the shape's properties, and those that it ignores."""

    name = "Closed"
    allowed: tuple[IRI, ...]


# By other shapes (4.6, 4.7) -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Not(_Component):
    name = "Not"
    shape: Shape


@dataclass(frozen=True, slots=True)
class All(_Component):
    """sh:and"""

    name = "And"
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Any(_Component):
    """sh:or"""

    name = "Or"
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class One(_Component):
    """sh:xone"""

    name = "Xone"
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Node(_Component):
    name = "Node"
    shape: Shape


@dataclass(frozen=True, slots=True)
class Property(_Component):
    name = "Property"
    shape: Shape


@dataclass(frozen=True, slots=True)
class QualifiedMin(_Component):
    """``others`` are the sibling shapes that a counted value must not conform to."""

    name = "QualifiedMinCount"
    count: int
    shape: Shape
    others: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class QualifiedMax(_Component):
    name = "QualifiedMaxCount"
    count: int
    shape: Shape
    others: tuple[Shape, ...] = ()


# By SPARQL (5 and 6) --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Select(_Component):
    """sh:sparql, or a component whose validator is a SELECT: its solutions are violations.

    ``node`` is the constraint, of a component None; ``iri`` that of the component. ``query``
    is over $this, with all else put in already; ``message`` are its own, which go before those
    of the shape. ``parameters`` are the values that messages may name.
    """

    query: SelectQuery
    iri: str
    node: Term | None
    messages: Messages = ()
    parameters: tuple[tuple[str, Term], ...] = ()

    @property
    def component(self) -> str:
        return self.iri


@dataclass(frozen=True, slots=True)
class Ask(_Component):
    """A component whose validator is an ASK, over $this and $value."""

    query: AskQuery
    iri: str
    messages: Messages = ()
    parameters: tuple[tuple[str, Term], ...] = ()

    @property
    def component(self) -> str:
        return self.iri


#: Constraints that a value node keeps or breaks by itself.
ValueTest: TypeAlias = (
    Class | Datatype | NodeKind | Range | MinLength | MaxLength | Pattern | LanguageIn | In
    | Disjoint | Not | All | Any | One | Node | Ask
)  # fmt: skip
Constraint: TypeAlias = (
    ValueTest | MinCount | MaxCount | UniqueLang | HasValue | Equals | LessThan | LessThanOrEquals
    | Closed | Property | QualifiedMin | QualifiedMax | Select
)  # fmt: skip


# Shapes (2) -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TargetNode:
    node: Term


@dataclass(frozen=True, slots=True)
class TargetClass:
    """sh:targetClass, and the shape itself where it is a class (2.1.3.3)."""

    cls: IRI


@dataclass(frozen=True, slots=True)
class TargetSubjectsOf:
    property: IRI


@dataclass(frozen=True, slots=True)
class TargetObjectsOf:
    property: IRI


@dataclass(frozen=True, slots=True)
class TargetSelect:
    """A SPARQL-based target (SHACL Advanced Features, 3): ?this of the query's solutions."""

    query: SelectQuery


Target: TypeAlias = TargetNode | TargetClass | TargetSubjectsOf | TargetObjectsOf | TargetSelect


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A node shape, or with a ``path`` a property shape.

    ``node`` is its name in the shapes graph, ``owner`` the nearest shape with an IRI that it
    stands in. ``order`` and ``group`` are for people, and sort reports (sh:order, sh:group).
    ``inferred`` says that the shape asks for inferred triples too.
    """

    node: Term
    owner: Term
    path: Path | None = None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    severity: str = VIOLATION
    messages: Messages = ()
    deactivated: bool = False
    name: str | None = None
    order: float | None = None
    group: Term | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Shapes:
    """A shapes graph: the shapes that have targets, and what of it does not compile."""

    roots: tuple[Shape, ...]
    uncompiled: tuple[str, ...] = ()
