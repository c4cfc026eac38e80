"""Rules about how names are written: prefixes, and IRIs that differ by case."""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.errors import Location, RdfSyntaxError
from kgtool.project.lint.rule import Finding
from kgtool.project.lint.view import View
from kgtool.project.sources import SourceFile
from kgtool.rdf.document.prefixes import Prefixes, prefixes_in


def unused_prefixes(view: View) -> Iterator[Finding]:
    """Prefixes that a Turtle file, a query or a rule declares and does not use."""
    for file in view.files.rdf:
        if file.path.suffix.lower() == ".ttl":
            found = _prefixes(file)
            yield from _unused(found.declared, found.used, "`kgtool fmt` takes it out.")
    for text in view.texts:
        yield from _unused(text.names.declared, text.names.used, None)


def _unused(declared: dict[str, Location], used: set[str], hint: str | None) -> Iterator[Finding]:
    for prefix, place in declared.items():
        if prefix not in used:
            yield Finding(f"the prefix {prefix}: is not used", (place,), hint)


def _prefixes(file: SourceFile) -> Prefixes:
    try:
        return prefixes_in(file.path.read_text(encoding="utf-8-sig"), file.name)
    except (RdfSyntaxError, OSError, UnicodeDecodeError):  # changed since it was read
        return Prefixes()


def iri_case(view: View) -> Iterator[Finding]:
    """Each IRI that differs from one better known only by case."""
    for iri, known in view.twins.items():
        in_texts = (place for text in view.texts for place in text.names.iris.get(iri, ()))
        in_shapes = view.place_in_shapes(iri)
        yield Finding(
            f"{view.show(iri)} differs from {view.show(known)} only by case",
            (*view.places_of(iri), *in_texts, *([in_shapes] if in_shapes else [])),
            f"Did you mean {view.show(known)}?",
            iri,
        )
