"""Turtle and TriG text to tokens (Turtle 1.1, section 6.5; TriG 1.1), comments among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kgtool.errors import Location, RdfSyntaxError
from kgtool.rdf.grammar import PN_CHARS, PN_CHARS_BASE

#: Surrogates are no characters.
_UCHAR = (
    r"\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}"
    r"|\\U(?:000(?!0[Dd][89A-Fa-f])[0-9A-Fa-f]|0010)[0-9A-Fa-f]{4}"
)
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"(?:[{PN_CHARS_BASE}](?:[{PN_CHARS}.]*[{PN_CHARS}])?)?"
_LOCAL = (
    rf"(?:[{PN_CHARS_BASE}_0-9:]|{_PLX})(?:(?:[{PN_CHARS}.:]|{_PLX})*(?:[{PN_CHARS}:]|{_PLX}))?"
)


_ECHAR = rf"\\[tbnrf\\\"']|{_UCHAR}"


def _long(quote: str) -> str:
    return rf"{quote * 3}(?:{quote}{{0,2}}(?:[^{quote}\\]|{_ECHAR}))*{quote * 3}"


def _short(quote: str) -> str:
    return rf"{quote}(?:[^{quote}\\\n\r]|{_ECHAR})*{quote}"


_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n]+)
    |(?P<comment>\#[^\n\r]*)
    |(?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_UCHAR})*>)
    |(?P<string>{_long('"')}|{_long("'")}|{_short('"')}|{_short("'")})
    |(?P<bnode>_:[{PN_CHARS_BASE}_0-9](?:[{PN_CHARS}.]*[{PN_CHARS}])?)
    |(?P<pname>{_PREFIX}:(?:{_LOCAL})?)
    |(?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+))
    |(?P<word>[A-Za-z]+)
    |(?P<punctuation>\^\^|[.;,\[\](){{}}])
    """,
    re.VERBOSE | re.DOTALL,
)  # fmt: skip


class Token(NamedTuple):
    """``kind`` is what the parser branches on: punctuation and words are their own kind.

    ``first`` says that nothing but white space stands before it on its line, ``gap`` that an
    empty line does.
    """

    kind: str
    text: str
    start: int
    first: bool
    gap: bool


class Source:
    """A text and its name in messages."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.name = name

    def place(self, offset: int) -> Location:
        return Location.at(offset, self.text, self.name)

    def error(self, offset: int, message: str, expected: str | None = None) -> RdfSyntaxError:
        return RdfSyntaxError(message, location=self.place(offset), expected=expected)


def tokenize(source: Source) -> list[Token]:
    """The tokens of a text but for white space, then one of kind ``end``.

    Raises RdfSyntaxError at a character that begins no token.
    """
    return list(tokens(source))


def tokens(source: Source) -> Iterator[Token]:
    """The same, one by one."""
    position, breaks = 0, 1
    while position < len(source.text):
        match = _TOKEN.match(source.text, position)
        if match is None:
            shown = source.text[position : position + 10].split("\n")[0]
            raise source.error(position, f"unexpected text {shown!r}", "a term or punctuation")
        kind, text = str(match.lastgroup), match[0]
        if kind == "space":
            breaks += len(re.findall(r"\r\n|\n|\r", text))
        else:
            own = text if kind in ("punctuation", "word") else kind
            yield Token(own, text, position, breaks > 0, breaks > 1 and position > 0)
            breaks = 0
        position = match.end()
    yield Token("end", "", position, True, breaks > 1)
