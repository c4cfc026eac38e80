"""Where the names of a query stand."""

from __future__ import annotations

from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI
from kgtool.sparql.locating import names_in

TEXT = """# ex:comment
PREFIX ex: <urn:x:>
PREFIX no: <urn:no:> BASE <http://b/>
SELECT * {
  ?s a ex:A ; ex:p "ex:string" , <c> .
  ?s \\u0065x:p ?a .
}
"""


def test_iris_have_all_their_places():
    found = names_in(TEXT, "q.rq")
    places = {iri.value: [str(p) for p in at] for iri, at in found.iris.items()}
    assert places == {
        RDF.type: ["q.rq:5:6"],
        "urn:x:A": ["q.rq:5:8"],
        "urn:x:p": ["q.rq:5:15", "q.rq:6:6"],
        "http://b/c": ["q.rq:5:34"],
    }
    assert found.iris[IRI("urn:x:A")][0].text == '  ?s a ex:A ; ex:p "ex:string" , <c> .'


def test_prefixes_declared_and_used():
    found = names_in(TEXT, "q.rq")
    assert {p: str(at) for p, at in found.declared.items()} == {"ex": "q.rq:2:8", "no": "q.rq:3:8"}
    assert found.used == {"ex"}


def test_prefixes_from_outside_are_known():
    found = names_in("ASK { ?s out:p 1 }", None, {"out": "urn:out:"})
    assert list(found.iris) == [IRI("urn:out:p")]
    assert (found.declared, found.used) == ({}, {"out"})


def test_the_form_stands_behind_the_prologue():
    assert str(names_in(TEXT, "q.rq").form) == "q.rq:4:1"
    assert str(names_in("  ASK {}", "q.rq").form) == "q.rq:1:3"
