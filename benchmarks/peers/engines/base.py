"""What the harness asks of an engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.answers import Row
from benchmarks.timing import Result


@dataclass(frozen=True)
class Data:
    """A file of N-Triples, where an engine may keep its store, and how much memory it may use."""

    source: Path
    store: Path
    memory_limit: str | None = None


class Asker(ABC):
    """An open store."""

    @abstractmethod
    def run(self, text: str) -> Any:
        """The answer in the engine's own form, read to its end; this is what is timed."""

    @abstractmethod
    def rows(self, text: str, answer: Any, variables: Sequence[str]) -> Iterable[Row]:
        """The same answer to compare; may ask again, and is not timed."""

    def peak(self) -> int:
        """The most memory that the process with the data has used, in bytes."""
        return peak_memory("self")


class Engine(ABC):
    """One engine: whether it is here, how it loads and how it opens."""

    name: str
    title: str
    #: Whether opening means loading the file, so that one process answers all queries.
    in_memory = False
    #: What its processes need in their environment.
    environment: ClassVar[dict[str, str]] = {}

    @property
    @abstractmethod
    def missing(self) -> str | None:
        """Why it cannot run, and what to do about it; None where it can."""

    @property
    @abstractmethod
    def version(self) -> str: ...

    @abstractmethod
    def load(self, data: Data) -> Result:
        """Load once: ``seconds``, ``triples``, ``bytes`` on disk (None) and ``peak`` memory."""

    @abstractmethod
    def opened(self, data: Data) -> AbstractContextManager[Asker]: ...


class PythonEngine(Engine):
    """An engine in a Python package."""

    package: str
    module: str

    @property
    def missing(self) -> str | None:
        if find_spec(self.module) is None:
            return f"{self.title} is not installed: pip install {self.package}"
        return None

    @property
    def version(self) -> str:
        try:
            return version(self.package)
        except PackageNotFoundError:
            return "?"


def peak_memory(process: int | str) -> int:
    """The most memory that a process has used, in bytes."""
    status = Path(f"/proc/{process}/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if process != "self":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def folder_size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
