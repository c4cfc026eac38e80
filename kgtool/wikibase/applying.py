"""Carries a plan out: edit by edit, so that a run which stops goes on where it was.

Each item is read again before it is changed, and only what it still lacks is written, as of that
revision. So an edit of which no answer came is simply tried again. One that makes an item is
looked for in the edits of the account first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

from kgtool.errors import Location
from kgtool.wikibase.comparing import Comparison, Standing, compare
from kgtool.wikibase.journal import Journal
from kgtool.wikibase.json_format import entity_document, snak_document
from kgtool.wikibase.json_reading import EntityReader
from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import Entity, Snak
from kgtool.wikibase.plan import Edit, Plan
from kgtool.wikibase.problems import ImportReport, Place

#: How often an edit is tried whose item others change at the same time, or that gets no answer.
_TRIES = 5
#: Seconds in which an edit that was made is sure to be seen.
_SETTLED = 5.0


class Unclear(Exception):
    """No answer came to an edit: it may have been made, or not."""


class Refused(Exception):
    """The Wikibase has not taken an edit. ``code`` is the one of its API."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Wikibase(Protocol):
    """What is asked of ``access.Access``."""

    def entities(self, ids: Iterable[str]) -> Iterator[dict[str, Any]]: ...

    def edit(
        self, document: dict[str, Any], id_: str | None, revision: int | None, summary: str
    ) -> str:
        """Makes or changes an item, and gives its id. Raises Refused and Unclear."""

    def item_of_edit(self, summary: str) -> str | None: ...

    @property
    def sleep(self) -> Callable[[float], None]: ...


@dataclass(slots=True)
class Outcome:
    """What a run has come to. ``failed`` has edits that were refused, with the reason."""

    edited: int = 0
    made: int = 0
    #: Edits that an earlier run has made, or that someone else has.
    needless: int = 0
    failed: list[tuple[Edit, str]] = field(default_factory=list)


class Applying:
    """``note`` is told of each edit."""

    def __init__(
        self, plan: Plan, wikibase: Wikibase, journal: Journal, summary: str,
        note: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._plan = plan
        self._wikibase = wikibase
        self._journal = journal
        self._summary = summary
        self._note = note
        self._concepts = Concepts(plan.base)
        self._outcome = Outcome()

    def run(self) -> Outcome:
        """Every edit that is not done. Raises ServiceError where the Wikibase does not answer."""
        for edit in self._plan.edits:
            if edit.key in self._journal.done:
                self._outcome.needless += 1
            elif edit.entity.id is None:
                self._make(edit)
            else:
                self._change(edit, edit.entity.id)
        return self._outcome

    def _summary_of(self, edit: Edit) -> str:
        """The key in it tells the edit among those of the account."""
        return f"{self._summary} ({edit.key})".strip()

    def _make(self, edit: Edit) -> None:
        document = entity_document(edit.entity, self._concepts)
        for _ in range(_TRIES):
            if edit.key in self._journal.begun:
                item = self._find(edit)
                if item is not None:
                    break
            self._journal.begin(edit.key)
            try:
                item = self._wikibase.edit(document, None, None, self._summary_of(edit))
                break
            except Unclear as error:
                self._note(f"no answer for {edit.entity.iri}, looking for it: {error}")
            except Refused as error:
                self._refuse(edit, str(error))
                return
        else:
            self._refuse(edit, "the Wikibase gives no answer", is_clear=False)
            return
        self._journal.finish(edit.key, item, edit.entity.iri)
        self._outcome.made += 1
        self._note(f"{item} is {edit.entity.iri}")

    def _find(self, edit: Edit) -> str | None:
        """The item that an earlier try has made, if it has."""
        found = self._wikibase.item_of_edit(edit.key)
        if found is None:
            self._wikibase.sleep(_SETTLED)
            found = self._wikibase.item_of_edit(edit.key)
        return found

    def _change(self, edit: Edit, id_: str) -> None:
        reason = ""
        for _ in range(_TRIES):
            document = next(self._wikibase.entities([id_]), None)
            theirs = None if document is None else self._read(document)
            if document is None or theirs is None:
                self._refuse(edit, f"the Wikibase has no item {id_}")
                return
            if document["id"] != id_:
                self._refuse(edit, f"{id_} is now {document['id']}, which it was merged into")
                return
            wanted = [each for each in compare(edit.entity, theirs) if each.is_edit]
            if not wanted:
                self._journal.finish(edit.key, id_)
                self._outcome.needless += 1
                return
            self._journal.begin(edit.key)
            try:
                change = {"claims": list(self._claims(wanted, document, id_))}
                revision = document.get("lastrevid")
                self._wikibase.edit(change, id_, revision, self._summary_of(edit))
            except Unclear as error:
                reason = f"the Wikibase gives no answer: {error}"
            except Refused as error:
                reason = str(error)
                if error.code != "editconflict":
                    break
            else:
                self._journal.finish(edit.key, id_)
                self._outcome.edited += 1
                self._note(f"{id_}: {len(wanted):,} statements")
                return
        self._refuse(edit, reason)

    def _refuse(self, edit: Edit, reason: str, *, is_clear: bool = True) -> None:
        if is_clear:
            self._journal.fail(edit.key, reason)
        self._outcome.failed.append((edit, reason))
        self._note(f"{edit.entity.id or edit.entity.iri}: {reason}")

    def _read(self, document: Any) -> Entity | None:
        reader = EntityReader(self._concepts, None, ImportReport())
        return reader.entity(document, Place(Location(None)))

    def _claims(
        self, wanted: Iterable[Comparison], document: Mapping[str, Any], id_: str
    ) -> Iterator[Any]:
        known = {claim["id"]: claim for claim in _all_claims(document)}
        lacking = tuple(each.ours for each in wanted if each.standing is Standing.LACKS)
        yield from _all_claims(entity_document(Entity(id_, statements=lacking), self._concepts))
        # Two of ours may be the same one of theirs.
        supplied: dict[str, Any] = {}
        for each in wanted:
            if each.standing is Standing.INCOMPLETE and each.theirs and each.theirs.id:
                claim = supplied.get(each.theirs.id) or deepcopy(known[each.theirs.id])
                supplied[each.theirs.id] = _supplemented(claim, each, self._concepts)
        yield from supplied.values()


def _all_claims(document: Mapping[str, Any]) -> Iterator[Any]:
    """The statements of a document, in which PHP writes none as a list."""
    for claims in (document.get("claims") or {}).values():
        yield from claims


def _supplemented(claim: Any, comparison: Comparison, concepts: Concepts) -> Any:
    """A statement of theirs with what it lacks of ours."""
    qualifiers = claim.get("qualifiers") or {}
    order = claim.get("qualifiers-order") or list(qualifiers)
    for snak in comparison.qualifiers:
        qualifiers.setdefault(snak.property, []).append(snak_document(snak, concepts))
        if snak.property not in order:
            order.append(snak.property)
    references = list(claim.get("references") or [])
    references += [{"snaks": _by_property(each, concepts)} for each in comparison.references]
    return {
        **claim, "qualifiers": qualifiers, "qualifiers-order": order, "references": references
    }  # fmt: skip


def _by_property(snaks: tuple[Snak, ...], concepts: Concepts) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for snak in snaks:
        found.setdefault(snak.property, []).append(snak_document(snak, concepts))
    return found
