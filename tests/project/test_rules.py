"""A project's own rules: ontology/rules/*.rq."""

from __future__ import annotations

import pytest

from kgtool.errors import DataError, KgtoolError, LimitError, QuerySyntaxError
from kgtool.project.build import build_project
from kgtool.project.folder import INFERRED_GRAPH
from kgtool.project.graph import open_project
from kgtool.project.inferring import infer_project
from kgtool.project.rules import read_rules
from kgtool.reason import own

HEAD = "PREFIX : <https://example.org/ontology#> PREFIX id: <https://example.org/id/> "
FACTS = """
@prefix : <https://example.org/ontology#> . @prefix id: <https://example.org/id/> .
id:a :p id:b ; :n 1 . id:b :p id:c ; :n 2 . id:c :n 3 .
"""
GRANDPARENT = "CONSTRUCT { ?x :grand ?z } WHERE { ?x :p ?y . ?y :p ?z }"


@pytest.fixture
def ruled(project):
    """A project with some facts; write its rules with the function that this gives."""
    (project.root / "triples" / "f.ttl").write_text(FACTS)

    def rules(*texts: str, **files: str):
        folder = project.root / "ontology" / "rules"
        folder.mkdir(exist_ok=True)
        for name, text in (*((f"r{i}", t) for i, t in enumerate(texts)), *files.items()):
            (folder / f"{name}.rq").write_text(HEAD + text)
        return project

    return rules


def holds(project, pattern: str) -> bool:
    with open_project(project) as graph:
        return bool(graph.query(f"{HEAD} ASK {{ {pattern} }}"))


@pytest.mark.parametrize(
    ("rule", "native"),
    [
        (GRANDPARENT, True),
        ("CONSTRUCT { ?x :grand ?z } WHERE { ?x :p [ :p ?z ] }", True),
        ("CONSTRUCT { ?x :grand ?z . ?z :of ?x } WHERE { ?x :p ?y . ?y :p ?z }", True),
        ("CONSTRUCT { ?x :grand ?z } WHERE { ?x :p/:p ?z }", True),
        ("CONSTRUCT { ?x :grand ?z } WHERE { ?x :p+/:p ?z }", False),
        ("CONSTRUCT { ?x :grand ?z } WHERE { ?x :p ?y . ?y :p ?z FILTER(?x != ?z) }", False),
        ("CONSTRUCT { ?x :grand ?z } WHERE { ?x :p ?y . ?y :p ?z . ?x :n 1 }", False),
        ("CONSTRUCT { ?x :grand ?z } WHERE { { ?x :p ?y . ?y :p ?z } UNION { ?x :q ?z } }", False),
    ],
)
def test_a_rule_adds_its_triples(ruled, rule: str, native: bool) -> None:
    project = ruled(rule)
    (parsed,) = read_rules(project, {})
    assert (parsed.as_rule() is not None) == native
    report = build_project(project)
    assert report.inferred == len(parsed.query.template)
    assert holds(project, f"GRAPH <{INFERRED_GRAPH}> {{ id:a :grand id:c }}")
    assert infer_project(project, "owl-rl").counts == {"r0.rq": report.inferred}
    assert infer_project(project, "none").triples == []


def test_prefixes_of_the_project_need_no_declaration(project) -> None:
    (project.root / "triples" / "f.ttl").write_text(FACTS)
    (project.root / "ontology" / "rules").mkdir()
    (project.root / "ontology" / "rules" / "r.rq").write_text(GRANDPARENT)
    assert build_project(project).inferred == 1


def test_rules_use_what_others_derive(ruled) -> None:
    """Of OWL, of patterns and of queries, in both directions."""
    project = ruled(
        "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }",
        "CONSTRUCT { ?y :r ?x } WHERE { ?x :q ?y FILTER(isIRI(?y)) }",
        "CONSTRUCT { ?x :t ?y } WHERE { ?x :s ?y }",
        "CONSTRUCT { ?x :u ?n } WHERE { ?x :t ?y . ?y :n ?m BIND(?m * 10 AS ?n) }",
    )
    ontology = project.root / "ontology" / "ontology.ttl"
    ontology.write_text(ontology.read_text() + ":r owl:inverseOf :s .\n")
    build_project(project)
    assert holds(project, "id:a :q id:b . id:b :r id:a . id:a :s id:b ; :t id:b ; :u 20")


def test_a_computed_value_is_kept(ruled) -> None:
    project = ruled("CONSTRUCT { ?x :double ?m } WHERE { ?x :n ?n BIND(?n * 2 AS ?m) }")
    assert build_project(project).inferred == 3
    assert holds(project, "id:c :double 6")


def test_what_is_asserted_is_not_inferred_again(ruled) -> None:
    project = ruled("CONSTRUCT { ?x :n ?n } WHERE { ?x :n ?n FILTER(?n > 0) }")
    assert build_project(project).inferred == 0


@pytest.mark.parametrize(
    ("rule", "error", "line", "says"),
    [
        ("\nSELECT * { ?s ?p ?o }", DataError, 1, "CONSTRUCT"),
        ("\nASK { ?s ?p ?o }", DataError, 1, "CONSTRUCT"),
        ("\nCONSTRUCT {\n ?s :p [] } WHERE { ?s ?p ?o }", DataError, 3, "blank node"),
        ("\nCONSTRUCT {\n ?s :p _:x } WHERE { ?s ?p ?o }", DataError, 3, "blank node"),
        (
            "CONSTRUCT { ?s :p ?b }\nWHERE { ?s :n ?n\nBIND(bnode() AS ?b) }",
            DataError, 3, "BNODE",
        ),
        (
            "CONSTRUCT { ?s :p ?b }\nWHERE { ?s :n ?n\nFILTER(RAND() < 1) BIND(1 AS ?b) }",
            DataError, 3, "RAND",
        ),
        ("\n\nCONSTRUCT { ?s :p } WHERE { ?s ?p ?o }", QuerySyntaxError, 3, ""),
        ("\nCONSTRUCT { ?s none:p 1 } WHERE { ?s ?p ?o }", QuerySyntaxError, 2, "none"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_an_error_that_names_its_place(
    ruled, rule: str, error: type[KgtoolError], line: int, says: str
) -> None:
    project = ruled()
    build_project(project)
    before = project.store_path.read_bytes()
    ruled(broken=rule)
    with pytest.raises(error) as caught:
        build_project(project)
    location = caught.value.location
    assert location is not None
    assert (location.file, location.line) == ("ontology/rules/broken.rq", line)
    assert says in str(caught.value)
    assert project.store_path.read_bytes() == before


def test_rules_that_do_not_end_are_an_error(ruled, monkeypatch) -> None:
    project = ruled()
    build_project(project)
    before = project.store_path.read_bytes()
    ruled(endless="CONSTRUCT { ?x :n ?m } WHERE { ?x :n ?n BIND(?n + 1 AS ?m) }")
    monkeypatch.setattr(own, "_ROUNDS", 5)
    with pytest.raises(LimitError, match=r"5 rounds.*endless\.rq"):
        build_project(project)
    assert project.store_path.read_bytes() == before


def test_an_added_fact_takes_rules_of_patterns_along(ruled) -> None:
    project = ruled(GRANDPARENT)
    build_project(project)
    with (project.root / "triples" / "f.ttl").open("a") as out:
        out.write("id:c :p id:d .\n")
    assert build_project(project).inferred == 2
    assert holds(project, "id:b :grand id:d")
