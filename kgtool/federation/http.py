"""Requests over HTTP: connections that are kept, limits, retries, and addresses that are checked.

An address is looked up once and the connection made to what was checked, so a name cannot
resolve to another address afterwards (DNS rebinding); redirects make a connection of their own
and are checked alike.
"""

from __future__ import annotations

import email.utils
import ipaddress
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from kgtool.errors import LimitError, RefusedError, ServiceError
from kgtool.extras import missing_extra
from kgtool.federation.endpoints import Endpoint
from kgtool.version import __version__

try:
    import urllib3
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import HTTPError
except ImportError as error:
    raise missing_extra("SERVICE", "federate", error) from error

#: What operators of public endpoints ask for: a name, and where to read about the tool.
USER_AGENT = f"kgtool/{__version__} (SPARQL federation of stored queries; urllib3)"
#: Statuses after which the same request may succeed.
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
TRIES = 4
#: Seconds: the first wait before another try, doubled each time; the longest that is waited.
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0


@dataclass(slots=True)
class Response:
    """The head of an answer, and its body in pieces."""

    status: int
    media_type: str
    pieces: Iterator[bytes]
    url: str


class Client:
    """Sends requests to endpoints, from several threads at once."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._pools: dict[bool, urllib3.PoolManager] = {}
        self._gates: dict[str, _Gate] = {}
        self._lock = threading.Lock()

    @contextmanager
    def send(
        self,
        endpoint: Endpoint,
        method: str,
        fields: Mapping[str, str],
        accept: str,
        count: Callable[[], None] = lambda: None,
    ) -> Iterator[Response]:
        """The answer to one request, tried again while that may help.

        ``count`` is called for each try. Raises ServiceError where the endpoint cannot be reached
        or answers with an error, with what it says; RefusedError for an address that may not be
        asked; LimitError where it asks to wait too long.
        """
        with self._gate(endpoint):
            response = self._answered(endpoint, method, fields, accept, count)
            try:
                media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
                pieces = _pieces(endpoint, response)
                yield Response(response.status, media_type.lower(), pieces, endpoint.url)
            finally:
                # What has not been read cannot serve another request.
                response.close()
                response.release_conn()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.clear()

    def _gate(self, endpoint: Endpoint) -> _Gate:
        with self._lock:
            return self._gates.setdefault(endpoint.url, _Gate(endpoint, self._sleep))

    def _pool(self, endpoint: Endpoint) -> urllib3.PoolManager:
        with self._lock:
            if endpoint.private not in self._pools:
                manager = urllib3.PoolManager(num_pools=20, maxsize=8, block=False)
                manager.pool_classes_by_scheme = _POOLS[endpoint.private]
                self._pools[endpoint.private] = manager
            return self._pools[endpoint.private]

    def _answered(
        self,
        endpoint: Endpoint,
        method: str,
        fields: Mapping[str, str],
        accept: str,
        count: Callable[[], None],
    ) -> urllib3.BaseHTTPResponse:
        wait = FIRST_WAIT
        for last in (*[False] * (TRIES - 1), True):
            count()
            asked: float | None = None
            try:
                response = self._redirected(endpoint, method, fields, accept)
            except RefusedError:
                raise
            except (HTTPError, OSError) as error:
                if refused := _refusal(error):
                    raise refused from None
                if last:
                    said = _words(error)
                    raise ServiceError(
                        f"the endpoint {endpoint.title} cannot be reached: {said}"
                    ) from error
            else:
                if response.status == 200:
                    return response
                if response.status not in _PASSING or last:
                    raise _refused(endpoint, response)
                asked = _retry_after(response.headers.get("Retry-After"))
                response.close()
            pause = asked if asked is not None else wait * random.uniform(0.75, 1.25)
            if pause > LONGEST_WAIT:
                raise LimitError(
                    f"the endpoint {endpoint.title} asks to wait {pause:.0f} seconds",
                    hint="Ask it again later.",
                )
            self._sleep(pause)
            wait *= 2
        raise AssertionError

    def _redirected(
        self, endpoint: Endpoint, method: str, fields: Mapping[str, str], accept: str
    ) -> urllib3.BaseHTTPResponse:
        headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
        headers |= dict(endpoint.headers)
        url, body = endpoint.url, urlencode(fields)
        if method == "GET":
            url, body = f"{url}{'&' if '?' in url else '?'}{body}", ""
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        timeout = urllib3.Timeout(connect=min(endpoint.timeout, 10), read=endpoint.timeout)
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._pool(endpoint).request(
                method, url, body=body or None, headers=headers, timeout=timeout,
                redirect=False, retries=False, preload_content=False,
            )  # fmt: skip
            target = response.headers.get("Location")
            if response.status not in _REDIRECTS or target is None:
                return response
            response.drain_conn()
            target = urljoin(url, target)
            if urlsplit(target).scheme not in ("http", "https"):
                raise ServiceError(f"the endpoint {endpoint.title} redirects to {target}")
            if urlsplit(target).netloc != urlsplit(url).netloc:
                headers.pop("Authorization", None)  # was meant for the first
            url = target
        raise ServiceError(f"the endpoint {endpoint.title} redirects without an end")


class _Gate:
    """Lets as many requests through as an endpoint wants, and no faster."""

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None]) -> None:
        self._places = threading.BoundedSemaphore(max(endpoint.connections, 1))
        self._pause = 1 / endpoint.rate if endpoint.rate else 0.0
        self._sleep = sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._places.acquire()
        with self._lock:
            now = time.monotonic()
            wait = max(self._next - now, 0.0)
            self._next = max(self._next, now) + self._pause
        if wait:
            self._sleep(wait)

    def __exit__(self, *error: object) -> None:
        self._places.release()


# Addresses ------------------------------------------------------------------------------


def _connect(self: HTTPConnection, private: bool) -> socket.socket:
    """A connection to an address of the host that may be asked."""
    host, port = self.host.strip("[]"), self.port
    refused: str | None = None
    failure: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        if not private and not _is_public(str(address[0])):
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


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast


def _pools(private: bool) -> dict[str, Any]:
    def new(self: HTTPConnection) -> socket.socket:
        return _connect(self, private)

    names = {"_new_conn": new}
    plain = type("Connection", (HTTPConnection,), names)
    secure = type("SecureConnection", (HTTPSConnection,), names)
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


#: The classes of connections, by whether private addresses may be asked.
_POOLS = {private: _pools(private) for private in (False, True)}


def _refusal(error: BaseException) -> RefusedError | None:
    """The refusal behind an error of the library."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, RefusedError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


# Answers --------------------------------------------------------------------------------


def _pieces(endpoint: Endpoint, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from response.stream(1 << 16, decode_content=True)
    except (HTTPError, OSError) as error:
        raise ServiceError(
            f"the answer of {endpoint.title} was cut off: {_words(error)}"
        ) from error


def _refused(endpoint: Endpoint, response: urllib3.BaseHTTPResponse) -> ServiceError:
    """An error that says what the endpoint does, in its first line."""
    try:
        body = response.read(2_000, decode_content=True).decode(errors="replace")
    except (HTTPError, OSError):
        body = ""
    response.close()
    said = next((line.strip() for line in body.splitlines() if line.strip()), "")
    html = said.startswith("<")
    told = f": {said[:200]}" if said and not html else ""
    return ServiceError(f"the endpoint {endpoint.title} answers {response.status}{told}")


def _retry_after(text: str | None) -> float | None:
    """Seconds to wait (RFC 9110, section 10.2.3: a number, or a date)."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(moment.timestamp() - time.time(), 0.0)


def _words(error: BaseException) -> str:
    """What the system says of an error, under what the library makes of it."""
    seen: BaseException | None = error
    while seen is not None:
        inside = [arg for arg in seen.args if isinstance(arg, BaseException)]
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror
        seen = inside[0] if inside else seen.__cause__
    return str(error).rpartition(": ")[2].strip("'\")") or type(error).__name__
