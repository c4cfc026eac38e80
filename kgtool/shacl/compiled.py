"""The report of a compiled validation: its checks' findings, by severity and shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from kgtool.errors import UnsupportedError
from kgtool.shacl.checks import Check
from kgtool.shacl.findings import Finding
from kgtool.shacl.report import Section, ValidationReport
from kgtool.shacl.session import Graphs
from kgtool.shacl.shapes import Shapes
from kgtool.shacl.validation import Validation

if TYPE_CHECKING:
    from kgtool.engine.store import Store


def compiled_report(
    store: Store, shapes: Shapes, graphs: Graphs, max_results: int | None
) -> ValidationReport:
    """See ``kgtool.shacl.validate``."""
    if shapes.uncompiled:
        raise UnsupportedError(f"shapes with {', '.join(shapes.uncompiled)} are not compiled")
    everything = [r for r in shapes.roots if r.inferred and graphs == "asserted"]
    rest = [r for r in shapes.roots if r not in everything]
    validations: list[Validation] = []

    def close() -> None:
        for validation in validations:
            validation.close()

    try:
        for roots, mode in ((rest, graphs), (everything, "all")):
            if roots:
                validations.append(Validation(store, roots, mode))  # type: ignore[arg-type]
    except BaseException:
        close()
        raise
    found = [(check, each) for each in validations for check in each.checks]
    found.sort(key=lambda pair: pair[0].order)
    return ValidationReport(
        [_section(list(group)) for _, group in groupby(found, key=lambda pair: _key(pair[0]))],
        graphs=graphs if not everything else "all" if not rest else "asserted",
        prefixes=store.prefixes,
        notes=_notes(len(everything), len(rest)),
        limit=max_results,
        close=close,
    )


def _key(check: Check) -> tuple[str, object]:
    return check.shape.severity, check.shape.owner


def _section(found: list[tuple[Check, Validation]]) -> Section:
    shape = found[0][0].shape
    title = next((check.shape.name for check, _ in found if check.shape.name), None)
    count = sum(validation.counts[check.number] for check, validation in found)
    return Section(shape.severity, shape.owner, title, count, _reader(found))


def _reader(found: list[tuple[Check, Validation]]) -> Callable[[], Iterator[Finding]]:
    def read() -> Iterator[Finding]:
        for check, validation in found:
            yield from validation.findings(check)

    return read


def _notes(inferred: int, others: int) -> list[str]:
    if not (inferred and others):
        return []
    plural = "shape asks" if inferred == 1 else "shapes ask"
    return [f"{inferred} {plural} for inferred triples too (sh:entailment)"]
