"""SPARQL text to tokens (sections 19.1, 19.3, 19.4 and the terminals of 19.8)."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from kgtool.errors import QuerySyntaxError
from kgtool.sparql._source import Source


class Token(NamedTuple):
    """A token. ``key`` is what the parser branches on.

    The key of a word is the word in capitals, that of punctuation the text itself, and
    those of the rest are in lower case: var, iri, pname, bnode, string, number, lang, named, end.
    """

    key: str
    text: str
    start: int


# Character classes that admit all of non-ASCII: there it can only stand in names, and
# _check_name looks at those. They are written as what they leave out, because a class with
# a long range takes milliseconds to compile, and this is done at every start.
_NAME = r"[^\x00-/:-@\[-^`{-\x7f]"  # letters, digits and _
_DASH = r"[^\x00-,./:-@\[-^`{-\x7f]"  # the same and -
_DOTS = r"[^\x00-,/:-@\[-^`{-\x7f]"  # the same and - .
_COLON = r"[^\x00-,./;-@\[-^`{-\x7f]"  # the same and - :
_ALPHA = r"[^\x00-@\[-`{-\x7f]"  # letters
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = (
    rf"(?:{_NAME}|:|{_PLX})(?:{_COLON}+|{_PLX})*(?:\.+(?:{_COLON}|{_PLX})(?:{_COLON}+|{_PLX})*)*"
)
_ECHAR = r"\\[tbnrf\\\"']"


def _long_string(q: str) -> str:
    return rf"{q}{q}{q}[^{q}\\]*(?:(?:{_ECHAR}|{q}(?!{q}{q}))[^{q}\\]*)*{q}{q}{q}"


def _short_string(q: str) -> str:
    return rf"{q}(?!{q}{q})[^{q}\\\n\r]*(?:{_ECHAR}[^{q}\\\n\r]*)*{q}"


_STRING = "|".join((_long_string('"'), _long_string("'"), _short_string('"'), _short_string("'")))

_TOKEN = re.compile(
    rf"""(?:[ \t\r\n]+|\#[^\n\r]*)*(?:
    (?P<var>[?$]{_NAME}+)
    |(?P<pname>(?:{_ALPHA}(?:{_DOTS}*{_DASH})?)?:(?:{_LOCAL})?)
    |(?P<bnode>_:{_NAME}(?:{_DOTS}*{_DASH})?)
    |(?P<word>[A-Za-z][A-Za-z0-9_]*)
    |(?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
    |(?P<string>{_STRING})
    |(?P<number>[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+
        |(?:[0-9]*\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?))
    |(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<named>%[A-Za-z_]\w*)
    |(?P<punctuation>&&|\|\||!=|<=|>=|\^\^|[{{}}()\[\].,;=<>!+*/|^?-])
    |(?P<end>\Z)
    |(?P<bad>.)
    )""",
    re.VERBOSE,
)

_NAMES = frozenset(("var", "pname", "bnode"))
_UNESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_BAD_ESCAPE = re.compile(r"\\(?![tbnrf\\\"'])")


def tokenize(source: Source) -> list[Token]:
    """The tokens of a text; the last one has the key ``end``.

    Raises QuerySyntaxError at a character that begins no token.
    """
    tokens: list[Token] = []
    append = tokens.append
    for match in _TOKEN.finditer(source.text):
        kind = match.lastgroup
        assert kind is not None
        text = match[kind]
        if kind == "word":
            append(Token(text.upper(), text, match.start(kind)))
        elif kind == "punctuation":
            append(Token(text, text, match.start(kind)))
        elif kind == "bad":
            raise _bad_character(source, match.start(kind))
        else:
            append(Token(kind, text, match.start(kind)))
            if kind in _NAMES and not text.isascii():
                _check_name(source, tokens[-1])
            if kind == "end":
                break
    for space in source.escaped_spaces:
        _check_escaped_space(source, tokens, space)
    return tokens


def _check_escaped_space(source: Source, tokens: list[Token], space: int) -> None:
    """Section 19.2: what an escape stands for must be part of a token (or of a comment)."""
    before = tokens[bisect_right(tokens, space, key=attrgetter("start")) - 1]
    end = before.start + len(before.text)
    if space >= end and "#" not in source.text[end:space]:
        raise source.error(space, "escaped white space cannot separate tokens")


def string_value(text: str) -> str:
    """The value of a quoted string (STRING_LITERAL1 … STRING_LITERAL_LONG2)."""
    body = text[3:-3] if text[:3] in ('"""', "'''") else text[1:-1]
    if "\\" not in body:
        return body
    return _UNESCAPE.sub(lambda m: _ESCAPES.get(m[1], m[1]), body)


def local_name(text: str) -> str:
    """The local part of a prefixed name without its backslashes; %-pairs stay."""
    return _UNESCAPE.sub(r"\1", text) if "\\" in text else text


@cache
def _name_shapes() -> dict[str, re.Pattern[str]]:
    """VAR1, PNAME_LN and BLANK_NODE_LABEL, exactly as the grammar has them."""
    base = (
        "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
        "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
        "\U00010000-\U000effff"
    )
    first = base + "_0-9"
    later = first + "\u00b7\u0300-\u036f\u203f-\u2040"
    local = rf"(?:[{first}:]|{_PLX})(?:[-{later}:.]|{_PLX})*"
    return {
        "var": re.compile(f"[?$][{first}][{later}]*"),
        "pname": re.compile(f"(?:[{base}][-{later}.]*)?:(?:{local})?"),
        "bnode": re.compile(f"_:[{first}][-{later}.]*"),
    }


def _check_name(source: Source, token: Token) -> None:
    shape = _name_shapes()[token.key]
    if shape.fullmatch(token.text):
        return
    good = shape.match(token.text)
    bad = good.end() if good else min(i for i, c in enumerate(token.text) if not c.isascii())
    code = ord(token.text[bad])
    raise source.error(
        token.start + bad, f"the character U+{code:04X} cannot stand here in {token.text!r}"
    )


def _bad_character(source: Source, offset: int) -> QuerySyntaxError:
    character = source.text[offset]
    if character in "\"'":
        return _bad_string(source, offset)
    if character == "_":
        return source.error(offset, "a blank node label cannot begin here", expected="_:label")
    hints = {
        "&": "The logical and of SPARQL is &&.",
        "$": "A variable needs a name: $name or ?name.",
        "\\": "Outside strings a backslash may only stand in the local part of a prefixed name.",
        "@": "A language tag is written @en or @en-GB.",
        "`": "Strings are written in single or double quotes.",
    }
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return source.error(offset, f"unexpected character {shown!r}", hint=hints.get(character))


def _bad_string(source: Source, offset: int) -> QuerySyntaxError:
    quote = source.text[offset]
    long = source.text.startswith(quote * 3, offset)
    body = offset + (3 if long else 1)
    close = source.text.find(quote * 3 if long else quote, body)
    stop = close if close >= 0 else len(source.text)
    if not long:
        line_end = re.compile(r"[\r\n]|\Z").search(source.text, body)
        stop = min(stop, line_end.start() if line_end else stop)
    pairs = re.compile(r"""(?:[^\\]|\\[tbnrf\\"'])*""").match(source.text, body, stop)
    end = pairs.end() if pairs else body
    if end < stop and _BAD_ESCAPE.match(source.text, end):
        return source.error(
            end,
            f"unknown escape {source.text[end : end + 2]!r} in a string",
            hint=r"Write \\ for a backslash. Known escapes: \t \b \n \r \f \" \' \\ \uXXXX.",
        )
    hint = None if long else f"A string over several lines is written in {quote * 3}."
    return source.error(
        offset, "this string is not closed", expected=quote * 3 if long else quote, hint=hint
    )
