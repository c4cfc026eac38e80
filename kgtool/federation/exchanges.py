"""Answers of endpoints: from the network, from a cache on disk, or from a recording.

A recording has a request and its answer on each line, so that a federated query can be run again
with no network, and reviewed as text.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kgtool.errors import DataError, Location, NotFoundError
from kgtool.federation.endpoints import Endpoint
from kgtool.project.files import replace_file

if TYPE_CHECKING:
    from kgtool.federation.http import Client

#: The formats of results that are asked for, the quickest to read first.
ACCEPT = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.8, "
    "text/tab-separated-values;q=0.5, text/csv;q=0.1"
)
#: Requests whose URL would be longer are sent as forms.
_LONGEST_URL = 2_000


@dataclass(slots=True)
class Answer:
    """An answer's media type and its body in pieces; ``kept`` says that nobody was asked."""

    media_type: str
    pieces: Iterator[bytes]
    kept: bool = False


class Source(Protocol):
    """Where answers come from."""

    #: Whether the same requests are to be made each time, whatever the speed of answers.
    steady: bool

    def open(
        self, endpoint: Endpoint, query: str, count: Callable[[], None]
    ) -> AbstractContextManager[Answer]:
        """The answer to a query; ``count`` is called for each request that is made."""
        ...


class Network:
    """The endpoints themselves."""

    steady = False

    def __init__(self, client: Client) -> None:
        self._client = client

    @contextmanager
    def open(self, endpoint: Endpoint, query: str, count: Callable[[], None]) -> Iterator[Answer]:
        long = len(endpoint.url) + len(query.encode()) * 3 > _LONGEST_URL
        method = "POST" if long else "GET"
        with self._client.send(endpoint, method, {"query": query}, ACCEPT, count) as response:
            yield Answer(response.media_type, response.pieces)


class Cache:
    """Answers kept in a folder for as long as their endpoint's settings say."""

    def __init__(self, inner: Source, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.steady = inner.steady
        self._inner = inner
        self._folder = folder
        self._clock = clock

    @contextmanager
    def open(self, endpoint: Endpoint, query: str, count: Callable[[], None]) -> Iterator[Answer]:
        if not endpoint.cache:
            with self._inner.open(endpoint, query, count) as answer:
                yield answer
            return
        path = self._path(endpoint, query)
        kept = self._kept(path, endpoint.cache)
        if kept is not None:
            yield kept
            return
        with self._inner.open(endpoint, query, count) as answer:
            pieces: list[bytes] = []
            yield Answer(answer.media_type, _copied(answer.pieces, pieces))
            # Reached only where the whole answer was read, and was an answer.
            content = {"media_type": answer.media_type, "body": b"".join(pieces).decode()}
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, json.dumps(content, ensure_ascii=False))

    def _path(self, endpoint: Endpoint, query: str) -> Path:
        key = hashlib.sha256(f"{endpoint.url}\n{query}".encode()).hexdigest()
        return self._folder / f"{key[:40]}.json"

    def _kept(self, path: Path, seconds: float) -> Answer | None:
        try:
            if self._clock() - path.stat().st_mtime > seconds:
                return None
            content = json.loads(path.read_text(encoding="utf-8"))
            return Answer(content["media_type"], iter([content["body"].encode()]), kept=True)
        except (OSError, ValueError, KeyError):
            return None


class Recording:
    """Passes answers on, and writes each with its request to a file when all is done."""

    steady = True

    def __init__(self, inner: Source) -> None:
        self._inner = inner
        self._lines: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    @contextmanager
    def open(self, endpoint: Endpoint, query: str, count: Callable[[], None]) -> Iterator[Answer]:
        with self._inner.open(endpoint, query, count) as answer:
            pieces: list[bytes] = []
            yield Answer(answer.media_type, _copied(answer.pieces, pieces), answer.kept)
            entry = {
                "endpoint": endpoint.url,
                "query": query,
                "media_type": answer.media_type,
                "body": b"".join(pieces).decode(),
            }
            with self._lock:
                self._lines[endpoint.url, query] = json.dumps(entry, ensure_ascii=False)

    def save(self, path: Path) -> None:
        """Write the recording, in an order that does not change from run to run."""
        lines = (line for _, line in sorted(self._lines.items()))
        replace_file(path, "".join(f"{line}\n" for line in lines))


class Replay:
    """Answers from a recording; a line that begins with # is a remark."""

    steady = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._answers: dict[tuple[str, str], tuple[str, str]] = {}
        if not path.is_file():
            raise NotFoundError(
                f"there is no recording {path}",
                hint="`kgtool query NAME --record FILE` makes one.",
            )
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                self._read(line, number)

    def _read(self, line: str, number: int) -> None:
        try:
            entry: dict[str, Any] = json.loads(line)
            key = entry["endpoint"], entry["query"]
            self._answers[key] = entry["media_type"], entry["body"]
        except (ValueError, KeyError, TypeError):
            raise DataError(
                "not a line of a recording",
                location=Location(str(self._path), number),
                expected="an object with endpoint, query, media_type and body",
            ) from None

    @contextmanager
    def open(self, endpoint: Endpoint, query: str, count: Callable[[], None]) -> Iterator[Answer]:
        found = self._answers.get((endpoint.url, query))
        if found is None:
            raise DataError(
                f"the recording {self._path} has no answer of {endpoint.title} to this request:\n"
                + query,
                hint="The query or the graph has changed since; --record FILE records anew.",
            )
        media_type, body = found
        yield Answer(media_type, iter([body.encode()]), kept=True)


def _copied(pieces: Iterator[bytes], copy: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        copy.append(piece)
        yield piece
