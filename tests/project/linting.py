"""Projects with something rotten in them, and what lint says of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kgtool.diagnostics import Diagnostic
from kgtool.project.lint import LintReport

#: What a Turtle file and a query of a test begin with.
PREFIXES = """\
@prefix : <https://example.org/ontology#> .
@prefix id: <https://example.org/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
HEADER = """\
#+ summary: a question
PREFIX : <https://example.org/ontology#>
PREFIX id: <https://example.org/id/>
"""
#: The first lines behind them.
TURTLE, QUERY = PREFIXES.count("\n") + 1, HEADER.count("\n") + 1


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Writes files: bytes as they are, text of Turtle and queries behind its first lines."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            head = {".ttl": PREFIXES, ".rq": HEADER}.get(path.suffix, "")
            content = (head + content).encode()
        path.write_bytes(content)


def told(report: LintReport) -> list[str]:
    """The findings: place, message, and in brackets the hint and the other places."""
    return list(map(_line, report.diagnostics))


def _line(each: Diagnostic) -> str:
    more = [*([each.hint] if each.hint else []), *(f"also {place}" for place in each.also)]
    return f"{each.location}: {each.message}" + (f" [{'; '.join(more)}]" if more else "")
