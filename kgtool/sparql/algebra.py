"""The SPARQL algebra as immutable values, one class an operator.

Names and meanings are those of SPARQL 1.1 Query Language, section 18
(https://www.w3.org/TR/sparql11-query/#sparqlAlgebra) and SPARQL 1.1 Update, section 4
(https://www.w3.org/TR/sparql11-update/#formalModel). Nothing here knows an engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as Choice
from typing import TypeAlias

from kgtool.rdf.terms import IRI, Literal, Term


@dataclass(frozen=True, slots=True)
class Position:
    """Where a construct starts in the query text; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A query variable, without its sigil.

    A blank node of a pattern is a variable that cannot be projected: its name starts
    with ``_:``, which no written variable can.
    """

    name: str

    @property
    def projectable(self) -> bool:
        return not self.name.startswith("_:")


Node: TypeAlias = Term | Variable


# Property paths (section 18.1.7, syntax in section 9) ---------------------------------


@dataclass(frozen=True, slots=True)
class Inverse:
    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    left: Path
    right: Path


@dataclass(frozen=True, slots=True)
class Alternative:
    left: Path
    right: Path


@dataclass(frozen=True, slots=True)
class ZeroOrMore:
    path: Path


@dataclass(frozen=True, slots=True)
class OneOrMore:
    path: Path


@dataclass(frozen=True, slots=True)
class ZeroOrOne:
    path: Path


@dataclass(frozen=True, slots=True)
class NegatedPropertySet:
    """``!(a|^b)``: forward holds a, inverse holds b. Both may not be empty together."""

    forward: tuple[IRI, ...]
    inverse: tuple[IRI, ...]


#: A plain IRI is the predicate path (``link`` in the specification).
Path: TypeAlias = (
    IRI | Inverse | Sequence | Alternative | ZeroOrMore | OneOrMore | ZeroOrOne | NegatedPropertySet
)


# Expressions (section 17) -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class And:
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Or:
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Compare:
    operator: Choice["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In:
    """``operand IN (choices)``; NOT IN is Not(In(...)) (section 17.4.1.9)."""

    operand: Expression
    choices: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: Choice["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class UnaryMinus:
    operand: Expression


@dataclass(frozen=True, slots=True)
class UnaryPlus:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Bound:
    variable: Variable


@dataclass(frozen=True, slots=True)
class If:
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Coalesce:
    choices: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """``EXISTS {pattern}``; NOT EXISTS is Not(Exists(...))."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value of an aggregate over those solutions of a pattern that agree with the one at
    hand in all variables of both; an error where there is none.

    No syntax of SPARQL makes one: the label service of a Wikibase is such. Unlike OPTIONAL it
    never multiplies solutions.
    """

    aggregate: Aggregate
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A built-in, by its name in capitals, or a cast or extension function, by IRI."""

    function: str | IRI
    arguments: tuple[Expression, ...]
    distinct: bool = False
    position: Position | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A set function (section 18.5.1). ``operand`` is None for COUNT(*)."""

    function: Choice["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"]
    operand: Expression | None
    distinct: bool = False
    separator: str = " "


Expression: TypeAlias = (
    IRI
    | Literal
    | Variable
    | And
    | Or
    | Not
    | Compare
    | In
    | Arithmetic
    | UnaryMinus
    | UnaryPlus
    | Bound
    | If
    | Coalesce
    | Exists
    | Lookup
    | FunctionCall
)


# Graph patterns and solution modifiers (sections 18.2.1 and 18.5) ----------------------


@dataclass(frozen=True, slots=True)
class TriplePattern:
    subject: Node
    predicate: IRI | Variable
    object: Node


@dataclass(frozen=True, slots=True)
class BGP:
    """A basic graph pattern; the empty one has the one empty solution."""

    triples: tuple[TriplePattern, ...]


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A property path pattern that is not a plain triple pattern.

    The parser has already turned sequences and inverses at the top of a path into triple
    patterns (section 18.2.2.4); a path that stands here may still hold any operator.
    """

    subject: Node
    path: Path
    object: Node


@dataclass(frozen=True, slots=True)
class Join:
    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class LeftJoin:
    """OPTIONAL; ``condition`` None is the constant true."""

    left: Pattern
    right: Pattern
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    condition: Expression
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Union:
    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class Minus:
    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class Graph:
    name: IRI | Variable
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Service:
    """SERVICE (SPARQL 1.1 Federated Query). ``text`` is the group as it was written."""

    endpoint: IRI | Variable
    pattern: Pattern
    silent: bool = False
    text: str = field(default="", compare=False)
    position: Position | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Extend:
    """BIND, and each (expression AS ?variable) of a SELECT clause."""

    pattern: Pattern
    variable: Variable
    expression: Expression


@dataclass(frozen=True, slots=True)
class Values:
    """Inline data; None in a row is UNDEF."""

    variables: tuple[Variable, ...]
    rows: tuple[tuple[IRI | Literal | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Solutions that are at hand in a table of the engine, a column for each of ``nodes``.

    No syntax of SPARQL makes one: whoever has the pattern compiled has filled the table.
    A column whose node is a term is restricted to it.
    """

    name: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """The number of the solutions that become one, and the terms of the first of them.

    No syntax of SPARQL makes one: lineage asks for it. ``first`` has pairs of a variable of the
    solutions and the name under which its term goes on.
    """

    count: Variable
    first: tuple[tuple[Variable, Variable], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """GROUP BY with its aggregates (section 18.2.4.1).

    The parser names every aggregate with a fresh variable (``_:agg0``) and puts that
    variable in its place in SELECT, HAVING and ORDER BY; a key that is an expression
    is an Extend below, so that keys are variables. ``keys`` empty is one group of all
    solutions, which exists even where there are none.
    """

    pattern: Pattern
    keys: tuple[Variable, ...]
    aggregates: tuple[tuple[Variable, Aggregate], ...]
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class OrderCondition:
    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class OrderBy:
    pattern: Pattern
    conditions: tuple[OrderCondition, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """Keeps ``variables``, in order. Inside another pattern it is a subquery."""

    pattern: Pattern
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """With a ``witness`` the variables that it takes do not tell solutions apart."""

    pattern: Pattern
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Reduced:
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Slice:
    pattern: Pattern
    offset: int = 0
    limit: int | None = None


Pattern: TypeAlias = (
    BGP
    | PathPattern
    | Join
    | LeftJoin
    | Filter
    | Union
    | Minus
    | Graph
    | Service
    | Extend
    | Values
    | Table
    | Group
    | OrderBy
    | Project
    | Distinct
    | Reduced
    | Slice
)


# Queries (section 16) -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dataset:
    """FROM and FROM NAMED, or USING and USING NAMED (section 13.2)."""

    default: tuple[IRI, ...]
    named: tuple[IRI, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prologue:
    """What every parsed query or update carries beside its algebra.

    ``parameters`` holds the names written with ``$``: in a stored query those are its
    parameters; elsewhere ``$x`` is the variable ``?x``, as the grammar says. ``notes`` are
    worth knowing for who has written the text: what of it was left aside.
    """

    prefixes: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
    parameters: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectQuery(Prologue):
    pattern: Pattern
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuery(Prologue):
    pattern: Pattern
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructQuery(Prologue):
    """Blank nodes of the template stay blank nodes: each solution has its own."""

    template: tuple[TriplePattern, ...]
    pattern: Pattern
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeQuery(Prologue):
    """``resources`` are IRIs and variables; the pattern may be the empty BGP."""

    resources: tuple[IRI | Variable, ...]
    pattern: Pattern
    dataset: Dataset | None = None


Query: TypeAlias = SelectQuery | AskQuery | ConstructQuery | DescribeQuery


# Updates (SPARQL 1.1 Update, section 3) -------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuadPattern:
    """``graph`` None is the default graph."""

    subject: Node
    predicate: IRI | Variable
    object: Node
    graph: IRI | Variable | None = None


#: The graphs an operation works on: one graph, or a set of them.
GraphTarget: TypeAlias = IRI | Choice["DEFAULT", "NAMED", "ALL"]


@dataclass(frozen=True, slots=True)
class InsertData:
    quads: tuple[QuadPattern, ...]


@dataclass(frozen=True, slots=True)
class DeleteData:
    quads: tuple[QuadPattern, ...]


@dataclass(frozen=True, slots=True)
class Modify:
    """DELETE … INSERT … WHERE. ``graph`` is that of WITH; DELETE WHERE is one too."""

    delete: tuple[QuadPattern, ...]
    insert: tuple[QuadPattern, ...]
    pattern: Pattern
    graph: IRI | None = None
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True)
class Load:
    source: IRI
    graph: IRI | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Clear:
    target: GraphTarget
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    target: GraphTarget
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    graph: IRI
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    source: IRI | Choice["DEFAULT"]
    target: IRI | Choice["DEFAULT"]
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    source: IRI | Choice["DEFAULT"]
    target: IRI | Choice["DEFAULT"]
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    source: IRI | Choice["DEFAULT"]
    target: IRI | Choice["DEFAULT"]
    silent: bool = False


Operation: TypeAlias = (
    InsertData | DeleteData | Modify | Load | Clear | Drop | Create | Add | Move | Copy
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Prologue):
    operations: tuple[Operation, ...]
