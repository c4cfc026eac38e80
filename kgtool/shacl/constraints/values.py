"""Tests of one value node: its kind, type, size and text (SHACL, 4.1, 4.3, 4.4 and 4.8.3).

Each gives an expression that is true of what conforms.
"""

from __future__ import annotations

from kgtool.plan.functions.terms import HAS_DATATYPE
from kgtool.rdf.lexical import PATTERNS
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal
from kgtool.shacl import shapes as s
from kgtool.shacl.constraints.place import Tables, all_of, any_of, call, same_term
from kgtool.sparql import algebra as a

_KINDS = {"IRI": "ISIRI", "BlankNode": "ISBLANK", "Literal": "ISLITERAL"}
_FEW = 3


def instance(test: s.Class, value: a.Variable, tables: Tables) -> a.Expression:
    return tables.is_instance(value, test.cls)


def datatype(test: s.Datatype, value: a.Variable, tables: Tables) -> a.Expression:
    """Of the datatype, and within its lexical space (4.1.2)."""
    typed = call(HAS_DATATYPE, value, test.datatype)
    pattern = PATTERNS.get(test.datatype.value)
    if pattern is None:
        return typed
    return a.And(typed, call("REGEX", call("STR", value), Literal(f"^(?:{pattern})$")))


def node_kind(test: s.NodeKind, value: a.Variable, tables: Tables) -> a.Expression:
    names = [name for name in _KINDS if name in test.kind.split("Or")]
    return any_of([call(_KINDS[name], value) for name in names])


def range_(test: s.Range, value: a.Variable, tables: Tables) -> a.Expression:
    return a.Compare(test.operator, value, test.bound)


def min_length(test: s.MinLength, value: a.Variable, tables: Tables) -> a.Expression:
    return _text(value, a.Compare(">=", _length(value), _integer(test.length)))


def max_length(test: s.MaxLength, value: a.Variable, tables: Tables) -> a.Expression:
    return _text(value, a.Compare("<=", _length(value), _integer(test.length)))


def pattern(test: s.Pattern, value: a.Variable, tables: Tables) -> a.Expression:
    arguments: list[a.Expression] = [call("STR", value), Literal(test.pattern)]
    if test.flags:
        arguments.append(Literal(test.flags))
    return _text(value, call("REGEX", *arguments))


def language_in(test: s.LanguageIn, value: a.Variable, tables: Tables) -> a.Expression:
    language = call("LANG", value)
    return any_of([call("LANGMATCHES", language, Literal(each)) for each in test.ranges])


def in_(test: s.In, value: a.Variable, tables: Tables) -> a.Expression:
    """Term equality (4.8.3), where SPARQL's IN would compare values."""
    if len(test.values) <= _FEW and all(isinstance(v, IRI | Literal) for v in test.values):
        return any_of([same_term(value, v) for v in test.values])
    return tables.is_member(value, test.values)


def _text(value: a.Variable, test: a.Expression) -> a.Expression:
    """Blank nodes have no text, so they fail (4.4)."""
    return all_of([a.Not(call("ISBLANK", value)), test])


def _length(value: a.Variable) -> a.Expression:
    return call("STRLEN", call("STR", value))


def _integer(value: int) -> Literal:
    return Literal(str(value), XSD.integer)
