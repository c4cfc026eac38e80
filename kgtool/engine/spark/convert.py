"""Files that Spark cannot cut into lines, made into lines of N-Quads, one file a task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from kgtool.engine.spark.files import local_file
from kgtool.errors import RdfSyntaxError
from kgtool.rdf.files import Format, damaged, open_bytes
from kgtool.rdf.reading import Parser, oxigraph_format

if TYPE_CHECKING:
    import pyarrow as pa

#: The columns of files: number, address, syntax, and the base of its relative IRIs.
FILES = "number INT, uri STRING, syntax STRING, base STRING"
#: Those of lines, and what is wrong with the file from line ``block`` on.
CONVERTED = "number INT, block BIGINT, line STRING, damaged BOOLEAN, problem STRING"
_BATCH = 20_000


def convert_files(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of ``CONVERTED`` from batches of ``FILES``."""
    for batch in batches:
        for file in batch.to_pylist():
            yield from _convert(file)


def _convert(file: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    number, syntax = file["number"], Format(file["syntax"])
    with local_file(file["uri"]) as path:
        try:
            if syntax.is_lines:
                with damaged(path), open_bytes(path) as stream:
                    texts = map(_decoded, stream)
                    while rows := list(islice(texts, _BATCH)):
                        yield _batch(number, rows)
                return
            for lines in Parser(path, syntax, file["base"]).read(_written):
                if lines:
                    written = lines.removesuffix("\n").split("\n")
                    yield _batch(number, [(text, False) for text in written])
        except RdfSyntaxError as error:
            place = error.location
            line, text = (place.line, place.text) if place else (None, None)
            yield _batch(number, [(text, False)], line=line or 1, problem=error.message)


def _written(quads: Iterator[Any]) -> Iterator[str]:
    """Lines of N-Quads, many at a time; before an error those of what was read until there."""
    batch: list[Any] = []
    try:
        for quad in quads:
            batch.append(quad)
            if len(batch) == _BATCH:
                yield _lines(batch)
                batch = []
    except SyntaxError:
        yield _lines(batch)
        raise
    yield _lines(batch)


def _lines(quads: list[Any]) -> str:
    import pyoxigraph

    lines = pyoxigraph.serialize(quads, format=oxigraph_format(Format.NQUADS))
    assert lines is not None
    return lines.decode()


def _decoded(raw: bytes) -> tuple[str, bool]:
    try:
        return raw.decode().rstrip("\r\n"), False
    except UnicodeDecodeError:
        return raw.decode(errors="replace").rstrip("\r\n"), True


def _batch(
    number: int, rows: Sequence[tuple[str | None, bool]], line: int = 0, problem: str | None = None
) -> pa.RecordBatch:
    import pyarrow as pa

    texts, damaged = zip(*rows, strict=True)
    count = len(rows)
    columns = [
        pa.array([number] * count, pa.int32()),
        pa.array([line] * count, pa.int64()),
        pa.array(texts, pa.string()),
        pa.array(damaged, pa.bool_()),
        pa.array([problem] * count, pa.string()),
    ]
    names = [field.split()[0] for field in CONVERTED.split(", ")]
    return pa.RecordBatch.from_arrays(columns, names=names)
