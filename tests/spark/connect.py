"""A server of Spark Connect on this machine, a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.spark.cluster import LIGHT, environment, free_port, home, kill

_PATIENCE = 120.0
#: What small data is asked soonest with.
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": LIGHT,
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


class ConnectServer:
    """A server on the loopback, with files in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        self._log = (folder / "server.log").open("wb")

    @property
    def url(self) -> str:
        return f"sc://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        settings = {**_SETTINGS, "spark.connect.grpc.binding.port": str(self._port)}
        command = [
            str(home() / "bin" / "spark-submit"), "--master", "local[1]", "--driver-memory", "700m",
            "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            *(f"--conf={name}={value}" for name, value in settings.items()), "spark-internal",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, stdout=self._log, stderr=self._log, start_new_session=True,
            cwd=self.folder.parent, env=environment(),
        )  # fmt: skip
        end = time.monotonic() + _PATIENCE
        while not self._listens():
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not come about"
            time.sleep(0.1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        kill(self.process)
        self._log.close()

    def kgtool(self, *arguments: str, remote: str | None = None) -> tuple[int, str, str]:
        """Runs a command at the server: its exit code, what it writes, and what it says."""
        ended = subprocess.run(
            [sys.executable, "-m", "kgtool", *arguments, "--engine", "spark",
             "--spark-remote", remote or self.url],
            capture_output=True, text=True, cwd=self.folder, timeout=_PATIENCE, check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        return ended.returncode, ended.stdout, ended.stderr

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
