"""SPARQL Query Results XML Format (Second Edition)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TextIO

from kgtool.errors import DataError, Location
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.sink import batches
from kgtool.results._flat import FlatRow

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMESPACE = "http://www.w3.org/2005/sparql-results#"
_START = f'<?xml version="1.0" encoding="utf-8"?>\n<sparql xmlns="{_NAMESPACE}">\n'

_SPECIAL = re.compile('[&<>"\\t\\n\\r]')
_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    # As references, so that no parser normalises them (XML 1.0, sections 2.11 and 3.3.3).
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _escaped(text: str) -> str:
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        raise DataError(
            f"XML cannot hold the character U+{ord(bad[0]):04X}",
            hint="Choose another format, JSON for example.",
        )
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda m: _ENTITIES[m[0]], text)


class _Frames(dict[str, tuple[str, str]]):
    """What stands before and after the lexical form of a column's cell, by type."""

    def __init__(self, variable: str) -> None:
        self._binding = f'<binding name="{_escaped(variable)}">'

    def __missing__(self, type_: str) -> tuple[str, str]:
        start, end = _element(type_)
        frame = self[type_] = (f"{self._binding}<{start}>", f"</{end}></binding>")
        return frame


def _element(type_: str) -> tuple[str, str]:
    if type_ in ("iri", "bnode"):
        name = "uri" if type_ == "iri" else "bnode"
        return name, name
    if type_.startswith("@"):
        return f'literal xml:lang="{_escaped(type_[1:])}"', "literal"
    datatype = f' datatype="{_escaped(type_)}"' if type_ != XSD.string else ""
    return f"literal{datatype}", "literal"


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as XML, one on a line (section 2)."""
    names = "".join(f'<variable name="{_escaped(name)}"/>' for name in variables)
    yield f"{_START}<head>{names}</head>\n<results>\n"
    frames = [_Frames(name) for name in variables]
    for batch in batches(rows):
        yield "".join([_result(frames, row) for row in batch])
    yield "</results>\n</sparql>\n"


def _result(frames: list[_Frames], row: FlatRow) -> str:
    cells = []
    for frame, type_, lexical in zip(frames, row[::2], row[1::2], strict=True):
        if type_ is not None and lexical is not None:
            before, after = frame[type_]
            cells.append(f"{before}{_escaped(lexical)}{after}")
    return "<result>" + "".join(cells) + "</result>\n"


def answer_text(answer: bool) -> str:
    """The answer of an ASK query (section 2.3.2)."""
    word = "true" if answer else "false"
    return f"{_START}<head/>\n<boolean>{word}</boolean>\n</sparql>\n"


def read_rows(stream: TextIO) -> tuple[tuple[str, ...], Iterator[FlatRow]] | bool:
    """The variables and rows of an XML result, or the answer of an ASK query.

    Rows are read as they are asked for. Raises DataError for what is not such a file.
    """
    events = _elements(stream)
    variables: list[str] = []
    for name, element in events:
        if name == "variable":
            variables.append(_attribute(element, "name"))
        elif name == "boolean":
            return _answer(element)
        elif name == "results-start":
            return tuple(variables), _rows(events, tuple(variables))
    raise _bad("neither results nor a boolean")


def _elements(stream: TextIO) -> Iterator[tuple[str, Element]]:
    """Each finished element with its local name; the start of <results> as an event too."""
    from xml.etree.ElementTree import ParseError, iterparse

    results: Element | None = None
    try:
        for event, element in iterparse(_Unencoded(stream), events=("start", "end")):
            name = element.tag.removeprefix(f"{{{_NAMESPACE}}}")
            if event == "end":
                yield name, element
                if name == "result" and results is not None:
                    results.clear()  # it would keep an empty element for each row
            elif name == "results":
                results = element
                yield "results-start", element
    except ParseError as error:
        line, column = error.position
        where = Location(line=line, column=column + 1)
        raise DataError(f"not XML: {error.msg}", location=where) from error


class _Unencoded:
    """A text stream for expat, which would decode bytes by the XML declaration."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> str:
        return self._stream.read(size)


def _rows(events: Iterator[tuple[str, Element]], variables: tuple[str, ...]) -> Iterator[FlatRow]:
    known = set(variables)
    for name, element in events:
        if name == "result":
            cells = dict(_binding(binding) for binding in element)
            if not cells.keys() <= known:
                extra = ", ".join(sorted(cells.keys() - known))
                raise _bad(f"a result has a variable that the head has not: {extra}")
            yield tuple(p for name in variables for p in cells.get(name, (None, None)))
            element.clear()


def _binding(element: Element) -> tuple[str, tuple[str, str]]:
    if len(element) != 1:
        raise _bad("a binding without exactly one term")
    return _attribute(element, "name"), _term(element[0])


def _term(element: Element) -> tuple[str, str]:
    name, text = element.tag.removeprefix(f"{{{_NAMESPACE}}}"), element.text or ""
    if name == "uri":
        return "iri", text
    if name == "bnode":
        return "bnode", text
    if name != "literal" or len(element):
        raise _bad(f"a term <{name}>", expected="uri, bnode or literal")
    language = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    datatype = element.get("datatype", XSD.string)
    if language:
        return f"@{language}", text
    if datatype == RDF.langString:
        raise _bad("an rdf:langString without xml:lang")
    return datatype, text


def _answer(element: Element) -> bool:
    word = (element.text or "").strip()
    if word not in ("true", "false"):
        raise _bad(f"boolean is {word!r}", expected="true or false")
    return word == "true"


def _attribute(element: Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise _bad(f"<{element.tag}> without {name}")
    return value


def _bad(what: str, expected: str | None = None) -> DataError:
    return DataError(f"not a SPARQL XML result: {what}", expected=expected)
