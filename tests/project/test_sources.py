from __future__ import annotations

import gzip

import pytest

from kgtool.errors import NotFoundError, RdfSyntaxError, UsageError
from kgtool.project.literals import has_value
from kgtool.project.sources import read_file
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal

BAD = {
    "unfinished": ("a.ttl", b"<urn:a> <urn:b>\n", (2, 1), "the file ends"),
    "no end tag": ("a.rdf", b"<rdf:RDF\n  xmlns:rdf='urn:r'", (1, 1), "tag not closed"),
    "behind a mark": ("a.ttl", b"\xef\xbb\xbf<urn:a> <urn:b> .", (1, 17), "not a valid RDF"),
    "Windows": ("a.ttl", b"<urn:a>\r\n\t<urn:b>\t] .\r\n", (2, 10), "not a valid RDF"),
    "conflict": (
        "a.ttl",
        b"\xef\xbb\xbf# top\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> other\r\n",
        (2, 1),
        "merge conflict",
    ),
    "no dot": ("a.ttl", b"<urn:a> <urn:b> <urn:c>\n<urn:a> <urn:b> <urn:c> .", (2, 1), "dot"),
    "prefix": (
        "a.ttl",
        b"@prefix own: <urn:o:> .\nown:a ow:b 5 .",
        (2, 7),
        "ow: is not declared",
    ),
    "utf-8": ("a.ttl", b'<urn:a> <urn:b> "\xff" .', (1, 18), "UTF-8"),
    "cut short": ("a.nt", b'<urn:a> <urn:b> "c" .\n<urn:a> <urn:', (2, 9), "the file ends"),
    "date": (
        "a.ttl",
        b"@prefix x: <http://www.w3.org/2001/XMLSchema#> .\n"
        b"<urn:a> <urn:b>\n '1944-02-30'^^x:date .",
        (3, 2),
        '"1944-02-30" is not a value of xsd:date',
    ),
}


@pytest.mark.parametrize(("name", "data", "place", "message"), BAD.values(), ids=BAD)
def test_bad_files_are_errors_with_their_place(tmp_path, name, data, place, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RdfSyntaxError, match=message) as caught:
        read_file(path, f"triples/{name}")
    found = caught.value.location
    assert (found.file, found.line, found.column) == (f"triples/{name}", *place)


@pytest.mark.parametrize("name", ["a.ttl", "a.ttl.gz", "a.ttl.zst"])
def test_a_byte_order_mark_is_passed_over(tmp_path, name):
    path = tmp_path / name
    data = b"\xef\xbb\xbf@prefix : <urn:x:> .\r\n:a\t:b :c .\r\n"
    if name.endswith(".zst"):
        data = pytest.importorskip("zstandard").compress(data)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    read = read_file(path, name)
    assert read.triples == ((IRI("urn:x:a"), IRI("urn:x:b"), IRI("urn:x:c")),)
    if name == "a.ttl":
        assert [str(p) for p in read.places.triple(read.triples[0])] == ["a.ttl:2:7"]


def test_a_misspelt_prefix_names_the_nearest(tmp_path):
    path = tmp_path / "a.ttl"
    path.write_text("@prefix own: <urn:o:> .\nown:a ow:b 5 .")
    with pytest.raises(RdfSyntaxError, match="Did you mean 'own'"):
        read_file(path, "a.ttl")


def test_a_missing_file_and_an_unknown_ending_are_errors(tmp_path):
    with pytest.raises(NotFoundError, match="there is no file"):
        read_file(tmp_path / "a.ttl", "a.ttl")
    with pytest.raises(UsageError, match=r"expected one of \.ttl"):
        read_file(tmp_path / "a.tll", "a.tll")


def test_blank_nodes_are_named_by_file_and_order(tmp_path):
    path = tmp_path / "a.ttl"
    path.write_text("_:z <urn:p> [] .")
    first, again = read_file(path, "a.ttl"), read_file(path, "a.ttl")
    assert first.triples == again.triples
    subject, _, object_ = first.triples[0]
    assert isinstance(subject, BlankNode)
    assert subject != object_
    assert read_file(path, "b.ttl").triples != first.triples


@pytest.mark.parametrize(
    ("type_", "lexical", "valid"),
    [
        ("date", "1944-06-04", True),
        ("date", "1944-06-31", False),
        ("gYear", "1944", True),
        ("gYear", "44", False),
        ("gYearMonth", "1944-13", False),
        ("duration", "P1M", True),
        ("duration", "PT45S", True),
        ("duration", "P", False),
        ("duration", "P1H", False),
        ("integer", "1.0", False),
        ("nonNegativeInteger", "-1", False),
        ("boolean", "yes", False),
        ("hexBinary", "anything", True),
    ],
)
def test_literals_have_to_be_in_their_datatype(type_, lexical, valid):
    assert has_value(Literal(lexical, XSD.base + type_)) is valid
