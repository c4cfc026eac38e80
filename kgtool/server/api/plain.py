"""Rows as JSON for everybody: an array of objects, with JSON's own values where it has them.

What this form loses, the types of terms and the languages of strings, is in
``application/sparql-results+json``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from functools import partial

from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.results._flat import FlatRow
from kgtool.results.formats import Format

#: Not one of those that kgtool writes files in: there ``json`` is SPARQL's.
PLAIN = Format("plain", "application/json", "json", frozenset({"select", "ask"}))

_INTEGERS = {XSD.integer, *INTEGER_RANGES}
_DOUBLES = {XSD.double, XSD.float}
_NUMBER = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?")
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}
_string = partial(json.dumps, ensure_ascii=False)


def rows_text(variables: tuple[str, ...], rows: Iterable[FlatRow]) -> Iterator[str]:
    """The rows as an array of objects; what is unbound is null."""
    keys = [f"{_string(name)}: " for name in variables]
    before = "["
    for row in rows:
        cells = zip(keys, row[::2], row[1::2], strict=True)
        yield f"{before}\n  {{{', '.join(key + value_text(*cell) for key, *cell in cells)}}}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def answer_text(answer: bool) -> str:
    return "true\n" if answer else "false\n"


def value_text(type_: str | None, lexical: str | None) -> str:
    """A term as a value of JSON: a number, a boolean, a string, or null for unbound.

    A literal that JSON has no number for, such as INF, and one that is not of its datatype, is a
    string as it is written.
    """
    if type_ is None or lexical is None:
        return "null"
    if type_ == "bnode":
        return _string(f"_:{lexical}")
    if type_ in _INTEGERS or type_ == XSD.decimal:
        return _number(lexical, with_point=type_ == XSD.decimal) or _string(lexical)
    if type_ in _DOUBLES:
        return _double(lexical) or _string(lexical)
    if type_ == XSD.boolean:
        return _BOOLEANS.get(lexical) or _string(lexical)
    return _string(lexical)


def _number(text: str, with_point: bool) -> str | None:
    """The digits as they are, but for what JSON does not allow: a plus, zeros in front."""
    found = _NUMBER.fullmatch(text)
    if found is None or not any(map(str.isdigit, text)) or ("." in text and not with_point):
        return None
    sign, whole, fraction = found.groups()
    return ("-" if sign == "-" else "") + (whole or "0") + (f".{fraction}" if fraction else "")


def _double(text: str) -> str | None:
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return repr(value) if math.isfinite(value) else None
