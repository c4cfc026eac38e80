"""Tables in GitHub Flavored Markdown (section 4.10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from kgtool.rdf.sink import batches
from kgtool.results._flat import FlatRow
from kgtool.results._shorten import Shortener, numeric_columns

_SPECIAL = re.compile(r"[\\`*_\[\]<>|&]")


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as a Markdown table; numbers stand to the right."""
    shorten = Shortener(prefixes)
    pieces = batches(rows)
    sample = next(pieces, [])
    rule = ["---:" if number else "---" for number in numeric_columns(sample, len(variables))]
    yield _line(map(_escaped, variables)) + _line(rule)
    for piece in chain([sample], pieces):
        yield "".join(_line(map(_escaped, shorten.cells(row))) for row in piece)


def answer_text(answer: bool) -> str:
    """``yes`` or ``no``."""
    return "yes\n" if answer else "no\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _escaped(text: str) -> str:
    if text.startswith(("http://", "https://")) and not re.search(r"[\s|<>]", text):
        return f"<{text}>"
    return _SPECIAL.sub(r"\\\g<0>", text)
