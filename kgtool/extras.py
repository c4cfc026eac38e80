"""What to say when an optional package is not installed."""

from __future__ import annotations

from kgtool.errors import UsageError


def missing_extra(purpose: str, extra: str, error: ImportError) -> UsageError:
    """The error for a missing package of an extra; ``purpose`` is what needs it."""
    package = error.name or "a package"
    return UsageError(
        f"{purpose} needs the package {package}, which is not installed",
        hint=f"Install the extra {extra!r}: pip install '.[{extra}]' in a clone of kgtool.",
    )
