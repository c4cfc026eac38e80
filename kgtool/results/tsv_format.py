"""SPARQL 1.1 Query Results TSV (section 4 of CSV and TSV Formats): terms as in Turtle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from kgtool.errors import DataError, Location
from kgtool.rdf.grammar import LOCAL
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.sink import batches
from kgtool.rdf.syntax import term_text
from kgtool.results._flat import FlatRow

#: Turtle's INTEGER, DECIMAL and DOUBLE: the lexical forms that need no quotes.
_NUMBERS = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.double: re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
}


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as TSV; numbers stand bare where Turtle lets them."""
    yield "\t".join(f"?{name}" for name in variables) + "\n"
    for batch in batches(rows):
        lines = ["\t".join(map(_cell, row[::2], row[1::2])) for row in batch]
        yield "\n".join(lines) + "\n"


def answer_text(answer: bool) -> str:
    """``true`` or ``false``: the specification leaves ASK out, other tools do this."""
    return "true\n" if answer else "false\n"


def _cell(type_: str | None, lexical: str | None) -> str:
    if type_ is None or lexical is None:
        return ""
    number = _NUMBERS.get(type_)
    if number is not None and number.fullmatch(lexical):
        return lexical
    return term_text(type_, lexical)


def read_rows(stream: TextIO) -> tuple[tuple[str, ...], Iterator[FlatRow]] | bool:
    """The variables and rows of a TSV file, or the answer when it holds only that."""
    header = stream.readline()
    if not header:
        raise DataError("an empty file is not a TSV result", expected="a line of variables")
    names = _stripped(header).split("\t") if _stripped(header) else []
    if names in (["true"], ["false"]):
        return names == ["true"]
    for name in names:
        if name[:1] not in ("?", "$") or not name[1:]:
            raise _bad(1, f"{name!r} is not a variable", expected="?name")
    return tuple(name[1:] for name in names), _rows(stream, len(names))


def _rows(stream: TextIO, width: int) -> Iterator[FlatRow]:
    for line, text in enumerate(stream, 2):
        cells = _stripped(text).split("\t") if width or _stripped(text) else []
        if len(cells) != width:
            raise _bad(line, f"{len(cells)} cells where the header has {width}")
        yield tuple(part for cell in cells for part in _term(cell, line))


def _stripped(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


_TERM = re.compile(
    r"<(?P<iri>[^\x00-\x20<>\"{}|^`]*)>"
    r"|_:(?P<bnode>.+)"
    r"|(?:\"(?P<double>(?:[^\"\\\n\r]|\\.)*)\"|'(?P<single>(?:[^'\\\n\r]|\\.)*)')"
    r"(?:@(?P<language>[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)|\^\^<(?P<datatype>[^\x00-\x20<>\"{}|^`]*)>)?"
    r"|(?P<boolean>true|false)"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_CHARACTERS = {
    "t": "\t",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}


def _term(cell: str, line: int) -> tuple[str | None, str | None]:
    if not cell:
        return None, None
    match = _TERM.fullmatch(cell)
    if match is None or (match["bnode"] is not None and not LOCAL.matches(match["bnode"])):
        return _number(cell, line)
    if match["iri"] is not None:
        return "iri", _unescaped(match["iri"], line)
    if match["bnode"] is not None:
        return "bnode", match["bnode"]
    if match["boolean"] is not None:
        return XSD.boolean, cell
    text = match["double"] if match["double"] is not None else match["single"]
    return _literal_type(match, line), _unescaped(text, line)


def _literal_type(match: re.Match[str], line: int) -> str:
    if match["language"] is not None:
        return "@" + match["language"]
    datatype = match["datatype"]
    return XSD.string if datatype is None else _unescaped(datatype, line)


def _number(cell: str, line: int) -> tuple[str, str]:
    for datatype, pattern in _NUMBERS.items():
        if pattern.fullmatch(cell):
            return datatype, cell
    raise _bad(line, f"{cell!r} is not a term", expected="a term in Turtle syntax")


def _unescaped(text: str, line: int) -> str:
    if "\\" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        short, long, single = match.groups()
        if single is None:
            code = int(short or long, 16)
            if code > 0x10FFFF or 0xD800 <= code < 0xE000:
                raise _bad(line, f"{match[0]} is no character")
            return chr(code)
        if single not in _CHARACTERS:
            raise _bad(line, f"\\{single} is no escape")
        return _CHARACTERS[single]

    return _ESCAPE.sub(character, text)


def _bad(line: int, what: str, expected: str | None = None) -> DataError:
    return DataError(f"not a TSV result: {what}", location=Location(line=line), expected=expected)
