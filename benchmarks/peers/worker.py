"""A process of its own that loads, or that opens one engine's store and answers queries.

session.py starts it and reads a line of JSON for each step, by which it knows how long the
present one has taken. Only this module and the engines run in the measured process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from benchmarks.answers import Digest, Row, row_text
from benchmarks.peers.engines import ENGINES, Asker, Data
from benchmarks.timing import Result

#: A first pass of that many seconds is not repeated.
SLOW = 10.0
#: How often a query runs again with each of its values, at least and at most.
LEAST, MOST = 3, 200
#: Rows of an answer that are kept as text, to show one where answers differ.
KEPT_ROWS = 200_000


class Steps:
    """Tells the parent what begins and ends."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, step: str, **found: Any) -> None:
        self._out.write(json.dumps({"step": step, **found}) + "\n")
        self._out.flush()


def answer(asker: Asker, request: Result, step: Steps) -> Result:
    """Ask for each of the query's values once, then again and again for some time."""
    texts: list[str] = request["texts"]
    # Another value is the first, cold one in each round.
    order = [(request["round"] + i) % len(texts) for i in range(len(texts))]
    first: dict[int, float] = {}
    digests: dict[int, Result] = {}
    for index in order:
        seconds, found = _timed(asker, texts[index], step)
        first[index] = seconds
        if request["keep"]:
            rows = asker.rows(texts[index], found, request["variables"])
            digests[index] = asdict(_kept(rows, Path(f"{request['keep']}.{index}")))
    cold = first[order[0]]
    runs: list[list[float]] = [[] for _ in texts]
    found = None
    if sum(first.values()) < SLOW:
        started = time.perf_counter()
        while len(runs[-1]) < MOST:
            if len(runs[-1]) >= LEAST and time.perf_counter() - started > request["budget"]:
                break
            for index, text in enumerate(texts):
                seconds, found = _timed(asker, text, step)
                runs[index].append(seconds)
                found = None
    else:
        runs = [[first[index]] for index in range(len(texts))]
    return {
        "cold": cold,
        "runs": runs,
        "digests": [digests[i] for i in range(len(texts))] if digests else None,
        "peak": asker.peak(),
    }


def _timed(asker: Asker, text: str, step: Steps) -> tuple[float, Any]:
    step("begin")
    started = time.perf_counter()
    found = asker.run(text)
    seconds = time.perf_counter() - started
    step("end")
    return seconds, found


def _kept(rows: Iterable[Row], path: Path) -> Digest:
    digest = Digest()
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            line = row_text(row)
            digest.add(line)
            if digest.rows <= KEPT_ROWS:
                out.write(line + "\n")
    return digest


def serve(engine: str, data: Data, step: Steps) -> None:
    """Answer the requests on standard input, one a line."""
    with ENGINES[engine].opened(data) as asker:
        step("opened", peak=asker.peak())
        for line in sys.stdin:
            try:
                found = answer(asker, json.loads(line), step)
            except (KeyboardInterrupt, SystemExit):
                raise
            # A panic in a Rust library is a BaseException.
            except BaseException as error:
                message = f"{type(error).__name__}: {error}".split("\n", 1)[0]
                found = {"error": message[:300]}
            step("answered", **found)


def main() -> None:
    task, engine, source, store, memory_limit = sys.argv[1:]
    # What a library prints is not to come between the steps.
    step = Steps(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)
    data = Data(Path(source), Path(store), memory_limit or None)
    if task == "load":
        step("loaded", **ENGINES[engine].load(data))
    else:
        serve(engine, data, step)


if __name__ == "__main__":
    main()
