"""Which path is which page, and where the IRIs of the graph lead."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Send

from kgtool.rdf.terms import IRI
from kgtool.results.formats import FORMATS, format_named
from kgtool.server.answering import send_answer, send_whole
from kgtool.server.endpoint import Endpoint
from kgtool.server.negotiation import accepts_gzip, wants_page
from kgtool.server.pages import addresses as at
from kgtool.server.pages.addresses import ENDINGS, Addresses, in_header
from kgtool.server.pages.finding import find
from kgtool.server.pages.incoming import link_page
from kgtool.server.pages.meaning import (
    iri_in,
    is_there,
    missing,
    named,
    raw_path,
    relations,
    text_of,
)  # fmt: skip
from kgtool.server.pages.overview import overview
from kgtool.server.pages.querying import Querying
from kgtool.server.pages.reasons import reason
from kgtool.server.pages.rendering import static_files
from kgtool.server.pages.resources import resource, terms_below
from kgtool.server.pages.serving import (
    Handler,
    Page,
    PageServer,
    Visit,
    error_page,
    with_header,
)
from kgtool.server.protocol import Operation
from kgtool.server.queries import Answer
from kgtool.server.refusals import Refusal
from kgtool.server.tags import known_tags, tagged
from kgtool.server.watching import note

_READ = ("GET", "HEAD")
_YEAR = 365 * 24 * 3600


class Pages:
    """The pages of a store. ``routes`` has the paths; the last of them takes what is left."""

    def __init__(self, pages: PageServer) -> None:
        self._settings = pages.settings
        self._pages = pages
        self._querying = Querying(self._pages)

    def routes(self, log: Callable[[str], None]) -> list[Route]:
        def route(path: str, handler: Handler) -> Route:
            async def noted(request: Request, send: Send) -> None:
                note(request, operation="page")
                await handler(request, send)

            return Route(path, Endpoint(noted, _READ, log, page=error_page))

        return [
            route("/", self._overview),
            route(at.PAGE, self._page),
            route(f"{at.PAGE}/{{path:path}}", self._page),
            route(at.DATA, self._data),
            route(f"{at.DATA}/{{path:path}}", self._data),
            route(at.RESOURCE, self._resource),
            route(at.LINKS, self._links),
            route(at.WHY, self._why),
            route(at.SEARCH, self._search),
            route(at.QUERY, self._querying.written),
            route(f"{at.QUERY}/{{path:path}}", self._querying.stored),
            route(f"{at.STATIC}/{{name}}", self._static),
            route("/{path:path}", self._dereference),
        ]

    # The graph ------------------------------------------------------------------------------

    async def _overview(self, request: Request, send: Send) -> None:
        def made(visit: Visit) -> Page:
            queries = self._pages.stored_queries()
            shown = overview(visit.site, visit.asking, visit.languages, queries)
            return Page("overview", {"overview": shown})

        await self._pages.send(request, send, made)

    async def _search(self, request: Request, send: Send) -> None:
        text = text_of(request, "q")

        def made(visit: Visit) -> Page:
            found = find(visit.site, visit.asking, text, visit.languages) if text else None
            return Page("search", {"text": text, "found": found})

        await self._pages.send(request, send, made, constant=True)

    async def _static(self, request: Request, send: Send) -> None:
        note(request, operation="static")
        found = static_files().get(request.path_params["name"])
        if found is None:
            raise Refusal(404, "there is no such file")
        headers = {
            "Vary": "Accept-Encoding",
            "Cache-Control": f"public, max-age={_YEAR}, immutable",
        }
        response = tagged(request, found.content, found.content_type, headers)
        await send_whole(request, send, response)

    # A resource -----------------------------------------------------------------------------

    async def _dereference(self, request: Request, send: Send) -> None:
        """303 from the address of an IRI, for people to its page, for programs to its data."""
        rest = raw_path(request)[1:]
        asked = request.scope["query_string"].decode("ascii", "replace")
        await self._lead(request, send, lambda where: where.meant_by(rest, asked))

    async def _resource(self, request: Request, send: Send) -> None:
        """The same for the IRI that a parameter names."""
        iri = iri_in(request)
        await self._lead(request, send, lambda where: [iri])

    async def _lead(
        self, request: Request, send: Send, meant: Callable[[Addresses], list[str]]
    ) -> None:
        is_page = wants_page(request.headers.get("accept"))

        def made(visit: Visit) -> Page:
            where = visit.site.addresses
            names = meant(where)
            for name in names:
                if is_there(visit, name):
                    target = where.page(name) if is_page else where.data(name)
                    return Page("", headers=relations(where, name), location=target)
            if not is_page or not names:
                raise Refusal(404, f"{names[0] if names else 'this'} is not in the graph")
            return missing(visit, names[0])

        await self._pages.send(request, send, made)

    async def _page(self, request: Request, send: Send) -> None:
        def made(visit: Visit) -> Page:
            name = named(request, visit.site.addresses, at.PAGE)[0]
            shown = resource(visit.site, visit.asking, IRI(name), visit.languages)
            if shown is None:
                return missing(visit, name)
            where = visit.site.addresses
            data = [(format_named(e, "graph"), where.data(name, e)) for e in ENDINGS]
            headers = relations(where, name)
            return Page("resource", {"it": shown, "data": data}, headers=headers)

        await self._pages.send(request, send, made, constant=True)

    async def _links(self, request: Request, send: Send) -> None:
        iri, predicate = IRI(iri_in(request)), IRI(iri_in(request, "property"))
        number = text_of(request, "page") or "1"
        if not (number.isascii() and number.isdecimal() and 0 < int(number[:9]) < 10**7):
            raise Refusal(400, "page is the number of a page")

        def made(visit: Visit) -> Page:
            asked = (visit.site, visit.asking, iri, predicate, int(number[:9]), visit.languages)
            shown = link_page(*asked)
            if shown is None:
                return missing(visit, iri.value)
            return Page("links", {"it": shown})

        await self._pages.send(request, send, made, constant=True)

    async def _why(self, request: Request, send: Send) -> None:
        text = text_of(request, "triple")

        def made(visit: Visit) -> Page:
            shown = reason(visit.site, visit.asking, text, visit.languages)
            if shown is None:
                raise Refusal(404, f"{text} is not in the graph, nor does it follow")
            return Page("why", {"reason": shown, "text": text})

        await self._pages.send(request, send, made, constant=True)

    async def _data(self, request: Request, send: Send) -> None:
        """The description of a resource, in the syntax of the ending or of Accept."""
        note(request, operation="data")
        accept = request.headers.get("accept")

        def looked_up(visit: Visit) -> tuple[str, str, str, str]:
            """The IRI, the query for its description, the ending, and where its page is."""
            where = visit.site.addresses
            name, ending = named(request, where, at.DATA)
            terms = terms_below(visit.site, visit.asking, IRI(name))
            if not terms and not is_there(visit, name):
                raise Refusal(404, f"{name} is not in the graph")
            text = "DESCRIBE " + " ".join(map(str, (IRI(name), *terms)))
            return name, text, ending, where.page(name)

        name, text, ending, page = await self._pages.run(request, looked_up)
        if ending:
            accept = FORMATS[ENDINGS[ending]].media_type
        settings = self._settings
        operation = Operation("query", text, "", None, settings.timeout, settings.max_rows)
        answer = Answer(
            settings, self._pages.versions, operation, settings.default_graph, accept,
            known_tags(request), accepts_gzip(request.headers.get("accept-encoding")),
        )  # fmt: skip
        link = f'<{in_header(name)}>; rel="describes", <{page}>; rel="alternate"; type="text/html"'
        await send_answer(request, with_header(send, "link", link), self._pages.readers, answer)
