"""Errors in RDF files: where they are, what was expected, what to do."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest

from kgtool.errors import NotFoundError, RdfSyntaxError, UsageError
from kgtool.rdf.files import Format, format_of
from kgtool.rdf.reading import parse_file, prefixes_of


def error_of(folder: Path, name: str, data: str | bytes) -> RdfSyntaxError:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(RdfSyntaxError) as caught:
        list(parse_file(path))
    location = caught.value.location
    assert location is not None
    assert location.file == str(path)
    return caught.value


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.ttl", Format.TURTLE),
        ("a.b.NT", Format.NTRIPLES),
        ("a.nt.gz", Format.NTRIPLES),
        ("a.nt.bz2", Format.NTRIPLES),
        ("a.trig.zst", Format.TRIG),
        ("a.nq", Format.NQUADS),
        ("a.owl", Format.RDFXML),
        ("a.jsonld", Format.JSONLD),
    ],
)
def test_formats(name: str, format: Format) -> None:
    assert format_of(name) is format


@pytest.mark.parametrize("name", ["a.txt", "a", "a.gz", ".ttl.bak"])
def test_unknown_extension(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.ttl.*\.nt.*\.gz, \.bz2 or \.zst"):
        format_of(name)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file"):
        list(parse_file(tmp_path / "none.ttl"))


def test_syntax_error(tmp_path: Path) -> None:
    error = error_of(tmp_path, "a.ttl", "@prefix e: <http://e.example/> .\ne:a e:b ] .\n")
    assert error.location is not None
    assert error.location.line == 2
    assert error.location.column == 9


def test_undeclared_prefix(tmp_path: Path) -> None:
    error = error_of(
        tmp_path, "a.ttl", "@prefix rdfs: <http://e.example/> .\nrdfs:a rdf:b rdfs:c .\n"
    )
    assert error.location is not None
    assert (error.location.line, error.location.column) == (2, 8)
    assert "prefix rdf: is not declared" in error.message
    assert "rdfs:" in str(error.expected)
    assert error.hint == "Did you mean 'rdfs'?"


def test_line_cut_short(tmp_path: Path) -> None:
    error = error_of(tmp_path, "a.nt", '<urn:a:b> <urn:a:b> "x" .\n<urn:a:b> <urn:a:b> "x')
    assert error.location is not None
    assert error.location.line == 2
    assert "ends in the middle" in error.message


@pytest.mark.parametrize("name", ["a.nt", "a.ttl"])
def test_invalid_utf8(name: str, tmp_path: Path) -> None:
    data = '<urn:a:b> <urn:a:b> "é" .\n<urn:a:b> <urn:a:b> "é'.encode() + b'\xff" .\n'
    error = error_of(tmp_path, name, data)
    assert error.location is not None
    assert (error.location.line, error.location.column) == (2, 23)
    assert f"offset {data.index(0xFF)}" in error.message


def test_relative_iri_without_base(tmp_path: Path) -> None:
    error = error_of(tmp_path, "a.ttl", "<a> <b> <c> .")
    assert "base" in str(error.expected)
    assert len(list(parse_file(tmp_path / "a.ttl", base="http://e.example/"))) == 1


def test_damaged_gzip(tmp_path: Path) -> None:
    data = gzip.compress(b"<urn:a:b> <urn:a:b> <urn:a:b> .\n" * 100)
    assert "damaged" in error_of(tmp_path, "a.ttl.gz", data[:-10]).message
    assert "damaged" in error_of(tmp_path, "b.ttl.gz", b"not gzip").message


def test_damaged_bzip2(tmp_path: Path) -> None:
    data = bz2.compress(b"<urn:a> <urn:b> <urn:c> .\n")
    assert "damaged" in error_of(tmp_path, "a.ttl.bz2", data[:-10]).message
    assert "damaged" in error_of(tmp_path, "b.ttl.bz2", b"not bzip2").message


def test_prefixes(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("@prefix : <http://e.example/> . PREFIX x: <http://x.example/> :a :b x:c .")
    assert prefixes_of(path) == {"": "http://e.example/", "x": "http://x.example/"}
