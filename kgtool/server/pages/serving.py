"""Sends pages: made in a thread under the gate, with the headers that keep browsers safe."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Message, Send

from kgtool.plan.stop import Stop
from kgtool.project.stored import StoredQuery
from kgtool.server.answering import send_whole
from kgtool.server.catalogue import Catalogue
from kgtool.server.limits import Caller, Gate
from kgtool.server.pages.asking import Asking
from kgtool.server.pages.languages import wished
from kgtool.server.pages.rendering import look, render
from kgtool.server.pages.site import Site, Sites
from kgtool.server.refusals import Gone, Refusal
from kgtool.server.settings import Settings
from kgtool.server.stores import Version, Versions
from kgtool.server.tags import known_tags, tagged, weak_tag
from kgtool.server.watching import note

#: A page runs the scripts and has the looks of this server, and sends forms to it; nothing else.
POLICY = "Content-Security-Policy"
HEADERS = {
    POLICY: (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Vary": "Accept, Accept-Language, Accept-Encoding",
    "Cache-Control": "no-cache",
}
_T = TypeVar("_T")
Handler = Callable[[Request, Send], Awaitable[None]]
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page: a version of the store, and who asks."""

    version: Version
    site: Site
    asking: Asking
    languages: tuple[str, ...]
    stop: Stop


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows; or, with ``location``, where the page is."""

    template: str
    shown: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


class PageServer:
    """Makes pages of a store and sends them."""

    def __init__(
        self, settings: Settings, versions: Versions, readers: Gate, log: Callable[[str], None]
    ) -> None:
        self.settings = settings
        self.catalogue = Catalogue(settings.project, log)
        self.versions = versions
        self.readers = readers
        self.sites = Sites(settings)

    def stored_queries(self) -> list[StoredQuery]:
        """Those of the project that can be read; none of a store by itself."""
        entries = self.catalogue.all() if self.settings.project else []
        return [entry.query for entry in entries]

    async def send(
        self,
        request: Request,
        send: Send,
        make: Callable[[Visit], Page],
        *,
        constant: bool = False,
    ) -> None:
        """Sends what ``make`` gives, which is called in a thread.

        A page is ``constant`` that only differs from version to version: who has it gets 304
        before it is made.
        """

        def made(visit: Visit) -> Response:
            tag = self._tag(request, visit.version) if constant else None
            if tag is not None and tag in known_tags(request):
                return Response(status_code=304, headers={**HEADERS, "ETag": tag})
            return self._response(request, make(visit), visit.site, tag)

        await send_whole(request, send, await self.run(request, made))

    async def run(self, request: Request, work: Callable[[Visit], _T]) -> _T:
        """What ``work`` gives, in a thread, when it is this request's turn.

        Raises Refusal, Gone, and what ``work`` raises.
        """
        languages = wished(request.headers.get("accept-language"))

        def visiting(stop: Stop) -> _T:
            with self.versions.lease() as version:
                asking = Asking(version.store, self.settings.timeout, stop)
                return work(Visit(version, self.sites.of(version), asking, languages, stop))

        begin = time.perf_counter()
        async with Caller(request.receive) as caller, self.readers.entered(caller):
            note(request, wait=time.perf_counter() - begin)
            begin = time.perf_counter()
            try:
                return await self.readers.run(visiting, caller.stop)
            except Exception:
                if caller.is_gone:
                    raise Gone from None
                raise
            finally:
                note(request, run=time.perf_counter() - begin)

    def _response(self, request: Request, page: Page, site: Site, tag: str | None) -> Response:
        headers = {**HEADERS, **page.headers}
        if page.location:
            return RedirectResponse(page.location, 303, headers)
        content = render(page.template, site=site, **page.shown).encode()
        if page.status != 200:
            return Response(content, page.status, headers, _HTML)
        return tagged(request, content, _HTML, headers, tag)

    def _tag(self, request: Request, version: Version) -> str:
        parts = (
            version.store.fingerprint, look(), request.scope["raw_path"],
            request.scope["query_string"], request.headers.get("accept-language"),
        )  # fmt: skip
        return weak_tag(*parts)


_TITLES = {
    400: "The request is not understood",
    404: "There is no such page",
    414: "The address is too long",
    503: "Too many requests at the moment",
}


def error_page(refusal: Refusal) -> Response:
    """A page that says why there is no other."""
    text = render(
        "error", site=None, title=_TITLES.get(refusal.status, "This did not work"),
        message=refusal.message, status=refusal.status, near=(), search="",
    )  # fmt: skip
    return Response(text, refusal.status, {**HEADERS, **refusal.headers}, _HTML)


def with_header(send: Send, name: str, value: str) -> Send:
    """Sends with one header more."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[name] = value
        await send(message)

    return sending
