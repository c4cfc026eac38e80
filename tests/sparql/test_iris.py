"""The examples of RFC 3986, section 5.4."""

from __future__ import annotations

import pytest

from kgtool.rdf.iris import resolve

EXAMPLES = """
g:h g:h|g http://a/b/c/g|./g http://a/b/c/g|g/ http://a/b/c/g/|/g http://a/g|//g http://g
?y http://a/b/c/d;p?y|g?y http://a/b/c/g?y|#s http://a/b/c/d;p?q#s|g#s http://a/b/c/g#s
g?y#s http://a/b/c/g?y#s|;x http://a/b/c/;x|g;x http://a/b/c/g;x|g;x?y#s http://a/b/c/g;x?y#s
. http://a/b/c/|./ http://a/b/c/|.. http://a/b/|../ http://a/b/|../g http://a/b/g
../.. http://a/|../../ http://a/|../../g http://a/g|../../../g http://a/g|../../../../g http://a/g
/./g http://a/g|/../g http://a/g|g. http://a/b/c/g.|.g http://a/b/c/.g|g.. http://a/b/c/g..
..g http://a/b/c/..g|./../g http://a/b/g|./g/. http://a/b/c/g/|g/./h http://a/b/c/g/h
g/../h http://a/b/c/h|g;x=1/./y http://a/b/c/g;x=1/y|g;x=1/../y http://a/b/c/y
g?y/./x http://a/b/c/g?y/./x|g#s/../x http://a/b/c/g#s/../x
"""


@pytest.mark.parametrize("example", EXAMPLES.strip().replace("\n", "|").split("|"))
def test_rfc_3986(example: str) -> None:
    reference, expected = example.split(" ")
    assert resolve(reference, "http://a/b/c/d;p?q") == expected


@pytest.mark.parametrize(
    ("reference", "base", "expected"),
    [
        ("", "http://a/b?q#f", "http://a/b?q"),
        ("x", "http://a", "http://a/x"),
        ("x", "urn:a:b", "urn:x"),
        ("#f", "urn:a:b", "urn:a:b#f"),
        ("x", None, "x"),
        ("http://a/../b", "http://c/", "http://a/../b"),
        ("b", "file:///a/", "file:///a/b"),
    ],
)
def test_corners(reference: str, base: str | None, expected: str) -> None:
    assert resolve(reference, base) == expected
