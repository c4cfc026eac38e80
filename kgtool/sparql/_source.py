"""The text of a query, and the way from an offset in it to a line and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter

from kgtool.errors import Location, QuerySyntaxError
from kgtool.sparql.algebra import Position

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Source:
    """Query text with its codepoint escapes replaced (section 19.2).

    ``text`` is what the grammar reads. Offsets into it are turned back into positions of
    the text as it was written.
    """

    def __init__(self, written: str, file: str | None = None) -> None:
        self.written = written
        self.file = file
        self.text = written
        #: For each escape: where the character stands in ``text``, and how many
        #: characters all escapes so far have saved.
        self._shifts: list[tuple[int, int]] = []
        #: Where white space stands in ``text`` that was written as an escape.
        self.escaped_spaces: list[int] = []
        if "\\u" in written or "\\U" in written:
            self._replace_escapes()
        if not self.text.isascii() and (bad := _SURROGATE.search(self.text)):
            raise self.error(
                bad.start(), f"U+{ord(bad[0]):04X} is half of a surrogate pair, not a character"
            )

    def _replace_escapes(self) -> None:
        saved = 0
        parts: list[str] = []
        end = 0
        for match in _ESCAPE.finditer(self.written):
            code = int(match[1] or match[2], 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise self._error_at(match.start(), f"{match[0]} is not a Unicode character")
            parts += (self.written[end : match.start()], chr(code))
            end = match.end()
            saved += end - match.start() - 1
            self._shifts.append((end - saved, saved))
            if chr(code) in "\t\n\r ":
                self.escaped_spaces.append(end - saved - 1)
        parts.append(self.written[end:])
        self.text = "".join(parts)

    def _written_offset(self, offset: int) -> int:
        before = bisect_right(self._shifts, offset, key=itemgetter(0))
        return offset + (self._shifts[before - 1][1] if before else 0)

    def position(self, offset: int) -> Position:
        """The line and column, from 1, of an offset in ``text``."""
        return self._position(self._written_offset(offset))

    def _position(self, offset: int) -> Position:
        line_start = self.written.rfind("\n", 0, offset) + 1
        return Position(self.written.count("\n", 0, offset) + 1, offset - line_start + 1)

    def location(self, where: Position) -> Location:
        """A position in this text, for an error."""
        return Location(self.file, where.line, where.column).in_text(self.written)

    def error(
        self, offset: int, message: str, expected: str | None = None, hint: str | None = None
    ) -> QuerySyntaxError:
        """The error to raise for a mistake that stands at an offset in ``text``."""
        return self._error_at(self._written_offset(offset), message, expected, hint)

    def _error_at(
        self, offset: int, message: str, expected: str | None = None, hint: str | None = None
    ) -> QuerySyntaxError:
        location = self.location(self._position(offset))
        return QuerySyntaxError(message, location=location, expected=expected, hint=hint)
