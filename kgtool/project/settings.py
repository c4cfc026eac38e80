"""A project's settings: [tool.kgtool] in its pyproject.toml, with the places of mistakes.

The TOML library tells no lines of what it has read, so keys are looked for in the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cached_property
from typing import Any, NoReturn

from kgtool.errors import Location, UsageError, did_you_mean
from kgtool.project.folder import Project

FILE = "pyproject.toml"
_TOOL = ("tool", "kgtool")
_NEXT = re.compile(r"^[ \t]*\[", re.M)
#: Where the library's message says that the mistake is.
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Settings:
    """The settings in a text; empty where a project has no such file."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, project: Project) -> Settings:
        """Raises UsageError for a file that is not UTF-8."""
        path = project.root / FILE
        if not path.is_file():
            return cls("")
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        try:
            return cls(data.decode().replace("\r\n", "\n"))
        except UnicodeDecodeError as error:
            place = Location(FILE, data.count(b"\n", 0, error.start) + 1)
            raise UsageError("the file is not UTF-8", location=place) from None

    def table(self, name: str) -> dict[str, Any]:
        """The table [tool.kgtool.NAME]. Raises UsageError for what is not TOML, or no table."""
        table = self._parsed
        for each in (*_TOOL, name):
            table = table.get(each, {})
            if not isinstance(table, dict):
                whole = ".".join((*_TOOL, name))
                self.fail(f"{each!r} is no table", self.find(each), f"a table [{whole}]")
        return table

    def starts(self, *names: str, array: bool = False) -> list[int]:
        """Where the heads of a table, or of the tables of an array, stand."""
        key = r"\s*\.\s*".join(re.escape(name) for name in (*_TOOL, *names))
        bracket, end = (r"\[\[", r"\]\]") if array else (r"\[", r"\]")
        pattern = re.compile(rf"^[ \t]*{bracket}\s*{key}\s*{end}", re.M)
        return [match.start() for match in pattern.finditer(self.text)]

    def find(self, key: str, start: int = 0) -> int:
        """Where a key stands, if it does, in the table that begins at ``start``."""
        after = _NEXT.search(self.text, self.text.find("\n", start) + 1) if start else None
        end = after.start() if after else len(self.text)
        pattern = re.compile(rf"(?:^|[{{,\[.])[ \t]*\b{re.escape(key)}\b", re.M)
        found = pattern.search(self.text, start, end)
        return found.end() - len(key) if found else start

    def place(self, at: int) -> Location:
        return Location.at(at, self.text, FILE)

    def unknown(self, key: str, known: Collection[str], where: str, at: int) -> NoReturn:
        """Refuses a key that nobody reads."""
        hint = did_you_mean(key, known)
        self.fail(f"unknown key {key!r} in {where}", at, f"one of: {', '.join(known)}", hint)

    def fail(
        self, message: str, at: int, expected: str | None = None, hint: str | None = None
    ) -> NoReturn:
        raise UsageError(message, location=self.place(at), expected=expected, hint=hint)

    @cached_property
    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = _WHERE.search(str(error))
            message = f"not TOML: {_WHERE.sub('', str(error))}"
            if found and found[1]:
                place = Location(FILE, int(found[1]), int(found[2])).in_text(self.text)
            else:
                place = self.place(len(self.text.rstrip()))
            raise UsageError(message, location=place) from None
