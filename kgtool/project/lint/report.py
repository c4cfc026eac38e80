"""Runs rules over a project, and says what they find that the project does not allow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgtool.diagnostics import Diagnostic
from kgtool.errors import KgtoolError
from kgtool.project.folder import Project
from kgtool.project.lint.allowances import Allowance, read_allowances
from kgtool.project.lint.rule import Finding, LeftOutError, Rule, by_place
from kgtool.project.lint.rules import RULES, UNUSED_ALLOWANCE, rule_named
from kgtool.project.lint.view import View
from kgtool.rdf.terms import IRI


@dataclass(frozen=True, slots=True)
class LintReport:
    """What stands, by file and line, and how many findings are silenced.

    ``left_out`` has the rules that could not tell, by the reason.
    """

    diagnostics: tuple[Diagnostic, ...]
    silenced: int
    left_out: Mapping[str, Sequence[str]]

    @property
    def passed(self) -> bool:
        """Whether there are notes at most."""
        return all(each.level == "note" for each in self.diagnostics)

    def first(self, most: int | None) -> Iterator[Diagnostic]:
        """At most so many findings of each rule."""
        seen: Counter[str] = Counter()
        for each in self.diagnostics:
            seen[each.rule] += 1
            if most is None or seen[each.rule] <= most:
                yield each

    def lines(self, most: int | None) -> Iterator[str]:
        """What there is beside those findings: the rest, the rules left out, and the counts."""
        for rule, number in Counter(each.rule for each in self.diagnostics).items():
            if most is not None and number > most:
                yield f"… and {number - most:,} more of {rule}"
        for reason, rules in self.left_out.items():
            yield f"left out, since {reason}: {', '.join(rules)}"
        counts = Counter(each.level for each in self.diagnostics)
        words = [_count(counts[level], level) for level in ("error", "warning", "note")]
        words = [word for word in words if word] or ["no findings"]
        yield ", ".join(words + ([f"{self.silenced:,} silenced"] if self.silenced else []))


def lint_project(
    project: Project, names: Iterable[str] = (), step: Callable[[str], None] = lambda text: None
) -> LintReport:
    """What the rules of those names find, or without names all.

    What cannot be read or built on the way is told whichever rules are asked. Raises
    NotFoundError for an unknown rule, UsageError for a mistake in pyproject.toml.
    """
    rules = [rule_named(name) for name in names] or [*RULES.values()]
    allowances = read_allowances(project, RULES)
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    found: list[tuple[Rule, Finding]] = []
    with View(project, step) as view:
        for rule in rules:
            try:
                found.extend((rule, finding) for finding in rule.find(view))
            except LeftOutError as reason:
                left_out[str(reason)].append(rule.name)
        found += [(RULES[name], _of_error(error)) for name, error in view.errors]
        covering = {each: _covering(allowances, *each, view) for each in found}
    standing = [_diagnostic(*each) for each, by in covering.items() if not by]
    if UNUSED_ALLOWANCE in rules:
        told = {rule.name for rule in rules}.difference(*left_out.values())
        used = {each for by in covering.values() for each in by}
        standing += _unused(e for e in allowances if e.rule in told and e not in used)
    standing.sort(key=lambda each: (*by_place(each.location), each.rule))
    return LintReport(tuple(standing), sum(map(bool, covering.values())), left_out)


def _of_error(error: KgtoolError) -> Finding:
    message = error.message + (f"; expected {error.expected}" if error.expected else "")
    return Finding(message, (error.location,) if error.location else (), error.hint)


def _covering(
    allowances: Iterable[Allowance], rule: Rule, finding: Finding, view: View
) -> list[Allowance]:
    """The entries that silence a finding."""
    names = [place.file for place in finding.places if place.file]
    if isinstance(finding.about, IRI):
        names += [view.show(finding.about), finding.about.value]
    return [each for each in allowances if each.covers(rule.name, names)]


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    first, *also = finding.places or (None,)
    return Diagnostic(rule.name, rule.level, finding.message, first, finding.hint, tuple(also))


def _unused(allowances: Iterable[Allowance]) -> Iterator[Diagnostic]:
    for each in allowances:
        about = f" about {each.about!r}" if each.about else ""
        message = f"nothing{about} is found by {each.rule}, and so nothing silenced"
        yield _diagnostic(UNUSED_ALLOWANCE, Finding(message, (each.place,), "Take it out."))


def _count(number: int, level: str) -> str:
    return f"{number:,} {level}{'' if number == 1 else 's'}" if number else ""
