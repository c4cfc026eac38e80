"""Requests over HTTP: sent, tried again, redirected, and what is said when they fail."""

from __future__ import annotations

import email.utils
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

from kgtool.errors import LimitError, RefusedError, ServiceError
from kgtool.extras import missing_extra
from kgtool.federation.endpoints import Endpoint
from kgtool.federation.gates import gate_of
from kgtool.version import __version__

try:
    import urllib3
    from urllib3.exceptions import HTTPError, ReadTimeoutError
except ImportError as error:
    raise missing_extra("SERVICE", "federate", error) from error

from kgtool.federation.connections import Connections, Watch

#: What operators of public endpoints ask for: a name, and where to read about the tool.
USER_AGENT = f"kgtool/{__version__} (SPARQL federation of stored queries; urllib3)"
#: Statuses after which the same request may succeed. With 500 endpoints tell of their own limits,
#: which the same query would hit again.
_PASSING = frozenset({408, 429, 502, 503, 504})
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
    """Sends requests to endpoints, from several threads at once.

    ``sleep`` is what waits between two tries; without it, closing the client ends that too.
    """

    def __init__(self, sleep: Callable[[float], object] | None = None) -> None:
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._connections = Connections()

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

        ``count`` is called for each try. Raises ServiceError where the endpoint cannot be reached,
        answers with an error, with what it says, or takes longer than it may to go on; RefusedError
        for an address that may not be asked; LimitError where it asks to wait too long.
        """
        with (
            gate_of(endpoint).passed(self._pause),
            self._connections.watched(endpoint.timeout) as watch,
        ):
            response = self._answered(endpoint, method, fields, accept, count, watch)
            try:
                media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
                pieces = _pieces(endpoint, response, watch)
                yield Response(response.status, media_type.lower(), pieces, endpoint.url)
            finally:
                _give_up(response)

    def close(self) -> None:
        """Ends the requests that run, and those that wait; no others are made."""
        self._closed.set()
        self._connections.close()

    def _pause(self, seconds: float) -> None:
        if seconds:
            self._sleep(seconds)
        if self._closed.is_set():
            raise ServiceError("nobody waits for the answer any more")

    def _answered(
        self,
        endpoint: Endpoint,
        method: str,
        fields: Mapping[str, str],
        accept: str,
        count: Callable[[], None],
        watch: Watch,
    ) -> urllib3.BaseHTTPResponse:
        wait = FIRST_WAIT
        for last in (*[False] * (TRIES - 1), True):
            count()
            watch.on()
            asked: float | None = None
            try:
                response = self._redirected(endpoint, method, fields, accept)
            except RefusedError:
                raise
            except (HTTPError, OSError) as error:
                if refused := _refusal(error):
                    raise refused from None
                if watch.is_over or isinstance(error, ReadTimeoutError):
                    raise _late(endpoint) from error
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
                _give_up(response)
            pause = asked if asked is not None else wait * random.uniform(0.75, 1.25)
            if pause > LONGEST_WAIT:
                raise LimitError(
                    f"the endpoint {endpoint.title} asks to wait {pause:.0f} seconds",
                    hint="Ask it again later.",
                )
            watch.on(pause)
            self._pause(pause)
            wait *= 2
        raise AssertionError

    def _redirected(
        self, endpoint: Endpoint, method: str, fields: Mapping[str, str], accept: str
    ) -> urllib3.BaseHTTPResponse:
        headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
        url, body = endpoint.url, urlencode(fields)
        if method == "GET":
            url, body = f"{url}{'&' if '?' in url else '?'}{body}", ""
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        timeout = urllib3.Timeout(connect=min(endpoint.timeout, 10), read=endpoint.timeout)
        for _ in range(_MOST_REDIRECTS + 1):
            # What is allowed and what is secret is so for the host that was named, and no other.
            own = _is_same_host(endpoint.url, url)
            pool = self._connections.to(private=endpoint.private and own)
            more = dict(endpoint.headers if own else ())
            response = pool.request(
                method, url, body=body or None, headers=headers | more, timeout=timeout,
                redirect=False, retries=False, preload_content=False,
            )  # fmt: skip
            target = response.headers.get("Location")
            if response.status not in _REDIRECTS or target is None:
                return response
            _give_up(response)
            url = _joined(endpoint, url, target)
        raise ServiceError(f"the endpoint {endpoint.title} redirects without an end")


def _joined(endpoint: Endpoint, url: str, target: str) -> str:
    """The address of a redirect."""
    with suppress(ValueError):
        found = urljoin(url, target)
        if urlsplit(found).scheme in ("http", "https"):
            return found
    raise ServiceError(f"the endpoint {endpoint.title} redirects to {target!r}")


def _is_same_host(url: str, other: str) -> bool:
    """Whether two addresses have one host and port, and the other is as safe as the first."""
    first, second = urlsplit(url), urlsplit(other)
    return first.netloc == second.netloc and first.scheme in ("http", second.scheme)


def _refusal(error: BaseException) -> RefusedError | None:
    """The refusal behind an error of the library."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, RefusedError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


# Answers --------------------------------------------------------------------------------


def _pieces(
    endpoint: Endpoint, response: urllib3.BaseHTTPResponse, watch: Watch
) -> Iterator[bytes]:
    try:
        for piece in response.stream(1 << 16, decode_content=True):
            watch.pause()
            yield piece
            watch.on()
    except (HTTPError, OSError) as error:
        said = f"nothing came for {endpoint.timeout:g} seconds" if watch.is_over else _words(error)
        raise ServiceError(f"the answer of {endpoint.title} was cut off: {said}") from error


def _give_up(response: urllib3.BaseHTTPResponse) -> None:
    """What has not been read cannot serve another request."""
    response.close()
    response.release_conn()


def _late(endpoint: Endpoint) -> ServiceError:
    return ServiceError(
        f"the endpoint {endpoint.title} has not answered within {endpoint.timeout:g} seconds"
    )


def _refused(endpoint: Endpoint, response: urllib3.BaseHTTPResponse) -> ServiceError:
    """An error that says what the endpoint does, in its first line."""
    try:
        body = response.read(2_000, decode_content=True).decode(errors="replace")
    except (HTTPError, OSError):
        body = ""
    response.close()
    said = next((line.strip() for line in body.splitlines() if line.strip()), "")
    html = said.startswith("<")
    # Whatever an endpoint says is shown on a terminal.
    said = "".join(letter if letter.isprintable() else " " for letter in said[:200])
    told = f": {said}" if said and not html else ""
    return ServiceError(f"the endpoint {endpoint.title} answers {response.status}{told}")


def _retry_after(text: str | None) -> float | None:
    """Seconds to wait (RFC 9110, section 10.2.3: a number, or a date)."""
    if not text:
        return None
    if text.strip().isdecimal():
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
