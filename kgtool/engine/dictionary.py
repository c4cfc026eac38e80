"""The dictionary: distinct keys become typed, sorted, numbered terms.

Keys are those of :mod:`kgtool.engine.ntriples`. What SQL says here about tags and values
is what ``ids.dictionary_tag`` says in Python; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Sequence

from kgtool.engine import ids
from kgtool.engine.ntriples import KEY_PATTERN
from kgtool.engine.schema import INDEX_STEP
from kgtool.engine.sqltext import quote
from kgtool.rdf.namespaces import INTEGER_RANGES, RDF, XSD

#: Table ``dict``: a row a key, in the order of ids. Keys that are not checked have no tag.
_BUILD = """
CREATE TEMP TABLE dict AS
SELECT key, type, lex, CASE WHEN type IS NOT NULL THEN {tag} END AS tag
FROM ({decoded}) ORDER BY tag, type, lex
"""
_DISTINCT = """
SELECT s AS key FROM raw
UNION SELECT p FROM raw
UNION SELECT o FROM raw WHERE o IS NOT NULL
UNION SELECT g FROM raw WHERE g IS NOT NULL
UNION SELECT key FROM wanted
"""
_TYPE = f"""CASE key[1] WHEN '<' THEN 'iri' WHEN '_' THEN 'bnode' ELSE
    CASE suffix[1] WHEN '' THEN {quote(XSD.string)} WHEN '@' THEN lower(suffix)
    ELSE suffix[4:] END END"""
_LEX = """CASE key[1] WHEN '<' THEN key[2:] WHEN '_' THEN key[3:]
    ELSE key[2:-(length(suffix) + 2)] END"""

_INTEGER = r"[+-]?[0-9]+"
_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DOUBLE = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_YEAR = r"-?(?:[1-9][0-9]{4,}|[0-9]{4})"
_MONTH_DAY = r"-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DATE = _YEAR + _MONTH_DAY + _ZONE
_DATETIME = _YEAR + _MONTH_DAY + _TIME + _ZONE

_DATE_FIELDS = r"^(-?)([0-9]+)-([0-9]{2})-([0-9]{2})"
_TIME_FIELDS = r"T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
_ZONE_FIELDS = r"([+-])([0-9]{2}):([0-9]{2})$"
_SPARE_YEARS = 290_000  # DuckDB's timestamps reach a little further, either way


def build_sql() -> str:
    """The statement that makes table ``dict`` from the keys in table ``raw``.

    Keys that ``KEY_PATTERN`` does not know get no type and no tag.
    """
    return _BUILD.format(tag=_tag_sql(), decoded=decoded_sql(_DISTINCT))


def decoded_sql(keys: str) -> str:
    """A query for the (key, type, lex) of a query for keys.

    Keys that ``KEY_PATTERN`` does not know get no type.
    """
    suffix = "CASE WHEN key[1] = '\"' THEN split_part(key, '\"', -1) END"
    split = f"SELECT key, {suffix} AS suffix FROM ({keys})"
    lex = f"CASE WHEN contains(key, '\\') THEN {_unescaped(_LEX)} ELSE {_LEX} END"
    known = f"regexp_full_match(key, {quote(KEY_PATTERN)})"
    return f"SELECT key, CASE WHEN {known} THEN {_TYPE} END AS type, {lex} AS lex FROM ({split})"


def valued_sql(terms: str) -> str:
    """A query for type, lex, tag and the value columns of a query for (type, lex)."""
    tagged = f"SELECT type, lex, {_tag_sql()} AS tag FROM ({terms})"
    return f"SELECT type, lex, tag, {_values_sql()} FROM ({tagged})"


def rebuild_sql(decoded: str) -> str:
    """The same from a query for (key, type, lex)."""
    return _BUILD.format(tag=_tag_sql(), decoded=decoded)


def _unescaped(text: str) -> str:
    r"""The SQL that resolves the escapes in a string, numeric ones apart.

    A key holds no line feed, so it can stand for ``\\`` while the other escapes are
    resolved; what is then left of backslashes begins ``\n``, and the two change places.
    """
    result = f"replace({text}, '\\\\', chr(10))"
    for letter, code in (("t", 9), ("b", 8), ("r", 13), ("f", 12), ('"', 34), ("''", 39)):
        result = f"replace({result}, '\\{letter}', chr({code}))"
    return f"translate(replace({result}, '\\n', '\\'), chr(10) || '\\', '\\' || chr(10))"


#: The types in table ``dict``, in order.
TYPES_SQL = "SELECT DISTINCT type FROM dict WHERE type IS NOT NULL ORDER BY type"


def terms_sql(types: Sequence[str], first: int = 0) -> str:
    """The statement that adds table ``dict`` to table ``terms``, which has ``first`` rows.

    ``types`` are those that have codes, by their codes.
    """
    return f"INSERT INTO terms SELECT {_id_sql(types, first)}, type, lex, {_values_sql()} FROM dict"


def keys_sql(types: Sequence[str]) -> str:
    """A query for the dictionary's (key, id)."""
    return f"SELECT key, {_id_sql(types)} AS id FROM dict"


def ids_sql(types: Sequence[str], first: int = 0) -> str:
    """A query for the dictionary's (type, lex, id)."""
    return f"SELECT type, lex, {_id_sql(types, first)} AS id FROM dict"


def index_sql() -> str:
    """The statement that fills ``term_index`` from table ``terms``."""
    return (
        "INSERT INTO term_index SELECT id, type, lex FROM terms "
        f"WHERE id & {INDEX_STEP - 1} = 0 ORDER BY id"
    )


def _id_sql(types: Sequence[str], first: int = 0) -> str:
    names = ", ".join(map(quote, types))
    code = f"least(list_position([{names}]::VARCHAR[], type) - 1, {ids.LAST_TYPE})"
    tag = f"CAST(tag AS BIGINT) << {ids.PAYLOAD_BITS}"
    return f"({tag}) + (CAST({code} AS BIGINT) << {ids.ROW_BITS}) + rowid + {first}"


def _tag_sql() -> str:
    derived = ", ".join(quote(d) for d in INTEGER_RANGES)
    ranges = " ".join(_range_sql(d, low, high) for d, (low, high) in INTEGER_RANGES.items())
    return f"""CASE type WHEN 'iri' THEN {ids.IRI_TAG} WHEN 'bnode' THEN {ids.BNODE}
    WHEN {quote(XSD.string)} THEN {ids.STRING}
    ELSE CASE WHEN type[1] = '@' THEN {ids.LANG_STRING}
    WHEN NOT starts_with(type, {quote(XSD.base)}) THEN {ids.OTHER}
    ELSE CASE
        WHEN type = {quote(XSD.integer)} AND {_matches(_INTEGER)} THEN {ids.INTEGER}
        WHEN type = {quote(XSD.decimal)} AND {_matches(_DECIMAL)} THEN {ids.DECIMAL}
        WHEN type = {quote(XSD.double)} AND {_matches(_DOUBLE)} THEN {ids.DOUBLE}
        WHEN type = {quote(XSD.float)} AND {_matches(_DOUBLE)} THEN {ids.FLOAT}
        WHEN type = {quote(XSD.boolean)} AND lex IN ('true', 'false', '0', '1') THEN {ids.BOOLEAN}
        WHEN type = {quote(XSD.dateTime)} AND {_matches(_DATETIME)} AND {_is_day()}
            THEN {ids.DATETIME}
        WHEN type = {quote(XSD.date)} AND {_matches(_DATE)} AND {_is_day()} THEN {ids.DATE}
        WHEN type IN ({derived}) AND {_matches(_INTEGER)} AND CASE type {ranges} END
            THEN {ids.INTEGER}
        ELSE {ids.OTHER} END END END"""


def _matches(pattern: str) -> str:
    return f"regexp_full_match(lex, {quote(pattern)})"


def _range_sql(datatype: str, low: int | None, high: int | None) -> str:
    # A value of more than 38 digits has only its sign looked at.
    huge = f"CASE WHEN starts_with(lex, '-') THEN -{10**38} ELSE {10**38} END::HUGEINT"
    value = f"coalesce(TRY_CAST(ltrim(lex, '+') AS HUGEINT), {huge})"
    bounds = [f"{value} >= {low}"] if low is not None else []
    bounds += [f"{value} <= {high}"] if high is not None else []
    return f"WHEN {quote(datatype)} THEN {' AND '.join(bounds)}"


def _field(group: int, pattern: str = _DATE_FIELDS) -> str:
    return f"regexp_extract(lex, {quote(pattern)}, {group})"


def _number(group: int, pattern: str = _DATE_FIELDS) -> str:
    return f"coalesce(TRY_CAST({_field(group, pattern)} AS BIGINT), 0)"


def _is_day() -> str:
    """Whether the month has the day; patterns have checked all else.

    The calendar repeats every 400 years, so the last digits of the year suffice.
    """
    sign = f"CASE WHEN {_field(1)} = '-' THEN -1 ELSE 1 END"
    year = f"((({sign} * CAST(right({_field(2)}, 4) AS BIGINT)) % 400 + 400) % 400 + 2000)"
    text = f"concat({year}, '-', {_field(3)}, '-', {_field(4)})"
    return f"({_field(4)} < '29' OR TRY_CAST({text} AS DATE) IS NOT NULL)"


def _values_sql() -> str:
    """The value columns dec, dbl, micros and tz."""
    exact = f"tag IN ({ids.INTEGER}, {ids.DECIMAL})"
    moment = f"tag IN ({ids.DATETIME}, {ids.DATE})"
    return f"""
        CASE WHEN {exact} THEN {_decimal_sql()} END,
        CASE WHEN {exact} OR tag = {ids.DOUBLE} THEN {_double_sql("DOUBLE")}
             WHEN tag = {ids.FLOAT} THEN {_double_sql("FLOAT")}
             WHEN tag = {ids.BOOLEAN} THEN CASE WHEN lex IN ('true', '1') THEN 1 ELSE 0 END END,
        CASE WHEN {moment} THEN {_micros_sql()} END,
        CASE WHEN {moment} THEN {_zone_sql()} END"""


def _decimal_sql() -> str:
    """The exact value; fraction digits beyond the eighteenth are cut off."""
    return r"TRY_CAST(regexp_replace(lex, '^([^.]*\.[0-9]{18})[0-9]+$', '\1') AS DECIMAL(38, 18))"


def _double_sql(type_: str) -> str:
    return f"""CASE WHEN lex = 'NaN' THEN 'nan'::DOUBLE
        WHEN ends_with(lex, 'INF') THEN CASE lex[1] WHEN '-' THEN '-inf' ELSE 'inf' END::DOUBLE
        ELSE CAST(TRY_CAST(lex AS {type_}) AS DOUBLE) END"""


def _zone_sql() -> str:
    minutes = f"{_number(2, _ZONE_FIELDS)} * 60 + {_number(3, _ZONE_FIELDS)}"
    return (
        f"CASE {_field(1, _ZONE_FIELDS)} WHEN '+' THEN {minutes} WHEN '-' THEN -({minutes}) "
        "ELSE CASE WHEN ends_with(lex, 'Z') THEN 0 END END"
    )


def _micros_sql() -> str:
    """Microseconds since 1970, in UTC where there is a zone; NULL where DuckDB has no such year."""
    year = f"(CASE WHEN {_field(1)} = '-' THEN -1 ELSE 1 END * TRY_CAST({_field(2)} AS BIGINT))"
    fraction = f"CAST(rpad({_field(4, _TIME_FIELDS)}[:6], 6, '0') AS BIGINT)"
    seconds = (
        f"({_number(1, _TIME_FIELDS)} * 3600 + {_number(2, _TIME_FIELDS)} * 60"
        f" + {_number(3, _TIME_FIELDS)} - 60 * coalesce({_zone_sql()}, 0))"
    )
    return (
        f"CASE WHEN abs({year}) < {_SPARE_YEARS} THEN "
        f"({_days_sql(year, _number(3), _number(4))} * 86400 + {seconds}) * 1000000 + {fraction} "
        "END"
    )


def _days_sql(year: str, month: str, day: str) -> str:
    """Days since 1970 in the proleptic Gregorian calendar.

    Counted from a 1 March of a year 400 n, so that the leap day comes last and no
    division meets a negative number.
    """
    cycles = 1000
    shifted = f"({year} + {400 * cycles} - CASE WHEN {month} <= 2 THEN 1 ELSE 0 END)"
    of_year = f"((153 * (({month} + 9) % 12) + 2) // 5 + {day} - 1)"
    return (
        f"({shifted} * 365 + {shifted} // 4 - {shifted} // 100 + {shifted} // 400"
        f" + {of_year} - {719468 + 146097 * cycles})"
    )


#: Keys that the parser library has to look at: (key).
UNKNOWN_SQL = "SELECT key, rowid FROM dict WHERE tag IS NULL"
#: Datatypes that a literal without a language tag cannot have (RDF 1.1 Concepts, 3.3).
FORBIDDEN_TYPES = (RDF.langString, RDF.base + "dirLangString")
FORBIDDEN_SQL = (
    f"SELECT key FROM dict WHERE type IN ({', '.join(map(quote, FORBIDDEN_TYPES))}) LIMIT 1"
)
#: Several keys for one term ("\\t" and a tab, "en-GB" and "en-gb") stand side by side.
ALIASES_SQL = """
SELECT key, type, lex FROM (
    SELECT key, type, lex, lex = lag(lex) OVER () AND type = lag(type) OVER () AS same FROM dict)
WHERE same
"""
