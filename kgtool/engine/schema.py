"""The tables of a store, in one place; ids are explained in :mod:`kgtool.engine.ids`.

``pso`` has all quads, sorted by predicate, subject, object and graph. The second order, by
predicate, object, subject and graph, is in a table of its own for each large predicate, so
that the engine knows how many rows and values it has, which the order of joins depends on;
``pos`` has the rest. ``op`` says with which predicates, by number, an object occurs; so does
``sp`` for subjects where there are many predicates, else it is empty.
"""

from __future__ import annotations

#: Raised whenever a store of the older layout can no longer be read by the same code.
STORE_FORMAT = 3
#: Rows that the engine keeps together, with the least and the greatest value of each column:
#: what a look-up reads at least. Smaller ones cost scans more than they save look-ups.
ROW_GROUP = 32_768
#: One in this many dictionary entries is kept in ``term_index``, to look terms up by.
INDEX_STEP = 1024

#: A predicate of so many triples has a table of its own beside ``pos``; at most so many have.
OWN_TRIPLES = 10_000
OWN_TABLES = 500
#: Up to so many predicates a subject is found under each of them as fast as under its own.
FEW_PREDICATES = 100

#: The tables of triples, empty ones in place of those that are there.
NEW_TRIPLES = """
CREATE OR REPLACE TABLE terms(id BIGINT, type VARCHAR, lex VARCHAR USING COMPRESSION zstd,
                              dec DECIMAL(38, 18), dbl DOUBLE, micros BIGINT, tz SMALLINT);
CREATE OR REPLACE TABLE term_index(id BIGINT, type VARCHAR, lex VARCHAR);
CREATE OR REPLACE TABLE term_types(code INTEGER, type VARCHAR);
CREATE OR REPLACE TABLE pso(s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE OR REPLACE TABLE pos(s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE OR REPLACE TABLE sp(s BIGINT, n INTEGER);
CREATE OR REPLACE TABLE op(o BIGINT, n INTEGER);
CREATE OR REPLACE TABLE predicates(n INTEGER, p BIGINT, own BOOLEAN, triples BIGINT,
                                   subjects BIGINT, objects BIGINT, subject_tags BIGINT,
                                   object_tags BIGINT);
CREATE OR REPLACE TABLE graphs(g BIGINT, kind VARCHAR, triples BIGINT);
"""
NEW_OWN = "CREATE OR REPLACE TABLE {table}(o BIGINT, s BIGINT, g BIGINT, dup BOOLEAN)"


def own_table(number: int) -> str:
    """The name of the table of a large predicate, by its number."""
    return f"pos_{number}"


#: The tables of what is known about the sources and the store.
NEW_NOTES = """
CREATE TABLE prefixes(prefix VARCHAR, iri VARCHAR);
CREATE TABLE meta(key VARCHAR, value VARCHAR);
"""
