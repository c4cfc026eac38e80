"""Reading JSON piece by piece: an object or array member by member, as it is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from kgtool.errors import DataError, Location

_CHUNK = 1 << 16
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class JsonStream:
    """The members of a text's objects and arrays; no more of it is held than the one at hand.

    Each method reads what begins at the next character. Raises DataError, with its place,
    for what is not JSON.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._ended = False
        self._line, self._column = 1, 1  # of the first character that is held

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            assert found is not None
            self._at = found.end()
            if self._at < len(self._text) or not self._fill(_CHUNK):
                return self._text[self._at : self._at + 1]

    def value(self) -> Any:
        """A whole value."""
        self.peek()
        size = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._error("too deeply nested") from error
            except json.JSONDecodeError as error:
                if self._fill(size):
                    size *= 2
                    continue
                raise self._error(error.msg, error.pos) from error
            if end < len(self._text) or not self._fill(_CHUNK):  # a number may go on
                self._at = end
                return value

    def members(self) -> Iterator[str]:
        """The keys of an object; the caller reads the value of each before it asks for more."""
        for _ in self._parts("{", "}"):
            if self.peek() != '"':
                raise self._error("Expecting property name enclosed in double quotes")
            key = self.value()
            self._take(":")
            yield key

    def items(self) -> Iterator[None]:
        """Once for each item of an array; the caller reads it before it asks for more."""
        return self._parts("[", "]")

    def end(self) -> None:
        if self.peek():
            raise self._error("Extra data")

    def _parts(self, opening: str, closing: str) -> Iterator[None]:
        self._take(opening)
        if self.peek() != closing:
            yield
            while self.peek() == ",":
                self._at += 1
                yield
        self._take(closing)

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self._error(f"Expecting {character!r}")
        self._at += 1

    def _fill(self, size: int) -> bool:
        """Drops what has been read and adds more text; whether there was any."""
        if self._ended:
            return False
        more = self._stream.read(size)
        self._ended = not more
        self._line, self._column = self._place(self._at)
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)

    def _place(self, at: int) -> tuple[int, int]:
        lines = self._text.count("\n", 0, at)
        if not lines:
            return self._line, self._column + at
        return self._line + lines, at - self._text.rindex("\n", 0, at)

    def _error(self, message: str, at: int | None = None) -> DataError:
        line, column = self._place(self._at if at is None else at)
        return DataError(f"not JSON: {message}", location=Location(line=line, column=column))
