"""Which prefixes a Turtle text declares and uses, and where names stand in it."""

from __future__ import annotations

import pytest

from kgtool.errors import RdfSyntaxError
from kgtool.rdf.document.index import DocumentIndex
from kgtool.rdf.document.prefixes import prefixes_in
from kgtool.rdf.terms import IRI


def found(text: str) -> tuple[dict[str, str], set[str]]:
    prefixes = prefixes_in(text, "a.ttl")
    return {p: str(at) for p, at in prefixes.declared.items()}, prefixes.used


def test_declarations_have_their_first_place_and_strings_use_nothing():
    text = (
        "@prefix a: <urn:a:> . # b:\n"
        "\tPREFIX b: <urn:b:> prefix : <urn:c:>\n"
        "@prefix a: <urn:other:> .\n"
        "a:x :p 'b:y' , <b:z> ."
    )
    declared = {"a": "a.ttl:1:9", "b": "a.ttl:2:9", "": "a.ttl:2:28"}
    assert found(text) == (declared, {"a", ""})


def test_a_declaration_may_follow_where_all_before_it_are_used():
    text = "@prefix a: <urn:a:> .\na:x a:prefix a:y .\n@prefix b: <urn:b:> .\na:x a:p b:y ."
    assert found(text) == ({"a": "a.ttl:1:9", "b": "a.ttl:3:9"}, {"a", "b"})


def test_what_is_read_has_to_be_tokens():
    with pytest.raises(RdfSyntaxError):
        prefixes_in("@prefix a: <urn:a:> . ^", "a.ttl")


def test_a_name_that_is_only_a_predicate_has_its_place():
    index = DocumentIndex("<urn:a>\n  <urn:p> <urn:b> .", "a.ttl", "urn:base")
    assert [str(index.nearest(IRI(f"urn:{name}"))) for name in "apb"] == [
        "a.ttl:1:1",
        "a.ttl:2:3",
        "a.ttl:2:11",
    ]
