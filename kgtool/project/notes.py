"""What a project's files say about single triples: what they cite, and how it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kgtool.errors import UsageError
from kgtool.project.checking import Sources
from kgtool.project.sources import Triple
from kgtool.rdf.namespaces import RDF, RDFS
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import BGP, AskQuery

_DCTERMS = "http://purl.org/dc/terms/"
_PROV = "http://www.w3.org/ns/prov#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
#: What it is to cite. An ontology's own properties count that it aligns with one of these.
CITING = (
    _PROV + "wasQuotedFrom", _PROV + "wasDerivedFrom", _PROV + "hadPrimarySource",
    _DCTERMS + "source", _DCTERMS + "bibliographicCitation", "https://schema.org/citation",
)  # fmt: skip
ALIGNING = {_SKOS + name for name in ("exactMatch", "closeMatch", "relatedMatch", "broadMatch")} | {
    RDFS.base + "subPropertyOf",
    "http://www.w3.org/2002/07/owl#equivalentProperty",
}
_STATEMENT = (RDF.base + "subject", RDF.base + "predicate", RDF.base + "object")


class Notes:
    """What the files say about asserted triples: labels, and what cites what."""

    def __init__(self, sources: Sources) -> None:
        self.labels: dict[Term, str] = {}
        self._cited: defaultdict[Term, list[Term]] = defaultdict(list)
        self._statements: defaultdict[Term, dict[str, Term]] = defaultdict(dict)
        triples: dict[Triple, None] = {}
        for file in sources.asserted:
            triples |= dict.fromkeys(file.triples)
        citing = _citing_properties(triples)
        for s, p, o in triples:
            name = p.value if isinstance(p, IRI) else ""
            if name in citing:
                self._cited[s].append(o)
            elif name in _STATEMENT:
                self._statements[s][name] = o
            elif name == RDFS.label and isinstance(o, Literal):
                self.labels.setdefault(s, o.lexical)
        self._about = {
            tuple(of.get(name) for name in _STATEMENT): s for s, of in self._statements.items()
        }

    def cited(self, triple: Triple) -> tuple[Term, ...]:
        """What a statement about the triple cites, else what its subject does."""
        statement = self._about.get(triple)
        own = self._cited.get(statement, []) if statement is not None else []
        return tuple(own or self._cited.get(triple[0], []))


def _citing_properties(triples: Iterable[Triple]) -> set[str]:
    found = set(CITING)
    for s, p, o in triples:
        aligned = isinstance(p, IRI) and p.value in ALIGNING and isinstance(s, IRI)
        if aligned and isinstance(o, IRI) and o.value in CITING:
            found.add(s.value)  # type: ignore[union-attr]
    return found


def nearest_terms(triple: Triple, sources: Sources) -> str | None:
    """Which terms of a triple the files do not have, and what they have that is like them."""
    from kgtool.rdf.names import Names, nearest_iri

    known = {
        t.value for f in sources.asserted for each in f.triples for t in each if isinstance(t, IRI)
    }
    names = Names(sources.prefixes)
    hints = []
    for term in triple:
        if isinstance(term, IRI) and term.value not in known:
            near = nearest_iri(term.value, known)
            meant = f"; did you mean {names.short(near) or near}?" if near else "."
            hints.append(f"The files do not have {names.short(term.value) or term}{meant}")
    return "\n".join(hints) or None


def parse_triple(text: str, prefixes: Mapping[str, str]) -> Triple:
    """Three terms as SPARQL writes them. Raises QuerySyntaxError, UsageError."""
    query = parse_query(f"ASK {{ {text} }}", prefixes=dict(prefixes))
    pattern = query.pattern if isinstance(query, AskQuery) else None
    triples = pattern.triples if isinstance(pattern, BGP) else ()
    terms = [t for p in triples for t in (p.subject, p.predicate, p.object)]
    known: list[Term] = [t for t in terms if isinstance(t, IRI | Literal)]
    if len(terms) != 3 or len(known) != 3:
        raise UsageError(
            f"{text!r} is not one triple of known terms",
            expected="three terms, such as 'id:rome a ww2:Place'",
        )
    return (known[0], known[1], known[2])
