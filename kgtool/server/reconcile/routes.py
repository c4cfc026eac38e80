"""Which path of the service does what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Send

from kgtool.rdf.names import expand
from kgtool.reconcile.names import Asking, Names
from kgtool.server.answering import send_whole
from kgtool.server.endpoint import Endpoint
from kgtool.server.pages.addresses import RESOURCE
from kgtool.server.pages.rendering import render
from kgtool.server.pages.serving import PageServer, Visit
from kgtool.server.reconcile.answers import KINDS, about, extended, matched, proposed, suggested
from kgtool.server.reconcile.manifest import draft_manifest, manifest
from kgtool.server.reconcile.preview import preview
from kgtool.server.reconcile.reading import (
    MOST_BYTES,
    parsed,
    read_batch,
    read_draft_batch,
    read_query,
)
from kgtool.server.reconcile.service import Service, callback_of
from kgtool.server.refusals import Refusal
from kgtool.server.requests import (
    Parameters,
    base_of,
    form_parameters,
    media_type_of,
    read_body,
    single,
    url_parameters,
)
from kgtool.server.settings import RECONCILE_PATH
from kgtool.server.watching import note

#: Where the draft of 1.0 is, whose manifest is another one.
DRAFT_PATH = f"{RECONCILE_PATH}/draft"

_READ = ("GET", "HEAD")
_JSON = "application/json"
#: Suggestions and proposals: as many as are not asked for, and the most.
_SUGGESTED, _PROPOSED, _MOST = 10, 50, 200
#: A page within another one may show what it has, and do nothing.
_FRAMED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    ),
    "Cache-Control": "no-cache",
}

Json = Any
Handler = Callable[[Request, Send], Awaitable[None]]


class Reconciliation:
    """The service for the names of a store."""

    def __init__(self, pages: PageServer) -> None:
        self._names = Service(pages)

    def routes(self, log: Callable[[str], None]) -> list[Route]:
        def route(path: str, handler: Handler, *methods: str) -> Route:
            return Route(path, Endpoint(handler, (*_READ, *methods), log, is_api=True))

        found = []
        for path in (RECONCILE_PATH, DRAFT_PATH):
            found += [
                route(f"{path}/suggest/{{kind}}", self._suggest),
                route(f"{path}/preview", self._preview),
                route(f"{path}/extend/propose", self._propose),
            ]
        return [
            *found,
            route(RECONCILE_PATH, self._service, "POST"),
            route(f"{RECONCILE_PATH}/", self._service, "POST"),
            route(DRAFT_PATH, self._draft_manifest),
            route(f"{DRAFT_PATH}/", self._draft_manifest),
            Route(f"{DRAFT_PATH}/match", Endpoint(self._draft_match, ("POST",), log, is_api=True)),
            Route(
                f"{DRAFT_PATH}/extend", Endpoint(self._draft_extend, ("POST",), log, is_api=True)
            ),
        ]

    def close(self) -> None:
        self._names.close()

    # Versions 0.1 and 0.2 ---------------------------------------------------------------

    async def _service(self, request: Request, send: Send) -> None:
        parameters = await form_parameters(request, MOST_BYTES)
        callback_of(parameters)
        asked = [name for name in ("queries", "query", "extend") if name in parameters]
        if len(asked) > 1:
            raise Refusal(400, f"there is one of {' and '.join(asked)} at a time")
        if not asked:
            await self._manifest(request, send, parameters)
            return
        (kind,) = asked
        text = single(parameters, kind)
        # A single query may be a name alone.
        is_name = kind == "query" and not text.lstrip().startswith("{")
        document = text if is_name else parsed(text, kind)

        def answered(visit: Visit, names: Names, asking: Asking) -> Json:
            prefixes = visit.version.store.prefixes
            if kind == "extend":
                return extended(visit, names, asking, document, draft=False)
            if kind == "query":
                (found,) = matched(visit, names, asking, [read_query(document, prefixes)])
                return {"result": found}
            batch = read_batch(document, prefixes)
            found = matched(visit, names, asking, list(batch.values()))
            return {key: {"result": each} for key, each in zip(batch, found, strict=True)}

        note(request, operation="reconcile")
        await self._names.send(request, send, parameters, await self._names.ask(request, answered))

    async def _manifest(self, request: Request, send: Send, parameters: Parameters) -> None:
        root = base_of(request, "")

        def made(visit: Visit, names: Names, asking: Asking) -> Json:
            title, types = about(visit, names, asking)
            space = visit.site.addresses.base or root + RESOURCE
            return manifest(root, RECONCILE_PATH, title, space, space, types)

        note(request, operation="reconcile-manifest")
        await self._names.send(request, send, parameters, await self._names.ask(request, made))

    # The draft of 1.0 -------------------------------------------------------------------

    async def _draft_manifest(self, request: Request, send: Send) -> None:
        root = base_of(request, "")

        def made(visit: Visit, names: Names, asking: Asking) -> Json:
            return draft_manifest(root, *about(visit, names, asking))

        note(request, operation="reconcile-manifest")
        await self._names.send(request, send, {}, await self._names.ask(request, made))

    async def _draft_match(self, request: Request, send: Send) -> None:
        document = await _posted(request)

        def answered(visit: Visit, names: Names, asking: Asking) -> Json:
            batch = read_draft_batch(document, visit.version.store.prefixes)
            found = matched(visit, names, asking, batch)
            return {"results": [{"candidates": each} for each in found]}

        note(request, operation="reconcile")
        await self._names.send(request, send, {}, await self._names.ask(request, answered))

    async def _draft_extend(self, request: Request, send: Send) -> None:
        document = await _posted(request)

        def answered(visit: Visit, names: Names, asking: Asking) -> Json:
            return extended(visit, names, asking, document, draft=True)

        note(request, operation="reconcile-extend")
        await self._names.send(request, send, {}, await self._names.ask(request, answered))

    # All versions -----------------------------------------------------------------------

    async def _suggest(self, request: Request, send: Send) -> None:
        parameters = url_parameters(request)
        name = request.path_params["kind"]
        if name not in KINDS:
            raise Refusal(404, f"there are suggestions for {', '.join(KINDS)}")
        text = single(parameters, "prefix") if "prefix" in parameters else ""
        # 1.0 has another word for how many were shown before.
        offset = _number(parameters, "offset" if "offset" in parameters else "cursor", 0)
        limit = min(_number(parameters, "limit", _SUGGESTED) or _SUGGESTED, _MOST)

        def found(visit: Visit, names: Names, asking: Asking) -> Json:
            return suggested(visit, names, asking, name, text, limit, offset)

        note(request, operation="reconcile-suggest")
        await self._names.send(request, send, parameters, await self._names.ask(request, found))

    async def _propose(self, request: Request, send: Send) -> None:
        parameters = url_parameters(request)
        type_ = single(parameters, "type") if "type" in parameters else ""
        limit = min(_number(parameters, "limit", _PROPOSED) or _PROPOSED, _MOST)

        def found(visit: Visit, names: Names, asking: Asking) -> Json:
            return proposed(visit, names, asking, type_, limit)

        note(request, operation="reconcile-propose")
        await self._names.send(request, send, parameters, await self._names.ask(request, found))

    async def _preview(self, request: Request, send: Send) -> None:
        id_ = single(url_parameters(request), "id")

        def made(visit: Visit, names: Names, asking: Asking) -> str:
            iri = expand(id_, visit.version.store.prefixes)
            found = preview(names, asking, iri, visit.languages)
            if found is None:
                raise Refusal(404, f"{iri} is not in the graph")
            address = visit.site.addresses.page(iri)
            return render("preview", it=found.it, facts=found.facts, address=address)

        note(request, operation="reconcile-preview")
        text = await self._names.ask(request, made)
        media_type = "text/html; charset=utf-8"
        await send_whole(request, send, Response(text, 200, _FRAMED, media_type))


async def _posted(request: Request) -> Json:
    if media_type_of(request) != _JSON:
        raise Refusal(415, f"expected {_JSON}")
    return parsed(await read_body(request, MOST_BYTES), "the body")


def _number(parameters: Parameters, name: str, default: int) -> int:
    if name not in parameters:
        return default
    text = single(parameters, name)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refusal(400, f"{name} is not a number from 0 on")
    return int(text)
