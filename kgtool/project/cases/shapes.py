"""What shapes find in the triples of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from kgtool.engine.store import Store
from kgtool.errors import CaseError, NotFoundError, did_you_mean
from kgtool.project.cases.model import AskedShape
from kgtool.project.checking import check_store, read_shapes
from kgtool.project.folder import ONTOLOGY, SHAPES_FILE
from kgtool.project.sources import SourceFile
from kgtool.rdf.names import Names
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl import Finding
from kgtool.shacl.checks import plan_of
from kgtool.shacl.shapes import Shape, Shapes
from kgtool.shacl.text import Shortener


class ShapeChecks:
    """The shapes of a project, parsed once; ``file`` is None where it has none."""

    def __init__(self, file: SourceFile | None, prefixes: Mapping[str, str]) -> None:
        self._file = file
        self._names = Names(prefixes)
        self._shortened = Shortener(prefixes)

    def findings(self, asked: AskedShape, store: Store) -> list[tuple[Term | None, ...]]:
        """The findings of a shape, and of those within it, with the columns of ``FINDING``.

        Raises CaseError where there is no such shape, NotFoundError where there are none at all,
        ShapeError for those that are ill-formed.
        """
        if self._file is None:
            raise NotFoundError("there are no shapes", expected=f"{ONTOLOGY}/{SHAPES_FILE}")
        chosen, names = self._chosen(asked)
        with check_store(store, chosen, self._file) as report:
            found = report.findings
            return [self._row(f) for f in found if names is None or {f.shape, f.source} & names]

    def _chosen(self, asked: AskedShape) -> tuple[Shapes, set[Term] | None]:
        """The shapes that are to be checked, and the names of those that count, None for all."""
        name = asked.name
        if name is None:
            return self._shapes, None
        own = tuple(root for root in self._shapes.roots if root.node == name)
        if own:
            return replace(self._shapes, roots=own), {name, *_names_under(own)}
        above = tuple(r for r in self._shapes.roots if name in _names_under([r]))
        if not above:
            known = map(self._short, _names_under(self._shapes.roots))
            raise CaseError(
                f"{self._short(name)} is no shape that checks anything",
                location=asked.place,
                expected="a shape with a target, or within one that has",
                hint=did_you_mean(self._short(name), known),
            )
        return replace(self._shapes, roots=above), {name}

    @cached_property
    def _shapes(self) -> Shapes:
        assert self._file is not None
        return read_shapes(self._file)

    def _row(self, finding: Finding) -> tuple[Term | None, ...]:
        path = finding.path_text
        return (
            finding.focus,
            finding.path
            if isinstance(finding.path, IRI)
            else None
            if path is None
            else Literal(self._shortened(path)),
            finding.value,
            IRI(finding.component),
            IRI(finding.severity),
            Literal(finding.message),
            finding.shape,
        )

    def _short(self, name: Term) -> str:
        return (isinstance(name, IRI) and self._names.short(name.value)) or str(name)


def _names_under(roots: Iterable[Shape]) -> set[Term]:
    """The names that findings of shapes with targets may have."""
    return {node for c in plan_of(roots).checks for node in (c.shape.node, c.shape.owner)}
