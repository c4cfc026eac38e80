"""A session in a JVM that is started on this machine."""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from kgtool.engine.spark.failures import first_line
from kgtool.errors import ServiceError

_LEVEL = "spark.log.level"
_QUIET = {
    _LEVEL: "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # What its pages would show of a thousand plans is kept without pages too.
    "spark.sql.ui.retainedExecutions": "10",
}
#: How lines of a JVM begin that do not say why it has ended.
_NOISE = re.compile(
    r"WARNING: |Using |Setting default log|To adjust logging|\tat |\d\d/\d\d/\d\d \S+ (WARN|INFO) "
)


def started(settings: Mapping[str, str]) -> SparkSession:
    """The session of this process, which is started where there is none.

    What Spark logs is not shown, unless ``settings`` have spark.log.level: errors reach us anyway.

    Raises ServiceError where no session comes about.
    """
    # Workers are to have kgtool: on this machine they have it where it runs now.
    os.environ.setdefault("PYSPARK_PYTHON", settings.get("spark.pyspark.python", sys.executable))
    conf = SparkConf(loadDefaults=False)
    for name, value in {"spark.app.name": "kgtool", **_QUIET, **settings}.items():
        conf.set(name, value)
    with tempfile.TemporaryFile() as log, _own_interrupts():
        try:
            if SparkContext._gateway is None and _LEVEL not in settings:
                SparkContext._ensure_initialized(gateway=launch_gateway(conf, {"stderr": log}))
            return SparkSession.builder.config(conf=conf).getOrCreate()
        except Exception as error:
            raise ServiceError(
                f"Spark does not start with {settings.get('spark.master', 'this machine alone')}: "
                f"{_reason(error, log)}",
                hint="Spark needs Java 17 on this machine, or a server for --spark-remote sc://host.",
            ) from error


@contextmanager
def _own_interrupts() -> Iterator[None]:
    """Leaves Ctrl-C to us: PySpark's handler asks the JVM in the middle of another call.

    What Py4J then logs of the call that was broken off is known already.
    """
    logging.getLogger().addFilter(_is_not_of_py4j)
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, handler)


def _is_not_of_py4j(record: logging.LogRecord) -> bool:
    return "py4j" not in Path(record.pathname).parts


def _reason(error: Exception, log: IO[bytes]) -> str:
    """What the JVM has said, where it has ended; else what Spark says."""
    if "JAVA_GATEWAY_EXITED" not in str(error):
        return first_line(error)
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    said = [line.strip() for line in lines if line.strip() and not _NOISE.match(line)]
    return " ".join(said)[:300] or first_line(error)
