"""An endpoint of the application: methods, errors, and answers that have to be cut off."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kgtool.errors import KgtoolError
from kgtool.server.negotiation import wants_page
from kgtool.server.problems import response_of
from kgtool.server.refusals import Gone, Refusal, refusal_of
from kgtool.server.requests import HeadRequest
from kgtool.server.watching import note


class Endpoint:
    """Calls ``handler`` with requests that have one of the methods, and says what went wrong.

    An answer that fails when its head has been sent is cut off: the connection is closed without
    the end that HTTP demands, so that nobody takes a part for the whole. Where there is a ``page``
    for errors, who asks for pages gets it.
    """

    def __init__(
        self,
        handler: Callable[[Request, Send], Awaitable[None]],
        methods: tuple[str, ...],
        log: Callable[[str], None],
        *,
        is_api: bool = False,
        page: Callable[[Refusal], Response] | None = None,
    ) -> None:
        self._handler = handler
        self._methods = methods
        self._log = log
        self._is_api = is_api
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HeadRequest(scope, receive)
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._handle(request, watched)
        except (Gone, ClientDisconnect):
            note(request, cut="the client has gone")
        except Exception as error:
            refusal = self._refusal(error)
            if has_begun:
                note(request, cut=refusal.message)
            else:
                await self._told(request, refusal)(scope, receive, send)

    async def _handle(self, request: Request, send: Send) -> None:
        allowed = {"Allow": ", ".join((*self._methods, "OPTIONS"))}
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=allowed)(request.scope, request.receive, send)
        elif request.method not in self._methods:
            raise Refusal(405, f"{request.method} is not a method of this resource", allowed)
        else:
            await self._handler(request, send)

    def _told(self, request: Request, refusal: Refusal) -> Response:
        if self._page is not None and wants_page(request.headers.get("accept")):
            return self._page(refusal)
        return response_of(refusal, request, is_api=self._is_api)

    def _refusal(self, error: Exception) -> Refusal:
        if isinstance(error, Refusal):
            return error
        if isinstance(error, KgtoolError):
            return refusal_of(error)
        self._log("".join(traceback.format_exception(error)).rstrip())
        return Refusal(500, f"a bug in kgtool ({type(error).__name__}); its log says more")
