"""Requests of the SPARQL 1.1 Protocol (section 2), read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request

from kgtool.plan.context import Page
from kgtool.rdf.terms import Term
from kgtool.server.refusals import Refusal
from kgtool.server.requests import (
    FORM,
    Parameters,
    base_of,
    check_token,
    iri_of,
    limits_of,
    media_type_of,
    parsed_form,
    read_body,
    single,
    url_parameters,
)
from kgtool.server.settings import MAX_BODY, MAX_QUERY, Settings
from kgtool.sparql.algebra import Dataset

_DIRECT: dict[str, Literal["query", "update"]] = {
    "application/sparql-query": "query",
    "application/sparql-update": "update",
}
#: The parameters that name the default graphs and the named ones.
_GRAPHS = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}


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
    for name, values in parsed_form(await _sized_body(request, settings, may_change)).items():
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


def _dataset(parameters: Parameters, kind: str, base: str) -> Dataset | None:
    if parameters.keys().isdisjoint(_GRAPHS[kind]):
        return None
    default, named = (
        tuple(iri_of(value, base) for value in parameters.get(name, [])) for name in _GRAPHS[kind]
    )
    return Dataset(default, named) if default or named else None


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, f"byte {error.start} of the body is not UTF-8") from None
