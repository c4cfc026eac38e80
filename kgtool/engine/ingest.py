"""From files of any syntax to rows of keys in table ``raw``."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.engine.ntriples import RAW_TABLE, LineFile, insert_sql, retry_sql
from kgtool.errors import RdfSyntaxError
from kgtool.rdf.files import Format, format_of, invalid_utf8
from kgtool.rdf.reading import oxigraph_format, reader_of
from kgtool.rdf.terms import IRI

if TYPE_CHECKING:
    from typing import Any

    import duckdb

    from kgtool.rdf.reading import Reader

#: Quads that are parsed before they are handed on.
_BATCH = 500_000
#: Batches of fewer bytes than this wait, to be read together.
_SMALL = 4 << 20
#: Files of lines with more bytes than this are read by the engine itself.
DIRECT = 1 << 20
_LONG_LINE = 1 << 30


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load.

    Its triples go to ``graph`` (the default graph where None); quads keep their graphs'
    names. ``kind`` is recorded for the graph: 'named', 'asserted', 'inferred' or
    'default'. ``base`` resolves relative IRIs. ``metadata`` describes a table.
    """

    path: Path
    format: Format | None = None
    graph: IRI | None = None
    kind: str = "named"
    base: str | None = None
    metadata: Path | None = None

    @property
    def syntax(self) -> Format:
        return self.format or format_of(self.path)

    @property
    def graph_key(self) -> str | None:
        return None if self.graph is None else f"<{self.graph.value}"


class Ingest:
    """Reads sources into table ``raw`` of a connection, working in folder ``scratch``.

    One file is read by the engine, in a thread, while the next is parsed or written.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, scratch: Path, pool: ThreadPoolExecutor
    ) -> None:
        self._connection = connection
        self._scratch = scratch
        self._names = itertools.count()
        self._pool = pool
        self._reading: Future[None] | None = None
        #: Small batches: by whether they are quads, the sources' numbers and their lines.
        self._small: dict[bool, list[tuple[int, bytes]]] = {False: [], True: []}
        #: Numbers of sources that the engine's reader does not take.
        self._refused: list[int] = []
        self.sources: list[Source] = []
        self.prefixes: dict[str, str] = {}
        connection.execute(RAW_TABLE)

    def add(self, source: Source) -> None:
        """Take a source in. Raises RdfSyntaxError; some only come from ``finish``."""
        number = len(self.sources)
        self.sources.append(source)
        if source.syntax.is_lines and self._is_worth_it(source.path):
            self._read(self._link(source, number))
        else:
            self._convert(source, number)

    def finish(self) -> None:
        """Read what still waits."""
        self._wait()
        for number in self._refused:
            self._convert(self.sources[number], number)
        self._read_small()
        self._wait()
        self._read_odd_lines()

    def parse_all_anew(self) -> None:
        """Read all sources with the parser library, which alone decides what is right."""
        self._connection.execute("TRUNCATE raw")
        self._refused.clear()
        for number, source in enumerate(self.sources):
            self._convert(source, number)
        self.finish()

    def raise_first_error(self, source: Source) -> None:
        """Parse the source from its beginning, to know the error's place in it."""
        for _ in _reader(source):
            pass
        if (found := invalid_utf8(source.path)) is not None:
            raise found

    def _is_worth_it(self, path: Path) -> bool:
        """Whether the engine reads the file itself: a statement for each would cost more
        than parsing a small one. (A missing file gets its error from the parser.)"""
        if path.suffix.lower() == ".bz2" or not path.is_file():
            return False
        return path.stat().st_size > DIRECT or path.suffix == ".zst"

    def _link(self, source: Source, number: int) -> LineFile:
        """The source under a plain name of our own, so that no character is special."""
        compression = "".join(s for s in source.path.suffixes[-1:] if s in (".gz", ".zst"))
        link = self._scratch / f"{number}.nt{compression}"
        try:
            link.symlink_to(source.path.resolve())
        except OSError:
            shutil.copyfile(source.path, link)
        return LineFile(link, {number: source.graph_key}, source.syntax.has_graphs)

    def _convert(self, source: Source, number: int, whole_lines: bool = False) -> None:
        """Parse with the library, batch by batch, and read what it writes as lines."""
        quads = source.syntax.has_graphs
        parser = _reader(source)
        for lines in parser.read(lambda statements: _batches(statements, quads)):
            if len(lines) < _SMALL and not whole_lines:
                self._small[quads].append((number, lines))
                if sum(len(text) for _, text in self._small[quads]) > _SMALL:
                    self._read_small()
            else:
                graphs = {number: source.graph_key}
                self._read(self._written([lines], graphs, quads, whole_lines=whole_lines))
        for prefix, iri in parser.prefixes.items():
            self.prefixes.setdefault(prefix, iri)

    def _read_small(self) -> None:
        for quads, batches in self._small.items():
            if not batches:
                continue
            graphs = {number: self.sources[number].graph_key for number, _ in batches}
            texts = [
                _numbered(lines, number) if len(graphs) > 1 else lines for number, lines in batches
            ]
            batches.clear()
            self._read(self._written(texts, graphs, quads))

    def _written(
        self,
        texts: list[bytes],
        graphs: dict[int, str | None],
        quads: bool,
        whole_lines: bool = False,
    ) -> LineFile:
        path = self._scratch / f"{next(self._names)}.lines"
        with path.open("wb") as stream:
            stream.writelines(texts)
        return LineFile(path, graphs, quads, written=True, whole_lines=whole_lines)

    def _read(self, file: LineFile) -> None:
        """Have the file read when the one before it is."""
        self._wait()
        self._reading = self._pool.submit(self._read_now, file)

    def _wait(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.result()

    def _read_now(self, file: LineFile) -> None:
        """Read the file in the fastest way that can."""
        by_lines = dataclasses.replace(file, whole_lines=True)
        if self._try(insert_sql(file)) or self._try(insert_sql(by_lines)):
            pass
        elif file.written:  # then the reason is a long line
            self._connection.execute(insert_sql(by_lines, _LONG_LINE))
        else:
            self._refused.append(file.number)
        if file.written:
            file.path.unlink()

    def _try(self, statement: str) -> bool:
        """Whether the CSV reader can take the file; what it refuses leaves no rows behind."""
        import duckdb

        try:
            self._connection.execute(statement)
        except duckdb.InvalidInputException:
            return False
        return True

    def _read_odd_lines(self) -> None:
        """Cut odd lines in the general way; hand what stays odd to the parser library."""
        for number in self._take_odd():
            source = self.sources[number]
            self._connection.execute(retry_sql(number, source.graph_key, source.syntax.has_graphs))
        for number in self._take_odd():
            source = self.sources[number]
            excerpt = dataclasses.replace(source, path=self._odd_file(number), format=source.syntax)
            try:
                self._convert(excerpt, number, whole_lines=True)
            except RdfSyntaxError:
                self.raise_first_error(source)
                raise
        self._wait()

    def _take_odd(self) -> list[int]:
        """Move odd lines to table ``odd``; the numbers of their sources."""
        run = self._connection.execute
        if not run("SELECT 1 FROM raw WHERE s IS NULL LIMIT 1").fetchone():
            return []
        run("CREATE OR REPLACE TEMP TABLE odd AS SELECT g, o FROM raw WHERE s IS NULL")
        run("DELETE FROM raw WHERE s IS NULL")
        return sorted(int(g) for (g,) in run("SELECT DISTINCT g FROM odd").fetchall())

    def _odd_file(self, number: int) -> Path:
        """A file of the source's odd lines."""
        rows = self._connection.execute("SELECT o FROM odd WHERE g = ?", [str(number)])
        path = self._scratch / f"{number}.odd"
        with path.open("w", encoding="utf-8", newline="") as stream:
            while lines := rows.fetchmany(100_000):
                stream.writelines(f"{line}\n" for (line,) in lines)
        return path


def _reader(source: Source) -> Reader:
    return reader_of(source.path, source.syntax, source.base, source.metadata)


def _batches(statements: Iterator[Any], quads: bool) -> Iterator[bytes]:
    """The statements as lines, some hundred thousand at a time."""
    import pyoxigraph

    format_ = oxigraph_format(Format.NQUADS if quads else Format.NTRIPLES)
    while (first := next(statements, None)) is not None:
        batch = itertools.chain([first], itertools.islice(statements, _BATCH - 1))
        lines = pyoxigraph.serialize(batch, format=format_)
        assert lines is not None
        yield lines


def _numbered(lines: bytes, number: int) -> bytes:
    """The lines, each with the source's number before it."""
    mark = b"%d> " % number
    return mark + lines[:-1].replace(b"\n", b"\n" + mark) + b"\n"
