"""Rules about what cannot be read or built; their findings are the errors that a view meets."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from kgtool.project.lint.rule import Finding, LeftOutError
from kgtool.project.lint.view import View


def unreadable(view: View) -> Iterable[Finding]:
    """Reads everything."""
    view.files.are_whole("sources", "shapes", "rules", "queries", "expected")
    return ()


def unbuilt(view: View) -> Iterable[Finding]:
    """Builds the project, and asks its queries, where all can be read."""
    with suppress(LeftOutError):
        _ = view.answers
    return ()
