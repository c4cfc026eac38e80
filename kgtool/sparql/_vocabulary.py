"""The words of SPARQL 1.1: built-in functions with their arities, aggregates, prefixes."""

from __future__ import annotations

from typing import Literal as Choice
from typing import TypeAlias

AggregateName: TypeAlias = Choice["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"]

AGGREGATES: dict[str, AggregateName] = {
    "COUNT": "COUNT",
    "SUM": "SUM",
    "MIN": "MIN",
    "MAX": "MAX",
    "AVG": "AVG",
    "SAMPLE": "SAMPLE",
    "GROUP_CONCAT": "GROUP_CONCAT",
}

#: Least and greatest number of arguments (grammar rule 121); None is unbounded.
BUILT_INS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(("RAND", "NOW", "UUID", "STRUUID"), (0, 0)),
    **dict.fromkeys(("STR", "LANG", "DATATYPE", "IRI", "URI", "BOUND"), (1, 1)),
    **dict.fromkeys(("ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC"), (1, 1)),
    **dict.fromkeys(("ABS", "CEIL", "FLOOR", "ROUND"), (1, 1)),
    **dict.fromkeys(("STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI"), (1, 1)),
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS"), (1, 1)),
    **dict.fromkeys(("TIMEZONE", "TZ", "MD5", "SHA1", "SHA256", "SHA384", "SHA512"), (1, 1)),
    **dict.fromkeys(("LANGMATCHES", "SAMETERM", "STRLANG", "STRDT"), (2, 2)),
    **dict.fromkeys(("CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER"), (2, 2)),
    "BNODE": (0, 1),
    "SUBSTR": (2, 3),
    "REGEX": (2, 3),
    "REPLACE": (3, 4),
    "IF": (3, 3),
    "CONCAT": (0, None),
    "COALESCE": (0, None),
}

#: Two names of one function (sections 17.4.2.1 and 17.4.2.8).
SYNONYMS = {"URI": "IRI", "ISURI": "ISIRI"}

FUNCTION_WORDS = frozenset((*BUILT_INS, *AGGREGATES, "EXISTS", "NOT"))

UPDATE_WORDS = (
    "INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY",
)  # fmt: skip
QUERY_WORDS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
