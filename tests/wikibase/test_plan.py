"""What a Wikibase has of a graph, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kgtool.errors import DataError, UsageError
from kgtool.rdf.namespaces import WELL_KNOWN_PREFIXES
from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.access import Access
from kgtool.wikibase.applying import Applying, Outcome
from kgtool.wikibase.comparing import compare
from kgtool.wikibase.exporting import Export
from kgtool.wikibase.items import write_items
from kgtool.wikibase.journal import Journal
from kgtool.wikibase.json_format import entity_document
from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import (
    CoordinatesValue,
    Entity,
    ItemValue,
    NoValue,
    QuantityValue,
    Rank,
    Snak,
    Statement,
    StringValue,
    Value,
)
from kgtool.wikibase.plan import Plan, make_plan, plan_text, read_plan
from tests.wikibase.stub import Stub, error, send, wikibase
from tests.wikibase.worlds import BASE, EX, exported, mapping

DATATYPES: dict[type, str] = {
    ItemValue: "wikibase-item", StringValue: "string", TimeValue: "time",
    QuantityValue: "quantity", CoordinatesValue: "globe-coordinate", NoValue: "time",
}  # fmt: skip
JUNE, DAY = TimeValue(1944, 6, 0, 10), TimeValue(1944, 6, 4)


def snak(property_: str, value: Value) -> Snak:
    return Snak(property_, DATATYPES[type(value)], value)


def said(value: Value, *qualifiers: Snak, **more: Any) -> Statement:
    return Statement(snak("P6", value), qualifiers, id="Q2$1", **more)


SOURCE = (snak("P31", ItemValue("Q70")),)
ROLE, OTHER_ROLE = snak("P21", ItemValue("Q5")), snak("P21", ItemValue("Q6"))


@pytest.mark.parametrize(
    ("ours", "theirs", "standing"),
    [
        (said(DAY), [], "lacks"),
        (said(DAY), [said(DAY)], "has"),
        (said(JUNE), [said(DAY)], "has"),
        (said(DAY), [said(JUNE)], "vaguer"),
        (said(DAY), [said(TimeValue(1940, 0, 0, 8))], "vaguer"),
        (said(DAY), [said(TimeValue(2000, 0, 0, 7))], "vaguer"),
        (said(DAY), [said(TimeValue(1900, 0, 0, 7))], "contradicts"),
        (said(DAY), [said(TimeValue(1944, 6, 5))], "contradicts"),
        (said(DAY), [said(TimeValue(1944, 6, 5)), said(DAY)], "has"),
        (said(DAY), [said(TimeValue(1944, 6, 5), rank=Rank.DEPRECATED)], "lacks"),
        (said(DAY), [said(DAY, rank=Rank.DEPRECATED)], "contradicts"),
        (said(DAY), [said(NoValue.NONE)], "contradicts"),
        (said(DAY), [said(NoValue.UNKNOWN)], "lacks"),
        (said(DAY, ROLE), [said(TimeValue(1944, 6, 5))], "lacks"),
        (said(DAY, references=(SOURCE,)), [said(DAY)], "incomplete"),
        (said(DAY, references=(SOURCE,)), [said(DAY, references=((ROLE, *SOURCE),))], "has"),
        (said(ItemValue("Q3")), [said(ItemValue("Q4"))], "lacks"),
        (said(ItemValue("Q3"), ROLE), [said(ItemValue("Q3"))], "incomplete"),
        (said(ItemValue("Q3"), ROLE), [said(ItemValue("Q3"), OTHER_ROLE)], "lacks"),
        (said(ItemValue("Q3")), [said(ItemValue("Q3"), OTHER_ROLE)], "has"),
        (said(QuantityValue("+10")), [said(QuantityValue("+10.0"))], "has"),
        (said(QuantityValue("+10")), [said(QuantityValue("+10", "Q1"))], "contradicts"),
        (
            said(CoordinatesValue("41.9", "12.5", "0.1")),
            [said(CoordinatesValue("41.8931", "12.4828", "0.0001"))],
            "has",
        ),
        (
            said(CoordinatesValue("41.9", "12.5", "0.01")),
            [said(CoordinatesValue("41.5", "12.5", "0.01"))],
            "contradicts",
        ),
    ],
)
def test_standing(ours: Statement, theirs: list[Statement], standing: str) -> None:
    (found,) = compare(Entity("Q2", statements=(ours,)), Entity("Q2", statements=tuple(theirs)))
    assert found.standing.value == standing


GRAPH = """
:rome a :City ; rdfs:label "Rome"@en ; skos:exactMatch wb:Q10 ; :people 2800000 .
:anzio a :Battle ; rdfs:label "Anzio"@en ; skos:exactMatch wb:Q2 ; :begin "1944-01-22"^^xsd:date ;
  :date "1944"^^xsd:gYear ; :partOf :war .
:new a :Battle ; rdfs:label "A new one"@en ; :date "1944-06-04"^^xsd:date ; :partOf :rome .
:gone a :City ; rdfs:label "Gone"@en ; skos:exactMatch wb:Q404 .
:war rdfs:label "A war"@en .
"""


def document(id_: str, *statements: Statement) -> dict[str, Any]:
    return entity_document(Entity(id_, {"en": id_}, statements=statements), Concepts(BASE))


@pytest.fixture
def stub() -> Iterator[Stub]:
    with wikibase() as found:
        begin = Statement(snak("P7", TimeValue(1944, 1, 23)), id="Q2$begin")
        date = Statement(snak("P6", DAY), id="Q2$date")
        found.add(document("Q2", begin, date))
        found.add(document("Q10"))
        yield found


@pytest.fixture
def made() -> Plan:
    """The plan for the graph against what the stub has at first."""
    begin = Statement(snak("P7", TimeValue(1944, 1, 23)), id="Q2$begin")
    date = Statement(snak("P6", DAY), id="Q2$date")
    theirs = {"Q2": Entity("Q2", statements=(begin, date)), "Q10": Entity("Q10")}
    return make_plan(exported(GRAPH), theirs, BASE)


def test_a_plan_tells_what_is_there_and_what_is_not(made: Plan) -> None:
    assert {(row.standing, row.entity, row.property, row.there) for row in made.rows} == {
        ("lacks", "Q2", "P1", ""),
        ("has", "Q2", "P6", ""),
        ("contradicts", "Q2", "P7", "+1944-01-23T00:00:00Z/11"),
        ("lacks", "Q10", "P1", ""),
        ("lacks", "Q10", "P9", ""),
        ("new", None, "P1", ""),
        ("new", None, "P2", ""),
        ("new", None, "P6", ""),
    }
    assert made.unknown == ["Q404"]
    assert (f"<{EX}anzio>", "P2", f"<{EX}war>", "has no item") in made.losses
    told = {(e.entity.id, s.main.property) for e in made.edits for s in e.entity.statements}
    assert ("Q2", "P1") in told
    assert ("Q2", "P7") not in told


def test_a_plan_is_read_as_it_was_written(made: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan_text(made))
    again = read_plan(path)
    assert plan_text(again) == plan_text(made)
    assert [e.key for e in again.edits] == [e.key for e in made.edits]
    path.write_text(path.read_text()[:200])
    with pytest.raises(DataError, match="cut short"):
        read_plan(path)
    path.write_text("{}")
    with pytest.raises(DataError, match="no plan"):
        read_plan(path)


class Runs:
    """Runs of a plan on a stub, each with the journal of those before; nothing really sleeps."""

    def __init__(self, stub: Stub, plan: Plan, folder: Path) -> None:
        self.stub, self.plan, self.path = stub, plan, folder / "journal"
        self.slept: list[float] = []
        self.notes: list[str] = []

    def __call__(self) -> Outcome:
        access = Access(
            self.stub.api, per_minute=1e9, note=self.notes.append, sleep=self.slept.append
        )
        access.log_in()
        with Journal.open(self.path, BASE) as journal:
            note = self.notes.append
            return Applying(self.plan, access, journal, "by a test", note).run()

    def made(self) -> dict[str, str]:
        with Journal.open(self.path, BASE) as journal:
            return dict(journal.made)


@pytest.fixture
def run(stub: Stub, made: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setenv("KGTOOL_WIKIBASE_TOKEN", stub.token)
    return Runs(stub, made, tmp_path)


def check_all_is_there(stub: Stub) -> None:
    """Everything once, and what they said untouched."""
    assert len(stub.entities) == 3
    (new,) = stub.entities.keys() - {"Q2", "Q10"}
    for id_, property_ in (("Q2", "P1"), ("Q10", "P1"), ("Q10", "P9"), (new, "P1"), (new, "P6")):
        assert len(stub.claims(id_, property_)) == 1, (id_, property_)
    (begin,) = stub.claims("Q2", "P7")
    assert begin["mainsnak"]["datavalue"]["value"]["time"] == "+1944-01-23T00:00:00Z"


def test_what_is_missing_is_written_once(run: Runs, stub: Stub) -> None:
    outcome = run()
    assert (outcome.made, outcome.edited, outcome.failed) == (1, 2, [])
    check_all_is_there(stub)
    count = len(stub.edits)
    again = run()
    assert (again.made, again.edited, again.needless) == (0, 0, 3)
    assert len(stub.edits) == count


def before(handler: Any, parameters: Any) -> bool:
    """The connection goes before the edit is taken."""
    handler.connection.close()
    return True


def behind(stub: Stub) -> Callable[[Any, Any], bool]:
    """The connection goes when the edit has been made."""

    def fault(handler: Any, parameters: Any) -> bool:
        stub.answer(parameters, handler.headers)
        handler.connection.close()
        return True

    return fault


def unavailable(stub: Stub) -> Callable[[Any, Any], bool]:
    def fault(handler: Any, parameters: Any) -> bool:
        stub.answer(parameters, handler.headers)
        return send(handler, {}, 503)

    return fault


@pytest.mark.parametrize("number", range(3))
def test_an_edit_without_an_answer_is_not_made_twice(run: Runs, stub: Stub, number: int) -> None:
    calm = [lambda handler, parameters: False] * number
    for fault in (behind(stub), before, unavailable(stub)):
        stub.entities = {i: e for i, e in stub.entities.items() if i in ("Q2", "Q10")}
        stub.faults = [*calm, fault]
        run.path.unlink(missing_ok=True)
        outcome = run()
        assert outcome.failed == []
        check_all_is_there(stub)
        for id_ in ("Q2", "Q10"):
            stub.entities[id_]["claims"].pop("P1")
            stub.entities[id_]["claims"].pop("P9", None)
        stub.contributions.clear()


@pytest.mark.parametrize("stop_at", range(1, 4))
@pytest.mark.parametrize("is_made", [True, False])
def test_a_run_that_stops_goes_on(run: Runs, stub: Stub, stop_at: int, is_made: bool) -> None:
    """The process ends in the middle of an edit, before or after the Wikibase has it."""

    class Stopped(BaseException):
        pass

    stop = Access.edit
    calls = 0

    def edit(self: Access, *arguments: Any) -> str:
        nonlocal calls
        calls += 1
        if calls < stop_at or is_made:
            made = stop(self, *arguments)
        if calls == stop_at:
            raise Stopped
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Access, "edit", edit)
        with pytest.raises(Stopped):
            run()
    assert run().failed == []
    check_all_is_there(stub)
    assert len(run.made()) == 1


def test_lag_and_limits_are_waited_for(run: Runs, stub: Stub) -> None:
    stub.faults = [
        lambda handler, _: send(handler, error("maxlag", lag=7), Retry_After="7"),
        lambda handler, _: send(handler, error("maxlag", lag=7)),
        lambda handler, _: send(handler, {}, 429, Retry_After="11"),
        lambda handler, _: send(
            handler, error("failed-save", messages=[{"name": "actionthrottledtext"}])
        ),
        lambda handler, _: send(handler, error("readonly")),
    ]
    assert run().failed == []
    check_all_is_there(stub)
    waited = [seconds for seconds in run.slept if seconds]
    assert 7 in waited
    assert 11 in waited
    assert len(waited) == 5
    assert sum("asks to wait" in note for note in run.notes) == 5


def test_edits_are_not_more_than_allowed(stub: Stub, run: Runs) -> None:
    access = Access(stub.api, per_minute=30, sleep=run.slept.append)
    access.log_in()
    for n in range(2):
        access.edit({"labels": {"en": n}}, None, None, "a test")
    assert run.slept[0] == 0
    assert 1.5 < run.slept[-1] <= 2


def test_what_others_change_meanwhile_is_kept(run: Runs, stub: Stub) -> None:
    def other(handler: Any, parameters: Any) -> bool:
        if "new" not in parameters:
            entity = stub.entities[parameters["id"]]
            entity["claims"]["P99"] = [
                {"id": "x", "mainsnak": {"property": "P99", "snaktype": "novalue"}}
            ]
            stub.add(entity)
        return False

    stub.faults = [other, lambda *_: False, other, lambda *_: False]
    assert run().failed == []
    check_all_is_there(stub)
    assert stub.claims("Q2", "P99")
    assert stub.claims("Q10", "P99")


def test_what_someone_else_has_added_is_not_added(run: Runs, stub: Stub) -> None:
    for edit in run.plan.edits:
        if edit.entity.id is not None:
            stub.add(document(edit.entity.id, *edit.entity.statements))
    outcome = run()
    assert (outcome.made, outcome.edited, outcome.needless) == (1, 0, 2)


def test_a_statement_keeps_what_it_has(stub: Stub, run: Runs) -> None:
    """A source of ours comes to the statement of theirs, which has more than kgtool knows."""
    known = Statement(snak("P6", DAY), (ROLE,), (SOURCE,), id="Q2$date")
    stub.add(document("Q2", known))
    (claim,) = stub.claims("Q2", "P6")
    claim["qualifiers"]["P999"] = [
        {"property": "P999", "snaktype": "value", "datatype": "musical-notation",
         "datavalue": {"type": "string", "value": "c"}}
    ]  # fmt: skip
    source = (snak("P31", ItemValue("Q71")),)
    ours = Entity("Q2", statements=(replace(said(JUNE), references=(source,)),), iri=f"{EX}anzio")
    run.plan = make_plan(Export([ours]), {"Q2": Entity("Q2", statements=(known,))}, BASE)
    assert run.plan.rows[0].there == "without a source"
    assert run().edited == 1
    (claim,) = stub.claims("Q2", "P6")
    assert claim["id"] == "Q2$date"
    assert set(claim["qualifiers"]) == {"P21", "P999"}
    items = [r["snaks"]["P31"][0]["datavalue"]["value"]["id"] for r in claim["references"]]
    assert items == ["Q70", "Q71"]


def test_refusals_are_told_and_the_rest_goes_on(run: Runs, stub: Stub) -> None:
    stub.add({**document("Q77"), "labels": {"en": {"language": "en", "value": "A new one"}}})
    outcome = run()
    ((edit, reason),) = outcome.failed
    assert edit.entity.iri == f"{EX}new"
    assert "modification-failed" in reason
    assert outcome.edited == 2
    del stub.entities["Q77"]
    assert run().made == 1


def test_an_item_that_was_merged_is_not_changed(run: Runs, stub: Stub) -> None:
    stub.entities["Q10"]["id"] = "Q11"
    ((_, reason),) = run().failed
    assert reason == "Q10 is now Q11, which it was merged into"


def test_the_token_is_needed_and_never_told(
    run: Runs, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGTOOL_WIKIBASE_TOKEN", "another")
    with pytest.raises(UsageError, match="does not let us in") as wrong:
        run()
    assert "another" not in str(wrong.value)
    monkeypatch.delenv("KGTOOL_WIKIBASE_TOKEN")
    with pytest.raises(UsageError, match="need the token of a bot"):
        run()
    assert stub.edits == []


def test_a_journal_is_of_one_run_and_one_wikibase(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal.open(path, BASE) as journal:
        journal.begin("a")
        with pytest.raises(UsageError, match="another run"), Journal.open(path, BASE):
            pass
    with pytest.raises(UsageError, match="another Wikibase"), Journal.open(path, "http://e/"):
        pass
    path.write_text(path.read_text() + '{"state": "done", "key": "a", "it')
    with Journal.open(path, BASE) as journal:
        assert journal.begun == {"a"}
        journal.finish("a", "Q1", f"{EX}new")
    with Journal.open(path, BASE) as journal:
        assert (journal.begun, journal.made) == (set(), {f"{EX}new": "Q1"})
    path.write_text("rubbish\n")
    with pytest.raises(DataError, match="no line of a journal"), Journal.open(path, BASE):
        pass


def test_new_ids_are_written_back(tmp_path: Path) -> None:
    path = tmp_path / "triples" / "new.ttl"
    prefixes = {"ex": EX, "skos": WELL_KNOWN_PREFIXES["skos"]}
    write_items(path, {f"{EX}new": "Q5"}, mapping(), prefixes)
    first = path.read_text()
    assert "ex:new skos:exactMatch wd:Q5 ." in " ".join(first.split())
    path.write_text(f"# Items of ours\n{first}")
    write_items(path, {f"{EX}new": "Q5", f"{EX}other": "Q6"}, mapping(), prefixes)
    text = path.read_text()
    assert text.startswith("# Items of ours")
    assert text.count("exactMatch") == 2
    assert json.dumps(text).count("wd:Q5") == 1
