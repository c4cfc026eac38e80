"""The SQL that turns a literal into its inline id, as ``ids.inline_id`` does."""

from __future__ import annotations

from kgtool.engine import ids
from kgtool.engine.sqltext import quote
from kgtool.rdf.namespaces import XSD

_DAY_ZERO = "DATE '1970-01-01'"


def inline_id_sql(datatype: str, lexical: str) -> str:
    """An expression for the inline id of a literal; NULL where it has none.

    ``datatype`` and ``lexical`` are columns; a datatype is written ``^^<iri``, as in keys.
    """
    branches = " ".join(
        f"WHEN {quote('^^<' + iri)} THEN {encode(lexical)}" for iri, encode in _ENCODERS.items()
    )
    return f"CASE {datatype} {branches} END"


def _matches(lexical: str, pattern: str) -> str:
    return f"regexp_full_match({lexical}, {quote(pattern)})"


def _id(tag: int, payload: str) -> str:
    return f"({payload}) + {tag << ids.PAYLOAD_BITS}"


def _integer(lexical: str) -> str:
    value = f"CAST({lexical} AS BIGINT) + {ids.INTEGER_OFFSET}"
    return (
        f"CASE WHEN {_matches(lexical, ids.INTEGER_PATTERN)} "
        f"THEN {_id(ids.INTEGER_INLINE, value)} END"
    )


def _decimal(lexical: str) -> str:
    unscaled = f"TRY_CAST(replace({lexical}, '.', '') AS BIGINT)"
    digits = (
        f"CASE WHEN contains({lexical}, '.') "
        f"THEN strlen({lexical}) - instr({lexical}, '.') ELSE 0 END"
    )
    payload = f"({unscaled} + {ids.DECIMAL_OFFSET}) * 16 + {digits}"
    return (
        f"CASE WHEN {_matches(lexical, ids.DECIMAL_PATTERN)} "
        f"AND abs({unscaled}) < {ids.DECIMAL_OFFSET} AND {digits} <= {ids.DECIMAL_MAX_DIGITS} "
        f"AND NOT ({unscaled} = 0 AND starts_with({lexical}, '-')) "
        f"THEN {_id(ids.DECIMAL_INLINE, payload)} END"
    )


def _boolean(lexical: str) -> str:
    base = ids.BOOLEAN_INLINE << ids.PAYLOAD_BITS
    return f"CASE {lexical} WHEN 'true' THEN {base + 1} WHEN 'false' THEN {base} END"


def _date(lexical: str) -> str:
    days = f"(TRY_CAST({lexical}[:10] AS DATE) - {_DAY_ZERO} + {ids.DATE_OFFSET})"
    offset = f"(CAST({lexical}[12:13] AS INTEGER) * 60 + CAST({lexical}[15:16] AS INTEGER))"
    zone = (
        f"CASE WHEN strlen({lexical}) = 10 THEN 0 WHEN {lexical}[11] = 'Z' THEN {ids.ZONE_OFFSET} "
        f"WHEN {offset} = 0 OR {offset} > 840 OR {lexical}[15] > '5' THEN NULL "
        f"WHEN {lexical}[11] = '+' THEN {ids.ZONE_OFFSET} + {offset} "
        f"ELSE {ids.ZONE_OFFSET} - {offset} END"
    )
    payload = f"{days} * {1 << ids.ZONE_BITS} + {zone}"
    return (
        f"CASE WHEN {_matches(lexical, ids.DATE_PATTERN)} AND {lexical} >= '0001' "
        f"THEN {_id(ids.DATE_INLINE, payload)} END"
    )


def _datetime(lexical: str) -> str:
    micros = f"epoch_us(TRY_CAST(rtrim({lexical}, 'Z') AS TIMESTAMP))"
    tag = (
        f"CASE WHEN {lexical}[-1] = 'Z' THEN {ids.DATETIME_Z_INLINE << ids.PAYLOAD_BITS} "
        f"ELSE {ids.DATETIME_INLINE << ids.PAYLOAD_BITS} END"
    )
    return (
        f"CASE WHEN {_matches(lexical, ids.DATETIME_PATTERN)} "
        f"AND abs({micros}) < {ids.DATETIME_OFFSET} "
        f"THEN {micros} + {ids.DATETIME_OFFSET} + {tag} END"
    )


_ENCODERS = {
    XSD.integer: _integer,
    XSD.date: _date,
    XSD.decimal: _decimal,
    XSD.dateTime: _datetime,
    XSD.boolean: _boolean,
}
