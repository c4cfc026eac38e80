"""Loads RDF files into a store of their own, outside any project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from kgtool.engine.spark.load import SparkLoadReport
    from kgtool.engine.spark.session import Spark
    from kgtool.engine.writer import Derivation, LoadReport
    from kgtool.rdf.files import Format


def load_files(
    files: Sequence[Path],
    store: Path | str,
    format: str | None = None,
    step: Callable[[str], None] = lambda text: None,
    *,
    memory_limit: str | None = None,
    entailment: str = "none",
    metadata: Path | None = None,
) -> LoadReport:
    """Writes a store with the triples of all files; one that exists is replaced at the end.

    Triples go to the default graph, quads to the graphs they name. ``format`` is for files
    whose names do not tell theirs. Relative IRIs are resolved against each file's place. What
    the files entail under a regime ("rdf", "rdfs", "owl-rl") goes to a graph of its own. Tables are
    read as the file ``metadata`` says, or those beside them. A ``store`` of the name
    ``parquet:DIR`` is written as a folder of Parquet.
    """
    from kgtool.engine.places import folder_of
    from kgtool.engine.writer import Source, StoreWriter

    check_target(store)
    if (folder := folder_of(store)) is not None:
        with _written_as_parquet(Path(folder)) as file:
            return load_files(
                files, file, format, step,
                memory_limit=memory_limit, entailment=entailment, metadata=metadata,
            )  # fmt: skip
    syntax = _format_named(format) if format else None
    with StoreWriter(
        store, memory_limit, progress=lambda stage, share: step(_progress(stage, share))
    ) as writer:
        for path in files:
            writer.add(Source(path, syntax, base=path.resolve().as_uri(), metadata=metadata))
        meta = {"files": ", ".join(path.name for path in files), "entailment": entailment}
        return writer.commit(meta, _derivation(entailment))


def load_files_on_spark(
    session: Callable[[], Spark],
    files: Sequence[str],
    store: str,
    format: str | None = None,
    step: Callable[[str], None] = lambda text: None,
    *,
    strict: bool = False,
    entailment: str = "none",
) -> SparkLoadReport:
    """Writes a store in Parquet on Spark, from paths of this machine or addresses of others.

    ``session`` starts one, when the names have been understood. See ``load_on_spark``.
    """
    from kgtool.engine.parquet import check_replaceable
    from kgtool.engine.places import address_of, is_uri
    from kgtool.engine.spark.load import InputFile, load_on_spark
    from kgtool.rdf.files import Format, format_of

    syntax = _format_named(format) if format else None
    inputs = []
    for name in files:
        path = None if is_uri(name) else Path(name).resolve()
        if path is not None and path.is_dir():
            raise UsageError(f"{name} is a folder", expected=f"its files, as {name}/*.nt")
        if path is not None and not path.is_file():
            raise NotFoundError(f"there is no file {name}")
        base = name if path is None else path.as_uri()
        inputs.append(InputFile(str(path or name), syntax or format_of(name), base))
        if inputs[-1].syntax is Format.TABLE:
            raise UsageError(f"{name} is a table, which DuckDB alone loads", expected="RDF")
    uri = address_of(store)
    if not is_uri(uri):
        check_replaceable(Path(uri))
    spark = session()
    try:
        listed = ", ".join(name.rpartition("/")[2] for name in files)
        return load_on_spark(
            spark, inputs, uri, strict=strict, meta={"files": listed, "entailment": entailment},
            derivation=_derivation(entailment), progress=step,
        )  # fmt: skip
    finally:
        spark.close()


def check_target(store: Path | str) -> None:
    """Raises UsageError or StoreError where DuckDB writes no store of that name."""
    if isinstance(store, Path):
        return
    from kgtool.engine.parquet import check_replaceable
    from kgtool.engine.places import folder_of, is_uri

    folder = folder_of(store)
    if folder == "":
        raise UsageError(f"{store} names no folder", expected="parquet:DIR")
    if is_uri(store if folder is None else folder):
        raise UsageError(
            f"DuckDB writes stores on this machine, and not at {store}",
            expected="a path, or parquet:DIR",
            hint="`kgtool load --engine spark` writes to other file systems.",
        )
    if folder is not None:
        check_replaceable(Path(folder))


@contextmanager
def _written_as_parquet(folder: Path) -> Iterator[Path]:
    """A place for a store's file, which is written as a folder of Parquet at the end."""
    from kgtool.engine.parquet import write_parquet
    from kgtool.engine.store import Store

    file = folder.with_name(f".{folder.name}.duckdb")
    try:
        yield file
        with Store.open(file) as store:
            write_parquet(store, folder)
    finally:
        file.unlink(missing_ok=True)


def _derivation(entailment: str) -> Derivation | None:
    if entailment == "none":
        return None
    from kgtool.project.folder import INFERRED_GRAPH
    from kgtool.rdf.terms import IRI
    from kgtool.reason import PROFILES, Entailment

    return Entailment(IRI(INFERRED_GRAPH), PROFILES[entailment], reflexive=True)


def _format_named(name: str) -> Format:
    from kgtool.rdf.files import Format
    from kgtool.results import format_named

    return Format(format_named(name, "graph").name)


def _progress(stage: str, share: float | None) -> str:
    return stage if share is None else f"{stage} ({share:.0%})"
