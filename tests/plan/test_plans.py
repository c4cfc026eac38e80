"""The shape of plans: what a statement touches, never how long it takes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from kgtool.engine.statistics import Statistics
from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.plan.cache import plans_of
from kgtool.plan.query import Output, compile_query
from kgtool.rdf.terms import Term
from kgtool.sparql import parse_query
from tests.plan.conftest import SPARQL_PREFIXES
from tests.plan.random_queries import QueryGenerator, random_turtle
from tests.plan.test_semantics import CASES

#: Objects of :p, :n are integers, of :q strings, of :r IRIs, of :m of many kinds.
DATA = """
:a :p 1 ; :n 5 ; :q "x" ; :r :b ; :m 1 . :b :p 2 ; :n 6 ; :q "y" ; :r :c ; :m "x", 2.5 .
:c :p 3 ; :n 7 ; :q "z" ; :m :a, "1944-06-04"^^xsd:date .
""" + " ".join(f":n{i} :r :n{i + 1} ." for i in range(100))

Build = Callable[[str], Store]
Plan = Callable[..., exp.Expression]


@pytest.fixture
def plan(store_of: Build) -> Plan:
    """The statement of a query on DATA, parsed again from its text."""

    def planned(query: str, output: Output = "ids") -> exp.Expression:
        parsed = parse_query(f"{SPARQL_PREFIXES} {query}")
        text = compile_query(parsed, store_of(DATA), output=output).sql
        return sqlglot.parse_one(text, dialect="duckdb")

    return planned


def tables(tree: exp.Expression) -> list[str]:
    return [table.name for table in tree.find_all(exp.Table)]


def scans(tree: exp.Expression) -> list[str]:
    """The sort orders that a statement scans, whether or not predicates have own tables."""
    return [name[:3] for name in tables(tree) if name.startswith(("pso", "pos"))]


def limited(tree: exp.Expression) -> exp.Expression:
    """The part of a statement to which its LIMIT applies."""
    (limit,) = tree.find_all(exp.Limit)
    assert limit.parent is not None
    return limit.parent


def chain(length: int) -> str:
    return " ".join(f"?x{i} :r ?x{i + 1} ." for i in range(length))


# Joins ----------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_basic_graph_pattern_is_one_flat_select(length: int, plan: Plan) -> None:
    tree = plan(f"SELECT * {{ {chain(length)} }}")
    assert len(list(tree.find_all(exp.Select))) == 1
    assert len(scans(tree)) == length
    assert not any(join.side for join in tree.find_all(exp.Join))


@pytest.mark.parametrize(
    "link", ["IF({0} > 2, {0} + 1, {0})", "{0} + {0}", 'REPLACE({0}, "a", STR({0}))']
)
def test_a_chain_of_binds_grows_by_its_links(link: str, plan: Plan) -> None:
    """Each may read the one before several times; it used to be copied to each place."""

    def macros(length: int) -> int:
        binds = (f"BIND({link.format(f'?n{i}')} AS ?n{i + 1})" for i in range(length))
        tree = plan(f"SELECT ?n{length} {{ ?s :m ?n0 {' '.join(binds)} }}")
        return sum(call.name.startswith("kg_") for call in tree.find_all(exp.Anonymous))

    assert macros(12) < 4 * macros(6)


def test_a_computed_id_is_named_where_its_value_is_asked_for(plan: Plan) -> None:
    """The value of an id names it some thirty times."""
    tree = plan("SELECT ?s { ?s :m ?v . ?t :m ?w FILTER(IF(?v, ?v, ?w)) }")
    assert sum(call.name == "kg_ebv" for call in tree.find_all(exp.Anonymous)) < 10


@pytest.mark.parametrize("function", ["SHA384", "SHA512"])
def test_a_long_macro_stands_once(function: str, plan: Plan) -> None:
    tree = plan(f"SELECT * {{ ?s :q ?t BIND({function}(?t) AS ?h) FILTER(?h != 'x' && ?h > 'a') }}")
    calls = [call.name for call in tree.find_all(exp.Anonymous)]
    assert calls.count(f"kg_{function.lower()}") == 1


@pytest.mark.parametrize(
    "test",
    ["IF(EXISTS { ?s :q ?o }, 1, 2) = 1", "COALESCE(!EXISTS { ?s :q ?o }, EXISTS { ?o :q ?s })"],
)
def test_a_condition_that_is_never_an_error_stands_once(test: str, plan: Plan) -> None:
    tree = plan(f"SELECT ?s {{ ?s :p ?o FILTER({test}) }}")
    assert len(list(tree.find_all(exp.Exists))) == 1


def test_groups_and_filters_do_not_nest(plan: Plan) -> None:
    tree = plan("SELECT * { { ?x :r ?y } { ?y :p ?n FILTER(?n > 1) } ?y :q ?t FILTER(?t != 'x') }")
    assert len(list(tree.find_all(exp.Select))) == 1


@pytest.mark.parametrize("order", ["", "ORDER BY ?n", "ORDER BY ?t", "ORDER BY DESC(?n) ?y"])
def test_ids_are_decoded_after_the_limit(order: str, plan: Plan) -> None:
    query = f"SELECT ?y ?t ?n {{ ?x :r ?y . ?y :q ?t ; :n ?n }} {order} LIMIT 3"
    assert "terms" not in tables(plan(query))
    decoded = plan(query, output="terms")
    assert "terms" not in tables(limited(decoded))
    assert tables(decoded).count("terms") == 2


def test_outer_joins_stand_behind_inner_ones(plan: Plan) -> None:
    """DuckDB 2.0.0 may lose rows of a LEFT JOIN that inner joins follow."""
    tree = plan(
        "SELECT ?x ?o ?y ?t { ?x :m ?o . ?y :r ?z . ?y :q ?t "
        "FILTER(?o > 5 || STRLEN(STR(?y)) > 0 || STRLEN(?t) > 1) }"
    )
    sides = [bool(join.side) for join in tree.find(exp.Select).args["joins"]]
    assert sides == sorted(sides)
    assert any(sides)


def test_an_exists_within_an_optional_is_no_join_condition(plan: Plan) -> None:
    """DuckDB evaluates the whole right side for each row of the left where it is one."""
    tree = plan("SELECT ?x ?y { ?x :p ?n OPTIONAL { ?x :r ?y FILTER EXISTS { ?y :q ?t } } }")
    outer = [join for join in tree.find_all(exp.Join) if join.side == "LEFT"]
    assert [join for join in outer if join.args["on"].find(exp.Exists)] == []


def test_a_constant_prefix_chooses_the_sort_order(plan: Plan) -> None:
    assert scans(plan("SELECT * { :a :p ?o }")) == ["pso"]
    assert scans(plan("SELECT * { :a ?p ?o }")) == ["pso"]
    assert scans(plan("SELECT * { ?s :r :b }")) == ["pos"]


def test_an_unknown_predicate_is_not_looked_for(plan: Plan) -> None:
    assert scans(plan("SELECT * { ?s :p ?o . ?o :nowhere ?x }")) == []
    assert scans(plan("SELECT * { { ?s :nowhere ?o } UNION { ?s :p ?o } }")) == ["pos"]


# The dictionary -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o { ?s :p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s :r ?o }",
        "SELECT ?n { ?s :n ?n FILTER(?n > 5 && ?n != 7) }",
        "SELECT ?n { ?s :n ?n ; :r ?o FILTER(?o = :b) }",
        "SELECT ?n { ?s :n ?n ; :r ?o FILTER(?o IN (:b, :c)) }",
        "SELECT ?n { ?s :n ?n FILTER EXISTS { ?s :q 'x' } }",
        "SELECT ?n { ?s :n ?n MINUS { ?s :r ?o } }",
        "SELECT (?n + 1 AS ?m) { ?s :n ?n }",
        "SELECT (MAX(?n) AS ?m) { ?s :n ?n ; :r ?o } GROUP BY ?o",
        "ASK { ?s :m ?o FILTER(isIRI(?o)) }",
    ],
)
def test_nothing_of_the_dictionary_is_read(query: str, plan: Plan) -> None:
    assert "terms" not in tables(plan(query))


def test_a_filter_on_strings_joins_their_rows(plan: Plan) -> None:
    tree = plan('SELECT ?s { ?s :q ?t FILTER(CONTAINS(?t, "x")) }')
    assert tables(tree).count("terms") == 1
    assert not any(join.side == "LEFT" for join in tree.find_all(exp.Join))


def test_one_row_of_the_dictionary_serves_all_who_ask(plan: Plan) -> None:
    tree = plan('SELECT ?t { ?s :q ?t FILTER(CONTAINS(?t, "x") || STRLEN(?t) > 3) }')
    assert tables(tree).count("terms") == 1


# Values ---------------------------------------------------------------------------------


@pytest.mark.parametrize("function", ["SUM", "AVG", "MIN", "MAX"])
def test_integers_are_added_as_integers(function: str, plan: Plan) -> None:
    tree = plan(f"SELECT ?o ({function}(?n) AS ?r) {{ ?s :n ?n ; :r ?o }} GROUP BY ?o")
    assert "list_transform" not in tree.sql()
    assert "kg_list" not in tree.sql()
    # A value struct begins with the kind of its term.
    assert [field for field in tree.find_all(exp.PropertyEQ) if field.name == "k"] == []


def test_integers_are_compared_as_ids(plan: Plan) -> None:
    tree = plan("SELECT ?n { ?s :n ?n FILTER(?n >= 6) }")
    where = tree.find(exp.Where)
    assert where is not None
    assert list(where.find_all(exp.Anonymous)) == []


# Paths ----------------------------------------------------------------------------------


def reached(store: Store, tree: exp.Expression) -> int:
    """The rows of a statement's closure."""
    closure = next(cte for cte in tree.find_all(exp.CTE) if cte.alias.startswith("reach"))
    counted = tree.copy()
    assert isinstance(counted, exp.Query)
    counts = exp.select("count(*)").from_(closure.alias)
    counts.set("with_", counted.args["with_"])
    row = store.connection.cursor().execute(counts.sql(dialect="duckdb")).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?x { :a :r+ ?x }", 2),
        ("SELECT ?x { :a :r* ?x }", 3),
        ("SELECT ?x { ?x :r* :c }", 3),
        ("SELECT ?x { :n90 (:r|:p)+ ?x }", 10),
        ("SELECT ?x { ?s :q 'x' . ?s :r+ ?x }", 2),
        ("SELECT ?x { ?s :q 'x' . ?s :r* ?x }", 3),
        ("SELECT ?x { ?s :q 'z' . ?x :r* ?s }", 3),
    ],
)
def test_a_closure_starts_from_what_is_known(
    query: str, rows: int, plan: Plan, store_of: Build
) -> None:
    assert reached(store_of(DATA), plan(query)) == rows


# Compiling ------------------------------------------------------------------------------


class CountingStore:
    """What the compiler asks of a store, and how often it asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: list[set[Term]] = []

    @property
    def statistics(self) -> Statistics:
        return self._store.statistics

    def ids(self, terms: Iterable[Term]) -> dict[Term, int]:
        self.calls.append(set(terms))
        return self._store.ids(self.calls[-1])

    def predicates_of(self, position: str, node: int) -> list[int]:
        return self._store.predicates_of(position, node)


def test_all_constants_are_looked_up_at_once(store_of: Build) -> None:
    query = (
        "SELECT * FROM :g1 FROM NAMED :g2 { :a :p ?o . ?s :r/:q 'x' "
        "GRAPH :g2 { ?s ?p 7 } VALUES ?v { :v1 'two' } OPTIONAL { ?s :zz* :c FILTER(?o IN (:d)) } "
        "FILTER(STRSTARTS(?z, 'http') || EXISTS { ?s :n :e }) BIND('new' AS ?n) }"
    )
    store = CountingStore(store_of(DATA))
    compile_query(parse_query(f"{SPARQL_PREFIXES} {query}"), store)
    assert len([call for call in store.calls if call]) == 1


def statements(store: Store) -> list[str]:
    """The SQL of many queries, of all kinds."""
    texts = [f"{SPARQL_PREFIXES} {case.query}" for case in CASES]
    texts += [QueryGenerator(Random(seed)).query() for seed in range(40)]
    return [compile_query(parse_query(text), store).sql for text in texts]


def test_compiling_is_deterministic(store_of: Build) -> None:
    store = store_of(random_turtle(Random(0), 14))
    assert statements(store) == statements(store)


_DIGEST = """
import sys
from kgtool.engine.store import Store
from tests.plan.test_plans import digest
print(digest(Store.open(sys.argv[1])))
"""


def digest(store: Store) -> str:
    return hashlib.sha256("\n".join(statements(store)).encode()).hexdigest()


def run_python(code: str, *arguments: str, **environment: str) -> str:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_compiling_does_not_depend_on_the_hash_seed(store_of: Build) -> None:
    store = store_of(random_turtle(Random(0), 14))
    digests = {
        run_python(_DIGEST, str(store.path), PYTHONHASHSEED=seed) for seed in ("1", "20240604")
    }
    assert digests == {digest(store)}


# The cache ------------------------------------------------------------------------------

_CACHED = """
import sys
from pathlib import Path
from kgtool.engine.store import Store
from kgtool.plan import run_query
store = Store.open(sys.argv[1])
rows = [str(row[0]) for row in run_query(store, sys.argv[2], cache=Path(sys.argv[3]))]
print(rows)
print([m for m in ("sqlglot", "kgtool.sparql", "kgtool.plan.query", "rdflib", "pyoxigraph")
       if m in sys.modules])
"""


def test_a_plan_from_the_cache_needs_no_parser_and_no_compiler(
    store_of: Build, tmp_path: Path
) -> None:
    query = f"{SPARQL_PREFIXES} SELECT ?s {{ ?s :p ?o FILTER(?o > 2) }}"
    arguments = (str(store_of(DATA).path), query, str(tmp_path / "plans"))
    first, compiled = run_python(_CACHED, *arguments).splitlines()
    second, imported = run_python(_CACHED, *arguments).splitlines()
    assert first == second == "['<http://e/c>']"
    assert "sqlglot" in compiled
    assert imported == "[]"


def test_the_cache_tells_stores_queries_and_parameters_apart(
    store_of: Build, tmp_path: Path
) -> None:
    def asked(data: str, query: str, **options: Any) -> list[str]:
        text = f"{SPARQL_PREFIXES} {query}"
        return [str(row[0]) for row in run_query(store_of(data), text, cache=tmp_path, **options)]

    two = ":a :p 2 . :g { :b :p 3 }"
    query = "SELECT ?o { ?s :p ?o } ORDER BY ?o"
    for data in (":a :p 1 .", two):
        plans_of(store_of(data)).clear()  # those in memory, of other tests
    for _ in range(2):
        assert asked(":a :p 1 .", query) == ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
        assert len(asked(two, query)) == 2
        assert len(asked(two, query, default_graph="strict")) == 1
        assert asked(two, query, prefixes={"z": "http://z/"}) == asked(two, query)
    plans = list(tmp_path.glob("*.json"))
    assert len(plans) == 4


def test_strings_that_are_chosen_among_stay_strings(store_of: Build) -> None:
    """A term would take the dictionary, and its own texts, to be compared and sorted."""
    store = store_of(":a :p 'x' . :b :p 'y' .")
    query = (
        "SELECT ?c { ?s :p ?o BIND (COALESCE(STR(?o), '') AS ?t) "
        "BIND (IF(?t = 'x', 'one', 'other') AS ?c) } ORDER BY ?c"
    )
    sql = compile_query(parse_query(f"{SPARQL_PREFIXES} {query}"), store).sql
    assert "all_terms" not in sql
    assert "struct_extract" not in sql.lower()
    rows = [row[0].lexical for row in run_query(store, f"{SPARQL_PREFIXES} {query}")]
    assert rows == ["one", "other"]


def test_a_damaged_plan_is_compiled_again(store_of: Build, tmp_path: Path) -> None:
    store, text = store_of(":a :p 1 ."), f"{SPARQL_PREFIXES} ASK {{ ?s :p 1 }}"
    plans_of(store).clear()  # those in memory, of other tests
    assert run_query(store, text, cache=tmp_path)
    (kept,) = tmp_path.glob("*.json")
    kept.write_text("{ not", encoding="utf-8")
    plans_of(store).clear()
    assert run_query(store, text, cache=tmp_path)


def test_an_exists_forgets_where_a_closure_started(plan: Plan) -> None:
    """Only the nodes that are reached count, not from which start each of them is."""
    tree = plan("SELECT ?d { ?d :p ?n FILTER NOT EXISTS { ?d ^:r*/:q ?t } }")
    (with_,) = tree.find_all(exp.With)
    (closure,) = (cte for cte in with_.expressions if isinstance(cte.this, exp.Union))
    starts = [select.expressions[0].this for select in closure.find_all(exp.Select)]
    assert [start for start in starts if isinstance(start, exp.Literal)] != []
    # The start is asked for where the group around binds it.
    tree = plan("SELECT ?d { ?d :p ?n . ?t :q ?x FILTER EXISTS { ?d ^:r*/:q ?x } }")
    (with_,) = tree.find_all(exp.With)
    (closure,) = (cte for cte in with_.expressions if isinstance(cte.this, exp.Union))
    starts = [select.expressions[0].this for select in closure.find_all(exp.Select)]
    assert [start for start in starts if isinstance(start, exp.Literal)] == []


def test_triples_that_differ_need_no_distinct_count(plan: Plan) -> None:
    def distinct(query: str) -> bool:
        return plan(query).find(exp.Distinct) is not None

    assert not distinct("SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s :r ?o } GROUP BY ?o")
    assert distinct("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s :r ?o }")
    assert distinct("SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s :r ?o ; :p ?n } GROUP BY ?o")
    assert distinct("SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o } GROUP BY ?o")
    assert distinct(
        "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s :r ?o OPTIONAL { ?s :p ?x } } GROUP BY ?o"
    )
