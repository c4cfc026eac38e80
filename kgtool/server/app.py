"""The application: which path does what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Send

from kgtool.plan.run import DefaultGraph
from kgtool.results import GraphResult
from kgtool.server.answering import send_answer, send_whole
from kgtool.server.api.routes import Api
from kgtool.server.description import service_description, void_description
from kgtool.server.endpoint import Endpoint
from kgtool.server.front import READ, WRITE, Front
from kgtool.server.graph_store import documents_of, new_name, target_of
from kgtool.server.layouts import Layouts
from kgtool.server.limits import Caller, Gate
from kgtool.server.metrics import CONTENT_TYPE, Metrics
from kgtool.server.negotiation import accepts_gzip, chosen_format, wants_page
from kgtool.server.pages.addresses import QUERY
from kgtool.server.pages.routes import Pages
from kgtool.server.pages.serving import PageServer
from kgtool.server.protocol import Operation, read_operation
from kgtool.server.queries import Answer
from kgtool.server.reconcile.routes import Reconciliation
from kgtool.server.refusals import Refusal
from kgtool.server.requests import base_of, check_token, limits_of, read_body, url_parameters
from kgtool.server.settings import GRAPHS_PATH, MAX_BODY, SPARQL_PATH, VOID_PATH, Settings
from kgtool.server.sharing import SharedMetrics
from kgtool.server.stores import Versions
from kgtool.server.tags import known_tags, tagged, weak_tag
from kgtool.server.updates import delete_graph, put_graph, run_operation
from kgtool.server.watching import Watching, note

_GAUGES = {
    "kgtool_busy_workers": "Requests that are being answered.",
    "kgtool_waiting_requests": "Requests that wait for a worker.",
    "kgtool_refused_requests_total": "Requests that found no place to wait.",
    "kgtool_opened_stores_total": "Versions of the store that were opened.",
    "kgtool_laid_out_stores": "Processes whose newest version is laid out for look-ups.",
}
_ALL_TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class Server:
    """A store that is served; ``app`` is the application, ``log`` takes the lines of the log."""

    def __init__(self, settings: Settings, log: Callable[[str], None]) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.shared = SharedMetrics(settings.scratch, settings.number)
        self.metrics.add(self.shared.before())
        self.layouts = Layouts(settings.scratch, log)
        self.versions = Versions(settings.store, settings.memory_limit, log, self.layouts)
        self.readers = Gate(settings.workers, settings.queue, settings.timeout)
        self.writers = Gate(1, settings.queue, settings.timeout)
        pages = PageServer(settings, self.versions, self.readers, log)
        self.reconciliation = Reconciliation(pages)
        sparql = Endpoint(self._sparql, (*READ, "POST"), log)
        graphs = Endpoint(self._graphs, (*READ, *WRITE), log)
        routed = Starlette(
            routes=[
                Route(SPARQL_PATH, sparql),
                Route(f"{SPARQL_PATH}/", sparql),
                Route(GRAPHS_PATH, graphs),
                Route(f"{GRAPHS_PATH}/{{path:path}}", graphs),
                *Api(pages, log).routes(),
                *self.reconciliation.routes(log),
                Route(VOID_PATH, Endpoint(self._void, READ, log)),
                Route("/health", Endpoint(self._health, READ, log)),
                Route("/metrics", Endpoint(self._metrics, READ, log)),
                *Pages(pages).routes(log),
            ],
            lifespan=self._lifespan,
        )
        routed.router.redirect_slashes = False
        self.app: ASGIApp = Watching(Front(routed, {SPARQL_PATH: sparql}), self.metrics, log)

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with self.shared.written(lambda: (self.metrics.state(), self._gauges())):
            yield
        self.readers.close()
        self.writers.close()
        self.reconciliation.close()
        self.versions.close()
        self.layouts.close()

    # SPARQL 1.1 Protocol ----------------------------------------------------------------

    async def _sparql(self, request: Request, send: Send) -> None:
        note(request, operation="sparql")
        operation = await read_operation(request, self.settings)
        if operation is None and wants_page(request.headers.get("accept")):
            await send_whole(request, send, RedirectResponse(QUERY, 303))
        elif operation is None:
            await self._description(request, send)
        elif operation.kind == "query":
            note(request, operation="query")
            await self._answer(request, send, operation, self.settings.default_graph)
        else:
            note(request, operation="update")
            async with Caller(request.receive) as caller, self.writers.entered(caller):
                await self.writers.run(run_operation, self.settings, self.versions, operation)
            await send_whole(request, send, Response(status_code=204))

    async def _answer(
        self, request: Request, send: Send, operation: Operation, default_graph: DefaultGraph
    ) -> None:
        answer = Answer(
            self.settings,
            self.versions,
            operation,
            default_graph,
            request.headers.get("accept"),
            known_tags(request),
            accepts_gzip(request.headers.get("accept-encoding")),
        )
        await send_answer(request, send, self.readers, answer)

    # Graph Store HTTP Protocol ----------------------------------------------------------

    async def _graphs(self, request: Request, send: Send) -> None:
        note(request, operation="graph")
        target = target_of(request)
        if request.method in READ:
            if target.is_store:
                raise Refusal(400, "expected one of the parameters graph and default")
            limits = limits_of(request, url_parameters(request), self.settings)
            operation = Operation("query", _ALL_TRIPLES, "", None, *limits)
            graph = target.name or self.settings.default_graph
            await self._answer(request, send, operation, graph)
            return
        note(request, operation="graph-update")
        check_token(request, self.settings)
        name, headers = target.name, {}
        if target.is_store:
            if request.method != "POST":
                raise Refusal(400, "expected one of the parameters graph and default")
            name = new_name(request)
            headers["Location"] = name.value
        if request.method == "DELETE":
            async with Caller(request.receive) as caller, self.writers.entered(caller):
                await self.writers.run(delete_graph, self.settings, name)
            await send_whole(request, send, Response(status_code=204))
            return
        documents = documents_of(request, await read_body(request, MAX_BODY))
        merge = request.method == "POST"
        async with Caller(request.receive) as caller, self.writers.entered(caller):
            is_new = await self.writers.run(put_graph, self.settings, name, documents, merge=merge)
        response = Response(status_code=201 if is_new else 204, headers=headers)
        await send_whole(request, send, response)

    # Descriptions -----------------------------------------------------------------------

    async def _description(self, request: Request, send: Send) -> None:
        note(request, operation="description")
        await self._described(request, send, "service", base_of(request))

    async def _void(self, request: Request, send: Send) -> None:
        note(request, operation="void")
        own = base_of(request)
        await self._described(request, send, "void", own.removesuffix(VOID_PATH) + SPARQL_PATH)

    async def _described(self, request: Request, send: Send, kind: str, endpoint: str) -> None:
        chosen = chosen_format(request.headers.get("accept"), "graph")
        own = base_of(request)

        def described() -> tuple[str, str]:
            """The entity tag and the text, which is made once for each version."""
            with self.versions.lease() as version:
                key = repr((kind, endpoint, own, chosen.media_type))
                if key not in version.notes:
                    result: GraphResult = (
                        service_description(version.store, self.settings, endpoint)
                        if kind == "service"
                        else void_description(version.store, self.settings, endpoint, own)
                    )
                    version.keep(key, result.serialize(chosen.format))
                return weak_tag(version.store.fingerprint, key), version.notes[key]

        async with Caller(request.receive) as caller, self.readers.entered(caller):
            tag, text = await self.readers.run(described)
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
        response = tagged(request, text.encode(), chosen.content_type, headers, tag)
        await send_whole(request, send, response)

    # Operation --------------------------------------------------------------------------

    async def _health(self, request: Request, send: Send) -> None:
        note(request, operation="health")

        def facts() -> dict[str, object]:
            with self.versions.lease() as version:
                store = version.store
                return {"status": "ok", "store": store.fingerprint,
                        "triples": store.statistics.triples}  # fmt: skip

        found = await asyncio.to_thread(facts)
        await send_whole(request, send, JSONResponse(found, headers={"Cache-Control": "no-store"}))

    async def _metrics(self, request: Request, send: Send) -> None:
        note(request, operation="metrics")
        metrics, gauges = Metrics(), self._gauges()
        for state, known in ((self.metrics.state(), {}), *self.shared.others()):
            metrics.add(state)
            gauges = {name: value + known.get(name, 0) for name, value in gauges.items()}
        text = metrics.text((name, _GAUGES[name], value) for name, value in gauges.items())
        await send_whole(request, send, Response(text, headers={"Content-Type": CONTENT_TYPE}))

    def _gauges(self) -> dict[str, float]:
        return {
            "kgtool_busy_workers": self.readers.busy,
            "kgtool_waiting_requests": self.readers.waiting,
            "kgtool_refused_requests_total": self.readers.refused + self.writers.refused,
            "kgtool_opened_stores_total": self.versions.opened,
            "kgtool_laid_out_stores": self.versions.is_laid_out,
        }
