"""Carries out SPARQL 1.1 Update requests, each operation set-wise on a store's editor."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as Choice
from urllib.parse import unquote, urlsplit

import duckdb
from sqlglot import exp

from kgtool.engine.editor import STAGED, Change, Quad, StoreEditor
from kgtool.engine.ids import DEFAULT_GRAPH
from kgtool.engine.ingest import Source
from kgtool.engine.sqltext import quote
from kgtool.errors import (
    KgtoolError,
    LimitError,
    NotFoundError,
    UnsupportedError,
    UsageError,
    did_you_mean,
)
from kgtool.plan import sql
from kgtool.plan.context import Context, TermIndex
from kgtool.plan.inspection import constants
from kgtool.plan.patterns import compile_subquery
from kgtool.plan.query import active_graph
from kgtool.plan.scan import Frame
from kgtool.plan.templates import quads_select, solutions_for
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.sparql import parse_update
from kgtool.sparql.algebra import (
    Add,
    Clear,
    Copy,
    Create,
    DeleteData,
    Drop,
    GraphTarget,
    InsertData,
    Load,
    Modify,
    Move,
    Operation,
    QuadPattern,
    Update,
    Variable,
)

_Place = IRI | str  # a graph's name, or "DEFAULT"
_TEXT = "CAST({0} AS VARCHAR) AS {1}_type, CAST({2} AS VARCHAR) AS {1}_lex"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a request may do, and how its patterns are matched.

    Patterns match ``default_graph``; where that is an IRI, what names no graph changes that
    one. LOAD reads files that stand in one of the folders ``load_from``.
    """

    default_graph: Choice["union", "strict"] | IRI = "strict"
    load_from: Sequence[Path] = ()

    @property
    def graph(self) -> IRI | None:
        return self.default_graph if isinstance(self.default_graph, IRI) else None


def run_update(
    path: str | Path,
    text: str,
    *,
    prefixes: Mapping[str, str] | None = None,
    base: str | None = None,
    file: str | None = None,
    rules: Rules | None = None,
    timeout: float | None = None,
    memory_limit: str | None = None,
) -> Change:
    """Carries out a SPARQL 1.1 Update request on the store at ``path``: all of it, or nothing.

    ``prefixes`` are those that the text need not declare, ``base`` its base IRI, ``file``
    its name in errors; ``timeout`` is in seconds. Gives the number of quads that were
    added and removed. Raises QuerySyntaxError, UnsupportedError, NotFoundError (a graph
    that CLEAR, DROP, ADD, MOVE or COPY names, or a file to LOAD), UsageError (CREATE of a
    graph that exists, LOAD that is not allowed), RdfSyntaxError, LimitError, StoreError.
    """
    update = parse_update(text, prefixes=prefixes, base=base, file=file)
    with StoreEditor(path, memory_limit=memory_limit) as editor:
        change = execute(update, editor, rules or Rules(), timeout)
        editor.commit().close()
    return change


def execute(
    update: Update, editor: StoreEditor, rules: Rules, timeout: float | None = None
) -> Change:
    """Carries out the operations of a request, in order; see :func:`run_update`.

    After an error the editor holds what the operations before it have done.
    """
    total = Change()
    with _bounded(editor, timeout):
        for operation in update.operations:
            # Labels of blank nodes are of one operation (SPARQL 1.1 Update, 3.1.1).
            token = uuid.uuid4().hex[:12]
            total += _Executor(editor, rules, token, update.base).carry_out(operation)
    return total


@contextmanager
def _bounded(editor: StoreEditor, timeout: float | None) -> Iterator[None]:
    """Interrupts what runs when its time is up."""
    if timeout is None:
        yield
        return
    timer = threading.Timer(timeout, editor.store.connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise LimitError(
            f"the update was stopped after {timeout:g} seconds; nothing has changed",
            hint="Give it more time with --timeout, or do it in parts.",
        ) from error
    finally:
        timer.cancel()


@dataclass(frozen=True, slots=True)
class _Executor:
    """Operations on one editor."""

    editor: StoreEditor
    rules: Rules
    token: str
    base: str | None

    def carry_out(self, operation: Operation) -> Change:
        match operation:
            case InsertData(quads):
                return self.editor.insert(self._quads(quads))
            case DeleteData(quads):
                return self.editor.delete(self._quads(quads))
            case Modify():
                statement = compile_modify(
                    operation, self.editor.store, self.rules, self.token, self.base
                )
                return self.editor.apply(statement) if statement else Change()
        try:
            return self._manage(operation)
        except KgtoolError:
            if operation.silent:
                return Change()
            raise

    def _quads(self, quads: Sequence[QuadPattern]) -> Iterator[Quad]:
        """The quads of INSERT DATA or DELETE DATA; their blank nodes are new ones."""
        for quad in quads:
            graph = quad.graph or self.rules.graph
            assert graph is None or isinstance(graph, IRI)
            nodes = (quad.subject, quad.predicate, quad.object)
            s, p, o = (self._constant(node) for node in nodes)
            yield s, p, o, graph

    def _constant(self, node: Term | Variable) -> Term:
        assert not isinstance(node, Variable)
        return BlankNode(self.token + node.label) if isinstance(node, BlankNode) else node

    # Graph management (SPARQL 1.1 Update, 3.1.4 and 3.2) --------------------------------

    def _manage(self, operation: Load | Clear | Drop | Create | Add | Move | Copy) -> Change:
        match operation:
            case Load():
                return self._load(operation)
            case Create(graph):
                if self._find(graph) is not None:
                    raise UsageError(f"the graph {graph} exists already")
                self.editor.create_graph(graph)
                return Change()
            case Clear(target):
                return self.editor.apply(_removal(self._targets(target)))
            case Drop(target):
                graphs = self._targets(target)
                change = self.editor.apply(_removal(graphs))
                self.editor.forget_graphs(graphs)
                return change
            case Add(source, target):
                return self._transfer(source, target)
            case Copy(source, target):
                return self._transfer(source, target, clear=True)
            case Move(source, target):
                return self._transfer(source, target, clear=True, drop=True)

    def _transfer(
        self, source: _Place, target: _Place, *, clear: bool = False, drop: bool = False
    ) -> Change:
        origin = self._existing(source)
        if source == target:
            return Change()
        goal = self._find(target)
        parts = [_addition(origin, target)]
        cleared = [goal] if clear and goal is not None else []
        cleared += [origin] if drop else []
        if cleared:
            parts.append(_removal(cleared))
        change = self.editor.apply(" UNION ALL ".join(parts))
        if drop:
            self.editor.forget_graphs([origin])
        if isinstance(target, IRI) and self._find(target) is None:
            self.editor.create_graph(target)
        return change

    def _targets(self, target: GraphTarget) -> list[int]:
        if isinstance(target, IRI):
            return [self._existing(target)]
        if target == "DEFAULT":
            return [DEFAULT_GRAPH]
        graphs = [graph.id for graph in self.editor.store.statistics.graphs]
        return [id_ for id_ in graphs if target == "ALL" or id_ != DEFAULT_GRAPH]

    def _find(self, place: _Place) -> int | None:
        """The id of a graph of the store; the default graph always is one."""
        if not isinstance(place, IRI):
            return DEFAULT_GRAPH
        store = self.editor.store
        id_ = store.ids([place]).get(place)
        return id_ if any(graph.id == id_ for graph in store.statistics.graphs) else None

    def _existing(self, place: _Place) -> int:
        id_ = self._find(place)
        if id_ is None:
            store = self.editor.store
            names = store.terms(graph.id for graph in store.statistics.graphs)
            raise NotFoundError(
                f"there is no graph {place}",
                hint=did_you_mean(str(place), map(str, names.values()))
                or "SILENT lets the operation pass over it.",
            )
        return id_

    def _load(self, operation: Load) -> Change:
        path = self._allowed(operation.source)
        return self.editor.load(Source(path, graph=operation.graph, base=path.as_uri()))

    def _allowed(self, source: IRI) -> Path:
        """The file that an IRI names, where it may be read."""
        parts = urlsplit(source.value)
        if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
            raise UnsupportedError(
                f"LOAD reads files, and {source} is none",
                hint="Fetch it first, and load the file.",
            )
        if not self.rules.load_from:
            raise UsageError(
                f"LOAD {source} is not allowed here",
                hint="--allow-load DIR allows files in DIR; in Python it is load_from=[DIR].",
            )
        folders = [Path(os.path.realpath(folder)) for folder in self.rules.load_from]
        # Links are followed before the folders are compared.
        path = Path(os.path.realpath(folders[0] / unquote(parts.path)))
        if not any(path.is_relative_to(folder) for folder in folders):
            raise UsageError(
                f"LOAD {source} is not allowed: it stands in none of "
                + ", ".join(str(folder) for folder in self.rules.load_from)
            )
        if not path.is_file():
            raise NotFoundError(f"there is no file {path} to LOAD")
        return path


def compile_modify(
    operation: Modify, store: TermIndex, rules: Rules, token: str, base: str | None = None
) -> str | None:
    """The query whose rows are the change that DELETE … INSERT … WHERE makes (3.1.3).

    Its columns are ``STAGED``. None where the templates are empty.
    """
    templates = (*operation.delete, *operation.insert)
    context = Context(store, base)
    context.resolve(constants(operation))
    own = operation.graph or rules.graph
    graph = active_graph(operation.dataset, context, own or rules.default_graph)
    frame = Frame(context, graph, compile_subquery)
    solutions = solutions_for(operation.pattern, templates, frame)
    result: exp.Query | None = None
    for added, quads in ((False, operation.delete), (True, operation.insert)):
        for quad in quads:
            placed = _placed(quad, own)
            select = quads_select(placed, added, solutions, frame, STAGED, token)
            result = exp.Union(this=result, expression=select, distinct=False) if result else select
    return sql.to_text(context.finish(result)) if result else None


def _placed(quad: QuadPattern, graph: IRI | None) -> QuadPattern:
    """The quad in the graph of WITH, unless it names one of its own."""
    if quad.graph is not None or graph is None:
        return quad
    return QuadPattern(quad.subject, quad.predicate, quad.object, graph)


def _removal(graphs: Sequence[int]) -> str:
    chosen = ", ".join(map(str, graphs)) or "NULL"
    return f"SELECT FALSE AS added, {_copied('g', None)} FROM pso WHERE g IN ({chosen})"


def _addition(source: int, target: _Place) -> str:
    graph = target.value if isinstance(target, IRI) else None
    columns = _copied("NULL" if graph else str(DEFAULT_GRAPH), graph)
    return f"SELECT TRUE AS added, {columns} FROM pso WHERE g = {source}"


def _copied(graph_id: str, graph: str | None) -> str:
    """The columns of a row of pso in the graph of that id, or of that IRI."""
    type_, lex = ("NULL", "NULL") if graph is None else ("'iri'", quote(graph))
    columns = [f"{p} AS {p}, {_TEXT.format('NULL', p, 'NULL')}" for p in "spo"]
    columns.append(f"CAST({graph_id} AS BIGINT) AS g, {_TEXT.format(type_, 'g', lex)}")
    return ", ".join(columns)
