"""Reading result files: JSON, XML, CSV and TSV."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO, TypeGuard, cast

from kgtool.errors import DataError, NotFoundError, UsageError
from kgtool.rdf.sink import Output, is_text_stream
from kgtool.results._flat import FlatRow
from kgtool.results.formats import FORMATS, Format, format_named
from kgtool.results.result import AskResult, SelectResult

if TYPE_CHECKING:
    from pathlib import Path


def read_result(
    source: str | bytes | Path | Output, format: str | Format | None = None
) -> SelectResult | AskResult:
    """The result in a file (a Path), a stream, or given as text or bytes.

    ``format`` is a name, extension or media type; a Path's extension stands in for it.
    Rows are read when asked for, except from JSON whose head comes behind them. Raises
    DataError for a file that is not such a result, NotFoundError for one that is not there,
    and UsageError for a format that cannot be read.
    """
    found = _format(source, format)
    stream = _text(source)
    try:
        content = _read(found, stream)
    except BaseException:
        _close_own(source, stream)
        raise
    if isinstance(content, bool):
        _close_own(source, stream)
        return AskResult(content)
    variables, rows = content
    _check_variables(variables)
    return SelectResult(variables, _decoded(rows), close=lambda: _close_own(source, stream))


def _format(source: object, format: str | Format | None) -> Format:
    if isinstance(format, Format):
        format = format.name
    if format is None:
        if not _is_path(source):
            raise UsageError("the format is not known", hint="Pass format=, for example 'json'.")
        format = f".{str(source).rpartition('.')[2]}"
    found = format_named(format)
    if not found.readable:
        readable = ", ".join(f.name for f in FORMATS.values() if f.readable)
        raise UsageError(f"results cannot be read from {found.name}", expected=readable)
    return found


def _text(source: str | bytes | Path | Output) -> TextIO:
    if isinstance(source, str):
        return io.StringIO(source, newline="")
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    if _is_path(source):
        try:
            return open(source, encoding="utf-8-sig", newline="")
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no file {source}") from error
    stream: Any = source
    if is_text_stream(stream):
        return cast("TextIO", stream)
    return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


def _is_path(source: object) -> TypeGuard[Path]:
    # Not isinstance(source, Path): importing pathlib takes 4 ms.
    return isinstance(source, os.PathLike)


def _read(format_: Format, stream: TextIO) -> tuple[tuple[str, ...], Iterator[FlatRow]] | bool:
    try:
        module = import_module(f"kgtool.results.{format_.module}")
        content: tuple[tuple[str, ...], Iterator[FlatRow]] | bool = module.read_rows(stream)
        return content
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from error


def _decoded(rows: Iterator[FlatRow]) -> Iterator[FlatRow]:
    try:
        yield from rows
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from error


def _not_utf8(error: UnicodeDecodeError) -> DataError:
    return DataError(f"the result is not UTF-8: {error.reason}")


def _check_variables(variables: tuple[str, ...]) -> None:
    twice = {name for name in variables if variables.count(name) > 1}
    if twice:
        raise DataError(f"a variable stands twice in the head: {', '.join(sorted(twice))}")


def _close_own(source: object, stream: TextIO) -> None:
    """Close the stream when we opened it; give a caller's binary stream back."""
    if _is_path(source):
        stream.close()
    elif stream is not source and isinstance(stream, io.TextIOWrapper) and not stream.closed:
        stream.detach()
