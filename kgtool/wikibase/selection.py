"""Which things are meant: the members of a class, or the first column of a query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgtool.errors import UsageError
from kgtool.project.naming import known_iri
from kgtool.rdf.terms import IRI
from kgtool.results import SelectResult
from kgtool.wikibase.facts import of_class

if TYPE_CHECKING:
    from kgtool.project.graph import Graph
    from kgtool.project.stored import StoredQuery

_ABSOLUTE = re.compile(r"<([^<>\s]+)>|([A-Za-z][A-Za-z0-9+.-]*://\S+)")
_PREFIXED = re.compile(r"([^\s:{}]*):([^\s{}]*)")


def chosen(graph: Graph, text: str) -> str:
    """The graph pattern of ?s that a class or a query means: SPARQL, or a stored one's name."""
    pattern = None if "{" in text else pattern_of_class(graph, text)
    return pattern_of_query(graph, text) if pattern is None else pattern


def pattern_of_class(graph: Graph, name: str) -> str | None:
    """The graph pattern of ?s that are of a class, given by an IRI or a prefixed name.

    None where the text is no such name. Raises UsageError for a prefix that nobody declares, and
    for a class that the graph does not know.
    """
    if absolute := _ABSOLUTE.fullmatch(name):
        return of_class("?s", [known_iri(graph, absolute[1] or absolute[2])], "only")
    prefixed = _PREFIXED.fullmatch(name)
    if prefixed is None:
        return None
    prefix, local = prefixed.groups()
    if prefix not in graph.prefixes:
        known = ", ".join(f"{each}:" for each in sorted(graph.prefixes))
        raise UsageError(f"the prefix {prefix}: is not declared", expected=f"one of {known}")
    return pattern_of_class(graph, f"<{graph.prefixes[prefix]}{local}>")


def pattern_of_query(graph: Graph, query: StoredQuery | str) -> str:
    """The graph pattern of ?s that a query gives in its first column."""
    result = graph.query(query)
    if not isinstance(result, SelectResult):
        raise UsageError("the query gives no rows", expected="a SELECT query")
    found = dict.fromkeys(row[0] for row in result)
    return f"VALUES ?s {{ {' '.join(str(term) for term in found if isinstance(term, IRI))} }}"
