"""What a filter that passed says about its variables.

Errors and false drop a solution alike (SPARQL 1.1, 18.5, Filter), so behind
``FILTER(?x > 5)`` every ?x is bound, and a number.
"""

from __future__ import annotations

from dataclasses import replace

from kgtool.engine import ids
from kgtool.engine.statistics import Statistics
from kgtool.plan.comparison import CLASSES
from kgtool.plan.relation import Relation
from kgtool.plan.types import TypeTest, type_test
from kgtool.plan.value import (
    BNODES,
    BOOLEANS,
    DATES,
    DATETIMES,
    DECIMALS,
    DOUBLES,
    FLOATS,
    IN_DICTIONARY,
    INTEGERS,
    IRIS,
    LITERALS,
    LOCAL,
    NUMBERS,
    OTHERS,
    STRINGS,
    TAGGED,
    Form,
    mask,
)
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import IRI, Literal
from kgtool.sparql.algebra import Bound, Compare, Expression, FunctionCall, In, Variable

_TESTS = {"ISIRI": IRIS, "ISBLANK": BNODES, "ISLITERAL": LITERALS, "ISNUMERIC": NUMBERS}

_DATATYPES = {
    XSD.string: STRINGS,
    XSD.integer: INTEGERS,
    XSD.decimal: DECIMALS,
    XSD.float: FLOATS,
    XSD.double: DOUBLES,
    XSD.boolean: BOOLEANS,
    XSD.dateTime: DATETIMES,
    XSD.date: DATES,
} | dict.fromkeys(INTEGER_RANGES, INTEGERS)


def narrow(relation: Relation, passed: Expression, statistics: Statistics) -> None:
    """Narrows the tags of the relation's variables by one conjunct of a filter."""
    match passed:
        case Bound(Variable(name)):
            _narrow(relation, name, ~0)
        case FunctionCall(function, (Variable(name),)) if function in _TESTS:
            _narrow(relation, name, _TESTS[str(function)])
        case Compare() | In() | FunctionCall() if test := type_test(passed):
            _narrow_types(relation, test, statistics)
        case Compare(operator, Variable(name), constant) | Compare(
            operator, constant, Variable(name)
        ) if isinstance(constant, IRI | Literal) and operator != "!=":
            tags = mask(ids.dictionary_tag(constant))
            kinds = next((c for c in CLASSES if c & tags), tags)
            _narrow(relation, name, kinds)


def _narrow_types(relation: Relation, test: TypeTest, statistics: Statistics) -> None:
    name = test.variable.name
    if test.types is None:
        _narrow(relation, name, TAGGED)
        return
    value = relation.columns.get(name)
    stored = statistics.types_are_coded and value is not None and not value.may_be(LOCAL)
    tags = 0
    for type_ in test.types:
        # An ill-typed literal has its datatype too.
        kinds = TAGGED if type_.startswith("@") else _DATATYPES.get(type_, 0) | OTHERS
        if stored and type_ not in statistics.types:
            kinds &= ~IN_DICTIONARY
        tags |= kinds
    only = next(iter(test.types)) if len(test.types) == 1 else None
    _narrow(relation, name, tags, only)


def _narrow(relation: Relation, name: str, tags: int, type_: str | None = None) -> None:
    value = relation.columns.get(name)
    # Where the group around an EXISTS binds a variable, it may be unbound here none the less.
    if value is not None and value.form is Form.ID and relation.lookup(name) is value:
        kept = value.tags & (tags | LOCAL)
        type_ = type_ or value.type
        relation.columns[name] = replace(value, tags=kept, nullable=False, type=type_)
