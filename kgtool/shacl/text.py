"""A report for people, and as diagnostics of the lines of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby, islice

from kgtool.diagnostics import Diagnostic, Level
from kgtool.diagnostics.excerpt import excerpt
from kgtool.rdf.terms import IRI
from kgtool.shacl.findings import Finding
from kgtool.shacl.report import Section, ValidationReport
from kgtool.shacl.vocabulary import INFO, VIOLATION, WARNING, local_name

#: Findings that the text form shows for one shape.
SHOWN_PER_SHAPE = 20
_IRI = re.compile(r"<([^<>\"{}|^`\\\s]+)>")
_LEVELS: dict[str, Level] = {VIOLATION: "error", WARNING: "warning", INFO: "note"}

#: What to do about it, by the local name of the component.
_HINTS = {
    "ClassConstraintComponent": "give the value that type, or point to another",
    "DatatypeConstraintComponent": "write the value with that datatype",
    "MaxCountConstraintComponent": "keep the value that is right, and take the others out",
    "UniqueLangConstraintComponent": "keep one text of that language",
    "ClosedConstraintComponent": "is the property's name spelt as the ontology has it?",
    "PatternConstraintComponent": "compare the value with the pattern, sign by sign",
    "InConstraintComponent": "is the value spelt as in the list?",
}


def report_text(report: ValidationReport, shown: int = SHOWN_PER_SHAPE) -> Iterator[str]:
    """Lines for people: severity and shape, and below them what is expected of which node."""
    names = Shortener(report.prefixes)
    left = report.limit
    for section in report.sections:
        yield from _section(report, section, names, shown if left is None else min(shown, left))
        left = None if left is None else max(left - section.count, 0)
    for note in report.notes:
        yield f"note: {note}\n"
    yield f"{_verdict(report)}\n"


def _verdict(report: ValidationReport) -> str:
    others = report.count - report.violations
    extra = f", {_count(others, 'warning or note', 'warnings or notes')}" if others else ""
    looked = "asserted triples" if report.graphs == "asserted" else "asserted and inferred triples"
    return f"{_count(report.violations, 'violation')}{extra} ({looked})"


def _section(
    report: ValidationReport, section: Section, names: Shortener, shown: int
) -> Iterator[str]:
    title = f", {section.title}" if section.title else ""
    severity = local_name(section.severity)
    shape = (
        names(str(section.shape)) if isinstance(section.shape, IRI) else "a shape without a name"
    )
    yield f"{severity}: {shape}{title} ({_count(section.count, 'finding')})\n"
    found = islice(report.of_section(section), shown)
    for (message, advice), group in groupby(found, key=lambda f: _head(f, names)):
        yield f"  {message}\n"
        if advice:
            yield f"      {advice}\n"
        for lines in dict.fromkeys(_lines(finding, names) for finding in group):
            yield from (f"      {line}\n" for line in lines)
    if section.count > shown:
        yield f"  … and {section.count - shown:,} more\n"
    yield "\n"


def _head(finding: Finding, names: Shortener) -> tuple[str, str]:
    """What findings of one constraint have in common: the message, and what to do about it."""
    component = local_name(finding.component)
    parts = []
    if finding.messages and component != "SPARQLConstraintComponent":
        parts.append(f"expected {names(finding.expected)}")
    if finding.path_text:
        parts.append(f"path {names(finding.path_text)}")
    if hint := _HINTS.get(component):
        parts.append(hint)
    return names(finding.message), "; ".join(parts)


def _lines(finding: Finding, names: Shortener) -> tuple[str, ...]:
    """The place as compilers write it, the node and the value, and the line of the file."""
    value = ""
    if finding.value is not None and finding.value != finding.focus:
        value = f" → {names(str(finding.value))}"
    what = f"{names(str(finding.focus))}{value}"
    if not finding.places:
        return (what,)
    first, *others = finding.places
    also = f"  (also {', '.join(map(str, others))})" if others else ""
    return (f"{first}: {what}{also}", *excerpt(first))


def report_diagnostics(report: ValidationReport) -> Iterator[Diagnostic]:
    """The findings as they are shown beside the lines of the files."""
    names = Shortener(report.prefixes)
    for finding in report.findings:
        shape = names(str(finding.shape)) if isinstance(finding.shape, IRI) else "shape"
        message, advice = _head(finding, names)
        text = f"{names(str(finding.focus))}: {message}"
        if finding.value is not None and finding.value != finding.focus:
            text += f"; value {names(str(finding.value))}"
        first, *others = finding.places or (None,)
        level = _LEVELS.get(finding.severity, "note")
        yield Diagnostic(shape, level, text, first, advice or None, tuple(others))


class Shortener:
    """Writes the IRIs in a text as prefixed names where a prefix is known."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        from kgtool.rdf.names import Names

        self._names = Names(prefixes)

    def __call__(self, text: str) -> str:
        return _IRI.sub(lambda m: self._names.short(m[1]) or m[0], text)


def _count(number: int, singular: str, plural: str | None = None) -> str:
    words = singular if number == 1 else plural or singular + "s"
    return f"{number:,} {words}" if number else f"no {words}"
