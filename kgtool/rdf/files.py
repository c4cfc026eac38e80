"""What a file is: the syntax that its name tells, its bytes, and what is wrong with them."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO, cast

from kgtool.errors import Location, NotFoundError, RdfSyntaxError, UsageError
from kgtool.extras import missing_extra

#: The lines that git puts around what it could not merge.
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |\r?$)", re.MULTILINE)


class Format(Enum):
    """An RDF syntax; the value is its short name."""

    TURTLE = "turtle"
    TRIG = "trig"
    NTRIPLES = "ntriples"
    NQUADS = "nquads"
    RDFXML = "rdfxml"
    JSONLD = "jsonld"
    #: CSV or TSV, with a description of its columns.
    TABLE = "table"

    @property
    def has_graphs(self) -> bool:
        """Whether the syntax can name graphs."""
        return self in (Format.TRIG, Format.NQUADS, Format.JSONLD)

    @property
    def is_lines(self) -> bool:
        """Whether a file is one statement a line."""
        return self in (Format.NTRIPLES, Format.NQUADS)


EXTENSIONS = {
    ".ttl": Format.TURTLE,
    ".turtle": Format.TURTLE,
    ".trig": Format.TRIG,
    ".nt": Format.NTRIPLES,
    ".ntriples": Format.NTRIPLES,
    ".nq": Format.NQUADS,
    ".nquads": Format.NQUADS,
    ".rdf": Format.RDFXML,
    ".owl": Format.RDFXML,
    ".xml": Format.RDFXML,
    ".jsonld": Format.JSONLD,
    ".json": Format.JSONLD,
    ".csv": Format.TABLE,
    ".tsv": Format.TABLE,
}
COMPRESSIONS = (".gz", ".bz2", ".zst")


def format_of(path: str | Path) -> Format:
    """The syntax that a file's name tells; ``.gz``, ``.bz2`` and ``.zst`` are looked through.

    Raises UsageError, naming the known extensions.
    """
    suffixes = Path(path).suffixes
    if suffixes and suffixes[-1].lower() in COMPRESSIONS:
        suffixes.pop()
    found = EXTENSIONS.get(suffixes[-1].lower()) if suffixes else None
    if found is None:
        raise UsageError(
            f"the name {str(path)!r} does not tell which syntax the file is in",
            expected="one of " + ", ".join(EXTENSIONS) + ", with or without .gz, .bz2 or .zst",
            hint="Rename the file, or say which format it has.",
        )
    return found


def open_bytes(path: str | Path) -> IO[bytes]:
    """The file's bytes, decompressed where its name ends in .gz, .bz2 or .zst.

    Raises NotFoundError when there is no such file.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".gz":
            return cast("IO[bytes]", gzip.open(path, "rb"))
        if path.suffix.lower() == ".bz2":
            import bz2

            return cast("IO[bytes]", bz2.open(path, "rb"))
        if path.suffix.lower() == ".zst":
            return _open_zstandard(path)
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {path}") from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """Raises RdfSyntaxError where compressed data that are read inside are damaged."""
    try:
        yield
    except (EOFError, OSError, zlib.error) as error:
        if getattr(error, "errno", None) is not None:
            raise  # of the machine, and not of the data
        raise RdfSyntaxError(
            f"the compressed data are damaged: {error}", location=Location(str(path))
        ) from error


def _open_zstandard(path: Path) -> IO[bytes]:
    try:
        import zstandard
    except ImportError as error:
        raise missing_extra(f"Reading {path.name}", "zstd", error) from error
    return io.BufferedReader(cast("io.RawIOBase", zstandard.open(path, "rb")))


def skip_mark(stream: IO[bytes]) -> int:
    """Passes over a byte-order mark, which some editors put at the start of UTF-8.

    Gives the number of its bytes.
    """
    if cast("io.BufferedReader", stream).peek(3)[:3] == codecs.BOM_UTF8:
        return len(stream.read(3))
    return 0


def merge_conflict(text: str, name: str) -> RdfSyntaxError | None:
    """The error for the first mark of a merge conflict in a text, or None."""
    mark = _CONFLICT.search(text)
    if mark is None:
        return None
    return RdfSyntaxError(
        f"{mark[1]!r} is a mark of a merge conflict",
        location=Location.at(mark.start(), text, name),
        expected="RDF",
        hint="A merge has stopped here: choose between the two versions, and take out the marks.",
    )


def invalid_utf8(path: str | Path) -> RdfSyntaxError | None:
    """The error for the first bytes of a file that are not UTF-8, or None.

    It names the line, the column (in characters) and the offset in the (decompressed) file.
    """
    line = 1
    with open_bytes(path) as stream:
        offset = skip_mark(stream)
        for raw in stream:
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                at = offset + error.start
                column = len(raw[: error.start].decode("utf-8")) + 1
                return RdfSyntaxError(
                    f"byte {raw[error.start]:#04x} at offset {at} is not valid UTF-8",
                    location=Location(
                        str(path), line, column, raw.decode(errors="replace").rstrip("\r\n")
                    ),
                    expected="a file encoded in UTF-8",
                    hint=f"If it is in another encoding: iconv -f latin1 -t utf-8 {path}",
                )
            line += 1
            offset += len(raw)
    return None
