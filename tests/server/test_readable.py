"""Literals in words, languages, and the addresses of IRIs."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.rdf.languages import best
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal
from kgtool.server.negotiation import wants_page
from kgtool.server.pages.addresses import Addresses, common_base, in_header, outside
from kgtool.server.pages.languages import wished
from kgtool.server.pages.readable import point, readable

BASE = "https://example.org/x/"


@pytest.mark.parametrize(
    ("lexical", "datatype", "words"),
    [
        ("1944-06-04", "date", "4 June 1944"),
        ("1944-06-04Z", "date", "4 June 1944 UTC"),
        ("1944-06-04-05:00", "date", "4 June 1944 UTC\N{MINUS SIGN}05:00"),
        ("1944-06", "gYearMonth", "June 1944"),
        ("1944", "gYear", "1944"),
        ("-0043", "gYear", "44 BC"),
        ("0000", "gYear", "1 BC"),
        ("-0043-03-15", "date", "15 March 44 BC"),
        ("12024-01-01", "date", "1 January 12024"),
        ("--06-04", "gMonthDay", "4 June"),
        ("--06", "gMonth", "June"),
        ("---04", "gDay", "day 4 of a month"),
        ("08:00:00", "time", "08:00"),
        ("08:00:01.5", "time", "08:00:01.5"),
        ("1944-06-04T08:00:00+02:00", "dateTime", "4 June 1944, 08:00 UTC+02:00"),
        ("1944-06-04T08:00:30Z", "dateTime", "4 June 1944, 08:00:30 UTC"),
        ("1944-13-04", "date", None),
        ("1944-00", "gYearMonth", None),
        ("soon", "date", None),
        ("9" * 5000, "gYear", None),
        ("P1Y2M", "duration", "1 year 2 months"),
        ("P1DT12H", "duration", "1 day 12 hours"),
        ("-PT1.5S", "dayTimeDuration", "minus 1.5 seconds"),
        ("P", "duration", None),
        ("34000", "integer", "34,000"),
        ("1944", "integer", "1944"),
        ("-1234567.50", "decimal", "-1,234,567.50"),
        ("1e3", "double", None),
        ("NaN", "double", None),
        ("9" * 5000, "integer", None),
        ("true", "boolean", "yes"),
        ("0", "boolean", "no"),
        ("1944", "string", None),
    ],
)
def test_words(lexical: str, datatype: str, words: str | None) -> None:
    assert readable(lexical, XSD.base + datatype) == words


@given(st.text("0123456789-+:.TZP ", max_size=30), st.sampled_from(sorted(vars(XSD))))
def test_any_literal_has_words_or_none(lexical: str, name: str) -> None:
    assert readable(lexical, XSD.base + name) is None or lexical


def test_points() -> None:
    assert point("POINT(12.5 41.9)") == ("41.9", "12.5")
    crs84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> Point (-0.1 51.5)"
    assert point(crs84) == ("51.5", "-0.1")
    assert point("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(51.5 -0.1)") is None
    assert point("POLYGON((0 0, 1 1, 0 1, 0 0))") is None


def test_the_language_that_is_wished() -> None:
    assert wished("de;q=0.5, fr, *;q=0.1, en;q=0") == ("fr", "de")
    labels = [Literal.tagged(text, text[:2]) for text in ("de", "en", "it")]
    plain = Literal("plain")
    assert best(labels, ("it", "de")) == labels[2]
    assert best(labels, ("de-at",)) == labels[0]
    assert best([*labels, plain], ("pl",)) == labels[1]
    assert best([plain, labels[2]], ()) == plain
    assert best([labels[2]], ()) == labels[2]
    assert best([], ("en",)) is None


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (None, False), ("", False), ("*/*", False), ("text/html", True), ("text/turtle", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/turtle, text/html;q=0.5", False), ("text/html;q=0.9, text/turtle;q=0.5", True),
        ("text/*", False), ("application/xhtml+xml", True), ("text/html;q=0", False),
    ],
)  # fmt: skip
def test_who_wants_a_page(accept: str | None, page: bool) -> None:
    assert wants_page(accept) is page


_IRI = st.text(
    st.characters(exclude_characters='<>"{}|^`\\', exclude_categories=["Cs", "Cc", "Zs"])
)


@given(_IRI)
def test_a_page_has_the_address_of_its_iri(rest: str) -> None:
    """What a server reads from the address is the IRI that it was made of."""
    iri = BASE + rest
    address = urlsplit(Addresses(BASE).page(iri))
    assert address.fragment == ""
    if address.query:
        assert parse_qs(address.query)["iri"] == [iri]
    else:
        assert BASE + unquote(address.path.removeprefix("/page/")) == iri
        assert not {".", ".."} & set(address.path.split("/"))
    assert in_header(iri).isascii()
    assert not set('<>" \n') & set(in_header(iri))


def test_addresses() -> None:
    where = Addresses(BASE)
    assert where.page(f"{BASE}id/rome") == "/page/id/rome"
    assert where.page(f"{BASE}terms#City") == "/page/terms%23City"
    assert where.page("urn:x") == "/page?iri=urn%3Ax"
    assert where.data(f"{BASE}id/rome", "nt") == "/data/id/rome.nt"
    assert where.data(f"{BASE}id/a.nt", "ttl").startswith("/data?iri=")
    assert where.meant_by("id/caf%C3%A9", "") == [f"{BASE}id/café", f"{BASE}id/caf%C3%A9"]
    assert where.meant_by("id/a", "b=c") == [f"{BASE}id/a?b=c"]
    assert Addresses("").page(f"{BASE}id/rome").startswith("/page?iri=")


@pytest.mark.parametrize(
    ("subjects", "base"),
    [
        (["https://w3id.org/x/id/a", "https://w3id.org/x/id/b", "https://w3id.org/x/o#C"],
         "https://w3id.org/x/"),
        (["http://example.org/a"], "http://example.org/"),
        (["http://example.org/data#a"], "http://example.org/"),
        (["http://example.org/o/data#a"], "http://example.org/o/"),
        (["urn:a", "http://www.w3.org/2002/07/owl#Class"], ""),
        (["mailto:a@example.org", "http://example.org/a"], "http://example.org/"),
        ([], ""),
    ],
)  # fmt: skip
def test_the_base_is_the_folder_above_most_subjects(subjects: list[str], base: str) -> None:
    assert common_base(subjects) == base


def test_where_browsers_are_sent() -> None:
    assert outside("https://example.org/a") == "https://example.org/a"
    for iri in (
        "javascript:alert(1)",
        "JavaScript:x",
        "data:text/html,x",
        "file:///etc",
        "https:x",
    ):
        assert outside(iri) is None
