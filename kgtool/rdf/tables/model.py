"""Tables as their metadata describe them (Model for Tabular Data and Metadata on the Web)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from kgtool.rdf import DESCRIPTION
from kgtool.rdf.files import COMPRESSIONS
from kgtool.rdf.tables.datatypes import Datatype, datatype_of
from kgtool.rdf.tables.templates import Template

_FOLDER_FILE = "csv" + DESCRIPTION


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the text of a table is written."""

    delimiter: str = ","
    quote: str | None = '"'
    double_quote: bool = True
    header_rows: int = 1
    skip_rows: int = 0
    skip_columns: int = 0
    comment: str | None = None
    trim: str = "false"
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``titles`` are what its head may be."""

    name: str
    titles: tuple[str, ...] = ()
    virtual: bool = False
    suppressed: bool = False
    datatype: Datatype = field(default_factory=lambda: datatype_of("string"))
    language: str = ""
    null: tuple[str, ...] = ("",)
    default: str = ""
    separator: str | None = None
    ordered: bool = False
    required: bool = False
    about: Template | None = None
    property: Template | None = None
    value: Template | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of a table: its columns, None where its head has them, and its dialect."""

    columns: tuple[Column, ...] | None
    common: Column
    dialect: Dialect
    suppressed: bool = False


def encoded_name(title: str) -> str:
    """The name of a column that only has a title; templates know it by that."""
    return quote(title, safe="").replace("-", "%2D").replace("~", "%7E")


def metadata_of(table: Path) -> Path | None:
    """The file with the metadata of a table, by its name; None where there is none."""
    for name in _names(table.name):
        found = table.with_name(name)
        if found.is_file():
            return found
    return None


def expected_names(table: Path) -> str:
    """Where the metadata of a table may stand, in words."""
    return " or ".join(_names(table.name))


def _names(name: str) -> Iterator[str]:
    yield name + DESCRIPTION
    for ending in COMPRESSIONS:
        if name.endswith(ending):
            yield name.removesuffix(ending) + DESCRIPTION
    yield _FOLDER_FILE
