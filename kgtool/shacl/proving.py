"""What the statistics of a store prove: constraints that no triple of it can break."""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.engine import ids
from kgtool.engine.statistics import PredicateStatistics
from kgtool.plan.value import BNODES, IRIS, LITERALS, STRINGS, TAGGED, mask
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI
from kgtool.shacl import shapes as s
from kgtool.sparql.algebra import Path

#: Terms with these tags are of the datatype, and no others are sure to be.
_DATATYPES = {
    XSD.string: STRINGS,
    RDF.langString: TAGGED,
    XSD.integer: mask(ids.INTEGER_INLINE),
    XSD.decimal: mask(ids.DECIMAL_INLINE),
    XSD.boolean: mask(ids.BOOLEAN_INLINE),
    XSD.date: mask(ids.DATE_INLINE),
    XSD.dateTime: mask(ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE),
}
_KINDS = {"IRI": IRIS, "BlankNode": BNODES, "Literal": LITERALS}


def is_kept(
    constraint: s.Constraint,
    path: Path | None,
    predicates: Mapping[IRI, PredicateStatistics | None],
) -> bool:
    """Whether no triple can break a constraint on the values of a property.

    ``predicates`` has the statistics of the properties that paths name, None for one that no
    triple has. They are of all triples, of which those that are looked at may be a part.
    Numbers of subjects prove nothing: in large stores they are estimates.
    """
    if not isinstance(path, IRI):
        return False
    known = predicates.get(path)
    if known is None:
        # No value nodes: what each value has to be, and what there are too many of, is kept.
        return not isinstance(
            constraint,
            s.MinCount | s.HasValue | s.Equals | s.QualifiedMin | s.Select | s.Closed,
        )
    match constraint:
        case s.Datatype(datatype):
            return not known.object_tags & ~_DATATYPES.get(datatype.value, 0)
        case s.NodeKind(kind):
            allowed = sum(tags for name, tags in _KINDS.items() if name in kind.split("Or"))
            return not known.object_tags & ~allowed
        case s.UniqueLang():
            return not known.object_tags & TAGGED
    return False
