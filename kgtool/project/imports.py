"""What the ontologies of a project import: each other, and no circle of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kgtool.errors import DataError, Location, did_you_mean
from kgtool.project.sources import SourceFile, Triple
from kgtool.rdf.namespaces import OWL, RDF
from kgtool.rdf.terms import IRI, Term

_IMPORTS = IRI(OWL.base + "imports")
_IS_ONTOLOGY = (IRI(RDF.type), IRI(OWL.base + "Ontology"))


def check_imports(files: Sequence[SourceFile]) -> None:
    """See that what the files import (owl:imports) is an ontology of theirs.

    Raises DataError, with the place, for an import that is missing, or that leads back to where
    it stands.
    """
    ontologies = {s: f for f in files for s, p, o in f.triples if (p, o) == _IS_ONTOLOGY}
    imports: dict[Term, list[tuple[SourceFile, Triple]]] = {}
    for file in files:
        for triple in file.triples:
            if triple[1] == _IMPORTS:
                imports.setdefault(triple[0], []).append((file, triple))
    for found in imports.values():
        for file, triple in found:
            imported = triple[2]
            if imported not in ontologies:
                raise DataError(
                    f"{imported} is imported, and no file of ontology/ is that ontology",
                    location=_place(file, triple),
                    expected=f"a file that says '{imported} a owl:Ontology'",
                    hint=did_you_mean(str(imported), map(str, ontologies)),
                )
            if triple[0] in _reached(imported, imports):
                raise DataError(
                    f"{triple[0]} imports itself by way of {imported}",
                    location=_place(file, triple),
                    expected="imports that do not go in a circle",
                )


def _reached(start: Term, imports: dict[Term, list[tuple[SourceFile, Triple]]]) -> set[Term]:
    """An ontology, and all that it imports."""
    reached = {start}
    queue = [start]
    for node in queue:
        for other in _next(node, imports):
            if other not in reached:
                reached.add(other)
                queue.append(other)
    return reached


def _next(node: Term, imports: dict[Term, list[tuple[SourceFile, Triple]]]) -> Iterator[Term]:
    for _, (_, _, imported) in imports.get(node, ()):
        yield imported


def _place(file: SourceFile, triple: Triple) -> Location:
    index = file.index()
    places = index.triple(triple) if index is not None else []
    return places[0] if places else Location(file.name)
