"""IRIs as prefixed names (Turtle 1.1, section 2.4), where no escape is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kgtool.errors import nearest
from kgtool.rdf.grammar import LOCAL, PREFIX


class Names:
    """Shortens IRIs, and remembers which prefixes it used.

    The longest namespace wins; of two prefixes for one namespace the first in order.
    Prefixes that Turtle does not allow are left out.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        by_namespace: dict[str, str] = {}
        for prefix, namespace in valid_prefixes(prefixes).items():
            by_namespace.setdefault(namespace, prefix)
        self._prefixes = by_namespace
        self._lengths = sorted({len(namespace) for namespace in by_namespace}, reverse=True)
        self._known: dict[str, str | None] = {}
        self.used: dict[str, str] = {}

    def short(self, iri: str) -> str | None:
        """``prefix:local``, or None when no prefix fits."""
        try:
            return self._known[iri]
        except KeyError:
            found = self._known[iri] = self._find(iri)
            return found

    def _find(self, iri: str) -> str | None:
        for length in self._lengths:
            prefix = self._prefixes.get(iri[:length])
            if prefix is not None and _is_local(iri, length):
                self.used[prefix] = iri[:length]
                return f"{prefix}:{iri[length:]}"
        return None


def valid_prefixes(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Those that a serialiser takes: a name Turtle allows, for a namespace."""
    return {p: n for p, n in sorted(prefixes.items()) if n and (not p or PREFIX.matches(p))}


def _is_local(iri: str, start: int) -> bool:
    return len(iri) == start or (len(iri) > start and LOCAL.matches(iri, start))


def expand(text: str, prefixes: Mapping[str, str]) -> str:
    """The IRI that a text means: a name with one of these prefixes, or else itself."""
    prefix, colon, local = text.partition(":")
    if colon and not local.startswith("//") and prefix in prefixes:
        return prefixes[prefix] + local
    return text


def nearest_iri(iri: str, known: Iterable[str]) -> str | None:
    """The IRI that ``iri`` was probably meant to be: of a like name, if possible in its namespace.

    None where no name is close.
    """
    namespace, name = split_iri(iri)
    by_namespace: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for each in known:
        own, local = split_iri(each)
        by_namespace[own == namespace].setdefault(local, each)
    for names in by_namespace.values():
        found = nearest(name, names)
        if found is not None:
            return names[found]
    return None


def namespace_of(iri: str) -> str:
    """An IRI up to its local name."""
    return split_iri(iri)[0]


def split_iri(iri: str) -> tuple[str, str]:
    """An IRI as its namespace and its local name."""
    cut = max(iri.rfind(sign) for sign in "#/:") + 1
    return iri[:cut], iri[cut:]
