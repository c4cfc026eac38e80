"""Tools that others wrote read what is exported, and give the same statements."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from quickstatements_client import (
    CreateLine,
    DateQualifier,
    EntityLine,
    EntityQualifier,
    Line,
    TextLine,
    TextQualifier,
    render_lines,
)
from wikibaseintegrator import datatypes
from wikibaseintegrator.entities import ItemEntity

from benchmarks.federation.engines import comunica
from kgtool.project.folder import Project
from kgtool.wikibase.exporting import export_entities
from kgtool.wikibase.json_format import write_entities
from kgtool.wikibase.mapping import MappingRules
from kgtool.wikibase.model import Entity
from kgtool.wikibase.quickstatements import write_commands
from kgtool.wikibase.settings import project_mapping
from tests.wikibase.worlds import exported, mapping, stored

ROOT = Path(__file__).parents[2]
WORLD = """
:anzio a :Battle ; rdfs:label "Anzio"@en, "Anzio"@de ; skos:altLabel "Shingle"@en, "Anzio 44"@en ;
    :description "A battle"@en ; skos:exactMatch wb:Q2 ;
    :partOf wb:Q3 ; :motto "So \\"it\\" is" ; :key "x-1" ; :page <https://a.example/?b=c> ;
    :date "1944-01-22"^^xsd:date ; :begin "1944-01"^^xsd:gYearMonth, "1943"^^xsd:gYear ;
    :edtf "1943~" ; :length 12.5 ; :people 70 ; :title "Lo sbarco"@it ;
    :point "POINT(12.62157 41.45263)"^^geo:wktLiteral ; :figure :f1 .
:c1 a :Command ; :commandOf :anzio ; :holder wb:Q20 ; :end "1944-02-22"^^xsd:date ;
    :cites :p1, :p2 .
:c2 a :Command ; :commandOf :anzio ; :holder wb:Q21 ; :replaces :c1 ; :role wb:Q30, wb:Q31 .
:f1 a :Figure ; :count 24000 ; :forParty wb:Q40 ; :cites :p1 .
:p1 a :Passage ; :inSource wb:Q70 ; :section "12" ; :retrieved "2026-11-01"^^xsd:date .
:p2 a :Passage .
:new a :City ; rdfs:label "New"@en ; :partOf :anzio ; :date "-0043-03-15"^^xsd:date .
"""


@cache
def entities(name: str) -> tuple[tuple[Entity, ...], MappingRules]:
    """What is exported: of a world with all datatypes, and of the graph of this repository."""
    if name == "world":
        found = exported(WORLD)
        assert found.losses == []
        return tuple(found.entities), mapping()
    project = Project(ROOT)
    rules = project_mapping(project)
    with stored(project.rdf_files()) as store:
        return tuple(export_entities(store, rules).entities), rules


@cache
def documents(name: str) -> list[dict[str, Any]]:
    found, rules = entities(name)
    return json.loads("".join(write_entities(found, rules.concepts)))


BOTH = pytest.mark.parametrize("name", ["world", "repository"])


def snaks_of(statement: dict[str, Any]) -> list[dict[str, Any]]:
    groups = [statement.get("qualifiers", {})]
    groups += [reference["snaks"] for reference in statement.get("references", ())]
    return [statement["mainsnak"], *(s for g in groups for snaks in g.values() for s in snaks)]


def all_snaks(name: str) -> list[dict[str, Any]]:
    return [
        snak
        for document in documents(name)
        for statements in document["claims"].values()
        for statement in statements
        for snak in snaks_of(statement)
    ]


# quickstatements-client -----------------------------------------------------------------

#: What its model has: items, texts and dates. References after the first it does not know.
_MODELLED = re.compile(
    r'CREATE|[QP]\d+|[PS]\d+|[LDA][a-z-]+|LAST|"[^"]*"|[+-]\d+-\d\d-\d\dT\S+/\d+'
)


def line_of(cells: list[str]) -> Line:
    """The client's own object for a command."""
    if cells == ["CREATE"]:
        return CreateLine()
    subject, predicate, target, *rest = cells
    qualifiers = []
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if value.startswith('"'):
            qualifiers.append(TextQualifier(predicate=name, target=value[1:-1]))
        elif value.startswith(("+", "-")):
            qualifiers.append(DateQualifier(predicate=name, target=value))
        else:
            qualifiers.append(EntityQualifier(predicate=name, target=value))
    kind = TextLine if target.startswith('"') else EntityLine
    return kind(
        subject=subject, predicate=predicate, target=target.strip('"'), qualifiers=qualifiers
    )


@BOTH
def test_quickstatements_client_writes_the_same_lines(name: str) -> None:
    lines = "".join(write_commands(entities(name)[0])).splitlines()
    known = [
        cells
        for line in lines
        for cells in [line.split("\t!S", 1)[0].split("\t")]
        if all(map(_MODELLED.fullmatch, cells)) and not cells[-1].startswith(("+", "-"))
    ]
    known = [cells for cells in known if len(cells) < 3 or not cells[2].startswith(("+", "-"))]
    assert len(known) > len(lines) / 2
    rendered = render_lines([line_of(cells) for cells in known], sep="\t", newline="\n")
    assert rendered.splitlines() == ["\t".join(cells) for cells in known]


# wikibaseintegrator ---------------------------------------------------------------------


def as_from_an_api(document: dict[str, Any]) -> dict[str, Any]:
    """A document with what an API adds, and the client asks for: a revision, ids and hashes."""
    given: dict[str, Any] = {"lastrevid": 0, "id": "Q1", **json.loads(json.dumps(document))}
    for statements in given["claims"].values():
        for statement in statements:
            statement.setdefault("id", "")
            for reference in statement.get("references", ()):
                reference["hash"] = ""
    return given


@BOTH
def test_wikibaseintegrator_reads_the_same_entities(name: str) -> None:
    for document in documents(name):
        read = ItemEntity().from_json(as_from_an_api(document)).get_json()
        for statements in read["claims"].values():
            for statement in statements:
                for reference in statement.get("references", ()):
                    reference.pop("hash", None)
        for key in ("labels", "descriptions", "aliases", "claims"):
            assert read[key] == document[key], key


def built(snak: dict[str, Any]) -> Any:
    """The snak as its constructors make one."""
    property_, value = snak["property"], snak["datavalue"]["value"]
    match snak["datatype"]:
        case "wikibase-item":
            return datatypes.Item(value["id"], prop_nr=property_)
        case "string":
            return datatypes.String(value, prop_nr=property_)
        case "external-id":
            return datatypes.ExternalID(value, prop_nr=property_)
        case "url":
            return datatypes.URL(value, prop_nr=property_)
        case "monolingualtext":
            return datatypes.MonolingualText(value["text"], value["language"], prop_nr=property_)
        case "time":
            time, precision, calendar = value["time"], value["precision"], value["calendarmodel"]
            return datatypes.Time(
                time, precision=precision, calendarmodel=calendar, prop_nr=property_
            )
        case "quantity":
            return datatypes.Quantity(value["amount"], unit=value["unit"], prop_nr=property_)
        case _:
            place = [value[key] for key in ("latitude", "longitude")]
            return datatypes.GlobeCoordinate(
                *place, precision=value["precision"], globe=value["globe"], prop_nr=property_
            )


@BOTH
def test_wikibaseintegrator_makes_the_same_values(name: str) -> None:
    snaks = all_snaks(name)
    if name == "world":
        assert len({snak["datatype"] for snak in snaks}) == 8
    for snak in snaks:
        assert built(snak).mainsnak.get_json() == snak


# wikibase-sdk and wikibase-edit ---------------------------------------------------------


def plain(value: Any) -> Any:
    """A value without what says the same twice."""
    if isinstance(value, dict):
        left_out = ("numeric-id", "altitude")
        return {key: plain(each) for key, each in value.items() if key not in left_out}
    # The client takes a unit for an item of the Wikibase that it sends to.
    return re.sub(r"^http.*/entity/(?=Q\d+$)", "", value) if isinstance(value, str) else value


def said(statement: dict[str, Any]) -> Any:
    """A statement as either side has it."""

    def snaks(found: Any) -> list[Any]:
        listed = [s for each in found.values() for s in each] if isinstance(found, dict) else found
        return sorted(
            ([s["property"], s["snaktype"], plain(s["datavalue"])] for s in listed), key=repr
        )

    return [
        *snaks([statement["mainsnak"]]),
        statement["rank"],
        snaks(statement.get("qualifiers", {})),
        sorted((snaks(r["snaks"]) for r in statement.get("references", ())), key=repr),
    ]


@BOTH
def test_wikibase_edit_sends_the_same_statements(name: str) -> None:
    folder = comunica().folder
    if not (folder / "node_modules/wikibase-edit").is_dir():
        pytest.skip("wikibase-edit is not installed: `make comunica`, which needs Node.js and npm")
    given = documents(name)
    properties = {snak["property"]: snak["datatype"] for snak in all_snaks(name)}
    lines = "".join(json.dumps({"entity": d, "properties": properties}) + "\n" for d in given)
    done = subprocess.run(
        [comunica().node, str(Path(__file__).parent / "edit.mjs"), str(folder)],
        input=lines, text=True, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(given)
    for document, answer in zip(given, answers, strict=True):
        assert "error" not in answer, answer
        sent = json.loads(answer["sent"]["data"])
        assert answer["sent"].get("id") == document.get("id")
        assert sent["labels"] == document["labels"]
        assert sent["aliases"] == document["aliases"]
        for property_, statements in document["claims"].items():
            assert [said(s) for s in sent["claims"][property_]] == [said(s) for s in statements]
