"""Where the resources of a graph are on this server, and which resource a path names.

IRIs below a base are paths: with the base ``https://w3id.org/x/`` the IRI
``https://w3id.org/x/id/rome`` is dereferenced at ``/id/rome``, shown at ``/page/id/rome`` and told
at ``/data/id/rome``. Any other is a parameter: ``/page?iri=…``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from kgtool.rdf.names import namespace_of

PAGE, DATA, RESOURCE = "/page", "/data", "/resource"
LINKS, WHY, SEARCH, QUERY, STATIC = "/links", "/why", "/search", "/query", "/static"
#: The syntaxes of data, by the endings of their addresses.
ENDINGS = {"ttl": "turtle", "nt": "ntriples", "jsonld": "jsonld", "rdf": "rdfxml"}

_IN_PATH = "/:@!$&'()*+,;=~-._"
#: What a browser would make another path of.
_NO_PATH = re.compile(r"(?:^|/)(?:\.{0,2})(?:/|$)")
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
#: Vocabularies whose terms a graph may describe without their being its own.
_OTHERS = ("http://www.w3.org/", "urn:")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses for the IRIs of a graph; ``base`` is empty where none is below one."""

    base: str

    def page(self, iri: str) -> str:
        return self._of(PAGE, iri)

    def data(self, iri: str, ending: str = "") -> str:
        """Where the data are: in any syntax, or in the one of that ending."""
        path = self._path(iri)
        if path is not None and path.rpartition(".")[2] not in ENDINGS:
            return f"{DATA}/{path}" + (f".{ending}" if ending else "")
        return f"{DATA}?" + urlencode({"iri": iri, **({"format": ending} if ending else {})})

    def links(self, iri: str, predicate: str, page: int = 1) -> str:
        """Where all links to an IRI by one property are listed."""
        given = {"iri": iri, "property": predicate}
        return f"{LINKS}?" + urlencode({**given, "page": page} if page > 1 else given)

    def uses(self, predicate: str) -> str:
        """Where the uses of a property are listed, which a query does."""
        text = f"SELECT ?subject ?value {{ ?subject <{predicate}> ?value }}\nLIMIT 200"
        return f"{QUERY}?" + urlencode({"query": text})

    def meant_by(self, rest: str, query: str) -> list[str]:
        """The IRIs that a path, as it was sent, may stand for; the likeliest first.

        Browsers escape what is not ASCII, and graphs may have the same escapes in their IRIs.
        """
        tail = f"?{query}" if query else ""
        found = [unquote(rest, errors="replace"), rest]
        return [f"{self.base}{each}{tail}" for each in dict.fromkeys(found)] if self.base else []

    def _of(self, stem: str, iri: str) -> str:
        path = self._path(iri)
        return f"{stem}?" + urlencode({"iri": iri}) if path is None else f"{stem}/{path}"

    def _path(self, iri: str) -> str | None:
        """The path of an IRI below the base, escaped so that it is read as the same again."""
        if not self.base or not iri.startswith(self.base):
            return None
        rest = iri[len(self.base) :]
        return None if _NO_PATH.search(rest) else quote(rest, safe=_IN_PATH)


def outside(iri: str) -> str | None:
    """The address of an IRI on the web; None for one that no browser should be sent to."""
    return iri if _WEB.match(iri) else None


def in_header(iri: str) -> str:
    """An IRI as a header may have it."""
    return quote(iri, safe="/:?#[]@!$&'()*+,;=%~-._")


def common_base(subjects: Iterable[str]) -> str:
    """The folder above the namespace that most of the subjects are in; empty without one."""
    found = Counter(namespace_of(iri) for iri in subjects if not iri.startswith(_OTHERS))
    for namespace, _ in found.most_common():
        folder = re.fullmatch(r"(https?://[^/?#]+/(?:[^?#]*/)?)[^?#]*#?", namespace)
        if folder:
            above = re.fullmatch(r"(https?://[^/]+/(?:.*/)?)[^/]+/", folder[1])
            return above[1] if above and namespace.endswith("/") else folder[1]
    return ""
