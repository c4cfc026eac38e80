"""Turtle and TriG documents: their triples with places, and their one form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import RdfSyntaxError
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.document.formatting import format_text
from kgtool.rdf.document.lexer import Source, tokenize
from kgtool.rdf.document.parser import parse_document
from kgtool.rdf.document.placed import placed_triples
from kgtool.rdf.syntax import ntriples_term
from kgtool.rdf.terms import IRI
from kgtool.rdf.turtle import turtle_text
from tests.conformance.manifests import ROOT as SUITES

BASE = "http://example.org/base/"
PREFIX = "@prefix : <urn:x:> .\n"
W3C = [
    *sorted((SUITES / "turtle/rdf11/rdf-turtle").glob("*.ttl")),
    *sorted((SUITES / "trig/rdf11/rdf-trig").glob("*.trig")),
    *sorted((SUITES / "shacl").rglob("*.ttl")),
]


def canonical(quads: Iterable[pyoxigraph.Quad]) -> set[str]:
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, dataset))


def parsed(text: str, *, graphs: bool = False) -> set[str]:
    """What the oracle reads, blank nodes by canonical labels."""
    syntax = pyoxigraph.RdfFormat.TRIG if graphs else pyoxigraph.RdfFormat.TURTLE
    return canonical(pyoxigraph.parse(text, format=syntax, base_iri=BASE))


def placed(text: str, *, graphs: bool = False) -> set[str]:
    """The same from the document's triples."""
    document = parse_document(f"@base <{BASE}> .\n{text}", graphs=graphs)
    lines = [
        " ".join(ntriples_term(x) for x in (*t.triple, t.graph) if x is not None) + " .\n"
        for t in placed_triples(document)
    ]
    return canonical(pyoxigraph.parse("".join(lines), format=pyoxigraph.RdfFormat.N_QUADS))


def comments(text: str) -> Counter[str]:
    return Counter(t.text.rstrip() for t in tokenize(Source(text, "")) if t.kind == "comment")


def check(text: str, *, graphs: bool = False) -> str:
    """The text's form, once seen that it says the same and stays as it is."""
    form = format_text(text, graphs=graphs)
    assert parsed(form, graphs=graphs) == parsed(text, graphs=graphs)
    assert format_text(form, graphs=graphs) == form
    assert comments(form) == comments(text)
    return form


@pytest.mark.parametrize("path", W3C, ids=lambda path: path.name)
def test_the_w3c_files(path: Path) -> None:
    graphs = path.suffix == ".trig"
    text = path.read_bytes().decode(errors="surrogateescape")
    try:
        expected = parsed(text, graphs=graphs)
    except (SyntaxError, UnicodeEncodeError):
        return  # what is no Turtle has no form; the negative tests of the suite look at it
    assert placed(text, graphs=graphs) == expected
    check(text, graphs=graphs)


def test_the_form() -> None:
    text = """# Of a battle.

PREFIX unused: <urn:unused:>
@prefix b: <urn:b:> .   # used
@prefix : <urn:x:> .


# ---- Battles

# The larger one.
:two :q 2, 1 ; # two numbers
     :p _:n ;
     a :Battle .
_:n :note "of\\na node" .
:one :p ( 1 :x "a" ) ; :q [ :r :s ; a :T ], [] .
:two <http://www.w3.org/2000/01/rdf-schema#label> "two" .

:a :p :b .
:b :p :c . # short
"""
    assert (
        check(text)
        == '''# Of a battle.

# used
@prefix : <urn:x:> .

# ---- Battles

# The larger one.
:two
    a :Battle ;
    <http://www.w3.org/2000/01/rdf-schema#label> "two" ;
    :p [
        :note """of
a node"""
    ] ;
    :q
        1 , # two numbers
        2 .

:one
    :p ( 1 :x "a" ) ;
    :q
        [
            a :T ;
            :r :s
        ] ,
        [] .

:a :p :b .
:b :p :c . # short
'''
    )


@pytest.mark.parametrize(
    "text",
    [
        ":a # subject\n :p # predicate\n :b # object\n , # comma\n :c # more\n . # stop\n",
        ":a :p [ # in\n :q :r # nested\n ; # last\n # below\n ] .\n# after\n",
        ":a :p ( # in\n 1 # one\n # above two\n 2 ) . # beside\n\n# alone\n\n# end\n",
        "# top\n:a :p :b . :a :p :b ; # twice\n # below\n .\n",
        ":a :p :b ;\n  # above\n  :q :c ;\n  # before the stop\n  .\n",
        "[ :p :b # in\n ] :q :c . # beside\n",
        "_:x :p _:y . _:y :p _:x . # a circle\n_:z :p _:z .\n",
        "# one\n\n# two\n:a :p :b .\n\n\n\n:c :d :e .\n",
    ],
)
def test_comments_stay(text: str) -> None:
    check(PREFIX + text)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_tabs_and_a_byte_order_mark(ending: str) -> None:
    text = f"\ufeff@prefix : <urn:x:> .{ending}{ending}:a\t:p\t:b ;{ending}\t:q\t1 .{ending}"
    assert format_text(text) == "@prefix : <urn:x:> .\n\n:a\n    :p :b ;\n    :q 1 .\n"


def test_one_changed_fact_changes_a_line() -> None:
    before = check(PREFIX + ":a :p 1 ; :q 2 ; :r 3 .").splitlines()
    after = check(PREFIX + ":a :p 1 ; :q 7 ; :r 3 .").splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_a_base_stays_and_relative_iris_with_it() -> None:
    text = "@base <http://e/> .\n@prefix : <#> .\n\n<#a> <p> <> .\n"
    assert check(text) == "@base <http://e/> .\n\n<#a> <p> <> .\n"


def test_what_exports_write_is_in_form() -> None:
    text = PREFIX + ":b :p [ :q 1, 2 ] ; a :T . :a :p ( 1 2 ), 'x'@en . _:c :p _:c ."
    quads = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    triples = [
        (from_oxigraph(q.subject), from_oxigraph(q.predicate), from_oxigraph(q.object))
        for q in quads
    ]
    written = turtle_text(triples, {"": "urn:x:"})
    assert check(written) == written


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (":a :p :b", "text:2:9", "'.'"),
        (":a :p ; .", "text:2:7", "a term"),
        (":a no:p :b .", "text:2:4", "not declared"),
        (":a :p 'x .", "text:2:7", "unexpected text"),
        (":a :p [ :q 1 .", "text:2:14", "']'"),
        ("{ :a :p :b }", "text:2:1", "a subject"),
        ('"a" :p :b .', "text:2:1", "a subject"),
    ],
)
def test_errors_have_places(text: str, place: str, words: str) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        format_text(PREFIX + text)
    assert str(caught.value).startswith(f"{place}: ")
    assert words in str(caught.value)


def test_prefixes_may_be_known_beforehand() -> None:
    known = {"": "urn:x:", "p": "urn:p:"}
    document = parse_document(":a p:b :c . @prefix p: <urn:q:> . :a p:b :c .", prefixes=known)
    predicates = [placed.predicate for placed in placed_triples(document)]
    assert predicates == [IRI("urn:p:b"), IRI("urn:q:b")]
    assert known["p"] == "urn:p:"


def test_places() -> None:
    source = PREFIX + ":a :p :b ,\n   [ :q 'x' ] ."
    document = parse_document(source)
    lines = Source(source, "f.ttl")
    found = [
        (t.predicate.value[-1], str(lines.place(t.object_at))) for t in placed_triples(document)
    ]
    assert found == [("p", "f.ttl:2:7"), ("p", "f.ttl:3:4"), ("q", "f.ttl:3:9")]


names = st.sampled_from([":a", ":b", "<urn:c>", "_:n1", "_:n2", "_:n3"])
literals = st.sampled_from(
    ["1", "-2.50", "1e0", "true", "'a'", '"b\\n\\"c"@en', "'d'^^:t", "'''e'''"]
)
notes = st.sampled_from(["", "", "", " # note\n", "\n# line\n", "\n\n# alone\n\n"])


@st.composite
def nodes(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.integers(0, 6 if depth else 3))
    if kind < 3:
        return draw(names)
    if kind == 3:
        return draw(literals)
    if kind == 4:
        items = draw(st.lists(nodes(depth - 1), max_size=3))
        return "(" + draw(notes) + " ".join(i + draw(notes) for i in items) + ")"
    return "[" + draw(notes) + draw(pairs(depth - 1)) + draw(notes) + "]"


@st.composite
def pairs(draw: st.DrawFn, depth: int = 2) -> str:
    found = []
    for _ in range(draw(st.integers(1, 3))):
        verb = draw(st.sampled_from(["a", ":p", ":q", "<urn:r>"]))
        objects = draw(st.lists(nodes(depth), min_size=1, max_size=3))
        joined = f" ,{draw(notes)} ".join(o + draw(notes) for o in objects)
        found.append(f"{draw(notes)} {verb} {draw(notes)} {joined}")
    return f" ; {draw(notes)}".join(found)


blocks = st.builds(
    lambda subject, said, *more: f"{more[0]}{subject} {said} {more[1]}. {more[2]}\n",
    names | nodes(1).filter(lambda n: n.startswith(("[", "("))),
    pairs(),
    notes, notes, notes,
)  # fmt: skip


@given(st.lists(blocks, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_document_keeps_its_triples_and_comments(found: list[str]) -> None:
    text = PREFIX + "\n".join(found)
    assert placed(text) == parsed(text)
    check(text)
