"""One process that serves what comes to a socket, and then lets requests come to their end."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable

import uvicorn

from kgtool.errors import UsageError
from kgtool.server.app import Server
from kgtool.server.http import Protocol
from kgtool.server.settings import Settings

#: What tells a server to end.
SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: Connections at a time; those above are told to come back.
_CONNECTIONS = 2_000
#: Seconds that a connection without a request stays open.
_IDLE = 30
#: Seconds of grace, beyond the time of one request, when the server is to end.
_GRACE = 5


def run(
    settings: Settings,
    listener: socket.socket,
    log: Callable[[str], None],
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serves what comes to a socket, in this process."""
    server = Server(settings, log)
    # What is there now stays, so no collection has to go through it again.
    gc.collect()
    gc.freeze()
    # uvicorn raises the signal again when all is done; that would be an error's exit code.
    before = {each: signal.signal(each, lambda *_: None) for each in SIGNALS}
    try:
        ready()
        http_server(server).run(sockets=[listener])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def address_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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


def listening(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that listens, ``shared`` with others on its port; UsageError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024, reuse_port=shared)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            hint="--port chooses another port.",
        ) from error
