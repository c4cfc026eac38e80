"""What a project allows: the entries `[[tool.kgtool.lint.allow]]` of its pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from kgtool.errors import Location, UsageError, did_you_mean
from kgtool.project.folder import Project

FILE = "pyproject.toml"
KEYS = ("rule", "about", "reason")
TABLE = "tool.kgtool.lint"
_ENTRY = re.compile(r"^[ \t]*\[\[\s*tool\s*\.\s*kgtool\s*\.\s*lint\s*\.\s*allow\s*\]\]", re.M)
_NEXT = re.compile(r"^[ \t]*\[", re.M)
#: Where the library's message says that the mistake is.
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


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
    path = project.root / FILE
    if not path.is_file():
        return ()
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        place = Location(FILE, data.count(b"\n", 0, error.start) + 1)
        raise UsageError("the file is not UTF-8", location=place) from None
    return _Reader(text, rules).allowances()


class _Reader:
    """The entries in a text; the TOML library tells no lines, so they are looked for."""

    def __init__(self, text: str, rules: Collection[str]) -> None:
        self._text = text
        self._rules = rules

    def allowances(self) -> tuple[Allowance, ...]:
        table = self._parsed()
        for name in TABLE.split("."):
            table = table.get(name, {})
            if not isinstance(table, dict):
                self._fail(f"{name!r} is no table", self._find(name), f"a table [{TABLE}]")
        for key in table:
            if key != "allow":
                self._unknown(key, ("allow",), TABLE, self._find(key))
        entries = table.get("allow", [])
        if not isinstance(entries, list):
            self._fail("'allow' is no list", self._find("allow"), f"entries [[{TABLE}.allow]]")
        starts = [match.start() for match in _ENTRY.finditer(self._text)]
        if len(starts) != len(entries):  # written in another way
            starts = [self._find("allow")] * len(entries)
        return tuple(map(self._allowance, entries, starts))

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            found = _WHERE.search(str(error))
            message = f"not TOML: {_WHERE.sub('', str(error))}"
            if found and found[1]:
                place = Location(FILE, int(found[1]), int(found[2])).in_text(self._text)
            else:
                place = Location.at(len(self._text.rstrip()), self._text, FILE)
            raise UsageError(message, location=place) from None

    def _allowance(self, entry: Any, start: int) -> Allowance:
        if not isinstance(entry, dict):
            self._fail("an entry of 'allow' is no table", start, f"[[{TABLE}.allow]]")
        for key, value in entry.items():
            if key not in KEYS:
                self._unknown(key, KEYS, f"an entry of {TABLE}.allow", self._find(key, start))
            if not isinstance(value, str):
                self._fail(f"the value of {key!r} is no text", self._find(key, start), "a string")
        for key, example in (("rule", "the name of a rule"), ("reason", "why it is right so")):
            if not entry.get(key, "").strip():
                self._fail(
                    f"an entry without a {key}", self._find(key, start), f'{key} = "{example}"'
                )
        if entry["rule"] not in self._rules:
            self._fail(
                f"there is no rule {entry['rule']!r}",
                self._find("rule", start),
                hint=did_you_mean(entry["rule"], self._rules) or "`kgtool lint --list` lists them.",
            )
        return Allowance(entry["rule"], entry.get("about"), Location.at(start, self._text, FILE))

    def _find(self, key: str, start: int = 0) -> int:
        """Where a key stands, if it does, in the table that begins at ``start``."""
        after = _NEXT.search(self._text, self._text.find("\n", start) + 1) if start else None
        end = after.start() if after else len(self._text)
        found = re.compile(rf"(?:^|[{{,\[.])[ \t]*\b{re.escape(key)}\b", re.M).search(
            self._text, start, end
        )
        return found.end() - len(key) if found else start

    def _unknown(self, key: str, known: Collection[str], where: str, at: int) -> NoReturn:
        hint = did_you_mean(key, known)
        self._fail(f"unknown key {key!r} in {where}", at, f"one of: {', '.join(known)}", hint)

    def _fail(
        self, message: str, at: int, expected: str | None = None, hint: str | None = None
    ) -> NoReturn:
        place = Location.at(at, self._text, FILE)
        raise UsageError(message, location=place, expected=expected, hint=hint)
