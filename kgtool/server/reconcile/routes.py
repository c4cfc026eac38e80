"""Which path of the service does what."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Send

from kgtool.reconcile.extend import extend, properties_of
from kgtool.reconcile.index import CLASS, PROPERTY, THING, known
from kgtool.reconcile.matching import match
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.query import Query
from kgtool.reconcile.shown import Shown, is_builtin, is_nameless, show
from kgtool.reconcile.suggest import suggest
from kgtool.server.answering import send_whole
from kgtool.server.endpoint import Endpoint
from kgtool.server.limits import Gate
from kgtool.server.pages.addresses import RESOURCE
from kgtool.server.pages.rendering import render
from kgtool.server.pages.serving import PageServer, Visit
from kgtool.server.protocol import (
    Parameters,
    base_of,
    form_parameters,
    media_type_of,
    read_body,
    single,
    url_parameters,
)
from kgtool.server.reconcile import writing
from kgtool.server.reconcile.indexes import Indexes
from kgtool.server.reconcile.manifest import draft_manifest, manifest
from kgtool.server.reconcile.preview import preview
from kgtool.server.reconcile.reading import (
    MOST_BYTES,
    iri_in,
    parsed,
    read_batch,
    read_draft_batch,
    read_extension,
    read_query,
)
from kgtool.server.refusals import Refusal
from kgtool.server.settings import RECONCILE_PATH, Settings
from kgtool.server.stores import Versions
from kgtool.server.watching import note

#: Where the draft of 1.0 is, whose manifest is another one.
DRAFT_PATH = f"{RECONCILE_PATH}/draft"

_READ = ("GET", "HEAD")
_JSON, _SCRIPT = "application/json", "text/javascript; charset=utf-8"
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}(?:\.[A-Za-z_$][A-Za-z0-9_$]{0,63}){0,3}")
_KINDS = {"entity": THING, "type": CLASS, "property": PROPERTY}
#: Suggestions and proposals: as many as are not asked for, and the most.
_SUGGESTED, _PROPOSED, _MOST = 10, 50, 200
#: Classes that a table is likely about.
_DEFAULT_TYPES = 12
#: A page within another one may show what it has, and do nothing.
_FRAMED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    ),
    "Cache-Control": "no-cache",
}
#: Seconds between two looks at an index that is being made, and those that a request waits.
_PAUSE, _PATIENCE = 0.1, 30.0

Json = Any
Handler = Callable[[Request, Send], Awaitable[None]]
Work = Callable[[Visit, Names, Asking], Json]
_T = TypeVar("_T")


class Reconciliation:
    """The service for the names of a store."""

    def __init__(self, settings: Settings, versions: Versions, readers: Gate) -> None:
        self._settings = settings
        self._pages = PageServer(settings, versions, readers)
        self._indexes = Indexes(settings, versions)

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
        self._indexes.close()

    # Versions 0.1 and 0.2 ---------------------------------------------------------------

    async def _service(self, request: Request, send: Send) -> None:
        parameters = await form_parameters(request, MOST_BYTES)
        _callback(parameters)
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
                return _extended(visit, names, asking, document, draft=False)
            if kind == "query":
                (found,) = _matched(visit, names, asking, [read_query(document, prefixes)])
                return {"result": found}
            batch = read_batch(document, prefixes)
            found = _matched(visit, names, asking, list(batch.values()))
            return {key: {"result": each} for key, each in zip(batch, found, strict=True)}

        note(request, operation="reconcile")
        await self._send(request, send, parameters, await self._ask(request, answered))

    async def _manifest(self, request: Request, send: Send, parameters: Parameters) -> None:
        root = base_of(request, "")

        def made(visit: Visit, names: Names, asking: Asking) -> Json:
            title, types = _about(visit, names, asking)
            space = visit.site.addresses.base or root + RESOURCE
            return manifest(root, RECONCILE_PATH, title, space, space, types)

        note(request, operation="reconcile-manifest")
        await self._send(request, send, parameters, await self._ask(request, made))

    # The draft of 1.0 -------------------------------------------------------------------

    async def _draft_manifest(self, request: Request, send: Send) -> None:
        root = base_of(request, "")

        def made(visit: Visit, names: Names, asking: Asking) -> Json:
            return draft_manifest(root, *_about(visit, names, asking))

        note(request, operation="reconcile-manifest")
        await self._send(request, send, {}, await self._ask(request, made))

    async def _draft_match(self, request: Request, send: Send) -> None:
        document = await _posted(request)

        def answered(visit: Visit, names: Names, asking: Asking) -> Json:
            batch = read_draft_batch(document, visit.version.store.prefixes)
            found = _matched(visit, names, asking, batch)
            return {"results": [{"candidates": each} for each in found]}

        note(request, operation="reconcile")
        await self._send(request, send, {}, await self._ask(request, answered))

    async def _draft_extend(self, request: Request, send: Send) -> None:
        document = await _posted(request)

        def answered(visit: Visit, names: Names, asking: Asking) -> Json:
            return _extended(visit, names, asking, document, draft=True)

        note(request, operation="reconcile-extend")
        await self._send(request, send, {}, await self._ask(request, answered))

    # All versions -----------------------------------------------------------------------

    async def _suggest(self, request: Request, send: Send) -> None:
        parameters = url_parameters(request)
        name = request.path_params["kind"]
        if name not in _KINDS:
            raise Refusal(404, f"there are suggestions for {', '.join(_KINDS)}")
        text = single(parameters, "prefix") if "prefix" in parameters else ""
        # 1.0 has another word for how many were shown before.
        offset = _number(parameters, "offset" if "offset" in parameters else "cursor", 0)
        limit = min(_number(parameters, "limit", _SUGGESTED) or _SUGGESTED, _MOST)

        def found(visit: Visit, names: Names, asking: Asking) -> Json:
            iri = iri_in(text.strip(), visit.version.store.prefixes)
            iri = iri if ":" in iri and " " not in iri else ""
            ids = suggest(names, asking, _KINDS[name], text, limit, offset, iri)
            shown = show(names, asking, ids, visit.languages)
            ordered = [shown[each] for each in ids if each in shown]
            return writing.suggestions(ordered, notable=name == "entity")

        note(request, operation="reconcile-suggest")
        await self._send(request, send, parameters, await self._ask(request, found))

    async def _propose(self, request: Request, send: Send) -> None:
        parameters = url_parameters(request)
        type_ = single(parameters, "type") if "type" in parameters else ""
        limit = min(_number(parameters, "limit", _PROPOSED) or _PROPOSED, _MOST)

        def found(visit: Visit, names: Names, asking: Asking) -> Json:
            iri = iri_in(type_, visit.version.store.prefixes)
            ids = properties_of(names, asking, iri, limit)
            shown = show(names, asking, ids, visit.languages)
            return writing.proposals([shown[p] for p in ids if p in shown], type_, limit)

        note(request, operation="reconcile-propose")
        await self._send(request, send, parameters, await self._ask(request, found))

    async def _preview(self, request: Request, send: Send) -> None:
        id_ = single(url_parameters(request), "id")

        def made(visit: Visit, names: Names, asking: Asking) -> str:
            iri = iri_in(id_, visit.version.store.prefixes)
            found = preview(names, asking, iri, visit.languages)
            if found is None:
                raise Refusal(404, f"{iri} is not in the graph")
            address = visit.site.addresses.page(iri)
            return render("preview", it=found.it, facts=found.facts, address=address)

        note(request, operation="reconcile-preview")
        text = await self._ask(request, made)
        media_type = "text/html; charset=utf-8"
        await send_whole(request, send, Response(text, 200, _FRAMED, media_type))

    async def _ask(self, request: Request, work: Callable[[Visit, Names, Asking], _T]) -> _T:
        """What ``work`` gives, once the names are indexed.

        Raises Refusal (503) where that takes long; it goes on.
        """
        end = time.monotonic() + min(_PATIENCE, self._settings.timeout)
        while not await asyncio.to_thread(self._indexes.is_ready):
            if time.monotonic() > end:
                raise _unready()
            await asyncio.sleep(_PAUSE)

        def asked(visit: Visit) -> _T:
            names = self._indexes.names(visit.version)
            if names is None:
                raise _unready()
            with names.asking(self._settings.timeout, visit.stop) as asking:
                return work(visit, names, asking)

        return await self._pages.run(request, asked)

    async def _send(
        self, request: Request, send: Send, parameters: Parameters, document: Json
    ) -> None:
        """Sends JSON, or where a callback is named a script that calls it with that."""
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        callback = _callback(parameters)
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        if callback:
            # The comment keeps whoever takes the script for something else from its first bytes.
            text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
            response = Response(f"/**/{callback}({text});", 200, headers, _SCRIPT)
        else:
            response = Response(text, 200, headers, _JSON)
        await send_whole(request, send, response)


def _matched(
    visit: Visit, names: Names, asking: Asking, queries: Sequence[Query]
) -> list[list[Json]]:
    found = match(names, asking, queries)
    things = {each.thing for some in found for each in some}
    properties = {c.property for query in queries for c in query.conditions}
    shown = show(names, asking, things | set(known(names.store, properties)), visit.languages)
    titles = {each.iri: each.name for each in shown.values() if each.iri in properties}
    return [writing.candidates(each, shown, titles) for each in found]


def _extended(visit: Visit, names: Names, asking: Asking, document: Json, *, draft: bool) -> Json:
    ids, columns = read_extension(document, visit.version.store.prefixes)
    properties = [each.property for each in columns.values()]
    shown = show(names, asking, known(names.store, properties), visit.languages)
    by_iri = {each.iri: each for each in shown.values()}
    heads = {
        key: by_iri.get(each.property) or Shown(each.property, each.property)
        for key, each in columns.items()
    }
    values = extend(names, asking, list(ids.values()), list(columns.values()), visit.languages)
    return writing.extension(ids, heads, values, draft=draft)


def _about(visit: Visit, names: Names, asking: Asking) -> tuple[str, list[Shown]]:
    """What the graph is called, and the classes that most of its things are of."""
    sizes = names.class_sizes
    shown = show(names, asking, sizes, visit.languages)
    classes = [each for each in sizes if each in shown and not is_builtin(shown[each].iri)]
    classes.sort(key=lambda each: (-sizes[each], is_nameless(shown[each]), shown[each].iri))
    return visit.site.title, [shown[each] for each in classes[:_DEFAULT_TYPES]]


async def _posted(request: Request) -> Json:
    if media_type_of(request) != _JSON:
        raise Refusal(415, f"expected {_JSON}")
    return parsed(await read_body(request, MOST_BYTES), "the body")


def _callback(parameters: Parameters) -> str:
    """The function that a script calls. Raises Refusal (400) where that is no name of one."""
    if "callback" not in parameters:
        return ""
    name = single(parameters, "callback")
    if not _CALLBACK.fullmatch(name):
        raise Refusal(400, "callback is not the name of a function")
    return name


def _number(parameters: Parameters, name: str, default: int) -> int:
    if name not in parameters:
        return default
    text = single(parameters, name)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refusal(400, f"{name} is not a number from 0 on")
    return int(text)


def _unready() -> Refusal:
    message = "the names of the graph are being indexed; try again later"
    return Refusal(503, message, {"Retry-After": "5"})
