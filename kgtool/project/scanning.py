"""What is seen in a query's text without parsing it: header lines, prefixes, ``$names``."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"^\s*@?PREFIX\s+([^\s:]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)
#: Where a ``$`` is no parameter: IRIs, strings, comments and escapes.
_TOKEN = re.compile(
    r"""(?P<skip> <[^<>"{}|^`\\\x00-\x20]*>
        | '{3}(?s:(?:\\.|[^\\])*?)'{3} | "{3}(?s:(?:\\.|[^\\])*?)"{3}
        | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*"
        | \#[^\n]* | \\. )
      | \$(?P<name>\w+)""",
    re.VERBOSE,
)


def has_header(text: str) -> bool:
    return any(line.startswith("#+") for line in text.splitlines())


def used_parameters(text: str) -> dict[str, tuple[int, int]]:
    """The names written with ``$``, each with the line and column of its first use."""
    used: dict[str, tuple[int, int]] = {}
    for found in _TOKEN.finditer(text):
        name = found["name"]
        if name and name not in used:
            start = found.start()
            line_start = text.rfind("\n", 0, start) + 1
            used[name] = (text.count("\n", 0, start) + 1, start - line_start + 1)
    return used


def declared_prefixes(text: str) -> dict[str, str]:
    """The PREFIX declarations of a text, and those that Turtle writes ``@prefix``."""
    return dict(_PREFIX.findall(text))
