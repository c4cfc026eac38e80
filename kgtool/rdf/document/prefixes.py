"""Which prefixes a Turtle or TriG text declares, and which it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from kgtool.errors import Location
from kgtool.rdf.document.lexer import Source, tokens

_DECLARATION = re.compile(r"(?i)prefix\s")


@dataclass(slots=True)
class Prefixes:
    """The prefixes declared, each with its first place, and those of the names written."""

    declared: dict[str, Location] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def prefixes_in(text: str, name: str) -> Prefixes:
    """The prefixes of a text; ``name`` is what places call it. Raises RdfSyntaxError.

    It is read until all are used, which most often is soon.
    """
    source = Source(text, name)
    found = Prefixes()
    for before, token in pairwise(t for t in tokens(source) if t.kind != "comment"):
        if token.kind != "pname":
            continue
        prefix = token.text.partition(":")[0]
        if before.text.lower() in ("@prefix", "prefix"):
            found.declared.setdefault(prefix, source.place(token.start))
        elif prefix not in found.used:
            found.used.add(prefix)
            ahead = _DECLARATION.search(source.text, token.start)
            if found.declared.keys() <= found.used and ahead is None:
                break
    return found
