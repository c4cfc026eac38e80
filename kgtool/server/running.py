"""Listens on a port until it is told to end, and then lets requests come to their end."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

import uvicorn

from kgtool.errors import UsageError
from kgtool.server.app import Server
from kgtool.server.http import Protocol
from kgtool.server.settings import Settings

#: Connections at a time; those above are told to come back.
_CONNECTIONS = 2_000
#: Seconds that a connection without a request stays open.
_IDLE = 30
#: Seconds of grace, beyond the time of one request, when the server is to end.
_GRACE = 5


def serve(
    settings: Settings,
    host: str,
    port: int,
    log: Callable[[str], None],
    ready: Callable[[str], None],
) -> None:
    """Serves a store until SIGTERM or SIGINT; requests that have begun are answered.

    ``port`` may be 0 for any that is free. ``ready`` is told the address when the server listens.
    Raises UsageError where it cannot, StoreError or NotFoundError for the store.
    """
    with listening(host, port) as listener:
        server = Server(settings, log)
        # uvicorn raises the signal again when all is done; that would be an error's exit code.
        before = {each: signal.signal(each, lambda *_: None) for each in _SIGNALS}
        try:
            name = f"[{host}]" if ":" in host else host
            ready(f"http://{name}:{listener.getsockname()[1]}")
            http_server(server).run(sockets=[listener])
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def http_server(server: Server) -> uvicorn.Server:
    """What speaks HTTP for a server."""
    return uvicorn.Server(
        uvicorn.Config(
            server.app,
            http=Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=int(2 * server.settings.timeout) + _GRACE,
        )
    )


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; UsageError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            hint="--port chooses another port.",
        ) from error
