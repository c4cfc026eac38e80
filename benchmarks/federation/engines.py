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
from typing import Any

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


def engines() -> list[Engine]:
    folder = Path(os.environ.get("KGTOOL_COMUNICA", ROOT / ".kgtool/comunica")).resolve()
    node = shutil.which("node", path=str(folder / "node_modules/.bin")) or shutil.which("node")
    script = str(Path(__file__).parent / "comunica.cjs")
    there = node is not None and (folder / "node_modules" / _PACKAGE).is_dir()
    comunica = None if there else (
        f"Comunica is not installed: npm install --prefix .kgtool/comunica {_PACKAGE} node@22, "
        "or name the folder that has it in KGTOOL_COMUNICA"
    )  # fmt: skip
    rdflib = None if find_spec("rdflib") else "rdflib is not installed: pip install rdflib"
    worker = (sys.executable, "-m", "benchmarks.federation.worker")
    return [
        Engine("kgtool", (*worker, "kgtool"), None),
        Engine("Comunica", (node or "node", script, str(folder)), comunica),
        Engine("rdflib", (*worker, "rdflib"), rdflib),
    ]


def comunica_version() -> str:
    folder = Path(os.environ.get("KGTOOL_COMUNICA", ROOT / ".kgtool/comunica"))
    about = folder / "node_modules" / _PACKAGE / "package.json"
    return json.loads(about.read_text())["version"] if about.is_file() else "(none)"
