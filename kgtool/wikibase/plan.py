"""What is to be told a Wikibase, and what it would lose or contradict: a plan, kept as JSON."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from kgtool.errors import DataError, Location
from kgtool.wikibase.comparing import Comparison, Standing, compare
from kgtool.wikibase.exporting import Export
from kgtool.wikibase.json_format import entity_document
from kgtool.wikibase.json_reading import EntityReader
from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import Entity
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.quickstatements import value_text

_FORMAT = "kgtool wikibase plan 1"
#: Statements of one edit, so that none grows beyond what a Wikibase takes.
MOST_STATEMENTS = 50


class Row(NamedTuple):
    """How one statement stands: of which item of theirs (None for a new one) and thing of ours.

    ``there`` is the value that the Wikibase has instead, if any, or what it lacks of the statement.
    """

    standing: str
    entity: str | None
    thing: str
    property: str
    value: str
    there: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: statements for an item, or an item that is to be made. ``key`` names it."""

    key: str
    entity: Entity


@dataclass(slots=True)
class Plan:
    """``base`` is the concept base of the Wikibase."""

    base: str
    rows: list[Row] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    #: What cannot be said there: thing, property, value and reason.
    losses: list[tuple[str, str, str, str]] = field(default_factory=list)
    #: Items that things of ours are matched to and the Wikibase does not have.
    unknown: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Statements by their standing, and those of new items as "new"."""
        counted = Counter(row.standing for row in self.rows)
        return {name: counted[name] for name in (*(s.value for s in Standing), "new")}


def make_plan(export: Export, theirs: Mapping[str, Entity], base: str) -> Plan:
    """The plan for what a graph says, against the items of a Wikibase by their ids."""
    plan = Plan(base)
    concepts = Concepts(base)
    for loss in export.losses:
        value = "" if loss.value is None else str(loss.value)
        plan.losses.append((str(loss.thing), loss.property, value, loss.reason))
    for ours in export.entities:
        if ours.id is None:
            plan.rows += (_row(ours, c, "new") for c in compare(ours, None))
            plan.edits += _edits(ours, concepts)
        elif ours.id not in theirs:
            plan.unknown.append(ours.id)
        else:
            found = list(compare(ours, theirs[ours.id]))
            plan.rows += (_row(ours, each, each.standing.value) for each in found)
            told = tuple(each.ours for each in found if each.is_edit)
            if told:
                wanted = replace(ours, labels={}, descriptions={}, aliases={}, statements=told)
                plan.edits += _edits(wanted, concepts)
    return plan


def _row(ours: Entity, comparison: Comparison, standing: str) -> Row:
    main, theirs = comparison.ours.main, comparison.theirs
    there = ""
    if comparison.standing is Standing.INCOMPLETE:
        lacking = [f"{snak.property} {value_text(snak.value)}" for snak in comparison.qualifiers]
        lacking += ["a source"] * bool(comparison.references)
        there = "without " + ", ".join(lacking)
    elif theirs is not None and comparison.standing is not Standing.HAS:
        there = value_text(theirs.main.value)
        there += f" ({theirs.rank.value})" if theirs.rank.value != "normal" else ""
    return Row(standing, ours.id, ours.iri or "", main.property, value_text(main.value), there)


def _edits(entity: Entity, concepts: Concepts) -> Iterator[Edit]:
    """A new item as a whole; statements for one that is there, as many as one edit takes."""
    size = MOST_STATEMENTS if entity.id else len(entity.statements) + 1
    for start in range(0, len(entity.statements) + (entity.id is None), size):
        part = replace(entity, statements=entity.statements[start : start + size])
        said = json.dumps([part.iri, entity_document(part, concepts)], sort_keys=True)
        yield Edit(hashlib.sha256(said.encode()).hexdigest()[:16], part)


def plan_text(plan: Plan) -> str:
    """A plan as JSON, for ``read_plan``."""
    concepts = Concepts(plan.base)
    document = {
        "format": _FORMAT,
        "base": plan.base,
        "counts": plan.counts(),
        "statements": [row._asdict() for row in plan.rows],
        "lost": [
            dict(zip(("thing", "property", "value", "reason"), loss, strict=True))
            for loss in plan.losses
        ],
        "unknown": plan.unknown,
        "edits": [
            {"key": e.key, "thing": e.entity.iri, "entity": entity_document(e.entity, concepts)}
            for e in plan.edits
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_plan(path: Path) -> Plan:
    """The plan of a file. Raises DataError for a file that is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("format") != _FORMAT:
            raise DataError(f"{path} is no plan", expected="what `kgtool wikidata plan` has saved")
        plan = Plan(document["base"])
        plan.rows = [Row(**row) for row in document["statements"]]
        plan.losses = [
            (each["thing"], each["property"], each["value"], each["reason"])
            for each in document["lost"]
        ]
        plan.unknown = list(document["unknown"])
        plan.edits = [_edit(each, plan.base) for each in document["edits"]]
    except json.JSONDecodeError as error:
        place = Location(str(path), error.lineno, error.colno)
        raise DataError(f"the plan is cut short: {error.msg}", location=place) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no whole plan: {error!r}") from None
    return plan


def _edit(document: Any, base: str) -> Edit:
    reader = EntityReader(Concepts(base), None, ImportReport(strict=True))
    entity = reader.entity(document["entity"], Place(Location(None)))
    if entity is None:
        raise KeyError("entity")
    return Edit(document["key"], replace(entity, iri=document["thing"]))


def summary(plan: Plan) -> Iterator[str]:
    """The plan in a few lines."""
    counts = plan.counts()
    words: dict[str, Callable[[int], str]] = {
        "has": lambda n: f"{n:,} statements are there",
        "incomplete": lambda n: f"{n:,} are there without a qualifier or source of ours",
        "vaguer": lambda n: f"{n:,} are there less exactly: left as they are",
        "lacks": lambda n: f"{n:,} are missing there",
        "contradicts": lambda n: f"{n:,} are contradicted there: left as they are",
        "new": lambda n: f"{n:,} are of items that are not there",
    }
    for name, number in counts.items():
        if number:
            yield words[name](number)
    if plan.losses:
        yield f"{len(plan.losses):,} things cannot be said there"
    if plan.unknown:
        yield f"the Wikibase does not have {', '.join(plan.unknown)}"
    new = sum(edit.entity.id is None for edit in plan.edits)
    yield f"{len(plan.edits):,} edits, {new:,} of which make an item"
