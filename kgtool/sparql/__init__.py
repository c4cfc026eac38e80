"""SPARQL 1.1: text to algebra."""

from __future__ import annotations

from kgtool.sparql.parser import parse_query, parse_update

__all__ = ["parse_query", "parse_update"]
