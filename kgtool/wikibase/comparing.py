"""How our statements stand with a Wikibase: it says the same, less, nothing, or the contrary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.model import (
    CoordinatesValue,
    Entity,
    NoValue,
    QuantityValue,
    Rank,
    Snak,
    Statement,
    Value,
)

#: Values of which something has one, in the same circumstances.
_SINGLE = (TimeValue, QuantityValue, CoordinatesValue)


class Standing(Enum):
    """How a statement of ours stands with the Wikibase."""

    #: It says so, with our qualifiers and a source of ours, if we have any.
    HAS = "has"
    #: It says so, without some qualifier or source of ours.
    INCOMPLETE = "incomplete"
    #: It says so less exactly: a year, of a day.
    VAGUER = "vaguer"
    LACKS = "lacks"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statement of ours. ``theirs`` is the one it was held against; ``lacking`` of that."""

    ours: Statement
    standing: Standing
    theirs: Statement | None = None
    qualifiers: tuple[Snak, ...] = ()
    references: tuple[tuple[Snak, ...], ...] = ()

    @property
    def is_edit(self) -> bool:
        """Whether the Wikibase is to be told something."""
        return self.standing in (Standing.LACKS, Standing.INCOMPLETE)


def compare(ours: Entity, theirs: Entity | None) -> Iterator[Comparison]:
    """Each statement of ours; ``theirs`` is None for what the Wikibase does not have."""
    found = theirs.statements if theirs is not None else ()
    by_property: dict[str, list[Statement]] = {}
    for statement in found:
        by_property.setdefault(statement.main.property, []).append(statement)
    for statement in ours.statements:
        yield _compared(statement, by_property.get(statement.main.property, ()))


def _compared(ours: Statement, theirs: Sequence[Statement]) -> Comparison:
    same = [each for each in theirs if is_same(ours.main.value, each.main.value)]
    matching = [each for each in same if _agree(ours, each)]
    valid = [each for each in matching if each.rank is not Rank.DEPRECATED]
    if valid:
        return min((_against(ours, each) for each in valid), key=_lacking)
    if matching:
        return Comparison(ours, Standing.CONTRADICTS, matching[0])
    if same:  # the same in other circumstances: an office that was held twice
        return Comparison(ours, Standing.LACKS)
    for each in theirs:
        if each.rank is not Rank.DEPRECATED and _are_alike(ours, each):
            standing = _of_other_value(ours.main.value, each.main.value)
            if standing is not None:
                return Comparison(ours, standing, each)
    return Comparison(ours, Standing.LACKS)


def _against(ours: Statement, theirs: Statement) -> Comparison:
    """A statement of ours and one that says the same."""
    qualifiers = tuple(_missing(ours.qualifiers, theirs.qualifiers))
    references = tuple(
        each
        for each in ours.references
        if not any(not list(_missing(each, known)) for known in theirs.references)
    )
    standing = Standing.INCOMPLETE if qualifiers or references else Standing.HAS
    return Comparison(ours, standing, theirs, qualifiers, references)


def _lacking(comparison: Comparison) -> tuple[int, int]:
    return len(comparison.qualifiers), len(comparison.references)


def _missing(ours: Iterable[Snak], theirs: Sequence[Snak]) -> Iterator[Snak]:
    for snak in ours:
        if not any(
            snak.property == each.property and is_same(snak.value, each.value) for each in theirs
        ):
            yield snak


def _agree(ours: Statement, theirs: Statement) -> bool:
    """Whether both may be the same statement: they have no qualifier with different values."""
    shared = {snak.property for snak in ours.qualifiers} & {s.property for s in theirs.qualifiers}
    return not any(snak.property in shared for snak in _missing(ours.qualifiers, theirs.qualifiers))


def _are_alike(ours: Statement, theirs: Statement) -> bool:
    """Whether both are about the same circumstances, as far as qualifiers tell."""
    return not any(
        (
            *_missing(ours.qualifiers, theirs.qualifiers),
            *_missing(theirs.qualifiers, ours.qualifiers),
        )
    )


def _of_other_value(ours: Value, theirs: Value) -> Standing | None:
    """How a value of ours stands with another one; None where both may be."""
    if theirs is NoValue.NONE:
        return Standing.CONTRADICTS
    if type(ours) is not type(theirs) or not isinstance(ours, _SINGLE):
        return None
    if isinstance(ours, TimeValue) and isinstance(theirs, TimeValue) and _contains(theirs, ours):
        return Standing.VAGUER
    return Standing.CONTRADICTS


def is_same(ours: Value, theirs: Value) -> bool:
    """Whether their value says at least what ours does."""
    match ours, theirs:
        case TimeValue(), TimeValue():
            return _contains(ours, theirs)
        case QuantityValue(), QuantityValue():
            return Decimal(ours.amount) == Decimal(theirs.amount) and ours.unit == theirs.unit
        case CoordinatesValue(), CoordinatesValue():
            return _is_near(ours, theirs)
    return ours == theirs


def _contains(vague: TimeValue, exact: TimeValue) -> bool:
    """Whether a time lies within another, or is it."""
    if vague == exact:
        return True
    if vague.precision > exact.precision or vague.calendar != exact.calendar:
        return False
    return _first(vague) <= _first(exact) and _last(exact) <= _last(vague)


def _first(time: TimeValue) -> tuple[int, int, int]:
    return _first_year(time), time.month or 1, time.day or 1


def _last(time: TimeValue) -> tuple[int, int, int]:
    year = _first_year(time) + _years(time) - 1
    return year, time.month or 12, time.day or 31


def _first_year(time: TimeValue) -> int:
    """A decade is the one that its year is in; a century and above end with theirs."""
    years = _years(time)
    if years <= 10:
        return time.year // years * years
    return (time.year - 1) // years * years + 1


def _years(time: TimeValue) -> int:
    """How many years a time of its precision may be of."""
    return int(10 ** max(0, 9 - time.precision))


def _is_near(ours: CoordinatesValue, theirs: CoordinatesValue) -> bool:
    """Whether two points are the same as far as the vaguer of them is known."""
    within = max(Decimal(each.precision or "0.0001") for each in (ours, theirs))
    return ours.globe == theirs.globe and all(
        abs(Decimal(a) - Decimal(b)) <= within
        for a, b in ((ours.latitude, theirs.latitude), (ours.longitude, theirs.longitude))
    )
