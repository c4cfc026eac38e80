"""The functions that plans call, in Spark's SQL.

Plans name functions as DuckDB does, and write regular expressions as RE2 reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from kgtool.engine.spark.macros import expanded

Arguments: TypeAlias = "list[exp.Expr]"

_BACK_REFERENCE = re.compile(r"\\(.)|\$", re.DOTALL)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _renamed(name: str) -> Callable[[Arguments], exp.Expr]:
    return lambda arguments: call(name, *arguments)


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _bracketed(tree: exp.Expr) -> exp.Expr:
    return tree if isinstance(tree, exp.Column | exp.Dot | exp.Paren) else exp.Paren(this=tree)


def _field(arguments: Arguments) -> exp.Expr:
    value, name = arguments
    return exp.Dot(this=_bracketed(value), expression=exp.to_identifier(name.name, quoted=True))


def _element(arguments: Arguments) -> exp.Expr:
    items, index = arguments
    return exp.Bracket(this=items, expressions=[exp.Literal.number(int(index.name) - 1)])


def _first(arguments: Arguments) -> exp.Expr:
    """ANY_VALUE passes over NULL in DuckDB."""
    return call("any_value", arguments[0], exp.true())


def _full_match(arguments: Arguments) -> exp.Expr:
    text, pattern = arguments
    return _matches([text, _around("^(?:", pattern, r")\z")])


def _matches(arguments: Arguments) -> exp.Expr:
    text, pattern = arguments
    return exp.RegexpLike(this=_bracketed(text), expression=_pattern(pattern))


def _around(before: str, pattern: exp.Expr, after: str) -> exp.Expr:
    if isinstance(pattern, exp.Literal):
        return _text(before + pattern.name + after)
    return call("concat", _text(before), pattern, _text(after))


def _pattern(pattern: exp.Expr) -> exp.Expr:
    """A pattern of RE2 for Java, and for engines that have Rust's in its place."""
    if isinstance(pattern, exp.Literal):
        return _text(_java_pattern(pattern.name))
    return pattern


def _java_pattern(pattern: str) -> str:
    r"""The same with what Java reads otherwise.

    In RE2 ``$`` is the very end, where in Java a line end may follow; a point is all but a line
    feed, and case is that of all alphabets.
    """
    flags = "".join(re.findall(r"\(\?([a-z]+)", pattern))
    pattern = re.sub(r"\(\?([a-z]*)i", r"(?\1iu", pattern)
    if "m" in flags:
        return f"(?d){pattern}"
    meaning = {"$": r"\z", ".": "." if "s" in flags else r"[^\n]"}
    return re.sub(
        r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[$.]",
        lambda m: meaning.get(m[0], m[0]),
        pattern,
        flags=re.DOTALL,
    )


def _extract(arguments: Arguments) -> exp.Expr:
    text, pattern, *group = arguments
    return call("regexp_extract", text, _pattern(pattern), *(group or [exp.Literal.number(0)]))


def _replace_matches(arguments: Arguments) -> exp.Expr:
    """Spark replaces all matches; patterns that are to be replaced once match once."""
    text, pattern, replacement, *_ = arguments
    return call("regexp_replace", text, _pattern(pattern), _replacement(replacement))


def _replacement(tree: exp.Expr) -> exp.Expr:
    r"""``\1`` of RE2 is ``$1`` in Java, and ``$`` is ``\$``."""
    if isinstance(tree, exp.Literal):
        return _text(_BACK_REFERENCE.sub(_java_reference, tree.name))
    dollars = call("replace", tree, _text("$"), _text(r"\$"))
    return call("regexp_replace", dollars, _text(r"\\([0-9])"), _text(r"\$$1"))


def _java_reference(match: re.Match[str]) -> str:
    letter = match[1]
    if letter is None:
        return r"\$"
    return f"${letter}" if letter.isdigit() else f"\\{letter}"


def _date(arguments: Arguments) -> exp.Expr:
    """Of days since 1970, or of year, month and day."""
    return call("date_from_unix_date" if len(arguments) == 1 else "make_date", *arguments)


def _is_infinite(arguments: Arguments) -> exp.Expr:
    infinity = exp.Cast(this=_text("Infinity"), to=exp.DataType.build("DOUBLE"))
    return exp.Paren(this=exp.EQ(this=call("abs", *arguments), expression=infinity))


def _down_or_up(name: str) -> Callable[[Arguments], exp.Expr]:
    """FLOOR and CEIL of what is written as a DOUBLE are doubles."""

    def translated(arguments: Arguments) -> exp.Expr:
        (value,) = arguments
        if isinstance(value, exp.Cast) and value.to.is_type("DOUBLE"):
            macro = exp.Anonymous(this=f"kg_{name}_double", expressions=[value])
            return exp.Paren(this=expanded(macro))
        return call(name, value)

    return translated


def _url_encoded(arguments: Arguments) -> exp.Expr:
    """Spark encodes forms (a blank is +), and not as RFC 3986 says."""
    result = call("url_encode", *arguments)
    for written, wanted in (("+", "%20"), ("*", "%2A"), ("%7E", "~")):
        result = call("replace", result, _text(written), _text(wanted))
    return result


def _joined(arguments: Arguments) -> exp.Expr:
    text, separator = arguments
    return call("listagg", text, separator)


#: What writes a call of a function that Spark names otherwise, or lacks, by its name in a plan.
FUNCTIONS: dict[str, Callable[[Arguments], exp.Expr]] = {
    "try": lambda arguments: arguments[0],
    "coalesce": lambda arguments: exp.Coalesce(this=arguments[0], expressions=arguments[1:]),
    "struct_extract": _field,
    "list_extract": _element,
    "list_transform": _renamed("transform"),
    "list_filter": _renamed("filter"),
    "list_max": _renamed("array_max"),
    "list": _renamed("collect_list"),
    "len": _renamed("size"),
    "any_value": _first,
    "arg_min": _renamed("min_by"),
    "arg_max": _renamed("max_by"),
    "string_agg": _joined,
    "random": _renamed("rand"),
    "unnest": _renamed("explode"),
    "generate_series": _renamed("sequence"),
    "isinf": _is_infinite,
    "floor": _down_or_up("floor"),
    "ceil": _down_or_up("ceil"),
    "strpos": _renamed("instr"),
    "starts_with": _renamed("startswith"),
    "ends_with": _renamed("endswith"),
    "url_encode": _url_encoded,
    "sha256": lambda arguments: call("sha2", *arguments, exp.Literal.number(256)),
    "regexp_matches": _matches,
    "regexp_full_match": _full_match,
    "regexp_extract": _extract,
    "regexp_replace": _replace_matches,
    "regexp_escape": lambda arguments: call(
        "regexp_replace", arguments[0], _text(r"([^A-Za-z0-9_])"), _text(r"\\$1")
    ),
    "make_date": _date,
    "string_split": _renamed("split"),
    "make_timestamp": _renamed("timestamp_micros"),
    "epoch_us": _renamed("unix_micros"),
    "trim": lambda arguments: _trimmed("BOTH", arguments),
    "rtrim": lambda arguments: _trimmed("TRAILING", arguments),
    "ltrim": lambda arguments: _trimmed("LEADING", arguments),
}


def _trimmed(side: str, arguments: Arguments) -> exp.Expr:
    letters = arguments[1] if len(arguments) > 1 else None
    return exp.Trim(this=arguments[0], expression=letters, position=side)
