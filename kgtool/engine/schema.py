"""The tables of a store, in one place; ids are explained in :mod:`kgtool.engine.ids`."""

from __future__ import annotations

#: Raised whenever a store of the older layout can no longer be read by the same code.
STORE_FORMAT = 1
#: One in this many dictionary entries is kept in ``term_index``, to look terms up by.
INDEX_STEP = 1024

#: The tables of triples, empty ones in place of those that are there.
NEW_TRIPLES = """
CREATE OR REPLACE TABLE terms(id BIGINT, type VARCHAR, lex VARCHAR, dec DECIMAL(38, 18),
                              dbl DOUBLE, micros BIGINT, tz SMALLINT);
CREATE OR REPLACE TABLE term_index(id BIGINT, lex VARCHAR);
CREATE OR REPLACE TABLE spo(s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE OR REPLACE TABLE pos(s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE OR REPLACE TABLE predicates(p BIGINT, triples BIGINT, subjects BIGINT, objects BIGINT,
                                   subject_tags BIGINT, object_tags BIGINT);
CREATE OR REPLACE TABLE graphs(g BIGINT, kind VARCHAR, triples BIGINT);
"""
#: The tables of what is known about the sources and the store.
NEW_NOTES = """
CREATE TABLE prefixes(prefix VARCHAR, iri VARCHAR);
CREATE TABLE meta(key VARCHAR, value VARCHAR);
"""
