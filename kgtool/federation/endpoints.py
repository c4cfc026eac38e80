"""Endpoints: where they are, what they are called, and how gently they are to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kgtool.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL endpoint.

    At most ``connections`` requests run at a time and ``rate`` begin in a second (0 is any
    number); one may take ``timeout`` seconds. ``bindings`` are sent in the first request of a
    bound join. Answers are kept for ``cache`` seconds. ``private`` says that it may be at a
    loopback, private or link-local address.
    """

    url: str
    name: str = ""
    connections: int = 4
    rate: float = 0
    timeout: float = 60
    bindings: int = 30
    most_bindings: int = 1_000
    cache: float = 0
    private: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name or self.url


#: Public endpoints, with what their operators ask for.
PRESETS = (
    Endpoint(
        "https://query.wikidata.org/sparql", "wikidata", connections=2, rate=5, most_bindings=200,
        cache=3_600,
    ),
    Endpoint(
        "https://dbpedia.org/sparql", "dbpedia", connections=4, rate=20, most_bindings=200,
        cache=3_600,
    ),
    Endpoint("http://ldf.fi/warsa/sparql", "warsampo", connections=2, rate=5, cache=3_600),
    Endpoint("https://vocab.getty.edu/sparql", "getty", connections=2, rate=5, cache=3_600),
    Endpoint("https://sparql.uniprot.org/sparql", "uniprot", connections=2, rate=5, cache=3_600),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints that are known by name, and whether others may be asked too."""

    known: Mapping[str, Endpoint] = field(
        default_factory=lambda: {endpoint.name: endpoint for endpoint in PRESETS}
    )
    only_known: bool = False

    def of(self, iri: str) -> Endpoint:
        """The endpoint that a query names by its IRI, or by its short name as ``<wikidata>``.

        Raises UsageError for one that is not known, or may not be asked.
        """
        for endpoint in self.known.values():
            if iri in (endpoint.name, endpoint.url):
                return endpoint
        scheme = urlsplit(iri).scheme
        if scheme not in ("http", "https"):
            raise UsageError(
                f"there is no endpoint {iri!r}",
                expected="an http or https IRI, or the name of an endpoint: "
                + ", ".join(self.known),
                hint=did_you_mean(iri, self.known),
            )
        if self.only_known:
            raise UsageError(
                f"the endpoint {iri} is not one that may be asked here",
                expected="one of: " + ", ".join(self.known),
                hint="[tool.kgtool.endpoints] of the project and --allow-service name others.",
            )
        return Endpoint(iri)

    def with_more(self, more: Iterable[Endpoint]) -> Endpoints:
        """These and others; one with a name that is known already takes its place."""
        return Endpoints({**self.known, **{e.name: e for e in more}}, self.only_known)
