"""kgtool beside Virtuoso, maplib, sparq and Oxigraph, on the same data and queries.

    make bench-peers                              all of it, as in docs/benchmarks.md
    python -m benchmarks.peers --quick            a small run that shows it works

Every measurement is a process of its own (worker.py), one after the other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.generators import GENERATORS
from benchmarks.peers.engines import ENGINES
from benchmarks.peers.report import render
from benchmarks.peers.runner import Settings, run_all
from benchmarks.tables import DOCUMENT, write_document

SIZES = (1_000_000, 6_000_000, 50_000_000)
QUICK = 100_000


def main() -> None:
    options = _parser().parse_args()
    if options.render:
        found = json.loads(options.render.read_text(encoding="utf-8"))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            found = run_all(_plan(options), _settings(options, Path(temporary)))
    if options.report:
        options.report.write_text(json.dumps(found, indent=1), encoding="utf-8")
    text = render(found)
    print(text)
    if options.document:
        write_document(text, "peers")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=__doc__.splitlines()[0]
    )
    add = parser.add_argument
    add(
        "--triples",
        type=_numbers,
        help="sizes, with commas between them; default: 1, 6, 50 million",
    )
    add("--dataset", action="append", choices=tuple(GENERATORS), help="may be repeated")
    add("--engines", type=_words, default=tuple(ENGINES), help=f"of {', '.join(ENGINES)}")
    add("--queries", type=_words, default=("*",), help="names or patterns, with commas")
    add("--limit", type=float, default=60, help="seconds that one run of a query may take")
    add("--rounds", type=int, default=3, help="how often all engines have their turn")
    add("--peers-up-to", type=int, default=10_000_000, help="above it kgtool runs alone")
    add("--memory-limit", default="4GB", help="what kgtool may use where it runs alone")
    add("--quick", action="store_true", help="small data, one round")
    add("--scratch", type=Path, help="a folder for the data and stores, which is kept")
    add("--report", type=Path, help="write what was measured there, as JSON")
    add("--render", type=Path, help="measure nothing, print the tables of such a report")
    add("--document", action="store_true", help=f"write the tables into {DOCUMENT.name}")
    return parser


def _plan(options: argparse.Namespace) -> list[tuple[str, int]]:
    """Each dataset at each size; unless it was asked for, only the war at all of them."""
    sizes = options.triples or ((QUICK,) if options.quick else SIZES)
    datasets = options.dataset or tuple(GENERATORS)
    main_size = max([size for size in sizes if size <= options.peers_up_to] or [min(sizes)])
    return [
        (dataset, size)
        for dataset in datasets
        for size in sizes
        if options.dataset or dataset == "war" or size == main_size
    ]


def _settings(options: argparse.Namespace, temporary: Path) -> Settings:
    unknown = set(options.engines) - set(ENGINES)
    if unknown:
        raise SystemExit(f"no engine {', '.join(sorted(unknown))}; there are {', '.join(ENGINES)}")
    return Settings(
        engines=options.engines,
        patterns=options.queries,
        # Servers run in folders of their own below it.
        scratch=(options.scratch or temporary).resolve(),
        limit=min(options.limit, 20) if options.quick else options.limit,
        budget=0.2 if options.quick else 1.5,
        rounds=1 if options.quick else options.rounds,
        loads=1 if options.quick else 2,
        peers_up_to=options.peers_up_to,
        memory_limit=options.memory_limit,
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part.replace("_", "")) for part in text.split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


if __name__ == "__main__":
    main()
