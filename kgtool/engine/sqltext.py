"""Values as SQL text, for the few statements whose values cannot be parameters."""

from __future__ import annotations


def quote(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
