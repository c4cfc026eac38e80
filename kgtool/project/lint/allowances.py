"""What a project allows: the entries `[[tool.kgtool.lint.allow]]` of its pyproject.toml."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from kgtool.errors import Location, did_you_mean
from kgtool.project.folder import Project
from kgtool.project.settings import Settings

KEYS = ("rule", "about", "reason")
TABLE = "tool.kgtool.lint"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Findings of ``rule`` that ``about`` matches, or without it all, are silenced."""

    rule: str
    about: str | None
    place: Location

    def covers(self, rule: str, names: Iterable[str]) -> bool:
        """Whether it silences a finding of a rule; ``names`` are those of its term and file."""
        if rule != self.rule:
            return False
        return self.about is None or any(fnmatchcase(name, self.about) for name in names)


def read_allowances(project: Project, rules: Collection[str]) -> tuple[Allowance, ...]:
    """The entries, of which there are none where the project has no such file.

    Raises UsageError, with the line, for what is not TOML, and for an entry with an unknown
    key or rule, without a reason, or with a value that is no text.
    """
    return _Reader(Settings.of(project), rules).allowances()


class _Reader:
    def __init__(self, settings: Settings, rules: Collection[str]) -> None:
        self._settings = settings
        self._rules = rules

    def allowances(self) -> tuple[Allowance, ...]:
        settings = self._settings
        table = settings.table("lint")
        for key in table:
            if key != "allow":
                settings.unknown(key, ("allow",), TABLE, settings.find(key))
        entries = table.get("allow", [])
        if not isinstance(entries, list):
            at = settings.find("allow")
            settings.fail("'allow' is no list", at, f"entries [[{TABLE}.allow]]")
        starts = settings.starts("lint", "allow", array=True)
        if len(starts) != len(entries):  # written in another way
            starts = [settings.find("allow")] * len(entries)
        return tuple(map(self._allowance, entries, starts))

    def _allowance(self, entry: Any, start: int) -> Allowance:
        settings = self._settings
        if not isinstance(entry, dict):
            settings.fail("an entry of 'allow' is no table", start, f"[[{TABLE}.allow]]")
        for key, value in entry.items():
            at = settings.find(key, start)
            if key not in KEYS:
                settings.unknown(key, KEYS, f"an entry of {TABLE}.allow", at)
            if not isinstance(value, str):
                settings.fail(f"the value of {key!r} is no text", at, "a string")
        for key, example in (("rule", "the name of a rule"), ("reason", "why it is right so")):
            if not entry.get(key, "").strip():
                at = settings.find(key, start)
                settings.fail(f"an entry without a {key}", at, f'{key} = "{example}"')
        if entry["rule"] not in self._rules:
            settings.fail(
                f"there is no rule {entry['rule']!r}",
                settings.find("rule", start),
                hint=did_you_mean(entry["rule"], self._rules) or "`kgtool lint --list` lists them.",
            )
        return Allowance(entry["rule"], entry.get("about"), settings.place(start))
