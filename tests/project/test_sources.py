from __future__ import annotations

import pytest

from kgtool.errors import NotFoundError, RdfSyntaxError, UsageError
from kgtool.project.literals import has_value
from kgtool.project.sources import read_file
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import BlankNode, Literal

BAD = {
    "unfinished": ("a.ttl", b"<urn:a> <urn:b>\n", (2, 1), "Unexpected end"),
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
