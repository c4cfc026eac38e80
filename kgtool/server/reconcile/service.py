"""Asks the names of a store for the requests of the service, and sends what they give."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from kgtool.reconcile.names import Asking, Names
from kgtool.server.answering import send_whole
from kgtool.server.pages.serving import PageServer, Visit
from kgtool.server.reconcile.indexes import Indexes
from kgtool.server.refusals import Refusal
from kgtool.server.requests import Parameters, single

_JSON, _SCRIPT = "application/json", "text/javascript; charset=utf-8"
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}(?:\.[A-Za-z_$][A-Za-z0-9_$]{0,63}){0,3}")
#: Seconds between two looks at an index that is being made, and those that a request waits.
_PAUSE, _PATIENCE = 0.1, 30.0

_T = TypeVar("_T")


class Service:
    """The names of the newest version of a store, to be asked by requests."""

    def __init__(self, pages: PageServer) -> None:
        self._settings = pages.settings
        self._pages = pages
        self._indexes = Indexes(pages.settings, pages.versions)

    def close(self) -> None:
        self._indexes.close()

    async def ask(self, request: Request, work: Callable[[Visit, Names, Asking], _T]) -> _T:
        """What ``work`` gives, once the names are indexed.

        Raises Refusal (503) where that takes long; it goes on.
        """
        end = time.monotonic() + min(_PATIENCE, self._settings.timeout)
        while not await asyncio.to_thread(self._indexes.is_ready):
            if time.monotonic() > end:
                raise _unready()
            await asyncio.sleep(_PAUSE)

        def asked(visit: Visit) -> _T:
            names = self._indexes.names(visit.version)
            if names is None:
                raise _unready()
            with names.asking(self._settings.timeout, visit.stop) as asking:
                return work(visit, names, asking)

        return await self._pages.run(request, asked)

    async def send(
        self, request: Request, send: Send, parameters: Parameters, document: Any
    ) -> None:
        """Sends JSON, or where a callback is named a script that calls it with that."""
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        callback = callback_of(parameters)
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        if callback:
            # The comment keeps whoever takes the script for something else from its first bytes.
            text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
            response = Response(f"/**/{callback}({text});", 200, headers, _SCRIPT)
        else:
            response = Response(text, 200, headers, _JSON)
        await send_whole(request, send, response)


def callback_of(parameters: Parameters) -> str:
    """The function that a script calls. Raises Refusal (400) where that is no name of one."""
    if "callback" not in parameters:
        return ""
    name = single(parameters, "callback")
    if not _CALLBACK.fullmatch(name):
        raise Refusal(400, "callback is not the name of a function")
    return name


def _unready() -> Refusal:
    message = "the names of the graph are being indexed; try again later"
    return Refusal(503, message, {"Retry-After": "5"})
