"""What a check of a project's files has to say, and the forms in which it says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from kgtool.diagnostics.diagnostic import Diagnostic, Level

__all__ = ["FORMATS", "Diagnostic", "Level", "written"]

#: What ``written`` can write: for people, for programs, for pull requests, for code scanning.
FORMATS = ("text", "json", "github", "sarif")


def written(diagnostics: Iterable[Diagnostic], form: str) -> Iterator[str]:
    """The diagnostics in one of the FORMATS, in pieces."""
    name = "json_format" if form == "json" else form
    module = import_module(f"kgtool.diagnostics.{name}")
    pieces: Iterator[str] = getattr(module, f"diagnostics_{form}")(diagnostics)
    return pieces
