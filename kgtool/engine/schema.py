"""The tables of a store, in one place; ids are explained in :mod:`kgtool.engine.ids`."""

from __future__ import annotations

#: Raised whenever a store of the older layout can no longer be read by the same code.
STORE_FORMAT = 1
#: One in this many dictionary entries is kept in ``term_index``, to look terms up by.
INDEX_STEP = 1024

TABLES = """
CREATE TABLE terms(id BIGINT, type VARCHAR, lex VARCHAR, dec DECIMAL(38, 18), dbl DOUBLE,
                   micros BIGINT, tz SMALLINT);
CREATE TABLE term_index(id BIGINT, lex VARCHAR);
CREATE TABLE spo(s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE TABLE pos(s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE TABLE predicates(p BIGINT, triples BIGINT, subjects BIGINT, objects BIGINT,
                        subject_tags BIGINT, object_tags BIGINT);
CREATE TABLE graphs(g BIGINT, kind VARCHAR, triples BIGINT);
CREATE TABLE prefixes(prefix VARCHAR, iri VARCHAR);
CREATE TABLE meta(key VARCHAR, value VARCHAR);
"""
