"""Constraint components as patterns of the algebra, in files by family."""

from __future__ import annotations

from kgtool.shacl.constraints.compile import conforms, violations
from kgtool.shacl.constraints.place import Names, Place, Tables

__all__ = ["Names", "Place", "Tables", "conforms", "violations"]
