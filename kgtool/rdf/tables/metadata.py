"""What a table's metadata say (Metadata Vocabulary for Tabular Data, section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kgtool.errors import did_you_mean
from kgtool.rdf.files import COMPRESSIONS
from kgtool.rdf.tables.datatypes import DATATYPES, KEYS, Datatype, datatype_of
from kgtool.rdf.tables.formats import FormatError
from kgtool.rdf.tables.model import Column, Dialect, Table, encoded_name
from kgtool.rdf.tables.placed import Path_, PlacedJson
from kgtool.rdf.tables.templates import Template

CONTEXT = "http://www.w3.org/ns/csvw"
_INHERITED = (
    "aboutUrl", "datatype", "default", "lang", "null", "ordered", "propertyUrl", "required",
    "separator", "textDirection", "valueUrl",
)  # fmt: skip
_COLUMN = ("@id", "@type", "name", "suppressOutput", "titles", "virtual", *_INHERITED)
_SCHEMA = (
    "@id", "@type", "columns", "foreignKeys", "primaryKey", "rowTitles", *_INHERITED,
)  # fmt: skip
_TABLE = (
    "@context", "@id", "@type", "dialect", "notes", "suppressOutput", "tableDirection",
    "tableSchema", "transformations", "url", *_INHERITED,
)  # fmt: skip
_GROUP = ("tables", *(key for key in _TABLE if key not in ("url", "suppressOutput")))
#: The keys of a dialect, with the kind of each.
_DIALECT: dict[str, type | tuple[type, ...]] = {
    "@id": str, "@type": str, "commentPrefix": (str, type(None)), "delimiter": str,
    "doubleQuote": bool, "encoding": str, "header": bool, "headerRowCount": int,
    "lineTerminators": (str, list), "quoteChar": (str, type(None)), "skipBlankRows": bool,
    "skipColumns": int, "skipInitialSpace": bool, "skipRows": int, "trim": (bool, str),
}  # fmt: skip
#: Keys of a dialect whose null says something; elsewhere it is as if the key was not there.
_MAY_BE_NULL = ("commentPrefix", "quoteChar")
#: The variables that every template has.
_VARIABLES = ("_row", "_sourceRow", "_column", "_sourceColumn", "_name")


def read_metadata(path: Path, table: Path) -> Table:
    """What a file says of a table. Raises DataError, with line and column, and NotFoundError."""
    return _Reader(PlacedJson(path), table).read()


class _Reader:
    def __init__(self, json: PlacedJson, table: Path) -> None:
        self._json = json
        self._path = table

    def read(self) -> Table:
        whole = self._object(self._json.value, ())
        self._context(whole.get("@context"))
        if "tables" not in whole:
            self._known(whole, _TABLE, "a table", ())
            return self._table([(whole, ())])
        self._known(whole, _GROUP, "a group of tables", ())
        tables = self._list(whole["tables"], ("tables",))
        described = [(self._object(t, ("tables", n)), n) for n, t in enumerate(tables)]
        for table, number in described:
            if self._is_of(table.get("url")):
                self._known(table, _TABLE, "a table", ("tables", number))
                return self._table([(whole, ()), (table, ("tables", number))])
        known = [str(table.get("url")) for table, _ in described]
        self._json.fail(
            f"no table has the url {self._path.name!r}",
            ("tables",),
            expected="one of " + ", ".join(known),
            hint=did_you_mean(self._path.name, known),
        )

    def _context(self, context: Any) -> None:
        parts = context if isinstance(context, list) else [context]
        if CONTEXT not in parts:
            self._json.fail("the @context is not that of CSVW", ("@context",), f'"{CONTEXT}"')

    def _is_of(self, url: Any) -> bool:
        """Whether a url is the table's, by the name of the file."""
        plain = self._path.name
        names = {plain, *(plain.removesuffix(ending) for ending in COMPRESSIONS)}
        return isinstance(url, str) and unquote(url.rpartition("/")[2]) in names

    def _table(self, levels: list[tuple[dict[str, Any], Path_]]) -> Table:
        """The table of a description, which inherits from those before it."""
        table, at = levels[-1]
        schema, where = table.get("tableSchema"), (*at, "tableSchema")
        if schema is None and "tableSchema" in levels[0][0]:
            schema, where = levels[0][0]["tableSchema"], ("tableSchema",)
        described = self._object({} if schema is None else schema, where)
        self._known(described, _SCHEMA, "a schema", where)
        common: dict[str, tuple[Any, Path_]] = {}
        for level, place in (*levels, (described, where)):
            self._inherit(common, level, place)
        given = described.get("columns")
        columns = None if given is None else tuple(self._columns(given, common, where))
        if columns is not None:
            self._check_variables(columns, where)
        return Table(
            columns,
            self._column({}, common, where, 0),
            self._dialect(levels),
            table.get("suppressOutput") is True,
        )

    def _inherit(
        self, common: dict[str, tuple[Any, Path_]], level: Mapping[str, Any], at: Path_
    ) -> None:
        common.update({k: (v, (*at, k)) for k, v in level.items() if k in _INHERITED})

    def _columns(
        self, columns: Any, common: Mapping[str, tuple[Any, Path_]], at: Path_
    ) -> Iterator[Column]:
        seen: dict[str, Column] = {}
        for number, given in enumerate(self._list(columns, (*at, "columns"))):
            place = (*at, "columns", number)
            described = self._object(given, place)
            self._known(described, _COLUMN, "a column", place)
            found = self._column(described, common, place, number + 1)
            if found.name in seen:
                self._json.fail(f"two columns have the name {found.name!r}", (*place, "name"))
            if seen and not found.virtual and next(reversed(seen.values())).virtual:
                self._json.fail(
                    "a column of the table stands behind a virtual one", place,
                    "virtual columns at the end",
                )  # fmt: skip
            seen[found.name] = found
            yield found

    def _check_variables(self, columns: tuple[Column, ...], at: Path_) -> None:
        """See that templates name columns that there are."""
        known = [*_VARIABLES, *(column.name for column in columns if not column.virtual)]
        for number, column in enumerate(columns):
            keys = ("aboutUrl", "propertyUrl", "valueUrl")
            for key, template in zip(
                keys, (column.about, column.property, column.value), strict=True
            ):
                for name in template.variables if template else ():
                    if name not in known:
                        self._json.fail(
                            f"there is no column {name!r}, which {key} names",
                            (*at, "columns", number, key),
                            "one of " + ", ".join(known),
                            did_you_mean(name, known),
                        )

    def _column(
        self,
        given: dict[str, Any],
        common: Mapping[str, tuple[Any, Path_]],
        at: Path_,
        number: int,
    ) -> Column:
        titles = tuple(self._titles(given.get("titles"), (*at, "titles")))
        name = given.get("name") or (encoded_name(titles[0]) if titles else f"_col.{number}")
        parts = dict(common)
        self._inherit(parts, given, at)

        def part(key: str, kind: type, default: Any) -> Any:
            value, place = parts.get(key, (default, at))
            return default if key not in parts else self._value(value, kind, key, place)

        null, place = parts.get("null", ([""], at))
        nulls = null if isinstance(null, list) else [null]
        return Column(
            self._value(name, str, "name", (*at, "name")),
            titles,
            self._value(given.get("virtual", False), bool, "virtual", (*at, "virtual")),
            given.get("suppressOutput") is True,
            self._datatype(*parts.get("datatype", ("string", at))),
            _tag(part("lang", str, "")),
            tuple(self._value(each, str, "null", place) for each in nulls),
            part("default", str, ""),
            part("separator", str, None),
            part("ordered", bool, False),
            part("required", bool, False),
            *(self._template(parts.get(key)) for key in ("aboutUrl", "propertyUrl", "valueUrl")),
        )

    def _titles(self, given: Any, at: Path_) -> Iterator[str]:
        if isinstance(given, dict):
            for each in given.values():
                yield from self._titles(each, at)
        elif given is not None:
            for each in given if isinstance(given, list) else [given]:
                yield self._value(each, str, "titles", at)

    def _datatype(self, given: Any, at: Path_) -> Datatype:
        if isinstance(given, dict):
            self._known(given, KEYS, "a datatype", at, may_extend=True)
        elif not isinstance(given, str):
            self._json.fail("the datatype is neither a name nor an object", at)
        try:
            return datatype_of(given)
        except FormatError as error:
            self._json.fail(str(error), (*at, "format"))
        except KeyError as error:
            name = str(error.args[0])
            hint = did_you_mean(name, DATATYPES)
            place = (*at, "base") if isinstance(given, dict) else at
            self._json.fail(f"{name!r} is no datatype", place, "one of CSVW, such as date", hint)

    def _template(self, given: tuple[Any, Path_] | None) -> Template | None:
        if given is None:
            return None
        text, at = given
        try:
            return Template(self._value(text, str, str(at[-1]), at))
        except ValueError as error:
            self._json.fail(f"{text!r} is no URI template: {error}", at)

    def _dialect(self, levels: list[tuple[dict[str, Any], Path_]]) -> Dialect:
        found: dict[str, Any] = {}
        for level, at in levels:
            place = (*at, "dialect")
            given = self._object(level.get("dialect", {}), place)
            self._known(given, tuple(_DIALECT), "a dialect", place)
            for key, value in given.items():
                self._value(value, _DIALECT[key], key, (*place, key))
            found.update(given)
        delimiter = found.get("delimiter", _delimiter(self._path))
        header = found.get("headerRowCount", 1 if found.get("header", True) else 0)
        spaces = "start" if found.get("skipInitialSpace") else "false"
        quote = found.get("quoteChar", '"')
        at = (*levels[-1][1], "dialect")
        for key, value in (("delimiter", delimiter), ("quoteChar", quote)):
            if value is not None and (len(value) != 1 or value in "\r\n\0"):
                self._json.fail(f"the {key} is not one character", (*at, key))
        if delimiter == quote:
            self._json.fail("the delimiter is the quoteChar, too", at)
        return Dialect(
            delimiter,
            quote,
            found.get("doubleQuote", True),
            header,
            found.get("skipRows", 0),
            found.get("skipColumns", 0),
            found.get("commentPrefix"),
            str(found.get("trim", spaces)).lower(),
            found.get("encoding", "utf-8"),
        )

    def _known(
        self,
        given: Mapping[str, Any],
        known: tuple[str, ...],
        what: str,
        at: Path_,
        may_extend: bool = True,
    ) -> None:
        """Refuses keys that nobody reads, but for properties of other vocabularies."""
        for key in given:
            if key not in known and not (may_extend and ":" in key):
                hint = did_you_mean(key, known)
                self._json.fail(f"{what} has no key {key!r}", (*at, key), None, hint)

    def _object(self, value: Any, at: Path_) -> dict[str, Any]:
        if isinstance(value, str) and at and at[-1] in ("tableSchema", "dialect"):
            self._json.fail(f"{value!r} is a file of its own, which is not read", at, "{ … }")
        found: dict[str, Any] = self._value(value, dict, "the value", at)
        return {k: v for k, v in found.items() if v is not None or k in _MAY_BE_NULL}

    def _list(self, value: Any, at: Path_) -> list[Any]:
        return list(self._value(value, list, str(at[-1]), at))

    def _value(self, value: Any, kind: type | tuple[type, ...], name: str, at: Path_) -> Any:
        """The value, if it is of a kind."""
        kinds = kind if isinstance(kind, tuple) else (kind,)
        is_number = int in kinds and isinstance(value, bool)
        if is_number or not isinstance(value, kinds):
            words = " or ".join(_WORDS[each] for each in kinds if each in _WORDS)
            self._json.fail(f"{name} is not {words}", at, words)
        return value


_WORDS: dict[type, str] = {
    str: "a text", bool: "true or false", int: "a number", list: "a list", dict: "an object",
}  # fmt: skip


def _delimiter(path: Path) -> str:
    return "\t" if ".tsv" in path.suffixes else ","


def _tag(language: str | None) -> str:
    return "" if language in (None, "und") else str(language)
