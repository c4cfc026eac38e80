"""Random terms and graphs, the awkward ones included."""

from __future__ import annotations

from hypothesis import strategies as st

from kgtool.rdf.lines import Quad, Triple
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

EX = "http://example.org/"
PREFIXES = {
    "": EX,
    "ex": EX + "deep/",
    "rdf": RDF.base,
    "xsd": XSD.base,
    "a.b": "http://a.b/#",
    "unused": "http://unused/",
    "not valid": "http://example.net/",
}

_QUOTES = ["", '"', '""', '"""', '""""', "\\", '\\"', "\n", 'a\n"', 'a\n\\"', "\n\n", "\t", "\r"]
_ODD = [
    "\r\n",
    "\x00",
    "\x01",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "'''",
    "𝄞",
    "%20",
    " x ",
]
_AWKWARD = st.sampled_from(_QUOTES + _ODD)
_CHARACTERS = st.characters(exclude_categories=["Cs"])
texts = st.lists(_AWKWARD | st.text(_CHARACTERS, max_size=4), max_size=4).map("".join)
#: Without the characters that XML 1.0 has no way to write.
xml_texts = texts.map(
    lambda text: "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
)

_LOCALS = ["a", "b1", "", "a.b", "a.", ".a", "-a", "a-", "1", "a/b", "é", "a%20b", "a:b", "~x"]
_LOCALS += ["a'b", "a(b)", "x,y", "q?x=1&y", "#f", "·a", "a·", "\u0300", "𐀀", "deep/x", "_", "a_b"]
iris = st.sampled_from(
    [IRI(EX + local) for local in _LOCALS]
    + [IRI("urn:x"), IRI("http://a.b/#c"), IRI(RDF.type), IRI(RDF.nil), IRI("tag:a,b:c")]
)
predicates = st.sampled_from(
    [IRI(EX + "p"), IRI(EX + "q"), IRI(RDF.type), IRI(RDF.first), IRI(RDF.rest), IRI(EX + "a/p")]
)

_NUMBERS = ["1", "01", "+1", "-1", "-0", "1.5", "1.50", ".5", "5.", "1e6", "1.0E6", "-1E-3"]
_NUMBERS += [
    "NaN",
    "INF",
    "-INF",
    "true",
    "TRUE",
    "0",
    "false",
    " 1",
    "1 ",
    "",
    "1" * 50,
    "1.0e",
    "x",
]
_NUMBERS += ["0.0000001", "123456789012345678901234567890.5"]
_TYPES = [XSD.integer, XSD.decimal, XSD.double, XSD.boolean, XSD.float, XSD.date, XSD.string]
numbers = st.builds(Literal, st.sampled_from(_NUMBERS), st.sampled_from(_TYPES))


def literals(lexical: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Literal]:
    """Literals of all kinds."""
    tags = st.sampled_from(["en", "de-ch", "x-a1", "zh-hans-cn"])
    datatypes = st.sampled_from([XSD.string, EX + "type", EX + "odd,type", XSD.base + "anyURI"])
    return (
        numbers | st.builds(Literal.tagged, lexical, tags) | st.builds(Literal, lexical, datatypes)
    )


bnodes = st.sampled_from([BlankNode(f"n{i}") for i in range(6)])


def terms(lexical: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Term]:
    """Terms of all kinds."""
    return iris | bnodes | literals(lexical)


def triples(lexical: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Triple]:
    """Triples in which blank nodes meet often: shared ones, cycles, ill-formed lists."""
    rest = st.tuples(bnodes, st.just(IRI(RDF.rest)), bnodes | st.just(IRI(RDF.nil)))
    first = st.tuples(bnodes, st.just(IRI(RDF.first)), terms(lexical))
    plain = st.tuples(iris | bnodes, predicates, terms(lexical) | bnodes)
    return plain | plain | rest | first


def graphs(lexical: st.SearchStrategy[str] = texts) -> st.SearchStrategy[list[Triple]]:
    """Graphs of some triples, now and then with whole lists."""
    return st.builds(
        lambda some, lists: some + [triple for one in lists for triple in one],
        st.lists(triples(lexical), max_size=12),
        st.lists(lists_of_terms(lexical), max_size=2),
    )


@st.composite
def lists_of_terms(draw: st.DrawFn, lexical: st.SearchStrategy[str] = texts) -> list[Triple]:
    """A list that something points to, with items of all kinds."""
    items = draw(st.lists(terms(lexical), max_size=4))
    name = draw(st.sampled_from(["l", "m"]))
    cells: list[Term] = [BlankNode(f"{name}{i}") for i in range(len(items))]
    cells.append(draw(st.just(IRI(RDF.nil)) | bnodes if items else st.just(IRI(RDF.nil))))
    written: list[Triple] = [(draw(iris | bnodes), IRI(EX + "list"), cells[0])]
    for i, item in enumerate(items):
        written.append((cells[i], IRI(RDF.first), item))
        written.append((cells[i], IRI(RDF.rest), cells[i + 1]))
    return written


def datasets() -> st.SearchStrategy[list[Quad]]:
    """Quads, in graphs named by IRIs and blank nodes."""
    names = st.sampled_from([None, None, IRI(EX + "g1"), IRI("urn:g"), BlankNode("n1")])
    return st.lists(st.builds(lambda t, g: (*t, g), triples(), names), max_size=12)
