"""Functions on RDF terms (17.4.2), and what the others need to know of their arguments."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.conversion import lex, tag_test, type_
from kgtool.plan.functions.registry import Function
from kgtool.plan.inspection import SOLUTION_ID
from kgtool.plan.relation import same_term
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.types import TypeTest, has_type
from kgtool.plan.value import (
    BNODES,
    IRIS,
    LITERALS,
    LOCAL,
    NUMBERS,
    OTHERS,
    STRINGS,
    TAGGED,
    Form,
    Scope,
    Value,
    make_iri,
    make_term,
    native,
    unbound,
)
from kgtool.rdf.iris import resolve
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, lexical_form
from kgtool.sparql.algebra import Variable

#: A test that no query can name.
HAS_DATATYPE = "has datatype"
#: An argument that is an error, typed so that DuckDB knows which function is meant.
NO_TEXT = sql.cast(sql.NULL, "VARCHAR")
_ABSOLUTE = r"^[A-Za-z][A-Za-z0-9+.-]*:"


def has_tags(value: Value, tags: int, scope: Scope) -> SQL:
    """Whether a bound value is of one of the kinds in ``tags``; NULL where unbound."""
    if value.only(tags) or not value.may_be(tags):
        known = sql.boolean(value.only(tags))
        return sql.case([(sql.not_null(value.sql), known)]) if value.nullable else known
    if value.form is Form.ID:
        return tag_test(value.sql, tags & value.tags)
    numbers = [t for t in range(32) if tags >> t & 1]
    if value.form is Form.VALUE:
        return sql.in_numbers(sql.field(value.sql, "k"), numbers)
    kind = sql.let(
        [type_(value, scope), lex(value, scope)], lambda t, x: sql.call("kg_term_kind", t, x)
    )
    return sql.in_numbers(kind, numbers)


def string_argument(value: Value, scope: Scope) -> tuple[SQL, SQL | None]:
    """The lexical form of a string literal, plain or tagged, and its type; NULL for others.

    The type is None where it can only be xsd:string.
    """
    if value.form is Form.STRING:
        return value.sql, None
    if not value.may_be(STRINGS | TAGGED):
        return NO_TEXT, None
    text = lex(value, scope)
    if not value.only(STRINGS | TAGGED):
        text = sql.case([(has_tags(value, STRINGS | TAGGED, scope), text)])
    return text, type_(value, scope) if value.may_be(TAGGED) else None


def simple_string(value: Value, scope: Scope) -> SQL:
    """The lexical form of an xsd:string; NULL for all else."""
    if not value.may_be(STRINGS):
        return NO_TEXT
    text = lex(value, scope)
    return text if value.only(STRINGS) else sql.case([(has_tags(value, STRINGS, scope), text)])


def string_of(value: Value, scope: Scope) -> SQL:
    """STR(): the IRI or the lexical form; NULL for blank nodes."""
    text = lex(value, scope)
    if not value.may_be(BNODES):
        return text
    return sql.case([(has_tags(value, IRIS | LITERALS, scope), text)])


def _str(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    value = arguments[0]
    nullable = value.nullable or value.may_be(BNODES)
    return native(Form.STRING, string_of(value, scope), nullable)


def _test(tags: int) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        return native(Form.BOOLEAN, has_tags(arguments[0], tags, scope))

    return compiled


def _has_datatype(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """Whether a term is a literal of a datatype, and has a value where we know its values.

    No function of SPARQL, but the test of SHACL (4.1.2), whose second argument is constant.
    """
    value, name = arguments[0], lexical_form(arguments[1].constant or IRI(""))
    if name == RDF.langString:
        return native(Form.BOOLEAN, has_tags(value, TAGGED, scope))
    own = ids.tag_of_type(name)
    well = LITERALS & ~TAGGED if own == ids.OTHER else LITERALS & ~(TAGGED | OTHERS)
    if value.form is Form.ID:
        value = replace(value, tags=value.tags & (well | LOCAL))
    test = TypeTest(Variable(""), frozenset([name]).__contains__, frozenset([name]))
    tree = has_type(test, value, scope, frame.context.statistics)
    if tree is None or value.may_be(LOCAL):
        same = sql.eq(type_(arguments[0], scope), sql.text(name))
        tree = sql.conjunction([has_tags(arguments[0], well, scope), same])
    return native(Form.BOOLEAN, tree)


def _lang(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    value = arguments[0]
    if not value.may_be(LITERALS):
        return unbound()
    branches = []
    if value.may_be(TAGGED):
        tag = sql.call("substr", type_(value, scope), sql.number(2))
        if value.only(TAGGED):
            return native(Form.STRING, tag)
        branches.append((has_tags(value, TAGGED, scope), tag))
    branches.append((has_tags(value, LITERALS & ~TAGGED, scope), sql.text("")))
    return native(Form.STRING, sql.case(branches))


def _datatype(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    value = arguments[0]
    if not value.may_be(LITERALS):
        return unbound()

    def of_type(t: SQL) -> SQL:
        first = sql.call("left", t, sql.number(1))
        return sql.case(
            [
                (sql.eq(first, sql.text("@")), sql.text(RDF.langString)),
                (
                    exp.Not(this=sql.in_list(t, [sql.text("iri"), sql.text("bnode")])),
                    t,
                ),
            ]
        )

    return make_iri(sql.let([type_(value, scope)], of_type))


def _iri(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    value = arguments[0]
    if value.only(IRIS):
        return value
    if not value.may_be(IRIS | STRINGS):
        return unbound()
    text = lex(value, scope)
    if not value.only(IRIS | STRINGS):
        text = sql.case([(has_tags(value, IRIS | STRINGS, scope), text)])
    base = frame.context.base
    if base is None:
        return make_iri(text)
    # Dynamic references are mostly names; dots and queries are resolved for constants only.
    if value.constant is not None:
        return make_iri(sql.text(resolve(str(text.this), base)))
    folder = resolve(".", base)
    return make_iri(
        sql.let(
            [text],
            lambda t: sql.case(
                [(sql.call("regexp_matches", t, sql.text(_ABSOLUTE)), t)],
                sql.call("concat", sql.text(folder), t),
            ),
        )
    )


def _bnode(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """BNODE(): a node of its own for each solution, and for each label within one."""
    unique = sql.cast(sql.call("uuid"), "VARCHAR")
    if arguments:
        solution = scope.lookup(SOLUTION_ID)
        key = solution.sql if solution is not None else unique
        label = simple_string(arguments[0], scope)
        unique = sql.binary(exp.DPipe, key, label)
    node = sql.binary(exp.DPipe, sql.text("b"), sql.call("md5", unique))
    return make_term(sql.text("bnode"), node, BNODES)


def _strdt(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    text, datatype = simple_string(arguments[0], scope), arguments[1]
    if not datatype.may_be(IRIS):
        return unbound()
    name = lex(datatype, scope)
    if not datatype.only(IRIS):
        name = sql.case([(has_tags(datatype, IRIS, scope), name)])
    tree = sql.let([text, name], _both_or_null)
    return Value(Form.TERM, tree, LITERALS, True)


def _strlang(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    text, language = (simple_string(a, scope) for a in arguments)
    tag = sql.let(
        [language],
        lambda t: sql.case(
            [
                (
                    sql.binary(exp.NEQ, t, sql.text("")),
                    sql.binary(exp.DPipe, sql.text("@"), sql.call("lower", t)),
                )
            ]
        ),
    )
    return Value(Form.TERM, sql.let([text, tag], _both_or_null), TAGGED, True)


def _both_or_null(text: SQL, datatype: SQL) -> SQL:
    both = sql.conjunction([sql.not_null(text), sql.not_null(datatype)])
    return sql.case([(both, sql.struct(type=datatype, lex=text))])


def _same_term(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    return native(Form.BOOLEAN, same_term(arguments[0], scope, arguments[1], scope))


def _uuid(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    fresh = sql.cast(sql.call("uuid"), "VARCHAR")
    return make_iri(sql.binary(exp.DPipe, sql.text("urn:uuid:"), fresh))


def _struuid(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    return native(Form.STRING, sql.cast(sql.call("uuid"), "VARCHAR"), False)


FUNCTIONS: dict[str, Function] = {
    "STR": _str,
    "LANG": _lang,
    "DATATYPE": _datatype,
    "IRI": _iri,
    "URI": _iri,
    "BNODE": _bnode,
    "STRDT": _strdt,
    "STRLANG": _strlang,
    "SAMETERM": _same_term,
    "ISIRI": _test(IRIS),
    "ISURI": _test(IRIS),
    "ISBLANK": _test(BNODES),
    "ISLITERAL": _test(LITERALS),
    "ISNUMERIC": _test(NUMBERS),
    HAS_DATATYPE: _has_datatype,
    "UUID": _uuid,
    "STRUUID": _struuid,
}
