"""Queries: what runs in a thread between a request and the bytes of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kgtool.engine.adjacency import Adjacency
from kgtool.errors import UsageError
from kgtool.plan import run_query
from kgtool.plan.lookup import look_up
from kgtool.plan.run import DefaultGraph
from kgtool.plan.stop import Stop
from kgtool.rdf.terms import IRI
from kgtool.results import AskResult, GraphResult, Result
from kgtool.results.formats import Format, Kind
from kgtool.server.negotiation import Chosen, chosen_format
from kgtool.server.pieces import is_small, pieces, text_of
from kgtool.server.protocol import Operation
from kgtool.server.settings import Settings
from kgtool.server.stores import Version, Versions, has_graph, no_graph
from kgtool.server.tags import weak_tag

#: What makes the answers to one query differ. Escapes may spell such a word.
_CHANGING = re.compile(r"\\u|\b(rand|now|uuid|struuid|bnode|service)\b", re.IGNORECASE)
#: One of these is in what the expression finds; to look for them takes a tenth of the time.
_SIGNS = ("\\u", "rand", "now", "uuid", "bnode", "service")
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_SERVICE = re.compile(r"\\u|\bservice\b", re.IGNORECASE)
#: Letters of a query that may be a look-up.
_SHORT = 4_000


@dataclass(slots=True)
class Answer:
    """The answer to a query. ``start``, ``more`` and ``close`` are for threads, one at a time.

    ``start`` gives the first piece, and then is known what the head of the response says:
    whether the client ``has_it`` already, the format, and ``links`` to other parts of the answer.
    ``is_whole`` says that no piece is left.
    """

    settings: Settings
    versions: Versions
    operation: Operation
    default_graph: DefaultGraph
    accept: str | None
    known_tags: tuple[str, ...] = ()
    pack: bool = False
    stop: Stop = field(default_factory=Stop)
    etag: str | None = None
    has_it: bool = False
    is_whole: bool = False
    chosen: Chosen | None = None
    #: Of endpoints that failed under SERVICE SILENT, and of what was left aside in the query.
    warnings: tuple[str, ...] = ()
    links: str = ""
    _version: Version | None = None
    _result: Result | None = None
    _next: bytes = b""
    _pieces: Iterator[bytes] = field(default_factory=lambda: iter(()))

    @property
    def is_open(self) -> bool:
        """Whether it holds something that is to be given back."""
        return self._version is not None

    def at_once(self) -> bytes | None:
        """The whole answer, where it is a look-up's; None where a thread is to find it.

        It takes no longer than to hand it over would. Raises as ``start`` does.
        """
        operation = self.operation
        if operation.dataset or operation.parameters or operation.page:
            return None
        if len(operation.text) > _SHORT:
            return None
        version = self.versions.take_at_once()
        if version is None:
            return None
        try:
            adjacency = version.adjacency
            if adjacency is None or not self._is_union(adjacency):
                return None
            self.etag = self._tag(version.store.fingerprint)
            if self.etag is not None and self.etag in self.known_tags:
                self.has_it = self.is_whole = True
                return b""
            filled = version.forms.filled(operation.text, operation.base)
            result = look_up(adjacency, filled.query, filled.terms, most_rows=operation.max_rows)
            return None if result is None else self._whole(result, version)
        except RecursionError:
            return None
        finally:
            self.versions.give_back(version)

    def _is_union(self, adjacency: Adjacency) -> bool:
        """Whether the default graph has the triples of all graphs."""
        return self.default_graph == "union" or (
            self.default_graph == "strict" and adjacency.is_plain
        )

    def _whole(self, result: Result, version: Version) -> bytes:
        self._prepare(result, version)
        self.is_whole = True
        return b"".join(self._pieces)

    def start(self) -> bytes:
        """The first piece. Raises KgtoolError, and Refusal for a format that there is not."""
        self._version = version = self.versions.take()
        graph = self.default_graph
        if isinstance(graph, IRI) and not has_graph(version.store, graph):
            raise no_graph(graph)
        self.etag = self._tag(version.store.fingerprint)
        if self.etag is not None and self.etag in self.known_tags:
            self.has_it = self.is_whole = True
            self.close()
            return b""
        self._result = self.run(version)
        self._prepare(self._result, version)
        self._next = next(self._pieces, b"")
        return self.more()

    def _prepare(self, result: Result, version: Version) -> None:
        """Chooses how a result is written."""
        self.warnings += result.notes
        self.chosen = self._choice(kind_of(result))
        if isinstance(result, GraphResult):
            result.prefixes = {**version.store.prefixes, **result.prefixes}
        self.pack = self.pack and not is_small(result)
        self._pieces = pieces(self._text(result, self.chosen.format, version), self.pack)

    def more(self) -> bytes:
        """The next piece; one is read ahead, so that the last is known to be it."""
        piece, self._next = self._next, next(self._pieces, b"")
        self.is_whole = not self._next
        if self.is_whole:
            self.close()
        return piece

    def close(self) -> None:
        """Gives back what the answer holds."""
        result, self._result = self._result, None
        if result is not None:
            result.close()
        version, self._version = self._version, None
        if version is not None:
            self.versions.give_back(version)

    def _choice(self, kind: Kind) -> Chosen:
        """The format of the answer. Raises Refusal (406)."""
        return chosen_format(self.accept, kind)

    def _variant(self) -> str | None:
        """What distinguishes this answer from the same in another format."""
        return self.accept

    def _text(self, result: Result, format_: Format, version: Version) -> Iterator[str]:
        """The answer as text; ``links`` are known when this returns."""
        return text_of(result, format_)

    def run(self, version: Version) -> Result:
        """The result by itself. Raises what run_query and run_federated raise."""
        operation = self.operation
        if _SERVICE.search(_code(operation.text)):
            found = self._federated(version)
            if found is not None:
                return found
        try:
            return run_query(
                version.store,
                operation.text,
                parameters=operation.parameters,
                prefixes=version.store.prefixes,
                default_graph=self.default_graph,
                timeout=operation.timeout,
                max_rows=operation.max_rows,
                file=operation.file,
                base=operation.base,
                dataset=operation.dataset,
                stop=self.stop,
                page=operation.page,
            )
        except RecursionError:
            raise UsageError("the query is nested too deeply to be compiled") from None

    def _federated(self, version: Version) -> Result | None:
        """The result of a query with SERVICE; None for one that has but the word."""
        from kgtool.federation.run import Services, run_federated
        from kgtool.federation.services import has_service
        from kgtool.plan.run import parsed

        operation = self.operation
        # Without a base, which would make an address of <wikidata>.
        query = parsed(operation.text, operation.parameters, version.store.prefixes, operation.file)
        if not has_service(query.pattern):
            return None
        if operation.dataset is not None:
            query = replace(query, dataset=operation.dataset)
        result, report = run_federated(
            version.store,
            query,
            Services(self.settings.endpoints),
            default_graph=self.default_graph,
            timeout=operation.timeout,
            max_rows=operation.max_rows,
            page=operation.page,
            stop=self.stop,
        )
        self.warnings = tuple(report.warnings)
        return result

    def _tag(self, fingerprint: str) -> str | None:
        """The entity tag of the answer, which is known before it: of all that it comes from."""
        operation = self.operation
        if _may_change(operation.text):
            return None
        parts = (
            fingerprint, operation.text, operation.base, operation.dataset, operation.max_rows,
            operation.parameters, operation.page, self.default_graph, self._variant(),
        )  # fmt: skip
        return weak_tag(*parts)


def _may_change(text: str) -> bool:
    """Whether the answers to a query may differ from one time to the next."""
    if text.isascii() and not any(map(text.lower().__contains__, _SIGNS)):
        return False
    return _CHANGING.search(_code(text)) is not None


def _code(text: str) -> str:
    """A query without the lines that are comments, such as the header of a stored one."""
    return _COMMENT.sub("", text)


def kind_of(result: Result) -> Kind:
    """The kind of a result, as formats know it."""
    if isinstance(result, AskResult):
        return "ask"
    return "graph" if isinstance(result, GraphResult) else "select"
