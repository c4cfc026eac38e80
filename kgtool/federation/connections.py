"""Connections to endpoints: to addresses that may be asked, and closed when nobody waits.

An address is looked up once and the connection made to what was checked, so a name cannot
resolve to another address afterwards (DNS rebinding); redirects make a connection of their own
and are checked alike.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kgtool.errors import RefusedError

#: Seconds that a thread may be told to wait.
_LONGEST = 3_600


class Connections:
    """All connections of one client, kept for the next request to the same host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._in_use: dict[int, socket.socket] = {}  # by the thread that asks
        self._is_closed = False
        #: By whether private addresses may be asked.
        self._pools = {private: self._pool(private) for private in (False, True)}

    def to(self, private: bool) -> urllib3.PoolManager:
        """The connections to public addresses alone, or to any."""
        return self._pools[private]

    def close(self) -> None:
        """Ends all requests: who waits for an answer gets an error at once."""
        with self._lock:
            self._is_closed = True
            for each in self._sockets:
                _shut(each)
        for pool in self._pools.values():
            pool.clear()

    @contextmanager
    def watched(self, seconds: float) -> Iterator[Watch]:
        """Ends the request of this thread when nothing has come for so long, or too little."""
        thread = threading.get_ident()
        watch = Watch(seconds, lambda: self._end(thread))
        try:
            yield watch
        finally:
            watch.end()
            with self._lock:
                self._in_use.pop(thread, None)

    def opened(self, connection: socket.socket) -> None:
        """A connection is there. Raises ConnectionAbortedError where nobody wants it any more."""
        with self._lock:
            if self._is_closed:
                connection.close()
                raise ConnectionAbortedError("nobody waits for the answer")
            self._sockets.add(connection)
            self._in_use[threading.get_ident()] = connection

    def _end(self, thread: int) -> None:
        with self._lock:
            if thread in self._in_use:
                _shut(self._in_use[thread])

    def _pool(self, private: bool) -> urllib3.PoolManager:
        manager = urllib3.PoolManager(num_pools=20, maxsize=8, block=False)
        manager.pool_classes_by_scheme = _pools(self, private)
        return manager


def _shut(connection: socket.socket) -> None:
    # Not the method of a TLS socket, which would take its state from the thread that reads.
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class Watch:
    """Calls ``expired`` when ``seconds`` have passed since it began, or went ``on`` last."""

    def __init__(self, seconds: float, expired: Callable[[], None]) -> None:
        self._seconds = seconds
        self._expired = expired
        self._ended = threading.Event()
        #: Whether it was too late.
        self.is_over = False
        self.on()
        threading.Thread(target=self._wait, daemon=True, name="kgtool-watch").start()

    def on(self, more: float = 0) -> None:
        """Something has come; the time begins anew, with so many seconds more."""
        self._until = time.monotonic() + self._seconds + more

    def pause(self) -> None:
        """Nothing is waited for until it goes on."""
        self._until = math.inf

    def end(self) -> None:
        self._ended.set()

    def _wait(self) -> None:
        most = min(self._seconds, _LONGEST)
        while not self._ended.wait(min(max(self._until - time.monotonic(), 0), most)):
            if time.monotonic() >= self._until:
                self.is_over = True
                self._expired()
                return


def _pools(connections: Connections, private: bool) -> dict[str, Any]:
    """urllib3's pools by scheme, whose connections are made and known here."""
    plain, secure = (
        _class(each, connections, private) for each in (HTTPConnection, HTTPSConnection)
    )
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


def _class(base: type[HTTPConnection], connections: Connections, private: bool) -> type:
    def new(self: HTTPConnection) -> socket.socket:
        return _connect(self, private)

    def request(self: HTTPConnection, *arguments: Any, **more: Any) -> None:
        if self.sock is None:
            self.connect()
        connections.opened(self.sock)
        base.request(self, *arguments, **more)

    return type(base.__name__, (base,), {"_new_conn": new, "request": request})


def _connect(self: HTTPConnection, private: bool) -> socket.socket:
    """A connection to an address of the host that may be asked."""
    host, port = self.host.strip("[]"), self.port
    refused: str | None = None
    failure: OSError | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host} is no name of a host") from error
    for family, kind, protocol, _, address in found:
        if not private and not is_public(str(address[0])):
            refused = str(address[0])
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            timeout = self.timeout
            if isinstance(timeout, int | float):
                connection.settimeout(timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
            continue
        return connection
    if refused is not None and failure is None:
        raise RefusedError(
            f"{host} is at {refused}, which is no public address",
            hint="An endpoint on this machine or network is asked where it is allowed by name: "
            "`--allow-service URL`, or `private = true` in [tool.kgtool.endpoints].",
        )
    raise failure or OSError(f"{host} has no address")


#: Networks of IPv6 whose addresses end in one of IPv4, which is where packets go in the end.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, and not of this machine or network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if inside is None and any(found in network for network in _TRANSLATED):
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return found.is_global and not found.is_multicast
