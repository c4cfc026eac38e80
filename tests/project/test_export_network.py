"""GraphML, read by networkx."""

from __future__ import annotations

import io

import networkx
import pytest

from tests.project.exporting import BASE, exported

FACTS = """
:a a :Person ; rdfs:label "Ann <&>"@en ; :knows :b , :c ; :likes :b ; :age 40 ; :height 1.7 ;
   :page <https://example.com/ann> ; :home [ :street "Main" ; :number 7 ] .
:b a :Person ; :age 41 ; :knows :b ; :height 2 ; :nick "x" , "y" ; :tall true .
:c :born "1920"^^xsd:gYear .
:Person a owl:Class ; rdfs:label "person"@en .
:knows a owl:ObjectProperty ; rdfs:label "knows"@en .
:born a owl:DatatypeProperty ; skos:exactMatch schema:startDate .
"""


def network(text: str) -> networkx.MultiDiGraph:
    return networkx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)


def test_things_are_nodes_and_triples_between_them_edges(export):
    text, notes = export(FACTS, "graphml")
    found = network(text)
    assert sorted(found.nodes) == [BASE + name for name in "abc"]
    edges = {(s[-1], d["label"], o[-1], d["property"]) for s, o, d in found.edges(data=True)}
    assert edges == {
        ("a", "knows", "b", f"{BASE}knows"),
        ("a", "knows", "c", f"{BASE}knows"),
        ("a", "likes", "b", f"{BASE}likes"),
        ("b", "knows", "b", f"{BASE}knows"),
    }
    assert notes == ["wrote 3 nodes and 4 edges"]


def test_all_else_is_an_attribute_with_a_type_that_holds_all_its_values(export):
    nodes = network(export(FACTS, "graphml").text).nodes
    assert nodes[f"{BASE}a"] == {
        "label": "Ann <&>", "type": "person", ":age": 40, ":height": 1.7,
        ":page": "https://example.com/ann", ":home": '{":number": 7, ":street": "Main"}',
    }  # fmt: skip
    assert nodes[f"{BASE}b"] == {
        "label": "b", "type": "person", ":age": 41, ":height": 2.0, ":nick": "x | y",
        ":tall": True,
    }  # fmt: skip
    assert nodes[f"{BASE}c"] == {"label": "c", "start": "1920", ":born": "1920"}


def test_a_query_chooses_nodes_and_the_edges_between_them(export):
    found = network(export(FACTS, "graphml", "SELECT ?p { ?p a :Person }").text)
    assert len(found.nodes) == 2
    assert len(found.edges) == 3
    assert found.nodes[f"{BASE}a"][":knows"] == f"{BASE}c"


def test_blank_nodes_in_a_circle_end(export):
    found = network(export(":a :p _:x . _:x :q _:y . _:y :q _:x .", "graphml").text)
    assert found.nodes[f"{BASE}a"][":p"] == '{":q": {":q": null}}'


def test_numbers_beyond_the_types_of_graphml_are_text(export):
    found = network(export(':a :n 99999999999999999999 ; :i "INF"^^xsd:double .', "graphml").text)
    assert found.nodes[f"{BASE}a"] == {
        "label": "a", ":n": "99999999999999999999", ":i": "INF",
    }  # fmt: skip


@pytest.mark.parametrize("graphs", ["asserted", "all"])
def test_the_shipped_graph_is_a_network(shipped, graphs):
    text, (note,) = exported(shipped, "graphml", graphs=graphs)
    found = network(text)
    assert note == f"wrote {len(found.nodes)} nodes and {len(found.edges):,} edges"
    rome = found.nodes["https://w3id.org/ww2-kg/id/rome"]
    assert rome["label"] == "Rome"
    pattern = "?s ?p ?o FILTER(isIRI(?s) && isIRI(?o) && ?p != rdf:type)"
    things = "FILTER EXISTS { ?o a ?k }"
    between = shipped.query(f"SELECT DISTINCT ?s ?p ?o {{ {pattern} {things} }}")
    triples = {(str(s.value), str(p.value), str(o.value)) for s, p, o in between}
    assert {(s, d["property"], o) for s, o, d in found.edges(data=True)} <= triples
