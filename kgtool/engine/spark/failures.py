"""Spark's errors in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from kgtool.errors import KgtoolError, LimitError, NotFoundError, ServiceError, UnsupportedError


@contextmanager
def errors() -> Iterator[None]:
    """Spark's errors in our words."""
    try:
        yield
    except KgtoolError:
        raise
    except Exception as error:
        raise _translated(error) from error


def _translated(error: Exception) -> Exception:
    name, text = type(error).__name__, str(error)
    if missing := re.search(r"\[PATH_NOT_FOUND\] Path does not exist: (.*?)\. SQLSTATE", text):
        return NotFoundError(f"for Spark there is nothing at {missing[1]}")
    if unread := re.search(r"while reading file (.*?)\. ", text):
        return ServiceError(
            f"Spark cannot read {unread[1]}",
            hint="It is damaged, or packed in another way than its name says.",
        )
    if "Class org.apache.hadoop.fs" in text or "No FileSystem for scheme" in text:
        return ServiceError(
            f"Spark cannot reach such addresses: {first_line(error)}",
            hint="It needs the connector, for instance by --spark-conf spark.jars.packages=…",
        )
    if name in ("AnalysisException", "ParseException"):
        return UnsupportedError(
            f"Spark cannot run this query: {first_line(error)}",
            hint="DuckDB may: without --engine spark, over a slice where the whole is too large.",
        )
    if "UNAVAILABLE" in text or "failed to connect" in text or "Socket closed" in text:
        return ServiceError(
            "the server of Spark Connect has gone away",
            hint="Folders below the store whose names begin with _ may be left.",
        )
    if "INVALID_HANDLE" in text:
        return ServiceError(
            "the server of Spark Connect has ended this session, or was started anew in between"
        )
    if "OPERATION_CANCELED" in text or "cancelled" in text:
        return LimitError("the query was stopped")
    if any(word in text for word in _MEMORY):
        return LimitError(
            f"the query needs more memory than Spark may use: {first_line(error)}",
            hint="Give it more with spark.executor.memory or spark.driver.memory.",
        )
    if name == "PythonException":
        return ServiceError(
            f"a worker of Spark gave up: {_last_line(error)}",
            hint="The Python of all workers needs kgtool[spark]: spark.pyspark.python names it, "
            "for a server of Spark Connect PYSPARK_PYTHON in its environment.",
        )
    if name.startswith(("PySpark", "Spark", "Py4J", "Rpc", "_Multi", "_Inactive")) or hasattr(
        error, "getErrorClass"
    ):
        return ServiceError(f"Spark gave up: {first_line(error)}")
    return error


#: What Spark says where it lacks memory.
_MEMORY = ("OutOfMemoryError", "maxResultSize", "Not enough memory")


def _last_line(error: Exception) -> str:
    """The line that says what happened in a worker, whose traceback the error has."""
    lines = [
        line for line in str(error).splitlines() if re.match(r"\w[\w.]*(Error|Exception)?: ", line)
    ]
    return lines[-1].strip()[:300] if lines else first_line(error)


def first_line(error: Exception) -> str:
    """What an error says, without the names of classes and tasks that it came by."""
    lines = [line.strip(": ") for line in str(error).splitlines() if line.strip(": ")]
    if lines and lines[0].startswith("An error occurred while calling"):
        lines = lines[1:]
    return _WAYS.sub("", lines[0]).strip()[:300] if lines else type(error).__name__


#: The way of an error through Spark, in front of what it says.
_WAYS = re.compile(
    r"^(?:[a-z]\w*(?:\.[\w$]+)+: |Job aborted due to stage failure: |Task \d+ in stage .*? "
    r"failed \d+ times?, most recent failure: |Lost task .*?\(TID \d+\) \(.*?\): )+"
)
