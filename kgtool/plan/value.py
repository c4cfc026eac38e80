"""How a compiled expression holds its result, and how one form becomes another.

A variable is a term id for as long as possible. What an expression computes is held as
the plainest SQL type that its datatype allows; only where the kind is not known before
the query runs is it a *value* struct (see kgtool/engine/functions.sql). NULL is unbound,
or an error: both behave alike wherever SPARQL looks (section 17.2).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Protocol

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.sql import SQL
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Term


class Form(enum.Enum):
    """The SQL type of a compiled expression."""

    ID = "id"  # BIGINT, a term id
    TERM = "term"  # STRUCT(type, lex)
    VALUE = "value"  # the struct of functions.sql
    INTEGER = "integer"  # any integral SQL type; xsd:integer
    DECIMAL = "decimal"  # DECIMAL(38, 18); xsd:decimal
    WHOLE = "whole"  # DECIMAL(38, 0); xsd:decimal that is written without a point
    FLOAT = "float"  # DOUBLE that a 32-bit float can hold; xsd:float
    DOUBLE = "double"  # DOUBLE; xsd:double
    BOOLEAN = "boolean"  # BOOLEAN; xsd:boolean
    STRING = "string"  # VARCHAR; xsd:string


def mask(*tags: int) -> int:
    """The set of tags as bits."""
    result = 0
    for tag in tags:
        result |= 1 << tag
    return result


IRIS = mask(ids.IRI_TAG)
BNODES = mask(ids.BNODE)
STRINGS = mask(ids.STRING)
TAGGED = mask(ids.LANG_STRING)
INTEGERS = mask(ids.INTEGER, ids.INTEGER_INLINE)
DECIMALS = mask(ids.DECIMAL, ids.DECIMAL_INLINE)
FLOATS = mask(ids.FLOAT)
DOUBLES = mask(ids.DOUBLE)
NUMBERS = INTEGERS | DECIMALS | FLOATS | DOUBLES
BOOLEANS = mask(ids.BOOLEAN, ids.BOOLEAN_INLINE)
DATETIMES = mask(ids.DATETIME, ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE)
DATES = mask(ids.DATE, ids.DATE_INLINE)
OTHERS = mask(ids.OTHER)
LITERALS = STRINGS | TAGGED | NUMBERS | BOOLEANS | DATETIMES | DATES | OTHERS
ANY = IRIS | BNODES | LITERALS
IN_DICTIONARY = mask(*range(1, ids.INLINE_TAG))
#: Set where an id may be that of a constant of the query which the store does not hold.
LOCAL = 1 << 40

_FORM_TAGS = {
    Form.INTEGER: INTEGERS,
    Form.DECIMAL: DECIMALS,
    Form.WHOLE: DECIMALS,
    Form.FLOAT: FLOATS,
    Form.DOUBLE: DOUBLES,
    Form.BOOLEAN: BOOLEANS,
    Form.STRING: STRINGS,
}
FORM_TYPES = {
    Form.INTEGER: XSD.integer,
    Form.DECIMAL: XSD.decimal,
    Form.WHOLE: XSD.decimal,
    Form.FLOAT: XSD.float,
    Form.DOUBLE: XSD.double,
    Form.BOOLEAN: XSD.boolean,
    Form.STRING: XSD.string,
}
#: The kind numbers of functions.sql.
FORM_KINDS = {Form.INTEGER: 6, Form.DECIMAL: 7, Form.FLOAT: 8, Form.DOUBLE: 9}
NUMBER_FORMS = frozenset(FORM_KINDS)


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled expression: its form, its SQL, the tags it may have, whether it may be NULL.

    ``type`` is the type (rdf.terms.term_type) that a filter leaves to all its terms.
    """

    form: Form
    sql: SQL
    tags: int = ANY
    nullable: bool = True
    constant: Term | None = None
    type: str | None = None

    def only(self, tags: int) -> bool:
        """Whether every term this can be has one of ``tags``."""
        return not self.tags & ~(tags | LOCAL)

    def may_be(self, tags: int) -> bool:
        return bool(self.tags & tags)

    def maybe_null(self) -> Value:
        return self if self.nullable else replace(self, nullable=True)


class DictionaryRow(Protocol):
    """The dictionary's row for an id; every field is NULL where the id is inline or NULL."""

    def field(self, name: str) -> SQL: ...


class Scope(Protocol):
    """Where an expression is evaluated: its variables, and their dictionary rows.

    ``sorted_tags`` are those whose ids are in the order of lexical forms.
    """

    def sorted_tags(self, value: Value) -> int: ...

    def lookup(self, variable: str) -> Value | None: ...

    def row(self, value: Value) -> DictionaryRow: ...


def native(form: Form, tree: SQL, nullable: bool = True) -> Value:
    """A value whose datatype is that of ``form``."""
    return Value(form, tree, _FORM_TAGS[form], nullable)


def unbound() -> Value:
    return Value(Form.ID, sql.cast(sql.NULL, "BIGINT"), 0, True)


def make_term(type_: SQL, lex: SQL, tags: int) -> Value:
    """A computed term; NULL where ``lex`` is."""
    tree = sql.let(
        [lex],
        lambda x: sql.case([(sql.not_null(x), sql.struct(type=type_, lex=x))]),
    )
    return Value(Form.TERM, tree, tags)


def make_iri(lex: SQL) -> Value:
    return make_term(sql.text("iri"), lex, IRIS)


def literal(lex: SQL, datatype: str, tags: int = OTHERS) -> Value:
    return make_term(sql.text(datatype), lex, tags)
