"""Outcomes as the XML of JUnit, which continuous integration reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from kgtool.project.outcome import Outcome

#: The suite of what is no case.
_ANSWERS = "queries/expected"
#: What XML 1.0 cannot hold.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(outcomes: Iterable[Outcome]) -> str:
    """A document with a suite for each file of cases, and one for expected answers."""
    root = ElementTree.Element("testsuites", name="kgtool test")
    for suite, group in groupby(sorted(outcomes, key=_suite), key=_suite):
        found = list(group)
        errors = sum(o.error is not None for o in found)
        element = ElementTree.SubElement(
            root,
            "testsuite",
            name=suite,
            tests=str(len(found)),
            failures=str(sum(not o.passed for o in found) - errors),
            errors=str(errors),
            time=_seconds(sum(o.seconds for o in found)),
        )
        for outcome in found:
            _add(element, suite, outcome)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(outcome: Outcome) -> str:
    return (outcome.place.file if outcome.place else None) or _ANSWERS


def _add(suite: ElementTree.Element, classname: str, outcome: Outcome) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_text(outcome.name),
        classname=classname,
        time=_seconds(outcome.seconds),
    )
    if outcome.place is not None:
        case.set("file", classname)
    if outcome.place is not None and outcome.place.line is not None:
        case.set("line", str(outcome.place.line))
    if not outcome.passed:
        kind = "failure" if outcome.error is None else "error"
        lines = _text("\n".join(outcome.lines))
        problem = ElementTree.SubElement(case, kind, message=lines.partition("\n")[0])
        problem.text = lines


def _seconds(number: float) -> str:
    return f"{number:.3f}"


def _text(text: str) -> str:
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
