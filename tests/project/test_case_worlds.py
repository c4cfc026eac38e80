"""The store of a case holds what a project with the same files holds, and answers alike."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from kgtool.engine.store import Store
from kgtool.errors import InconsistencyError
from kgtool.plan import run_query
from kgtool.project.build import build_project
from kgtool.project.cases.model import World
from kgtool.project.cases.worlds import Worlds
from kgtool.project.checking import check_store, read_shapes, read_sources
from kgtool.project.expected import answer_of, compare
from kgtool.project.fingerprint import Options
from kgtool.project.folder import Project
from kgtool.project.rules import read_rules
from kgtool.project.sources import read_file
from kgtool.project.stored import StoredQueries
from tests.reason.closing import PREFIXES
from tests.reason.random_graphs import GraphGenerator

ROOT = Path(__file__).parents[2]
SEEDS = range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 150)
CONTENTS = [
    "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o }",
    "SELECT ?g { GRAPH ?g {} }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?s ?o { ?s <urn:x:p0>+ ?o }",
    "SELECT ?c { <urn:x:n1> a ?c }",
    "ASK { GRAPH <urn:x-kgtool:file:triples/f1.ttl> {} }",
    "CONSTRUCT WHERE { <urn:x:n2> ?p ?o }",
]
RULE = "PREFIX : <urn:x:> CONSTRUCT { ?y :p5 ?x } WHERE { ?x :p4 ?y }"
COMPUTING = (
    "PREFIX : <urn:x:> CONSTRUCT { ?x :told ?t } "
    "WHERE { ?x :p3 ?y BIND (CONCAT('p3 ', STR(?y)) AS ?t) }"
)


def make(root: Path, ontology: str, facts: Iterable[str], rules: Iterable[str] = ()) -> Project:
    project = Project(root)
    for name in ("ontology/rules", "triples", "queries"):
        (root / name).mkdir(parents=True)
    if ontology:
        (root / "ontology" / "o.ttl").write_text(PREFIXES + ontology)
    for number, text in enumerate(facts):
        (root / "triples" / f"f{number}.ttl").write_text(PREFIXES + text)
    for number, text in enumerate(rules):
        (root / "ontology" / "rules" / f"r{number}.rq").write_text(text)
    return project


def world_of(project: Project, **options: bool) -> World:
    files = [read_file(path, project.name_of(path)) for path in project.triples_files()]
    return World(tuple(files), **options)


def worlds_of(project: Project, worlds: list[World]) -> Worlds:
    sources = read_sources(project, [])
    rules = read_rules(project, sources.prefixes)
    return Worlds(project, sources, rules, sources.prefixes, worlds)


def same_answers(store: Store, other: Store, queries: Iterable[str]) -> None:
    for query in queries:
        _, wanted = answer_of(run_query(other, query))
        _, found = answer_of(run_query(store, query))
        assert compare(wanted, found, ordered=False).lines() == [], query


def found_by_shapes(store: Store, project: Project) -> list[str]:
    shapes = read_sources(project, []).shapes
    assert shapes is not None
    with check_store(store, read_shapes(shapes), shapes) as report:
        found = [
            f"{f.shape} {f.focus} {f.path_text} {f.value} {f.severity}" for f in report.findings
        ]
    assert found
    return sorted(found)


def random_parts(random: Random) -> tuple[str, list[list[str]]]:
    """An ontology, and the facts of some worlds in two files each."""
    lines = GraphGenerator(random, literals=False).turtle().splitlines()
    schema = [line for line in lines if not line.startswith(":n") or " owl:" in line]
    facts = [line for line in lines if line not in schema] * 2
    extra = [":n1 a :C1 .", ":n1 :p0 :n2 . :n2 :p0 :n3 .", ":n3 :label 'x' . _:b :p1 :n1 .", ""]
    return "\n".join(schema), [
        ["\n".join(random.sample(facts, min(4, len(facts)))), random.choice(extra)]
        for _ in range(3)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_worlds_are_as_projects(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    ontology, parts = random_parts(random)
    rules = random.choice([(), (RULE,), (RULE, COMPUTING)])
    projects = [make(tmp_path / f"{n}", ontology, facts, rules) for n, facts in enumerate(parts)]
    worlds = [world_of(project) for project in projects]
    with worlds_of(projects[0], worlds) as store:
        for project, world in zip(projects, worlds, strict=True):
            try:
                build_project(project)
            except InconsistencyError:
                with pytest.raises(InconsistencyError):
                    store.store(world)
                continue
            with Store.open(project.store_path) as built:
                same_answers(store.store(world), built, CONTENTS)


def test_worlds_without_inference_and_without_the_ontology(tmp_path: Path) -> None:
    ontology = ":p0 a owl:TransitiveProperty . :C1 rdfs:subClassOf :C2 ."
    facts = [":n1 :p0 :n2 . :n2 :p0 :n3 . :n1 a :C1 .", ":n1 a :C1 . :p3 a owl:SymmetricProperty ."]
    plain = make(tmp_path / "plain", ontology, facts)
    alone = make(tmp_path / "alone", "", facts)
    empty = make(tmp_path / "empty", "", [])
    wanted = [
        (world_of(plain, infer=False), plain, Options(infer=False)),
        (world_of(plain, ontology=False), alone, Options()),
        (world_of(plain, ontology=False, infer=False), alone, Options(infer=False)),
        (world_of(plain), plain, Options()),
        (world_of(empty, ontology=False), empty, Options()),
    ]
    with worlds_of(plain, [world for world, _, _ in wanted]) as store:
        for world, project, options in wanted:
            build_project(project, options, anew=True)
            with Store.open(project.store_path) as built:
                same_answers(store.store(world), built, CONTENTS)


def test_what_the_ontology_has_or_entails_may_be_given(tmp_path: Path) -> None:
    ontology = ":C1 rdfs:subClassOf :C2 . :n1 a :C1 . :n2 :p0 :n3 ."
    facts = [":n1 a :C2 . :n4 a :C1 .", ":n2 :p0 :n3 . :n1 a :C2 ."]
    project = make(tmp_path / "p", ontology, facts)
    build_project(project)
    world = world_of(project)
    ontology_too = read_file(tmp_path / "p" / "ontology" / "o.ttl", "ontology/o.ttl")
    both = World((*world.given, ontology_too))
    with worlds_of(project, [world, both]) as store, Store.open(project.store_path) as built:
        same_answers(store.store(world), built, CONTENTS)
        same_answers(store.store(both), built, CONTENTS)


@pytest.mark.parametrize("seed", range(2))
def test_stored_queries_answer_as_in_a_project(seed: int, tmp_path: Path) -> None:
    """Of the shipped queries that ask no other endpoint, over a part of the shipped facts."""
    random = Random(seed)
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "triples").mkdir()
    project = Project(tmp_path)
    prefixes: list[str] = []
    for path in sorted((ROOT / "triples").glob("*.ttl")):
        blocks = path.read_text(encoding="utf-8").split("\n\n")
        prefixes = [block for block in blocks if block.startswith("@prefix")]
        others = [b for b in blocks if b not in prefixes and random.random() < 0.5]
        (tmp_path / "triples" / path.name).write_text("\n\n".join([*prefixes, *others]))
    build_project(project, Options(check=False))
    world = world_of(project)
    with worlds_of(project, [world]) as store, Store.open(project.store_path) as built:
        known = store.store(world)
        queries = [q for q in StoredQueries(project).all() if "SERVICE" not in q.text]
        assert len(queries) > 50
        for query in queries:
            parameters = query.bind({}, built.prefixes)
            answers = [
                answer_of(run_query(each, query.text, parameters=parameters))[1]
                for each in (built, known)
            ]
            assert compare(*answers, ordered=True).lines() == [], query.name
        assert found_by_shapes(known, project) == found_by_shapes(built, project)


def test_a_hundred_worlds_do_not_mix(tmp_path: Path) -> None:
    project = make(tmp_path / "p", ":p0 a owl:TransitiveProperty .", [])
    folder = tmp_path / "given"
    folder.mkdir()
    worlds = []
    for number in range(100):
        path = folder / f"{number}.ttl"
        path.write_text(f"{PREFIXES} :a :p0 :b{number} . :b{number} :p0 :c{number % 7} .")
        worlds.append(World((read_file(path, "triples/given.ttl"),)))
    with worlds_of(project, worlds) as store:
        for number in random_order(100):
            result = run_query(store.store(worlds[number]), "SELECT ?o { <urn:x:a> ?p ?o }")
            found = {str(o) for (o,) in result}
            assert found == {f"<urn:x:b{number}>", f"<urn:x:c{number % 7}>"}


def random_order(count: int) -> list[int]:
    return Random(1).sample(range(count), count)
