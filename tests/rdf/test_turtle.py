"""Canonical Turtle, by example: what stands in git."""

from __future__ import annotations

import io
import textwrap
from itertools import pairwise

import pyoxigraph
import pytest

from kgtool.errors import DataError, UnsupportedError, UsageError
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.lines import Quad, Triple
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.rdf.writing import quads_text, triples_text, write_triples

PREFIXES = {
    "ex": "http://example.org/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
HEADER = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(PREFIXES))
EX = "http://example.org/"


def parsed(text: str) -> list[Triple]:
    return [
        (from_oxigraph(t.subject), from_oxigraph(t.predicate), from_oxigraph(t.object))
        for t in pyoxigraph.parse(HEADER + text, format=pyoxigraph.RdfFormat.TURTLE)
    ]


def canonical(text: str) -> str:
    """The text written again, without its prefixes."""
    return "".join(triples_text(parsed(text), "turtle", PREFIXES)).partition("\n\n")[2]


CANONICAL = {
    "the ontology first, then subjects in order": """
        ex:z a owl:Ontology .

        ex:a a ex:C .

        ex:b a ex:C .
    """,
    "a first, then predicates in order, one on a line": """
        ex:a
            a ex:C, ex:D ;
            ex:p 1 ;
            ex:q ex:b, "x", "x"@en .
    """,
    "many objects, one on a line": """
        ex:a ex:p
                ex:one-that-is-long ,
                ex:two-that-is-longer ,
                "three that is the longest of them all" .
    """,
    "numbers and booleans bare": """
        ex:a ex:p -1, 0, 1.50, 1e6, false .
    """,
    "numbers that parsers would change in quotes": """
        ex:a ex:p "+1"^^xsd:integer, "01"^^xsd:integer, "1."^^xsd:decimal, "NaN"^^xsd:double .
    """,
    "nested nodes": """
        ex:a
            ex:p [] ;
            ex:q [ a ex:C ] ;
            ex:r [
                ex:p 1 ;
                ex:q [ ex:r 2 ]
            ] .
    """,
    "lists": """
        ex:a ex:p (), ( 1 "two" ex:three ( 4 ) ) .
    """,
    "a list with large items": """
        ex:a ex:p (
                1
                [
                    ex:p 1 ;
                    ex:q 2
                ]
            ) .
    """,
    "a shared node": """
        ex:a ex:p _:b0 .

        ex:b ex:p _:b0 .

        _:b0 ex:q 1 .
    """,
    "a node nothing points to": """
        []
            ex:p 1 ;
            ex:q 2 .
    """,
    "a cycle": """
        _:b0 ex:p [ ex:p _:b0 ] .
    """,
    "a list with something added": """
        ex:a ex:p [
                ex:extra 1 ;
                rdf:first 1 ;
                rdf:rest ( 2 )
            ] .
    """,
    "a list that ends in nothing": """
        ex:a ex:p [
                rdf:first 1 ;
                rdf:rest ex:b
            ] .
    """,
    "a list that bites its tail": """
        _:b0
            rdf:first 1 ;
            rdf:rest _:b0 .
    """,
    "a text of several lines": '''
        ex:a ex:p """one
        two \\"""" .
    ''',
    "names that would need an escape in full": """
        ex:a ex:p <http://example.org/a/b>, <http://example.org/c.>, ex:c.d .
    """,
}


@pytest.mark.parametrize("text", CANONICAL.values(), ids=CANONICAL)
def test_canonical_text_stays_as_it_is(text: str) -> None:
    text = textwrap.dedent(text).lstrip("\n")
    assert canonical(text) == text


def test_only_the_prefixes_in_use_are_declared() -> None:
    text = "".join(triples_text(parsed("ex:a ex:p ex:b ."), "turtle", PREFIXES))
    assert text == "@prefix ex: <http://example.org/> .\n\nex:a ex:p ex:b .\n"


def test_an_empty_graph_is_an_empty_file() -> None:
    assert "".join(triples_text([], "turtle", PREFIXES)) == ""


def test_without_prefixes_there_is_no_header() -> None:
    triple = IRI(EX + "a"), IRI(EX + "p"), Literal("x")
    text = "".join(triples_text([triple], "turtle"))
    assert text == '<http://example.org/a> <http://example.org/p> "x" .\n'


def test_deep_nesting_gets_labels() -> None:
    nodes = [BlankNode(f"n{i}") for i in range(5000)]
    chain = [(a, IRI(EX + "p"), b) for a, b in pairwise(nodes)]
    text = "".join(triples_text(chain, "turtle", PREFIXES))
    again = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))
    assert len(again) == len(chain)
    assert "_:b0" in text


def test_a_long_list_is_one_list() -> None:
    text = canonical("ex:a ex:p (" + " ".join(map(str, range(3000))) + ") .")
    assert "_:" not in text
    assert "[" not in text


def test_many_nodes_that_look_alike_are_written_in_bounded_time() -> None:
    pairs = [(IRI(EX + s), IRI(EX + "p"), BlankNode(str(i))) for i in range(400) for s in "ab"]
    text = "".join(triples_text(pairs, "turtle", PREFIXES))
    assert "_:b399" in text


def test_two_triangles_differ_from_a_hexagon_whatever_their_labels() -> None:
    def cycle(names: str) -> list[Triple]:
        return [
            (BlankNode(a), IRI(EX + "p"), BlankNode(b))
            for a, b in zip(names, names[1:] + names[0], strict=True)
        ]

    def text(*cycles: str) -> str:
        triples = [triple for names in cycles for triple in cycle(names)]
        return "".join(triples_text(triples, "turtle"))

    assert text("abc", "def", "uvwxyz") == text("uvw", "xyz", "cdbafe")


def test_trig_indents_graphs_and_shares_labels() -> None:
    a, p, node = IRI(EX + "a"), IRI(EX + "p"), BlankNode("x")
    quads: list[Quad] = [(a, p, node, None), (node, p, Literal("1\n2"), IRI(EX + "g"))]
    assert "".join(quads_text(quads, "trig", PREFIXES)) == textwrap.dedent(
        '''\
        @prefix ex: <http://example.org/> .

        ex:a ex:p _:b0 .

        ex:g {
            _:b0 ex:p """1
        2""" .
        }
        '''
    )


def test_a_syntax_without_graphs_refuses_a_named_one() -> None:
    a = IRI(EX + "a")
    with pytest.raises(UnsupportedError, match="turtle cannot hold named graphs"):
        list(quads_text([(a, a, a, a)], "turtle"))


def test_an_unknown_syntax_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'turtle'"):
        list(quads_text([], "turtel"))


def test_xml_refuses_control_characters() -> None:
    a = IRI(EX + "a")
    with pytest.raises(DataError, match=r"U\+0001"):
        list(triples_text([(a, a, Literal("\x01"))], "rdfxml"))


def test_text_and_binary_streams_take_the_same() -> None:
    triples = parsed('ex:a ex:p "é" .')
    text, binary = io.StringIO(), io.BytesIO()
    write_triples(triples, text, "ntriples")
    write_triples(triples, binary, "ntriples")
    assert text.getvalue().encode() == binary.getvalue()


def test_long_lists_of_equal_items_are_ordered_in_one_pass() -> None:
    """Refinement alone takes a round a cell: half a minute for these."""
    items = " ".join(["0"] * 3000)
    text = canonical(f"ex:a ex:p ({items}) . ex:b ex:p ({items}) . _:c ex:p ({items}) .")
    assert text.count("(") == 3
