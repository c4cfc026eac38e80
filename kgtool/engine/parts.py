"""A store in memory whose quads come in parts, of which each reader sees some.

A hundred small graphs that share most of their triples are so loaded at once, and asked one after
the other, or by several threads: to see other parts is one statement. What the statistics say is
true of all parts together, and so of any of them: which tags there are, and which there are not.
So a plan that was compiled for some parts serves the others too.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kgtool.engine import dictionary, ids
from kgtool.engine.decoding import Decoder
from kgtool.engine.driver import duckdb
from kgtool.engine.functions import install, library_version
from kgtool.engine.schema import NEW_NOTES, NEW_TRIPLES
from kgtool.engine.statistics import (
    GraphStatistics,
    Statistics,
    predicates_sql,
    read_statistics,
)
from kgtool.engine.store import Store, with_setting
from kgtool.engine.tables import fill_terms
from kgtool.rdf.terms import IRI, Term, lexical_form, term_type

#: The quads of all parts and their graphs; the tables of a store are views of some of them.
_PARTED = """
DROP TABLE pso; DROP TABLE pos; DROP TABLE graphs;
CREATE TABLE quads(part INTEGER, s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN);
CREATE TABLE all_graphs(part INTEGER, g BIGINT, kind VARCHAR, triples BIGINT);
CREATE VIEW pso AS SELECT s, p, o, g, dup FROM quads WHERE {seen};
CREATE VIEW pos AS SELECT s, p, o, g, dup FROM quads WHERE {seen};
CREATE VIEW graphs AS SELECT g, kind, sum(triples)::BIGINT AS triples FROM all_graphs
    WHERE {seen} GROUP BY g, kind;
"""
#: So many parts a reader sees at most.
_SEEN = 3
_VARIABLE = "kg_parts"


class PartQuad(NamedTuple):
    """A quad of a part. ``repeats`` says that its triple stands in an earlier graph that is seen
    with it."""

    part: int
    subject: Term
    predicate: Term
    object: Term
    graph: IRI
    repeats: bool = False


class Parts:
    """The quads, loaded once.

    ``kinds`` are those of the graphs; a graph without quads in a part may be named in ``empty``.
    """

    def __init__(
        self,
        quads: Sequence[PartQuad],
        kinds: Mapping[IRI, str],
        empty: Iterable[tuple[int, IRI]] = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        #: How many quads repeat others.
        self.repeats = sum(quad.repeats for quad in quads)
        self._stores: dict[tuple[int, tuple[GraphStatistics, ...]], _PartStore] = {}
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(
            ":memory:",
            # Without a folder nothing is spilled to disk, which would be in the current folder.
            config={"threads": 1, "temp_directory": "", "autoinstall_known_extensions": False},
        )
        try:
            self._create()
            self._ids = self._number({*kinds, *(term for quad in quads for term in quad[1:4])})
            self._fill(quads)
            sizes = Counter((quad.part, quad.graph) for quad in quads)
            self._graphs = [
                (part, GraphStatistics(self._ids[name], kinds[name], sizes[part, name]))
                for part, name in dict.fromkeys([*empty, *sizes])
            ]
            self._fill_graphs()
            self._note(prefixes or {})
            #: Those of all parts.
            self.statistics = read_statistics(self.connection)
            self.decoder = Decoder(self.connection)
            for term, id_ in self._ids.items():
                self.decoder.types[id_] = term_type(term)
                self.decoder.lexes[id_] = lexical_form(term)
        except BaseException:
            self.close()
            raise

    def store(self, *parts: int) -> Store:
        """A store of these parts, for this thread; it is good until that asks for the next."""
        seen = {graph.id: graph.kind for part, graph in self._graphs if part in parts}
        # Their sizes, which differ, say nothing to a plan.
        graphs = tuple(GraphStatistics(id_, kind, 0) for id_, kind in sorted(seen.items()))
        key = threading.get_ident(), graphs
        known = self._stores.get(key)
        if known is None:
            known = self._stores[key] = _PartStore(self, graphs)
        known.see(parts)
        return known

    def close(self) -> None:
        self.connection.close()

    def ids(self, terms: Iterable[Term]) -> dict[Term, int]:
        found = {term: self._ids.get(term) or ids.inline_id(term) for term in terms}
        return {term: id_ for term, id_ in found.items() if id_ is not None}

    # Loading ----------------------------------------------------------------------------

    def _create(self) -> None:
        chosen = (f"getvariable('{_VARIABLE}')[{n}]" for n in range(1, _SEEN + 1))
        self.connection.execute(NEW_TRIPLES + NEW_NOTES)
        self.connection.execute(_PARTED.format(seen=f"part IN ({', '.join(chosen)})"))
        install(self.connection)

    def _number(self, terms: set[Term]) -> dict[Term, int]:
        """Fill the dictionary; the ids of the terms, those that are held inline among them."""
        inline = {term: id_ for term in terms if (id_ := ids.inline_id(term)) is not None}
        rows = {(term_type(t), lexical_form(t)): t for t in terms if t not in inline}
        run = self.connection.execute
        run("CREATE TEMP TABLE named(type VARCHAR, lex VARCHAR)")
        self._insert("named", [type_ for type_, _ in rows], [lex for _, lex in rows])
        run(dictionary.rebuild_sql("SELECT concat(type, ' ', lex) AS key, type, lex FROM named"))
        types = [type_ for (type_,) in run(dictionary.TYPES_SQL).fetchall()]
        fill_terms(self.connection, types)
        found = run(dictionary.ids_sql(types)).fetchall()
        run("DROP TABLE dict; DROP TABLE named")
        return inline | {rows[type_, lex]: id_ for type_, lex, id_ in found}

    def _fill(self, quads: Sequence[PartQuad]) -> None:
        of = self._ids
        self._insert(
            "quads",
            [quad.part for quad in quads],
            [of[quad.subject] for quad in quads],
            [of[quad.predicate] for quad in quads],
            [of[quad.object] for quad in quads],
            [of[quad.graph] for quad in quads],
            [quad.repeats for quad in quads],
        )
        run = self.connection.execute
        run(f"INSERT INTO predicates {predicates_sql('quads', 'FALSE', True)}")
        # However large one is, it stands with the others.
        run("UPDATE predicates SET own = FALSE")

    def _fill_graphs(self) -> None:
        graphs = [graph for _, graph in self._graphs]
        columns = [g.id for g in graphs], [g.kind for g in graphs], [g.triples for g in graphs]
        self._insert("all_graphs", [part for part, _ in self._graphs], *columns)

    def _note(self, prefixes: Mapping[str, str]) -> None:
        self._insert("prefixes", list(prefixes), list(prefixes.values()))
        ((terms,),) = self.connection.execute("SELECT count(*) FROM terms").fetchall()
        self.meta = {"sorted_terms": str(terms), "functions": library_version()}
        self._insert("meta", list(self.meta), list(self.meta.values()))

    def _insert(self, table: str, *columns: Sequence[object]) -> None:
        if columns[0]:
            listed = ", ".join(["unnest(?)"] * len(columns))
            self.connection.execute(f"INSERT INTO {table} SELECT {listed}", list(columns))


class _PartStore(Store):
    """A store of those parts that have certain graphs; which of them is seen may change."""

    def __init__(self, parts: Parts, graphs: tuple[GraphStatistics, ...]) -> None:
        super().__init__(Path(":memory:"), parts.connection, parts.meta)
        self._parts = parts
        self._list = graphs

    def see(self, parts: Sequence[int]) -> None:
        chosen = f"SET VARIABLE {_VARIABLE} = [{', '.join(map(str, parts))}]"
        self.connection = with_setting(self._parts.connection.cursor(), chosen)
        # The first statement, which mostly is the only one, needs no other cursor.
        self._cursors[:] = [self.connection]

    @cached_property
    def statistics(self) -> Statistics:
        known = self._parts.statistics
        return replace(known, graphs=list(self._list), quads=known.triples + self._parts.repeats)

    @cached_property
    def decoder(self) -> Decoder:
        return self._parts.decoder

    def ids(self, terms: Iterable[Term]) -> dict[Term, int]:
        return self._parts.ids(terms)

    def predicates_of(self, position: str, node: int) -> list[int]:
        rows = self._parts.connection.cursor().execute(
            f"SELECT DISTINCT p FROM quads WHERE {position} = ? ORDER BY p", [node]
        )
        return [p for (p,) in rows.fetchall()]

    def close(self) -> None:
        """What the parts have stays."""
