"""A report for programs: JSON, and the standard report graph (SHACL, section 3.6) as Turtle.

Both are written finding by finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kgtool.diagnostics.json_format import place_json
from kgtool.rdf.names import Names, valid_prefixes
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.syntax import escape_string, iri_text, ntriples_term
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.results.json_format import term_json
from kgtool.shacl.findings import Finding
from kgtool.shacl.paths import path_turtle
from kgtool.shacl.report import ValidationReport
from kgtool.shacl.vocabulary import SH, local_name


def report_json(report: ValidationReport) -> Iterator[str]:
    """One JSON object, a finding a line."""
    head = {
        "conforms": report.passed,
        "violations": report.violations,
        "count": report.count,
        "graphs": report.graphs,
        "notes": list(report.notes),
    }
    first = json.dumps(head, ensure_ascii=False, indent=2)[:-2]
    yield first + ',\n  "results": ['
    separator = "\n    "
    for finding in report.findings:
        yield separator + json.dumps(finding_json(finding), ensure_ascii=False)
        separator = ",\n    "
    yield "\n  ]\n}\n"


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding, with terms as SPARQL's JSON results have them."""
    return {
        "severity": local_name(finding.severity),
        "message": finding.message,
        "messages": [term_json(m) for m in finding.messages],
        "expected": finding.expected,
        "focusNode": term_json(finding.focus),
        "path": finding.path_text,
        "value": term_json(finding.value),
        "shape": term_json(finding.shape),
        "component": finding.component,
        "places": [place_json(place) for place in finding.places],
    }


def report_turtle(report: ValidationReport) -> Iterator[str]:
    """The report graph. Its prefixes are declared before it is known which are used."""
    prefixes = valid_prefixes({**report.prefixes, "sh": SH})
    for prefix, namespace in prefixes.items():
        yield f"@prefix {prefix}: {iri_text(namespace)} .\n"
    term = _Terms(prefixes)
    conforms = "false" if report.count else "true"
    yield f"\n[] a sh:ValidationReport ;\n    sh:conforms {conforms}"
    separator = " ;\n    sh:result"
    for finding in report.findings:
        lines = " ;\n        ".join(_statements(finding, term))
        yield f"{separator} [\n        {lines}\n    ]"
        separator = " ,"
    yield " .\n"


def _statements(finding: Finding, term: _Terms) -> Iterator[str]:
    yield "a sh:ValidationResult"
    yield f"sh:focusNode {term(finding.focus)}"
    if finding.path is not None:
        yield f"sh:resultPath {path_turtle(finding.path, term)}"
    if finding.value is not None:
        yield f"sh:value {term(finding.value)}"
    yield f"sh:resultSeverity {term(IRI(finding.severity))}"
    component = finding.component
    named = component if component.startswith("_:") else term(IRI(component))
    yield f"sh:sourceConstraintComponent {named}"
    yield f"sh:sourceShape {term(finding.source)}"
    if finding.constraint is not None:
        yield f"sh:sourceConstraint {term(finding.constraint)}"
    messages = finding.messages or (Literal(finding.message),)
    yield "sh:resultMessage " + ", ".join(term(message) for message in messages)


class _Terms:
    """Terms as Turtle writes them."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._names = Names(prefixes)

    def __call__(self, term: Term) -> str:
        if isinstance(term, IRI):
            return self._names.short(term.value) or iri_text(term.value)
        if isinstance(term, Literal) and not term.language and term.datatype != XSD.string:
            datatype = self(IRI(term.datatype))
            return f'"{escape_string(term.lexical)}"^^{datatype}'
        return ntriples_term(term)
