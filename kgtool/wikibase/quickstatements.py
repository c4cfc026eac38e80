"""QuickStatements: commands of version 1, and the CSV of version 2.

https://www.wikidata.org/wiki/Help:QuickStatements. A new item is CREATE and then LAST, or a row
without an id. Neither form has a rank, so that statements of another one are left out.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kgtool.rdf.timevalues import JULIAN, TimeValue
from kgtool.wikibase.model import (
    NO_UNIT,
    CoordinatesValue,
    Entity,
    ItemValue,
    MonolingualValue,
    NoValue,
    QuantityValue,
    Rank,
    Snak,
    Statement,
    StringValue,
    Value,
    id_order,
)

CREATE: Final = "CREATE"
LAST: Final = "LAST"
#: What stands in front of a property in references, and what begins another reference.
_SOURCE, _ANOTHER = "S", "!S"


def value_text(value: Value) -> str:
    """A value as both forms write it."""
    match value:
        case NoValue():
            return value.value
        case ItemValue(id_):
            return id_
        case StringValue(text):
            return f'"{text}"'
        case MonolingualValue(text, language):
            return f'{language}:"{text}"'
        case TimeValue():
            return f"{value.text}/{value.precision}" + ("/J" if value.calendar == JULIAN else "")
        case CoordinatesValue():
            return f"@{value.latitude}/{value.longitude}"
        case QuantityValue():
            amount, lower, upper = (
                (text or "").removeprefix("+") for text in (value.amount, value.lower, value.upper)
            )
            bounds = f"[{lower},{upper}]" if lower and upper else ""
            unit = "" if value.unit == NO_UNIT else f"U{value.unit[1:]}"
            return amount + bounds + unit


def write_commands(entities: Iterable[Entity], *, comment: str | None = None) -> Iterator[str]:
    """Commands of version 1, separated by tabs, one on a line.

    ``comment`` becomes the summary of each edit.
    """
    for entity in entities:
        if entity.id is None:
            yield f"{CREATE}\n"
        for cells in _commands(entity, entity.id or LAST):
            line = "\t".join(cells)
            # A comment begins where the first one does, so a text with that mark gets none.
            yield line + (f" /* {comment} */\n" if comment and "/*" not in line else "\n")


def _commands(entity: Entity, subject: str) -> Iterator[list[str]]:
    for field, text in _terms(entity):
        yield [subject, field, f'"{text}"']
    for statement in _plain(entity):
        cells = [subject, statement.main.property, value_text(statement.main.value)]
        for snak in statement.qualifiers:
            cells += [snak.property, value_text(snak.value)]
        for number, reference in enumerate(statement.references):
            for position, snak in enumerate(reference):
                mark = _ANOTHER if number and not position else _SOURCE
                cells += [mark + snak.property[1:], value_text(snak.value)]
        yield cells


def write_csv(entities: Iterable[Entity], *, comment: str | None = None) -> Iterator[str]:
    """The CSV of version 2: a row for each label, and for each reference of a statement.

    The columns are all that some row needs, in the order in which a row is read.
    """
    rows = [row for entity in entities for row in _rows(entity)]
    columns = _columns(rows)
    numbers = {column: number for number, column in enumerate(columns, 1)}
    width = len(columns) + 1 + bool(comment)
    header = ["qid", *(name for name, _, _ in columns), *(["#"] if comment else [])]
    yield _line(header)
    for subject, cells in rows:
        line = [""] * width
        line[0] = subject
        for column, text in cells.items():
            line[numbers[column]] = text
        if comment and cells:
            line[-1] = comment
        yield _line(line)


#: A column: its head, the property it belongs to, and which of several it is.
_Column = tuple[str, str, int]
_Row = tuple[str, dict[_Column, str]]


def _rows(entity: Entity) -> Iterator[_Row]:
    """The first row of a new item has no id and makes it; the others are about the last one."""
    rows: list[dict[_Column, str]] = []
    for field, text in _terms(entity):
        free = next((row for row in rows if (field, "", 0) not in row), None)
        if free is None:
            rows.append(free := {})
        free[field, "", 0] = text
    for statement in _plain(entity):
        rows += (_row(statement, reference) for reference in statement.references or ((),))
    if entity.id is None and not rows:
        rows.append({})
    for number, row in enumerate(rows):
        yield entity.id or (LAST if number else ""), row


def _row(statement: Statement, reference: Sequence[Snak]) -> dict[_Column, str]:
    main = statement.main.property
    row: dict[_Column, str] = {(main, main, 0): value_text(statement.main.value)}
    for mark, snaks in (("qal", statement.qualifiers), (_SOURCE, reference)):
        seen: Counter[str] = Counter()
        for snak in snaks:
            row[mark + snak.property[1:], main, seen[snak.property]] = value_text(snak.value)
            seen[snak.property] += 1
    return row


def _columns(rows: Iterable[_Row]) -> list[_Column]:
    """Labels first; then each property with its qualifiers and sources behind it."""
    ranks = {"L": 0, "D": 1, "A": 2, "P": 3, "q": 4, "S": 5}
    found = {column for _, cells in rows for column in cells}

    def order(column: _Column) -> tuple[object, ...]:
        head, owner, number = column
        local = head.lstrip("qalSP")
        return id_order(owner), ranks[head[0]], (id_order(f"P{local}"), head), number

    return sorted(found, key=order)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _terms(entity: Entity) -> Iterator[tuple[str, str]]:
    """Labels, descriptions and aliases, with the letter and the language of their field."""
    for letter, texts in (("L", entity.labels), ("D", entity.descriptions)):
        for language, text in texts.items():
            yield letter + language, text
    for language, aliases in entity.aliases.items():
        for text in aliases:
            yield "A" + language, text


def _plain(entity: Entity) -> Iterator[Statement]:
    return (s for s in entity.statements if s.rank is Rank.NORMAL)
