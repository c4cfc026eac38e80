"""Each rule of lint: a project that breaks it, and one that nearly does."""

from __future__ import annotations

import pytest

import kgtool
from kgtool.errors import NotFoundError
from kgtool.project.folder import Project
from kgtool.project.lint import lint_project
from kgtool.project.lint.rules import RULES
from tests.project.linting import QUERY, TURTLE, told

CASES: dict[str, tuple[str, dict[str, str | bytes], list[str]]] = {
    "a triple twice in a file": (
        "duplicate-triple",
        {"triples/a.ttl": "id:a :p 1, 2 .\nid:b :p 1 .\nid:a :p 1 ."},
        [
            f"triples/a.ttl:{TURTLE + 2}:9: id:a :p 1 is stated twice"
            f" [also triples/a.ttl:{TURTLE}:9]"
        ],
    ),
    "a triple thrice in two files": (
        "duplicate-triple",
        {"triples/a.ttl": "id:a :p id:b .", "ontology/b.ttl": "id:a :p id:b , id:b ."},
        [
            f"ontology/b.ttl:{TURTLE}:16: id:a :p id:b is stated twice"
            f" [also ontology/b.ttl:{TURTLE}:9]",
            f"triples/a.ttl:{TURTLE}:9: id:a :p id:b is stated twice"
            f" [also ontology/b.ttl:{TURTLE}:9]",
        ],
    ),
    "a triple twice in JSON-LD": (
        "duplicate-triple",
        {"triples/a.jsonld": b'[{"@id": "urn:a", "urn:p": "x"},\n {"@id": "urn:a", "urn:p": "x"}]'},
        ['triples/a.jsonld:1:28: <urn:a> <urn:p> "x" is stated twice'],
    ),
    "a shape twice": (
        "duplicate-triple",
        {"ontology/shapes.ttl": ":S a sh:NodeShape , sh:NodeShape ."},
        [
            f"ontology/shapes.ttl:{TURTLE}:21: :S rdf:type sh:NodeShape is stated twice"
            f" [also ontology/shapes.ttl:{TURTLE}:6]"
        ],
    ),
    "triples that differ a little, and nodes that only look alike": (
        "duplicate-triple",
        {
            "triples/a.ttl": 'id:a :p "x" , "x"@en , 1 , 1.0 ; :q [ :p 1 ] , [ :p 1 ] .',
            "triples/b.ttl": "id:a :q [ :p 1 ] . _:b :p 1 .",
            "ontology/shapes.ttl": "id:a :p 1 .",
        },
        [],
    ),
    "names that are not there": (
        "dangling-reference",
        {
            "triples/a.ttl": "id:rome :p id:first .\nid:b :p id:roma ;\n  :q id:nobody .",
            "ontology/o.ttl": ":p a owl:ObjectProperty .",
        },
        [
            f"triples/a.ttl:{TURTLE + 1}:9: nothing describes id:roma [Did you mean id:rome?]",
            f"triples/a.ttl:{TURTLE + 2}:3: nothing describes :q",
            f"triples/a.ttl:{TURTLE + 2}:6: nothing describes id:nobody",
        ],
    ),
    "properties, of which none is declared": (
        "dangling-reference",
        {"triples/a.ttl": "id:a :p id:first ; id:q 1 ."},
        [],
    ),
    "names of others, and those that shapes describe": (
        "dangling-reference",
        {
            "triples/a.ttl": (
                "@prefix web: <https://example.net/> .\n"
                "id:a rdfs:seeAlso web:page , skos:note , <urn:x:y> , :S ; a skos:Concept .\n"
                "skos:Concept rdfs:comment 'ours' . <http://z.example/1> rdfs:label 'one page' .\n"
                "id:a rdfs:seeAlso <http://z.example/2> , <http://z.example/3> ."
            ),
            "ontology/o.ttl": (
                "@prefix crm: <http://crm.example/> .\ncrm:E1 a owl:Class .\n"
                ":Thing rdfs:subClassOf crm:E5_Event , crm:E7_Activity ."
            ),
            "ontology/shapes.ttl": ":S a sh:NodeShape ; sh:targetClass :Nothing .",
        },
        [],
    ),
    "things that nothing links to": (
        "unlinked-entity",
        {"triples/a.ttl": "id:a :p id:first , id:a .\nid:b :p 1 .\n<urn:b> :p id:first ."},
        [
            f"triples/a.ttl:{TURTLE}:1: nothing links to id:a",
            f"triples/a.ttl:{TURTLE + 1}:1: nothing links to id:b",
            f"triples/a.ttl:{TURTLE + 2}:1: nothing links to <urn:b>",
        ],
    ),
    "things that a triple, a rule, a query, a default or a shape names": (
        "unlinked-entity",
        {
            "triples/a.ttl": (
                "id:a :p id:first . id:b :p 1 . id:c :p 1 . id:d :p 1 . id:e :p 1 .\n"
                "id:first :q id:a . [] :q 1 . id:f :q 1 . id:g :knows id:h .\n"
                "id:claim rdf:subject id:a ; rdf:predicate :p ; rdf:object id:first ."
            ),
            "ontology/o.ttl": ":p a owl:ObjectProperty . :knows owl:inverseOf :knownBy .",
            "ontology/rules/r.rq": b"CONSTRUCT { ?x :q id:b } WHERE { ?x :p id:c }",
            "queries/a.rq": "SELECT * { ?s ?p id:d }",
            "queries/b.rq": (
                b"#+ summary: s\n#+ parameters:\n#+ - name: x\n#+   type: iri\n"
                b"#+   default: id:e\nPREFIX id: <https://example.org/id/>\nASK { $x ?p ?o }"
            ),
            "ontology/shapes.ttl": ":S a sh:NodeShape ; sh:targetNode id:f .",
        },
        [],
    ),
    "prefixes that are only declared": (
        "unused-prefix",
        {
            "triples/a.ttl": (
                b"@prefix : <urn:x:> . PREFIX b: <urn:b:>\n@prefix c-d: <urn:c:> . # :c\n"
                b'@prefix e: <urn:e:> .\n<urn:x:a> :b "c-d:x e:f" .'
            ),
            "queries/a.rq": b"#+ summary: s\nPREFIX x: <u:x> PREFIX y: <u:y>\nASK { ?s x:p 1 }",
            "ontology/rules/r.rq": b"PREFIX z: <urn:z:>\nCONSTRUCT WHERE { ?s ?p 'z:' }",
        },
        [
            "ontology/rules/r.rq:1:8: the prefix z: is not used",
            "queries/a.rq:2:24: the prefix y: is not used",
            "triples/a.ttl:1:29: the prefix b: is not used [`kgtool fmt` takes it out.]",
            "triples/a.ttl:2:9: the prefix c-d: is not used [`kgtool fmt` takes it out.]",
            "triples/a.ttl:3:9: the prefix e: is not used [`kgtool fmt` takes it out.]",
        ],
    ),
    "prefixes that a datatype, a default or the last name uses": (
        "unused-prefix",
        {
            "triples/a.ttl": (
                b"@prefix : <urn:x:> . @prefix t: <urn:t:> . :a :b '1'^^t:t .\n"
                b"@prefix l: <urn:l:> . :a :b l: ."
            ),
            "queries/a.rq": (
                b"#+ summary: s\n#+ parameters:\n#+ - name: x\n#+   type: iri\n"
                b"#+   default: x:y\nPREFIX x: <urn:x:>\nASK { $x ?p ?o }"
            ),
        },
        [],
    ),
    "classes and properties of no use": (
        "unused-class",
        {"ontology/o.ttl": ":A a owl:Class .\n:B a rdfs:Class ; rdfs:subClassOf :A , [] ."},
        [
            f"ontology/o.ttl:{TURTLE}:1: no fact, query, rule or shape uses the class :A",
            f"ontology/o.ttl:{TURTLE + 1}:1: no fact, query, rule or shape uses the class :B",
        ],
    ),
    "classes of use, if only by narrower ones, and those of others": (
        "unused-class",
        {
            "ontology/o.ttl": (
                ":A a owl:Class . :B a owl:Class ; rdfs:subClassOf :A .\n"
                ":C a owl:Class . :D a owl:Class ; rdfs:subClassOf :C .\n"
                ":E a owl:Class . :F a owl:Class . :G a owl:Class . :p rdfs:range :H .\n"
                ":H a owl:Class . <urn:I> a <urn:Class> ."
            ),
            "triples/a.ttl": "id:a a :B ; :about :G ; :p id:b .",
            "queries/a.rq": "ASK { ?s a :D }",
            "ontology/rules/r.rq": b"CONSTRUCT { ?x :is true } WHERE { ?x a :E }",
            "ontology/shapes.ttl": ":S a sh:NodeShape ; sh:targetClass :F .",
        },
        [],
    ),
    "properties of no use": (
        "unused-property",
        {
            "ontology/o.ttl": ":p a owl:ObjectProperty .\n:q a rdf:Property ; rdfs:domain :p .",
            "triples/a.ttl": "id:a :r 1 .",
        },
        [
            f"ontology/o.ttl:{TURTLE}:1: no fact, query, rule or shape uses the property :p",
            f"ontology/o.ttl:{TURTLE + 1}:1: no fact, query, rule or shape uses the property :q",
        ],
    ),
    "properties of use, if only by narrower ones or by reasoning": (
        "unused-property",
        {
            "ontology/o.ttl": (
                ":p a owl:ObjectProperty . :q a owl:ObjectProperty ; rdfs:subPropertyOf :p .\n"
                ":r a owl:ObjectProperty ; owl:inverseOf :q . :s a owl:DatatypeProperty .\n"
                ":t a owl:DatatypeProperty . :u a owl:DatatypeProperty ."
            ),
            "triples/a.ttl": "id:a :q id:b .",
            "queries/a.rq": "ASK { ?s ^:s/:x* ?o }",
            "ontology/rules/r.rq": b"CONSTRUCT { ?x :is true } WHERE { ?x :t ?y }",
            "ontology/shapes.ttl": (
                ":S a sh:NodeShape ; sh:targetClass :A ;\n"
                "  sh:property [ sh:path ( :q :u ) ; sh:minCount 0 ] ."
            ),
        },
        [],
    ),
    "names that the graph does not know": (
        "unknown-name",
        {
            "triples/a.ttl": "id:a :partOf id:first ; a :Thing ; rdfs:label 'a' .",
            "queries/a.rq": "SELECT * {\n  ?s :partof ?o ; :part-off*/:near ?b ; a :Thnig }",
            "ontology/rules/r.rq": b"CONSTRUCT { ?x :made ?y } WHERE { ?x :prtOf ?y }",
            "ontology/shapes.ttl": (
                ":S a sh:NodeShape ; sh:targetClass :Thingy ;\n"
                "  sh:property [ sh:path [ sh:inversePath :parOf ] ; sh:class id:thing ] ."
            ),
        },
        [
            "ontology/rules/r.rq:1:38: the graph does not know :prtOf [Did you mean :partOf?]",
            f"ontology/shapes.ttl:{TURTLE}:36: the graph does not know :Thingy"
            " [Did you mean :Thing?]",
            f"ontology/shapes.ttl:{TURTLE + 1}:42: the graph does not know :parOf"
            " [Did you mean :partOf?]",
            f"ontology/shapes.ttl:{TURTLE + 1}:62: the graph does not know id:thing"
            " [Did you mean :Thing?]",
            f"queries/a.rq:{QUERY + 1}:19: the graph does not know :part-off"
            " [Did you mean :partOf?]",
            f"queries/a.rq:{QUERY + 1}:30: the graph does not know :near",
            f"queries/a.rq:{QUERY + 1}:43: the graph does not know :Thnig [Did you mean :Thing?]",
        ],
    ),
    "names that are declared or inferred, and those that a query makes": (
        "unknown-name",
        {
            "ontology/o.ttl": ":p a owl:ObjectProperty ; owl:inverseOf :q . :C a owl:Class .",
            "triples/a.ttl": "id:a :p id:b .",
            "queries/a.rq": "CONSTRUCT { ?o <urn:s> ?s } { ?s :q ?o ; a :C FILTER (?s != <u:x>) }",
            "ontology/shapes.ttl": ":S a sh:NodeShape ; sh:targetClass :C ; sh:nodeKind sh:IRI .",
        },
        [],
    ),
    "two labels in one language": (
        "duplicate-label",
        {
            "triples/a.ttl": "id:a rdfs:label 'x'@en , 'y'@de .\nid:a skos:prefLabel 'x'@en .",
            "triples/b.ttl": "id:a rdfs:label 'z'@en .",
        },
        [
            f'triples/b.ttl:{TURTLE}:17: id:a has rdfs:label "x"@en and "z"@en, in one language'
            f" [also triples/a.ttl:{TURTLE}:17]"
        ],
    ),
    "a label that two things of a class share": (
        "duplicate-label",
        {
            "triples/a.ttl": (
                "id:a a :A , :B ; rdfs:label 'x'@en .\nid:b a :A , :B ; skos:prefLabel 'x'@en ."
            )
        },
        [
            f'triples/a.ttl:{TURTLE + 1}:33: id:b has the label "x"@en of id:a,'
            f" which is a :A as well [also triples/a.ttl:{TURTLE}:29]"
        ],
    ),
    "labels that other languages, classes or properties tell apart": (
        "duplicate-label",
        {
            "ontology/o.ttl": ":A rdfs:subClassOf :C . :B rdfs:subClassOf :C .",
            "triples/a.ttl": (
                "id:a a :A ; rdfs:label 'x'@en , 'x'@en-GB , 'y'@de ; skos:prefLabel 'x'@en .\n"
                "id:b a :B ; rdfs:label 'x'@en ; skos:altLabel 'y'@en , 'z'@en .\n"
                "id:c a :A ; rdfs:label 'x'@de . [] a :A ; rdfs:label 'x'@en ."
            ),
        },
        [],
    ),
    "IRIs that differ by case": (
        "iri-case",
        {
            "triples/a.ttl": (
                "id:rome a :City ; :partOf 1 .\nid:a :p id:Rome ; :partof 1 ; a :city ."
            ),
            "queries/a.rq": "ASK { ?s ?p id:ROME ; a :CITY ; :PartOf 1 }",
        },
        [
            f"queries/a.rq:{QUERY}:13: id:ROME differs from id:rome only by case"
            " [Did you mean id:rome?]",
            f"queries/a.rq:{QUERY}:25: :CITY differs from :City only by case [Did you mean :City?]",
            f"queries/a.rq:{QUERY}:33: :PartOf differs from :partOf only by case"
            " [Did you mean :partOf?]",
            f"triples/a.ttl:{TURTLE + 1}:9: id:Rome differs from id:rome only by case"
            " [Did you mean id:rome?]",
            f"triples/a.ttl:{TURTLE + 1}:19: :partof differs from :partOf only by case"
            " [Did you mean :partOf?]",
            f"triples/a.ttl:{TURTLE + 1}:33: :city differs from :City only by case"
            " [Did you mean :City?]",
        ],
    ),
    "a class and a property of one name": (
        "iri-case",
        {
            "ontology/o.ttl": (
                ":Figure a owl:Class . :figure a owl:ObjectProperty . :Role a owl:Class ."
            ),
            "queries/a.rq": "CONSTRUCT { ?s :role ?o } { ?s :figure ?o . ?o a :Role }",
        },
        [],
    ),
    "queries that give nothing": (
        "empty-query",
        {
            "queries/a.rq": "\n  SELECT * { ?s :p ?o }",
            "queries/b.rq": "CONSTRUCT WHERE { ?s :p ?o }",
            "queries/c.rq": (
                b"#+ summary: s\n#+ parameters:\n#+ - {name: x, type: iri, default: 'urn:x'}\n"
                b"#+ - {name: y, type: integer, default: 1}\nDESCRIBE ?s { $x ?s $y }"
            ),
        },
        [
            f"queries/a.rq:{QUERY + 1}:3: the query gives nothing",
            f"queries/b.rq:{QUERY}:1: the query gives nothing",
            "queries/c.rq:5:1: the query gives nothing for $x = urn:x, $y = 1",
        ],
    ),
    "queries that say no, count nothing, or need to be told something": (
        "empty-query",
        {
            "queries/a.rq": "ASK { ?s :p ?o }",
            "queries/b.rq": "SELECT (COUNT(*) AS ?n) { ?s :p ?o }",
            "queries/c.rq": (
                b"#+ summary: s\n#+ parameters:\n#+ - {name: x, type: iri}\nSELECT * { $x ?p ?o }"
            ),
            "queries/.#a.rq": "SELECT * { ?s :p ?o }",
        },
        [],
    ),
    "answers that are out of date": (
        "stale-answer",
        {
            "queries/a.rq": "SELECT ?s ?n { VALUES (?s ?n) { (1 2) (3 4) } } ORDER BY ?s",
            "queries/expected/a.csv": b"s,n\r\n3,4\r\n1,2\r\n",
            "queries/b.rq": "SELECT ?s { VALUES ?s { 1 2 } }",
            "queries/expected/b.csv": b"s\n1\n7\n8\n",
            "queries/c.rq": "CONSTRUCT { <urn:a> <urn:b> 1 } {}",
            "queries/expected/c.ttl": b"<urn:a> <urn:b> 2 .",
            "queries/expected/thing.csv": b"true\n",
        },
        [
            "queries/expected/a.csv:1:1: the query answers otherwise: the order differs from row 1:"
            " expected 3,4; got 1,2"
            " [`kgtool test a` shows how; `--update` writes what it answers.]",
            "queries/expected/b.csv:3:1: the query answers otherwise: 2 rows missing, 1 row new"
            " [`kgtool test b` shows how; `--update` writes what it answers.]",
            "queries/expected/c.ttl:1:1: the query answers otherwise: 1 triple missing,"
            " 1 triple new [`kgtool test c` shows how; `--update` writes what it answers.]",
            "queries/expected/thing.csv: there is no query for this answer"
            " [Did you mean 'things'?]",
        ],
    ),
    "answers that are written otherwise": (
        "stale-answer",
        {
            "queries/a.rq": "SELECT ?s { VALUES ?s { 1 2 } }",
            "queries/expected/a.csv": b"\xef\xbb\xbfs\n2\n1\n",
            "queries/c.rq": "CONSTRUCT { [] <urn:b> 1 } {}",
            "queries/expected/c.ttl": b"_:x <urn:b> 1 .",
            "queries/d.rq": "ASK {}",
        },
        [],
    ),
}


@pytest.mark.parametrize(("rule", "files", "expected"), CASES.values(), ids=CASES)
def test_rule(lint, rule, files, expected):
    report = lint(files, rule)
    assert told(report) == expected
    assert {each.rule for each in report.diagnostics} <= {rule}
    assert {each.level for each in report.diagnostics} <= {RULES[rule].level}
    assert report.left_out == {}


def test_every_rule_has_a_case_that_breaks_it_and_one_that_does_not():
    apart = {"unreadable", "unbuilt", "unused-allowance"}
    for name in RULES.keys() - apart:
        assert {bool(expected) for rule, _, expected in CASES.values() if rule == name} == {
            True,
            False,
        }, name


def test_a_new_project_is_clean(project):
    assert told(lint_project(project)) == []


def test_findings_come_by_file_and_line(lint):
    files = {"triples/b.ttl": "id:b :p 1 .", "triples/a.ttl": "id:a :p id:x .\nid:a :p id:x ."}
    found = lint(files, "unlinked-entity", "duplicate-triple", "dangling-reference").diagnostics
    assert [(str(each.location), each.rule) for each in found] == [
        (f"triples/a.ttl:{TURTLE}:1", "unlinked-entity"),
        (f"triples/a.ttl:{TURTLE}:9", "dangling-reference"),
        (f"triples/a.ttl:{TURTLE + 1}:9", "duplicate-triple"),
        (f"triples/b.ttl:{TURTLE}:1", "unlinked-entity"),
    ]
    assert found[0].location.text == "id:a :p id:x ."


def test_an_unknown_rule_names_the_nearest(project):
    with pytest.raises(NotFoundError, match="Did you mean 'unused-class'"):
        lint_project(project, ["unused-clas"])


def test_a_store_that_was_changed_by_hand_has_things_without_a_place(project):
    with kgtool.open(project.root) as graph:
        graph.update(
            "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> INSERT DATA { "
            "<urn:a> a <urn:C> ; rdfs:label 'a' , 'b' . <urn:b> a <urn:C> ; rdfs:label 'a' }"
        )
    found = lint_project(project).diagnostics
    assert {each.location for each in found} <= {None}


def test_an_empty_project_is_clean(tmp_path):
    for folder in ("ontology", "triples", "queries"):
        (tmp_path / folder).mkdir()
    assert told(lint_project(Project(tmp_path))) == []
