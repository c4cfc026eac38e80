"""The N-Triples and N-Quads grammars as SQL over lines.

DuckDB's CSV reader delivers lines, in parallel, cut into *keys*. A key is the text of a
term as it stands in the file, without the ``>`` that ends an IRI: ``<iri``, ``_:label``,
``"lexical"``, ``"lexical"@tag``, ``"lexical"^^<datatype``. Keys are checked against the
grammar and decoded in the dictionary, each once (:mod:`kgtool.engine.dictionary`).

The cuts suppose the canonical layout (https://www.w3.org/TR/n-triples/#canonical-ntriples),
which is how dumps come. They are safe: a statement has only one reading, so if all its keys
are terms it was read rightly. Lines in another layout are "odd" and go to the parser
library, which knows the whole grammar; so do keys that ``KEY_PATTERN`` does not accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kgtool.engine.inline import inline_id_sql
from kgtool.engine.sqltext import quote

#: Characters of IRIs outside ASCII (RFC 3987, ucschar) that need no closer look.
_UCSCHAR = r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}\x{10000}-\x{1FFFD}"
_PCHAR = rf"(?:[!$&-;=@A-Z_a-z~{_UCSCHAR}]|%[0-9A-Fa-f]{{2}})"
_QUERY = rf"(?:[!$&-;=?@A-Z_a-z~{_UCSCHAR}]|%[0-9A-Fa-f]{{2}})"
_IRI = (
    r"<[A-Za-z][A-Za-z0-9+.-]*:(?:"
    rf"//[A-Za-z0-9._~-]*(?::[0-9]*)?(?:/{_PCHAR}*)?"
    rf"|[A-Za-z0-9._~-]{_PCHAR}*"
    rf")(?:\?{_QUERY}*)?(?:#{_QUERY}*)?"
)
_BNODE = r"_:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_STRING = r'"(?:[^"\\\r\n]|\\[tbnrf"\x27\\])*"'
#: Language, script, region; longer tags have rules that no pattern tells briefly.
_TAG = r"@[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
#: Keys that need no closer look: terms without numeric escapes. Not all terms.
KEY_PATTERN = rf"{_IRI}|{_BNODE}|{_STRING}(?:{_TAG}|\^\^{_IRI})?"

_BLANK_LINE = r"[ \t]*(?:#[^\r\n]*)?"
#: What the reader takes for NULL; no statement has it, so that empty columns stay apart.
_NULL = "\x01\x02"

RAW_TABLE = "CREATE TEMP TABLE raw(s VARCHAR, p VARCHAR, o VARCHAR, oid BIGINT, g VARCHAR)"


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file of lines to read.

    ``graphs`` has the number of each source in it, which scopes blank nodes, and the key of
    the graph that its triples go to, None for the default graph. Where there are several
    sources each line begins with its source's number and ``"> "``. A ``written`` file was
    written by the parser library. ``whole_lines`` reads lines with any number of ``"> "``
    in them, a little slower.
    """

    path: Path
    graphs: dict[int, str | None]
    quads: bool
    written: bool = False
    whole_lines: bool = False

    @property
    def number(self) -> int:
        """The number of the only source."""
        (number,) = self.graphs
        return number


def insert_sql(file: LineFile, max_line: int = 0) -> str:
    """The statement that puts a file's lines, cut into keys, into table ``raw``.

    Objects that have an inline id have it in ``oid`` instead of a key. Odd lines go in with
    a NULL subject, the line as the object and the source's number as the graph. ``max_line``
    is in bytes, 0 for the reader's own limit.
    """
    if file.whole_lines or file.quads:
        return _insert(cut_lines(_read_lines(file, max_line), file.quads))
    return _insert(_cut_columns(file, max_line))


def retry_sql(number: int, graph: str | None, quads: bool) -> str:
    """The statement that cuts the odd lines of a source, from table ``odd``, as whole lines."""
    source = f"{number} AS number, {_or_null(graph)}::VARCHAR AS graph"
    lines = f"SELECT o AS line, {source} FROM odd WHERE g = '{number}'"
    return _insert(cut_lines(lines, quads))


def _insert(cut: str) -> str:
    """The statement for (line, number, s, p, o, g, ok)."""
    kept = f"SELECT * FROM ({cut}) WHERE ok OR NOT regexp_full_match(line, {quote(_BLANK_LINE)})"
    # Literals that can be inline have no quotation mark in them, so the second part of three
    # is the lexical form.
    literal = "CASE WHEN ok AND starts_with(o, '\"') THEN split_part(o, '\"', {}) END"
    split = f"SELECT *, {literal.format(2)} AS lex, {literal.format(3)} AS type FROM ({kept})"
    with_id = f"SELECT *, {inline_id_sql('type', 'lex')} AS oid FROM ({split})"
    return (
        f"INSERT INTO raw SELECT CASE WHEN ok THEN {_scoped('s')} END, p, "
        f"CASE WHEN NOT ok THEN line WHEN oid IS NULL THEN {_scoped('o')} END, oid, "
        f"CASE WHEN ok THEN {_scoped('g')} ELSE CAST(number AS VARCHAR) END FROM ({with_id})"
    )


def _cut_columns(file: LineFile, max_line: int) -> str:
    """Triples about IRIs, cut by the CSV reader itself at ``"> "``.

    An object that is an IRI or typed has the full stop in a column of its own.
    """
    columns = _read_columns(file, ("a", "b", "c", "d"), max_line)
    ok = f"""
        {_is_iri("a")} AND {_is_iri("b")} AND CASE WHEN d IS NULL
            THEN ends_with(c, ' .') AND (starts_with(c, '"') OR {_is_bnode("c")})
            ELSE d = '.' AND {_is_closed("c")} END"""
    line = "concat_ws('> ', coalesce(a, ''), b, c, d)"
    return f"""
        SELECT CASE WHEN NOT ok THEN {line} END AS line, number, a AS s, b AS p,
            CASE WHEN d IS NULL THEN c[:-3] ELSE c END AS o, graph AS g, ok
        FROM (SELECT *, coalesce({ok}, FALSE) AS ok FROM ({columns}))"""


def cut_lines(lines: str, quads: bool) -> str:
    """Triples or quads from a query for (line, number, graph), cut at their spaces."""
    words = (
        "SELECT *, split_part(line, ' ', 1) AS s, split_part(line, ' ', 2) AS p "
        f"FROM ({lines}) WHERE line IS NOT NULL"
    )
    rest = f"SELECT *, line[length(s) + length(p) + 3:-3] AS rest FROM ({words})"
    last = "split_part(rest, ' ', -1)"
    # The last word of a literal holds its closing quotation mark, a graph's name holds none.
    named = f"contains(rest, ' ') AND NOT contains({last}, '\"')" if quads else "FALSE"
    terms = f"""
        SELECT *, CASE WHEN named THEN rest[:-length({last}) - 2] ELSE rest END AS o,
            CASE WHEN named THEN {last} ELSE graph || '>' END AS g
        FROM (SELECT *, {named} AS named FROM ({rest}))"""
    ok = " AND ".join(
        [
            _is_whole("s"),
            "starts_with(p, '<') AND ends_with(p, '>')",
            f"({_is_whole('o')} OR starts_with(o, '\"'))",
            f"(g IS NULL OR {_is_whole('g')})",
            "ends_with(line, ' .')",
        ]
    )
    return f"""
        SELECT line, number, {_opened("s")} AS s, {_opened("p")} AS p, {_opened("o")} AS o,
            {_opened("g")} AS g, {ok} AS ok
        FROM ({terms})"""


def _read_columns(file: LineFile, columns: tuple[str, ...], max_line: int) -> str:
    """The file's columns with ``number`` and ``graph``."""
    names = ", ".join(columns)
    if len(file.graphs) == 1:
        return f"SELECT {names}, {_only_source(file)} FROM {_reader(file, columns, max_line)}"
    reader = _reader(file, ("n", *columns), max_line)
    return (
        f"SELECT {names}, number, graph FROM {reader} "
        f"JOIN {_sources(file)} ON number = CAST(n AS INTEGER)"
    )


def _read_lines(file: LineFile, max_line: int) -> str:
    """The file's lines likewise."""
    reader = _reader(file, ("line",), max_line)
    if len(file.graphs) == 1:
        return f"SELECT line, {_only_source(file)} FROM {reader}"
    return (
        f"SELECT line[instr(line, '> ') + 2:] AS line, number, graph FROM {reader} "
        f"JOIN {_sources(file)} ON number = CAST(split_part(line, '> ', 1) AS INTEGER)"
    )


def _only_source(file: LineFile) -> str:
    graph = _or_null(file.graphs[file.number])
    return f"{file.number} AS number, CAST({graph} AS VARCHAR) AS graph"


def _sources(file: LineFile) -> str:
    rows = ", ".join(f"({n}, {_or_null(g)}::VARCHAR)" for n, g in file.graphs.items())
    return f"(VALUES {rows}) AS sources(number, graph)"


def _reader(file: LineFile, columns: tuple[str, ...], max_line: int) -> str:
    """The table function; one column is the whole line.

    For that the reader gets no delimiter, for which it takes NUL: it refuses files that
    have one.
    """
    many = len(columns) > 1
    types = ", ".join(f"'{c}': 'VARCHAR'" for c in columns)
    options = f", max_line_size={max_line}" if max_line else ""
    return (
        f"read_csv({quote(_literal_glob(file.path))}, columns={{{types}}}, auto_detect=false, "
        f"header=false, quote='', escape='', comment='', delim={quote('> ' if many else '')}, "
        f"nullstr={quote(_NULL)}, null_padding={many}{options})"
    )


def _literal_glob(path: Path) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _or_null(text: str | None) -> str:
    return "NULL" if text is None else quote(text)


def _is_bnode(key: str) -> str:
    # The first letter of a label is looked at here because ``_scoped`` changes it.
    return f"(starts_with({key}, '_:') AND {key}[3] NOT IN ('-', '.', ''))"


def _is_iri(key: str) -> str:
    return f"({key} > '<' AND {key} < '=')"


def _is_typed(text: str) -> str:
    return f"(starts_with({text}, '\"') AND starts_with(split_part({text}, '\"', -1), '^^<'))"


def _is_closed(key: str) -> str:
    """Whether the key is of those whose text ends in ``>``."""
    return f"({_is_iri(key)} OR {_is_typed(key)})"


def _is_whole(text: str) -> str:
    return f"((starts_with({text}, '<') AND ends_with({text}, '>')) OR {_is_bnode(text)})"


def _opened(text: str) -> str:
    """The key of a term's whole text."""
    closed = f"ends_with({text}, '>') AND {_is_closed(text)}"
    return f"CASE WHEN {closed} THEN {text}[:-2] ELSE {text} END"


def _scoped(key: str) -> str:
    """Blank nodes are told apart by the number of their file."""
    return (
        f"CASE WHEN starts_with({key}, '_:') THEN '_:s' || number || '_' || {key}[3:] "
        f"ELSE {key} END"
    )
