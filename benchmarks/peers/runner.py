"""Runs all engines on all queries, so that what else the machine does meets them alike."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.generate import make_file
from benchmarks.peers.engines import ENGINES, Data
from benchmarks.peers.session import Ended, Session
from benchmarks.peers.verdicts import judge
from benchmarks.peers.worker import SLOW
from benchmarks.stored import BenchQuery, bench_queries
from benchmarks.timing import Result


@dataclass(frozen=True)
class Settings:
    """What to run, and how much of it."""

    engines: tuple[str, ...]
    patterns: tuple[str, ...]
    scratch: Path
    #: Seconds that one run of a query may take, and that its repetition takes in a round.
    limit: float
    budget: float
    rounds: int
    loads: int
    #: Above so many triples kgtool runs alone, within ``memory_limit``.
    peers_up_to: int
    memory_limit: str


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


class Run:
    """One dataset at one size."""

    def __init__(self, dataset: str, triples: int, settings: Settings) -> None:
        self.dataset, self.triples, self.settings = dataset, triples, settings
        alone = triples > settings.peers_up_to
        self.engines = [e for e in settings.engines if e == "kgtool" or not alone]
        self.bound = settings.memory_limit if alone else None
        self.folder = settings.scratch / f"{dataset}-{triples}"
        self.answers = self.folder / "answers"
        self.source = self.folder / "data.nt"
        self.sessions: dict[str, Session] = {}
        self.found: dict[str, dict[str, Result]] = {}

    def __call__(self) -> Result:
        shutil.rmtree(self.answers, ignore_errors=True)
        self.answers.mkdir(parents=True)
        say(f"{self.dataset}: generate {self.triples:,} triples")
        make_file(self.source, self.triples, self.dataset)
        loads = self._loads()
        self.engines = [engine for engine in self.engines if "error" not in loads[engine]]
        queries = [q for q in bench_queries(self.dataset) if self._wanted(q)]
        for number in range(self.settings.rounds):
            self._round(number, queries)
        for query in queries:
            judge(self.found[query.name], self.answers, query.name)
        return {
            "dataset": self.dataset,
            "triples": self.triples,
            "memory limit": self.bound,
            "loads": loads,
            "queries": {query.name: self._summary(query) for query in queries},
        }

    def _wanted(self, query: BenchQuery) -> bool:
        return any(fnmatch(query.name, pattern) for pattern in self.settings.patterns)

    def _data(self, engine: str) -> Data:
        return Data(self.source, self.folder / engine, self.bound)

    def _session(self, task: str, engine: str) -> Session:
        return Session(task, engine, self._data(engine), self.folder / f"{engine}.log")

    # Loading ----------------------------------------------------------------------------

    def _loads(self) -> dict[str, Result]:
        """Each engine loads by turns; the best of each, or why it did not."""
        loads: dict[str, Result] = {}
        for _ in range(self.settings.loads):
            for engine in self.engines:
                one = self._load(engine)
                best = loads.get(engine)
                if best is None or one.get("seconds", 0) < best.get("seconds", 0):
                    loads[engine] = one
        return loads

    def _load(self, engine: str) -> Result:
        say(f"{self.dataset}: {engine} loads")
        store = self._data(engine).store
        if store.is_dir():
            shutil.rmtree(store)
        store.unlink(missing_ok=True)
        _read(self.source)
        with self._session("load", engine) as session:
            try:
                found = session.await_step()
            except Ended as end:
                say(f"{engine} did not load: {end}")
                return {"error": str(end)}
        found.pop("step")
        return found

    # Asking -----------------------------------------------------------------------------

    def _round(self, number: int, queries: Sequence[BenchQuery]) -> None:
        """Every query on every engine, engines by turns; another begins in each round."""
        shift = number % max(len(self.engines), 1)
        engines = self.engines[shift:] + self.engines[:shift]
        try:
            for query in queries:
                say(f"{self.dataset}: round {number + 1}, {query.name}")
                for engine in engines:
                    self._ask(number, query, engine)
        finally:
            for session in self.sessions.values():
                session.close()
            self.sessions.clear()

    def _ask(self, number: int, query: BenchQuery, engine: str) -> None:
        found = self.found.setdefault(query.name, {})
        before = found.get(engine)
        if before and (before["outcome"] != "answered" or before["slow"]):
            return
        one = self._answered(number, query, engine)
        if before is None:
            found[engine] = one
        elif one["outcome"] != "answered":
            # It was answered before: what ended it now is told, its times stay.
            before["later"] = one
        else:
            before["colds"] += one["colds"]
            before["peak"] = max(before["peak"], one["peak"])
            for runs, more in zip(before["runs"], one["runs"], strict=True):
                runs += more

    def _answered(self, number: int, query: BenchQuery, engine: str) -> Result:
        keep = number == 0
        request = {
            "texts": query.texts,
            "variables": query.variables,
            "round": number,
            "budget": self.settings.budget,
            "keep": str(self.answers / f"{query.name}.{engine}") if keep else None,
        }
        try:
            session = self._open(engine)
            one = session.ask(request, self.settings.limit)
        except Ended as end:
            self.sessions.pop(engine, None)
            say(f"{query.name}: {engine}: {end}")
            return {"outcome": end.outcome, "error": end.error}
        # After a panic a library in memory may be of no more use.
        if not ENGINES[engine].in_memory or "error" in one:
            self.sessions.pop(engine).close()
        if "error" in one:
            say(f"{query.name}: {engine}: {one['error']}")
            return {"outcome": "error", **one}
        cold = one.pop("cold")
        slow = sum(map(min, one["runs"])) >= SLOW
        return {"outcome": "answered", "colds": [cold], "slow": slow, **one}

    def _open(self, engine: str) -> Session:
        """A fresh process, but for an engine that would have to load again."""
        if engine not in self.sessions:
            session = self.sessions[engine] = self._session("ask", engine)
            session.await_step()
        return self.sessions[engine]

    def _summary(self, query: BenchQuery) -> Result:
        return {
            "summary": query.summary,
            "shape": query.shape,
            "values": len(query.texts),
            "engines": {engine: _times(found) for engine, found in self.found[query.name].items()},
        }


def _times(found: Result) -> Result:
    """The runs as figures: the best is the mean over a query's values of each one's best."""
    if found["outcome"] != "answered":
        return found
    runs: list[list[float]] = found.pop("runs")
    digests = found.pop("digests") or []
    return {
        **found,
        "cold": statistics.median(found["colds"]),
        "best": statistics.fmean(map(min, runs)),
        "median": statistics.fmean(map(statistics.median, runs)),
        "runs": sum(map(len, runs)),
        "rows": sum(digest["rows"] for digest in digests),
    }


def run_all(plan: Sequence[tuple[str, int]], settings: Settings) -> Result:
    """Everything; engines that are missing are named with what to do about it."""
    missing = {name: ENGINES[name].missing for name in settings.engines}
    for words in filter(None, missing.values()):
        say(words)
    here = tuple(name for name in settings.engines if not missing[name])
    settings = replace(settings, engines=here)
    return {
        "busy": os.getloadavg()[0],
        "limit": settings.limit,
        "peers up to": settings.peers_up_to,
        "engines": {name: {"version": ENGINES[name].version} for name in here},
        "missing": [words for words in missing.values() if words],
        "runs": [Run(dataset, triples, settings)() for dataset, triples in plan],
    }


def _read(path: Path) -> None:
    """Have the system hold the file in memory, for every engine alike."""
    with path.open("rb") as stream:
        while stream.read(1 << 24):
            pass
