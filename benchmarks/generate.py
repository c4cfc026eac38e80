"""Writes the data of a benchmark, of any size, the same for the same seed.

python -m benchmarks.generate --triples 1000000 --dataset catalogue -o catalogue.nt
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.generators import GENERATORS, write

SEED = 1944


def make_file(path: Path, triples: int, dataset: str = "war", *, turtle: bool = False) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        write(GENERATORS[dataset], triples, SEED, turtle, out)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--dataset", choices=tuple(GENERATORS), default="war")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--format", choices=("ntriples", "turtle"), default="ntriples")
    parser.add_argument("-o", "--output", help="default: standard output")
    options = parser.parse_args(arguments)
    generator, turtle = GENERATORS[options.dataset], options.format == "turtle"
    if options.output:
        with open(options.output, "w", encoding="utf-8", newline="\n") as out:
            write(generator, options.triples, options.seed, turtle, out)
    else:
        write(generator, options.triples, options.seed, turtle, sys.stdout)


if __name__ == "__main__":
    main()
