"""SPARQL Update: request by request as the specification has it, and at random as Oxigraph."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyoxigraph
import pytest

from kgtool.engine import editor as editing
from kgtool.engine.editor import Change
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import (
    KgtoolError,
    LimitError,
    NotFoundError,
    QuerySyntaxError,
    RdfSyntaxError,
    UnsupportedError,
    UsageError,
)
from kgtool.plan import run_query
from kgtool.plan.update import Rules, run_update
from kgtool.rdf.convert import to_oxigraph
from kgtool.rdf.terms import IRI
from tests.engine.edited import assert_sound
from tests.plan.random_expressions import NODES, PREDICATES, PREFIXES
from tests.plan.random_queries import QueryGenerator, random_turtle

DATA = """
:a :p :b , 1 ; :q "x"@en .
:b :p :c .
:g { :a :p :b . :c :p 2 . }
"""
Request = Callable[[str], Change]


def store_with(text: str, path: Path) -> Path:
    """A store of a text in TriG, at ``path``."""
    source = path.with_suffix(".trig")
    source.write_text(f"@prefix : <http://e/> .\n{text}", encoding="utf-8")
    with StoreWriter(path, threads=1) as writer:
        writer.add(Source(source))
        writer.commit({})
    return path


def dataset_of(path: Path) -> pyoxigraph.Dataset:
    """What a store holds, with canonical labels of blank nodes."""
    with Store.open(path) as store:
        assert_sound(store)
        rows = store.connection.execute("SELECT s, p, o, g FROM pso").fetchall()
        terms = store.terms({id_ for row in rows for id_ in row})
    found = {id_: to_oxigraph(term) for id_, term in terms.items()}
    default = pyoxigraph.DefaultGraph()
    return _canonical(
        pyoxigraph.Quad(found[s], found[p], found[o], found.get(g, default)) for s, p, o, g in rows
    )


def _canonical(quads: object) -> pyoxigraph.Dataset:
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(DATA, tmp_path / "graph.db")


def asks(path: Path, pattern: str) -> bool:
    with Store.open(path) as store:
        result = run_query(store, f"{PREFIXES}ASK {{ {pattern} }}", default_graph="strict")
        return bool(result)


def graphs(path: Path) -> set[str]:
    with Store.open(path) as store:
        names = store.terms(graph.id for graph in store.statistics.graphs)
    return {str(name).removeprefix("<http://e/").removesuffix(">") for name in names.values()}


# What each operation does, beside Oxigraph ----------------------------------------------

REQUESTS = {
    "insert data": 'INSERT DATA { :new :p 1 , 1.5 , "x"@en , true . GRAPH :h { :a :b :c } }',
    "insert data has blank nodes": (
        "INSERT DATA { _:x :p _:y . _:y :q [ :r _:x ] GRAPH :h { _:x :p 1 } }"
    ),
    "insert data of a list": "INSERT DATA { :a :list ( 1 :b [] ) }",
    "delete data": "DELETE DATA { :a :p 1 . :a :p 1.0 . :none :p 1 . GRAPH :g { :c :p 2 } }",
    "delete where": "DELETE WHERE { ?s :p ?o }",
    "delete where in a graph": "DELETE WHERE { GRAPH :g { ?s :p ?o } . ?s :q ?x }",
    "delete where in any graph": "DELETE WHERE { GRAPH ?g { :c ?p ?o } }",
    "deletes come first": "DELETE { ?s :p ?o } INSERT { ?s :p :b } WHERE { ?s :p ?o }",
    "the pattern is matched once": (
        "DELETE { ?s :p ?o } INSERT { ?o :p ?s } WHERE { ?s :p ?o FILTER(isIRI(?o)) }"
    ),
    "each solution has its blank node": (
        "INSERT { [] :of ?s ; :is ?o . _:n :of ?s } WHERE { ?s :p ?o }"
    ),
    "ill-formed quads are left out": (
        "INSERT { ?o ?o ?s . ?s :ok ?o . ?s ?o ?o } WHERE { ?s ?p ?o }"
    ),
    "unbound variables leave a quad out": (
        "INSERT { ?s :has ?x . ?s :seen 1 } WHERE { ?s :p ?o OPTIONAL { ?s :q ?x } }"
    ),
    "with": "WITH :g DELETE { ?s :p ?o } INSERT { ?s :was ?o } WHERE { ?s :p ?o }",
    "with and graph": "WITH :g INSERT { ?s :x ?o GRAPH :h { ?s :y ?o } } WHERE { ?s :p ?o }",
    "using": "INSERT { GRAPH :h { ?s :p ?o } } USING :g WHERE { ?s :p ?o }",
    "using wins over with": "WITH :h INSERT { ?s :p ?o } USING :g WHERE { ?s :p ?o }",
    "using named": "INSERT { ?s :in ?g } USING NAMED :g WHERE { GRAPH ?g { ?s :p ?o } }",
    "a graph by variable": "INSERT { GRAPH ?o { ?s :p 1 } } WHERE { ?s :p ?o }",
    "computed terms": (
        "INSERT { ?s :n ?n . ?s :i ?i } WHERE { ?s :p ?o BIND(CONCAT('n', STR(?o)) AS ?n) "
        "BIND(IRI(CONCAT('urn:x:', STR(?o))) AS ?i) }"
    ),
    "delete computed terms": "DELETE { ?s :p ?n } WHERE { ?s :q ?o BIND(STRLEN(STR(?o)) AS ?n) }",
    "constants that are new": (
        "INSERT { ?s ?p ?o } WHERE { VALUES (?s ?p ?o) { (:n1 :n2 :n3) (:a :p :b) (UNDEF :p 1) } }"
    ),
    "operations see what came before": (
        "INSERT DATA { :n :p :m } ; INSERT { ?o :of ?s } WHERE { ?s :p ?o FILTER(?s = :n) } "
        "; DELETE WHERE { :n ?p ?o }"
    ),
    "subquery with order": (
        "INSERT { :top :is ?o } WHERE { { SELECT ?o { ?s ?p ?o FILTER(isIRI(?o)) } ORDER BY "
        "DESC(?o) LIMIT 1 } }"
    ),
    "order after new terms": (
        "INSERT DATA { :a :p :aa , :zz , :m } ; INSERT { :top :is ?o } WHERE { { SELECT "
        "(MAX(STR(?x)) AS ?o) { :a :p ?x } } } ; INSERT { :last :is ?o } WHERE { { SELECT ?o "
        "{ :a :p ?o FILTER(isIRI(?o)) } ORDER BY DESC(?o) LIMIT 2 } }"
    ),
    "clear": "CLEAR GRAPH :g",
    "clear default": "CLEAR DEFAULT",
    "clear named": "CLEAR NAMED",
    "clear all": "CLEAR ALL ; INSERT DATA { :a :p 1 }",
    "drop": "DROP GRAPH :g",
    "drop all": "DROP ALL",
    "add": "ADD :g TO DEFAULT",
    "add to a new graph": "ADD DEFAULT TO :h",
    "copy": "COPY :g TO DEFAULT",
    "copy to itself": "COPY :g TO :g",
    "move": "MOVE :g TO :h",
    "move to the default graph": "MOVE :g TO DEFAULT",
    "move from the default graph": "MOVE DEFAULT TO :g",
    "move to itself": "MOVE :g TO :g",
    "silent": "DROP SILENT GRAPH :none ; COPY SILENT :none TO :other ; CREATE SILENT GRAPH :g",
    "nothing": "",
}


@pytest.mark.parametrize("text", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("small", [0, 100_000], ids=["appended", "sorted"])
def test_requests(text: str, small: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "_SMALL", small)
    monkeypatch.setattr(editing, "_SHARE", 8 if small else 0)
    oracle = pyoxigraph.Store()
    oracle.load(f"@prefix : <http://e/> .\n{DATA}".encode(), pyoxigraph.RdfFormat.TRIG)
    oracle.update(PREFIXES + text)
    before = dataset_of(path)
    change = run_update(path, PREFIXES + text)
    after = dataset_of(path)
    assert after == _canonical(oracle)
    assert len(after) - len(before) == change.added - change.removed


@pytest.mark.parametrize("seed", range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 10))
def test_random_requests(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 2:
        monkeypatch.setattr(editing, "_SMALL", 0)
        monkeypatch.setattr(editing, "_SHARE", 0)
    random = Random(seed)
    data = random_turtle(random, 12)
    oracle = pyoxigraph.Store()
    oracle.load(data.encode(), pyoxigraph.RdfFormat.TRIG)
    path = store_with(data, tmp_path / "graph.db")
    for _ in range(3):
        text = PREFIXES + " ;\n".join(_operation(random) for _ in range(3))
        oracle.update(text)
        run_update(path, text)
        assert dataset_of(path) == _canonical(oracle), f"seed {seed}\n{text}"


def _operation(random: Random) -> str:
    generator = QueryGenerator(random)
    graph = random.choice([":g1", ":g2", ":g3"])
    match random.randrange(8):
        case 0:
            named = f"GRAPH {graph} {{ {_template(random, False)} }}"
            return f"INSERT DATA {{ {_template(random, False)} {named} }}"
        case 1:
            return f"DELETE DATA {{ {_template(random, False)} }}"
        case 2:
            return f"DELETE WHERE {{ {_template(random, True, 2)} }}"
        case 3:
            return random.choice(["ADD", "COPY", "MOVE"]) + f" SILENT DEFAULT TO {graph}"
        case 4:
            return random.choice(["CLEAR", "DROP"]) + f" SILENT GRAPH {graph}"
        case _:
            head = random.choice(["", f"WITH {graph} "])
            using = random.choice(["", "", "", "USING :g1 ", "USING :g2 USING NAMED :g1 "])
            delete = f"DELETE {{ {_template(random, True)} }} " if random.random() < 0.6 else ""
            insert = (
                f"INSERT {{ {_template(random, True)} GRAPH :g3 {{ {_template(random, True)} }} }}"
            )
            return f"{head}{delete}{insert} {using}WHERE {generator.group(2)}"


def _template(random: Random, variables: bool, size: int = 2) -> str:
    nodes = [*NODES, *(["?x", "?y", "?z", "?w"] * 2 if variables else [])]
    names = [*PREDICATES, *(["?x", "?y"] if variables else [])]
    objects = [*nodes, "1", "true", '"a"@en']
    return " ".join(
        f"{random.choice(nodes)} {random.choice(names)} {random.choice(objects)} ."
        for _ in range(size)
    )


# Errors, and that they leave all as it was ----------------------------------------------


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("CLEAR GRAPH :gg", NotFoundError, "Did you mean '<http://e/g>'"),
        ("DROP GRAPH <urn:nothing:like:it>", NotFoundError, "SILENT"),
        ("COPY :none TO :g", NotFoundError, "no graph <http://e/none>"),
        ("CREATE GRAPH :g", UsageError, "exists already"),
        ("LOAD <more.ttl>", UsageError, "not allowed"),
        ("LOAD <http://e/more.ttl>", UnsupportedError, "reads files"),
        ("INSERT DATA { :a :p ?x }", QuerySyntaxError, "variable"),
        ("SELECT * { ?s ?p ?o }", QuerySyntaxError, "update was expected"),
    ],
)
def test_errors(text: str, error: type[KgtoolError], words: str, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(error, match=words) as raised:
        run_update(path, f"{PREFIXES}INSERT DATA {{ :never :p 1 }} ; {text}")
    assert type(raised.value) is error
    assert path.read_bytes() == before


def test_a_request_that_takes_too_long(path: Path) -> None:
    before = path.read_bytes()
    pairs = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(14))
    with pytest.raises(LimitError, match=r"0\.2 seconds"):
        run_update(path, f"{PREFIXES}INSERT {{ ?a1 :p ?c2 }} WHERE {{ {pairs} }}", timeout=0.2)
    assert path.read_bytes() == before


def test_created_graphs(path: Path) -> None:
    run_update(path, f"{PREFIXES}CREATE GRAPH :new ; CREATE GRAPH :other ; DROP GRAPH :g")
    assert graphs(path) == {"new", "other"}
    assert asks(path, "GRAPH :new {}")
    assert not asks(path, "GRAPH :g {}")


def test_patterns_may_see_the_union_of_graphs(path: Path) -> None:
    text = f"{PREFIXES}INSERT {{ ?s :seen 1 }} WHERE {{ ?s :p 2 }}"
    assert run_update(path, text) == Change(0, 0)
    assert run_update(path, text, rules=Rules("union")) == Change(1, 0)


# LOAD -----------------------------------------------------------------------------------


def test_load(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "more.ttl").write_text("<a> <b> [ <c> _:x ] , 12 . _:x <d> 'e'@EN .")
    (folder / "more.nq").write_text("<urn:a> <urn:b> <urn:c> <urn:d> .\n")
    rules = Rules(load_from=[folder])
    for iri in ("more.ttl", folder.as_uri() + "/more.ttl"):
        assert run_update(path, f"LOAD <{iri}> INTO GRAPH <urn:into>", rules=rules).added == 4 - (
            iri != "more.ttl"
        )
    assert asks(path, f"GRAPH <urn:into> {{ <{folder.as_uri()}/a> ?p [ ?q [ ?r 'e'@en ] ] }}")
    assert run_update(path, "LOAD <more.nq>", rules=rules) == Change(1, 0)
    assert asks(path, "GRAPH <urn:d> { <urn:a> <urn:b> <urn:c> }")
    with pytest.raises(NotFoundError, match=r"none\.ttl"):
        run_update(path, "LOAD <none.ttl>", rules=rules)
    assert run_update(path, "LOAD SILENT <none.ttl>", rules=rules) == Change(0, 0)


def test_load_stays_in_its_folder(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    outside = tmp_path / "secret.ttl"
    outside.write_text("<urn:a> <urn:b> <urn:c> .")
    (folder / "link.ttl").symlink_to(outside)
    for iri in ("../secret.ttl", outside.as_uri(), "link.ttl", "%2e%2e/secret.ttl"):
        with pytest.raises(UsageError, match="not allowed"):
            run_update(path, f"LOAD <{iri}>", rules=Rules(load_from=[folder]))


def test_load_of_a_bad_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<urn:a> <urn:b> .\n")
    before = path.read_bytes()
    with pytest.raises(RdfSyntaxError, match=r"bad\.ttl:1"):
        run_update(
            path,
            "INSERT DATA { <urn:a> <urn:b> 1 } ; LOAD <bad.ttl>",
            rules=Rules(load_from=[tmp_path]),
        )
    assert path.read_bytes() == before


def test_names_of_graphs_are_text(path: Path) -> None:
    run_update(path, f"{PREFIXES}COPY :g TO <http://e/it's>")
    assert asks(path, "GRAPH <http://e/it's> { :c :p 2 }")
    assert IRI("http://e/it's") in Store.open(path).ids([IRI("http://e/it's")])
