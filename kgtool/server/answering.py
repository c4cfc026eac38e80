"""Sends an answer piece by piece, no faster than the client reads and no longer than it may."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from kgtool.server.limits import Caller, Gate
from kgtool.server.queries import Answer
from kgtool.server.refusals import Gone, Refusal
from kgtool.server.watching import note

#: Letters of a warning in a header.
_LONGEST = 400


async def send_answer(request: Request, send: Send, gate: Gate, answer: Answer) -> None:
    """Runs a query and sends what it gives.

    Raises Refusal and KgtoolError, before anything is sent or in the middle of it; Gone.
    """
    begin = time.perf_counter()
    piece = answer.at_once()
    if piece is not None:
        note(request, lookup=time.perf_counter() - begin)
        _warn(request, answer)
        await send(_head(answer, piece))
        body = b"" if request.method == "HEAD" else piece
        await send({"type": "http.response.body", "body": body})
        return
    async with Caller(request.receive) as caller, gate.entered(caller):
        note(request, wait=time.perf_counter() - begin)
        answer.stop = caller.stop
        begin = time.perf_counter()
        try:
            piece = await gate.run(answer.start)
            note(request, run=time.perf_counter() - begin)
            _warn(request, answer)
            try:
                async with asyncio.timeout(answer.operation.timeout):
                    await _send_pieces(request, send, gate, answer, piece, caller)
            except TimeoutError:
                raise Refusal(500, "the client reads too slowly") from None
        except Exception:
            if caller.is_gone:
                raise Gone from None
            raise
        finally:
            if answer.is_open:
                await gate.run(answer.close)


async def _send_pieces(
    request: Request, send: Send, gate: Gate, answer: Answer, piece: bytes, caller: Caller
) -> None:
    await send(_head(answer, piece))
    if request.method == "HEAD" or answer.has_it:
        await send({"type": "http.response.body", "body": b""})
        return
    while True:
        whole = answer.is_whole
        await send({"type": "http.response.body", "body": piece, "more_body": not whole})
        if whole:
            return
        if caller.is_gone:
            raise Gone
        piece = await gate.run(answer.more)


def _warn(request: Request, answer: Answer) -> None:
    if answer.warnings:
        note(request, warning="; ".join(answer.warnings))


def _head(answer: Answer, piece: bytes) -> dict[str, object]:
    headers = MutableHeaders({"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"})
    if answer.links:
        headers["Link"] = answer.links
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if answer.chosen is not None:
        headers["Content-Type"] = answer.chosen.content_type
        if answer.pack:
            headers["Content-Encoding"] = "gzip"
        if answer.is_whole:
            headers["Content-Length"] = str(len(piece))
    for warning in answer.warnings:
        headers.append("Kgtool-Warning", warning.encode("ascii", "replace").decode()[:_LONGEST])
    status = 304 if answer.has_it else 200
    return {"type": "http.response.start", "status": status, "headers": headers.raw}


async def send_whole(request: Request, send: Send, response: Response) -> None:
    """Sends a response that is at hand."""
    await response(request.scope, request.receive, send)
