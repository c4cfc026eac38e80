"""Shapes and data given as Turtle, checked by the compiler and by pyshacl."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.project.sources import read_file
from kgtool.rdf.terms import IRI
from kgtool.shacl import Finding, ValidationReport, validate
from kgtool.shacl.parsing import parse_shapes
from kgtool.shacl.pyshacl import validate_with_pyshacl
from kgtool.shacl.shapes import Shapes

PREFIXES = """
@prefix :     <urn:x:> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdf:  <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh:   <http://www.w3.org/ns/shacl#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
"""
#: Declares the prefix of the tests for SPARQL constraints.
DECLARED = ':px sh:declare [ sh:prefix "" ; sh:namespace "urn:x:"^^xsd:anyURI ] .\n'


def shapes_of(turtle: str, folder: Path) -> Shapes:
    """Reads shapes from a file, as the commands do; line 9 is the first of the text."""
    path = folder / "shapes.ttl"
    path.write_text(PREFIXES + turtle, encoding="utf-8")
    file = read_file(path, "shapes.ttl")
    return parse_shapes(file.triples, lambda: file.places)


@contextmanager
def store_of(turtle: str, folder: Path, inferred: str = ""):
    """A store of the triples, and of others in a graph of kind inferred."""
    data, more, path = folder / "data.ttl", folder / "more.ttl", folder / "data.duckdb"
    data.write_text(PREFIXES + turtle, encoding="utf-8")
    with StoreWriter(path, threads=1) as writer:
        writer.add(Source(data, graph=IRI("urn:x-kgtool:file:data.ttl")))
        if inferred:
            more.write_text(PREFIXES + inferred, encoding="utf-8")
            writer.add(Source(more, graph=IRI("urn:x-kgtool:inferred"), kind="inferred"))
        writer.commit({})
    with Store.open(path, threads=1) as store:
        yield store


def report_of(shapes: str, data: str, inferred: str = "", **options) -> ValidationReport:
    """The compiled report, with its findings at hand."""
    with tempfile.TemporaryDirectory() as folder:
        parsed = shapes_of(shapes, Path(folder))
        with (
            store_of(data, Path(folder), inferred) as store,
            validate(store, parsed, **options) as report,
        ):
            return report.detached()


def findings_of(shapes: str, data: str, **options) -> list[Finding]:
    return list(report_of(shapes, data, **options).findings)


def reference(shapes: str, data: str) -> ValidationReport:
    """The report of pyshacl."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, turtle in (("shapes.ttl", shapes), ("data.ttl", data)):
            path = Path(folder) / name
            path.write_text(PREFIXES + turtle, encoding="utf-8")
            files.append(read_file(path, name).triples)
    return validate_with_pyshacl(files[1], files[0])


def results(report: ValidationReport) -> Counter[tuple[object, ...]]:
    """What both reports have to agree in.

    A pair that is out of order counts once for each value: pyshacl ends with the first
    partner, where SHACL (4.5.3) and its suite (lessThan-002) have a result for each pair.
    """
    found = Counter(
        (str(f.focus), f.path_text, str(f.value), f.component.rpartition("#")[2], f.severity,
         f.source if isinstance(f.source, IRI) else None)
        for f in report.findings
    )  # fmt: skip
    return Counter({key: 1 if "LessThan" in str(key[3]) else n for key, n in found.items()})


def difference(shapes: str, data: str) -> str | None:
    """What sets the compiled report and pyshacl's apart; None where nothing does."""
    ours, theirs = results(report_of(shapes, data)), results(reference(shapes, data))
    if ours == theirs:
        return None
    lines = [f"+ {n} {key}" for key, n in (ours - theirs).items()]
    lines += [f"- {n} {key}" for key, n in (theirs - ours).items()]
    return "\n".join([*lines, shapes, data])
