"""Prints how many cases of the W3C suites pass, by suite and category, and which do not.

python -m tests.conformance [WORD …]     only cases whose name holds one of the words
"""

from __future__ import annotations

import sys
import textwrap
from collections import Counter

from tests.conformance.manifests import ROOT, evaluation_cases
from tests.conformance.running import failure, known_failures


def main(words: list[str]) -> int:
    if not ROOT.is_dir():
        print(f"the conformance suites are not here: {ROOT}", file=sys.stderr)
        return 0
    known = known_failures() if not words else {}
    passed: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    surprises = 0
    for case in evaluation_cases():
        if words and not any(word in str(case) for word in words):
            continue
        total[case.suite, case.category] += 1
        wrong = failure(case)
        expected = (case.suite, case.key) in known
        surprises += expected == (wrong is None)
        if wrong is None:
            passed[case.suite, case.category] += 1
            if expected:
                print(f"passes, though known.txt says that it fails: {case}\n")
        else:
            print(f"{'known: ' if expected else ''}{case}\n{textwrap.indent(wrong, '  ')}\n")
    for suite in dict.fromkeys(suite for suite, _ in total):
        categories = [key for key in total if key[0] == suite]
        for key in categories:
            print(f"{suite:<10} {key[1]:<24} {passed[key]:>4}/{total[key]}")
        good, all_ = (sum(count[key] for key in categories) for count in (passed, total))
        print(f"{suite:<10} {'all':<24} {good:>4}/{all_}")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
