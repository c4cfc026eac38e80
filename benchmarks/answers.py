"""Answers as lines of text, one a row, so that those of two engines can be compared.

Rows are compared as multisets of terms by value: 1.50 equals 1.5, and PT24H equals P1D.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from benchmarks.generators.writing import COMMON

XSD = COMMON["xsd"]
#: Datatype (or "iri", or "@" and a language) and text; None is unbound.
Cell = tuple[str, str] | None
Row = Iterable[Cell]
BETWEEN_CELLS, IN_CELL = "\x1e", "\x1f"
_EXACT = frozenset({XSD + "integer", XSD + "decimal"})
_FLOATING = frozenset({XSD + "double", XSD + "float"})
_INTEGERS = (
    *("int", "long", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort"),
    *("unsignedByte", "nonNegativeInteger", "positiveInteger"),
)
_NUMBERS = _EXACT | _FLOATING | {XSD + name for name in _INTEGERS}
_MODULUS = 1 << 64
_DAYS_AND_TIME = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def cell_text(term: Cell) -> str:
    """A term such that equal values of one datatype are equal text."""
    if term is None:
        return ""
    type_, lexical = term
    if type_ in _EXACT:
        try:
            number = Decimal(lexical).normalize()
            lexical = "0" if number == 0 else format(number, "f")
        except InvalidOperation:
            pass
    elif type_ in _FLOATING:
        lexical = repr(float(lexical))
    elif type_ == XSD + "duration" and (found := _DAYS_AND_TIME.fullmatch(lexical)):
        days, hours, minutes = (int(part or 0) for part in found.groups())
        lexical = f"{(days * 24 + hours) * 60 + minutes} minutes"
    elif type_ == XSD + "dateTime":
        lexical = re.sub(r"\.0+(?=Z|[+-]|$)", "", lexical)
        lexical = re.sub(r"[+-]00:00$", "Z", lexical)
    return f"{type_}{IN_CELL}{lexical}"


def row_text(row: Row) -> str:
    return BETWEEN_CELLS.join(map(cell_text, row)).replace("\n", "\\n")


def keep_answer(rows: Iterable[Row], path: str | Path) -> int:
    """Write the rows, sorted; their number."""
    lines = sorted(map(row_text, rows))
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


def kept_answer(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def first_difference(theirs: list[str], ours: list[str]) -> str:
    """How many rows there are of each, and one that only one of them has."""
    odd = sorted(set(theirs) ^ set(ours))[:1]
    row = shown(odd[0]) if odd else "repeated rows"
    return f"{len(theirs)} rows against {len(ours)}, such as {row}"


def shown(line: str) -> str:
    return line.replace(IN_CELL, " ").replace(BETWEEN_CELLS, " | ")


def flat_cells(flat: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """The cells of kgtool's rows, where kinds and texts alternate."""
    for row in flat:
        pairs = zip(row[::2], row[1::2], strict=True)
        yield [None if kind is None else (kind, lexical) for kind, lexical in pairs]


def oxigraph_cells(row: Any) -> Row:
    return [_oxigraph_cell(term) for term in row]


def _oxigraph_cell(term: Any) -> Cell:
    if term is None:
        return None
    if hasattr(term, "datatype"):
        return f"@{term.language}" if term.language else term.datatype.value, term.value
    return "iri", term.value


def json_rows(text: str | bytes, variables: Sequence[str]) -> Iterator[Row]:
    """The rows of a SPARQL result in JSON, their cells in the order of ``variables``."""
    for binding in json.loads(text)["results"]["bindings"]:
        yield [_json_cell(binding.get(variable)) for variable in variables]


def _json_cell(term: dict[str, str] | None) -> Cell:
    if term is None:
        return None
    if term["type"] == "uri":
        return "iri", term["value"]
    if language := term.get("xml:lang"):
        return f"@{language}", term["value"]
    return term.get("datatype", XSD + "string"), term["value"]


def loose_text(line: str) -> str:
    """A line in which numbers of any datatype are equal that agree in twelve digits."""
    return BETWEEN_CELLS.join(map(_loose_cell, line.split(BETWEEN_CELLS)))


def _loose_cell(cell: str) -> str:
    type_, found, lexical = cell.partition(IN_CELL)
    if not found or type_ not in _NUMBERS:
        return cell
    try:
        return f"number{IN_CELL}{float(lexical):.12g}"
    except ValueError:
        return cell


@dataclass
class Digest:
    """What two equal answers have in common, whatever the order of their rows.

    ``strict`` tells terms apart by datatype, ``loose`` does not.
    """

    rows: int = 0
    strict: int = 0
    loose: int = 0

    def add(self, line: str) -> None:
        self.rows += 1
        self.strict = (self.strict + _hash(line)) % _MODULUS
        self.loose = (self.loose + _hash(loose_text(line))) % _MODULUS


def _hash(line: str) -> int:
    return int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest(), "little")
