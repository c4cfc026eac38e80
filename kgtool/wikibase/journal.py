"""What has been done of a plan: a file that a run which stops is taken up from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kgtool.errors import DataError, Location, UsageError

_BEGUN, _DONE, _FAILED = "begun", "done", "failed"


@dataclass(slots=True)
class Journal:
    """One line for each step, on disk before the next is taken.

    An edit that is begun and neither done nor failed may have reached the Wikibase, or not.
    """

    begun: set[str] = field(default_factory=set)
    #: The item of each edit that is done.
    done: dict[str, str] = field(default_factory=dict)
    #: The items that were made, by our names.
    made: dict[str, str] = field(default_factory=dict)
    _file: IO[str] | None = None

    @classmethod
    @contextmanager
    def open(cls, path: Path, base: str) -> Iterator[Journal]:
        """The journal of a file, which is made where there is none; one process at a time has it.

        Raises UsageError where another has it, and where it is that of another Wikibase, and
        DataError for a file that is none. A last line that was cut off is left out.
        """
        journal = cls()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            _lock(file, path)
            file.seek(0)
            text = file.read()
            whole = text[: text.rfind("\n") + 1]
            if whole != text:
                file.truncate(len(whole.encode()))
            for number, line in enumerate(whole.splitlines(), 1):
                try:
                    journal._take(json.loads(line), base)
                except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
                    place = Location(str(path), number, text=line)
                    raise DataError("this is no line of a journal", location=place) from None
            journal._file = file
            if not whole:
                journal._write({"base": base})
            yield journal

    def begin(self, key: str) -> None:
        self._write({"state": _BEGUN, "key": key})
        self.begun.add(key)

    def finish(self, key: str, item: str, made: str | None = None) -> None:
        """``made`` is our name of an item that this edit has made."""
        self._note(key, item, made)
        self._write({"state": _DONE, "key": key, "item": item, "made": made})

    def fail(self, key: str, reason: str) -> None:
        """The Wikibase has refused the edit; another run tries it again."""
        self.begun.discard(key)
        self._write({"state": _FAILED, "key": key, "reason": reason})

    def _note(self, key: str, item: str, made: str | None) -> None:
        self.begun.discard(key)
        self.done[key] = item
        if made is not None:
            self.made[made] = item

    def _take(self, line: Any, base: str) -> None:
        if "base" in line:
            if line["base"] != base:
                raise UsageError(
                    f"the journal is that of another Wikibase, {line['base']}", expected=base
                )
            return
        match line["state"]:
            case "begun":
                self.begun.add(line["key"])
            case "done":
                self._note(line["key"], line["item"], line["made"])
            case _:
                self.begun.discard(line["key"])

    def _write(self, line: dict[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _lock(file: IO[str], path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has none
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(f"another run has the journal {path}") from None
