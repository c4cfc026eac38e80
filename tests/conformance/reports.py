"""Cases of SHACL: the report graph of a validation, and the one that is expected.

Reports are compared as the suite's README asks: by their results, each with the properties
that section 3.6 of SHACL names; messages only where the expected report has some.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode

from kgtool.engine.store import Store
from kgtool.errors import ShapeError
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.placing import places_in
from kgtool.rdf.reading import Parser
from kgtool.shacl import validate
from kgtool.shacl.parsing import parse_shapes
from tests.conformance.manifests import Case
from tests.conformance.stores import rows_difference, stores
from tests.plan.answers import Row

_SH = "http://www.w3.org/ns/shacl#"
_MESSAGE = f"{_SH}resultMessage"
#: What a report is made of; paths go on below.
_REPORT = {f"{_SH}{name}" for name in ("conforms", "result")} | {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
}
_RESULT = {
    f"{_SH}{name}"
    for name in (
        "focusNode", "resultPath", "resultSeverity", "sourceConstraint",
        "sourceConstraintComponent", "sourceShape", "value", "resultMessage",
    )
}  # fmt: skip


def report_failure(case: Case, seen: Callable[[Store], Any] = lambda store: store) -> str | None:
    """What is wrong with the report on a case; None where nothing is.

    ``seen`` gives the store as another engine has it.
    """
    parser = Parser(case.file, base=case.base)
    triples = [tuple(map(from_oxigraph, (q.subject, q.predicate, q.object))) for q in parser]
    try:
        places = partial(places_in, case.file, str(case.file), triples, parser.prefixes, case.base)
        shapes = parse_shapes(triples, places)
    except ShapeError as error:
        if case.result is not None:
            return str(error)
        return None if error.location and error.location.line else f"without its place: {error}"
    if shapes.uncompiled:
        return f"not compiled: {shapes.uncompiled}"
    with validate(seen(stores.get(case.data)), shapes) as report:
        text = report.to_turtle()
    if case.result is None:
        return f"validated, though the shapes are wrong:\n{text}"
    got = list(pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.TURTLE))
    wanted = _report_rows(list(pyoxigraph.parse(path=str(case.result), base_iri=case.base)))
    messages = any(row[1].value == _MESSAGE for row in wanted)
    return rows_difference(_report_rows(got, messages), wanted)


def _report_rows(quads: list[Any], messages: bool = True) -> list[Row]:
    """The triples of a report: of it, its results, and the paths that those have."""
    (root,) = (q.subject for q in quads if q.predicate == NamedNode(f"{_SH}conforms"))
    rows: list[Row] = []
    for quad in (q for q in quads if q.subject == root and q.predicate.value in _REPORT):
        rows.append(_row(quad))
        if quad.predicate.value != f"{_SH}result":
            continue
        for each in (q for q in quads if q.subject == quad.object):
            if each.predicate.value not in _RESULT or (
                each.predicate.value == _MESSAGE and not messages
            ):
                continue
            rows.append(_row(each))
            if each.predicate.value == f"{_SH}resultPath":
                rows += _below(quads, each.object)
    return rows


def _below(quads: list[Any], node: Any) -> list[Row]:
    found: list[Row] = []
    for quad in (q for q in quads if q.subject == node and isinstance(node, pyoxigraph.BlankNode)):
        found += [_row(quad), *_below(quads, quad.object)]
    return found


def _row(quad: Any) -> Row:
    return (*map(from_oxigraph, (quad.subject, quad.predicate, quad.object)), None)
