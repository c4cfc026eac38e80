"""Queries in the style of query.wikidata.org, over a small extract in its RDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import yaml

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan import run_query
from kgtool.rdf.terms import IRI, Term, lexical_form
from tests.plan.answers import answer_of

HERE = Path(__file__).parent / "examples"
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((HERE / "queries.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("examples") / "extract.duckdb"
    with StoreWriter(path, threads=1) as writer:
        writer.add(Source(HERE / "extract.ttl"))
        writer.commit({})
    with Store.open(path) as opened:
        yield opened


def short(term: Term | None) -> str | None:
    """The last part of an IRI; of a literal, its text."""
    if term is None:
        return None
    return last(term.value) if isinstance(term, IRI) else lexical_form(term)


def last(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each["name"])
def test_the_extract_answers(example: dict[str, Any], store: Store) -> None:
    result = run_query(store, example["query"], prefixes=store.prefixes)
    rows = [tuple(map(short, row)) for row in answer_of(result).rows]
    expected = [
        tuple(None if each is None else str(each) for each in row) for row in example["rows"]
    ]
    ordered = "ORDER BY" in example["query"]
    assert rows == expected if ordered else sorted(rows, key=str) == sorted(expected, key=str)
    assert len(result.notes) == example.get("notes", 0)


def is_plain(query: str) -> bool:
    own = ("SERVICE", "hint:", "geof:", "INCLUDE", "isSomeValue")
    return not any(word in query for word in own)


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if is_plain(each["query"])], ids=lambda e: e["name"]
)
def test_the_expected_rows_are_those_of_another_engine(
    example: dict[str, Any], store: Store
) -> None:
    other = pyoxigraph.Store()
    other.load((HERE / "extract.ttl").read_bytes(), pyoxigraph.RdfFormat.TURTLE)
    found = other.query(example["query"], prefixes=dict(store.prefixes))
    assert isinstance(found, pyoxigraph.QuerySolutions)
    rows = [
        [last(t.value) if isinstance(t, pyoxigraph.NamedNode) else t and t.value for t in row]
        for row in found
    ]
    expected = [[None if each is None else str(each) for each in row] for row in example["rows"]]
    assert sorted(rows, key=str) == sorted(expected, key=str)
