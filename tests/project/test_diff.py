"""What changes between versions of a project."""

from __future__ import annotations

import pytest

from kgtool.errors import InconsistencyError
from kgtool.project.build import build_project, ensure_built
from kgtool.project.diff import diff_revisions
from kgtool.project.diff.model import Changes, GraphDiff
from kgtool.project.diff.queries import Asked
from kgtool.project.folder import Project
from kgtool.rdf.terms import IRI, BlankNode, Literal
from tests.project.diffing import FACTS, replace, repository
from tests.repository import commit, git

ID = "https://example.org/id/"
NS = "https://example.org/ontology#"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A project with one commit."""
    return repository(tmp_path_factory.mktemp("diff") / "kg")


@pytest.fixture
def project(shared):
    """The project as it was committed first, with the stores that tests have built."""
    git(shared.root, "reset", "-q", "--hard", "begin")
    git(shared.root, "clean", "-fdq")
    return shared


def told(changes: Changes | None) -> list[str]:
    """Changes in short: a sign, and the ends of the three terms."""
    assert changes is not None

    def name(term) -> str:
        text = term.lexical if isinstance(term, Literal) else str(term).strip("<>")
        return text.removeprefix(ID).removeprefix(NS)

    return [
        f"{'+' if change.added else '-'} {' '.join(map(name, change.triple))}"
        for subject in changes.subjects
        for change in subject.changes
    ]


def asserted(diff: GraphDiff) -> list[str]:
    assert diff.triples is not None
    return told(diff.triples.asserted)


def inferred(diff: GraphDiff) -> list[str]:
    assert diff.triples is not None
    return told(diff.triples.inferred)


# Triples --------------------------------------------------------------------------------


def test_nothing_has_changed(project):
    diff = diff_revisions(project)
    assert not diff
    assert diff.summary == "no difference"


def test_what_was_removed_stands_beside_what_was_added(project):
    replace(project, '"B"@en', '"Bee"@en')
    diff = diff_revisions(project)
    assert asserted(diff) == [
        "- b http://www.w3.org/2000/01/rdf-schema#label B",
        "+ b http://www.w3.org/2000/01/rdf-schema#label Bee",
    ]
    (subject,) = diff.triples.asserted.subjects
    assert (subject.term, subject.label) == (IRI(f"{ID}b"), "Bee")
    assert [str(place) for change in subject.changes for place in change.places] == [
        "triples/facts.ttl:11:16", "triples/facts.ttl:11:16",
    ]  # fmt: skip
    assert diff.summary.startswith("+1 -1 asserted triples; 1 query answers differently")


def test_what_follows_stands_apart(project):
    replace(project, " :partOf id:c .", " :partOf id:d .")
    diff = diff_revisions(project, only=["triples"])
    assert asserted(diff) == ["- b partOf c", "+ b partOf d"]
    assert inferred(diff) == ["- a partOf c", "+ a partOf d"]
    assert diff.summary == "+1 -1 asserted, +1 -1 inferred triples"


def test_a_fact_that_follows_all_the_same_is_not_lost(project):
    replace(project, ":partOf id:b ;", ":partOf id:b, id:c ;")
    commit(project.root, "Say what follows, too")
    diff = diff_revisions(project, "HEAD~1", "HEAD")
    assert (asserted(diff), inferred(diff)) == (["+ a partOf c"], [])
    assert diff.triples.asserted.subjects[0].changes[0].held
    back = diff_revisions(project, "HEAD", "HEAD~1")
    assert (asserted(back), inferred(back)) == (["- a partOf c"], [])
    assert back.triples.asserted.subjects[0].changes[0].held


def _renamed(text: str) -> str:
    return text.replace("id:", "x:").replace("@prefix", "# a comment\n@prefix")


def _labelled(text: str) -> str:
    inner = ':street "High Street" ; :city "Rome" ; :zip "00100"'
    return text.replace(f"[ {inner} ]", "_:there") + f"\n_:there {inner} .\n"


def _shifted(text: str) -> str:
    """Another blank node comes first, so that all labels are others."""
    return text.replace("id:a a", "[] :steps () .\nid:a a")


@pytest.mark.parametrize(
    "edit", [_renamed, _labelled, lambda text: text.replace("\n", "\r\n")],
    ids=["prefixes", "labels", "CRLF"],
)  # fmt: skip
def test_another_form_is_no_difference(edit, project):
    path = project.root / "triples" / "facts.ttl"
    path.write_bytes(edit(FACTS).encode())
    diff = diff_revisions(project)
    assert not diff
    assert diff.notes == ()


def test_labels_of_blank_nodes_may_all_be_others(project):
    (project.root / "triples" / "facts.ttl").write_text(_shifted(FACTS))
    diff = diff_revisions(project, only=["triples"])
    (change,) = asserted(diff)
    assert change.startswith("+ _:")


def test_a_moved_fact_is_counted_and_no_difference(project):
    replace(project, 'id:c a :Thing ;\n    rdfs:label "C"@en .\n', "")
    (project.root / "triples" / "more.ttl").write_text(
        f'<{ID}c> a <{NS}Thing> ; <http://www.w3.org/2000/01/rdf-schema#label> "C"@en .\n'
    )
    diff = diff_revisions(project)
    assert not diff
    assert diff.summary == "no difference; 2 triples in other files"
    (move,) = diff.triples.moved
    assert (move.source, move.target, move.count) == (
        "triples/facts.ttl", "triples/more.ttl", 2,
    )  # fmt: skip


def test_a_file_with_another_name_has_moved_with_its_blank_nodes(project):
    (project.root / "triples" / "facts.ttl").rename(project.root / "triples" / "other.ttl")
    diff = diff_revisions(project)
    assert not diff
    assert [move.count for move in diff.triples.moved] == [17]


def test_one_fact_of_a_blank_node_is_a_small_change(project):
    replace(project, "High Street", "Low Street")
    diff = diff_revisions(project)
    assert diff.summary == "+1 -1 asserted triples"
    (subject,) = diff.triples.asserted.subjects
    assert subject.term == IRI(f"{ID}a")
    gone, came = subject.changes
    assert isinstance(gone.triple[0], BlankNode)
    assert gone.triple[0] == came.triple[0]


def test_relative_iris_are_the_same_in_all_revisions(project):
    (project.root / "triples" / "relative.ttl").write_text("<#one> <#is> <> .\n")
    commit(project.root)
    replace(project, '"B"@en', '"Bee"@en')
    assert diff_revisions(project, only=["triples"]).summary == "+1 -1 asserted triples"


def test_of_many_changes_some_are_given_and_all_are_counted(project):
    rows = [f'<{ID}n{i}> <{NS}n> "{i}" .' for i in range(10)]
    (project.root / "triples" / "many.nt").write_text("\n".join(rows))
    diff = diff_revisions(project, max_rows=3)
    changes = diff.triples.asserted
    assert (changes.added, changes.removed, changes.hidden) == (10, 0, 7)
    assert told(changes) == ["+ n0 n 0", "+ n1 n 1", "+ n2 n 2"]


# Shapes ---------------------------------------------------------------------------------


def test_a_shape_is_newly_violated_and_mended(project):
    replace(project, '    rdfs:label "C"@en .', "    :partOf id:d .")
    commit(project.root, "Break it")
    (shape,) = diff_revisions(project, "HEAD~1").shapes
    assert (shape.status, shape.before, shape.after) == ("newly violated", 0, 1)
    (found,) = shape.findings
    assert found.added
    assert found.finding.focus == IRI(f"{ID}c")
    assert [str(place) for place in found.places] == ["triples/facts.ttl:13:1"]
    assert "A thing has a label" in found.finding.message
    (shape,) = diff_revisions(project, "HEAD", "HEAD~1").shapes
    assert (shape.status, shape.findings[0].added) == ("mended", False)


def test_findings_that_stay_are_not_told(project):
    replace(project, '    rdfs:label "C"@en .', "    :partOf id:d .")
    commit(project.root, "Break it")
    replace(project, '    rdfs:label "B"@en ;\n', "")
    (shape,) = diff_revisions(project).shapes
    assert (shape.status, shape.before, shape.after) == ("with other findings", 1, 2)
    assert [found.finding.focus for found in shape.findings] == [IRI(f"{ID}b")]
    replace(project, '"High Street"', '"Low Street"')
    (same,) = diff_revisions(project).shapes
    assert same == shape


def test_findings_about_a_blank_node_stay_when_labels_change(project):
    replace(project, ':street "High', 'a :Thing ; :street "High')
    commit(project.root, "A thing without a label")
    (project.root / "triples" / "facts.ttl").write_text(
        _shifted((project.root / "triples" / "facts.ttl").read_text())
    )
    assert diff_revisions(project).shapes == ()


def test_each_side_has_its_own_shapes(project):
    replace(project, "sh:minCount 1", "sh:minCount 2", "ontology/shapes.ttl")
    diff = diff_revisions(project)
    assert diff.summary == "1 shape newly violated"
    assert diff.shapes[0].after == 4
    assert "ontology/shapes.ttl differs" in diff.notes[0]


def test_ill_formed_shapes_leave_the_rest_to_compare(project):
    replace(project, "sh:minCount 1", 'sh:minCount "one"', "ontology/shapes.ttl")
    commit(project.root, "Break the shapes")
    diff = diff_revisions(project, "HEAD~1", "HEAD")
    assert diff.shapes is None
    assert "HEAD:ontology/shapes.ttl:" in diff.notes[-1]
    assert diff_revisions(project).shapes == ()


def test_a_version_without_shapes_has_no_findings(project):
    replace(project, '    rdfs:label "C"@en .', "    :partOf id:d .")
    commit(project.root, "Break it")
    (project.root / "ontology" / "shapes.ttl").unlink()
    assert [shape.status for shape in diff_revisions(project).shapes] == ["mended"]


# Queries --------------------------------------------------------------------------------

HEADER = """#+ summary: A question
#+ returns:
#+   x: something
"""


def query(project: Project, name: str, text: str, header: str = HEADER) -> None:
    text = f"{header}\nPREFIX : <{NS}>\nPREFIX id: <{ID}>\n{text}\n"
    (project.root / "queries" / f"{name}.rq").write_text(text)


def test_a_query_that_answers_differently(project):
    replace(project, '"B"@en', '"Bee"@en')
    (found,) = diff_revisions(project).queries
    assert (found.name, found.status, found.reworded) == ("things", "changed", False)
    assert [(row.added, row.terms[1]) for row in found.rows] == [
        (False, Literal.tagged("B", "en")),
        (True, Literal.tagged("Bee", "en")),
    ]


def test_values_of_another_type_are_other_values(project):
    query(project, "values", "SELECT ?x { id:c :value ?x }")
    replace(project, "id:c a", "id:c :value 1 ; a")
    commit(project.root)
    replace(project, ":value 1 ", ':value "1" ')
    (found,) = diff_revisions(project).queries
    assert (found.added, found.removed) == (1, 1)


def test_queries_come_go_and_are_reworded(project):
    query(project, "old", "SELECT ?x { ?x :partOf id:b }")
    query(project, "kept", "SELECT ?x { ?x :partOf id:b }")
    query(project, "other", "SELECT ?x { ?x :partOf id:b }")
    commit(project.root)
    (project.root / "queries" / "old.rq").unlink()
    query(project, "new", "SELECT ?x { ?x :partOf id:b }")
    query(project, "kept", "SELECT ?x WHERE { ?x :partOf id:b }")
    query(project, "other", "SELECT ?x { ?x :partOf id:c }")
    diff = diff_revisions(project)
    assert [(q.name, q.status) for q in diff.queries] == [
        ("kept", "reworded"), ("new", "added"), ("old", "removed"), ("other", "changed"),
    ]  # fmt: skip
    assert diff.queries[3].reworded
    assert diff.summary == (
        "1 query answers differently; 1 query added; 1 query removed; 1 query reworded"
    )


def test_a_reworded_query_alone_is_no_difference(project):
    query(project, "kept", "SELECT ?x { ?x :partOf id:b }")
    commit(project.root)
    query(project, "kept", "SELECT ?x WHERE { ?x :partOf id:b }")
    diff = diff_revisions(project)
    assert not diff
    assert diff.summary == "no difference; 1 query reworded"


@pytest.mark.parametrize(
    ("before", "after", "notes"),
    [
        ("ASK { id:a :partOf id:d }", "ASK { id:a :partOf id:b }", ()),
        ("SELECT ?x { ?x a :Thing }", "SELECT (?x AS ?y) { ?x a :Thing }",
         ("columns: before x; now y",)),
        ("SELECT ?x { ?x a :Thing }", "ASK { ?x a :Thing }", ("columns: before x; now answer",)),
        ("SELECT ?x { ?x a :Thing } ORDER BY ?x", "SELECT ?x { ?x a :Thing } ORDER BY DESC(?x)",
         ("the order differs from row 1: before <https://example.org/id/a>; now "
          "<https://example.org/id/first>",)),
        ("CONSTRUCT { ?x a [] } { ?x :partOf id:b }", "CONSTRUCT { ?x a [] } { ?x :partOf id:c }",
         ()),
    ],
)  # fmt: skip
def test_kinds_of_answers(before, after, notes, project):
    query(project, "q", before)
    commit(project.root)
    query(project, "q", after)
    (found,) = diff_revisions(project).queries
    assert (found.status, found.reworded, found.notes) == ("changed", True, notes)
    assert bool(found.rows) == (not notes)


def test_queries_are_asked_where_a_change_may_touch_them(project, monkeypatch):
    asked: list[str] = []
    ask = Asked.ask

    def noted(side, name):
        asked.append(name)
        return ask(side, name)

    monkeypatch.setattr(Asked, "ask", noted)
    texts = {
        "parts": "SELECT ?x { ?x :partOf+ id:c }",
        "streets": "SELECT ?x { id:a :address/:street ?x }",
        "none": "SELECT ?x { ?x a :Thing FILTER NOT EXISTS { ?x :partOf ?y } }",
        "any": "SELECT ?x { id:a ?p ?x }",
        "nodes": "SELECT ?x { ?x :street* ?x }",
        "graphs": "SELECT ?x { GRAPH ?g { ?x :street ?y } }",
        "described": "DESCRIBE id:a",
        "made": "CONSTRUCT { ?x :at ?y } { ?x :street ?y }",
    }
    for name, text in texts.items():
        query(project, name, text)
    commit(project.root)
    replace(project, "High Street", "Low Street")
    found = diff_revisions(project).queries
    assert sorted(set(asked)) == ["any", "described", "graphs", "made", "nodes", "streets"]
    monkeypatch.setattr("kgtool.project.diff.queries._is_touched", lambda *_: True)
    assert diff_revisions(project).queries == found
    assert [each.name for each in found] == ["described", "made", "nodes", "streets"]


def test_blank_nodes_in_answers_are_no_difference(project):
    query(project, "q", "SELECT ?x { id:a :address ?x }")
    commit(project.root)
    (project.root / "triples" / "facts.ttl").write_text(_shifted(FACTS))
    assert diff_revisions(project).queries == ()


def test_what_cannot_be_asked_is_told(project, monkeypatch):
    parameter = "#+ parameters:\n#+   - name: what\n#+     type: iri\n"
    query(project, "needy", "SELECT ?x { $what :partOf ?x }", HEADER + parameter)
    query(project, "broken", "SELECT ?x { ?x :partOf ?y }")
    commit(project.root)
    replace(project, "?x :partOf", "?x :partOf :partOf", "queries/broken.rq")
    replace(project, '"B"@en ;\n    :partOf id:c', '"Bee"@en ;\n    :partOf id:d')
    diff = diff_revisions(project)
    broken, needy, _ = diff.queries
    assert (broken.name, broken.status) == ("broken", "failed")
    assert "queries/broken.rq:" in broken.notes[0]
    assert (needy.name, needy.status) == ("needy", "skipped")
    assert "needs the parameter 'what'" in needy.notes[0]
    assert "1 query fails on one side" in diff.summary
    monkeypatch.setattr("kgtool.project.diff.queries._MOST_ROWS", 1)
    (things,) = (q for q in diff_revisions(project).queries if q.name == "things")
    assert (things.status, things.rows) == ("skipped", ())
    assert "more than 1 rows" in things.notes[0]


# What is between the files and the graph ------------------------------------------------


def test_a_rule_that_changes_is_told(project):
    (project.root / "ontology" / "rules").mkdir()
    (project.root / "ontology" / "rules" / "inside.rq").write_text(
        f"CONSTRUCT {{ ?x <{NS}inside> ?y }} WHERE {{ ?x <{NS}partOf> ?y }}"
    )
    diff = diff_revisions(project)
    assert inferred(diff) == ["+ a inside b", "+ a inside c", "+ b inside c"]
    assert diff.notes == ("ontology/rules/inside.rq differs, and what follows with it",)


@pytest.mark.parametrize("committed_clash", [False, True])
def test_a_contradiction_is_told_and_the_files_compared(committed_clash, project, monkeypatch):
    ensure_built(project)
    replace(project, "id:c a :Thing", "id:c a :Thing, :Person, :Place")
    with pytest.raises(InconsistencyError):
        build_project(project)
    before = project.store_path.read_bytes()
    if committed_clash:
        commit(project.root, "Contradict")
        replace(project, "id:c a :Thing, :Person, :Place", "id:c a :Thing")

    def found() -> GraphDiff:
        diff = diff_revisions(project)
        sides = (diff.new, diff.old) if not committed_clash else (diff.old, diff.new)
        assert "something is in two disjoint classes" in sides[0].contradiction
        assert "triples/facts.ttl" in sides[0].contradiction
        assert sides[1].contradiction is None
        assert [told[0] for told in asserted(diff)] == ["-" if committed_clash else "+"] * 2
        assert diff.triples.inferred is None
        assert diff.queries is None
        assert "inferred triples and answers of queries are not compared" in diff.notes[-1]
        assert f"; {sides[0].name} contradicts itself" in diff.summary
        assert diff
        return diff

    first = found()
    if not committed_clash:
        assert project.store_path.read_bytes() == before
    monkeypatch.setattr("kgtool.project.revisions.build_project", None)
    assert found().summary == first.summary
