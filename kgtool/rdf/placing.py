"""Where in a file's text a term stands: parsers keep no positions, so it is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kgtool.errors import Location
from kgtool.rdf.reading import open_bytes
from kgtool.rdf.terms import IRI, BlankNode, Term


class Text:
    """A file's text, and how to find terms in it; ``name`` is what messages call the file."""

    def __init__(self, text: str, name: str, prefixes: Mapping[str, str] | None = None) -> None:
        self._text = text
        self._name = name
        self._prefixes = prefixes or {}

    @classmethod
    def of(cls, path: Path, name: str, prefixes: Mapping[str, str] | None = None) -> Text:
        with open_bytes(path) as stream:
            return cls(stream.read().decode(errors="replace"), name, prefixes)

    def place(self, steps: Iterable[Term], at: int | None = None) -> Location:
        """Where the last of the terms stands behind the others, each behind the one before.

        A term that is not found behind the one before is passed over: the place of what was
        found last is near enough. ``at`` is where to begin.
        """
        for term in steps:
            found = self._find(term, at or 0)
            at = at if found is None else found
        return self._location(at)

    def below(self, steps: Sequence[Term]) -> Location:
        """As ``place``, behind where the first of the terms begins a line."""
        for form in self._forms(steps[0]):
            found = re.search(rf"^[ \t]*({form})", self._text, re.MULTILINE)
            if found:
                return self.place(steps[1:], found.start(1))
        return self.place(steps)

    def _find(self, term: Term, start: int) -> int | None:
        for form in self._forms(term):
            found = re.compile(form).search(self._text, start)
            if found:
                return found.start()
        return None

    def _forms(self, term: Term) -> list[str]:
        """The ways to write a term, as patterns, the surest first; none for a blank node."""
        if isinstance(term, BlankNode):
            return []
        if not isinstance(term, IRI):
            text = re.escape(term.lexical)
            return [f"[\"']+{text}[\"']+", rf"(?<![\w-]){text}(?![\w-])", text]
        forms = ["<" + re.escape(term.value) + ">"]
        for prefix, namespace in self._prefixes.items():
            if namespace and term.value.startswith(namespace):
                name = re.escape(f"{prefix}:{term.value[len(namespace) :]}")
                forms.append(rf"(?<![\w-]){name}(?![\w-])")
        fragment = term.value.rpartition("#")[2]
        return [*forms, "<" + re.escape(f"#{fragment}") + ">"]

    def _location(self, at: int | None) -> Location:
        if at is None:
            return Location(self._name)
        begin = self._text.rfind("\n", 0, at) + 1
        return Location(self._name, self._text.count("\n", 0, at) + 1, at - begin + 1)
