"""A build after triples were added makes what a full build makes."""

from __future__ import annotations

import os
from random import Random

import pytest

from kgtool.engine.store import Store
from kgtool.errors import InconsistencyError
from kgtool.project import build as building
from kgtool.project.build import build_project
from kgtool.project.fingerprint import Options, read_record
from kgtool.project.folder import Project
from tests.reason.closing import PREFIXES, Closed, triples
from tests.reason.random_graphs import NODES, PROPERTIES, GraphGenerator

SEEDS = range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 100)
#: What makes no contradiction, and asks for all that a build of additions may meet.
ONTOLOGY = """
:p0 a owl:TransitiveProperty . :p1 owl:inverseOf :p2 . :p3 a owl:FunctionalProperty .
:p4 owl:propertyChainAxiom (:p0 :p1) . :p5 a owl:SymmetricProperty ; rdfs:domain :C0 .
:C0 rdfs:subClassOf :C1 . :C2 owl:equivalentClass [ owl:onProperty :p0 ; owl:someValuesFrom :C1 ] .
:C3 owl:hasKey (:p4) . :C1 rdfs:subClassOf :C3 .
"""


@pytest.fixture
def folder(tmp_path):
    """Makes projects of an ontology and facts."""

    def make(name: str, ontology: str, *facts: str) -> Project:
        project = Project(tmp_path / name)
        (project.root / "ontology").mkdir(parents=True)
        (project.root / "triples").mkdir()
        (project.root / "ontology" / "o.ttl").write_text(PREFIXES + ontology)
        for number, text in enumerate(facts):
            (project.root / "triples" / f"f{number}.ttl").write_text(PREFIXES + text)
        return project

    return make


@pytest.fixture
def only_additions(monkeypatch):
    """No build may be a full one from now on."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("this is a full build")

    return lambda: monkeypatch.setattr(building, "write_closed", refuse)


def contents(project: Project) -> set[tuple[str, ...]]:
    """The quads of a project's store."""
    with Store.open(project.store_path) as store:
        rows = store.connection.execute("SELECT s, p, o, g FROM pso").fetchall()
        terms = store.terms(x for row in rows for x in row)
    assert len(rows) == len(set(rows))
    return {tuple(str(terms[x]) for x in row) for row in rows}


def append(project: Project, number: int, facts: str) -> None:
    with (project.root / "triples" / f"f{number}.ttl").open("a") as out:
        out.write(f"\n{facts}\n")


@pytest.mark.parametrize("seed", SEEDS)
def test_random_additions(seed: int, folder, only_additions, monkeypatch) -> None:
    random = Random(seed)
    pick = random.choice

    def facts(count: int) -> str:
        rows = [f"{pick(NODES)} {pick(PROPERTIES)} {pick(NODES)} ." for _ in range(count)]
        return "\n".join([*rows, f"{pick(NODES)} a :C{random.randrange(4)} ."])

    texts = [facts(6), facts(6)]
    grown = folder("grown", ONTOLOGY, *texts)
    build_project(grown)
    only_additions()
    for _ in range(3):
        number, more = random.randrange(2), facts(2)
        texts[number] += f"\n{more}"
        append(grown, number, more)
        report = build_project(grown)
    monkeypatch.undo()
    whole = folder("whole", ONTOLOGY, *texts)
    assert build_project(whole).inferred == report.inferred
    assert named(contents(grown)) == named(contents(whole))


def named(quads: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Those without blank nodes, which have other labels in another store."""
    return {quad for quad in quads if not any(term.startswith("_:") for term in quad)}


@pytest.mark.parametrize("seed", SEEDS)
def test_closing_what_was_added_to_a_closed_graph(seed: int) -> None:
    """All that a random graph's last facts imply, contradictions or not."""
    given = triples(GraphGenerator(Random(seed)).turtle())
    with Closed(given) as whole:
        expected = {*given, *whole.inferred}
    plain = [t for t in given if str(t[0]).startswith("<urn:x:n") and "#" not in str(t[1])]
    added = plain[-3:]
    with Closed([t for t in given if t not in added]) as before:
        closed = {*before.given, *before.inferred}
    with Closed([*closed, *(t for t in added if t not in closed)], delta=added) as after:
        assert {*after.given, *after.inferred} == expected


def test_the_counts_are_of_what_is_there(folder, only_additions) -> None:
    project = folder("p", ":C0 rdfs:subClassOf :C1 .", ":a a :C0 .")
    build_project(project)
    only_additions()
    # What was inferred is now asserted.
    append(project, 0, ":a a :C1 .")
    assert build_project(project).inferred == 0
    append(project, 0, ":b a :C0 .")
    report = build_project(project)
    assert (report.asserted, report.inferred) == (4, 1)
    record = read_record(project)
    assert record is not None
    assert record.facts["inferred"] == 1


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("triples/f0.ttl", ":a a :C0 .", ":a a :C1 ."),
        ("triples/f0.ttl", ":a a :C0 .", ""),
        ("triples/f0.ttl", ":a a :C0 .", ":a a :C0 . [] a :C0 ."),
        ("ontology/o.ttl", ":C0 rdfs:subClassOf :C1 .", ":C0 rdfs:subClassOf :C2 ."),
        ("ontology/o.ttl", ":C0", ":C2 rdfs:subClassOf :C3 . :C0"),
        ("triples/f1.ttl", "", ":b a :C0 ."),
        (
            "ontology/rules/r.rq",
            "",
            "PREFIX : <urn:x:> CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }",
        ),
    ],
)
def test_other_changes_take_a_full_build(file, before, after, folder, only_additions) -> None:
    project = folder("p", ":C0 rdfs:subClassOf :C1 .", ":a a :C0 .")
    build_project(project)
    path = project.root / file
    path.parent.mkdir(exist_ok=True)
    text = path.read_text() if path.exists() else PREFIXES if file.endswith("ttl") else ""
    path.write_text(text.replace(before, after) if before else text + after)
    only_additions()
    with pytest.raises(AssertionError, match="full build"):
        build_project(project)


def test_a_build_may_be_forced_to_be_full(folder, only_additions) -> None:
    project = folder("p", "", ":a a :C0 .")
    build_project(project)
    only_additions()
    with pytest.raises(AssertionError, match="full build"):
        build_project(project, anew=True)


def test_after_a_build_without_reasoning_a_full_one_follows(folder) -> None:
    project = folder("p", ":C0 rdfs:subClassOf :C1 .", ":a a :C0 .")
    assert build_project(project, Options(infer=False)).inferred == 0
    append(project, 0, ":b a :C0 .")
    assert build_project(project).inferred == 2


def test_a_contradiction_leaves_the_store_as_it_was(folder, only_additions) -> None:
    project = folder("p", ":C0 owl:disjointWith :C1 . :C2 rdfs:subClassOf :C0 .", ":a a :C0 .")
    build_project(project)
    before = project.store_path.read_bytes()
    only_additions()
    append(project, 0, ":a a :C1 .")
    with pytest.raises(InconsistencyError, match=r"f0\.ttl"):
        build_project(project)
    assert project.store_path.read_bytes() == before
