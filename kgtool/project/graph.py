"""A graph to ask: the Python API, which the commands are thin over.

with kgtool.open() as graph:                      # the project in this folder
    for row in graph.query("events-by-date", since="1944-06-01"):
        print(row.event, row.date)
    print(graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").scalar())
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from kgtool.errors import NotFoundError, UsageError
from kgtool.project.folder import Project, find_project
from kgtool.project.stored import StoredQueries, StoredQuery, loose_query

if TYPE_CHECKING:
    from kgtool.analysis import Analysis
    from kgtool.engine.editor import Change
    from kgtool.engine.store import Store
    from kgtool.federation.outline import ServicePart
    from kgtool.federation.run import Services
    from kgtool.plan import Explanation
    from kgtool.plan.columns import Columns
    from kgtool.results import Result
    from kgtool.sparql.algebra import Query

DefaultGraph: TypeAlias = Literal["union", "strict"]

_NAME = re.compile(r"[^\s{}?$<>]+")


class Graph:
    """An open store, with the stored queries of its project where it has one."""

    def __init__(self, store: Store, project: Project | None = None) -> None:
        self.store = store
        self.project = project
        self._queries = StoredQueries(project) if project else None

    @property
    def queries(self) -> list[StoredQuery]:
        """The stored queries of the project, in order of their names."""
        return self._queries.all() if self._queries else []

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that queries given as text may use without declaring them."""
        return self.store.prefixes

    def find(self, text_or_name: str, file: str | None = None) -> StoredQuery:
        """The stored query of that name, or the text as a query."""
        if _NAME.fullmatch(text_or_name):
            if self._queries is None:
                raise NotFoundError(
                    f"there is no stored query {text_or_name!r}: the store has no project"
                )
            return self._queries.get(text_or_name)
        return loose_query(text_or_name, file or "query")

    def query(
        self,
        text_or_name: str | StoredQuery,
        parameters: Mapping[str, object] | None = None,
        *,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
        max_rows: int | None = None,
        services: Services | None = None,
        **more: object,
    ) -> Result:
        """The answer to a stored query, by name, or to SPARQL given as text.

        It may take ``timeout`` seconds, and LimitError follows after ``max_rows`` rows.
        Parameters, in the mapping or by keyword, are terms, Python values or text as the
        command line has it. ``services`` says how SERVICE asks endpoints; without it, as the
        project's settings say.
        """
        query, arguments = self._prepared(text_or_name, {**(parameters or {}), **more})
        limits = {"default_graph": default_graph, "timeout": timeout, "max_rows": max_rows}
        return self._run(query, arguments, services, limits)

    def _run(
        self,
        query: StoredQuery,
        arguments: dict[str, Any],
        services: Services | None,
        limits: dict[str, Any],
    ) -> Result:
        """The answer to a query; ``arguments`` and ``limits`` are those of ``run_query``."""
        from kgtool.plan import run_query

        if (found := self._asking(query, arguments, services)) is not None:
            from kgtool.federation.run import run_federated

            result, report = run_federated(self.store, *found, **limits)
            result.report = report
            return result
        return run_query(self.store, query.text, **limits, **arguments)

    def algebra(
        self, text_or_name: str | StoredQuery, parameters: Mapping[str, object] | None = None
    ) -> Query:
        """A query as its algebra, with the parameters in it. Raises QuerySyntaxError."""
        from kgtool.plan.run import parsed

        query, arguments = self._prepared(text_or_name, parameters or {})
        return parsed(query.text, arguments["parameters"], arguments["prefixes"], query.file)

    def services(
        self,
        text_or_name: str | StoredQuery,
        parameters: Mapping[str, object] | None = None,
        *,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
        services: Services | None = None,
    ) -> list[ServicePart]:
        """Which parts of a query go to which endpoints; none of one that asks none.

        ``services`` and limits are those of ``query``. Endpoints are asked for what they have where
        the query is asked of several as one graph, and for nothing else.
        """
        from kgtool.federation.run import outlined

        query, arguments = self._prepared(text_or_name, parameters or {})
        found = self._asking(query, arguments, services)
        if found is None:
            return []
        return outlined(self.store, *found, default_graph=default_graph, timeout=timeout)

    def _asking(
        self, query: StoredQuery, arguments: Mapping[str, Any], services: Services | None
    ) -> tuple[Query, Services] | None:
        """A query that asks endpoints, and how it does; None for another."""
        if services is None and not query.may_ask_endpoints:
            return None
        from kgtool.federation.run import Services
        from kgtool.federation.services import has_service
        from kgtool.plan.run import parsed
        from kgtool.project.services import project_endpoints

        known = {**self.prefixes, **(arguments["prefixes"] or {})}
        algebra = parsed(query.text, arguments["parameters"], known, query.file)
        if services is None:
            kept = self.project.products / "services" if self.project else None
            services = Services(project_endpoints(self.project), cache=kept)
        return (algebra, services) if services.over or has_service(algebra.pattern) else None

    def columns(
        self,
        text_or_name: str | StoredQuery,
        parameters: Mapping[str, object] | None = None,
        *,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
        **more: object,
    ) -> Columns:
        """The answer to a SELECT query as typed columns, for Arrow and Parquet.

        The arguments are those of ``query``.
        """
        from kgtool.plan.columns import query_columns

        query, arguments = self._prepared(text_or_name, {**(parameters or {}), **more})
        arguments.pop("cache")
        return query_columns(
            self.store, query.text, default_graph=default_graph, timeout=timeout, **arguments
        )

    def update(
        self,
        text: str,
        *,
        default_graph: DefaultGraph = "strict",
        load_from: Sequence[str | Path] = (),
        timeout: float | None = None,
        memory_limit: str | None = None,
        file: str | None = None,
    ) -> Change:
        """Carries out a SPARQL 1.1 Update request on the store: all of it, or nothing.

        Patterns match the unnamed graph, unless ``default_graph`` is 'union'. LOAD reads
        files that stand in one of the folders ``load_from``. ``timeout`` is in seconds,
        ``memory_limit`` DuckDB's ("2GB"). Results that are still open end with this.
        """
        from kgtool.engine.store import Store
        from kgtool.plan.update import Rules, run_update

        self.store.refuse_changes()
        path = self.store.path
        change = run_update(
            path,
            text,
            prefixes=self.prefixes,
            file=file,
            rules=Rules(default_graph, [Path(folder) for folder in load_from]),
            timeout=timeout,
            memory_limit=memory_limit,
        )
        self.store.close()
        self.store = Store.open(path)
        if self.project is not None:
            from kgtool.project.fingerprint import record_edit

            record_edit(self.project)
        return change

    def explain(
        self,
        text_or_name: str | StoredQuery,
        parameters: Mapping[str, object] | None = None,
        *,
        default_graph: DefaultGraph = "union",
    ) -> Explanation:
        """The algebra, the SQL and the engine's plan of a query."""
        from kgtool.plan import explain

        query, arguments = self._prepared(text_or_name, parameters or {})
        arguments.pop("cache")
        return explain(self.store, query.text, default_graph=default_graph, **arguments)

    def analyze(
        self,
        text_or_name: str | StoredQuery,
        parameters: Mapping[str, object] | None = None,
        *,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
        **more: object,
    ) -> Analysis:
        """Runs a query and tells what each operator of its algebra took.

        The arguments are those of ``query``.
        """
        from kgtool.analysis import analyze

        query, arguments = self._prepared(text_or_name, {**(parameters or {}), **more})
        arguments.pop("cache")
        return analyze(
            self.store, query.text, default_graph=default_graph, timeout=timeout, **arguments
        )

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _prepared(
        self, text_or_name: str | StoredQuery, given: Mapping[str, object]
    ) -> tuple[StoredQuery, dict[str, Any]]:
        query = self.find(text_or_name) if isinstance(text_or_name, str) else text_or_name
        # A stored query declares its prefixes; reading the store's would cost it time.
        known = {} if query.stored and not given else self.prefixes
        return query, {
            "parameters": query.bind(given, known),
            "prefixes": None if query.stored else known,
            "file": query.file,
            "cache": self.project.plans_path if self.project else None,
        }


def open(path: str | Path = ".", *, build: bool = True, memory_limit: str | None = None) -> Graph:
    """The graph of a project's folder (or one above it), or of a store's file.

    A project whose files have changed since its last build is built first, unless
    ``build`` is false. Queries use no more memory than ``memory_limit`` ("2GB").
    """
    path = Path(path)
    if path.is_file():
        return open_store(path, memory_limit=memory_limit)
    project = find_project(path)
    if build:
        from kgtool.project.build import ensure_built

        ensure_built(project)
    return open_project(project, memory_limit=memory_limit)


def open_project(project: Project, *, memory_limit: str | None = None) -> Graph:
    """The graph of a project as it was last built."""
    from kgtool.engine.store import Store

    if not project.store_path.is_file():
        raise NotFoundError(
            f"the project {project.root} has not been built", hint="Run `kgtool build`."
        )
    return Graph(Store.open(project.store_path, memory_limit=memory_limit), project)


def open_store(path: str | Path, *, memory_limit: str | None = None) -> Graph:
    """The graph of a store that ``load`` or a build made; ``parquet:DIR`` is one in Parquet."""
    from kgtool.engine.places import folder_of
    from kgtool.engine.store import Store

    if (folder := folder_of(path)) is not None:
        from kgtool.engine.parquet import ParquetStore

        return Graph(ParquetStore.open(folder, memory_limit=memory_limit))
    if isinstance(path, str) and "://" in path:
        raise UsageError(f"DuckDB opens no store at {path}", expected="a path, or --engine spark")
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(
            f"there is no store {path}", hint=f"`kgtool load FILE … --store {path}` makes one."
        )
    return Graph(Store.open(path, memory_limit=memory_limit))


def load(
    files: str | Path | Iterable[str | Path],
    store: str | Path,
    *,
    format: str | None = None,
) -> Graph:
    """Loads RDF files of any syntax, compressed or not, into a store and opens it."""
    from kgtool.project.load import load_files

    listed = [files] if isinstance(files, str | Path) else [*files]
    if not listed:
        raise UsageError("there are no files to load")
    load_files([Path(f) for f in listed], Path(store), format)
    return open_store(store)
