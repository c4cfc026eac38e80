"""Files at addresses that Spark knows, read and deleted from Python.

Where the session has a JVM on this machine Hadoop's file systems reach them, with Spark's own
settings. A server of Spark Connect and a worker's Python lend none: there Arrow's do what they can.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgtool.errors import ServiceError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Rows that are read at a time.
_BATCH = 10_000
#: What Spark names the files of a table.
_PART = re.compile(r"part-\d{5}[^/]*\.parquet$")
#: Names of object stores that Hadoop has and Arrow has not.
_SCHEMES = re.compile(r"^s3[an]:")


class Files:
    """The files that a session's tables are in."""

    def __init__(self, session: SparkSession) -> None:
        java = getattr(session, "_jsparkSession", None)
        self._hadoop: Any = None if java is None else session._jvm.org.apache.hadoop.fs
        # They are asked for also when the session has ended.
        self._settings = None if java is None else java.sessionState().newHadoopConf()

    def remove(self, uri: str) -> None:
        """Deletes a folder, or raises OSError where that cannot be done."""
        if self._by_hadoop(uri):
            system, path = self._opened(uri)
            system.delete(path, True)
        else:
            system, name = arrow_files(uri)
            system.delete_dir(name)

    def remove_empty(self, uri: str) -> None:
        """Deletes a folder in which nothing is; raises OSError where that cannot be seen."""
        if not self._names(uri):
            self.remove(uri)

    def rows(self, uri: str) -> Iterator[tuple[Any, ...]] | None:
        """The rows of a folder of Parquet in the order of its files.

        None where it is not reached, or the names of the files do not tell their order.
        """
        try:
            files = sorted(name for name in self._names(uri) if name.endswith(".parquet"))
        except OSError:
            return None
        if not all(_PART.search(file) for file in files):
            return None
        return self._read(files) if self._by_hadoop(uri) else _rows_of(arrow_files(uri)[0], files)

    def _names(self, uri: str) -> list[str]:
        """What is in a folder, by names that the same file system knows."""
        if self._by_hadoop(uri):
            system, path = self._opened(uri)
            return [str(status.getPath().toString()) for status in system.listStatus(path)]
        from pyarrow import fs

        arrow, folder = arrow_files(uri)
        return [file.path for file in arrow.get_file_info(fs.FileSelector(folder))]

    def _by_hadoop(self, uri: str) -> bool:
        return self._hadoop is not None and not _is_local(uri)

    def _opened(self, uri: str) -> tuple[Any, Any]:
        """Hadoop's file system of an address, and its path there."""
        path = self._hadoop.Path(uri)
        return path.getFileSystem(self._settings), path

    def _read(self, files: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of files that Hadoop reaches, of which one at a time is copied here."""
        from pyarrow import fs

        with tempfile.TemporaryDirectory(prefix="kgtool-") as folder:
            copy = Path(folder) / "part.parquet"
            target = self._hadoop.Path(str(copy))
            for file in files:
                system, path = self._opened(file)
                system.copyToLocalFile(False, path, target, True)
                yield from _rows_of(fs.LocalFileSystem(), [str(copy)])


def _is_local(uri: str) -> bool:
    """Whether an address is a path of this machine."""
    return "://" not in uri or uri.startswith("file:")


def arrow_files(uri: str) -> tuple[Any, str]:
    """Arrow's file system of an address, and the path there. Raises OSError where it knows none."""
    from pyarrow import fs

    try:
        system, path = fs.FileSystem.from_uri(_SCHEMES.sub("s3:", uri))
    except ValueError as error:
        raise OSError(str(error)) from error
    return system, path


@contextmanager
def local_file(uri: str) -> Iterator[Path]:
    """A file by a path of this machine: its own, or that of a copy for the time being.

    Raises ServiceError where Arrow does not reach it.
    """
    from pyarrow import fs

    try:
        system, path = arrow_files(uri)
    except OSError as error:
        raise ServiceError(
            f"a worker does not reach {uri}: {str(error).splitlines()[0]}",
            hint="Arrow reads such a file there, which knows s3, gs, abfs, and, with Hadoop's "
            "native library, hdfs.",
        ) from error
    if isinstance(system, fs.LocalFileSystem):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="kgtool-") as folder:
        copy = Path(folder) / Path(path).name
        with system.open_input_stream(path, compression=None) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        yield copy


def _rows_of(system: Any, files: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    from pyarrow import parquet

    for file in files:
        with system.open_input_file(file) as source, parquet.ParquetFile(source) as rows:
            for batch in rows.iter_batches(batch_size=_BATCH):
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
