"""Graphs of a few triples, exported."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kgtool.project.export.writing import Request, write_export
from kgtool.project.graph import Graph
from kgtool.project.stored import loose_query

PREFIXES = """
@prefix : <https://example.org/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sem: <http://semanticweb.cs.vu.nl/2009/11/sem/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
BASE = "https://example.org/"


class Exported(NamedTuple):
    text: str
    notes: Sequence[str]


Export = Callable[..., Exported]


def exported(graph: Graph, format: str, query: str | None = None, **more: Any) -> Exported:
    """What an export writes, and what it says."""
    out = io.BytesIO()
    chosen = loose_query(query, "query") if query is not None else None
    notes = write_export(graph, out, Request(format, query=chosen, **more))
    return Exported(out.getvalue().decode(), notes)
