"""Checking: whether the data keep the rules that SHACL shapes state.

https://www.w3.org/TR/shacl/, Core and SPARQL, compiled: every constraint is one statement
over all its focus nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgtool.shacl.findings import Finding
from kgtool.shacl.report import Section, ValidationReport

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.shacl.report import Graphs
    from kgtool.shacl.shapes import Shapes

__all__ = ["Finding", "Section", "ValidationReport", "validate"]


def validate(
    store: Store,
    shapes: Shapes,
    *,
    graphs: Graphs = "asserted",
    max_results: int | None = None,
) -> ValidationReport:
    """Checks a store against shapes, which ``parsing.parse_shapes`` gives.

    ``graphs`` says what is looked at: ``asserted``, which is all but the graphs of kind
    *inferred*, or ``all``; a shape with sh:entailment looks at all. The report reads its
    findings from the engine, at most ``max_results``, and is to be closed before the store is.

    Raises UnsupportedError for what does not compile (``Shapes.uncompiled``, and constructs
    of SPARQL that have no meaning for many focus nodes at once), LimitError when memory is
    short.
    """
    from kgtool.shacl.compiled import compiled_report

    return compiled_report(store, shapes, graphs, max_results)
