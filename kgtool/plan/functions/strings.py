"""Functions on strings (17.4.3) and hashes (17.4.6)."""

from __future__ import annotations

import re

from sqlglot import exp

from kgtool.errors import UnsupportedError
from kgtool.plan import sql
from kgtool.plan.conversion import number
from kgtool.plan.functions.registry import Function
from kgtool.plan.functions.terms import NO_TEXT, simple_string, string_argument
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import STRINGS, TAGGED, Form, Scope, Value, make_term, native
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal

#: What XPath allows as a replacement (F&O 3.1, 5.6.4).
_REPLACEMENT = r"(?:[^$\\]|\\[\\$]|\$[0-9])*"
_RE2_PARTS = {"\\\\": "\\\\", "\\$": "$"}


def _like(text: SQL, type_: SQL | None) -> Value:
    """A string with the language tag of the argument it came from."""
    if type_ is None:
        return native(Form.STRING, text)
    return make_term(type_, text, STRINGS | TAGGED)


def _mapped(macro: str) -> Function:
    """A function from a string to a string of the same type."""

    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        text, type_ = string_argument(arguments[0], scope)
        return _like(sql.call(macro, text), type_)

    return compiled


def _strlen(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    text, _ = string_argument(arguments[0], scope)
    return native(Form.INTEGER, sql.call("length", text))


def _substr(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    text, type_ = string_argument(arguments[0], scope)
    positions = [_position(a, scope) for a in arguments[1:]]
    macro = "kg_substr" if len(positions) == 1 else "kg_substr3"
    return _like(sql.let([text, *positions], lambda *a: sql.call(macro, *a)), type_)


def _position(argument: Value, scope: Scope) -> SQL:
    """A position or length as DOUBLE, NULL where it is no number."""
    numeric = number(argument, scope)
    if numeric is None:
        return sql.cast(sql.NULL, "DOUBLE")
    if numeric.form is Form.VALUE:
        return sql.let([numeric.sql], lambda v: sql.call("kg_number_double", v))
    return sql.cast(numeric.sql, "DOUBLE")


def _pair(arguments: list[Value], scope: Scope) -> tuple[SQL, SQL | None, SQL]:
    """Two strings that are compatible (17.4.3.1.2): the second is NULL where they are not."""
    first, first_type = string_argument(arguments[0], scope)
    second, second_type = string_argument(arguments[1], scope)
    if second_type is not None:
        fits = [sql.eq(second_type, sql.text(XSD.string))]
        if first_type is not None:
            fits.append(sql.eq(second_type, first_type))
        second = sql.case([(sql.disjunction(fits), second)])
    return first, first_type, second


def _predicate(name: str) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        first, _, second = _pair(arguments, scope)
        return native(Form.BOOLEAN, sql.call(name, first, second))

    return compiled


def _part(macro: str) -> Function:
    """STRBEFORE and STRAFTER: without a match, the empty string without a language."""

    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        first, type_, second = _pair(arguments, scope)
        text = sql.let([first, second], lambda a, b: sql.call(macro, a, b))
        if type_ is None:
            return native(Form.STRING, text)
        found = sql.case([(sql.call("contains", first, second), type_)], sql.text(XSD.string))
        return make_term(found, text, STRINGS | TAGGED)

    return compiled


def _concat(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    if not arguments:
        return native(Form.STRING, sql.text(""), False)
    parts = [string_argument(a, scope) for a in arguments]
    text = parts[0][0]
    for part, _ in parts[1:]:
        text = sql.binary(exp.DPipe, text, part)
    if any(type_ is None for _, type_ in parts):
        return native(Form.STRING, text)
    first = parts[0][1]
    assert first is not None
    same = [sql.eq(first, t) for _, t in parts[1:] if t is not None]
    type_ = sql.case([(sql.conjunction(same), first)], sql.text(XSD.string))
    return make_term(type_, text, STRINGS | TAGGED)


def _lang_matches(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """Basic filtering of RFC 4647, section 3.3.1."""
    tag, range_ = (sql.call("lower", simple_string(a, scope)) for a in arguments)

    def matches(t: SQL, r: SQL) -> SQL:
        prefix = sql.binary(exp.DPipe, r, sql.text("-"))
        return sql.case(
            [(sql.eq(r, sql.text("*")), sql.binary(exp.NEQ, t, sql.text("")))],
            sql.disjunction([sql.eq(t, r), sql.call("starts_with", t, prefix)]),
        )

    return native(Form.BOOLEAN, sql.let([tag, range_], matches))


# Regular expressions --------------------------------------------------------------------


def _regex(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    text, _ = string_argument(arguments[0], scope)
    pattern = _pattern(arguments[1], arguments[2:], scope, frame)
    return native(Form.BOOLEAN, sql.call("try", sql.call("regexp_matches", text, pattern)))


def _replace(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    text, type_ = string_argument(arguments[0], scope)
    pattern = _pattern(arguments[1], arguments[3:], scope, frame)
    literal = len(arguments) > 3 and "q" in _flags(arguments[3])
    replacement = (_literal_replacement if literal else _replacement)(arguments[2], scope)
    # A group that the pattern lacks stands for nothing (5.6.4); RE2 would refuse it.
    groups = sql.binary(
        exp.DPipe,
        sql.binary(exp.DPipe, sql.text("(?:"), pattern),
        sql.text(")" + "()" * 9),
    )
    replaced = sql.call("regexp_replace", text, groups, replacement, sql.text("g"))
    # A pattern that matches nothing at all would match everywhere: err:FORX0003.
    empty = sql.call("try", sql.call("regexp_matches", sql.text(""), pattern))
    return _like(sql.case([(sql.negate(empty), sql.call("try", replaced))]), type_)


def _replacement(value: Value, scope: Scope) -> SQL:
    """``$1`` and ``\\$`` of XPath as RE2's ``\\1`` and ``$``; NULL where it is ill-formed."""
    if isinstance(value.constant, Literal):
        written = value.constant.lexical if value.only(STRINGS) else "$"
        if not re.fullmatch(_REPLACEMENT, written):
            return NO_TEXT
        parts = re.findall(r"\\[\\$]|\$[0-9]|[^$\\]", written)
        return sql.text(
            "".join(_RE2_PARTS.get(p, f"\\{p[1]}" if p[0] == "$" else p) for p in parts)
        )
    text = simple_string(value, scope)
    tree = text
    for wanted, inside in ((r"\\\$", "$"), (r"\$([0-9])", r"\\\1")):
        arguments = (sql.text(wanted), sql.text(inside), sql.text("g"))
        tree = sql.call("regexp_replace", tree, *arguments)
    formed = sql.call("regexp_full_match", text, sql.text(_REPLACEMENT))
    return sql.case([(formed, tree)])


def _literal_replacement(value: Value, scope: Scope) -> SQL:
    """Under flag q no character of the replacement is special (XPath F&O 3.1, 5.6.2)."""
    return sql.call("replace", simple_string(value, scope), sql.text("\\"), sql.text("\\\\"))


def _flags(value: Value) -> str:
    if not isinstance(value.constant, Literal):
        raise UnsupportedError("the flags of REGEX and REPLACE have to be a constant")
    return value.constant.lexical


def _pattern(pattern: Value, rest: list[Value], scope: Scope, frame: Frame) -> SQL:
    """An XPath regular expression, with its flags inside, as RE2 reads it."""
    flags = ""
    if rest:
        flags = _flags(rest[0])
        if set(flags) - set("smixq"):
            return NO_TEXT
    prefix = "(?" + "".join(f for f in "ims" if f in flags) + ("-s)" if "s" not in flags else ")")
    if pattern.constant is not None:
        if not isinstance(pattern.constant, Literal):
            return NO_TEXT
        written = prefix + _re2_pattern(pattern.constant.lexical, flags)
        return sql.text(written) if frame.context.store.accepts_pattern(written) else NO_TEXT
    tree = simple_string(pattern, scope)
    if "q" in flags:
        tree = sql.call("regexp_escape", tree)
    elif "x" in flags:
        blank = sql.text("[ \t\r\n]")
        tree = sql.call("regexp_replace", tree, blank, sql.text(""), sql.text("g"))
    return sql.binary(exp.DPipe, sql.text(prefix), tree)


def _re2_pattern(pattern: str, flags: str) -> str:
    if "q" in flags:
        return re.escape(pattern)
    if re.search(r"(?<!\\)(?:\\\\)*\\[1-9]", pattern):
        raise UnsupportedError(f"back-references in a regular expression: {pattern!r}")
    if re.search(r"\\[iIcC]|\[[^\]]*-\[", pattern):
        raise UnsupportedError(
            f"XML name classes and class subtraction in a regular expression: {pattern!r}"
        )
    if "x" in flags:
        # White space is dropped outside of character classes (XPath F&O, 5.6.1.1).
        pattern = re.sub(r"(\[(?:\\.|[^\]\\])*\])|\s+", lambda m: m[1] or "", pattern)
    return pattern


# Hashes ---------------------------------------------------------------------------------


def _hash(function: str) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        return native(Form.STRING, sql.call(function, simple_string(arguments[0], scope)))

    return compiled


FUNCTIONS: dict[str, Function] = {
    "STRLEN": _strlen,
    "SUBSTR": _substr,
    "UCASE": _mapped("upper"),
    "LCASE": _mapped("lower"),
    "STRSTARTS": _predicate("starts_with"),
    "STRENDS": _predicate("ends_with"),
    "CONTAINS": _predicate("contains"),
    "STRBEFORE": _part("kg_before"),
    "STRAFTER": _part("kg_after"),
    "ENCODE_FOR_URI": lambda a, s, f: native(
        Form.STRING, sql.call("url_encode", string_argument(a[0], s)[0])
    ),
    "CONCAT": _concat,
    "LANGMATCHES": _lang_matches,
    "REGEX": _regex,
    "REPLACE": _replace,
    "MD5": _hash("md5"),
    "SHA1": _hash("sha1"),
    "SHA256": _hash("sha256"),
    "SHA384": _hash("kg_sha384"),
    "SHA512": _hash("kg_sha512"),
}
