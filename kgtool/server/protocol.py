"""Requests of the SPARQL 1.1 Protocol (section 2), read and checked."""

from __future__ import annotations

import asyncio
import hmac
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.datastructures import URL
from starlette.requests import Request

from kgtool.plan.context import Page
from kgtool.rdf.iris import resolve
from kgtool.rdf.terms import IRI, Term
from kgtool.server.refusals import Refusal
from kgtool.server.settings import BODY_TIME, MAX_BODY, MAX_QUERY, MAX_URL, Settings
from kgtool.sparql.algebra import Dataset

FORM = "application/x-www-form-urlencoded"
_DIRECT: dict[str, Literal["query", "update"]] = {
    "application/sparql-query": "query",
    "application/sparql-update": "update",
}
#: The parameters that name the default graphs and the named ones.
_GRAPHS = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
_MOST_PARAMETERS = 10_000
#: So many times the most that a body may have is read of one that has more.
_PATIENT = 4
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')

Parameters = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or an update: its text, the dataset that the request names, and its limits.

    ``parameters`` take the place of variables. ``page`` is the part of the answer that is wanted.
    ``file`` is what messages call the text.
    """

    kind: Literal["query", "update"]
    text: str
    base: str | None
    dataset: Dataset | None
    timeout: float
    max_rows: int | None
    parameters: Mapping[str, Term] = field(default_factory=dict)
    page: Page | None = None
    file: str = "query"


async def read_operation(request: Request, settings: Settings) -> Operation | None:
    """The operation of a request; None where it asks for the service's description.

    Raises Refusal: 400 for what the protocol does not allow, 413, 414 or 415.
    """
    parameters = url_parameters(request)
    if request.method == "POST":
        kind, text = await _posted(request, parameters, settings)
    else:
        if "update" in parameters:
            raise Refusal(400, "an update is sent with POST", {"Allow": "POST"})
        if "query" not in parameters:
            return None
        kind, text = "query", single(parameters, "query")
        _check_size(text.encode())
    base = base_of(request)
    timeout, max_rows = limits_of(request, parameters, settings)
    return Operation(kind, text, base, _dataset(parameters, kind, base), timeout, max_rows)


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
    return _parsed(query)


async def form_parameters(request: Request, most: int) -> Parameters:
    """The parameters of a URL, and those of a form that is posted. Raises Refusal: 413, 415."""
    parameters = url_parameters(request)
    if request.method == "POST":
        if media_type_of(request) != FORM:
            raise Refusal(415, f"expected {FORM}")
        for name, values in _parsed(await read_body(request, most)).items():
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


async def _posted(
    request: Request, parameters: Parameters, settings: Settings
) -> tuple[Literal["query", "update"], str]:
    """The operation in a body, in either form; the parameters of a form are added."""
    media_type = media_type_of(request)
    if media_type in _DIRECT:
        kind = _DIRECT[media_type]
        if "query" in parameters or "update" in parameters:
            raise Refusal(400, "there is an operation in the URL and one in the body")
        return kind, _decoded(await _sized_body(request, settings, kind == "update"))
    if media_type != FORM:
        raise Refusal(415, f"expected {FORM} or one of {', '.join(_DIRECT)}")
    may_change = settings.writable and "authorization" in request.headers
    for name, values in _parsed(await _sized_body(request, settings, may_change)).items():
        parameters.setdefault(name, []).extend(values)
    found = [name for name in ("query", "update") if name in parameters]
    if len(found) != 1:
        raise Refusal(400, "expected one of the parameters query and update")
    if found == ["query"]:
        text = single(parameters, "query")
        _check_size(text.encode())
        return "query", text
    check_token(request, settings)
    return "update", single(parameters, "update")


async def _sized_body(request: Request, settings: Settings, is_update: bool) -> bytes:
    """The body; a large one only from a client that may change the store."""
    if is_update:
        check_token(request, settings)
        return await read_body(request, MAX_BODY)
    return await read_body(request, MAX_QUERY)


def _check_size(text: bytes) -> None:
    if len(text) > MAX_QUERY:
        raise Refusal(413, f"the query has more than {MAX_QUERY:,} bytes")


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, f"byte {error.start} of the body is not UTF-8") from None


def _parsed(form: bytes) -> Parameters:
    """The parameters of a form."""
    found: Parameters = {}
    try:
        pairs = parse_qsl(
            form.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except UnicodeDecodeError:
        raise Refusal(400, "the parameters are not UTF-8") from None
    except ValueError:
        raise Refusal(400, f"there are more than {_MOST_PARAMETERS:,} parameters") from None
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _dataset(parameters: Parameters, kind: str, base: str) -> Dataset | None:
    default, named = (
        tuple(iri_of(value, base) for value in parameters.get(name, [])) for name in _GRAPHS[kind]
    )
    return Dataset(default, named) if default or named else None


def iri_of(text: str, base: str) -> IRI:
    """The IRI that a parameter names. Raises Refusal (400) where it is none."""
    iri = resolve(text, base)
    if not text or _NOT_IN_IRI.search(iri):
        raise Refusal(400, f"{text!r} is not an IRI")
    return IRI(iri)
