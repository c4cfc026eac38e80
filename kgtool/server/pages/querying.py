"""The handlers of the query page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.types import Send

from kgtool.errors import KgtoolError, UsageError
from kgtool.project.stored import StoredQuery
from kgtool.results.formats import format_named
from kgtool.server.answering import send_answer
from kgtool.server.negotiation import accepts_gzip
from kgtool.server.pages.asked import answer_to, bound_text, fields_of, mistake_of
from kgtool.server.pages.serving import Page, PageServer, Visit, with_header
from kgtool.server.protocol import Operation
from kgtool.server.queries import Answer
from kgtool.server.refusals import Refusal
from kgtool.server.requests import base_of, limits_of, url_parameters
from kgtool.server.settings import API_PATH
from kgtool.server.tags import known_tags
from kgtool.server.watching import note

_FIRST = "SELECT ?thing ?class\nWHERE {\n  ?thing a ?class .\n}\nLIMIT 20"


class Querying:
    """Queries that are written on the page, and stored ones with fields for their parameters."""

    def __init__(self, pages: PageServer) -> None:
        self._pages = pages

    async def written(self, request: Request, send: Send) -> None:
        """The editor, with what it has been asked; or, with ``format``, only the answer."""
        note(request, operation="query-page")
        given = _single_values(request)
        operation = self._operation(request, given.get("query", ""))
        if "format" in given:
            await self._download(request, send, operation, given["format"])
            return

        def made(visit: Visit) -> Page:
            shown: dict[str, object] = {"answer": None, "mistake": None}
            status = 200
            if operation.text.strip():
                status = self._answer(visit, operation, shown)
            shown |= {
                "text": operation.text or _FIRST,
                "queries": self._pages.stored_queries(),
                "prefixes": visit.site.store.prefixes,
            }
            return Page("query", shown, status)

        await self._pages.send(request, send, made)

    async def stored(self, request: Request, send: Send) -> None:
        """A stored query: its fields, and the answer where all that it needs is given."""
        note(request, operation="query-page")
        name = request.path_params["path"]
        given = _single_values(request)

        def made(visit: Visit) -> Page:
            query = self._pages.catalogue.get(name).query
            shown: dict[str, object] = {"answer": None, "mistake": None, "edit": "", "call": ""}
            status = 200
            if all(each.default is not None or given.get(each.name) for each in query.parameters):
                status = self._answer_stored(request, visit, query, given, shown)
            shown |= {"query": query, "fields": fields_of(query, given)}
            return Page("stored", shown, status)

        await self._pages.send(request, send, made)

    def _answer_stored(
        self,
        request: Request,
        visit: Visit,
        query: StoredQuery,
        given: Mapping[str, str],
        shown: dict[str, object],
    ) -> int:
        try:
            text = bound_text(visit.site, query, given)
        except KgtoolError as error:
            mistake = mistake_of(error)
            shown["mistake"] = mistake
            return mistake.status
        shown["edit"] = text
        shown["call"] = _call_of(query, given)
        return self._answer(visit, self._operation(request, text), shown)

    def _answer(self, visit: Visit, operation: Operation, shown: dict[str, object]) -> int:
        """Adds the answer or the mistake to what is shown, and gives the status."""
        try:
            shown["answer"] = answer_to(
                visit.site, visit.version, self._pages.versions, operation, visit.stop
            )
        except KgtoolError as error:
            if visit.stop.is_set:
                raise
            mistake = mistake_of(error)
            shown["mistake"] = mistake
            return mistake.status
        return 200

    def _operation(self, request: Request, text: str) -> Operation:
        limits = limits_of(request, {}, self._pages.settings)
        return Operation("query", text, base_of(request), None, *limits)

    async def _download(
        self, request: Request, send: Send, operation: Operation, name: str
    ) -> None:
        try:
            format_ = format_named(name)
        except UsageError as error:
            raise Refusal(400, str(error)) from None
        settings = self._pages.settings
        answer = Answer(
            settings, self._pages.versions, operation, settings.default_graph, format_.media_type,
            known_tags(request), accepts_gzip(request.headers.get("accept-encoding")),
        )  # fmt: skip
        file = f'attachment; filename="answer.{format_.extension}"'
        sending = with_header(send, "content-disposition", file)
        await send_answer(request, sending, self._pages.readers, answer)


def _call_of(query: StoredQuery, given: Mapping[str, str]) -> str:
    """The address of the same answer in the API."""
    values = {name: value for name, value in given.items() if value}
    return f"{API_PATH}/{quote(query.name)}?{urlencode(values)}".rstrip("?")


def _single_values(request: Request) -> dict[str, str]:
    """The parameters of the URL. Raises Refusal (400) for one that is there twice."""
    found = url_parameters(request)
    for name, values in found.items():
        if len(values) > 1:
            raise Refusal(400, f"there is more than one {name}")
    # Browsers send the ends of lines as CR LF.
    return {name: values[0].replace("\r\n", "\n") for name, values in found.items()}
