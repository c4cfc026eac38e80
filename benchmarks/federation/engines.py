"""The engines, each a process that is asked over its standard input."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent.parent
_PACKAGE = "@comunica/query-sparql"


class Engine:
    """An engine; its process is started when it is first asked, and anew after a time limit."""

    def __init__(self, name: str, command: Sequence[str], missing: str | None) -> None:
        self.name = name
        #: Why it cannot take part, and what to do about it.
        self.missing = missing
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    def ask(self, wanted: dict[str, Any], limit: float) -> dict[str, Any]:
        """What the process answers: seconds and rows, an error, or that it was over the limit."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], limit)[0]:
            self.close()
            return {"over": limit}
        line = process.stdout.readline()
        if not line:
            self.close()
            return {"error": "its process has ended"}
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class Comunica(NamedTuple):
    """The folder that has Comunica, the node that runs it, and why it cannot."""

    folder: Path
    node: str
    missing: str | None


def comunica() -> Comunica:
    """Comunica as `make comunica` installs it, or as KGTOOL_COMUNICA says."""
    folder = Path(os.environ.get("KGTOOL_COMUNICA", ROOT / ".kgtool/comunica")).resolve()
    node = shutil.which("node")
    there = node is not None and (folder / "node_modules" / _PACKAGE).is_dir()
    missing = None if there else (
        "Comunica is not installed: `make comunica`, which needs Node.js 20 and npm, "
        "or name the folder that has it in KGTOOL_COMUNICA"
    )  # fmt: skip
    return Comunica(folder, node or "node", missing)


def engines() -> list[Engine]:
    found = comunica()
    script = str(Path(__file__).parent / "comunica.cjs")
    rdflib = None if find_spec("rdflib") else "rdflib is not installed: pip install rdflib"
    worker = (sys.executable, "-m", "benchmarks.federation.worker")
    return [
        Engine("kgtool", (*worker, "kgtool"), None),
        Engine("Comunica", (found.node, script, str(found.folder)), found.missing),
        Engine("rdflib", (*worker, "rdflib"), rdflib),
    ]


def comunica_version() -> str:
    about = comunica().folder / "node_modules" / _PACKAGE / "package.json"
    return json.loads(about.read_text())["version"] if about.is_file() else "(none)"
