"""From files to statements: the first stage of a load."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from kgtool.engine.spark.convert import CONVERTED, FILES, convert_files
from kgtool.engine.spark.lines import LINES, STATEMENTS, read_lines
from kgtool.engine.spark.workspace import Workspace
from kgtool.errors import Location, RdfSyntaxError, UsageError
from kgtool.rdf.files import Format

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Progress = Callable[[str], None]

#: What Spark reads as lines by itself; others are made into lines first.
_AS_TEXT = ("", ".gz", ".bz2")
_SHOWN = 5

_PROBLEMS = """
SELECT f.uri AS file, CASE WHEN m.position IS NULL THEN m.block ELSE
       coalesce((SELECT sum(lines) FROM {blocks} b WHERE b.number = m.number
                 AND b.block < m.block), 0) + m.position + 1 END AS line_number,
       m.line AS line, m.problem AS problem
FROM {malformed} m JOIN {files} f USING (number)
"""


class InputFile(NamedTuple):
    """A file to load; ``base`` resolves its relative IRIs."""

    uri: str
    syntax: Format
    base: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether Spark can cut it into lines."""
        suffix = "." + self.uri.rpartition(".")[2].lower()
        compressed = suffix in (".gz", ".bz2", ".zst")
        return self.syntax.is_lines and (suffix if compressed else "") in _AS_TEXT


class Statements:
    """The statements of files; ``good`` is the table of those that are some, as terms."""

    def __init__(self, work: Workspace, progress: Progress) -> None:
        self._work = work
        self._spark = work.spark
        self._progress = progress
        self.good = ""

    def read(self, files: Sequence[InputFile]) -> int:
        """Reads all files; how many lines are no statements."""
        self._progress("reading")
        numbered = list(enumerate(files))
        parts = [
            self._text([(n, f) for n, f in numbered if f.is_text and f.syntax is syntax], syntax)
            for syntax in (Format.NTRIPLES, Format.NQUADS)
        ]
        parts.append(self._converted([(n, f) for n, f in numbered if not f.is_text]))
        frames = [frame for part in parts for frame in part]
        united = frames[0]
        for frame in frames[1:]:
            united = united.unionByName(frame)
        self._everything = self._work.keep("statements", united)
        self.good = self._work.named(
            "good", f"SELECT s, p, o, oid, g FROM {self._everything} WHERE problem IS NULL"
        )
        self._malformed = self._work.named(
            "bad", f"SELECT * FROM {self._everything} WHERE problem IS NOT NULL"
        )
        rows = [(n, f.uri) for n, f in numbered]
        self._files = self._work.local("files", rows, "number INT, uri STRING")
        return self._work.count(f"SELECT count(*) FROM {self._malformed}")

    def refusal(self, malformed: int) -> RdfSyntaxError:
        """The error for lines that are no statements."""
        rows = self._spark.rows(
            f"SELECT file, line_number, line, problem FROM ({self.problems()}) "
            f"ORDER BY file, line_number LIMIT {_SHOWN}"
        )
        places = [f"{file}:{line}: {problem}" for file, line, _, problem in rows[1:]]
        file, line, text, problem = rows[0]
        more = f" and {malformed - len(rows):,} more" if malformed > len(rows) else ""
        many = f"{malformed:,} lines are no statements" if malformed > 1 else "this is no statement"
        return RdfSyntaxError(
            f"{many}: {problem}",
            location=Location(file, line, None, text),
            hint="\n".join([*places, f"…{more}" if more else ""]).strip()
            or "Without --strict they are left out, and kept in a table of the store.",
        )

    def _text(self, files: list[tuple[int, InputFile]], syntax: Format) -> list[DataFrame]:
        if not files:
            return []
        found = self._lines(files)
        columns = found.selectExpr(*(field.split()[0] for field in LINES.split(", ")))
        return [columns.mapInArrow(partial(read_lines, quads=syntax.has_graphs), STATEMENTS)]

    def _lines(self, files: list[tuple[int, InputFile]]) -> DataFrame:
        """The lines of text files, with the number of the file and the start of the block."""
        text = self._spark.session.read.text([file.uri for _, file in files])
        known = {_plain(file.uri): number for number, file in files}
        # Spark writes addresses of files in two ways, and encodes them.
        found = {_plain(uri): known.get(_plain(unquote(uri))) for uri in text.inputFiles()}
        if None in found.values():
            unknown = next(uri for uri, number in found.items() if number is None)
            raise UsageError(f"{unknown} is in a folder; files are named one by one")
        names = self._work.local("names", list(found.items()), "uri STRING, number INT")
        lines = self._work.view(
            "lines",
            text.selectExpr(
                "value",
                "regexp_replace(_metadata.file_path, '^([a-z0-9+.-]+:)/+', '$1/') AS uri",
                "_metadata.file_block_start AS block",
            ),
        )
        return self._spark.sql(
            "SELECT /*+ BROADCAST(n) */ "
            "CASE WHEN number IS NULL THEN raise_error(concat('unknown file ', uri)) "
            "ELSE number END AS number, block, make_valid_utf8(value) AS line, "
            f"NOT is_valid_utf8(value) AS damaged FROM {lines} l LEFT JOIN {names} n USING (uri)"
        )

    def _converted(self, files: list[tuple[int, InputFile]]) -> list[DataFrame]:
        """Statements of files of other syntaxes and compressions."""
        if not files:
            return []
        self._progress("converting")
        rows = [(n, f.uri, f.syntax.value, f.base) for n, f in files]
        listed = self._spark.session.createDataFrame(rows, FILES).repartition(len(rows), "number")
        converted = self._work.keep("converted", listed.mapInArrow(convert_files, CONVERTED))
        good = self._spark.sql(
            f"SELECT number, block, line, damaged FROM {converted} WHERE problem IS NULL"
        )
        triples = [n for n, f in files if f.syntax is Format.NTRIPLES]
        is_triples = f"number IN ({', '.join(map(str, triples)) or 'NULL'})"
        bad = self._spark.sql(
            "SELECT NULL AS s, NULL AS p, NULL AS o, CAST(NULL AS BIGINT) AS oid, NULL AS g, "
            f"number, block, CAST(NULL AS BIGINT) AS position, line, problem FROM {converted} "
            "WHERE problem IS NOT NULL"
        )
        read = [
            good.where(f"coalesce({condition}, false)").mapInArrow(
                partial(read_lines, quads=quads), STATEMENTS
            )
            for condition, quads in ((is_triples, False), (f"NOT coalesce({is_triples}, false)",
                                                           True))
        ]  # fmt: skip
        return [*read, bad]

    def problems(self) -> str:
        """A query for the malformed lines with their places.

        A block of a file is read by one worker, which knows a line's place in it; how many lines
        the blocks before have is counted now, in the files that need it.
        """
        texts = [
            (number, InputFile(uri, Format.NTRIPLES))
            for number, uri in self._spark.rows(
                f"SELECT DISTINCT f.number, f.uri FROM {self._malformed} m "
                f"JOIN {self._files} f USING (number) WHERE m.block > 0 AND m.position IS NOT NULL"
            )
        ]
        if texts:
            lines = self._work.view("lines", self._lines(texts))
            blocks = self._work.named(
                "blocks",
                f"SELECT number, block, count(*) AS lines FROM {lines} GROUP BY number, block",
            )
        else:
            blocks = self._work.local("blocks", [], "number INT, block BIGINT, lines BIGINT")
        return _PROBLEMS.format(blocks=blocks, malformed=self._malformed, files=self._files)


def _plain(uri: str) -> str:
    """An address with a scheme, and one slash behind it."""
    return re.sub(r"^([a-z0-9+.-]+:)/+", r"\1/", f"file:{uri}" if uri.startswith("/") else uri)
