"""Large files are converted by a process of its own: the same quads, the same errors."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kgtool.engine import ingest
from kgtool.engine.writer import Source
from kgtool.errors import RdfSyntaxError
from kgtool.rdf import converting
from kgtool.rdf.reading import Format
from tests.engine.loading import build, expected, load, quads

TURTLE = """@prefix : <http://e.example/> . @prefix x: <http://x.example/> .
:a :p "tab\\t and é"@en-GB , 1 , 2.50 , <rel> ; a x:C .
:b :q true , "01"^^<http://www.w3.org/2001/XMLSchema#integer> .
"""
TRIG = "@prefix : <http://e.example/> . :a :p :b . :g { :a :p :c , 'x' . }"
XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
<rdf:Description rdf:about="http://e/a"><e:p>x</e:p><e:q rdf:resource="b"/></rdf:Description>
</rdf:RDF>"""
JSON = '{"@id": "http://e/a", "http://e/p": [{"@value": "x", "@language": "de"}, 1]}'

pytestmark = pytest.mark.skipif(
    converting.converter() is None, reason="the package oxigraph (extra fast) is not installed"
)


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as large; the library itself is only to find errors and prefixes."""
    monkeypatch.setattr(ingest, "OUTSIDE", -1)
    monkeypatch.setattr(ingest, "_batches", None)


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (TURTLE, Format.TURTLE),
        (TRIG, Format.TRIG),
        (XML, Format.RDFXML),
        (JSON, Format.JSONLD),
        ("", Format.TURTLE),
    ],
)
def test_the_same_quads(text: str, format: Format, tmp_path: Path) -> None:
    with load(tmp_path, text, format) as store:
        assert quads(store) == expected(text, format)


def test_many_lines_come_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "_CHUNK", 1000)
    text = "\n".join(f"<http://e.example/{i}> <http://e.example/p> {i} ." for i in range(500))
    with load(tmp_path, text, Format.TURTLE) as store:
        assert quads(store) == expected(text, Format.TURTLE)


def test_prefixes_are_known(tmp_path: Path) -> None:
    with load(tmp_path, TURTLE, Format.TURTLE) as store:
        assert store.prefixes == {"": "http://e.example/", "x": "http://x.example/"}


def test_compressed(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl.gz"
    file.write_bytes(gzip.compress(TURTLE.encode()))
    with build(tmp_path, Source(file, base="http://base.example/")) as store:
        assert quads(store) == expected(TURTLE, Format.TURTLE)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("<http://e/a> <http://e/p> 1 .\n<http://e/a> <http://e/p> 2 ; ; <b .\n", ":2:"),
        ("<http://e/a> <http://e/p> 1 .\n:a <http://e/p> 2 .\n", ":2:"),
    ],
)
def test_an_error_has_its_place(text: str, place: str, tmp_path: Path) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        load(tmp_path, text, Format.TURTLE)
    assert place in str(caught.value)


def test_damaged_data_are_an_error(tmp_path: Path) -> None:
    lines = "".join(f"<http://e/{i}> <http://e/p> {i} .\n" for i in range(5000))
    whole = gzip.compress(lines.encode())
    file = tmp_path / "data.ttl.gz"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RdfSyntaxError, match="damaged"):
        build(tmp_path, Source(file))
