"""Checks a project's asserted triples against its shapes, and says which file is at fault."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kgtool.errors import NotFoundError, UnsupportedError, UsageError
from kgtool.project.folder import ONTOLOGY, SHAPES_FILE, Project
from kgtool.project.imports import check_imports
from kgtool.project.places import FilePlaces, StorePlaces
from kgtool.project.sources import SourceFile, read_file
from kgtool.shacl import ValidationReport, validate
from kgtool.shacl.parsing import parse_shapes
from kgtool.shacl.report import Graphs
from kgtool.shacl.shapes import Shapes
from kgtool.shacl.text import SHOWN_PER_SHAPE

if TYPE_CHECKING:
    from kgtool.engine.spark.session import Spark
    from kgtool.engine.store import Store


@dataclass(frozen=True, slots=True)
class Sources:
    """A project's files as triples."""

    ontology: tuple[SourceFile, ...]
    triples: tuple[SourceFile, ...]
    shapes: SourceFile | None

    @property
    def asserted(self) -> list[SourceFile]:
        """Everything that is data: the facts and the ontology, without the shapes."""
        return [*self.ontology, *self.triples]

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of all files; where two differ, that of the ontology counts."""
        shapes = [self.shapes] if self.shapes else []
        known: dict[str, str] = {}
        for file in (*self.ontology, *self.triples, *shapes):
            for prefix, namespace in file.prefixes.items():
                known.setdefault(prefix, namespace)
        return known


class Bounds(NamedTuple):
    """What a check looks at, and what it may take.

    ``graphs`` is ``asserted`` or ``all``; at most ``max_results`` findings are given out;
    ``memory_limit`` is DuckDB's ("2GB").
    """

    graphs: Graphs = "asserted"
    max_results: int | None = None
    memory_limit: str | None = None


_DEFAULT = Bounds()


def read_sources(
    project: Project, files: Sequence[Path] | None = None, shapes: Path | None = None
) -> Sources:
    """All of a project's files; ``files`` are read instead of triples/ where given.

    ``shapes`` is read instead of the project's own.
    """
    triples = project.triples_files() if files is None else [p.resolve() for p in files]
    shapes = shapes.resolve() if shapes else project.shapes
    ontology = read_all(project, project.ontology_files())
    check_imports(ontology)
    return Sources(
        ontology=ontology,
        triples=read_all(project, triples),
        shapes=read_all(project, [shapes])[0] if shapes else None,
    )


def read_all(project: Project, paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Files as messages about a project name them."""
    return tuple(read_file(path, project.name_of(path), project.base_of(path)) for path in paths)


def read_shapes(file: SourceFile) -> Shapes:
    """The shapes of a file. Raises ShapeError, with file and line, where they are ill-formed."""
    return parse_shapes(file.triples, lambda: file.places)


def check_project(
    project: Project,
    files: Sequence[Path] | None = None,
    bounds: Bounds = _DEFAULT,
    *,
    shapes: Path | None = None,
    changed: bool = False,
) -> ValidationReport:
    """The report on a project, or on ``files`` with the project's ontology and shapes.

    ``shapes`` are used instead of the project's own. With ``changed`` only what the changes
    since the last check can have broken is checked again; the report is the same. It is to be
    closed when it has been read.
    """
    if files and (bounds.graphs == "all" or changed):
        option = "--changed" if changed else "--graphs all"
        raise UsageError(f"{option} is for the whole project, without FILEs")
    if changed and bounds.graphs == "all":
        raise UsageError("--changed is for asserted triples, without --graphs all")
    sources = read_sources(project, files or None, shapes)
    if sources.shapes is None:
        raise NotFoundError(
            f"there are no shapes in {project.root}", expected=f"{ONTOLOGY}/{SHAPES_FILE}"
        )
    if bounds.graphs == "all":
        return _check_built(project, sources, bounds)
    if files:
        return _live(sources, bounds)
    from kgtool.project.changes import check_whole

    return check_whole(project, sources, bounds, changed)


def check_loaded(
    path: Path | str,
    shapes: Path | None = None,
    bounds: Bounds = _DEFAULT,
    session: Callable[[], Spark] | None = None,
) -> ValidationReport:
    """The report on a store that was loaded or built, by the shapes of a file.

    With a ``session``, which is then started, Spark checks it.
    """
    if shapes is None:
        raise UsageError("there are no shapes for the store", expected="--shapes FILE")
    source = read_file(shapes.resolve(), str(shapes))
    parsed = read_shapes(source)
    with ExitStack() as stack:
        store = stack.enter_context(_opened(path, bounds, session))
        report = stack.enter_context(check_store(store, parsed, source, bounds))
        prefixes = source.prefixes | store.prefixes
        return report.over(prefixes, StorePlaces(store), stack.pop_all().close)


def _opened(path: Path | str, bounds: Bounds, session: Callable[[], Spark] | None) -> Store:
    if session is not None:
        from kgtool.project.on_spark import open_on_spark

        return open_on_spark(session(), str(path)).store
    from kgtool.project.graph import open_store

    return open_store(path, memory_limit=bounds.memory_limit).store


def report_on(store: Store, sources: Sources, shapes: Shapes) -> ValidationReport:
    """The report on a store of the files, with the first findings of each shape."""
    assert sources.shapes is not None
    with check_store(store, shapes, sources.shapes) as report:
        return report.over(sources.prefixes, FilePlaces(sources.asserted)).detached(SHOWN_PER_SHAPE)


def check_store(
    store: Store, shapes: Shapes, file: SourceFile, bounds: Bounds = _DEFAULT
) -> ValidationReport:
    """The report on an open store, by the engine, or by pyshacl where shapes do not compile.

    It reads from the store, and is to be closed before that is.
    """
    try:
        return validate(store, shapes, graphs=bounds.graphs, max_results=bounds.max_results)
    except UnsupportedError as error:
        if store.engine != "duckdb":
            raise
        return _by_pyshacl(store, file, bounds, error.message)


def _live(sources: Sources, bounds: Bounds) -> ValidationReport:
    """The report on the asserted triples, which it reads from a store until it is closed."""
    assert sources.shapes is not None
    shapes = read_shapes(sources.shapes)
    with ExitStack() as stack:
        store = stack.enter_context(asserted_store(sources, bounds))
        report = stack.enter_context(check_store(store, shapes, sources.shapes, bounds))
        return report.over(sources.prefixes, FilePlaces(sources.asserted), stack.pop_all().close)


@contextmanager
def asserted_store(sources: Sources, bounds: Bounds) -> Iterator[Store]:
    """A store of what is asserted now, for as long as it is needed."""
    from kgtool.engine.store import Store
    from kgtool.project.storing import write_asserted

    with tempfile.TemporaryDirectory(prefix="kgtool-check-") as folder:
        path = Path(folder) / "store.duckdb"
        write_asserted(path, sources)
        with Store.open(path, memory_limit=bounds.memory_limit) as store:
            yield store


def _check_built(project: Project, sources: Sources, bounds: Bounds) -> ValidationReport:
    """The report on the store of a build, which has the inferred triples too."""
    from kgtool.engine.store import Store
    from kgtool.project.build import ensure_built

    assert sources.shapes is not None
    shapes = read_shapes(sources.shapes)
    ensure_built(project)
    with ExitStack() as stack:
        path = project.store_path
        store = stack.enter_context(Store.open(path, memory_limit=bounds.memory_limit))
        report = stack.enter_context(check_store(store, shapes, sources.shapes, bounds))
        return report.over(sources.prefixes, FilePlaces(sources.asserted), stack.pop_all().close)


def _by_pyshacl(store: Store, file: SourceFile, bounds: Bounds, why: str) -> ValidationReport:
    from kgtool.plan import run_query
    from kgtool.shacl.pyshacl import validate_with_pyshacl

    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    default = "union" if bounds.graphs == "all" else "asserted"
    triples = run_query(store, query, default_graph=default)  # type: ignore[arg-type]
    report = validate_with_pyshacl(triples, file.triples)  # type: ignore[arg-type]
    report.graphs, report.limit, report.prefixes = bounds.graphs, bounds.max_results, store.prefixes
    report.notes = (f"checked by pyshacl, since this does not compile: {why}",)
    return report
