"""The line that a message is about, with the place in it underlined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgtool.errors import KgtoolError, Location

#: What is underlined from a place on: an IRI, a string, a name or a number; else one sign.
_WORD = re.compile(r"""<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[\w?$@:./#%+~-]+|\S""")
#: Signs of a line that are shown, and how many of them may stand before the place.
WIDTH, BEFORE = 100, 60


def error_text(error: KgtoolError) -> str:
    """An error's message with the line that it is about, and the place in it underlined."""
    first, newline, rest = str(error).partition("\n")
    if error.location is None or error.location.text is None:
        return first + newline + rest
    return "\n".join([first, *excerpt(error.location), *([rest] if rest else [])])


def excerpt(location: Location, margin: str = "  ") -> Iterator[str]:
    """The lines that show a place; none where its text is not known."""
    if location.text is None or location.line is None:
        return
    text = "".join(c if c.isprintable() else " " for c in location.text)
    number = str(location.line)
    column = location.column
    start = 0 if column is None else max(column - 1 - BEFORE, 0)
    cut_before, cut_after = start > 0, len(text) > start + WIDTH
    shown = ("…" if cut_before else "") + text[start : start + WIDTH] + ("…" if cut_after else "")
    yield f"{margin}{number} | {shown.rstrip()}"
    if column is None:
        return
    at = column - 1 - start + cut_before
    word = _WORD.match(text, column - 1)
    length = min(len(word[0]) if word else 1, start + WIDTH - (column - 1))
    if word and (stripped := word[0].rstrip(".")):
        length = min(length, len(stripped))
    yield f"{margin}{' ' * len(number)} | {' ' * at}{'^' * max(length, 1)}"
