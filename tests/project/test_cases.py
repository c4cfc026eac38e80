"""What cases may say, and what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgtool.errors import CaseError
from kgtool.project.cases import run_cases
from kgtool.project.cases.cells import CellWriter, read_cell, row_text
from kgtool.project.folder import Project
from kgtool.project.outcome import Outcome
from kgtool.project.placed_yaml import PlacedYaml
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal

ROOT = Path(__file__).parents[2]
GIVEN = """
given: |
  id:a a :Thing ; rdfs:label "A"@en .
  id:b a :Thing ; rdfs:label "B"@en , "b"@de .
"""


@pytest.fixture
def outcomes(project):
    """Writes a file of cases into a new project, and runs them."""

    def run(text: str, name: str = "x.yaml") -> list[Outcome]:
        for path in project.case_files():
            path.unlink()
        path = project.queries / "tests" / name
        path.write_text(text, encoding="utf-8")
        return list(run_cases(project))

    return run


@pytest.fixture
def lines(outcomes):
    """The lines of the only case of a file."""

    def run(text: str, name: str = "x.yaml") -> list[str]:
        (outcome,) = outcomes(text, name)
        assert outcome.error is None, outcome.lines
        return list(outcome.lines)

    return run


# What is expected -----------------------------------------------------------------------


def test_rows_that_come(lines):
    rows = "expect:\n  - {thing: id:a, label: '\"A\"@en'}\n  - {thing: id:b, label: '\"B\"@en'}\n"
    assert lines("query: things" + GIVEN + rows) == []


def test_rows_missing_and_added_are_written_as_in_a_case(lines):
    rows = "expect:\n  - {thing: id:a, label: A}\n  - {thing: id:b, label: '\"B\"@en'}\n"
    assert lines("query: things" + GIVEN + rows) == [
        "- {thing: id:a, label: '\"A\"'}",
        "+ {thing: id:a, label: '\"A\"@en'}",
    ]


def test_order_counts_where_the_query_has_one(lines):
    rows = "expect:\n  - {thing: id:b}\n  - {thing: id:a}\n"
    assert lines("query: things" + GIVEN + rows) == [
        "the order differs from row 1: expected {thing: id:b}; got {thing: id:a}"
    ]
    assert lines("sparql: SELECT ?thing { ?thing a :Thing }" + GIVEN + rows) == []


def test_columns_that_no_row_names_are_not_compared(lines):
    assert lines("query: things" + GIVEN + "expect: [{thing: id:a}, {thing: id:b}]") == []
    assert lines("query: things" + GIVEN + "expect: [{}, {}]") == []
    assert lines("query: things" + GIVEN + "expect: [{}]") == ["+ {}"]
    assert lines("query: things" + GIVEN + "expect: []") == ["+ {}", "+ {}"]


def test_what_a_row_leaves_out_is_unbound_as_undef_is(lines):
    query = "sparql: SELECT ?s ?l { ?s a :Thing OPTIONAL { ?s rdfs:label ?l } }\n"
    given = "given: id:a a :Thing . id:b a :Thing ; rdfs:label 5 .\n"
    for rows in ("[{s: id:a}, {s: id:b, l: 5}]", "[{s: id:a, l: UNDEF}, {s: id:b, l: 5}]"):
        assert lines(f"{query}{given}expect: {rows}") == []
    assert lines(f"{query}{given}expect: [{{s: id:a}}, {{s: id:b, l: UNDEF}}]") == [
        "- {s: id:b, l: UNDEF}",
        "+ {s: id:b, l: 5}",
    ]


def test_as_many_rows_are_wanted_as_are_named(lines):
    query = "sparql: SELECT ?l { [] :p ?l }\ngiven: id:a :p 5 . id:b :p 5 .\n"
    assert lines(query + "expect: [{l: 5}, {l: 5}]") == []
    assert lines(query + "expect: [{l: 5}]") == ["+ {l: 5}"]


def test_equal_values_that_are_written_otherwise_are_other_terms(lines):
    query = "sparql: SELECT ?l { [] :p ?l }\ngiven: id:a :p 5.0 .\n"
    assert lines(query + "expect: [{l: 5}]") == ["- {l: 5}", "+ {l: 5.0}"]


def test_blank_nodes_match_up_to_their_names(lines):
    query = "sparql: SELECT ?s ?o { ?s :p ?o }\ngiven: _:x :p _:y . _:y :p id:c .\n"
    assert lines(query + "expect: [{s: _:b, o: _:a}, {s: _:a, o: id:c}]") == []
    assert lines(query + "expect: [{s: _:b, o: _:a}, {s: _:b, o: id:c}]") != []
    apart = "sparql: SELECT ?s { ?s :p ?o }\ngiven: ['_:x :p 1 .', '_:x :p 2 .']\n"
    assert lines(apart + "expect: [{s: _:a}, {s: _:b}]") == []


def test_ask(lines):
    ask = "sparql: ASK { id:a a :Thing }" + GIVEN
    assert lines(ask + "expect: true") == []
    assert lines(ask + "expect: false") == ["expected false; got true"]


def test_construct(lines):
    query = "sparql: CONSTRUCT { ?s :is [ :named ?l ] } { ?s :p ?l }\n"
    given = 'given: id:a :p "A" .\n'
    assert lines(query + given + 'expect: id:a :is [ :named "A" ] .') == []
    missing, added = lines(query + given + 'expect: id:a :is _:x . _:x :named "B" .')
    assert missing.startswith("- _:")
    assert missing.endswith(' :named "B" .')
    assert added == missing.replace("- ", "+ ").replace("B", "A")
    assert lines(query + "expect: ''") == []


def test_parameters_are_read_by_their_types(lines):
    query = "query: things" + GIVEN + "parameters: {language: de}\n"
    assert lines(query + "expect: [{label: '\"b\"@de'}]") == []
    plain = "sparql: ASK { FILTER (DATATYPE($n) = xsd:integer && $d > 5) }\n"
    assert lines(plain + "parameters: {n: 007, d: 5.5}\nexpect: true") == []


# Findings of shapes ---------------------------------------------------------------------


def test_findings_of_a_shape(lines):
    shape = (
        "shape: :ThingShape\ngiven: id:a a :Thing . id:b a :Thing ; rdfs:label 'B'@en , 'C'@en .\n"
    )
    assert lines(shape + "expect: [{focus: id:a}, {focus: id:b}]") == []
    assert (
        lines(
            shape
            + "expect:\n"
            + "  - focus: id:a\n"
            + "    path: rdfs:label\n"
            + "    value: UNDEF\n"
            + "    component: sh:MinCountConstraintComponent\n"
            + "    severity: sh:Violation\n"
            + "    message: A thing has a label, at most one in each language.\n"
            + "    shape: :ThingShape\n"
            + "  - {focus: id:b, path: rdfs:label, component: sh:UniqueLangConstraintComponent,\n"
            + "     severity: sh:Violation, shape: ':ThingShape',\n"
            + "     message: 'A thing has a label, at most one in each language.'}\n"
        )
        == []
    )
    assert lines(shape + "expect: [{focus: id:a}]") == ["+ {focus: id:b}"]
    assert lines(shape + "expect: [{component: sh:MinCountConstraintComponent}]") == [
        "+ {component: sh:UniqueLangConstraintComponent}"
    ]


def test_other_shapes_do_not_count_unless_all_are_asked(project, lines):
    with project.shapes.open("a") as out:
        out.write(
            "\n:Named a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; sh:property :Kept .\n"
            ":Kept sh:path ( :in [ sh:zeroOrMorePath :in ] ) ; sh:minCount 1 ; "
            "sh:severity sh:Warning .\n"
        )
    given = "ontology: false\ngiven: id:a a :Thing . id:b rdfs:label 'B'@en .\n"
    assert lines(f"shape: :ThingShape\n{given}expect: [{{focus: id:a}}]") == []
    kept = "[{focus: id:b, path: '\":in/(:in)*\"', severity: sh:Warning}]"
    assert lines(f"shape: :Kept\n{given}expect: {kept}") == []
    assert lines(f"shape: :Named\n{given}expect: {kept}") == []
    everything = "[{focus: id:a, shape: ':ThingShape'}, {focus: id:b, shape: ':Kept'}]"
    assert lines(f"shape: all\n{given}expect: {everything}") == []
    assert lines("shape: all\nexpect: [{focus: ':Thing', shape: ':Kept'}]") == []


def test_shapes_look_at_what_is_asserted(project, lines):
    (project.root / "ontology" / "more.ttl").write_text(
        "@prefix : <https://example.org/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        ":p rdfs:domain :Thing .\n"
    )
    given = "given: id:a :p 5 .\n"
    assert lines(f"sparql: ASK {{ id:a a :Thing }}\n{given}expect: true") == []
    assert lines(f"shape: :ThingShape\n{given}expect: []") == []


def test_a_project_without_shapes(project, outcomes):
    project.shapes.unlink()
    (outcome,) = outcomes("shape: :ThingShape\nexpect: []")
    assert outcome.lines == ("there are no shapes; expected ontology/shapes.ttl",)


# The triples ----------------------------------------------------------------------------


def test_given_may_be_files_and_texts_together(project, lines):
    (project.queries / "tests" / "data.nt").write_text(
        '<https://example.org/id/a> <https://example.org/ontology#p> "a" .\n'
    )
    given = "given:\n  - data.nt\n  - id:b :p 'b' .\n  - ../../triples/example.ttl\n"
    query = "sparql: SELECT ?s ?g { GRAPH ?g { ?s ?p ?o } FILTER (STRSTARTS(STR(?s), STR(id:))) }\n"
    files = [
        "{s: id:a, g: <urn:x-kgtool:file:triples/data.nt>}",
        "{s: id:b, g: <urn:x-kgtool:file:triples/given-2.ttl>}",
        "{s: id:first, g: <urn:x-kgtool:file:triples/example.ttl>}",
        "{s: id:first, g: <urn:x-kgtool:file:triples/example.ttl>}",
    ]
    assert lines(query + given + f"expect: [{', '.join(files)}]") == []


def test_a_turtle_file_is_given_to_its_own_case(lines):
    text = """\
# About things.
#+ query: things
#+ expect:
#+   - {thing: my:a, label: '"A"@en'}

@prefix : <https://example.org/ontology#> .
@prefix my: <urn:my:> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

my:a a :Thing ; rdfs:label "A"@en .
"""
    assert lines(text, "things.ttl") == []


def test_a_turtle_file_may_have_several_cases(outcomes):
    text = """\
#+ cases:
#+   - {query: things, expect: []}
#+   - {shape: ':ThingShape', expect: [{focus: id:a}]}
@prefix : <https://example.org/ontology#> .
@prefix id: <https://example.org/id/> .
id:a a :Thing .
"""
    assert [(o.title, o.passed) for o in outcomes(text, "x.ttl")] == [
        ("queries/tests/x.ttl:2: things", True),
        ("queries/tests/x.ttl:3: :ThingShape", True),
    ]


def test_a_turtle_file_without_cases_has_to_be_given(project, outcomes):
    text = "@prefix id: <https://example.org/id/> . id:a id:b id:c ."
    (outcome,) = outcomes(text, "data.ttl")
    assert outcome.lines[0].startswith("queries/tests/data.ttl:1: the file has no case")
    (project.queries / "tests" / "a.yaml").write_text(
        "sparql: ASK { id:a id:b id:c }\ngiven: data.ttl\nexpect: true"
    )
    assert [o.passed for o in run_cases(project)] == [True]


def test_the_ontology_is_there_and_what_follows_unless_a_case_says_otherwise(lines):
    ask = "sparql: ASK { :Thing a owl:Class }\n"
    assert lines(ask + "expect: true") == []
    assert lines(ask + "ontology: false\nexpect: false") == []
    given = "given: :Part rdfs:subClassOf :Thing . id:a a :Part .\n"
    ask = "sparql: ASK { id:a a :Thing }\n"
    assert lines(ask + given + "expect: true") == []
    assert lines(ask + given + "ontology: false\nexpect: true") == []
    assert lines(ask + given + "infer: false\nexpect: false") == []


def test_facts_of_the_project_are_not_there(lines):
    assert lines("query: things\nexpect: []") == []


def test_cases_share_what_their_file_says(outcomes):
    text = """
query: things
given: |
  id:a a :Thing ; rdfs:label "A"@en .
expect: [{thing: id:a}]
cases:
  - {}
  - {name: in another language, parameters: {language: de}, expect: []}
  - {sparql: "ASK {}", expect: true}
  - {shape: ':ThingShape', expect: []}
  - {given: "", expect: []}
"""
    found = outcomes(text)
    assert [(o.name, o.lines) for o in found] == [
        ("things", ()),
        ("in another language", ()),
        ("sparql", ()),
        (":ThingShape", ()),
        ("things", ()),
    ]


def test_a_contradiction_is_an_error_of_its_case_alone(project, outcomes):
    (project.root / "ontology" / "more.ttl").write_text(
        "@prefix : <https://example.org/ontology#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        ":A owl:disjointWith :B .\n"
    )
    text = "- {sparql: 'ASK {}', given: 'id:a a :A , :B .', expect: true}\n"
    clash, fine = outcomes(text + "- {sparql: 'ASK {}', given: 'id:a a :A .', expect: true}\n")
    assert clash.error is not None
    assert "something is in two disjoint classes" in "\n".join(clash.lines)
    assert "triples/given.ttl" in "\n".join(clash.lines)
    assert fine.passed
    (told,) = outcomes("{sparql: 'ASK {}', given: 'id:a a :A , :B .', infer: false, expect: true}")
    assert told.passed


def test_an_ontology_that_contradicts_itself_is_an_error_of_each_case_that_infers(
    project, outcomes
):
    (project.root / "ontology" / "more.ttl").write_text(
        "@prefix : <https://example.org/ontology#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        ":A owl:disjointWith :B . :x a :A , :B .\n"
    )
    ask = "{sparql: 'ASK {}', expect: true"
    found = outcomes(f"- {ask}}}\n- {ask}, infer: false}}\n- {ask}, ontology: false}}\n")
    assert [o.passed for o in found] == [False, True, True]
    assert "contradict each other" in found[0].lines[0]


def test_cases_of_named_queries_and_of_named_files(project, outcomes):
    outcomes("- {query: things, expect: []}\n- {sparql: 'ASK {}', expect: true}")
    assert [o.name for o in run_cases(project, ["things"])] == ["things"]
    assert list(run_cases(project, ["other"])) == []
    other = project.queries / "tests" / "deep" / "y.yml"
    other.parent.mkdir()
    other.write_text("{sparql: 'ASK {}', expect: true}")
    assert [o.title for o in run_cases(project, files=[other])] == [
        "queries/tests/deep/y.yml:1: sparql"
    ]
    assert len(list(run_cases(project))) == 3


def test_the_shipped_cases_pass():
    found = list(run_cases(Project(ROOT)))
    assert len(found) > 20
    assert [line for o in found if not o.passed for line in (o.title, *o.lines)] == []


# Cells ----------------------------------------------------------------------------------

PREFIXES = {"id": "https://example.org/id/", "xsd": XSD.base, "": "urn:x:"}
CELLS = {
    "id:rome": IRI("https://example.org/id/rome"),
    "'id:rome'": IRI("https://example.org/id/rome"),
    ":rome": IRI("urn:x:rome"),
    "<urn:y:rome>": IRI("urn:y:rome"),
    "_:b": BlankNode("b"),
    "1944": Literal("1944", XSD.integer),
    "'1944'": Literal("1944"),
    "010": Literal("010", XSD.integer),
    "1.50": Literal("1.50", XSD.decimal),
    "1e3": Literal("1e3", XSD.double),
    "true": Literal("true", XSD.boolean),
    "'true'": Literal("true"),
    "1944-06-04": Literal("1944-06-04", XSD.date),
    "'1944-06-04'": Literal("1944-06-04"),
    "1944-06-04T08:00:00+02:00": Literal("1944-06-04T08:00:00+02:00", XSD.dateTime),
    "1944-02-30": Literal("1944-02-30"),
    "yes": Literal("yes"),
    "no": Literal("no"),
    "off": Literal("off"),
    "12:30": Literal("12:30"),
    "0x1F": Literal("0x1F"),
    "1_000": Literal("1_000"),
    "U.S. Fifth Army": Literal("U.S. Fifth Army"),
    "a: b": None,
    "''": Literal(""),
    "'null'": Literal("null"),
    "'UNDEF'": Literal("UNDEF"),
    "'\"Rome\"'": Literal("Rome"),
    "'\"1944\"'": Literal("1944"),
    "'\"Rome\"@EN'": Literal.tagged("Rome", "en"),
    "'\"1944-06\"^^xsd:gYearMonth'": Literal("1944-06", XSD.gYearMonth),
    '"\\"two\\\\nlines\\"@en"': Literal.tagged("two\nlines", "en"),
    "http://example.org/": Literal("http://example.org/"),
}


def cell(text: str):
    file = PlacedYaml(f"x: {text}", "x.yaml", CaseError, "the file")
    return read_cell(file, file.mapping(file.root(""), None, "")["x"], PREFIXES)


@pytest.mark.parametrize(("text", "term"), [c for c in CELLS.items() if c[1]], ids=str)
def test_a_cell_is_what_it_looks_like(text, term):
    assert cell(text) == term


def test_undef_is_no_term():
    assert cell("UNDEF") is None


@pytest.mark.parametrize(
    "term",
    [
        *filter(None, CELLS.values()),
        Literal('it\'s "so"\t\\'),
        Literal("x", "urn:y:type"),
        Literal("x", "https://example.org/id/type"),
        Literal("1944", XSD.gYear),
        Literal("abc", XSD.integer),
        IRI("https://example.org/id/a,b"),
        IRI("https://example.org/id/"),
        None,
    ],
    ids=str,
)
def test_what_is_written_for_a_term_reads_as_that(term):
    writer = CellWriter(PREFIXES)
    (text,) = (row_text(["x"], [writer.cell(term)]),)
    file = PlacedYaml(text, "x.yaml", CaseError, "the file")
    node = file.mapping(file.root(""), None, "")["x"]
    assert read_cell(file, node, PREFIXES) == term
