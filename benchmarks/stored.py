"""The benchmark's queries: SPARQL, and the SQL that a person wrote for the same store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generate import NAMESPACES

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.rdf.terms import Term

FOLDER = Path(__file__).parent / "queries"
#: What in the SQL stands for the id of a term, as {ww2:Battle} or {"0"^^xsd:integer}.
_TERM = re.compile(r'\{(?:"(?P<lexical>[^"]*)"\^\^)?(?P<prefix>\w+):(?P<local>[\w-]+)\}')


@dataclass(frozen=True)
class BenchQuery:
    """One question, in both languages."""

    name: str
    sparql: str
    sql: str

    @property
    def summary(self) -> str:
        return self.sparql.splitlines()[0].removeprefix("#+ summary: ")

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
        # A term that the store does not have matches nothing.
        return _TERM.sub(lambda found: str(ids.get(terms[found[0]], -1)), sql)


def bench_queries() -> list[BenchQuery]:
    """All queries, by name."""
    return [
        BenchQuery(
            path.stem,
            path.read_text(encoding="utf-8"),
            path.with_suffix(".sql").read_text(encoding="utf-8"),
        )
        for path in sorted(FOLDER.glob("*.rq"))
    ]


def query_named(name: str) -> BenchQuery:
    return next(query for query in bench_queries() if query.name == name)


def _term(found: re.Match[str]) -> Term:
    from kgtool.rdf.terms import IRI, Literal

    iri = NAMESPACES[found["prefix"]] + found["local"]
    return IRI(iri) if found["lexical"] is None else Literal(found["lexical"], iri)
