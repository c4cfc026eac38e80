"""Reading RDF files of any syntax, with errors that say where and what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from kgtool.errors import Location, RdfSyntaxError, did_you_mean
from kgtool.rdf.files import (
    Format,
    damaged,
    format_of,
    invalid_utf8,
    merge_conflict,
    open_bytes,
    skip_mark,
)

if TYPE_CHECKING:
    import pyoxigraph

_T = TypeVar("_T")
_READ_BYTES = 1 << 20


_OXIGRAPH_FORMATS = {
    Format.TURTLE: "TURTLE",
    Format.TRIG: "TRIG",
    Format.NTRIPLES: "N_TRIPLES",
    Format.NQUADS: "N_QUADS",
    Format.RDFXML: "RDF_XML",
    Format.JSONLD: "JSON_LD",
}


def oxigraph_format(format: Format) -> pyoxigraph.RdfFormat:
    """The parser library's own name of a format."""
    import pyoxigraph

    return cast("pyoxigraph.RdfFormat", getattr(pyoxigraph.RdfFormat, _OXIGRAPH_FORMATS[format]))


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
                skip_mark(stream)
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
            skip_mark(stream)
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
