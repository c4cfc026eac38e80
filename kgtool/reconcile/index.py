"""The index of a store's names: one DuckDB file beside it, made when it is first asked.

``names`` has every name of every thing in its normal form, short ones first; ``tokens`` the
words of those forms with the numbers of the names that have them; ``features`` the pieces, as
hashes, by which a word is found that is like another one. ``lengths`` says where the names of
a length are.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kgtool.engine import ids
from kgtool.engine.driver import duckdb
from kgtool.engine.scratch import Scratch
from kgtool.engine.sqltext import quote
from kgtool.engine.store import Store, spill_folder
from kgtool.errors import StoreError
from kgtool.plan.stop import Stop
from kgtool.rdf.namespaces import FINDING, OWL, RDF, RDFS
from kgtool.rdf.terms import IRI
from kgtool.reconcile import normal

#: Raised whenever an index of the older layout can no longer be read by the same code.
_FORMAT = 1
#: An id that no term has.
NO_TERM = -1
#: What a name names.
THING, CLASS, PROPERTY = 0, 1, 2

_CLASSES = (OWL.Class, RDFS.Class)
_PROPERTIES = (
    RDF.base + "Property",
    *(f"{OWL.base}{kind}Property" for kind in ("Object", "Datatype", "Annotation")),
)
#: What is a class or a property by these vocabularies themselves is none of the graph's.
_OWN_CLASSES = (RDF.base, RDFS.base, OWL.base)

_FUNCTIONS = """
CREATE OR REPLACE MACRO kg_less_one(w) AS
  list_transform(range(1, length(w) + 1), LAMBDA i: w[:i - 1] || w[i + 1:]);
CREATE OR REPLACE MACRO kg_threes(w) AS
  CASE WHEN length(w) < 6 THEN []
  ELSE list_transform(range(1, length(w) + 1), LAMBDA i: '^' || ('^' || w || '$')[i:i + 2]) END;
CREATE OR REPLACE MACRO kg_features(w) AS
  CASE WHEN length(w) < 3 OR regexp_matches(w, '[0-9]') THEN [w]
  ELSE list_distinct(list_concat([w], kg_less_one(w), kg_threes(w))) END;
"""
#: The kinds of what has a name: 1 for classes, 2 for properties, 0 for all else.
_KINDS = """
CREATE TEMP TABLE kinds AS SELECT thing, max(kind) AS kind FROM (
  SELECT o AS thing, 1 AS kind FROM store.pso WHERE p = {type}
  UNION ALL SELECT s, 1 FROM store.pso WHERE p = {type} AND o IN ({classes})
  UNION ALL SELECT unnest([s, o]), 1 FROM store.pso WHERE p = {subclass}
  UNION ALL SELECT s, 2 FROM store.pso WHERE p = {type} AND o IN ({properties})
  UNION ALL SELECT p, 2 FROM store.predicates)
WHERE thing >> {bits} = {iri} GROUP BY thing
"""
#: Names as they are written. Classes and properties without one have that of their IRI.
_WRITTEN = """
CREATE TEMP TABLE written AS
WITH said AS (
  SELECT s AS thing, o AS literal, rank FROM store.pso
  JOIN (SELECT unnest({naming}::BIGINT[]) AS p, unnest(range(len({naming}))) AS rank) USING (p)
  WHERE NOT dup AND s >> {bits} = {iri} AND o >> {bits} IN ({string}, {tagged})),
local AS (
  SELECT id AS thing, regexp_replace(regexp_extract(lex, '[^#/:]*$'), '(\\p{{Ll}})(\\p{{Lu}})',
                                     '\\1 \\2', 'g') AS name, kind
  FROM kinds ANTI JOIN said USING (thing) JOIN store.terms ON id = thing
  WHERE kind = 2 OR NOT regexp_matches(lex, {builtin}))
SELECT thing, literal, rank, coalesce(kind, 0) AS kind, kg_normal(lex) AS normal
FROM said JOIN store.terms ON id = literal LEFT JOIN kinds USING (thing)
UNION ALL SELECT thing, NULL, {last}, kind, kg_normal(name) FROM local
"""
_TABLES = """
CREATE TABLE names.names AS
SELECT CAST(row_number() OVER (ORDER BY length(normal), normal, thing) - 1 AS INTEGER) AS n,
       thing, literal, CAST(rank AS TINYINT) AS rank, CAST(kind AS TINYINT) AS kind, normal
FROM (SELECT thing, normal, min(rank) AS rank, arg_min(literal, rank) AS literal,
             any_value(kind) AS kind
      FROM written WHERE normal <> '' GROUP BY thing, normal)
ORDER BY n;
CREATE TABLE names.tokens AS
SELECT CAST(row_number() OVER (ORDER BY token) - 1 AS INTEGER) AS t, *
FROM (SELECT token, CAST(count(*) AS INTEGER) AS size, list(n ORDER BY n) AS ns
      FROM (SELECT n, unnest(list_distinct(string_split(normal, ' '))) AS token FROM names.names
            WHERE kind = 0)
      GROUP BY token)
ORDER BY t;
CREATE TABLE names.features AS
SELECT piece, CAST(count(*) AS INTEGER) AS size, list(t ORDER BY t) AS ts
FROM (SELECT t, hash(unnest(kg_features(token))) AS piece FROM names.tokens)
GROUP BY piece ORDER BY piece;
CREATE TABLE names.lengths AS
SELECT length(normal) AS length, (min(n) + max(n)) // 2 AS middle FROM names.names GROUP BY length;
CREATE TABLE names.meta(key VARCHAR, value VARCHAR);
"""


def index_path(store: Path) -> Path:
    """Where the index of a store is kept."""
    return store.with_name(f"{store.name}.names")


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the functions that the index is made and asked with."""
    normal.install(connection)
    connection.execute(_FUNCTIONS)


def stamp(store: Store) -> str:
    """A text that the indexes of other stores, and of another kgtool, have not."""
    # The engine's hash function may be another one in another version.
    return f"{_FORMAT} {duckdb.__version__} {normal.version()} {store.fingerprint}"


def build_index(
    store: Store, path: Path, memory_limit: str | None = None, stop: Stop | None = None
) -> None:
    """Writes the index of a store to ``path``, which takes the place of what is there.

    Raises StoreError where it cannot be written, the store's file is another one by now, or
    ``stop`` was set.
    """
    scratch = Scratch(path)
    partial = scratch.folder / path.name
    connection = None
    try:
        connection = attached(store.path, path, memory_limit)
        if stop is not None:
            stop.attach(connection.interrupt)
        if connection.execute(_FINGERPRINT).fetchall() != [(store.fingerprint,)]:
            raise StoreError(f"{store.path} has been built again")
        connection.execute(f"ATTACH {quote(str(partial))} AS names")
        install(connection)
        for statement in _statements(store):
            if stop is not None and stop.is_set:
                raise StoreError("the index is not wanted any more")
            connection.execute(statement)
        connection.execute("INSERT INTO names.meta VALUES ('stamp', ?)", [stamp(store)])
        connection.execute("DETACH names")
        partial.replace(path)
    except (duckdb.Error, OSError) as error:
        raise StoreError(f"the names of {store.path} cannot be indexed: {error}") from error
    finally:
        if stop is not None:
            stop.detach()
        if connection is not None:
            connection.close()
        scratch.remove()


_FINGERPRINT = "SELECT value FROM store.meta WHERE key = 'fingerprint'"


def attached(store: Path, index: Path, memory_limit: str | None) -> duckdb.DuckDBPyConnection:
    """A connection of its own to a store, for an index. Raises duckdb.Error."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "temp_directory": spill_folder(index),
    }
    if memory_limit:
        config["memory_limit"] = memory_limit
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute(f"ATTACH {quote(str(store))} AS store (READ_ONLY)")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def known(store: Store, iris: Iterable[str]) -> list[int]:
    """The ids of IRIs; one that the store lacks has one that no term has."""
    terms = [IRI(iri) for iri in iris]
    found = store.ids(terms)
    return [found.get(term, NO_TERM) for term in terms]


def _statements(store: Store) -> tuple[str, ...]:
    naming = known(store, FINDING)
    (type_, subclass), classes, properties = (
        known(store, each) for each in ((RDF.type, RDFS.subClassOf), _CLASSES, _PROPERTIES)
    )
    values = {
        "type": type_, "subclass": subclass, "naming": naming, "last": len(naming),
        "classes": ", ".join(map(str, classes)), "properties": ", ".join(map(str, properties)),
        "bits": ids.PAYLOAD_BITS, "iri": ids.IRI_TAG, "string": ids.STRING,
        "tagged": ids.LANG_STRING, "builtin": quote("|".join(map(_beginning, _OWN_CLASSES))),
    }  # fmt: skip
    written = (text.format(**values) for text in (_KINDS, _WRITTEN))
    return (*written, *_TABLES.strip().split(";\n"))


def _beginning(base: str) -> str:
    return "^" + base.replace(".", "[.]")
