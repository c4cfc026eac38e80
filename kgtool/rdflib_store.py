"""kgtool as a store of rdflib: ``rdflib.Dataset(store="kgtool")``.

    dataset = rdflib.Dataset(store="kgtool")
    dataset.open("graph.duckdb", create=True)
    dataset.parse("facts.trig")
    dataset.query("SELECT * { ?s ?p ?o }")     # compiled by kgtool
    dataset.commit()                           # or close, which commits too

Additions wait until something is read, and are then made all at once. Nothing reaches the
file before ``commit`` or ``close``; ``rollback`` drops what has happened since. A store
that is used without ``open`` lives as long as its object.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, Graph
from rdflib.query import Result as RdflibResult
from rdflib.store import NO_STORE, VALID_STORE, Store
from rdflib.term import BNode, URIRef, Variable

from kgtool.engine import ids
from kgtool.engine.editor import STAGED, Quad, StoreEditor
from kgtool.engine.store import Store as KgtoolFile
from kgtool.engine.writer import StoreWriter
from kgtool.plan import run_query
from kgtool.rdf.convert import from_rdflib, to_rdflib
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.results import AskResult, GraphResult, SelectResult

if TYPE_CHECKING:
    from kgtool.plan.run import DefaultGraph

#: The name of a store in a folder that ``open`` is given.
FILE_NAME = "store.duckdb"
#: Additions that wait at most.
_WAITING = 50_000
#: Rows that are decoded at a time.
_BATCH = 10_000
_UNION = "__UNION__"

_Pattern = tuple[Any, Any, Any]
_Triple = tuple[Any, Any, Any]


class _Session:
    """What all rdflib stores of this process that have opened one file share."""

    _open: ClassVar[dict[Path, _Session]] = {}

    def __init__(self, path: Path) -> None:
        self._path = path
        self._users = 0
        self._reader: KgtoolFile | None = KgtoolFile.open(path)
        self._editor: StoreEditor | None = None
        self._waiting: list[Quad] = []

    @classmethod
    def of(cls, path: Path) -> _Session:
        """The session of a file, which begins with its first user."""
        path = path.resolve()
        session = cls._open.get(path) or cls(path)
        session._users += 1
        cls._open[path] = session
        return session

    def leave(self) -> None:
        """The last user closes the file."""
        self._users -= 1
        if not self._users:
            del self._open[self._path]
            self.rollback()
            if self._reader is not None:
                self._reader.close()

    def add(self, quad: Quad) -> None:
        self._waiting.append(quad)
        if len(self._waiting) >= _WAITING:
            self.edit()

    def edit(self) -> StoreEditor:
        """The editor, with all additions made."""
        if self._editor is None:
            self._editor = StoreEditor(self._path)
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._editor.insert(waiting)
        return self._editor

    def read(self) -> KgtoolFile:
        """The store with all changes so far."""
        if self._waiting or self._editor is not None:
            return self.edit().store
        if self._reader is None:
            self._reader = KgtoolFile.open(self._path)
        return self._reader

    def commit(self, prefixes: Mapping[str, str]) -> None:
        """Write the changes, and the prefixes with them."""
        if not self._waiting and self._editor is None:
            return
        editor = self.edit()
        editor.set_prefixes(prefixes)
        if self._reader is not None:
            self._reader.close()
        self._reader = editor.commit()
        self._editor = None

    def rollback(self) -> None:
        self._waiting.clear()
        if self._editor is not None:
            self._editor.close()
            self._editor = None


class KgtoolStore(Store):
    """A store of kgtool behind rdflib's interface (``rdflib.store.Store``)."""

    context_aware = True
    formula_aware = False
    transaction_aware = True
    graph_aware = True

    def __init__(self, configuration: str | None = None, identifier: Any = None) -> None:
        self._opened: _Session | None = None
        self._prefixes: dict[str, URIRef] = {}
        super().__init__(configuration, identifier)

    # Opening and closing ----------------------------------------------------------------

    def open(self, configuration: str | tuple[str, str], create: bool = False) -> int | None:
        """Open the store at a path, or the one of that name in a folder.

        Where there is none it is made with ``create``; else the result is NO_STORE.
        """
        path = Path(str(configuration))
        path = path / FILE_NAME if path.is_dir() else path
        if not path.is_file():
            if not create:
                return NO_STORE
            _make_empty(path)
        self.close()
        self._opened = _Session.of(path)
        for prefix, iri in self._opened.read().prefixes.items():
            self._prefixes.setdefault(prefix, URIRef(iri))
        return VALID_STORE

    def close(self, commit_pending_transaction: bool = False) -> None:
        """Close the store and keep all changes, as rdflib's own stores on disk do.

        ``Graph.close`` never asks for a commit unless it is told to; ``rollback`` before
        it drops what has not been committed.
        """
        self.commit()
        if self._opened is not None:
            self._opened.leave()
            self._opened = None

    def destroy(self, configuration: str) -> None:
        """Delete the store at a path."""
        self.rollback()
        self.close()
        path = Path(str(configuration))
        (path / FILE_NAME if path.is_dir() else path).unlink(missing_ok=True)

    def commit(self) -> None:
        if self._opened is not None:
            self._opened.commit({prefix: str(iri) for prefix, iri in self._prefixes.items()})

    def rollback(self) -> None:
        if self._opened is not None:
            self._opened.rollback()

    @property
    def _session(self) -> _Session:
        """What has been opened; a store of its own where nothing has."""
        if self._opened is None:
            folder = tempfile.mkdtemp(prefix="kgtool-rdflib-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            path = Path(folder) / FILE_NAME
            _make_empty(path)
            self._opened = _Session.of(path)
        return self._opened

    # Triples ----------------------------------------------------------------------------

    def add(self, triple: _Triple, context: Any, quoted: bool = False) -> None:
        """Add a triple to a graph; DataError for what RDF 1.1 has no term for."""
        subject, predicate, object_ = map(from_rdflib, triple)
        self._session.add((subject, predicate, object_, _name_of(context)))
        super().add(triple, context, quoted)

    def remove(self, triple: _Pattern, context: Any | None = None) -> None:
        """Remove the triples that match, from one graph, or from all where it is None."""
        conditions = self._conditions(triple, context)
        if conditions is not None:
            columns = ", ".join(
                f"{p} AS {p}, CAST(NULL AS VARCHAR) AS {p}_type, CAST(NULL AS VARCHAR) AS {p}_lex"
                for p in "spog"
            )
            statement = f"SELECT FALSE AS {STAGED[0]}, {columns} FROM pso WHERE {conditions}"
            self._session.edit().apply(statement)
        super().remove(triple, context)

    def triples(
        self, triple_pattern: _Pattern, context: Any | None = None
    ) -> Iterator[tuple[_Triple, Iterator[Any]]]:
        """The triples that match, each with the graphs that it stands in."""
        conditions = self._conditions(triple_pattern, context)
        if conditions is None:
            return
        statement = f"SELECT s, p, o, list(g) FROM pso WHERE {conditions} GROUP BY s, p, o"
        store = self._session.read()
        if context is not None or not store.statistics.has_duplicates:
            statement = f"SELECT s, p, o, [g] FROM pso WHERE {conditions}"
        cursor = store.connection.cursor().execute(statement)
        terms: dict[int, Any] = {}
        graphs: dict[int, Graph] = {}
        while rows := cursor.fetchmany(_BATCH):
            unknown = {id_ for s, p, o, gs in rows for id_ in (s, p, o, *gs)} - terms.keys()
            found = store.terms(unknown - {ids.DEFAULT_GRAPH})
            terms |= {id_: to_rdflib(term) for id_, term in found.items()}
            terms[ids.DEFAULT_GRAPH] = DATASET_DEFAULT_GRAPH_ID
            for s, p, o, named in rows:
                for g in named:
                    if g not in graphs:
                        graphs[g] = self._graph(terms[g])
                yield (terms[s], terms[p], terms[o]), (graphs[g] for g in named)

    def __len__(self, context: Any | None = None) -> int:
        """The number of triples in a graph, or in all of them, each counted once."""
        store = self._session.read()
        if context is None:
            return store.statistics.triples
        id_ = self._graph_id(context)
        return sum(g.triples for g in store.statistics.graphs if g.id == id_)

    def contexts(self, triple: _Triple | None = None) -> Generator[Any, None, None]:
        """All graphs, or those with a triple in them that matches."""
        store = self._session.read()
        if triple is None or triple == (None, None, None):
            found = [graph.id for graph in store.statistics.graphs]
        else:
            conditions = self._conditions(triple, None)
            statement = f"SELECT DISTINCT g FROM pso WHERE {conditions or 'FALSE'}"
            found = [g for (g,) in store.connection.cursor().execute(statement).fetchall()]
        names = store.terms(g for g in found if g != ids.DEFAULT_GRAPH)
        for g in found:
            yield self._graph(to_rdflib(names[g]) if g in names else DATASET_DEFAULT_GRAPH_ID)

    def add_graph(self, graph: Graph) -> None:
        name = _name_of(graph)
        if name is not None and self._graph_id(graph) is None:
            self._session.edit().create_graph(name)

    def remove_graph(self, graph: Graph) -> None:
        self.remove((None, None, None), graph)
        id_ = self._graph_id(graph)
        if id_ is not None and id_ != ids.DEFAULT_GRAPH:
            self._session.edit().forget_graphs([id_])

    def _graph(self, identifier: Any) -> Graph:
        return Graph(store=self, identifier=identifier)

    def _graph_id(self, context: Any) -> int | None:
        name = _name_of(context)
        if name is None:
            return ids.DEFAULT_GRAPH
        store = self._session.read()
        id_ = store.ids([name]).get(name)
        return id_ if any(graph.id == id_ for graph in store.statistics.graphs) else None

    def _conditions(self, pattern: _Pattern, context: Any | None) -> str | None:
        """The SQL condition of a pattern; None where the store lacks one of its terms."""
        store = self._session.read()
        bound = {
            column: from_rdflib(term)
            for column, term in zip("spo", pattern, strict=True)
            if term is not None
        }
        known: dict[Term, int] = store.ids(bound.values())
        if any(term not in known for term in bound.values()):
            return None
        tests = [f"{column} = {known[term]}" for column, term in bound.items()]
        if context is not None:
            graph = self._graph_id(context)
            if graph is None:
                return None
            tests.append(f"g = {graph}")
        return " AND ".join(tests) or "TRUE"

    # SPARQL -----------------------------------------------------------------------------

    def query(
        self,
        query: Any,
        initNs: Mapping[str, Any],
        initBindings: Mapping[Any, Any],
        queryGraph: Any,
        **options: Any,
    ) -> RdflibResult:
        """The answer to a query, compiled by kgtool. Its rows are read as they are asked for.

        ``initBindings`` replaces variables by terms. Prefixes are those of ``initNs``, and
        those that are bound. The option ``base`` is the base IRI. Errors are those of kgtool.
        """
        text, prefixes = _text_of(query, self._prefixes | dict(initNs), options.get("base"))
        parameters = {str(name).lstrip("?"): from_rdflib(t) for name, t in initBindings.items()}
        default_graph: DefaultGraph = "union" if queryGraph == _UNION else "strict"
        if queryGraph not in (_UNION, DATASET_DEFAULT_GRAPH_ID):
            default_graph = _as_name(queryGraph)
        return _as_rdflib(
            run_query(
                self._session.read(),
                text,
                parameters=parameters,
                prefixes=prefixes,
                default_graph=default_graph,
            )
        )

    def update(
        self,
        update: Any,
        initNs: Mapping[str, Any],
        initBindings: Mapping[Any, Any],
        queryGraph: Any,
        **options: Any,
    ) -> None:
        """Carry out an update request, compiled by kgtool.

        The option ``load_from`` lists the folders whose files LOAD may read; else as ``query``.
        """
        from kgtool.plan.substitute import substitute
        from kgtool.plan.update import Rules, execute
        from kgtool.sparql import parse_update

        if isinstance(queryGraph, BNode):
            raise NotImplementedError  # SPARQL has no name for it; rdflib's evaluator goes on
        text, prefixes = _text_of(update, self._prefixes | dict(initNs), options.get("base"))
        parameters = {str(name).lstrip("?"): from_rdflib(t) for name, t in initBindings.items()}
        matched: Literal["union", "strict"] | IRI = "union" if queryGraph == _UNION else "strict"
        if queryGraph not in (_UNION, DATASET_DEFAULT_GRAPH_ID):
            matched = IRI(str(queryGraph))
        rules = Rules(matched, [Path(folder) for folder in options.get("load_from", ())])
        request = substitute(parse_update(text, prefixes=prefixes), parameters)
        execute(request, self._session.edit(), rules)

    # Prefixes ---------------------------------------------------------------------------

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:
        """Bind a prefix to a namespace; either may have one partner only."""
        bound = self.prefix(namespace)
        if override:
            if bound is not None:
                del self._prefixes[bound]
            self._prefixes[prefix] = namespace
        elif bound is None and prefix not in self._prefixes:
            self._prefixes[prefix] = namespace

    def namespace(self, prefix: str) -> URIRef | None:
        return self._prefixes.get(prefix)

    def prefix(self, namespace: URIRef) -> str | None:
        return next((p for p, iri in self._prefixes.items() if iri == namespace), None)

    def namespaces(self) -> Iterator[tuple[str, URIRef]]:
        yield from list(self._prefixes.items())


def _make_empty(path: Path) -> None:
    with StoreWriter(path) as writer:
        writer.commit()


def _name_of(context: Any) -> IRI | BlankNode | None:
    """The name of a graph, None for the default graph."""
    identifier = getattr(context, "identifier", context)
    if identifier is None or identifier == DATASET_DEFAULT_GRAPH_ID:
        return None
    return _as_name(identifier)


def _as_name(identifier: Any) -> IRI | BlankNode:
    name = from_rdflib(identifier)
    assert isinstance(name, IRI | BlankNode), identifier
    return name


def _text_of(
    request: Any, prefixes: Mapping[str, Any], base: str | None
) -> tuple[str, dict[str, str]]:
    """The text of a query or update, prepared by rdflib or not, and its prefixes."""
    known = {prefix: str(iri) for prefix, iri in prefixes.items()}
    if isinstance(request, str):
        text = request
    else:
        original = getattr(request, "_original_args", None)
        if original is None:
            raise NotImplementedError  # an algebra without its text; rdflib's evaluator goes on
        text, own, own_base = original
        known |= {prefix: str(iri) for prefix, iri in own.items()}
        base = own_base or base
    return (f"BASE <{base}> {text}" if base else text), known


def _as_rdflib(result: SelectResult | AskResult | GraphResult) -> RdflibResult:
    if isinstance(result, AskResult):
        answer = RdflibResult("ASK")
        answer.askAnswer = bool(result)
    elif isinstance(result, GraphResult):
        answer = RdflibResult("CONSTRUCT")
        answer.graph = _graph_of(result, result.prefixes)
    else:
        answer = RdflibResult("SELECT")
        answer.vars = [Variable(name) for name in result.variables]
        answer.bindings = _bindings(result, answer.vars)
    return answer


def _bindings(rows: Iterable[Any], variables: list[Variable]) -> Generator[Any, None, None]:
    for row in rows:
        yield {
            variable: to_rdflib(term)
            for variable, term in zip(variables, row, strict=True)
            if term is not None
        }


def _graph_of(triples: Iterable[Any], prefixes: Mapping[str, str]) -> Graph:
    graph = Graph()
    for prefix, iri in prefixes.items():
        graph.bind(prefix, iri)
    for triple in triples:
        graph.add(tuple(map(to_rdflib, triple)))  # type: ignore[arg-type]
    return graph
