"""What the processes of one server know of each other: their counts, in files of a folder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from kgtool.server.metrics import Metrics, State

#: Seconds between two writings of a file, where there is something new.
_PAUSE = 1.0
#: Counts, and what is measured beside them, by name.
Known: TypeAlias = tuple[State, dict[str, float]]


class SharedMetrics:
    """The file of the process with a ``number``, and those of the others; none without a folder.

    A process that takes the place of another goes on with its counts.
    """

    def __init__(self, folder: Path | None, number: int) -> None:
        self._folder = folder
        self._file = None if folder is None else folder / f"{number}.counts"

    def before(self) -> State:
        """The counts that this process goes on with."""
        if self._file is None or not self._file.is_file():
            return Metrics().state()
        return _read(self._file)[0]

    def others(self) -> Iterator[Known]:
        """What the other processes have written last."""
        if self._folder is not None:
            for file in self._folder.glob("*.counts"):
                if file != self._file:
                    yield _read(file)

    @asynccontextmanager
    async def written(self, known: Callable[[], Known]) -> AsyncIterator[None]:
        """Writes what is known again and again, until the block ends, and then once more."""
        if self._file is None:
            yield
            return
        task = asyncio.create_task(self._write_always(self._file, known))
        try:
            yield
        finally:
            task.cancel()
            _write(self._file, json.dumps(known()))

    async def _write_always(self, file: Path, known: Callable[[], Known]) -> None:
        last = None
        while True:
            text = json.dumps(known())
            if text != last:
                _write(file, text)
                last = text
            await asyncio.sleep(_PAUSE)


def _write(file: Path, text: str) -> None:
    partial = file.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)


def _read(file: Path) -> Known:
    state, measured = json.loads(file.read_text(encoding="utf-8"))
    return state, measured
