"""What an export comes to, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from kgtool.rdf.terms import IRI, Term
from kgtool.wikibase.exporting import Export, Loss


def summary_lines(export: Export) -> Iterator[str]:
    """How much there is, and what cannot be said, counted by property and reason."""
    new = sum(entity.id is None for entity in export.entities)
    statements = [s for entity in export.entities for s in entity.statements]
    qualifiers = sum(len(s.qualifiers) for s in statements)
    references = sum(len(s.references) for s in statements)
    yield (
        f"{len(export.entities):,} items ({new:,} of them new), {len(statements):,} statements, "
        f"{qualifiers:,} qualifiers, {references:,} references"
    )
    counted = Counter((loss.property, loss.reason) for loss in export.losses)
    if counted:
        yield f"cannot be said there, or not as exactly: {len(export.losses):,}"
    for (property_, reason), number in sorted(counted.items(), key=lambda c: (-c[1], c[0])):
        yield f"{number:>8,}  {property_ or 'item'}: {reason}"


def loss_line(loss: Loss, short: Callable[[Term], str]) -> str:
    """One loss."""
    value = "" if loss.value is None else f" {short(loss.value)}"
    return f"{short(loss.thing)} {loss.property}{value}: {loss.reason}"


def shortener(names: Callable[[str], str | None]) -> Callable[[Term], str]:
    """Terms as people read them; ``names`` shortens IRIs."""

    def short(term: Term) -> str:
        return (names(term.value) if isinstance(term, IRI) else None) or str(term)

    return short
