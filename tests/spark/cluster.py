"""A Spark cluster on this machine: one master and workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PATIENCE = 120.0


class Cluster:
    """A standalone cluster on the loopback; ``workers`` may be killed."""

    def __init__(self, folder: Path, workers: int = 2, memory: str = "600m") -> None:
        self._folder = folder
        self._memory = memory
        self._count = workers
        self._port = free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._log: IO[bytes] = (folder / "cluster.log").open("wb")
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"spark://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._start("master.Master", "--host", "127.0.0.1", "--port", str(self._port))
        for _ in range(self._count):
            self.add_worker()
        self._wait_for(lambda: self._registered() >= self._count)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in reversed(self._processes):
            kill(process)
        self._log.close()

    def add_worker(self) -> None:
        worker = self._start(
            "worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", self._memory,
            "--work-dir", str(self._folder / "work"), self.url,
        )  # fmt: skip
        self.workers.append(worker)

    def lose_worker(self) -> None:
        """Kills a worker and its executors, in the middle of whatever they do."""
        kill(self.workers.pop())

    @property
    def settings(self) -> dict[str, str]:
        """What a session on the cluster is started with."""
        return {
            "spark.master": self.url,
            "spark.driver.host": "127.0.0.1",
            "spark.executor.cores": "1",
        }

    def kgtool(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that is run with the cluster."""
        settings = {
            **self.settings,
            "spark.driver.memory": "512m",
            "spark.executor.memory": "512m",
            "spark.sql.shuffle.partitions": "4",
            "spark.driver.extraJavaOptions": LIGHT,
            "spark.executor.extraJavaOptions": LIGHT,
        }
        options = [f"--spark-conf={name}={value}" for name, value in settings.items()]
        command = [sys.executable, "-m", "kgtool", *arguments, "--engine", "spark", *options]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        process = subprocess.Popen(
            [*command, "--webui-port", "0", *arguments],
            stdout=self._log, stderr=self._log, start_new_session=True,
            env={**environment(), "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": LIGHT},
        )  # fmt: skip
        self._processes.append(process)
        return process

    def _registered(self) -> int:
        text = (self._folder / "cluster.log").read_text(errors="replace")
        return text.count("Successfully registered with master")

    def _wait_for(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not is_so():
            assert all(process.poll() is None for process in self._processes), "one has ended"
            assert time.monotonic() < end, "the cluster does not come about"
            time.sleep(0.2)


LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def environment() -> dict[str, str]:
    """That of Spark's processes, whose workers find kgtool where the tests have it."""
    return {
        **os.environ, "SPARK_HOME": str(home()), "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def home() -> Path:
    """Where the Spark is that PySpark brings."""
    import pyspark

    return Path(pyspark.__file__).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
