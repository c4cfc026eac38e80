"""JSON with the places of its values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from kgtool.errors import DataError, Location, NotFoundError
from kgtool.rdf.files import merge_conflict

#: How a value is reached: keys and positions.
Path_ = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\r\n,:]*")
_DECODER = json.JSONDecoder()


class PlacedJson:
    """The value of a file, and where its parts stand. Raises NotFoundError, DataError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise NotFoundError(f"there is no file {path}") from None
        except UnicodeDecodeError:
            raise DataError("the file is not UTF-8", location=Location(str(path))) from None
        try:
            self.value: Any = json.loads(self._text)
        except json.JSONDecodeError as error:
            conflict = merge_conflict(self._text, str(path))
            raise conflict or DataError(
                f"the metadata are no JSON: {error.msg}", location=self._location(error.pos)
            ) from None
        except RecursionError:
            raise DataError(
                "the values are nested too deeply", location=Location(str(path))
            ) from None
        self._offsets: dict[Path_, int] = {}
        self._walk(0, ())

    def fail(
        self, message: str, at: Path_ = (), expected: str | None = None, hint: str | None = None
    ) -> NoReturn:
        """Raises DataError at a value, or where the nearest that is around it stands."""
        while at and at not in self._offsets:
            at = at[:-1]
        place = self._location(self._offsets.get(at, 0))
        raise DataError(message, location=place, expected=expected, hint=hint)

    def _location(self, offset: int) -> Location:
        return Location.at(offset, self._text, str(self.path))

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _walk(self, at: int, path: Path_) -> int:
        """Note where the value at an offset stands, and those in it; gives where it ends.

        The text is known to be JSON.
        """
        at = self._skip(at)
        self._offsets[path] = at
        opening = self._text[at]
        if opening not in "{[":
            return _DECODER.raw_decode(self._text, at)[1]
        at, count = self._skip(at + 1), 0
        while self._text[at] not in "}]":
            key: str | int = count
            if opening == "{":
                key, at = _DECODER.raw_decode(self._text, at)
            at = self._skip(self._walk(at, (*path, key)))
            count += 1
        return at + 1
