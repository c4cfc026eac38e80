"""Reading RDF files of any syntax, with errors that say where and what was expected."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar, cast

from kgtool.errors import Location, NotFoundError, RdfSyntaxError, UsageError, did_you_mean
from kgtool.extras import missing_extra

if TYPE_CHECKING:
    import pyoxigraph

_T = TypeVar("_T")
_READ_BYTES = 1 << 20
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

_OXIGRAPH_FORMATS = {
    Format.TURTLE: "TURTLE",
    Format.TRIG: "TRIG",
    Format.NTRIPLES: "N_TRIPLES",
    Format.NQUADS: "N_QUADS",
    Format.RDFXML: "RDF_XML",
    Format.JSONLD: "JSON_LD",
}


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


def oxigraph_format(format: Format) -> pyoxigraph.RdfFormat:
    """The parser library's own name of a format."""
    import pyoxigraph

    return cast("pyoxigraph.RdfFormat", getattr(pyoxigraph.RdfFormat, _OXIGRAPH_FORMATS[format]))


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


def _skip_mark(stream: IO[bytes]) -> int:
    """Passes over a byte-order mark, which some editors put at the start of UTF-8.

    Gives the number of its bytes.
    """
    if cast("io.BufferedReader", stream).peek(3)[:3] == codecs.BOM_UTF8:
        return len(stream.read(3))
    return 0


class Reader(Protocol):
    """A file being read: iterate for pyoxigraph quads, then look at ``prefixes``."""

    @property
    def prefixes(self) -> dict[str, str]: ...

    def __iter__(self) -> Iterator[pyoxigraph.Quad]: ...

    def read(self, use: Callable[[Iterator[pyoxigraph.Quad]], Iterator[_T]]) -> Iterator[_T]: ...


def reader_of(
    path: str | Path,
    format: Format | None = None,
    base: str | None = None,
    metadata: Path | None = None,
) -> Reader:
    """What reads a file: a table as its metadata say, all else as the parser library does.

    ``metadata`` describes a table whose description is not beside it.
    """
    if (format or format_of(path)) is Format.TABLE:
        from kgtool.rdf.tables.reading import TableParser

        return TableParser(path, base, metadata)
    return Parser(path, format, base)


class Parser:
    """One file being parsed: iterate for pyoxigraph quads, then look at ``prefixes``.

    ``base`` resolves relative IRIs; without one they are errors in the syntaxes that
    know them. Errors come out of the iteration as RdfSyntaxError.
    """

    def __init__(
        self, path: str | Path, format: Format | None = None, base: str | None = None
    ) -> None:
        self.path = Path(path)
        self.format = format or format_of(path)
        self._base = base
        self._prefixes: dict[str, str] = {}

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes declared so far, without colons, and their IRIs."""
        return self._prefixes

    def __iter__(self) -> Iterator[pyoxigraph.Quad]:
        return self.read(lambda quads: quads)

    def read(self, use: Callable[[Iterator[pyoxigraph.Quad]], Iterator[_T]]) -> Iterator[_T]:
        """What ``use`` yields from the library's own iterator, with errors translated.

        Batches can so be taken from the iterator without a Python step a quad.
        """
        import pyoxigraph

        with open_bytes(self.path) as stream, damaged(self.path):
            parser = None
            try:
                _skip_mark(stream)
                parser = pyoxigraph.parse(
                    stream,
                    format=oxigraph_format(self.format),
                    base_iri=self._base,
                    without_named_graphs=False,
                )
                yield from use(parser)
            except SyntaxError as error:
                declared = dict(parser.prefixes) if parser is not None else {}
                raise self._translate(error, declared) from error
            self._prefixes = dict(parser.prefixes)

    def _merge_conflict(self) -> RdfSyntaxError | None:
        """What a file that git could not merge is told, wherever the parser has stopped."""
        with open_bytes(self.path) as stream:
            head = stream.read(_READ_BYTES).decode("utf-8-sig", errors="replace")
        return merge_conflict(head, str(self.path))

    def _line(self, number: int | None) -> str | None:
        """The text of a line, for an error."""
        with open_bytes(self.path) as stream:
            _skip_mark(stream)
            raw = next(islice(stream, (number or 1) - 1, None), b"")
        return raw.decode(errors="replace").rstrip("\r\n") if number else None

    def _place(self, error: SyntaxError) -> Location:
        """Where an error is; the library does not tell it of XML that is not well-formed."""
        line, column = error.lineno, error.offset
        if line is None and self.format is Format.RDFXML:
            line, column = self._xml_error()
        return Location(str(self.path), line, column, self._line(line))

    def _xml_error(self) -> tuple[int | None, int | None]:
        from xml.parsers import expat

        with open_bytes(self.path) as stream:
            try:
                expat.ParserCreate().ParseFile(cast("Any", stream))
            except expat.ExpatError as error:
                return error.lineno, error.offset + 1
        return None, None

    def _translate(self, error: SyntaxError, declared: dict[str, str]) -> RdfSyntaxError:
        message = re.sub(r"^Parser error .*?: ", "", error.msg or str(error), count=1, flags=re.S)
        if "Invalid UTF-8" in message:
            found = invalid_utf8(self.path)
            if found is not None:
                return found
        if (conflict := self._merge_conflict()) is not None:
            return conflict
        location = self._place(error)
        undeclared = re.search(r"The prefix (.*): has not been declared", message)
        if undeclared is not None:
            return _undefined_prefix(undeclared[1], declared, location)
        text, expected = _expectation(message)
        if message in ("Unexpected end", "Unexpected end of file"):
            text = "the file ends in the middle of a statement"
            ended = self.format not in (Format.JSONLD, Format.RDFXML)
            expected = "the rest of it" + (" and a full stop" if ended else "")
        if self._base is None and "No scheme found" in message:
            expected = "an absolute IRI, or a base to resolve it against"
        return RdfSyntaxError(text, location=location, expected=expected)


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


def _undefined_prefix(prefix: str, declared: dict[str, str], location: Location) -> RdfSyntaxError:
    known = ", ".join(f"{name}:" for name in sorted(declared)) or "none"
    return RdfSyntaxError(
        f"the prefix {prefix}: is not declared",
        location=location,
        expected=f"a declared prefix (declared above: {known})",
        hint=did_you_mean(prefix, declared) or f"Add a line: @prefix {prefix}: <…> .",
    )


def _expectation(message: str) -> tuple[str, str | None]:
    """The library's message, split where it says what it would have accepted."""
    found = re.search(r"(.*?)[,:;]? (?:was )?expect(?:ed|ing) (.*)", message, flags=re.S)
    if found and found[1]:
        return found[1], found[2]
    return message, None


def invalid_utf8(path: str | Path) -> RdfSyntaxError | None:
    """The error for the first bytes of a file that are not UTF-8, or None.

    It names the line, the column (in characters) and the offset in the (decompressed) file.
    """
    line = 1
    with open_bytes(path) as stream:
        offset = _skip_mark(stream)
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


def parse_file(
    path: str | Path, format: Format | None = None, base: str | None = None
) -> Iterator[pyoxigraph.Quad]:
    """The quads of a file as pyoxigraph objects.

    Raises RdfSyntaxError, NotFoundError, or UsageError for an unknown extension.
    """
    return iter(Parser(path, format, base))


def prefixes_of(path: str | Path, format: Format | None = None) -> dict[str, str]:
    """The prefixes that a file declares, without colons, and their IRIs. Parses it all."""
    parser = Parser(path, format, base="http://example.org/")
    for _ in parser:
        pass
    return parser.prefixes
