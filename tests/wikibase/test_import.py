"""What documents of a Wikibase become, and what is said of those that are not right."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgtool.engine.store import Store
from kgtool.errors import DataError, UsageError
from kgtool.rdf.lines import Triple
from kgtool.rdf.namespaces import RDF, RDFS, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.wikibase.files import read_entities
from kgtool.wikibase.problems import ImportReport
from kgtool.wikibase.rdf_writing import rdf_triples
from tests.wikibase.worlds import BASE, EX, PREFIXES, exported, imported, mapping, world

THING = IRI(EX + "anzio")
GREGORIAN = "http://www.wikidata.org/entity/Q1985727"
JULIAN = "http://www.wikidata.org/entity/Q1985786"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with world(
        """:anzio a :Battle ; rdfs:label "Anzio"@en ; skos:exactMatch wb:Q2 .
        :rome a :City ; rdfs:label "Rome"@en ; skos:exactMatch wb:Q10 .
        :new a :City ; rdfs:label "New"@en, "Neu"@de ."""
    ) as found:
        yield found


def snak(property_: str, datatype: str | None, kind: str, value: Any) -> dict[str, Any]:
    found = {
        "snaktype": "value",
        "property": property_,
        "datavalue": {"type": kind, "value": value},
    }
    return found if datatype is None else {**found, "datatype": datatype}


def item(property_: str, id_: str) -> dict[str, Any]:
    value = {"entity-type": "item", "numeric-id": int(id_[1:]), "id": id_}
    return snak(property_, "wikibase-item", "wikibase-entityid", value)


def string(property_: str, text: str, datatype: str | None = "string") -> dict[str, Any]:
    return snak(property_, datatype, "string", text)


def time(property_: str, text: str, precision: int = 11, model: str = GREGORIAN) -> dict[str, Any]:
    value = {"time": text, "precision": precision, "calendarmodel": model, "timezone": 0}
    return snak(property_, "time", "time", {**value, "before": 0, "after": 0})


def claim(main: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "statement", "mainsnak": main, "rank": "normal", **more}


def document(*claims: dict[str, Any], id_: str | None = "Q2", **more: Any) -> dict[str, Any]:
    by_property: dict[str, list[Any]] = {}
    for each in claims:
        by_property.setdefault(each["mainsnak"]["property"], []).append(each)
    found = {"type": "item", "labels": {}, "claims": by_property, **more}
    return found if id_ is None else {**found, "id": id_}


@pytest.fixture
def read(store: Store, tmp_path: Path) -> Any:
    """Imports documents, written as a list on many lines."""

    def call(*documents: Any, strict: bool = False) -> tuple[set[Triple], ImportReport]:
        file = tmp_path / "given.json"
        file.write_text(json.dumps(list(documents), indent=1), encoding="utf-8")
        return imported(store, file, strict=strict)

    return call


def about(triples: set[Triple], predicate: str) -> set[object]:
    return {o for s, p, o in triples if s == THING and p == IRI(EX + predicate)}


def kinds(report: ImportReport) -> list[str]:
    return [problem.kind for problem in report.problems]


# What is right --------------------------------------------------------------------------


def test_texts_and_the_match(read: Any) -> None:
    triples, report = read(
        document(
            labels={"en": {"language": "en", "value": "Anzio"}},
            descriptions={"de": {"language": "de", "value": "Schlacht"}},
            aliases={"en": [{"language": "en", "value": "Shingle"}]},
        )
    )
    skos = "http://www.w3.org/2004/02/skos/core#"
    assert triples == {
        (THING, IRI(skos + "exactMatch"), IRI(BASE + "entity/Q2")),
        (THING, IRI(RDFS.label), Literal.tagged("Anzio", "en")),
        (THING, IRI(EX + "description"), Literal.tagged("Schlacht", "de")),
        (THING, IRI(skos + "altLabel"), Literal.tagged("Shingle", "en")),
    }
    assert report.problems == []
    assert report.entities == 1


def test_php_writes_empty_objects_as_lists(read: Any) -> None:
    triples, report = read({**document(), "labels": [], "aliases": [], "claims": []})
    assert len(triples) == 1
    assert report.problems == []


def test_classes(read: Any) -> None:
    triples, report = read(document(claim(item("P1", "Q901")), claim(item("P1", "Q5"))))
    assert (THING, IRI(RDF.type), IRI(EX + "Battle")) in triples
    assert report.unmapped == {("statements of P1", "Q5"): 1}


def test_references_and_qualifiers(read: Any) -> None:
    reference = {
        "hash": "x",
        "snaks": {
            "P52": [time("P52", "+2026-11-01T00:00:00Z")],
            "P5": [string("P5", "https://a.example/p", "url")],
            "P50": [item("P50", "Q10")],
            "P999": [string("P999", "x")],
        },
        "snaks-order": ["P5", "P50", "P52", "P999"],
    }
    triples, report = read(
        document(
            claim(
                item("P20", "Q10"),
                id="Q2$ABC-1",
                qualifiers={
                    "P7": [time("P7", "+1944-02-00T00:00:00Z", 10)],
                    "P40": [item("P40", "Q900")],
                    "P888": [string("P888", "x")],
                },
                references=[reference, {"snaks": {"P999": [string("P999", "y")]}}],
            )
        )
    )
    node, page = IRI(BASE + "entity/statement/Q2-ABC-1"), IRI("https://a.example/p")
    assert {t for t in triples if t[0] in (node, page)} == {
        (node, IRI(RDF.type), IRI(EX + "Command")),
        (node, IRI(EX + "commandOf"), THING),
        (node, IRI(EX + "holder"), IRI(EX + "rome")),
        (node, IRI(EX + "begin"), Literal("1944-02", XSD.gYearMonth)),
        (node, IRI(EX + "edtf"), Literal("1944-02~")),
        (node, IRI(EX + "cites"), page),
        (page, IRI(RDF.type), IRI(EX + "Passage")),
        (page, IRI(EX + "inSource"), IRI(EX + "rome")),
        (page, IRI(EX + "retrieved"), Literal("2026-11-01", XSD.date)),
    }
    assert report.unmapped == {("parts of references", "P999"): 2, ("qualifiers", "P888"): 1}
    assert report.problems == []


def test_a_reference_without_an_address_has_a_name_made_of_what_it_says(read: Any) -> None:
    statement = claim(string("P3", "So"), references=[{"snaks": {"P50": [item("P50", "Q10")]}}])
    triples, _ = read(document(statement), document(statement, id_="Q10"))
    cited = {o for _, p, o in triples if p == IRI(EX + "cites")}
    assert len(cited) == 1
    assert str(cited.pop()).startswith(f"<{BASE}reference/")


def test_deprecated_statements_are_left_out_and_counted(read: Any) -> None:
    triples, report = read(
        document(*(claim(string("P3", r), rank=r) for r in ("deprecated", "normal", "preferred")))
    )
    assert about(triples, "motto") == {Literal("normal"), Literal("preferred")}
    assert report.deprecated == 1
    assert any("deprecated" in line for line in report.lines())


def test_an_item_that_is_new_here_keeps_its_name(read: Any) -> None:
    triples, report = read(document(claim(item("P2", "Q78")), id_="Q77"), document(id_="Q78"))
    assert {(s, o) for s, p, o in triples if p == IRI(EX + "partOf")} == {
        (IRI(BASE + "entity/Q77"), IRI(BASE + "entity/Q78"))
    }
    assert report.problems == []


def test_an_entity_without_an_id_is_known_by_its_labels(read: Any) -> None:
    labels = {
        code: {"language": code, "value": text} for code, text in (("en", "New"), ("de", "Neu"))
    }
    triples, report = read(
        document(claim(string("P3", "So")), id_=None, labels=labels),
        document(claim(string("P3", "No")), id_=None, labels={"en": labels["en"]}),
    )
    assert (IRI(EX + "new"), IRI(EX + "motto"), Literal("So")) in triples
    assert Literal("No") not in {o for _, _, o in triples}
    assert kinds(report) == ["no id"]


def test_values_that_are_not_known_are_counted(read: Any) -> None:
    unknown = {"snaktype": "somevalue", "property": "P3", "datatype": "string"}
    _, report = read(document(claim(unknown), claim({**unknown, "snaktype": "novalue"})))
    assert report.problems == []
    assert sum(report.unmapped.values()) == 2


def test_what_is_not_mapped_does_no_harm(read: Any) -> None:
    """Of a qualifier nobody asks for it does not matter that kgtool knows no such value."""
    sense = snak("P888", "wikibase-sense", "wikibase-entityid", {"id": "L1-S2"})
    triples, report = read(
        document(
            claim(string("P3", "So"), qualifiers={"P888": [sense]}),
            claim({**sense, "property": "P999"}),
        )
    )
    assert about(triples, "motto") == {Literal("So")}
    assert report.problems == []
    assert report.unmapped == {("qualifiers", "P888"): 1, ("statements of", "P999"): 1}


def test_a_bad_qualifier_costs_only_itself(read: Any) -> None:
    begins = [time("P7", "1944"), time("P7", "+1944-00-00T00:00:00Z", 9)]
    triples, report = read(document(claim(item("P20", "Q10"), qualifiers={"P7": begins})))
    assert {o for _, p, o in triples if p == IRI(EX + "begin")} == {Literal("1944", XSD.gYear)}
    assert [str(problem.message) for problem in report.problems] == [
        "qualifiers: P7: '1944' is no time"
    ]


def test_a_summary_of_much_that_is_not_mapped_is_short(read: Any) -> None:
    _, report = read(document(*(claim(string(f"P{n}", "x")) for n in range(1000, 1030))))
    lines = list(report.lines())
    assert len(lines) == 22
    assert lines[-1].split()[:2] == ["10", "of"]
    assert len(list(report.lines(None))) == 31


def test_many_problems_are_counted_and_some_kept(read: Any) -> None:
    _, report = read(document(*[claim(string("P3", "x"), rank="best")] * 1_200))
    assert report.kinds == {"malformed": 1_200}
    assert len(report.problems) == 1_000


def test_days_of_the_julian_calendar_become_gregorian(read: Any) -> None:
    triples, _ = read(document(claim(time("P6", "+1582-10-05T00:00:00Z", 11, JULIAN))))
    assert about(triples, "date") == {Literal("1582-10-15", XSD.date)}


# What is wrong --------------------------------------------------------------------------

BAD = [
    (claim(time("P6", "+0000-00-00T00:00:00Z", 9)), "date", "year 0"),
    (claim(time("P6", "+1900-00-00T00:00:00Z", 7)), "date", "a century"),
    (claim(time("P6", "+1944-02-31T00:00:00Z")), "date", "no day 31"),
    (claim(string("P6", "1944")), "another datatype", "is string, the mapping says time"),
    (claim(string("P6", "1944", None)), "another datatype", "the value is no time"),
    (claim(string("P4", "x", "string")), "another datatype", "the mapping says external-id"),
    (claim(item("P2", "Q5555")), "unknown id", "Q5555"),
    (claim(snak("P2", "wikibase-item", "wikibase-entityid", {"id": "Z1"})), "malformed", "'Z1'"),
    (claim(snak("P2", "wikibase-item", "wikibase-entityid", {})), "malformed", "lacks a part"),
    (claim(snak("P8", "quantity", "quantity", {"amount": "+3", "unit": "1"})), "unit", "Q903"),
    (claim(snak("P9", "quantity", "quantity", {"amount": "x", "unit": "1"})), "malformed", "'x'"),
    (claim(snak("P9", "quantity", "quantity", {"amount": "+1", "unit": "http://x/Q1"})),
        "malformed", "no unit"),
    (claim(snak("P11", "globe-coordinate", "globecoordinate", {"latitude": 1, "longitude": 2,
        "precision": None, "globe": "http://www.wikidata.org/entity/Q405"})), "value", "Earth"),
    (claim(string("P5", "no address", "url")), "value", "no IRI"),
    (claim({"snaktype": "value", "property": "P3"}), "malformed", "P3"),
    (claim(string("P3", "x"), rank="best"), "malformed", "'best' is no rank"),
    ({"mainsnak": {"property": "P3"}}, "malformed", "P3"),
    (claim(string("P3", "x"), id="Q2$ <"), "malformed", "no id of a statement"),
    (claim(string("P3", "x"), references=3), "malformed", "no list"),
    (claim(string("P3", "x"), references=[{"snaks": {"P5": 3}}]), "malformed", "no list"),
    (claim(time("P6", "+1944-06-04T00:00:00Z", 11, BASE)), "date", "no calendar"),
    (claim(snak("P9", "quantity", "quantity", {"amount": "1e999999999", "unit": "1"})),
        "malformed", "no number"),
    (claim(snak("P11", "globe-coordinate", "globecoordinate", {"latitude": 1, "longitude": 1e-300,
        "precision": None, "globe": "http://www.wikidata.org/entity/Q2"})), "malformed", "degrees"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "kind", "words"), BAD)
def test_the_rest_goes_on(read: Any, bad: dict[str, Any], kind: str, words: str) -> None:
    good = claim(string("P3", "So"))
    triples, report = read(document(bad, good))
    assert about(triples, "motto") == {Literal("So")}
    (problem,) = report.problems
    assert problem.kind == kind
    assert words in problem.message
    assert problem.place.entity == "Q2"
    assert problem.place.location.line == 2
    assert str(problem.place.location.file).endswith("given.json")


@pytest.mark.parametrize(("bad", "kind", "words"), BAD)
def test_a_strict_import_stops(read: Any, bad: dict[str, Any], kind: str, words: str) -> None:
    with pytest.raises(DataError, match="Q2: ") as caught:
        read(document(bad), strict=True)
    assert words in caught.value.message
    assert caught.value.location is not None
    assert caught.value.location.line == 2


@pytest.mark.parametrize(
    ("odd", "kind"),
    [
        ("so", "not an entity"),
        ({"id": "X1"}, "unknown id"),
        ({"id": "Q99999", "missing": ""}, "unknown id"),
        ({"id": "Q3", "labels": {"en": 1}}, "malformed"),
        ({"id": "Q3", "claims": "none"}, "malformed"),
        ({"id": "Q3", "labels": {"zh-classical": {"value": "x"}}}, "language"),
    ],
)
def test_documents_that_are_no_items(read: Any, odd: Any, kind: str) -> None:
    triples, report = read(odd, document(claim(string("P3", "So"))))
    assert kinds(report) == [kind]
    assert about(triples, "motto") == {Literal("So")}


def test_other_entities_are_passed_over(read: Any) -> None:
    triples, report = read({"type": "property", "id": "P3", "labels": {}})
    assert (triples, report.problems) == (set(), [])


def test_a_path_over_another_statement_that_is_not_there(read: Any) -> None:
    replacing = claim(item("P20", "Q10"), qualifiers={"P31": [item("P31", "Q2")]})
    _, report = read(document(replacing))
    assert kinds(report) == ["ambiguous qualifier"]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A document in which something is something else."""
    reference = {"snaks": {"P52": [time("P52", "+2026-11-01T00:00:00Z")]}, "snaks-order": ["P52"]}
    begin = {"P7": [time("P7", "+1944-02-00T00:00:00Z", 10)]}
    amount = {"amount": "+3", "unit": f"{BASE}entity/Q903"}
    place = {"latitude": 1.5, "longitude": 2, "precision": 0.1, "globe": GREGORIAN}
    whole = document(
        claim(item("P20", "Q10"), id="Q2$A-1", qualifiers=begin, references=[reference]),
        claim(snak("P8", "quantity", "quantity", amount)),
        claim(snak("P11", None, "globecoordinate", place)),
        claim(snak("P10", None, "monolingualtext", {"text": "So", "language": "en"})),
        aliases={"en": [{"language": "en", "value": "Shingle"}]},
        labels={"en": {"language": "en", "value": "Anzio"}},
    )
    odd = st.sampled_from([None, True, -1, 1e300, "", "x", "Q1", [], [1], {}, {"a": 1}, [[]]])
    at: Any = whole
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list) or not at[key] or draw(st.integers(0, 4)) == 0:
            at[key] = draw(odd)
            return whole
        at = at[key]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given=damaged())
def test_no_damage_is_too_much(read: Any, given: Any) -> None:
    triples, report = read(given, document(claim(string("P3", "So"))))
    assert about(triples, "motto") >= {Literal("So")}
    assert all(problem.message for problem in report.problems)


# Files ----------------------------------------------------------------------------------

ONE = json.dumps(document(claim(string("P3", "one"))))
TWO = json.dumps(document(claim(string("P3", "two"))))
FORMS = {
    "one.json": ONE,
    "lines.json": f"{ONE}\n{TWO}\n",
    "list.json": f"[{ONE},{TWO}]",
    "dump.json": f"[\n{ONE},\n{TWO}\n]\n",
    "first-line.json": f"[{ONE},\n{TWO}]\n",
    "indented.json": json.dumps([json.loads(ONE), json.loads(TWO)], indent=2),
    "object.json": json.dumps(json.loads(ONE), indent=2),
    "answer.json": json.dumps({"entities": {"Q2": json.loads(ONE)}, "success": 1}),
    "answer-indented.json": json.dumps({"entities": {"Q2": json.loads(ONE)}}, indent="\t"),
    "mark.json": f"\ufeff[\n{ONE}\n]\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_json(store: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    triples, report = imported(store, tmp_path / name)
    expected = {"one", "two"} if "two" in FORMS[name] else {"one"}
    assert about(triples, "motto") == {Literal(text) for text in expected}
    assert report.problems == []


@pytest.mark.parametrize("compact", [True, False])
def test_lines_of_items_that_nobody_wants_are_not_read(tmp_path: Path, compact: bool) -> None:
    """A line that does not look as in dumps is read, and the caller chooses."""
    separators = (",", ":") if compact else None
    lines = [
        json.dumps({"type": "item", "id": id_, "labels": {}}, separators=separators)
        for id_ in ("Q1", "Q2", "Q3")
    ]
    together = f"{lines[0]},{lines[2]}"
    file = tmp_path / "dump.json"
    file.write_text("[\n" + ",\n".join([*lines, together]) + "\n]\n", encoding="utf-8")
    read = read_entities(file, mapping(), ImportReport(strict=True), {"Q2"})
    found = [(entity.id, place.location.line) for entity, place in read]
    unread = [("Q2", 3)] if compact else [("Q1", 2), ("Q2", 3), ("Q3", 4)]
    assert found == [*unread, ("Q1", 5), ("Q3", 5)]


@pytest.mark.parametrize("empty", ["", "[]", "[\n]\n", "\n"])
def test_files_with_nothing(store: Store, tmp_path: Path, empty: str) -> None:
    (tmp_path / "none.json").write_text(empty, encoding="utf-8")
    assert imported(store, tmp_path / "none.json") == (set(), ImportReport())


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_compressed_files(store: Store, tmp_path: Path, ending: str, pack: Any) -> None:
    file = tmp_path / f"dump.json{ending}"
    file.write_bytes(pack(FORMS["dump.json"].encode()))
    triples, report = imported(store, file)
    assert about(triples, "motto") == {Literal("one"), Literal("two")}
    file.write_bytes(pack(FORMS["dump.json"].encode())[:-12])
    _, report = imported(store, file)
    assert kinds(report) == ["cut short"]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (f"[\n{ONE[:40]},\n{TWO}\n]\n", 2, {"two"}),
        (f"[\n{ONE},\n{TWO[:70]}", 3, {"one"}),
        (f"{ONE} and more\n{TWO}\n", 1, {"one", "two"}),
        (json.dumps([json.loads(ONE), json.loads(TWO)], indent=2)[:-300], None, {"one"}),
        (json.dumps(json.loads(ONE), indent=2)[:-9], None, set()),
        (f"[\n{ONE},\n" + "[" * 100_000 + f"\n{TWO}\n]", 3, {"one", "two"}),
        (f"[\n{ONE},\n" + "9" * 100_000 + f"\n{TWO}\n]", 3, {"one", "two"}),
    ],
)
def test_what_is_cut_short(
    store: Store, tmp_path: Path, text: str, line: int | None, found: set[str]
) -> None:
    (tmp_path / "cut.json").write_text(text, encoding="utf-8")
    triples, report = imported(store, tmp_path / "cut.json")
    assert about(triples, "motto") == {Literal(each) for each in found}
    assert kinds(report) == ["cut short"]
    location = report.problems[0].place.location
    assert location.line is not None
    assert line is None or location.line == line
    with pytest.raises(DataError, match="this is no JSON"):
        imported(store, tmp_path / "cut.json", strict=True)


# RDF ------------------------------------------------------------------------------------

RDF_HEAD = f"""{PREFIXES}
@prefix p: <{BASE}prop/> . @prefix ps: <{BASE}prop/statement/> .
@prefix pr: <{BASE}prop/reference/> .
@prefix psv: <{BASE}prop/statement/value/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix wdno: <{BASE}prop/novalue/> . @prefix wikibase: <http://wikiba.se/ontology#> .
"""


def rdf(store: Store, folder: Path, text: str, **options: Any) -> tuple[set[Triple], ImportReport]:
    (folder / "given.ttl").write_text(RDF_HEAD + text, encoding="utf-8")
    return imported(store, folder / "given.ttl", **options)


def test_statements_in_rdf(store: Store, tmp_path: Path) -> None:
    triples, report = rdf(
        store,
        tmp_path,
        """wb:Q2 a wikibase:Item ;
            p:P6 wbs:Q2-a, wbs:Q2-b ; p:P3 wbs:Q2-c, wbs:Q2-d ; p:P9 wbs:Q2-e .
        wbs:Q2-a wikibase:rank wikibase:NormalRank ; ps:P6 "1944-05-01T00:00:00Z"^^xsd:dateTime ;
            psv:P6 [ wikibase:timeValue "1944-05-01T00:00:00Z"^^xsd:dateTime ;
                wikibase:timePrecision 10 ;
                wikibase:timeCalendarModel <http://www.wikidata.org/entity/Q1985727> ] ;
            prov:wasDerivedFrom [ pr:P5 <https://a.example/> ] .
        wbs:Q2-b wikibase:rank wikibase:DeprecatedRank ; ps:P6 "1944"^^xsd:dateTime ;
            psv:P6 [ wikibase:timeValue "1944-01-01T00:00:00Z"^^xsd:dateTime ;
                wikibase:timePrecision 9 ; wikibase:timeCalendarModel wb:Q1 ] .
        wbs:Q2-c ps:P3 <https://wiki.example/.well-known/genid/1> .
        wbs:Q2-d a wdno:P3 .
        wbs:Q2-e ps:P9 "+12"^^xsd:decimal .""",
    )
    assert about(triples, "date") == {Literal("1944-05", XSD.gYearMonth)}
    assert about(triples, "people") == {Literal("12", XSD.integer)}
    assert report.deprecated == 1
    assert sum(report.unmapped.values()) == 2
    assert report.problems == []
    assert {o for _, p, o in triples if p == IRI(EX + "cites")} == {IRI("https://a.example/")}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('wb:Q2 p:P6 wbs:Q2-a . wbs:Q2-a ps:P6 "1944-05-01T00:00:00Z" .', "malformed"),
        ("wb:Q2 p:P3 wbs:Q2-a .", "malformed"),
        ('wb:Q2 p:P3 wbs:Q2-a . wbs:Q2-a ps:P3 "a", "b" .', "malformed"),
        ("wb:Q2 p:P2 wbs:Q2-a . wbs:Q2-a ps:P2 wb:Q5555 .", "unknown id"),
        ('wb:P4 wikibase:propertyType wikibase:String . wb:Q2 p:P4 wbs:Q2-a . wbs:Q2-a ps:P4 "x" .',
            "another datatype"),
    ],
)  # fmt: skip
def test_rdf_that_is_not_right(store: Store, tmp_path: Path, text: str, kind: str) -> None:
    good = 'wb:Q10 p:P3 wbs:Q10-a . wbs:Q10-a ps:P3 "So" .'
    triples, report = rdf(store, tmp_path, f"{text} {good}")
    assert kinds(report) == [kind]
    assert (
        IRI(EX + "rome"),
        IRI(EX + "motto"),
        Literal("So"),
    ) in triples
    assert report.problems[0].place.entity == "Q2"
    with pytest.raises(DataError, match="Q2: "):
        rdf(store, tmp_path, text, strict=True)


@pytest.fixture(scope="module")
def exported_rdf() -> list[Triple]:
    found = exported(
        """:anzio a :Battle ; rdfs:label "Anzio"@en ; skos:exactMatch wb:Q2 ; :length 3 ;
            :date "1944"^^xsd:gYear ; :point "POINT(12.5 41.5)"^^geo:wktLiteral .
        :c1 a :Command ; :commandOf :anzio ; :holder wb:Q20 ; :cites :p1 .
        :p1 a :Passage ; :retrieved "2026-11-01"^^xsd:date ."""
    )
    rules = mapping()
    # What is said of properties is left out: damage there is damage to nobody.
    made = rdf_triples(found.entities, rules.concepts)
    return sorted((t for t in made if "entity/P" not in str(t[0])), key=str)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_to_rdf_is_too_much(
    store: Store, tmp_path: Path, exported_rdf: list[Triple], data: st.DataObject
) -> None:
    triples = list(exported_rdf)
    at = data.draw(st.integers(0, len(triples) - 1))
    s, p, o = triples.pop(at)
    odd = st.sampled_from(
        [IRI("urn:x"), BlankNode("b"), Literal("x"), Literal("1e999999", XSD.double)]
    )
    if data.draw(st.booleans()):
        triples.append((s, p, data.draw(odd)))
    if data.draw(st.booleans()):
        triples.append((s, p, o))
    lines = "".join(" ".join(map(str, triple)) + " .\n" for triple in triples)
    _, report = rdf(store, tmp_path, lines)
    assert all(problem.message for problem in report.problems)


def test_rdf_that_is_cut_short(store: Store, tmp_path: Path) -> None:
    triples, report = rdf(
        store, tmp_path, 'wb:Q2 a wikibase:Item ; rdfs:label "Anzio"@en .\nwb:Q10 p:'
    )
    assert kinds(report) == ["cut short"]
    assert (THING, IRI(RDFS.label), Literal.tagged("Anzio", "en")) in triples


@pytest.mark.parametrize(("name", "words"), [("a.csv", "is a table"), ("a.txt", "does not tell")])
def test_a_file_of_another_kind(store: Store, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        imported(store, tmp_path / name)
