"""What a check of a project's files has to say, and the forms in which it says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module

from kgtool.diagnostics.diagnostic import Diagnostic, Level

__all__ = ["FORMATS", "Diagnostic", "Level", "written"]

#: What ``written`` can write: for people, for programs, for pull requests, for code scanning.
FORMATS = ("text", "json", "github", "sarif")


def written(
    diagnostics: Iterable[Diagnostic], form: str, rules: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The diagnostics in one of the FORMATS, in pieces.

    ``rules`` describes rules by their names, for the form that has a place for it (SARIF).
    """
    name = "json_format" if form == "json" else form
    module = import_module(f"kgtool.diagnostics.{name}")
    more = {"rules": rules} if rules and form == "sarif" else {}
    pieces: Iterator[str] = getattr(module, f"diagnostics_{form}")(diagnostics, **more)
    return pieces
