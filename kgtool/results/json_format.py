"""SPARQL 1.1 Query Results JSON Format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any, TextIO

from kgtool.errors import DataError
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.sink import batches
from kgtool.rdf.terms import Term
from kgtool.results._flat import FlatRow
from kgtool.results._json_stream import JsonStream

if TYPE_CHECKING:
    from kgtool.rdf.terms import Term

_BINDINGS = '{"results": {"bindings": [...]}}'
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Frames(dict[str, str]):
    """What stands before the lexical form of a column's cell, by type."""

    def __init__(self, variable: str) -> None:
        self._name = quoted(variable)

    def __missing__(self, type_: str) -> str:
        self[type_] = before = f'{self._name}:{{{_start(type_)},"value":'
        return before


@lru_cache(maxsize=64)
def _frames(variables: tuple[str, ...]) -> list[_Frames]:
    return [_Frames(name) for name in variables]


@lru_cache(maxsize=1024)
def _start(type_: str) -> str:
    return ",".join(f"{quoted(key)}:{quoted(value)}" for key, value in _members(type_).items())


def _members(type_: str) -> dict[str, str]:
    """What an object says of a term beside its value (section 3.2.2)."""
    if type_ in ("iri", "bnode"):
        return {"type": "uri" if type_ == "iri" else type_}
    if type_.startswith("@"):
        return {"type": "literal", "xml:lang": type_[1:]}
    return {"type": "literal"} | ({"datatype": type_} if type_ != XSD.string else {})


def term_json(term: Term | None) -> dict[str, str] | None:
    """A term as an object; None for what is unbound."""
    from kgtool.rdf.terms import lexical_form, term_type

    return None if term is None else _members(term_type(term)) | {"value": lexical_form(term)}


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as JSON, one on a line (sections 3.1 and 3.2)."""
    names = ",".join(map(quoted, variables))
    yield f'{{"head":{{"vars":[{names}]}},"results":{{"bindings":['
    frames = _frames(variables)
    separator = "\n"
    for batch in batches(rows):
        yield separator + ",\n".join([_binding(frames, row) for row in batch])
        separator = ",\n"
    yield "\n]}}\n"


def _binding(frames: list[_Frames], row: FlatRow) -> str:
    cells = [
        f"{frame[type_]}{quoted(lexical)}}}"
        for frame, type_, lexical in zip(frames, row[::2], row[1::2], strict=True)
        if type_ is not None and lexical is not None
    ]
    return f"{{{','.join(cells)}}}"


def answer_text(answer: bool) -> str:
    """The answer of an ASK query (section 3.3)."""
    return f'{{"head":{{}},"boolean":{"true" if answer else "false"}}}\n'


def read_rows(stream: TextIO) -> tuple[tuple[str, ...], Iterator[FlatRow]] | bool:
    """The variables and rows of a JSON result, or the answer of an ASK query.

    Rows are read as they are asked for, unless they stand before the head. Raises DataError
    when it is not JSON or not shaped like a result; for what is wrong with a row or behind
    it only when that is reached.
    """
    source = JsonStream(stream)
    if source.peek() != "{":
        source.value()
        source.end()
        raise _bad("not an object")
    found: dict[str, Any] = {}
    members = source.members()
    for key in members:
        if key == "results" and "head" in found and source.peek() == "{":
            names = _variables(found["head"])
            inner = source.members()
            for name in inner:
                if name == "bindings" and source.peek() == "[":
                    return names, _streamed(source, names, inner, members)
                source.value()
            raise _bad("no list of bindings", expected=_BINDINGS)
        found[key] = source.value()
    source.end()
    if "boolean" in found:
        return _answer(found["boolean"])
    names, results = _variables(found.get("head")), found.get("results")
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list):
        raise _bad("no list of bindings", expected=_BINDINGS)
    return names, (_row(names, binding, n) for n, binding in enumerate(bindings, 1))


def _streamed(
    source: JsonStream, variables: tuple[str, ...], *open_members: Iterator[str]
) -> Iterator[FlatRow]:
    """The rows of the array of bindings; what stands behind it has to be JSON too."""
    for number, _ in enumerate(source.items(), 1):
        yield _row(variables, source.value(), number)
    for members in open_members:
        for _ in members:
            source.value()
    source.end()


def _answer(answer: object) -> bool:
    if isinstance(answer, bool):
        return answer
    raise _bad(f"boolean is {answer!r}", expected="true or false")


def _variables(head: object) -> tuple[str, ...]:
    names = head.get("vars") if isinstance(head, dict) else None
    if not isinstance(names, list) or not all(isinstance(v, str) for v in names):
        raise _bad("no list of variables", expected='{"head": {"vars": [...]}}')
    return tuple(names)


def _row(variables: tuple[str, ...], binding: object, number: int) -> FlatRow:
    if not isinstance(binding, dict):
        raise _bad(f"binding {number} is not an object")
    if not binding.keys() <= set(variables):
        extra = ", ".join(sorted(binding.keys() - set(variables)))
        raise _bad(f"binding {number} has a variable that the head has not: {extra}")
    return tuple(part for name in variables for part in _term(binding.get(name), number))


def _term(cell: object, number: int) -> tuple[str | None, str | None]:
    if cell is None:
        return None, None
    if not isinstance(cell, dict) or not isinstance(cell.get("value"), str):
        raise _bad(f"a term of binding {number} has no value that is a string")
    kind, value = cell.get("type"), cell["value"]
    if not value.isascii() and _SURROGATE.search(value):
        raise _bad(f"a term of binding {number} holds half a surrogate pair")
    if kind in ("literal", "typed-literal"):
        return _literal_type(cell, number), value
    if kind in ("uri", "bnode"):
        return ("iri" if kind == "uri" else kind), value
    raise _bad(f"a term of binding {number} has type {kind!r}", expected="uri, bnode or literal")


def _literal_type(cell: dict[str, Any], number: int) -> str:
    language, datatype = cell.get("xml:lang"), cell.get("datatype", XSD.string)
    if language is None and isinstance(datatype, str) and datatype != RDF.langString:
        return datatype
    if isinstance(language, str) and language and cell.get("datatype") in (None, RDF.langString):
        return "@" + language
    raise _bad(f"a literal of binding {number} has a wrong language or datatype")


def _bad(what: str, expected: str | None = None) -> DataError:
    return DataError(f"not a SPARQL JSON result: {what}", expected=expected)
