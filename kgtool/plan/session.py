"""Several statements on an open store that share temporary tables of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kgtool.engine import ids
from kgtool.engine.driver import duckdb
from kgtool.errors import LimitError
from kgtool.plan import sql
from kgtool.plan.cache import KeptPlan
from kgtool.plan.context import Context, Page, TableShape
from kgtool.plan.execution import RowReader, execute
from kgtool.plan.query import Output, QueryForm, compile_tree
from kgtool.plan.run import DefaultGraph
from kgtool.plan.value import ANY, LOCAL, mask
from kgtool.rdf.terms import Term, lexical_form, make_term, term_type
from kgtool.sparql import algebra as a

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.stop import Stop
    from kgtool.results.result import Result

#: Rows of a table that are read at a time.
BATCH = 10_000
_DICTIONARY = "kg_local_terms"
#: What the id of 0 is: numbers in tables are ids of integers.
_FIRST = ids.make_id(ids.INTEGER_INLINE, ids.INTEGER_OFFSET)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement, its variables, and what its columns are (see plan.query.Plan)."""

    sql: str
    variables: tuple[str, ...]
    layout: tuple[str, ...]
    form: QueryForm = "select"


class Session:
    """Compiles patterns over the store and over tables of its own, and runs them.

    Ids of terms that the store lacks are the same in all statements of a session, so that
    they can stand in tables. Tables and cursor go with ``close``. ``purpose`` is what an error
    says needs too much memory.
    """

    def __init__(self, store: Store, default_graph: DefaultGraph, purpose: str) -> None:
        self.store = store
        self._default = default_graph
        self._purpose = purpose
        self._cursor = store.connection.cursor()
        self._tables: dict[str, TableShape] = {}
        self._known: dict[Term, int | None] = {}
        self._local: dict[Term, int] = {}
        self._number = 0
        self._dictionary: str | None = None
        self._written = 0  # local terms that are in the dictionary

    def close(self) -> None:
        self._cursor.close()

    # Terms ------------------------------------------------------------------------------

    def resolve(self, terms: Iterable[Term]) -> None:
        """Looks up terms in one go, for all statements that name them."""
        self._context().resolve(terms)

    def id(self, term: Term) -> int:
        """The id of a term; one that lasts as long as the session where the store has none."""
        context = self._context()
        context.constant(term)
        stored = context.stored_id(term)
        return self._local[term] if stored is None else stored

    def is_stored(self, term: Term) -> bool:
        return self._context().stored_id(term) is not None

    def terms(self, wanted: Iterable[int | None]) -> dict[int | None, Term | None]:
        """The terms of ids; None has None."""
        texts = {id_: term for term, id_ in self._local.items()}
        chosen = set(wanted)
        stored = chosen - texts.keys()
        types, lexes = self.store.decoder.read(stored)
        found: dict[int | None, Term | None] = {id_: texts[id_] for id_ in chosen & texts.keys()}  # type: ignore[index]
        for id_ in stored:
            type_, lex = types[id_], lexes[id_]
            found[id_] = None if type_ is None or lex is None else make_term(type_, lex)
        return found

    # Tables -----------------------------------------------------------------------------

    def create(self, name: str, rows: Sequence[Sequence[Term]], columns: int) -> None:
        """A table of ids with these rows, to which ``fill`` may add others."""
        fields = ", ".join(f"c{i} BIGINT" for i in range(columns))
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} ({fields})")
        found = [[self.id(term) for term in row] for row in rows]
        if found:
            tuples = (", ".join(map(str, row)) for row in found)
            self.run(f"INSERT INTO {name} VALUES " + ", ".join(f"({t})" for t in tuples))
        local = LOCAL if any(term in self._local for row in rows for term in row) else 0
        self._tables[name] = TableShape(
            tuple(mask(*(ids.tag_of(row[i]) for row in found)) | local for i in range(columns))
        )

    def fill(self, name: str, pattern: a.Pattern, variables: Sequence[a.Variable]) -> None:
        """Adds the solutions of a pattern to a table; the pattern has each of them once."""
        compiled = self.compile(a.Project(pattern, tuple(variables)), "raw")
        self.run(f"INSERT INTO {name} {compiled.sql}")
        self._tables[name] = TableShape(tuple(tags | ANY for tags in self._tables[name].tags))

    def create_rows(self, name: str, columns: int) -> None:
        """An empty table of ids for ``append``; rows may have NULL, and be there twice."""
        fields = ", ".join(f"c{i} BIGINT" for i in range(columns)) or "unit BIGINT"
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} ({fields})")
        self._tables[name] = TableShape((0,) * columns, nullable=True, distinct=False)

    def append(self, name: str, rows: Sequence[Sequence[Term | None]]) -> None:
        """Adds rows of terms to a table that ``create_rows`` has made."""
        if not rows:
            return
        self.resolve({term for row in rows for term in row if term is not None})
        columns = [[None if t is None else self.id(t) for t in c] for c in zip(*rows, strict=True)]
        if not columns:
            self.run(f"INSERT INTO {name} SELECT 1 FROM range({len(rows)})")
            return
        known = self._tables[name]
        found = (mask(*{ids.tag_of(id_) for id_ in c if id_ is not None}) for c in columns)
        tags = tuple(old | new | LOCAL for old, new in zip(known.tags, found, strict=True))
        self._tables[name] = known._replace(tags=tags)
        unnested = ", ".join("unnest(?::BIGINT[])" for _ in columns)
        self._cursor.execute(f"INSERT INTO {name} SELECT {unnested}", columns)

    def keep_dictionary(self) -> None:
        """Have the local terms in a table, for the statements that are compiled from now on."""
        if self._dictionary is None:
            self._dictionary = _DICTIONARY
            self._write_terms(f"CREATE OR REPLACE TEMP TABLE {_DICTIONARY} AS")

    def _write_terms(self, head: str) -> None:
        """Puts the local terms that are new into the dictionary."""
        new = list(self._local.items())[self._written :]
        self._written = len(self._local)
        rows = [(id_, term_type(term), lexical_form(term)) for term, id_ in new]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
        given = (
            "SELECT unnest(?::BIGINT[]) AS id, unnest(?::VARCHAR[]) AS type, "
            "unnest(?::VARCHAR[]) AS lex"
        )
        valued = f"SELECT id, kg_term_val({{'type': type, 'lex': lex}}) AS v FROM ({given})"
        fields = ", ".join(f"v.{f} AS {f}" for f in ("type", "lex", "dec", "dbl", "micros", "tz"))
        self._cursor.execute(f"{head} SELECT id, {fields} FROM ({valued})", columns)

    def distinct(self, name: str, source: str) -> None:
        """A table of the distinct rows of another, in order, with the tags that it has."""
        columns = len(self._tables[source].tags)
        self.run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT * FROM {source} ORDER BY ALL"
        )
        tags = ", ".join(
            f"bit_or(1::BIGINT << (c{i} >> {ids.PAYLOAD_BITS}))" for i in range(columns)
        )
        (found,) = self.rows(f"SELECT {tags} FROM {name}")
        local = self._tables[source].tags[0] & LOCAL
        self._tables[name] = TableShape(tuple((each or 0) | local for each in found))

    def counts(self, name: str) -> dict[int, int]:
        """How many rows a table has for each value of its first column, as a number."""
        rows = self.rows(f"SELECT c0 - {_FIRST}, count(*) FROM {name} GROUP BY c0")
        return dict(rows)

    def fresh(self, stem: str) -> str:
        self._number += 1
        return f"kg_{stem}_{self._number}"

    # Statements -------------------------------------------------------------------------

    def compile(
        self, pattern: a.Pattern, output: Output, dataset: a.Dataset | None = None
    ) -> Compiled:
        """The statement of a pattern. Raises UnsupportedError for what no plan can do."""
        return self.compile_query(a.SelectQuery(pattern=pattern, dataset=dataset), output)

    def compile_query(self, query: a.Query, output: Output, page: Page | None = None) -> Compiled:
        context = self._context(page)
        tree, form, variables, layout = compile_tree(query, context, self._default, output)
        if self._dictionary is not None and self._written < len(self._local):
            self._write_terms(f"INSERT INTO {_DICTIONARY}")  # constants of the query
        return Compiled(sql.to_text(tree), variables, layout, form)

    def run(self, statement: str) -> None:
        try:
            self._cursor.execute(statement)
        except duckdb.OutOfMemoryException as error:
            raise LimitError(
                f"{self._purpose} needs more memory than it may use",
                hint="Give it more with --memory-limit.",
            ) from error
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C
                raise KeyboardInterrupt from error
            raise

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        self.run(statement)
        return self._cursor.fetchall()

    def interrupt(self) -> None:
        """Ends the statement that another thread runs, with the engine's InterruptException."""
        self._cursor.interrupt()

    def execute(
        self,
        query: a.Query,
        timeout: float | None = None,
        max_rows: int | None = None,
        page: Page | None = None,
        stop: Stop | None = None,
    ) -> Result:
        """The result of a query over the session's tables; see run_query for the bounds.

        The session is closed when the result is, or has been read.
        """
        # Ids of terms that came from elsewhere hang on the order in which they came.
        compiled = self.compile_query(query, "terms" if page else "ids", page)
        constants = {id_: (term_type(t), lexical_form(t)) for t, id_ in self._local.items()}
        plan = KeptPlan(
            compiled.form, compiled.sql, compiled.variables, compiled.layout, constants,
            dict(query.prefixes), (),
        )  # fmt: skip
        return execute(self.store, plan, timeout, max_rows, self._cursor, stop)

    def batches(self, table: str, where: str = "TRUE") -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a table, some thousands at a time; other statements may run between.

        Temporary tables are those of one cursor, so pages are asked for one by one.
        """
        last = -1
        while True:
            page = self.rows(
                f"SELECT rowid, * FROM {table} WHERE {where} AND rowid > {last} "
                f"ORDER BY rowid LIMIT {BATCH}"
            )
            if page:
                last = page[-1][0]
                yield [row[1:] for row in page]
            if len(page) < BATCH:
                return

    def texts(self, compiled: Compiled, batch: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Rows of a compiled statement as flat rows: type and lexical form of each variable."""
        constants = {id_: (term_type(t), lexical_form(t)) for t, id_ in self._local.items()}
        return RowReader(compiled.layout, self.store.decoder, constants).rows(batch)

    def _context(self, page: Page | None = None) -> Context:
        return Context(
            self.store,
            known_ids=self._known,
            local_ids=self._local,
            tables=self._tables,
            dictionary=self._dictionary,
            page=page,
        )


def open_session(store: Store, default_graph: DefaultGraph, purpose: str) -> Session:
    """A session in the engine that has the store open."""
    if store.engine == "spark":
        from kgtool.plan.distributed import SparkSession

        return SparkSession(store, default_graph, purpose)
    return Session(store, default_graph, purpose)
