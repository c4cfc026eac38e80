"""Triples in Python as the tables that reasoning works on, for graphs of a project's size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from kgtool.engine import ids
from kgtool.engine.driver import duckdb
from kgtool.rdf.terms import IRI, Term, lexical_form, term_type

Triple: TypeAlias = tuple[Term, Term, Term]

TRIPLES = "SELECT s, p, o FROM asserted"
TERMS = "SELECT id, type, lex FROM dictionary"


class MemoryGraph:
    """A connection with tables ``asserted`` (s, p, o) and ``dictionary`` (id, type, lex).

    ``names`` are IRIs that get ids beside the terms of the triples.
    """

    def __init__(self, triples: Iterable[Triple], names: Iterable[str]) -> None:
        self.ids: dict[Term, int] = {}
        self._codes: dict[str, int] = {}
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(":memory:")
        rows = [[self.id_of(term) for term in triple] for triple in triples]
        columns = [[row[i] for row in rows] for i in range(3)]
        for name in names:
            self.id_of(IRI(name))
        run = self.connection.execute
        run("CREATE TEMP TABLE asserted(s BIGINT, p BIGINT, o BIGINT)")
        listed = "unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[])"
        run(f"INSERT INTO asserted SELECT {listed}", columns)
        run("CREATE TEMP TABLE dictionary(id BIGINT, type VARCHAR, lex VARCHAR)")
        terms = self.ids
        given = [list(terms.values()), list(map(term_type, terms)), list(map(lexical_form, terms))]
        run(
            "INSERT INTO dictionary SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            given,
        )

    def id_of(self, term: Term) -> int:
        """The id of a term, as a store gives it but for the row of the dictionary."""
        if term not in self.ids:
            inline = ids.inline_id(term)
            code = self._codes.setdefault(term_type(term), len(self._codes))
            row = min(code, ids.LAST_TYPE) << ids.ROW_BITS | len(self.ids)
            self.ids[term] = inline or ids.make_id(ids.dictionary_tag(term), row)
        return self.ids[term]

    def close(self) -> None:
        self.connection.close()
