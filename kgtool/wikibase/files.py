"""Reads the files of an import, entity by entity.

JSON may be one entity, a list, what the API answers, or a dump with one entity on a line, which is
read line by line. RDF is read as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import IO, Any

from kgtool.errors import Location, RdfSyntaxError
from kgtool.rdf.files import COMPRESSIONS, damaged, open_bytes
from kgtool.wikibase.json_reading import EntityReader
from kgtool.wikibase.mapping import MappingRules
from kgtool.wikibase.model import Entity
from kgtool.wikibase.problems import ImportReport, Place

_DECODER = json.JSONDecoder(parse_float=Decimal)
_SPACE = " \t\r\n"
_BEGIN = b'{"type":"item","id":"'
_HEAD = re.compile(_BEGIN + rb'(Q\d+)"')


def read_entities(
    path: Path,
    mapping: MappingRules,
    report: ImportReport,
    wanted: Container[str] | None = None,
) -> Iterator[tuple[Entity, Place]]:
    """The items of a file, each with its place.

    Lines of a dump with another item than those ``wanted`` are passed over unread. Raises
    NotFoundError, and UsageError for a file of another kind.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    if not suffixes or suffixes[-1] not in (".json", ".jsonl", ".ndjson"):
        from kgtool.wikibase.rdf_reading import read_rdf

        yield from read_rdf(path, mapping, report)
        return
    reader = EntityReader(mapping.concepts, mapping.datatypes(), report)
    for document, place in _documents(path, report, wanted):
        for each in _entities_of(document):
            entity = reader.entity(each, place)
            if entity is not None:
                yield entity, place._replace(entity=entity.id or "")


def _entities_of(document: Any) -> list[Any]:
    """The entities of a document: of what the API answers, those in it."""
    inner = document.get("entities") if isinstance(document, dict) else None
    return list(inner.values()) if isinstance(inner, dict) else [document]


def _documents(
    path: Path, report: ImportReport, wanted: Container[str] | None
) -> Iterator[tuple[Any, Place]]:
    name = str(path)

    def cut(location: Location, reason: str) -> None:
        report.problem("cut short", Place(location), f"this is no JSON: {reason}")

    try:
        yield from _documents_in(path, name, cut, wanted)
    except RdfSyntaxError as error:  # of what is compressed, the end is missing
        report.problem("cut short", Place(Location(name)), error.message)


def _documents_in(
    path: Path, name: str, cut: Callable[[Location, str], None], wanted: Container[str] | None
) -> Iterator[tuple[Any, Place]]:
    with open_bytes(path) as stream, damaged(path):
        head: list[tuple[int, bytes]] = []
        lines = enumerate(stream, 1)
        for number, line in lines:
            head.append((number, line))
            if line.strip(b"[, \t\r\n\xef\xbb\xbf"):
                break
        first = head[-1][1].strip(b"[, \t\r\n\xef\xbb\xbf") if head else b""
        if first == b"]" or (first.startswith(b"{") and first != b"{"):
            given = chain(head, lines)
            yield from _by_lines(given if wanted is None else _of(wanted, given), name, cut)
        else:
            yield from _as_whole(b"".join(line for _, line in head), stream, name, cut)


def _of(wanted: Container[str], lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Without the lines that begin, as dumps have them, with an item that nobody wants."""
    for number, line in lines:
        found = _HEAD.match(line)
        # A line with more than one entity is for the parser to part.
        if found is None or found[1].decode() in wanted or line.count(_BEGIN) > 1:
            yield number, line


def _by_lines(
    lines: Iterator[tuple[int, bytes]], name: str, cut: Callable[[Location, str], None]
) -> Iterator[tuple[Any, Place]]:
    """A dump: each line is an entity, with a comma or not; a line may also have several."""
    for number, line in lines:
        text = line.decode("utf-8-sig", errors="replace").strip(_SPACE).removeprefix("[")
        at = _behind(text, 0, _SPACE + ",")
        while at < len(text) and text[at:] != "]":
            try:
                document, at = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                cut(Location(name, number), _reason(error))
                break
            yield document, Place(Location(name, number))
            at = _behind(text, at, _SPACE + ",")


def _as_whole(
    head: bytes, stream: IO[bytes], name: str, cut: Callable[[Location, str], None]
) -> Iterator[tuple[Any, Place]]:
    """A document over many lines: an object, or a list of them."""
    text = (head + stream.read()).decode("utf-8-sig", errors="replace")
    at = _behind(text, 0, _SPACE)
    is_list = text.startswith("[", at)
    at = _behind(text, at, _SPACE + "[" * is_list)
    while at < len(text) and not (is_list and text.startswith("]", at)):
        try:
            document, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            place = Location.at(getattr(error, "pos", at), text, name)
            cut(place, _reason(error))
            return
        yield document, Place(Location.at(at, text, name)._replace(column=None, text=None))
        at = _behind(text, end, _SPACE + "," * is_list)
    if is_list and at >= len(text):
        cut(Location.at(len(text), text, name), "the list has no end")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _behind(text: str, at: int, passed: str) -> int:
    while at < len(text) and text[at] in passed:
        at += 1
    return at
