"""What a check found → a finding: its messages with the values in, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.checks import Check
from kgtool.shacl.findings import Finding
from kgtool.shacl.vocabulary import local_name

_VARIABLE = re.compile(r"\{\s*[?$]([A-Za-z_][\w]*)\s*\}")
_KINDS = {"IRI": "an IRI", "BlankNode": "a blank node", "Literal": "a literal"}
_COMPARED = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}


class Found(NamedTuple):
    """What a check found: ``path`` goes before the shape's own; ``bound`` are the values of a
    query's variables, for messages."""

    focus: Term
    value: Term | None = None
    path: IRI | None = None
    bound: tuple[tuple[str, Term], ...] = ()


def finding_of(check: Check, found: Found) -> Finding:
    """The finding, with the messages of the constraint or the shape."""
    shape, constraint = check.shape, check.constraint
    messages = shape.messages
    values: dict[str, Term] = {"this": found.focus}
    if found.value is not None:
        values["value"] = found.value
    if isinstance(shape.path, IRI):
        values["path"] = values["PATH"] = shape.path
    if isinstance(constraint, s.Select | s.Ask):
        messages = constraint.messages or messages
        values |= dict(constraint.parameters)
    values |= dict(found.bound)
    return Finding(
        focus=found.focus,
        path=found.path or shape.path,
        value=found.value,
        source=shape.node,
        shape=shape.owner,
        component=constraint.component,
        severity=shape.severity,
        messages=tuple(_filled(message, values) for message in messages),
        expected=expected(constraint),
        constraint=constraint.node if isinstance(constraint, s.Select) else None,
        title=shape.name,
    )


def _filled(message: Literal, values: Mapping[str, Term]) -> Literal:
    """The message with {?name} and {$name} replaced by values (SHACL, 5.2.1)."""

    def text(found: re.Match[str]) -> str:
        term = values.get(found[1])
        if term is None:
            return found[0]
        return term.lexical if isinstance(term, Literal) else str(term)

    return Literal(_VARIABLE.sub(text, message.lexical), message.datatype, message.language)


def expected(constraint: s.Constraint) -> str:
    """What would have been right, in a few words."""
    match constraint:
        case s.Class(cls):
            return f"an instance of {cls}"
        case s.Datatype(datatype):
            return f"a valid {_datatype(datatype.value)}"
        case s.NodeKind(kind):
            return " or ".join(words for name, words in _KINDS.items() if name in kind.split("Or"))
        case s.Range(_, operator, bound):
            return f"{_COMPARED[operator]} {bound.lexical}"
        case s.MinLength(length):
            return f"{length} characters or more"
        case s.MaxLength(length):
            return f"{length} characters at most"
        case s.Pattern(pattern):
            return f"a text that matches {pattern}"
        case s.LanguageIn(ranges):
            return f"a text in one of the languages {', '.join(ranges)}"
        case s.In(values):
            return f"one of {_listed(values)}"
        case s.Ask() | s.Select():
            return f"what {local_name(constraint.component)} asks for"
    return _of_sets(constraint)


def _of_sets(constraint: s.Constraint) -> str:
    match constraint:
        case s.MinCount(count):
            return f"at least {_values(count)}"
        case s.MaxCount(count):
            return f"at most {_values(count)}" if count else "no value"
        case s.UniqueLang():
            return "one value for each language"
        case s.HasValue(value):
            return f"the value {value}"
        case s.Equals(property_):
            return f"the same values as {property_} has"
        case s.Disjoint(property_):
            return f"no value that {property_} has too"
        case s.LessThan(property_):
            return f"less than the values of {property_}"
        case s.LessThanOrEquals(property_):
            return f"no more than the values of {property_}"
        case s.Closed():
            return "none but the properties that the shape lists"
        case s.QualifiedMin(count, shape):
            return f"at least {_values(count)} that fit {_shape(shape)}"
        case s.QualifiedMax(count, shape):
            return f"at most {_values(count)} that fit {_shape(shape)}"
        case s.Not(shape):
            return f"a node that does not fit {_shape(shape)}"
        case s.Node(shape):
            return f"a node that fits {_shape(shape)}"
        case s.All(shapes):
            return f"a node that fits all of {len(shapes)} shapes"
        case s.Any(shapes):
            return f"a node that fits one of {len(shapes)} shapes"
        case s.One(shapes):
            return f"a node that fits exactly one of {len(shapes)} shapes"
    raise AssertionError(f"no such constraint: {type(constraint).__name__}")


def _values(count: int) -> str:
    return "one value" if count == 1 else f"{count} values"


def _shape(shape: s.Shape) -> str:
    return str(shape.node) if isinstance(shape.node, IRI) else "the shape within"


def _datatype(name: str) -> str:
    return f"xsd:{name.removeprefix(XSD.base)}" if name.startswith(XSD.base) else f"<{name}>"


def _listed(values: tuple[Term, ...]) -> str:
    shown = ", ".join(str(value) for value in values[:8])
    return shown if len(values) <= 8 else f"{shown} and {len(values) - 8} more"
