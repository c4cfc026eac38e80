"""Reasoning and checking, beside others: load, close under OWL 2 RL, check shapes.

    python -m benchmarks.closing --document       the table in docs/benchmarks.md
    python -m benchmarks.closing --quick          30 thousand triples alone

Each measurement is a process of its own, one after the other; loading is part of it, since most
of the others keep all data in memory. What is found is also JSON on the standard output.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.generate import make_file
from benchmarks.tables import machine, table, write_document

ROOT = Path(__file__).parent.parent
ONTOLOGY = (ROOT / "ontology/ww2.ttl", ROOT / "ontology/alignments.ttl")
SHAPES = (ROOT / "benchmarks/shapes.ttl", ROOT / "benchmarks/constraint.ttl")
#: What takes minutes at 30 thousand triples is not run with more.
_SLOW_UP_TO = 50_000
Found = dict[str, Any]
Task = Callable[[Path, Path], Found]


def kgtool_load(data: Path, scratch: Path) -> Found:
    return _kgtool(data, scratch, "none", check=False)


def kgtool_close(data: Path, scratch: Path) -> Found:
    return _kgtool(data, scratch, "owl-rl", check=False)


def kgtool_check(data: Path, scratch: Path) -> Found:
    return _kgtool(data, scratch, "none", check=True)


def kgtool_both(data: Path, scratch: Path) -> Found:
    return _kgtool(data, scratch, "owl-rl", check=True)


def _kgtool(data: Path, scratch: Path, entailment: str, *, check: bool) -> Found:
    from kgtool.engine.store import Store
    from kgtool.project.checking import check_loaded
    from kgtool.project.load import load_files

    store = scratch / "store.duckdb"
    limit = os.environ.get("KGTOOL_BENCH_MEMORY")
    report = load_files([data], store, memory_limit=limit, entailment=entailment)
    found: Found = {"triples": report.triples, "disk": report.bytes}
    if entailment != "none":
        with Store.open(store) as opened:
            graphs = opened.statistics.graphs
            found["inferred"] = sum(g.triples for g in graphs if g.kind == "inferred")
    if check:
        with check_loaded(store, _shapes(scratch)) as checked:
            found["violations"] = checked.violations
    return found


def sparq_close(data: Path, scratch: Path) -> Found:
    import sparq

    return {"inferred": sparq.Graph.load(str(data)).reason("owl")}


def reasonable_close(data: Path, scratch: Path) -> Found:
    import reasonable

    reasoner = reasonable.PyReasoner()
    reasoner.load_file(str(_as_turtle(data, scratch)))
    return {"triples": len(reasoner.reason())}


def owlrl_close(data: Path, scratch: Path) -> Found:
    import owlrl

    graph = _rdflib(data)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return {"triples": len(graph)}


def pyshacl_check(data: Path, scratch: Path) -> Found:
    import pyshacl

    graph, shapes = _rdflib(data), str(_shapes(scratch))
    _, _, text = pyshacl.validate(graph, shacl_graph=shapes, advanced=True)
    return {"violations": text.count("Constraint Violation in")}


def turbo_check(data: Path, scratch: Path) -> Found:
    import pyshacl_turbo

    _, _, text = pyshacl_turbo.validate(
        str(_as_turtle(data, scratch)), shacl_graph=str(_shapes(scratch)), advanced=True
    )
    return {"violations": text.count("Constraint Violation in")}


def rudof_check(data: Path, scratch: Path) -> Found:
    import pyrudof

    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(str(_as_turtle(data, scratch)))
    rudof.read_shacl(str(_shapes(scratch)))
    report = rudof.validate_shacl()
    return {"conforms": bool(report.conforms)}


def holosdb_check(data: Path, scratch: Path) -> Found:
    """SHACL Core alone: it does not take SPARQL constraints."""
    import holosdb

    store = holosdb.Store()
    store.load(str(data))
    report = store.validate(str(SHAPES[0]))
    return {"violations": len(report.get("results", ()))}


def _rdflib(data: Path) -> Any:
    import rdflib

    return rdflib.Graph().parse(data, format="nt")


def _as_turtle(data: Path, scratch: Path) -> Path:
    """The same file by a name that says Turtle, which N-Triples are."""
    link = scratch / "data.ttl"
    link.symlink_to(data)
    return link


def _shapes(scratch: Path) -> Path:
    """All shapes in one file."""
    joined = scratch / "shapes.ttl"
    joined.write_text("".join(p.read_text(encoding="utf-8") for p in SHAPES), encoding="utf-8")
    return joined


def make_data(path: Path, triples: int) -> None:
    """Synthetic facts with their ontology, as N-Triples."""
    import pyoxigraph

    make_file(path, triples)
    with path.open("ab") as out:
        for file in ONTOLOGY:
            parsed = pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
            pyoxigraph.serialize(parsed, out, format=pyoxigraph.RdfFormat.N_TRIPLES)


#: Task, the package that it needs, and whether it is only run on small data.
TASKS: dict[str, tuple[Task, str, bool]] = {
    "load kgtool": (kgtool_load, "kgtool", False),
    "close kgtool": (kgtool_close, "kgtool", False),
    "close sparq": (sparq_close, "sparq", False),
    "close reasonable": (reasonable_close, "reasonable", False),
    "close owlrl": (owlrl_close, "owlrl", True),
    "check kgtool": (kgtool_check, "kgtool", False),
    "check pyshacl-turbo": (turbo_check, "pyshacl_turbo", False),
    "check rudof": (rudof_check, "pyrudof", False),
    "check holosdb": (holosdb_check, "holosdb", False),
    "check pyshacl": (pyshacl_check, "pyshacl", True),
    "close and check kgtool": (kgtool_both, "kgtool", False),
}


def run_task(name: str, data: Path) -> None:
    """Run a task in this process, and print what it found."""
    task, _, _ = TASKS[name]
    with tempfile.TemporaryDirectory(dir=data.parent) as scratch:
        started = time.perf_counter()
        found = task(data, Path(scratch))
        found["seconds"] = round(time.perf_counter() - started, 2)
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(found))


def measure(name: str, data: Path, limit: float) -> Found:
    """What a task finds in a process of its own, or why it found nothing."""
    command = [sys.executable, "-m", "benchmarks.closing", "--task", name, "--data", str(data)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return {"over": limit}
    if done.returncode == -signal.SIGKILL:
        return {"error": "out of memory"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["?"])[-1][:300]}
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def render(found: list[Found]) -> str:
    """A table: a row for each task, a column of seconds for each size."""
    sizes = sorted({each["size"] for each in found})
    cells = {(each["task"], each["size"]): _cell(each) for each in found}
    rows = [
        [task, *(cells.get((task, size), "") for size in sizes)]
        for task in dict.fromkeys(each["task"] for each in found)
    ]
    return (
        f"{machine()}.\n\n"
        + table(["seconds, with loading", *(f"{size:,} triples" for size in sizes)], rows)
        + "\n"
    )


def _cell(found: Found) -> str:
    if "over" in found:
        return f"over {found['over']:.0f}"
    if "seconds" not in found:
        return "error"
    told = [f"{found['memory'] / 2**30:.1f} GB"]
    told += [f"{found[key]:,} {key}" for key in ("inferred", "violations") if key in found]
    return f"{found['seconds']:.2f} ({', '.join(told)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", default="30000,1000000,6000000", help="sizes, with commas")
    parser.add_argument("--only", default="", help="tasks whose names begin so, with commas")
    parser.add_argument("--limit", type=float, default=300, help="seconds for one task")
    parser.add_argument("--quick", action="store_true", help="30 thousand triples alone")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--document", action="store_true", help="write the table there")
    options = parser.parse_args()
    if options.task:
        run_task(options.task, options.data)
        return
    sizes = [30_000] if options.quick else [int(size) for size in options.triples.split(",")]
    everything: list[Found] = []
    begins = tuple(options.only.split(",")) if options.only else ("",)
    with tempfile.TemporaryDirectory() as folder:
        for triples in sizes:
            data = Path(folder) / f"{triples}.nt"
            make_data(data, triples)
            for name, (_, package, small) in TASKS.items():
                if not name.startswith(begins) or (small and triples > _SLOW_UP_TO):
                    continue
                if importlib.util.find_spec(package) is None:
                    print(f"{name} is left out: {package} is not installed", file=sys.stderr)
                    continue
                found = {"size": triples, "task": name, **measure(name, data, options.limit)}
                everything.append(found)
                print(json.dumps(found), flush=True)
    if options.document:
        write_document(render(everything), "closing")


if __name__ == "__main__":
    main()
