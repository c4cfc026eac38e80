"""Terms to and from the objects of rdflib and pyoxigraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from kgtool.errors import DataError
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.syntax import bnode_text
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

    OxigraphTerm: TypeAlias = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal
    RdflibTerm: TypeAlias = rdflib.URIRef | rdflib.BNode | rdflib.Literal


def to_rdflib(term: Term) -> RdflibTerm:
    """The same term for rdflib; lexical forms are kept as they are.

    But for xsd:token and xsd:normalizedString: rdflib always collapses their white space.
    """
    import rdflib

    if isinstance(term, IRI):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.label)
    if term.language:
        return rdflib.Literal(term.lexical, lang=term.language)
    if term.datatype == XSD.string:
        return rdflib.Literal(term.lexical)
    # normalize=False: rdflib would make "1" of "01"^^xsd:integer.
    datatype = rdflib.URIRef(term.datatype)
    return rdflib.Literal(term.lexical, datatype=datatype, normalize=False)


def from_rdflib(term: object) -> Term:
    """The Term of an rdflib URIRef, BNode or Literal; DataError for anything else."""
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return IRI(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise _no_term(term)
    if term.language:
        return Literal.tagged(str(term), term.language)
    return Literal(str(term), str(term.datatype or XSD.string))


def to_oxigraph(term: Term) -> OxigraphTerm:
    """The same term for pyoxigraph; DataError where it refuses the IRI or language tag."""
    import pyoxigraph

    try:
        if isinstance(term, IRI):
            return pyoxigraph.NamedNode(term.value)
        if isinstance(term, BlankNode):
            return pyoxigraph.BlankNode(bnode_text(term.label)[2:])
        if term.language:
            return pyoxigraph.Literal(term.lexical, language=term.language)
        return pyoxigraph.Literal(term.lexical, datatype=pyoxigraph.NamedNode(term.datatype))
    except ValueError as error:
        raise DataError(f"{term} is not a valid term: {error}") from error


def from_oxigraph(term: object) -> Term:
    """The Term of a pyoxigraph NamedNode, BlankNode or Literal; else DataError."""
    import pyoxigraph

    if isinstance(term, pyoxigraph.NamedNode):
        return IRI(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BlankNode(term.value)
    if not isinstance(term, pyoxigraph.Literal) or term.direction is not None:
        raise _no_term(term)
    if term.datatype.value == RDF.langString and term.language:
        return Literal.tagged(term.value, term.language)
    return Literal(term.value, term.datatype.value)


def _no_term(term: object) -> DataError:
    return DataError(f"{term!r} is not an RDF 1.1 term")
