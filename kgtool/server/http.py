"""HTTP/1.1 as httptools reads it, with bounds for what it holds of a request."""

from __future__ import annotations

from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kgtool.server.settings import MAX_HEAD

#: Requests of a connection that may wait for the answer to one before them.
_PIPELINED = 256


class Protocol(HttpToolsProtocol):
    """Ends a connection whose head or trailer has more than MAX_HEAD bytes.

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
        super()._start_asgi_task(cycle, app)

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
