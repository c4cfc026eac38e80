"""Prints how many cases of the W3C suites pass, by suite and category, and which do not.

python -m tests.conformance [WORD …]     only cases whose name holds one of the words

Ends with 1 where a case fails that known.txt does not list, or one passes that it lists.
"""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.conformance.manifests import MISSING, ROOT, Case
from tests.conformance.running import failure, known_failures
from tests.conformance.suites import cases, left_out


def main(words: list[str]) -> int:
    if not ROOT.is_dir():
        print(MISSING)
        return 0
    chosen = [c for c in cases() if not words or any(word in str(c) for word in words)]
    known = known_failures()
    passed: Counter[tuple[str, str]] = Counter()
    surprises = 0
    with ProcessPoolExecutor() as pool:
        for case, wrong in zip(chosen, pool.map(failure, chosen, chunksize=16), strict=True):
            listed = (case.suite, case.key) in known
            surprises += listed == (wrong is None)
            if wrong is None:
                passed[case.suite, case.category] += 1
                if listed:
                    print(f"passes, though known.txt says that it fails: {case}\n")
            else:
                print(f"{'known: ' if listed else ''}{case}\n{textwrap.indent(wrong, '  ')}\n")
    _print_table(chosen, passed)
    if not words:
        others = ", ".join(f"{category} {n}" for category, n in left_out().items())
        print(f"Left to other parts of the tool, and not counted: {others}")
    return 1 if surprises else 0


def _print_table(chosen: list[Case], passed: Counter[tuple[str, str]]) -> None:
    total = Counter((case.suite, case.category) for case in chosen)
    for suite in dict.fromkeys(suite for suite, _ in total):
        categories = [key for key in total if key[0] == suite]
        for key in categories:
            print(f"{suite:<15} {key[1]:<24} {passed[key]:>4}/{total[key]}")
        good, all_ = (sum(count[key] for key in categories) for count in (passed, total))
        print(f"{suite:<15} {'all':<24} {good:>4}/{all_}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
