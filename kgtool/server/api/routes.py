"""Which path of the API does what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Send

from kgtool.results.formats import Format
from kgtool.server.answering import send_answer, send_whole
from kgtool.server.api.answer import StoredAnswer
from kgtool.server.api.calls import Call, read_call
from kgtool.server.api.openapi import document
from kgtool.server.catalogue import Entry
from kgtool.server.endpoint import Endpoint
from kgtool.server.limits import Caller
from kgtool.server.negotiation import Chosen, accepts_gzip, chosen_of, wants_page
from kgtool.server.pages.serving import (
    HEADERS,
    POLICY,
    Handler,
    Page,
    PageServer,
    Visit,
    error_page,
    with_header,
)
from kgtool.server.protocol import Operation
from kgtool.server.refusals import Refusal
from kgtool.server.requests import limits_of
from kgtool.server.settings import API_PATH
from kgtool.server.tags import known_tags, tagged
from kgtool.server.watching import note

_READ = ("GET", "HEAD")
_JSON = Chosen(Format("json", "application/json", "json", frozenset()), "application/json")
_YAML = Chosen(Format("yaml", "application/yaml", "yaml", frozenset()), "application/yaml")


class Api:
    """The stored queries of a server's project, as resources."""

    def __init__(self, pages: PageServer, log: Callable[[str], None]) -> None:
        self._settings = pages.settings
        self._pages = pages
        self._versions = pages.versions
        self._readers = pages.readers
        self._log = log
        self._catalogue = pages.catalogue

    def routes(self) -> list[Route]:
        return [
            self._route("", self._index),
            self._route("/", self._index),
            self._route("/openapi.json", self._openapi_json),
            self._route("/openapi.yaml", self._openapi_yaml),
            self._route("/{name:path}", self._stored),
        ]

    def _route(self, path: str, handler: Handler) -> Route:
        endpoint = Endpoint(handler, _READ, self._log, is_api=True, page=error_page)
        return Route(API_PATH + path, endpoint)

    # Stored queries ---------------------------------------------------------------------

    async def _stored(self, request: Request, send: Send) -> None:
        note(request, operation="api")
        call = await asyncio.to_thread(self._call, request)
        query = call.entry.query
        timeout, max_rows = limits_of(request, {}, self._settings)
        if call.page is not None and max_rows is not None:
            if call.size > max_rows:
                raise Refusal(400, f"a page of {call.size} rows is more than {max_rows} rows")
            max_rows = None
        operation = Operation(
            "query", query.text, None, None, timeout, max_rows, call.arguments, call.page,
            query.file,
        )  # fmt: skip
        answer = StoredAnswer(
            self._settings,
            self._versions,
            operation,
            self._settings.default_graph,
            call.chosen.media_type,
            known_tags(request),
            accepts_gzip(request.headers.get("accept-encoding")),
            call=call,
            sites=self._pages.sites,
        )
        if call.is_html:
            send = with_header(send, POLICY, HEADERS[POLICY])
        await send_answer(request, send, self._readers, answer)

    def _call(self, request: Request) -> Call:
        entry = self._catalogue.get(request.path_params["name"])
        with self._versions.lease() as version:
            prefixes = version.store.prefixes
        return read_call(request, entry, prefixes, self._settings)

    # What there is ----------------------------------------------------------------------

    async def _index(self, request: Request, send: Send) -> None:
        if wants_page(request.headers.get("accept")):
            note(request, operation="api-description")
            await self._pages.send(request, send, self._index_page)
        else:
            await self._described(request, send, (_JSON,), self._index_of)

    async def _openapi_json(self, request: Request, send: Send) -> None:
        await self._described(request, send, (_JSON,), self._openapi)

    async def _openapi_yaml(self, request: Request, send: Send) -> None:
        await self._described(request, send, (_YAML,), self._openapi)

    def _openapi(self) -> object:
        project = self._settings.project
        title = f"Stored queries of {project.root.name}" if project else ""
        with self._versions.lease() as version:
            prefixes = list(version.store.prefixes)
        return document(title, self._catalogue.all(), prefixes, self._settings)

    def _index_page(self, visit: Visit) -> Page:
        return Page("api", {"queries": [entry.query for entry in self._catalogue.all()]})

    def _index_of(self) -> object:
        return {
            "openapi": f"{API_PATH}/openapi.json",
            "queries": [_listed(entry) for entry in self._catalogue.all()],
        }

    async def _described(
        self,
        request: Request,
        send: Send,
        offers: tuple[Chosen, ...],
        described: Callable[[], object],
    ) -> None:
        """Sends a description, which is made of the files as they are now."""
        note(request, operation="api-description")
        chosen = chosen_of(request.headers.get("accept"), offers)

        def text() -> bytes:
            return _written(described(), chosen.format).encode()

        async with Caller(request.receive) as caller, self._readers.entered(caller):
            body = await self._readers.run(text)
        headers = {
            "Vary": "Accept, Accept-Encoding",
            "Cache-Control": "no-cache",
            "Link": f'<{API_PATH}/openapi.json>; rel="service-desc"',
        }
        response = tagged(request, body, chosen.content_type, headers)
        await send_whole(request, send, response)


def _written(value: object, format_: Format) -> str:
    if format_.name == "json":
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    import yaml

    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    return text


def _listed(entry: Entry) -> dict[str, object]:
    """A query as the index has it."""
    query = entry.query
    return {
        "name": query.name,
        "url": f"{API_PATH}/{quote(query.name)}",
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "kind": entry.kind,
        "parameters": [
            {**parameter._asdict(), "required": parameter.required}
            for parameter in query.parameters
        ],
        "returns": {name or "answer": words for name, words in query.returns},
    }
