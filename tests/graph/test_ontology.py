"""The ontology is small, explained and within OWL 2 RL, and the facts keep to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SKOS
from rdflib.term import Node

from .conftest import ID, ROOT, WW2, facts, local, ontology, parsed, snippet, union

PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty)


def declared(*kinds: Node) -> set[URIRef]:
    found = {s for kind in kinds for s in ontology().subjects(RDF.type, kind)}
    return {s for s in found if isinstance(s, URIRef) and s.startswith(WW2)}


def terms() -> list[URIRef]:
    return sorted({s for s in ontology().subjects() if isinstance(s, URIRef) and s.startswith(WW2)})


def test_it_is_small() -> None:
    assert 1 <= len(declared(OWL.Class)) <= 40
    assert 1 <= len(declared(*PROPERTY_KINDS)) <= 60


@pytest.mark.parametrize("term", terms(), ids=local)
def test_a_term_has_label_definition_and_example(term: URIRef) -> None:
    labels = list(ontology().objects(term, RDFS.label))
    assert [label.language for label in labels if isinstance(label, Literal)] == ["en"]
    for predicate in (SKOS.definition, SKOS.example):
        (text,) = ontology().objects(term, predicate)
        assert str(text).strip()


def test_labels_tell_terms_of_a_kind_apart() -> None:
    for kinds in ((OWL.Class,), PROPERTY_KINDS, (SKOS.Concept,), (SKOS.ConceptScheme,)):
        labels = [str(ontology().value(term, RDFS.label)) for term in declared(*kinds)]
        assert len(set(labels)) == len(labels)


# ----------------------------------------------------------------------------
# OWL 2 RL (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL)

KINDS = {
    OWL.AllDisjointClasses,
    OWL.AnnotationProperty,
    OWL.AsymmetricProperty,
    OWL.Class,
    OWL.DatatypeProperty,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.IrreflexiveProperty,
    OWL.ObjectProperty,
    OWL.Ontology,
    OWL.SymmetricProperty,
    OWL.TransitiveProperty,
}
AXIOMS = {
    OWL.disjointWith,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    OWL.imports,
    OWL.inverseOf,
    OWL.members,
    OWL.propertyChainAxiom,
    OWL.versionInfo,
    RDFS.domain,
    RDFS.label,
    RDFS.range,
    RDFS.subClassOf,
    RDFS.subPropertyOf,
}
# The datatypes of OWL 2 RL that this vocabulary could need.
DATATYPES = {XSD.integer, XSD.decimal, XSD.string, XSD.dateTime, XSD.boolean, XSD.anyURI}
CLASS_POSITIONS = (
    RDFS.subClassOf,
    RDFS.domain,
    RDFS.range,
    OWL.disjointWith,
    OWL.equivalentClass,
)


def outside_rl(graph: Graph) -> Iterator[str]:
    """What in an ontology is not OWL 2 RL.

    Stricter than the profile: classes stand only by name. So a class expression, which
    RL allows in some positions and not in others, can stand in no wrong one.
    """
    builtin = (str(OWL), str(RDF), str(RDFS))
    for subject, predicate, object_ in graph:
        if predicate == RDF.type and str(object_).startswith(builtin) and object_ not in KINDS:
            yield f"kind {local(object_)} of {local(subject)}"
        if str(predicate).startswith((str(OWL), str(RDFS))) and predicate not in AXIOMS:
            yield f"axiom {local(predicate)} of {local(subject)}"
        if predicate in CLASS_POSITIONS and isinstance(object_, BNode):
            yield f"class expression in {local(predicate)} of {local(subject)}"
        if predicate in CLASS_POSITIONS and object_ == OWL.Thing and predicate != RDFS.domain:
            yield f"owl:Thing in {local(predicate)} of {local(subject)}"
        if predicate == RDFS.subClassOf and subject == OWL.Thing:
            yield "owl:Thing as a subclass"
        if (
            predicate == RDFS.range
            and (str(object_).startswith(str(XSD)) or object_ == RDF.langString)
            and object_ not in DATATYPES
        ):
            yield f"datatype {local(object_)} of {local(subject)}"
    yield from _outside_dl(graph)


def _outside_dl(graph: Graph) -> Iterator[str]:
    """The global restrictions of OWL 2 DL: only simple properties are functional, and so on."""
    transitive = set(graph.subjects(RDF.type, OWL.TransitiveProperty))
    composite = transitive | set(graph.subjects(OWL.propertyChainAxiom))
    composite |= {above for p in composite for above in graph.objects(p, RDFS.subPropertyOf)}
    simple_only = (
        OWL.FunctionalProperty,
        OWL.InverseFunctionalProperty,
        OWL.AsymmetricProperty,
        OWL.IrreflexiveProperty,
    )
    for kind in simple_only:
        for subject in set(graph.subjects(RDF.type, kind)) & composite:
            yield f"{local(kind)} of the composite {local(subject)}"
    objects = set(graph.subjects(RDF.type, OWL.ObjectProperty))
    data = set(graph.subjects(RDF.type, OWL.DatatypeProperty))
    for subject in objects & data:
        yield f"{local(subject)} is both a datatype and an object property"
    for subject, chain in graph.subject_objects(OWL.propertyChainAxiom):
        for part in Collection(graph, chain):
            if part not in objects:
                yield f"chain of {local(subject)} over {local(part)}"
    for kind in (OWL.TransitiveProperty, OWL.SymmetricProperty):
        for subject in set(graph.subjects(RDF.type, kind)) - objects:
            yield f"{local(kind)} of {local(subject)}"
    for subject, other in graph.subject_objects(OWL.inverseOf):
        if not {subject, other} <= objects:
            yield f"inverse of {local(subject)}"


def test_it_is_owl_2_rl() -> None:
    assert list(outside_rl(ontology())) == []


def test_the_alignments_are_owl_2_rl() -> None:
    alignments = parsed(ROOT / "ontology" / "alignments.ttl")
    assert list(outside_rl(union(ontology(), alignments))) == []


@pytest.mark.parametrize(
    ("axiom", "words"),
    [
        ("ww2:Unit rdfs:subClassOf [ a owl:Class ; owl:unionOf ( ww2:Side ) ] .", "unionOf"),
        ("ww2:Unit rdfs:subClassOf [ owl:onProperty ww2:serves ] .", "class expression"),
        ("ww2:role a owl:ReflexiveProperty .", "kind ReflexiveProperty"),
        ("ww2:Unit owl:disjointUnionOf ( ww2:Side ) .", "disjointUnionOf"),
        ("ww2:Unit rdfs:subClassOf owl:Thing .", "owl:Thing in subClassOf"),
        ("ww2:duration rdfs:range xsd:duration .", "datatype duration"),
        ("ww2:partOf a owl:FunctionalProperty .", "composite partOf"),
        ("ww2:count a owl:ObjectProperty .", "both a datatype"),
    ],
)
def test_the_profile_check_sees(axiom: str, words: str) -> None:
    assert any(words in problem for problem in outside_rl(union(ontology(), snippet(axiom))))


# ----------------------------------------------------------------------------
# The facts


def test_facts_use_only_declared_terms() -> None:
    used = {n for row in facts() for n in row if isinstance(n, URIRef) and n.startswith(WW2)}
    assert used <= set(terms())


def test_properties_stand_in_predicate_position_only_with_fitting_objects() -> None:
    for predicate in declared(OWL.ObjectProperty):
        assert not [o for o in facts().objects(None, predicate) if isinstance(o, Literal)]
    for predicate in declared(OWL.DatatypeProperty):
        assert all(isinstance(o, Literal) for o in facts().objects(None, predicate))


def test_borrowed_vocabularies_are_known() -> None:
    known = re.compile(
        r"http://purl\.org/dc/terms/"
        r"|http://www\.opengis\.net/ont/"
        r"|http://www\.w3\.org/(1999/02/22-rdf-syntax-ns|2000/01/rdf-schema)#"
        r"|http://www\.w3\.org/2003/01/geo/wgs84_pos#"
        r"|http://www\.w3\.org/2004/02/skos/core#"
        r"|http://www\.w3\.org/ns/prov#"
        r"|https://schema\.org/"
    )
    foreign = {str(p) for p in facts().predicates() if not str(p).startswith(WW2)}
    assert [p for p in foreign if not known.match(p)] == []


def passages(subject: Node, predicate: Node, object_: Node) -> set[Node]:
    """Question 14 of the graph: the statement about a triple, or else its subject, cites."""
    about = set(facts().subjects(RDF.subject, subject))
    about &= set(facts().subjects(RDF.predicate, predicate))
    about &= set(facts().subjects(RDF.object, object_))
    cites = URIRef(WW2 + "cites")
    return {p for node in about or {subject} for p in facts().objects(node, cites)}


def test_every_fact_has_a_passage() -> None:
    kinds = {URIRef(WW2 + "Passage"), URIRef(WW2 + "Source")}
    uncited = [
        (local(s), local(p), local(o))
        for s, p, o in facts()
        if str(s).startswith(ID)
        and not kinds & set(facts().objects(s, RDF.type))
        and not passages(s, p, o)
    ]
    assert uncited == []


def number(node: Node, name: str) -> int | None:
    value = facts().value(node, URIRef(WW2 + name))
    return None if value is None else int(value)


def test_passages_lie_within_their_source_in_order() -> None:
    for source in facts().subjects(RDF.type, URIRef(WW2 + "Source")):
        spans = sorted(
            (number(p, "charBegin"), number(p, "charEnd"), number(p, "line"))
            for p in facts().subjects(URIRef(WW2 + "inSource"), source)
            if number(p, "charBegin") is not None
        )
        for (_, end, line), (begin, _, next_line) in pairwise(spans):
            assert end <= begin
            assert line <= next_line
        if spans:
            assert spans[0][0] >= 0
            assert spans[-1][1] <= number(source, "charCount")
            assert spans[-1][2] <= number(source, "lineCount")


def test_all_passages_are_used() -> None:
    given = set(facts().subjects(RDF.type, URIRef(WW2 + "Passage")))
    used = set(facts().objects(None, URIRef(WW2 + "cites")))
    assert used == given


def test_names_are_lower_case_words() -> None:
    names = {str(n)[len(ID) :] for row in facts() for n in row if str(n).startswith(ID)}
    assert [n for n in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", n)] == []
