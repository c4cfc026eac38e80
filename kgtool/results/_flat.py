"""Flat rows: ``(type1, lexical1, type2, lexical2, …)``, None twice for unbound.

Types and lexical forms are those of ``kgtool.rdf.terms.term_type`` and ``lexical_form``.
"""

from __future__ import annotations

from typing import TypeAlias

FlatRow: TypeAlias = tuple[str | None, ...]
FlatTriple: TypeAlias = tuple[str, str, str, str, str, str]
