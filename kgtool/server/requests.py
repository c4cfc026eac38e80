"""What requests of all kinds have: an address, parameters, a body, limits, a token."""

from __future__ import annotations

import asyncio
import hmac
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import URL, Headers
from starlette.requests import Request
from starlette.types import Receive, Scope

from kgtool.rdf.iris import resolve
from kgtool.rdf.terms import IRI
from kgtool.server.refusals import Refusal
from kgtool.server.settings import BODY_TIME, MAX_URL, Settings

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 10_000
#: So many times the most that a body may have is read of one that has more.
_PATIENT = 4
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')

Parameters = dict[str, list[str]]


class _Fields(Headers):
    """The fields of a head, found without going through all of them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        #: Of those with one name the first.
        self._first = dict(reversed(self._list))

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower().encode("latin-1")].decode("latin-1")

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower().encode("latin-1") in self._first

    def get(self, key: str, default: Any = None) -> Any:
        found = self._first.get(key.lower().encode("latin-1"))
        return default if found is None else found.decode("latin-1")


class HeadRequest(Request):
    """A request whose head is asked for many things."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._fields = _Fields(scope)

    @property
    def headers(self) -> Headers:
        return self._fields


def base_of(request: Request, path: str | None = None) -> str:
    """The request's IRI without what is asked, or that of another path of this server.

    Raises Refusal (400): a Host may be anything.
    """
    scope = request.scope
    host = request.headers.get("host")
    path = scope["path"] if path is None else path
    return _base(scope["scheme"], host, scope["server"], scope["root_path"], path)


@lru_cache(maxsize=64)
def _base(scheme: str, host: str | None, server: Any, root_path: str, path: str) -> str:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    url = URL(scope={"scheme": scheme, "server": server, "root_path": root_path, "path": path,
                     "headers": headers, "query_string": b""})  # fmt: skip
    if _NOT_IN_IRI.search(str(url)):
        raise Refusal(400, "the host and the path of the request are not those of an IRI")
    return str(url)


def url_parameters(request: Request) -> Parameters:
    """The parameters of a URL."""
    query: bytes = request.scope["query_string"]
    if len(query) + len(request.scope["raw_path"]) > MAX_URL:
        raise Refusal(414, f"the URL is longer than {MAX_URL:,} bytes; POST has room for more")
    return parsed_form(query)


async def form_parameters(request: Request, most: int) -> Parameters:
    """The parameters of a URL, and those of a form that is posted. Raises Refusal: 413, 415."""
    parameters = url_parameters(request)
    if request.method == "POST":
        if media_type_of(request) != FORM:
            raise Refusal(415, f"expected {FORM}")
        for name, values in parsed_form(await read_body(request, most)).items():
            parameters.setdefault(name, []).extend(values)
    return parameters


def single(parameters: Parameters, name: str) -> str:
    """The value of a parameter that must be there once."""
    values = parameters.get(name, [])
    if len(values) != 1:
        raise Refusal(400, f"there must be one {name}, and there are {len(values)}")
    return values[0]


def media_type_of(request: Request) -> str:
    """The media type of the body. Raises Refusal (415) where it is not in UTF-8."""
    name, *parameters = (p.strip() for p in request.headers.get("content-type", "").split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.lower() == "charset" and value.strip('"').lower() not in ("utf-8", "us-ascii"):
            raise Refusal(415, f"the body is in {value}, and UTF-8 is what can be read")
    return name.lower()


async def read_body(request: Request, most: int) -> bytes:
    """The body of a request. Raises Refusal: 413, 408.

    Of one that is too large some more is read, and dropped: who still sends reads no answer.
    """
    refusal = Refusal(413, f"the body has more than {most:,} bytes", {"Connection": "close"})
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > _PATIENT * most:
        raise refusal
    body = bytearray()
    size = 0
    try:
        async with asyncio.timeout(BODY_TIME):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= most:
                    body += chunk
                elif size > _PATIENT * most:
                    raise refusal
    except TimeoutError:
        raise Refusal(408, f"the body has not come within {BODY_TIME} seconds") from None
    if size > most:
        raise refusal
    return bytes(body)


def check_token(request: Request, settings: Settings) -> None:
    """Raises Refusal: 403 where nothing may be changed, 401 without the right token."""
    if settings.token is None:
        raise Refusal(403, "this endpoint is read-only")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # As bytes: the time it takes says nothing of where the two differ.
    is_right = hmac.compare_digest(given.strip().encode(), settings.token.encode())
    if scheme.lower() != "bearer" or not is_right:
        raise Refusal(
            401, "changes need the token of this endpoint", {"WWW-Authenticate": "Bearer"}
        )


def limits_of(
    request: Request, parameters: Parameters, settings: Settings
) -> tuple[float, int | None]:
    """The seconds and the rows of a request: the server's, or less where it asks for less."""
    timeout = _number(request.headers, parameters, "timeout", settings.timeout)
    rows = _number(request.headers, parameters, "max-rows", settings.max_rows or math.inf)
    return timeout, None if rows == math.inf else max(1, int(rows))


def _number(headers: Mapping[str, str], parameters: Parameters, name: str, most: float) -> float:
    given = list(parameters.get(name, []))
    if (header := headers.get(f"kgtool-{name}")) is not None:
        given.append(header)
    for text in given:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not value > 0:
            raise Refusal(400, f"{name} is {text!r}, and must be a number above 0")
        most = min(most, value)
    return most


def parsed_form(form: bytes) -> Parameters:
    """The parameters of a form."""
    found: Parameters = {}
    try:
        for name, value in _pairs(form):
            found.setdefault(name, []).append(value)
    except UnicodeDecodeError:
        raise Refusal(400, "the parameters are not UTF-8") from None
    except ValueError:
        raise Refusal(400, f"there are more than {_MOST_PARAMETERS:,} parameters") from None
    return found


def _pairs(form: bytes) -> list[tuple[str, str]]:
    """Names and values. Raises ValueError, UnicodeDecodeError among them."""
    name, sign, value = form.partition(b"=")
    if sign and b"&" not in value and name.isalpha() and b"\\" not in value:
        # The one parameter of most requests, by way of an escape that is decoded as a whole.
        try:
            escaped = value.replace(b"+", b" ").replace(b"%", b"\\x").decode("unicode_escape")
            return [(name.decode("ascii"), escaped.encode("latin-1").decode())]
        except UnicodeDecodeError:
            pass  # an escape that is none, or no UTF-8: the library says which
    return parse_qsl(
        form.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
    )


def iri_of(text: str, base: str) -> IRI:
    """The IRI that a parameter names. Raises Refusal (400) where it is none."""
    iri = resolve(text, base)
    if not text or _NOT_IN_IRI.search(iri):
        raise Refusal(400, f"{text!r} is not an IRI")
    return IRI(iri)
