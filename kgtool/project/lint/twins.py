"""IRIs that differ only by case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kgtool.project.lint.sparql import PROPERTIES, values
from kgtool.rdf.terms import IRI

#: Groups of IRIs, of the graph and of VALUES, that are one in lower case.
_GROUPS = """
SELECT (GROUP_CONCAT(DISTINCT STR(?iri); SEPARATOR=" ") AS ?group) {{
  {{ ?iri ?p ?o }} UNION {{ ?s ?iri ?o }} UNION {{ ?s ?p ?iri }}
  UNION {{ VALUES ?iri {{ {named} }} }}
  FILTER isIRI(?iri)
}}
GROUP BY (LCASE(STR(?iri)) AS ?lower) HAVING (COUNT(DISTINCT ?iri) > 1)
"""
#: What the graph has an IRI for.
_ROLES = """
SELECT DISTINCT ?iri ?role {{
  VALUES ?iri {{ {iris} }}
  {{ ?iri ?p ?o BIND ("subject" AS ?role) }}
  UNION {{ ?s ?p ?iri BIND ("object" AS ?role) }}
  UNION {{ ?s ?iri ?o BIND ("property" AS ?role) }}
  UNION {{
    VALUES ?kind {{ {properties} }} ?iri a ?kind BIND ("property" AS ?role)
  }}
}}
"""


def find_twins(
    ask: Callable[[str], list[tuple[Any, ...]]], named: Iterable[IRI], properties: Iterable[IRI]
) -> dict[IRI, IRI]:
    """IRIs of a graph, and those ``named`` elsewhere, with the one that each is probably meant
    to be: another that the graph describes, or at least has.

    A class may differ by case from a property, as ``ex:Figure`` and ``ex:figure`` do;
    ``properties`` are names that stand for one elsewhere.
    """
    groups = [
        [IRI(iri) for iri in group.lexical.split()]
        for (group,) in ask(_GROUPS.format(named=values(named)))
    ]
    if not groups:
        return {}
    roles: dict[IRI, set[str]] = {iri: set() for group in groups for iri in group}
    for iri, role in ask(_ROLES.format(iris=values(roles), properties=PROPERTIES)):
        roles[iri].add(role.lexical)
    is_property = {iri for iri, own in roles.items() if "property" in own}.union(properties)
    found: dict[IRI, IRI] = {}
    for group in groups:
        known, *others = sorted(
            group, key=lambda iri: ("subject" not in roles[iri], not roles[iri], iri.value)
        )
        alike = known in is_property
        found |= {iri: known for iri in others if (iri in is_property) is alike}
    return found
