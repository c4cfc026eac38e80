"""kgtool beside Oxigraph, the plain Python stack and SQL by hand, on the same files.

    make bench                                    5 million triples, as in docs/benchmarks.md
    python -m benchmarks.bench --quick            a small run that shows it works

Every measurement is a process of its own (measure.py), one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.answers import first_difference, kept_answer
from benchmarks.generate import make_file
from benchmarks.report import render
from benchmarks.stored import queries_with_sql
from benchmarks.tables import DOCUMENT, write_document

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
STORED_QUERY = "liberation-of-rome"
Found = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What to run, and how much of it."""

    triples: int
    plain: int
    limit: float
    loads: int
    starts: int
    scratch: Path


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def measure(task: str, *arguments: object) -> Found | None:
    """What the task found; None where the system ended it at its time limit."""
    say(" ".join([task, *(Path(str(a)).name for a in arguments)]))
    command = [sys.executable, "-m", "benchmarks.measure", task, *map(str, arguments)]
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == -signal.SIGALRM:
        return None
    if done.returncode:
        raise SystemExit(f"{task} failed with exit code {done.returncode}")
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def make_data(triples: int, folder: Path) -> dict[str, Path]:
    """The same data in both syntaxes."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"ntriples": folder / "data.nt", "turtle": folder / "data.ttl"}
    for syntax, path in files.items():
        say(f"generate {triples} triples as {syntax}")
        make_file(path, triples, turtle=syntax == "turtle")
    return files


# Loading --------------------------------------------------------------------------------


def loads(files: dict[str, Path], folder: Path, repeat: int) -> Found:
    """Both engines load both files, by turns; the best of each."""
    found: Found = {}
    for number in range(repeat):
        for syntax, path in files.items():
            for engine in ("oxigraph", "kgtool"):
                store = folder / f"{engine}-{syntax}"
                _remove(store)
                _read(path)
                one = measure(f"load_{engine}", path, store)
                key = f"{engine}-{syntax}"
                if one and (number == 0 or one["seconds"] < found[key]["seconds"]):
                    found[key] = one
    return found


def _read(path: Path) -> None:
    """Have the system hold the file in memory, for every engine alike."""
    with path.open("rb") as stream:
        while stream.read(1 << 24):
            pass


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# Asking ---------------------------------------------------------------------------------


def ask(folder: Path, limit: float) -> Found:
    """All queries on all engines, with what is wrong where answers differ."""
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    own = measure("ask_kgtool", folder / "kgtool-ntriples", answers)
    assert own
    found = {}
    for query in queries_with_sql():
        name = query.name
        oxigraph = measure("ask_oxigraph", folder / "oxigraph-ntriples", answers, name, limit)
        found[name] = {
            "summary": query.summary,
            **own[name],
            "oxigraph": oxigraph,
            "differences": differences(answers, name, ("sql", "oxigraph"), "kgtool"),
        }
    return found


def differences(answers: Path, name: str, others: Sequence[str], own: str) -> list[str]:
    """The engines whose rows are not ours, each with a first row of the difference."""
    found = []
    ours = kept_answer(answers / f"{name}.{own}")
    for other in others:
        path = answers / f"{name}.{other}"
        if path.is_file() and (theirs := kept_answer(path)) != ours:
            found.append(f"{other}: {first_difference(theirs, ours)}")
    for line in found:
        say(f"DIFFERENT ANSWERS to {name}: {line}")
    return found


# The plain stack, and whole processes ---------------------------------------------------


def plain_stack(triples: int, folder: Path, limit: float) -> Found:
    """rdflib, owlrl and pyshacl against kgtool at a size where they end."""
    files = make_data(triples, folder)
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    ontology = ROOT / "ontology"
    stages = measure("plain", files["turtle"], ontology / "ww2.ttl", ontology / "shapes.ttl")
    queries = measure("ask_plain", files["turtle"], answers, limit)
    load = measure("load_kgtool", files["turtle"], folder / "kgtool-turtle")
    own = measure("ask_kgtool", folder / "kgtool-turtle", answers)
    assert queries
    assert own
    odd = {name: differences(answers, name, ("rdflib",), "kgtool") for name in own}
    build = _project_build(folder / "project", files["turtle"])
    return {
        "stages": stages,
        "queries": queries,
        "load": load,
        "kgtool": {name: each["kgtool"] for name, each in own.items()},
        "build": build,
        "differences": odd,
    }


def kgtool_command() -> list[str]:
    """kgtool as it is installed beside this Python, else as a module."""
    script = Path(sys.executable).with_name("kgtool")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "kgtool"]


def _run(command: Sequence[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _project_build(project: Path, data: Path) -> float | None:
    """``kgtool build``: load, reason, check and write, all of it."""
    _remove(project)
    (project / "triples").mkdir(parents=True)
    (project / "queries").mkdir()
    shutil.copytree(ROOT / "ontology", project / "ontology")
    shutil.copy(data, project / "triples" / "data.ttl")
    say("kgtool build")
    try:
        return _run([*kgtool_command(), "-q", "build"], project)
    except subprocess.CalledProcessError as error:
        say(f"kgtool build ended with exit code {error.returncode}")
        return None


def whole_process(folder: Path, repeat: int) -> Found:
    """``kgtool query NAME`` on the shipped graph and ``import duckdb``, by turns."""
    project = folder / "shipped"
    _remove(project)
    for part in ("ontology", "triples", "queries"):
        shutil.copytree(ROOT / part, project / part)
    query = [*kgtool_command(), "query", STORED_QUERY]
    say("build the shipped graph")
    _run(query, project)
    commands = {
        "import duckdb": [sys.executable, "-c", "import duckdb"],
        "kgtool query": query,
        "kgtool query --format csv": [*query, "--format", "csv"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            times[name].append(_run(command, project))
    return {name: statistics.median(each) for name, each in times.items()}


# The whole ------------------------------------------------------------------------------


def run(settings: Settings) -> Found:
    folder = settings.scratch / str(settings.triples)
    files = make_data(settings.triples, folder)
    return {
        "triples": settings.triples,
        "limit": settings.limit,
        "busy": os.getloadavg()[0],
        "loads": loads(files, folder, settings.loads),
        "queries": ask(folder, settings.limit),
        "plain": plain_stack(settings.plain, settings.scratch / "plain", settings.limit),
        "process": whole_process(settings.scratch, settings.starts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=5_000_000)
    parser.add_argument("--plain", type=int, default=30_000, help="triples for the plain stack")
    parser.add_argument("--limit", type=float, default=120, help="seconds for a query of others")
    parser.add_argument("--quick", action="store_true", help="small data, each thing once")
    parser.add_argument("--scratch", type=Path, help="a folder for the data, which is kept")
    parser.add_argument("--report", type=Path, help="write what was measured there, as JSON")
    parser.add_argument("--no-document", action="store_true", help=f"leave {DOCUMENT.name} alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(
            100_000 if options.quick else options.triples,
            5_000 if options.quick else options.plain,
            20 if options.quick else options.limit,
            1 if options.quick else 2,
            3 if options.quick else 15,
            options.scratch or Path(temporary),
        )
        found = run(settings)
    if options.report:
        options.report.write_text(json.dumps(found, indent=1), encoding="utf-8")
    text = render(found)
    print(text)
    if not (options.quick or options.no_document):
        write_document(text, "measured")


if __name__ == "__main__":
    main()
