"""A validation report as values, and how it is written for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from kgtool.rdf.terms import IRI, Literal, Term

SH = "http://www.w3.org/ns/shacl#"
VIOLATION = SH + "Violation"
_RANKS = {VIOLATION: 0, SH + "Warning": 1, SH + "Info": 2}
#: Findings that the text form shows for one shape.
SHOWN_PER_SHAPE = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a validation (SHACL section 3.6.2).

    ``path`` is written as SPARQL writes property paths, with full IRIs. ``shape`` is the
    nearest shape with a name; the report graph has the one that found it. ``files`` are
    those in which the focus node is described.
    """

    focus: Term
    path: str | None
    value: Term | None
    shape: Term | None
    component: str
    severity: str
    message: str
    files: tuple[str, ...] = ()

    @property
    def is_violation(self) -> bool:
        return self.severity == VIOLATION


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All findings, and the standard report graph that says the same."""

    findings: tuple[Finding, ...]
    graph: tuple[tuple[Term, Term, Term], ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def violations(self) -> int:
        return sum(f.is_violation for f in self.findings)

    @property
    def passed(self) -> bool:
        """Whether nothing was found that is a violation; warnings do not fail a check."""
        return not self.violations

    def to_text(self, limit: int = SHOWN_PER_SHAPE) -> str:
        """The report for people: findings grouped by shape, at most ``limit`` of each."""
        return "".join(line + "\n" for line in self._text_lines(limit))

    def to_json(self) -> str:
        """The report as one JSON object."""
        content = {
            "conforms": self.passed,
            "violations": self.violations,
            "results": [_finding_json(f) for f in self.findings],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def to_turtle(self) -> str:
        """The standard report graph as Turtle."""
        from kgtool.rdf.writing import triples_text

        return "".join(triples_text(self.graph, "turtle", {**self.prefixes, "sh": SH}))

    def _text_lines(self, limit: int) -> Iterator[str]:
        for shape, group in groupby(self.findings, key=_shape_key):
            found = list(group)
            severity = local_name(found[0].severity)
            yield f"{severity}: {self.short(shape[2])} ({_count(len(found), 'finding')})"
            for finding in found[:limit]:
                yield from self._finding_lines(finding)
            if len(found) > limit:
                yield f"  … and {len(found) - limit} more"
            yield ""
        others = len(self.findings) - self.violations
        extra = f", {_count(others, 'warning or note', 'warnings or notes')}" if others else ""
        yield f"{_count(self.violations, 'violation')}{extra}"

    def _finding_lines(self, finding: Finding) -> Iterator[str]:
        where = f"  [{', '.join(finding.files)}]" if finding.files else ""
        yield f"  {self.short(str(finding.focus))}{where}"
        parts = [finding.message or local_name(finding.component)]
        if finding.path:
            parts.append(f"path {self.short(finding.path)}")
        if finding.value is not None and finding.value != finding.focus:
            parts.append(f"value {self.short(str(finding.value))}")
        yield "      " + "; ".join(parts)

    def short(self, text: str) -> str:
        """The text with the IRIs in it as prefixed names where a prefix is known."""
        for prefix, namespace in sorted(self.prefixes.items(), key=lambda p: -len(p[1])):
            text = _shorten(text, prefix, namespace)
        return text


def sorted_findings(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in the order in which they are shown: worst first, then by shape."""
    return tuple(sorted(findings, key=lambda f: (*_shape_key(f), str(f.focus), str(f.value))))


def local_name(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _shorten(text: str, prefix: str, namespace: str) -> str:
    import re

    pattern = "<" + re.escape(namespace) + r"([\w-]+(?:\.[\w-]+)*)>"
    return re.sub(pattern, lambda m: f"{prefix}:{m[1]}", text)


def _shape_key(finding: Finding) -> tuple[int, str, str]:
    """Groups findings: named shapes by name, others by what they constrain."""
    rank = _RANKS.get(finding.severity, 3)
    if isinstance(finding.shape, IRI):
        return rank, finding.severity, str(finding.shape)
    words = f"{local_name(finding.component)} on {finding.path or 'the node'}"
    return rank, finding.severity, words


def _count(number: int, singular: str, plural: str | None = None) -> str:
    words = singular if number == 1 else plural or singular + "s"
    return f"{number or 'no'} {words}"


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "severity": local_name(finding.severity),
        "message": finding.message,
        "focusNode": _term_json(finding.focus),
        "path": finding.path,
        "value": _term_json(finding.value),
        "shape": _term_json(finding.shape),
        "component": finding.component,
        "files": list(finding.files),
    }


def _term_json(term: Term | None) -> dict[str, str] | None:
    """A term as the SPARQL 1.1 JSON results have it."""
    if term is None:
        return None
    if isinstance(term, IRI):
        return {"type": "uri", "value": term.value}
    if isinstance(term, Literal):
        entry = {"type": "literal", "value": term.lexical}
        if term.language:
            return entry | {"xml:lang": term.language}
        return entry | {"datatype": term.datatype}
    return {"type": "bnode", "value": term.label}
