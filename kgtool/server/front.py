"""What a request meets first: it may be one that browsers ask beforehand, or that is asked most."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

READ = ("GET", "HEAD")
WRITE = ("PUT", "POST", "DELETE")


class Front:
    """Hands a request on: to ``app``, which looks at its path.

    To read what is at one of the paths of ``reads``, the router is passed by: it takes as long as
    a look-up. Preflights are answered here; the headers for other pages' scripts, which do not
    depend on who asks, are Watching's.
    """

    def __init__(self, app: ASGIApp, reads: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._reads = reads
        self._preflight = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=[*READ, *WRITE], allow_headers=["*"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http":
            if scope["method"] in READ:
                app = self._reads.get(scope["path"], app)
            elif scope["method"] == "OPTIONS":
                app = self._preflight
        await app(scope, receive, send)
