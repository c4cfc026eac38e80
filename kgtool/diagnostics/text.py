"""Diagnostics for people: a line each, and below it the line of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.diagnostics.diagnostic import Diagnostic
from kgtool.diagnostics.excerpt import excerpt


def diagnostics_text(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Lines, each with its end. They begin as compilers' do, so that editors find the place."""
    for each in diagnostics:
        where = f"{each.location}: " if each.location else ""
        yield f"{where}{each.level}: {each.message} [{each.rule}]\n"
        if each.location is not None:
            yield from (f"{line}\n" for line in excerpt(each.location))
        for place in each.also:
            yield f"  also {place}\n"
            yield from (f"{line}\n" for line in excerpt(place, "    "))
        if each.hint:
            yield f"  {each.hint}\n"
