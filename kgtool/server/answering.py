"""Sends an answer piece by piece, no faster than the client reads and no longer than it may."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Send

from kgtool.server.limits import Caller, Gate
from kgtool.server.queries import Answer
from kgtool.server.refusals import Gone, Refusal
from kgtool.server.watching import note

#: Letters of a warning in a header.
_LONGEST = 400
_ALWAYS = ((b"vary", b"Accept, Accept-Encoding"), (b"cache-control", b"no-cache"))


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


def _head(answer: Answer, piece: bytes) -> Message:
    headers = [*_ALWAYS]
    if answer.links:
        headers.append((b"link", answer.links.encode("latin-1")))
    if answer.etag is not None:
        headers.append((b"etag", answer.etag.encode("latin-1")))
    if answer.chosen is not None:
        headers.append((b"content-type", answer.chosen.content_type.encode("latin-1")))
        if answer.pack:
            headers.append((b"content-encoding", b"gzip"))
        if answer.is_whole:
            headers.append((b"content-length", b"%d" % len(piece)))
    for warning in answer.warnings:
        headers.append((b"kgtool-warning", warning.encode("ascii", "replace")[:_LONGEST]))
    status = 304 if answer.has_it else 200
    return {"type": "http.response.start", "status": status, "headers": headers}


async def send_whole(request: Request, send: Send, response: Response) -> None:
    """Sends a response that is at hand."""
    await response(request.scope, request.receive, send)
