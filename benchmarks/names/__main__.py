"""Batches of names with typing errors, asked of a graph: who is found, and how long it takes.

python -m benchmarks.names --names 1000000
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.names.generate import Named, mistyped, named, turned, write
from benchmarks.timing import spent
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan.stop import Stop
from kgtool.rdf.terms import IRI
from kgtool.reconcile.index import build_index, index_path
from kgtool.reconcile.matching import match
from kgtool.reconcile.names import Names
from kgtool.reconcile.query import Candidate, Query
from kgtool.reconcile.shown import show

SEED = 1944
_BATCH, _LIMIT, _PATIENCE = 100, 5, 600.0
#: One name in so many has its words in the other order.
_TURNED = 4


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(None if arguments is None else list(arguments))
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), options.names, options.batches, options.seed)


def _measure(folder: Path, number: int, batches: int, seed: int) -> None:
    source, path = folder / "names.nt", folder / "store.duckdb"
    with source.open("w", encoding="utf-8") as out:
        write(named(number, seed), out)
    with StoreWriter(path) as writer:
        writer.add(Source(source))
        writer.commit({})
    with Store.open(path) as store:
        made = spent(lambda: build_index(store, index_path(path)))
        size = index_path(path).stat().st_size
        print(f"{number:,} names in a store of {path.stat().st_size / 1e6:.1f} MB")
        print(f"index: {made.wall:.1f} s ({made.cpu:.1f} s of processor), {size / 1e6:.1f} MB\n")
        names = Names.open(store, index_path(path))
        assert names is not None
        _ask(names, number, batches, seed)
        names.close()


def _ask(names: Names, number: int, batches: int, seed: int) -> None:
    chance = random.Random(seed)
    wanted = set(chance.sample(range(number), min(number, batches * _BATCH)))
    things = [each for n, each in enumerate(named(number, seed)) if n in wanted]
    chance.shuffle(things)
    print("| errors | type | s, median | s, slowest | s of processor | first | among five | sure |")
    print("|---|---|---|---|---|---|---|---|")
    for errors in (0, 1, 2):
        for is_typed in (False, True):
            print(_row(names, things, errors, is_typed, random.Random(seed + errors)))


def _row(
    names: Names, things: Sequence[Named], errors: int, is_typed: bool, chance: random.Random
) -> str:
    """A line of the table. ``sure`` has the matches, and those of them that are wrong."""
    runs, first, found, sure, wrong = [], 0, 0, 0, 0
    rest = iter(things)
    while batch := list(islice(rest, _BATCH)):
        queries = []
        for number, each in enumerate(batch):
            name = mistyped(chance, each.name, errors)
            types = (each.class_,) if is_typed else ()
            name = name if number % _TURNED else turned(name)
            queries.append(Query((name,), types=types, limit=_LIMIT))
        answers: list[list[Candidate]] = []
        runs.append(spent(lambda: answers.extend(_answered(names, queries))))  # noqa: B023
        ids = names.store.ids(IRI(each.iri) for each in batch)
        for each, candidates in zip(batch, answers, strict=True):
            own = [candidate.thing == ids[IRI(each.iri)] for candidate in candidates]
            first += own[:1] == [True]
            found += any(own)
            sure += any(candidate.match for candidate in candidates)
            wrong += any(c.match and not is_own for c, is_own in zip(candidates, own, strict=True))
    walls = sorted(run.wall for run in runs)
    share = 100 / len(things)
    kind = "given" if is_typed else ""
    return (
        f"| {errors} | {kind} | {walls[len(walls) // 2]:.2f} | {walls[-1]:.2f} "
        f"| {sum(run.cpu for run in runs) / len(runs):.2f} | {first * share:.1f}% "
        f"| {found * share:.1f}% | {sure * share:.1f}%, wrong {wrong * share:.1f}% |"
    )


def _answered(names: Names, queries: list[Query]) -> list[list[Candidate]]:
    """The answers of a batch, with all that is shown of them."""
    with names.asking(_PATIENCE, Stop()) as asking:
        found = match(names, asking, queries)
        show(names, asking, {each.thing for some in found for each in some}, ("en",))
    return found


if __name__ == "__main__":
    main()
