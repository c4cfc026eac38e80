"""The benchmark's queries: SPARQL, and for some the SQL that a person wrote for the same store.

A query is a file of ``queries/DATASET``. Its head says what it asks and of which shape it is,
and may list values for parameters, which stand in the text as ``$name``:

    #+ summary: Everything said of one unit
    #+ shape: look-up
    #+ $unit: id:unit-17 | id:unit-0 | id:unit-5
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.generators.war import NAMESPACES

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.rdf.terms import Term

FOLDER = Path(__file__).parent / "queries"
_HEAD = re.compile(r"#\+ (\$?\w+): (.*)")
#: What in the SQL stands for the id of a term, as {ww2:Battle} or {"0"^^xsd:integer}; with pos
#: before it, for the table that has this predicate's triples by object.
_TERM = re.compile(
    r'\{(?P<pos>pos )?(?:"(?P<lexical>[^"]*)"\^\^)?(?P<prefix>\w+):(?P<local>[\w-]+)\}'
)


@dataclass(frozen=True)
class BenchQuery:
    """One question, in one language or both."""

    name: str
    text: str
    sql: str = ""

    @cached_property
    def head(self) -> dict[str, str]:
        return dict(_HEAD.findall(self.text))

    @property
    def summary(self) -> str:
        return self.head["summary"]

    @property
    def shape(self) -> str:
        return self.head["shape"]

    @cached_property
    def texts(self) -> list[str]:
        """The SPARQL, once for each value of its parameters, which go in step."""
        body = self.text[self.text.index("\n\n") + 2 :]
        values = {n[1:]: v.split(" | ") for n, v in self.head.items() if n.startswith("$")}
        return [
            re.sub(r"\$(\w+)", lambda found, row=row: row[found[1]], body)
            for row in [
                dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)
            ]
        ] or [body]

    @property
    def sparql(self) -> str:
        """With the first values, which are those of the SQL too."""
        return self.texts[0]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that SELECT names, in order."""
        clause = self.sparql.split("SELECT", 1)[1].split("WHERE", 1)[0]
        computed = re.sub(r"\(.*?AS (\?\w+)\)", r"\1", clause)
        return tuple(re.findall(r"\?(\w+)", computed))

    def filled_sql(self, store: Store) -> str:
        """The SQL with the ids that the store has for its terms."""
        terms = {found[0]: _term(found) for found in _TERM.finditer(self.sql)}
        ids = store.ids(set(terms.values()))
        sql = self.sql.replace("{xsd}", NAMESPACES["xsd"])

        def filled(found: re.Match[str]) -> str:
            # A term that the store does not have matches nothing.
            id_ = ids.get(terms[found[0]], -1)
            return _table(store, id_) if found["pos"] else str(id_)

        return _TERM.sub(filled, sql)


def bench_queries(dataset: str = "war") -> list[BenchQuery]:
    """All queries of the dataset, by name."""
    return [_read(path) for path in sorted((FOLDER / dataset).glob("*.rq"))]


def queries_with_sql() -> list[BenchQuery]:
    """Those of the war that a person wrote as SQL too."""
    return [query for query in bench_queries() if query.sql]


def query_named(name: str, dataset: str = "war") -> BenchQuery:
    return _read(FOLDER / dataset / f"{name}.rq")


def _read(path: Path) -> BenchQuery:
    sql = path.with_suffix(".sql")
    return BenchQuery(
        path.stem,
        path.read_text(encoding="utf-8"),
        sql.read_text(encoding="utf-8") if sql.is_file() else "",
    )


def _table(store: Store, predicate: int) -> str:
    known = store.statistics.predicates.get(predicate)
    if known is not None and known.table != "pos":
        return known.table
    return f"(SELECT s, o FROM pos WHERE p = {predicate})"


def _term(found: re.Match[str]) -> Term:
    from kgtool.rdf.terms import IRI, Literal

    iri = NAMESPACES[found["prefix"]] + found["local"]
    return IRI(iri) if found["lexical"] is None else Literal(found["lexical"], iri)
