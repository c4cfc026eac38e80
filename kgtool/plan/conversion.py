"""From one form of a value to another: its text, its type, its term, its number.

A conversion compiles only the branches that the value's tags leave; what an id stands
for is looked up in the dictionary's row, which the scope joins when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.sql import SQL
from kgtool.plan.value import (
    BNODES,
    BOOLEANS,
    DATES,
    DATETIMES,
    DECIMALS,
    DOUBLES,
    FLOATS,
    FORM_KINDS,
    FORM_TYPES,
    IN_DICTIONARY,
    INTEGERS,
    IRIS,
    LITERALS,
    LOCAL,
    NUMBER_FORMS,
    STRINGS,
    DictionaryRow,
    Form,
    Scope,
    Value,
    mask,
    native,
)
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Term, lexical_form, term_type

_INLINE_KINDS = {
    ids.INTEGER_INLINE: ids.INTEGER,
    ids.DECIMAL_INLINE: ids.DECIMAL,
    ids.BOOLEAN_INLINE: ids.BOOLEAN,
    ids.DATE_INLINE: ids.DATE,
    ids.DATETIME_INLINE: ids.DATETIME,
    ids.DATETIME_Z_INLINE: ids.DATETIME,
}
_INLINE_LEX = {
    ids.INTEGER_INLINE: "kg_int_lex",
    ids.DECIMAL_INLINE: "kg_decimal_lex",
    ids.BOOLEAN_INLINE: "kg_boolean_lex",
    ids.DATE_INLINE: "kg_date_lex",
    ids.DATETIME_INLINE: "kg_datetime_lex",
    ids.DATETIME_Z_INLINE: "kg_datetime_z_lex",
}
INLINE_TYPES = {
    INTEGERS: XSD.integer,
    DECIMALS: XSD.decimal,
    BOOLEANS: XSD.boolean,
    DATES: XSD.date,
    DATETIMES: XSD.dateTime,
}


_PLAIN: dict[int, Callable[[SQL], SQL]] = {
    ids.INTEGER_INLINE: lambda id_: sql.call("kg_int", id_),
    ids.DECIMAL_INLINE: lambda id_: sql.call("kg_dec", id_),
    ids.BOOLEAN_INLINE: lambda id_: sql.cast(sql.call("kg_truth", id_), "BOOLEAN"),
    ids.DATE_INLINE: lambda id_: sql.call("kg_date", id_),
    ids.DATETIME_INLINE: lambda id_: sql.call("make_timestamp", sql.call("kg_local_time", id_)),
    ids.DATETIME_Z_INLINE: lambda id_: sql.call("make_timestamp", sql.call("kg_local_time", id_)),
}


def lex(value: Value, scope: Scope) -> SQL:
    """The lexical form, IRI or label, as VARCHAR."""
    if value.constant is not None:
        return sql.text(lexical_form(value.constant))
    match value.form:
        case Form.ID:
            branches = [(mask(t), sql.call(m, value.sql)) for t, m in _INLINE_LEX.items()]
            return _id_field(value, scope, "lex", branches)
        case Form.TERM:
            return sql.field(value.sql, "lex")
        case Form.VALUE:
            return sql.let([value.sql], lambda v: sql.call("kg_val_lex", v))
        case Form.STRING:
            return value.sql
        case Form.INTEGER | Form.WHOLE:
            return sql.cast(value.sql, "VARCHAR")
        case Form.DECIMAL:
            return sql.let([value.sql], lambda v: sql.call("kg_decimal_text", v))
        case Form.BOOLEAN:
            return sql.cast(value.sql, "VARCHAR")
        case _:
            macro = "kg_float_text" if value.form is Form.FLOAT else "kg_double_text"
            return sql.let([value.sql], lambda v: sql.call(macro, v))


def type_(value: Value, scope: Scope) -> SQL:
    """The type as :func:`kgtool.rdf.terms.term_type` names it, NULL where unbound."""
    if value.constant is not None:
        return sql.text(term_type(value.constant))
    match value.form:
        case Form.ID:
            known = single_type(value)
            if known is not None:
                return _unless_null(value, sql.text(known))
            inline = mask(*_INLINE_KINDS)
            names = [(t & inline, sql.text(n)) for t, n in INLINE_TYPES.items()]
            return _id_field(value, scope, "type", names)
        case Form.TERM:
            return sql.field(value.sql, "type")
        case Form.VALUE:
            return sql.let(
                [value.sql],
                lambda v: sql.coalesce(
                    sql.field(v, "type"), sql.call("kg_datatype_of_kind", sql.field(v, "k"))
                ),
            )
        case _:
            return _unless_null(value, sql.text(FORM_TYPES[value.form]))


def term(value: Value, scope: Scope) -> SQL:
    """The term as STRUCT(type, lex), NULL where unbound."""
    if value.form is Form.TERM:
        return value.sql
    if value.form is Form.VALUE:
        return sql.let([value.sql], lambda v: sql.call("kg_val_term", v))
    packed = sql.struct(type=type_(value, scope), lex=lex(value, scope))
    return packed if not value.nullable else sql.case([(sql.not_null(value.sql), packed)])


def as_term(value: Value, scope: Scope) -> Value:
    return replace(value, form=Form.TERM, sql=term(value, scope), constant=None)


def val(value: Value, scope: Scope) -> SQL:
    """The value struct of functions.sql, NULL where unbound."""
    if value.constant is not None:
        return constant_value(value.constant)
    match value.form:
        case Form.VALUE:
            return value.sql
        case Form.TERM:
            return sql.let([value.sql], lambda t: sql.call("kg_term_val", t))
        case Form.ID if isinstance(value.sql, exp.Column):
            return _id_value(value, scope)
        case Form.ID:
            # The struct names the id some thirty times.
            row = scope.row(value) if value.may_be(IN_DICTIONARY) else None
            return sql.let(
                [value.sql], lambda id_: _id_value(replace(value, sql=id_), _OneRow(scope, row))
            )
        case Form.STRING:
            return sql.let([value.sql], lambda s: sql.call("kg_string_val", s))
        case Form.BOOLEAN:
            return sql.let([value.sql], lambda b: sql.call("kg_boolean_val", b))
        case Form.WHOLE:
            return sql.let([value.sql], lambda n: sql.call("kg_whole", sql.number(7), n, n))
        case _:
            kind = sql.number(FORM_KINDS[value.form])
            return sql.let([value.sql], lambda n: sql.call("kg_number", kind, n, n))


@dataclass(frozen=True, slots=True)
class _OneRow:
    """A scope in which the id of a computed term has a name, and its row is known."""

    outer: Scope
    known: DictionaryRow | None

    def sorted_tags(self, value: Value) -> int:
        return self.outer.sorted_tags(value)

    def lookup(self, variable: str) -> Value | None:
        return self.outer.lookup(variable)

    def row(self, value: Value) -> DictionaryRow:
        assert self.known is not None
        return self.known


def _id_value(value: Value, scope: Scope) -> SQL:
    """The value struct of an id, with no branch for tags that it cannot have.

    DuckDB binds every branch of a statement each time it runs: for small answers that
    costs more than the answer.
    """
    row = scope.row(value) if value.may_be(IN_DICTIONARY) else None

    def choose(branches: list[tuple[int, SQL]], field: str, type_name: str) -> SQL:
        stored = row.field(field) if row is not None else sql.cast(sql.NULL, type_name)
        return by_tag(value, [(t, sql.cast(b, type_name)) for t, b in branches], stored)

    id_ = value.sql
    times = mask(ids.DATE_INLINE, ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE)
    kinds = [(mask(tag), sql.number(kind)) for tag, kind in _INLINE_KINDS.items()]
    packed = sql.struct(
        k=sql.cast(by_tag(value, kinds, sql.call("kg_tag", id_)), "TINYINT"),
        type=type_(value, scope),
        lex=lex(value, scope),
        dec=choose(
            [
                (mask(ids.INTEGER_INLINE), sql.call("kg_int", id_)),
                (mask(ids.DECIMAL_INLINE), sql.call("kg_dec", id_)),
            ],
            "dec",
            "DECIMAL(38,18)",
        ),
        dbl=choose(
            [
                (mask(ids.INTEGER_INLINE), sql.call("kg_int", id_)),
                (mask(ids.DECIMAL_INLINE), sql.call("kg_dec", id_)),
                (mask(ids.BOOLEAN_INLINE), sql.call("kg_truth", id_)),
            ],
            "dbl",
            "DOUBLE",
        ),
        micros=choose([(times, sql.call("kg_micros", id_))], "micros", "BIGINT"),
        tz=choose([(times, sql.call("kg_tz", id_))], "tz", "SMALLINT"),
    )
    return packed if not value.nullable else sql.case([(sql.not_null(id_), packed)])


def by_tag(value: Value, branches: Sequence[tuple[int, SQL]], otherwise: SQL) -> SQL:
    """For an id: the SQL of the branch whose tags it has; dictionary ids take the last.

    Branches that the value cannot take are left out; tags are tested as ranges of ids.
    """
    possible = [(tags, tree) for tags, tree in branches if value.may_be(tags)]
    rest = value.tags & ~LOCAL
    for tags, _ in possible:
        rest &= ~tags
    if len(possible) == 1 and not rest:
        return possible[0][1]
    if not possible:
        return otherwise
    return sql.case([(tag_test(value.sql, tags), tree) for tags, tree in possible], otherwise)


def tag_test(id_: SQL, tags: int) -> SQL:
    """Whether an id has one of ``tags``, as ranges: tags are its highest bits."""
    tests = []
    first: int | None = None
    for tag in range(34):
        inside = bool(tags >> tag & 1)
        if inside and first is None:
            first = tag
        elif not inside and first is not None:
            low, high = ids.make_id(first, 0), ids.make_id(tag, 0)
            tests.append(
                sql.conjunction(
                    [
                        sql.binary(exp.GTE, id_, sql.number(low)),
                        sql.binary(exp.LT, id_, sql.number(high)),
                    ]
                )
            )
            first = None
    return sql.disjunction(tests)


def constant_value(constant: Term) -> SQL:
    """The value struct of a term that is known now."""
    tag = ids.dictionary_tag(constant)
    text = lexical_form(constant)
    dec = dbl = micros = tz = None
    if tag in (ids.INTEGER, ids.DECIMAL):
        dbl = sql.cast(sql.text(text), "DOUBLE")
        dec = sql.call("kg_text_decimal", sql.text(text))
    elif tag in (ids.BOOLEAN, ids.IRI_TAG, ids.STRING, ids.LANG_STRING, ids.OTHER, ids.BNODE):
        truth = tag == ids.BOOLEAN
        dbl = sql.cast(sql.number(int(text in ("true", "1"))), "DOUBLE") if truth else None
    else:
        parts = inline_time(constant)
        if parts is None:
            packed = sql.struct(type=sql.text(term_type(constant)), lex=sql.text(text))
            return sql.call("kg_term_val", packed)
        micros = sql.number(parts[0])
        tz = None if parts[1] is None else sql.number(parts[1])
    typed = {"dec": "DECIMAL(38,18)", "dbl": "DOUBLE", "micros": "BIGINT", "tz": "SMALLINT"}
    fields = {"dec": dec, "dbl": dbl, "micros": micros, "tz": tz}
    return sql.struct(
        k=sql.cast(sql.number(tag), "TINYINT"),
        type=sql.text(term_type(constant)),
        lex=sql.text(text),
        **{f: sql.cast(tree or sql.NULL, typed[f]) for f, tree in fields.items()},
    )


def inline_time(constant: Term) -> tuple[int, int | None] | None:
    """Microseconds (UTC where there is a zone) and zone of a date or dateTime held inline."""
    id_ = ids.inline_id(constant)
    if id_ is None or ids.tag_of(id_) < ids.DATE_INLINE:
        return None
    payload = id_ & ids.PAYLOAD_MASK
    if ids.tag_of(id_) != ids.DATE_INLINE:
        zone = 0 if ids.tag_of(id_) == ids.DATETIME_Z_INLINE else None
        return payload - ids.DATETIME_OFFSET, zone
    code = payload & ((1 << ids.ZONE_BITS) - 1)
    zone = code - ids.ZONE_OFFSET if code else None
    days = (payload >> ids.ZONE_BITS) - ids.DATE_OFFSET
    return days * 86_400_000_000 - (zone or 0) * 60_000_000, zone


def boolean(value: Value, scope: Scope) -> SQL:
    """The effective boolean value (SPARQL 1.1, 17.2.2), NULL where that is an error."""
    match value.form:
        case Form.BOOLEAN:
            return value.sql
        case Form.STRING:
            return sql.binary(exp.NEQ, value.sql, sql.text(""))
        case Form.INTEGER | Form.DECIMAL | Form.WHOLE:
            return sql.binary(exp.NEQ, value.sql, sql.number(0))
        case Form.ID if value.only(mask(ids.BOOLEAN_INLINE)):
            return sql.eq(value.sql, sql.number(ids.make_id(ids.BOOLEAN_INLINE, 1)))
        case Form.ID if not value.may_be(LITERALS):
            return sql.NULL
        case _:
            return sql.let([val(value, scope)], lambda v: sql.call("kg_ebv", v))


def number(value: Value, scope: Scope) -> Value | None:
    """The value in a numeric form (VALUE where the kind is not known); None if never one."""
    if value.form in NUMBER_FORMS:
        return value
    if value.form is Form.WHOLE:
        tree = sql.try_cast(value.sql, "DECIMAL(38,18)")
        return native(Form.DECIMAL, tree, value.nullable)
    if value.constant is not None:
        return _constant_number(value.constant)
    kinds = [
        (form, tags)
        for form, tags in (
            (Form.INTEGER, INTEGERS),
            (Form.DECIMAL, DECIMALS),
            (Form.FLOAT, FLOATS),
            (Form.DOUBLE, DOUBLES),
        )
        if value.may_be(tags)
    ]
    if not kinds or value.form in (Form.STRING, Form.BOOLEAN):
        return None
    if value.form is Form.ID and len(kinds) == 1:
        return _id_number(value, kinds[0][0], scope)
    return Value(Form.VALUE, val(value, scope), value.tags, True)


def fitted(form: Form, tree: SQL) -> SQL:
    """A computed number in its form: an xsd:float has the precision and range of 32 bits."""
    if form is not Form.FLOAT:
        return tree
    return sql.let([tree], lambda d: sql.call("kg_single", d))


def _constant_number(constant: Term) -> Value | None:
    tag, text = ids.dictionary_tag(constant), lexical_form(constant)
    if tag == ids.INTEGER:
        whole = int(text)
        return (
            native(Form.INTEGER, sql.number(whole), False)
            if abs(whole) < 2**62
            else Value(Form.VALUE, constant_value(constant), INTEGERS, False)
        )
    if tag == ids.DECIMAL:
        return native(Form.DECIMAL, sql.call("kg_text_decimal", sql.text(text)), True)
    if tag in (ids.FLOAT, ids.DOUBLE):
        form = Form.FLOAT if tag == ids.FLOAT else Form.DOUBLE
        return native(form, fitted(form, sql.call("kg_text_double", sql.text(text))), False)
    return None


def _id_number(value: Value, form: Form, scope: Scope) -> Value:
    """The number an id stands for, where only one numeric datatype is possible."""
    id_ = value.sql
    inline = {Form.INTEGER: ids.INTEGER_INLINE, Form.DECIMAL: ids.DECIMAL_INLINE}.get(form)
    branches: list[tuple[SQL, SQL]] = []
    tag = sql.call("kg_tag", id_)
    if inline is not None and value.may_be(mask(inline)):
        decoded = sql.call("kg_int" if form is Form.INTEGER else "kg_dec", id_)
        if value.only(mask(inline)):
            return native(form, decoded, value.nullable)
        branches.append((sql.eq(tag, sql.number(inline)), decoded))
    dictionary = {
        Form.INTEGER: (ids.INTEGER, "dec"),
        Form.DECIMAL: (ids.DECIMAL, "dec"),
        Form.FLOAT: (ids.FLOAT, "dbl"),
        Form.DOUBLE: (ids.DOUBLE, "dbl"),
    }
    stored, column = dictionary[form]
    if value.may_be(mask(stored)):
        decoded = scope.row(value).field(column)
        if form is Form.INTEGER:
            decoded = sql.cast(decoded, "HUGEINT")
        branches.append((sql.eq(tag, sql.number(stored)), decoded))
    return native(form, sql.case(branches), True)


def plain_value(value: Value, scope: Scope) -> SQL:
    """The value in the plainest type of the engine that all of them fit, NULL where unbound.

    BIGINT, DECIMAL(38, 18), DOUBLE, BOOLEAN, DATE, and TIMESTAMP (in UTC where a zone is Z); for
    all others, and where kinds mix, the IRI or the lexical form as VARCHAR.
    """
    if value.form is Form.INTEGER:
        return sql.try_cast(value.sql, "BIGINT")
    if value.form is Form.WHOLE:
        return sql.try_cast(value.sql, "DECIMAL(38,18)")
    if value.form in (Form.DECIMAL, Form.DOUBLE, Form.FLOAT, Form.BOOLEAN, Form.STRING):
        return value.sql
    if value.form is Form.ID and value.constant is None:
        for tag, decode in _PLAIN.items():
            if value.only(mask(tag)):
                return decode(value.sql)
        if value.only(FLOATS | DOUBLES):
            return scope.row(value).field("dbl")
    return lex(value, scope)


def single_type(value: Value) -> str | None:
    """The type that all terms of ``value`` have, where that is known."""
    if value.form in FORM_TYPES:
        return FORM_TYPES[value.form]
    if value.form is not Form.ID:
        return None
    if value.type is not None:
        return value.type
    for tags, name in (
        (IRIS, "iri"),
        (BNODES, "bnode"),
        (STRINGS, XSD.string),
        (mask(ids.INTEGER_INLINE), XSD.integer),
        (DECIMALS, XSD.decimal),
        (FLOATS, XSD.float),
        (DOUBLES, XSD.double),
        (BOOLEANS, XSD.boolean),
        (DATETIMES, XSD.dateTime),
        (DATES, XSD.date),
    ):
        if value.only(tags):
            return name
    return None


def _id_field(value: Value, scope: Scope, column: str, branches: Sequence[tuple[int, SQL]]) -> SQL:
    if not value.may_be(IN_DICTIONARY):
        return by_tag(value, branches, sql.cast(sql.NULL, "VARCHAR"))
    return by_tag(value, branches, scope.row(value).field(column))


def _unless_null(value: Value, tree: SQL) -> SQL:
    return sql.case([(sql.not_null(value.sql), tree)]) if value.nullable else tree
