"""HTTP/1.1 as httptools reads it, with bounds for what it holds of a request."""

from __future__ import annotations

from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kgtool.server.settings import MAX_HEAD

#: Requests of a connection that may wait for the answer to one before them.
_PIPELINED = 256


class _Answer:
    """The transport of one answer, whose head is written together with what comes behind it.

    So the client is woken once, and the system asked once.
    """

    __slots__ = ("_cycle", "_head", "_is_begun", "_transport")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._transport = cycle.transport
        self._head = b""
        self._is_begun = False

    def write(self, data: bytes) -> None:
        if self._cycle.response_started and not self._is_begun:
            self._is_begun = True
            self._head = data
        elif self._head:
            self._transport.writelines((self._head, data))
            self._head = b""
        else:
            self._transport.write(data)

    def finish(self) -> None:
        """Writes a head that nothing came behind."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        self.finish()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()


class Protocol(HttpToolsProtocol):
    """Writes an answer in one piece where it is one, and bounds what a request may hold.

    A connection ends whose head or trailer has more than MAX_HEAD bytes.

    A little more may be read, up to what comes in one piece. Lines of a head and trailer are held
    by httptools until they end, so what is counted is all that has come since the last step: the
    end of a head, a piece of a body, the beginning of a chunk.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._held = 0
        self._answered: RequestResponseCycle | None = None

    def data_received(self, data: bytes) -> None:
        self._held += len(data)
        super().data_received(data)
        if self._held > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def send_400_response(self, msg: str) -> None:
        super().send_400_response(msg)
        self._end_answer()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._end_answer()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        cycle.transport = _Answer(cycle)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        if self._answered is not None:
            self._answered.transport.finish()  # type: ignore[attr-defined]
        super().on_response_complete()

    def _end_answer(self) -> None:
        """Nothing more can be written; uvicorn tells the last request of a connection alone."""
        if self._answered is not None:
            self._answered.disconnected = True
            self._answered.message_event.set()

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= _PIPELINED:
            raise ValueError("too many requests at once")
        self._held = 0
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._held = 0

    def on_body(self, body: bytes) -> None:
        self._held = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._held = 0
        super().on_message_complete()
