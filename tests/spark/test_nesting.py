"""EXISTS in EXISTS that reads what the outermost group binds: the answer is that of DuckDB."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from kgtool.engine.spark.macros import PlainDuckDB
from kgtool.engine.spark.nesting import brought_near
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan import run_query
from kgtool.plan.context import Context
from kgtool.plan.distributed import run_on_spark
from kgtool.plan.query import compile_tree
from kgtool.sparql import parse_query
from tests.plan.answers import answer_of, difference
from tests.plan.random_exists import exists_data, exists_pattern
from tests.spark.sessions import OnSpark

#: Below NOT, next to OR, three deep, in BIND, of what may be unbound or is computed, with paths,
#: in MINUS, and beside a condition of OPTIONAL that reads it too; in UNION and in OPTIONAL, alone
#: and of both sides.
_QUERIES = (
    "?a :p ?x FILTER NOT EXISTS { ?b :q ?a FILTER NOT EXISTS { ?b :r ?x } }",
    "?a :p ?x FILTER EXISTS { ?b :q ?y FILTER (?y = :n1 || EXISTS { ?b :r ?x . ?a :p ?y }) }",
    "?a :p ?x FILTER EXISTS { ?a :q ?y FILTER NOT EXISTS { ?a :r ?x } FILTER EXISTS { ?x :q ?z } }",
    "?a :p ?x FILTER NOT EXISTS { ?b :q ?x FILTER NOT EXISTS { ?c :r ?b "
    "FILTER NOT EXISTS { ?c :q ?a . ?b :p ?x } } }",
    "?a :p ?x BIND (EXISTS { ?b :q ?x FILTER NOT EXISTS { ?b :r ?a } } AS ?y)",
    "?a :p ?x OPTIONAL { ?x :q ?y } FILTER EXISTS { ?b :r ?c FILTER NOT EXISTS { ?b :q ?y } }",
    "?a :n ?x BIND (?x * 2 AS ?y) FILTER EXISTS { ?b :n ?z FILTER NOT EXISTS { ?b :n ?y } }",
    "?a :p ?x FILTER EXISTS { ?b :q ?y FILTER EXISTS { ?b :r+ ?a } }",
    "?a :p ?x MINUS { ?a :q ?y FILTER EXISTS { ?b :r ?y FILTER NOT EXISTS { ?b :q ?a } } }",
    "?a :p ?x FILTER EXISTS { ?b :q ?y OPTIONAL { ?b :r ?z FILTER (?z = ?x) } "
    "FILTER EXISTS { ?z :p ?x } }",
    "?a :p ?x FILTER EXISTS { { ?b :q ?y FILTER EXISTS { ?b :r ?a } } UNION { ?b :r ?x } }",
    "?a :p ?x FILTER EXISTS { ?b :q ?z "
    "{ ?b :q ?y FILTER EXISTS { ?b :r ?a } } UNION { ?b :r ?x FILTER NOT EXISTS { ?x :q ?a } } }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { ?x :q ?y FILTER EXISTS { ?y :r ?a } } "
    "FILTER (!BOUND(?y)) }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b "
    "OPTIONAL { ?x :q ?y . ?y :r ?z FILTER NOT EXISTS { ?y :r ?a } } FILTER (!BOUND(?y)) }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { ?x :q ?y FILTER EXISTS { ?y :r ?b . ?b :p ?a } } "
    "FILTER (!BOUND(?y)) }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { ?x :q ?y FILTER EXISTS { ?y :r ?a } } "
    "OPTIONAL { ?b :p ?z FILTER EXISTS { ?z :r ?a } } FILTER EXISTS { ?a :p ?z } }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b FILTER EXISTS { ?b :q ?c "
    "OPTIONAL { ?c :q ?y FILTER NOT EXISTS { ?y :p ?a } } FILTER (!BOUND(?y)) } }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b MINUS { ?b :r ?y FILTER (?y = ?a) } }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { "
    "{ ?b :r ?z FILTER EXISTS { ?z :q ?x } } UNION { ?b :q ?z } } FILTER (!BOUND(?z)) }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { { ?b :r ?z FILTER (?z = ?x) } "
    "UNION { ?b :q ?z } UNION { ?b :p ?z FILTER NOT EXISTS { ?z :r ?a } } } FILTER (!BOUND(?z)) }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { { ?b :r ?z FILTER (?z = ?x) } "
    "UNION { BIND (:n1 AS ?z) FILTER EXISTS { ?z :r ?a } } } FILTER (?z != ?x) }",
    "?a :p ?x FILTER EXISTS { { ?x :q ?b FILTER (?b != ?a) } "
    "UNION { BIND (:n1 AS ?z) FILTER EXISTS { ?z :r ?a FILTER NOT EXISTS { ?x :q ?a } } } }",
)

#: What is near, with no EXISTS in EXISTS: nothing is brought anywhere.
_NEAR = (
    "?a :p ?x FILTER EXISTS { { ?x :q ?y FILTER (?y != ?a) } UNION { ?b :r ?x } }",
    "?a :p ?x FILTER EXISTS { ?x :q ?b OPTIONAL { ?b :r ?z FILTER (?z = ?x) } FILTER (?z != ?a) }",
)


_CASES = int(os.environ.get("KGTOOL_SPARK_FUZZ", "6"))


def _text(pattern: str) -> str:
    return f"PREFIX : <http://e/> SELECT ?a ?x ?y {{ {pattern} }}"


@pytest.fixture(scope="module", params=range(3))
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    rng, folder = random.Random(request.param), tmp_path_factory.mktemp("nesting")
    lines = ["PREFIX : <http://e/>", exists_data(rng)]
    lines += [f":n{rng.randrange(6)} :n {rng.randrange(5)} ." for _ in range(6)]
    (folder / "data.ttl").write_text("\n".join(lines), encoding="utf-8")
    with StoreWriter(folder / "store.duckdb") as writer:
        writer.add(Source(folder / "data.ttl"))
        writer.commit({})
    with Store.open(folder / "store.duckdb") as opened:
        yield opened


@pytest.mark.parametrize("pattern", _QUERIES)
def test_the_statement_says_the_same(pattern: str, store: Store) -> None:
    """In DuckDB's SQL, which reads columns from anywhere."""
    tree, *_ = compile_tree(parse_query(_text(pattern)), Context(store), "union", "ids")
    near = brought_near(tree.copy())
    assert near.sql(PlainDuckDB) != tree.sql(PlainDuckDB)
    rows = [
        sorted(store.connection.execute(t.sql(PlainDuckDB)).fetchall(), key=str)
        for t in (tree, near)
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_random_statements_say_the_same(first: int, store: Store) -> None:
    changed = 0
    for seed in range(first, first + 50):
        pattern = exists_pattern(random.Random(seed), minus=True)
        tree, *_ = compile_tree(parse_query(_text(pattern)), Context(store), "union", "ids")
        near = brought_near(tree.copy())
        changed += near != tree
        rows = [
            sorted(store.connection.execute(t.sql(PlainDuckDB)).fetchall(), key=str)
            for t in (tree, near)
        ]
        assert rows[0] == rows[1], f"seed {seed}: {pattern}"
    assert changed > 10


@pytest.mark.parametrize("pattern", _NEAR)
def test_what_is_near_stays(pattern: str, store: Store) -> None:
    tree, *_ = compile_tree(parse_query(_text(pattern)), Context(store), "union", "ids")
    assert brought_near(tree.copy()) == tree


#: Random ones, some of which nest as deep as four.
_RANDOM = tuple(exists_pattern(random.Random(seed), minus=True) for seed in range(_CASES))


@pytest.mark.spark
@pytest.mark.parametrize("store", [2], indirect=True)
@pytest.mark.parametrize("pattern", _QUERIES + _NEAR + _RANDOM)
def test_spark_answers_as_duckdb_does(pattern: str, store: Store, on_spark: OnSpark) -> None:
    expected = answer_of(run_query(store, _text(pattern)))
    got = answer_of(run_on_spark(on_spark.open(store), _text(pattern)))
    assert difference(got, expected) is None
