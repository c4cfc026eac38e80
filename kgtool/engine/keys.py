"""Table ``dict`` from table ``raw``: checked, decoded, one row a term."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kgtool.engine import dictionary

if TYPE_CHECKING:
    import duckdb
    import pyoxigraph

_BATCH = 50_000
_MARK = "urn:kgtool:key"


class BadKeyError(Exception):
    """A key that is no term; only the whole file tells what is wrong with it."""


def build_dictionary(connection: duckdb.DuckDBPyConnection, names: Iterable[str] = ()) -> list[str]:
    """Make table ``dict`` and the view ``keys`` (key, id); the types of terms, by their codes.

    The keys are those of table ``raw``, and those of the IRIs ``names``.

    Raises BadKeyError where a line was not what it looked like.
    """
    run = connection.execute
    run("CREATE OR REPLACE TEMP TABLE wanted(key VARCHAR)")
    if keys := [f"<{name}" for name in sorted(set(names))]:
        run("INSERT INTO wanted SELECT unnest(?::VARCHAR[])", [keys])
    run(dictionary.build_sql())
    if run(dictionary.FORBIDDEN_SQL).fetchone():
        raise BadKeyError
    if run(f"{dictionary.UNKNOWN_SQL} LIMIT 1").fetchone():
        _decode_unknown(connection)
    run(f"CREATE TEMP TABLE aliases AS {dictionary.ALIASES_SQL}")
    if run("SELECT 1 FROM aliases LIMIT 1").fetchone():
        _rebuild(connection, "SELECT key, type, lex FROM dict ANTI JOIN aliases USING (key)")
    types = [type_ for (type_,) in run(dictionary.TYPES_SQL).fetchall()]
    run(
        f"CREATE TEMP VIEW keys AS {dictionary.keys_sql(types)} UNION ALL SELECT aliases.key, id "
        f"FROM aliases JOIN ({dictionary.ids_sql(types)}) USING (type, lex)"
    )
    return types


def _rebuild(connection: duckdb.DuckDBPyConnection, decoded: str) -> None:
    connection.execute(
        "ALTER TABLE dict RENAME TO old_dict; "
        + dictionary.rebuild_sql(decoded.replace("FROM dict", "FROM old_dict"))
        + "; DROP TABLE old_dict"
    )


def _decode_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the parser library decode the keys that the pattern does not know."""
    connection.execute("CREATE TEMP TABLE decoded(key VARCHAR, type VARCHAR, lex VARCHAR)")
    # They stand together at the end of the table.
    for first in range(*_row_range(connection), _BATCH):
        rows = connection.execute(
            f"{dictionary.UNKNOWN_SQL} AND rowid BETWEEN ? AND ?", [first, first + _BATCH - 1]
        ).fetchall()
        keys = [row[0] for row in rows]
        terms = _parse(keys)
        connection.execute(
            "INSERT INTO decoded SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [keys, [type_ for type_, _ in terms], [lex for _, lex in terms]],
        )
    _rebuild(
        connection,
        "SELECT key, type, lex FROM dict WHERE tag IS NOT NULL UNION ALL FROM decoded",
    )


def _row_range(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    row = connection.execute(
        f"SELECT min(rowid), max(rowid) + 1 FROM ({dictionary.UNKNOWN_SQL})"
    ).fetchone()
    return row or (0, 0)


def _parse(keys: list[str]) -> list[tuple[str, str]]:
    """The keys as (type, lexical form)."""
    import pyoxigraph

    # The graph's name after the key proves that the key was one whole term.
    mark = f"<{_MARK}>"
    text = "".join(f"{mark} {mark} {_closed(key)} {mark} .\n" for key in keys)
    try:
        quads = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise BadKeyError from error
    graph = pyoxigraph.NamedNode(_MARK)
    if len(quads) != len(keys) or any(q.graph_name != graph for q in quads):
        raise BadKeyError
    return [typed_term(quad.object) for quad in quads]


def _closed(key: str) -> str:
    """The term's whole text."""
    typed = key.startswith('"') and key.rpartition('"')[2].startswith("^^<")
    return f"{key}>" if typed or key.startswith("<") else key


def typed_term(term: pyoxigraph.Literal | object) -> tuple[str, str]:
    """Type and lexical form of a term of the parser library; BadKeyError for triple terms."""
    import pyoxigraph

    if isinstance(term, pyoxigraph.NamedNode):
        return "iri", term.value
    if isinstance(term, pyoxigraph.BlankNode):
        return "bnode", term.value
    if isinstance(term, pyoxigraph.Literal):
        return _literal_type(term), term.value
    raise BadKeyError


def _literal_type(term: pyoxigraph.Literal) -> str:
    if not term.language:
        return term.datatype.value
    direction = str(term).rpartition("--")[2] if "dirLangString" in term.datatype.value else ""
    return f"@{term.language}" + (f"--{direction}" if direction else "")
