"""Changes of the store: each is made on a copy, which takes its place when all went well."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kgtool.engine.editor import StoreEditor
from kgtool.engine.ingest import Source
from kgtool.errors import UsageError
from kgtool.plan.update import Rules, execute
from kgtool.rdf.files import Format
from kgtool.rdf.terms import IRI
from kgtool.server.protocol import Operation
from kgtool.server.refusals import Refusal
from kgtool.server.settings import Settings
from kgtool.server.stores import Versions, has_graph, no_graph
from kgtool.sparql import parse_update
from kgtool.sparql.algebra import Clear, Dataset, Drop, GraphTarget, Load, Modify, Update


@dataclass(frozen=True, slots=True)
class Document:
    """A graph as it was sent: bytes in a syntax."""

    data: bytes
    format: Format


def run_operation(settings: Settings, versions: Versions, operation: Operation) -> None:
    """Carries out an update, all of it or nothing.

    Raises Refusal (403) for LOAD, and what run_update raises.
    """
    with versions.lease() as version:
        prefixes = version.store.prefixes
    update = parse_update(operation.text, prefixes=prefixes, base=operation.base, file="update")
    for each in update.operations:
        if isinstance(each, Load):
            raise Refusal(403, "LOAD is not carried out here: send the data themselves")
    if operation.dataset is not None:
        update = _with_dataset(update, operation.dataset)
    with _edited(settings) as editor:
        execute(update, editor, Rules(), operation.timeout)


def _with_dataset(update: Update, dataset: Dataset) -> Update:
    """The update whose patterns match another dataset (SPARQL 1.1 Protocol, 2.2.3)."""
    found = []
    for operation in update.operations:
        if isinstance(operation, Modify):
            if operation.dataset is not None or operation.graph is not None:
                raise UsageError(
                    "the request names the graphs of its dataset, and so does the update",
                    expected="using-graph-uri and using-named-graph-uri, or USING and WITH",
                )
            operation = replace(operation, dataset=dataset)
        found.append(operation)
    return replace(update, operations=tuple(found))


def put_graph(
    settings: Settings, graph: IRI | None, documents: Sequence[Document], *, merge: bool
) -> bool:
    """Makes documents a graph, None for the default one, or adds them to it with ``merge``.

    Gives whether the graph is new. Raises RdfSyntaxError.
    """
    with _edited(settings) as editor, tempfile.TemporaryDirectory(prefix="kgtool-") as folder:
        is_new = not has_graph(editor.store, graph)
        if not merge:
            _empty(editor, settings, graph, forget=False)
        base = None if graph is None else graph.value
        for document in documents:
            path = Path(folder) / "body"
            path.write_bytes(document.data)
            editor.load(Source(path, document.format, graph=graph, base=base))
        if graph is not None and not has_graph(editor.store, graph):
            editor.create_graph(graph)
        return is_new


def delete_graph(settings: Settings, graph: IRI | None) -> None:
    """Deletes a graph, or empties the default one. Raises Refusal (404) where there is none."""
    with _edited(settings) as editor:
        if not has_graph(editor.store, graph):
            raise no_graph(graph)
        _empty(editor, settings, graph, forget=True)


def _empty(editor: StoreEditor, settings: Settings, graph: IRI | None, *, forget: bool) -> None:
    target: GraphTarget = "DEFAULT" if graph is None else graph
    operation = Drop(target, True) if forget else Clear(target, True)
    execute(Update(operations=(operation,)), editor, Rules(), settings.timeout)


@contextmanager
def _edited(settings: Settings) -> Iterator[StoreEditor]:
    """An editor, whose changes are put in place at the end of the block."""
    with StoreEditor(settings.store, memory_limit=settings.memory_limit) as editor:
        yield editor
        editor.commit().close()
    if settings.project is not None:
        from kgtool.project.fingerprint import record_edit

        record_edit(settings.project)
