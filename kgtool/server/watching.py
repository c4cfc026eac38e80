"""What is done around every request: a line in the log, counts, headers."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kgtool.server.metrics import Metrics

_NOTES = "kgtool"
#: Nothing that is sent is to be run, framed or guessed at by a browser. Any page may read it.
_HEADERS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, Retry-After, Kgtool-Warning"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
)


def note(request: Request, **facts: object) -> None:
    """Facts for the request's line in the log: ``operation``, ``cut``, and seconds."""
    request.scope[_NOTES].update(facts)


class Watching:
    """Measures each request, logs it when it has ended, and counts it."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: Callable[[str], None]) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        notes: dict[str, object] = {}
        scope[_NOTES] = notes
        start = time.perf_counter()
        status, sent = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message["headers"])
                given = dict(headers)
                headers += [each for each in _HEADERS if each[0] not in given]
                message["headers"] = headers
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            seconds = time.perf_counter() - start
            operation = str(notes.pop("operation", "other"))
            self._metrics.record(operation, status, seconds, sent, "cut" in notes)
            self._log(_line(scope, operation, status, sent, {"total": seconds, **notes}))


@lru_cache(maxsize=1)
def _second(since: int) -> str:
    """A second since 1970 as people write it."""
    return datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _line(scope: Scope, operation: str, status: int, sent: int, notes: dict[str, object]) -> str:
    """One line, whatever the client has sent: the path as it came, with its escapes."""
    client = scope.get("client") or ("-", 0)
    path = scope["raw_path"].decode("ascii", "backslashreplace")[:200]
    since = time.time_ns() // 1_000_000
    moment = f"{_second(since // 1000)}.{since % 1000:03}Z"
    facts = [
        f"{name}={value * 1000:.1f}ms" if isinstance(value, float) else f"{name}={value!r}"
        for name, value in notes.items()
    ]
    return " ".join(
        (moment, client[0], scope["method"], path, str(status), f"{sent}B", operation, *facts)
    )
