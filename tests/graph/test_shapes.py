"""Each constraint of ontology/shapes.ttl against data that break it.

A case takes triples from the valid fixture and adds others; it names every result that
this must give, so that a constraint which fires too often fails as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from rdflib import OWL, RDF, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH
from rdflib.term import Node

from .conftest import (
    FIXTURES,
    ID,
    PREFIXES,
    WW2,
    facts,
    findings,
    local,
    ontology,
    parsed,
    path_text,
    shapes,
    snippet,
    union,
)

TIME_PATH = "(partOf|during)*/date|begin|end|edtf|timeNote"
PLACE_PATH = "(partOf|during)*/atPlace|toward|placeNote"
# The focus node of the shapes that look at the whole graph at once.
GRAPH = "ontology"


@dataclass(frozen=True)
class Expected:
    shape: str
    constraint: str
    path: str
    focus: str
    words: str


@dataclass(frozen=True)
class Case:
    name: str
    expected: tuple[Expected, ...]
    remove: str = ""
    add: str = ""


def case(name: str, *expected: tuple[str, ...], remove: str = "", add: str = "") -> Case:
    return Case(name, tuple(Expected(*e) for e in expected), remove, add)


def swapped(
    subject: str, predicate: str, old: str, new: str, *expected: tuple[str, ...], name: str = ""
) -> Case:
    """A case that puts one value in place of another; with an empty ``new`` it goes."""
    return case(
        name or f"{subject} {predicate} {new or 'missing'}",
        *expected,
        remove=f"id:{subject} {predicate} {old} ." if old else "",
        add=f"id:{subject} {predicate} {new} ." if new else "",
    )


UNPINNED = ("PinnedShape", "sparql", "partOf", GRAPH, "does not say which it rests on")
PINNING = "id:siege-part-of-campaign"


def label(constraint: str) -> tuple[str, ...]:
    return ("LabelShape", constraint, "label", "town", "exactly one rdfs:label per language")


def cites(constraint: str, focus: str) -> tuple[str, ...]:
    return ("CitationShape", constraint, "cites", focus, "names the passage it rests on")


def statement(constraint: str, path: str, focus: str) -> tuple[str, ...]:
    return ("StatementShape", constraint, path, focus, f"exactly one rdf:{path}")


def passage(constraint: str, path: str, focus: str, words: str) -> tuple[str, ...]:
    return ("PassageShape", constraint, path, focus, words)


def source(constraint: str, path: str, focus: str, words: str) -> tuple[str, ...]:
    return ("SourceShape", constraint, path, focus, words)


def date(constraint: str, path: str, focus: str, words: str = "as precise as") -> tuple[str, ...]:
    return ("DateShape", constraint, path, focus, words)


def in_siege(predicate: str, old: str, new: str, constraint: str) -> Case:
    expected = ("ParticipationShape", constraint, predicate, "corps-in-siege", f"ww2:{predicate}")
    return swapped("corps-in-siege", f"ww2:{predicate}", old, new, expected)


def command(constraint: str, path: str) -> tuple[str, ...]:
    return ("CommandShape", constraint, path, "command-by-ann", f"exactly one ww2:{path}")


def figure(constraint: str, path: str, words: str = "") -> tuple[str, ...]:
    return ("FigureShape", constraint, path, "losses", words or f"exactly one ww2:{path}")


def decision(constraint: str, path: str, words: str) -> tuple[str, ...]:
    return ("DecisionShape", constraint, path, "choice", words)


def film(constraint: str) -> tuple[str, ...]:
    return ("FilmShape", constraint, "length", "newsreel", "one length in whole seconds")


def segment(constraint: str, path: str, words: str = "") -> tuple[str, ...]:
    return ("SegmentShape", constraint, path, "scene", words or "Expected exactly one")


BEYOND_FILM = ("SegmentShape", "sparql", "", "scene", "but its film is only")
BEN_REPLACES_ANN = "id:command-by-ben ww2:replaces id:command-by-ann ."
ASSAULT_TIME = '"1943-10-02T06:00:00+01:00"^^xsd:dateTime'

CASES = [
    # Names
    swapped("town", "rdfs:label", '"Town"@en', "", label("minCount")),
    swapped("town", "rdfs:label", "", '"City"@en', label("uniqueLang")),
    swapped("town", "rdfs:label", "", '"Town"', label("datatype")),
    # Citations
    swapped("town", "ww2:cites", "id:first", "", cites("minCount", "town")),
    swapped("verdict", "ww2:cites", "id:second", "", cites("minCount", "verdict")),
    swapped("verdict", "ww2:cites", "id:second", "id:land", cites("class", "verdict")),
    # Statements
    case(
        "statement without subject",
        statement("minCount", "subject", "siege-part-of-campaign"),
        UNPINNED,
        remove=f"{PINNING} rdf:subject id:siege .",
    ),
    case(
        "statement with two subjects",
        statement("maxCount", "subject", "siege-part-of-campaign"),
        add=f"{PINNING} rdf:subject id:assault . id:assault ww2:partOf id:campaign .",
    ),
    case(
        "statement about a blank node",
        statement("nodeKind", "subject", "another"),
        add="""id:another a ww2:Statement ; rdf:subject [ ww2:partOf id:campaign ] ;
               rdf:predicate ww2:partOf ; rdf:object id:campaign ; ww2:cites id:first .""",
    ),
    case(
        "statement without predicate",
        statement("minCount", "predicate", "siege-part-of-campaign"),
        UNPINNED,
        remove=f"{PINNING} rdf:predicate ww2:partOf .",
    ),
    case(
        "statement with two predicates",
        statement("maxCount", "predicate", "siege-part-of-campaign"),
        add=f"{PINNING} rdf:predicate ww2:during . id:siege ww2:during id:campaign .",
    ),
    case(
        "statement with a text for its predicate",
        statement("nodeKind", "predicate", "another"),
        ("StatedTripleShape", "sparql", "part of", "siege", "is not in the graph"),
        add="""id:another a ww2:Statement ; rdf:subject id:siege ;
               rdf:predicate "part of" ; rdf:object id:campaign ; ww2:cites id:first .""",
    ),
    case(
        "statement without object",
        statement("minCount", "object", "siege-part-of-campaign"),
        UNPINNED,
        remove=f"{PINNING} rdf:object id:campaign .",
    ),
    case(
        "statement with two objects",
        statement("maxCount", "object", "siege-part-of-campaign"),
        add=f"{PINNING} rdf:object id:assault . id:siege ww2:partOf id:assault .",
    ),
    case(
        "statement about a triple that is not there",
        ("StatedTripleShape", "sparql", "atPlace", "siege", "is not in the graph"),
        add="""id:another a ww2:Statement ; rdf:subject id:siege ;
               rdf:predicate ww2:atPlace ; rdf:object id:town ; ww2:cites id:first .""",
    ),
    case(
        "relation of a thing that cites two passages, without a statement",
        UNPINNED,
        remove=f"""{PINNING} a ww2:Statement ; rdf:subject id:siege ;
                   rdf:predicate ww2:partOf ; rdf:object id:campaign ; ww2:cites id:first .""",
    ),
    case(
        "date of a thing that cites two passages, without a statement",
        ("PinnedShape", "sparql", "date", GRAPH, "does not say which it rests on"),
        add="id:assault ww2:cites id:first . id:assault ww2:toward id:land ."
        + "".join(
            f"id:pin{n} a ww2:Statement ; rdf:subject id:assault ; rdf:predicate ww2:{p} ; "
            f"rdf:object {o} ; ww2:cites id:first ."
            for n, (p, o) in enumerate(
                [
                    ("toward", "id:town"),
                    ("toward", "id:land"),
                    ("before", "id:retreat"),
                    ("edtf", '"1943-10-02T06:00:00+01:00~"'),
                    ("duration", '"PT4H"^^xsd:duration'),
                ]
            )
        ),
    ),
    # Passages
    swapped(
        "record", "ww2:inSource", "id:register", "",
        passage("minCount", "inSource", "record", "exactly one ww2:inSource"),
    ),
    swapped(
        "record", "ww2:inSource", "", "id:report",
        passage("maxCount", "inSource", "record", "exactly one ww2:inSource"),
    ),
    swapped(
        "record", "ww2:inSource", "id:register", "id:town",
        passage("class", "inSource", "record", "a ww2:Source"),
    ),
    swapped("second", "ww2:line", "", "1", passage("maxCount", "line", "second", "line number")),
    swapped("record", "ww2:line", "", "1.5", passage("datatype", "line", "record", "line number")),
    swapped("record", "ww2:line", "", "0", passage("minInclusive", "line", "record", "from 1")),
    swapped(
        "second", "ww2:sentence", "", "1", passage("maxCount", "sentence", "second", "sentence")
    ),
    swapped(
        "record", "ww2:sentence", "", "1.5", passage("datatype", "sentence", "record", "sentence")
    ),
    swapped(
        "record", "ww2:sentence", "", "0", passage("minInclusive", "sentence", "record", "from 1")
    ),
    swapped(
        "first", "ww2:charBegin", "", "1", passage("maxCount", "charBegin", "first", "one offset")
    ),
    swapped(
        "first", "ww2:charBegin", "0", "0.5",
        passage("datatype", "charBegin", "first", "an xsd:integer"),
    ),
    swapped(
        "first", "ww2:charBegin", "0", "-1",
        passage("minInclusive", "charBegin", "first", "from 0 upwards"),
    ),
    swapped(
        "first", "ww2:charBegin", "0", "50",
        passage("lessThan", "charBegin", "first", "less than ww2:charEnd"),
    ),
    swapped("first", "ww2:charEnd", "", "60", passage("maxCount", "charEnd", "first", "offset")),
    swapped(
        "first", "ww2:charEnd", "50", "50.5",
        passage("datatype", "charEnd", "first", "an xsd:integer"),
    ),
    swapped(
        "record", "dcterms:identifier", '"7"', "",
        passage("or", "", "record", "to be found in its source"),
    ),
    swapped(
        "first", "ww2:line", "1", "",
        passage("or", "", "first", "to be found in its source"),
    ),
    # Sources
    swapped(
        "register", "dcterms:description", '"An invented table of records."@en', "",
        source("minCount", "description", "register", "what the source is"),
    ),
    swapped(
        "report", "ww2:sha256", "", f'"{"1" * 64}"',
        source("maxCount", "sha256", "report", "64 lower-case"), name="report with two sums",
    ),
    swapped(
        "register", "ww2:sha256", "", f'"{"A" * 64}"',
        source("pattern", "sha256", "register", "64 lower-case"), name="sum in capitals",
    ),
    swapped(
        "report", "ww2:charCount", "", "200", source("maxCount", "charCount", "report", "number of")
    ),
    swapped(
        "register", "ww2:charCount", "", "9.5",
        source("datatype", "charCount", "register", "number of characters"),
    ),
    swapped(
        "register", "ww2:charCount", "", "-1",
        source("minInclusive", "charCount", "register", "number of characters"),
    ),
    swapped(
        "report", "ww2:lineCount", "", "3", source("maxCount", "lineCount", "report", "number of")
    ),
    swapped(
        "register", "ww2:lineCount", "", "9.5",
        source("datatype", "lineCount", "register", "number of lines"),
    ),
    swapped(
        "register", "ww2:lineCount", "", "-1",
        source("minInclusive", "lineCount", "register", "number of lines"),
    ),
    swapped(
        "record", "ww2:charBegin", "", "0",
        source("sparql", "", "register", "expected its ww2:sha256, ww2:charCount"),
    ),
    swapped(
        "second", "ww2:charEnd", "100", "101",
        source("sparql", "", "report", "ends at character"),
    ),
    swapped("second", "ww2:line", "2", "3", source("sparql", "", "report", "is on line")),
    # Time and place
    swapped(
        "choice", "ww2:timeNote", '"Not dated."@en', "",
        ("EventTimeShape", "minCount", TIME_PATH, "choice", "Expected a time"),
    ),
    swapped(
        "choice", "ww2:placeNote", '"Not told."@en', "",
        ("EventPlaceShape", "minCount", PLACE_PATH, "choice", "Expected a place"),
    ),
    case(
        "part of a whole without time",
        ("EventTimeShape", "minCount", TIME_PATH, "campaign", "Expected a time"),
        ("EventTimeShape", "minCount", TIME_PATH, "siege", "Expected a time"),
        remove="""id:campaign ww2:begin "1943-09"^^xsd:gYearMonth ;
                              ww2:end "1943-12-24"^^xsd:date .""",
    ),
    swapped(
        "retreat", "ww2:date", '"1943-11"^^xsd:gYearMonth', '"November"',
        date("or", "date", "retreat"),
    ),
    swapped(
        "retreat", "ww2:date", '"1943-11"^^xsd:gYearMonth', '"1943-11-31"^^xsd:date',
        date("or", "date", "retreat"),
    ),
    swapped(
        "campaign", "ww2:begin", "", '"1943"^^xsd:gYear', date("maxCount", "begin", "campaign")
    ),
    swapped(
        "campaign", "ww2:begin", '"1943-09"^^xsd:gYearMonth', '"1 September 1943"',
        date("or", "begin", "campaign"),
    ),
    swapped("campaign", "ww2:end", "", '"1944"^^xsd:gYear', date("maxCount", "end", "campaign")),
    swapped(
        "campaign", "ww2:end", '"1943-12-24"^^xsd:date', '"1943-12-24"',
        date("or", "end", "campaign"),
    ),
    swapped(
        "assault", "ww2:edtf", "", '"1943-10"', date("maxCount", "edtf", "assault", "one EDTF")
    ),
    swapped(
        "retreat", "ww2:edtf", "", '"1943-11"@en',
        date("datatype", "edtf", "retreat", "one EDTF string"),
    ),
    swapped(
        "retreat", "ww2:edtf", "", '"in November"',
        date("pattern", "edtf", "retreat", "one EDTF string"),
    ),
    swapped(
        "assault", "ww2:duration", "", '"PT5H"^^xsd:duration',
        date("maxCount", "duration", "assault", "xsd:duration"),
    ),
    swapped(
        "retreat", "ww2:duration", "", '"four hours"',
        date("datatype", "duration", "retreat", "xsd:duration"),
    ),
    swapped(
        "assault", "ww2:date", ASSAULT_TIME, '"1943-10-02T06:00:00"^^xsd:dateTime',
        date("pattern", "date|begin|end", "assault", "needs its zone"),
    ),
    swapped(
        "campaign", "ww2:end", '"1943-12-24"^^xsd:date', '"1943-08-31"^^xsd:date',
        ("IntervalShape", "sparql", "", "campaign", "is before the begin"),
    ),
    case(
        "each before the other",
        ("OrderShape", "sparql", "", "campaign", "before itself"),
        ("OrderShape", "sparql", "", "choice", "before itself"),
        add="id:choice ww2:before id:campaign . id:campaign ww2:before id:choice .",
    ),
    case(
        "both before and after the other",
        ("OrderShape", "sparql", "", "choice", "before itself"),
        add="id:choice ww2:before id:campaign ; ww2:after id:campaign .",
    ),
    swapped(
        "retreat", "ww2:date", '"1943-11"^^xsd:gYearMonth', '"1943-09"^^xsd:gYearMonth',
        ("OrderOfDatesShape", "sparql", "", "assault", "is told to be before"),
    ),
    swapped(
        "army", "ww2:subordinateTo", "", "id:corps",
        ("PartShape", "sparql", "", "army", "part of itself"),
        ("PartShape", "sparql", "", "corps", "part of itself"),
    ),
    # Participations and commands
    in_siege("participant", "id:corps", "", "minCount"),
    in_siege("participant", "", "id:army", "maxCount"),
    in_siege("participant", "id:corps", "id:land", "class"),
    in_siege("inEvent", "id:siege", "", "minCount"),
    in_siege("inEvent", "", "id:assault", "maxCount"),
    in_siege("inEvent", "id:siege", "id:land", "class"),
    in_siege("role", "ww2:role-attacker", "", "minCount"),
    in_siege("role", "ww2:role-attacker", "id:land", "class"),
    swapped("command-by-ann", "ww2:holder", "id:ann", "", command("minCount", "holder")),
    swapped("command-by-ann", "ww2:holder", "", "id:ben", command("maxCount", "holder")),
    swapped("command-by-ann", "ww2:holder", "id:ann", "id:army", command("class", "holder")),
    swapped("command-by-ann", "ww2:commandOf", "id:corps", "", command("minCount", "commandOf")),
    case(
        "command of two units",
        command("maxCount", "commandOf"),
        remove=BEN_REPLACES_ANN,
        add="id:command-by-ann ww2:commandOf id:army .",
    ),
    case(
        "command of a place",
        command("class", "commandOf"),
        remove=BEN_REPLACES_ANN + "id:command-by-ann ww2:commandOf id:corps .",
        add="id:command-by-ann ww2:commandOf id:land .",
    ),
    swapped(
        "command-by-ann", "ww2:end", '"1943-10-15"^^xsd:date', '"1943-11-15"^^xsd:date',
        ("CommandShape", "sparql", "", "command-by-ann", "Two commands of one unit overlap"),
    ),
    swapped(
        "command-by-ben", "ww2:commandOf", "id:corps", "id:army",
        ("ReplacementShape", "sparql", "", "command-by-ben", "not of the same unit"),
    ),
    # Figures
    swapped("losses", "ww2:count", "120", "", figure("minCount", "count")),
    swapped("losses", "ww2:count", "", "130", figure("maxCount", "count")),
    swapped("losses", "ww2:count", "120", "120.5", figure("datatype", "count")),
    swapped("losses", "ww2:count", "120", "-1", figure("minInclusive", "count")),
    swapped("losses", "dcterms:source", "id:report", "", figure("minCount", "source", "a source")),
    swapped("losses", "dcterms:source", "", "id:land", figure("class", "source", "of a source")),
    swapped("losses", "ww2:forParty", "id:country", "", figure("minCount", "forParty")),
    swapped("losses", "ww2:forParty", "", "id:army", figure("maxCount", "forParty")),
    swapped("losses", "ww2:forParty", "id:country", "id:land", figure("class", "forParty")),
    swapped("losses", "ww2:inEvent", "id:siege", "", figure("minCount", "inEvent")),
    swapped("losses", "ww2:inEvent", "", "id:assault", figure("maxCount", "inEvent")),
    swapped("losses", "ww2:inEvent", "id:siege", "id:land", figure("class", "inEvent")),
    swapped(
        "losses", "ww2:cites", "id:second", "id:record",
        figure("sparql", "", "which is in another source"),
    ),
    # Decisions and judgements
    swapped(
        "choice", "ww2:decidedBy", "id:ann", "",
        decision("minCount", "decidedBy|orderedBy", "the person who decided"),
    ),
    swapped(
        "choice", "ww2:decidedBy", "id:ann", "id:army",
        decision("class", "decidedBy|orderedBy", "the person who decided"),
    ),
    swapped("choice", "ww2:chose", "id:course-go", "", decision("minCount", "chose", "ww2:chose")),
    swapped("choice", "ww2:chose", "id:course-go", "id:land", decision("class", "chose", "chose")),
    swapped(
        "choice", "ww2:alternative", "id:course-stay", "id:land",
        decision("class", "alternative", "as the alternative"),
    ),
    swapped(
        "verdict", "ww2:about", "id:siege", "",
        ("JudgementShape", "minCount", "about", "verdict", "what is being judged"),
    ),
    swapped(
        "verdict", "ww2:about", "id:siege", '"the siege"',
        ("JudgementShape", "nodeKind", "about", "verdict", "what is being judged"),
    ),
    # Films
    swapped("newsreel", "ww2:length", "", "700", film("maxCount")),
    swapped("newsreel", "ww2:length", "600", "600.5", film("datatype")),
    swapped("newsreel", "ww2:length", "600", "0", film("minExclusive"), BEYOND_FILM),
    swapped("scene", "ww2:segmentOf", "id:newsreel", "", segment("minCount", "segmentOf")),
    case(
        "segment of two films",
        segment("maxCount", "segmentOf"),
        add="""id:other a ww2:Film ; rdfs:label "Other"@en ; ww2:cites id:record .
               id:scene ww2:segmentOf id:other .""",
    ),
    swapped("scene", "ww2:segmentOf", "id:newsreel", "id:land", segment("class", "segmentOf")),
    swapped("scene", "ww2:offset", "599", "", segment("minCount", "offset")),
    swapped("scene", "ww2:offset", "", "10", segment("maxCount", "offset")),
    swapped("scene", "ww2:offset", "599", "10.5", segment("datatype", "offset")),
    swapped("scene", "ww2:offset", "599", "-1", segment("minInclusive", "offset")),
    swapped("scene", "ww2:offset", "599", "600", BEYOND_FILM),
    # The graph as a whole
    swapped(
        "town", "a", "", "ww2:Unit",
        ("DisjointShape", "xone", "", "town", "two kinds that exclude each other"),
    ),
    swapped(
        "country", "a", "", "ww2:Unit",
        ("DisjointAgentShape", "xone", "", "country", "two kinds that exclude each other"),
    ),
    case(
        "figure and judgement in one",
        ("DisjointClaimShape", "xone", "", "losses", "two kinds that exclude each other"),
        add="id:losses a ww2:Judgement ; ww2:about id:siege .",
    ),
    swapped(
        "assault", "ww2:toward", "", "id:twon",
        ("DanglingShape", "or", "", "twon", "points to this name but says nothing of it"),
    ),
    swapped(
        "town", "schema:containedInPlace", "", "id:nowhere",
        ("DanglingElsewhereShape", "sparql", "containedInPlace", GRAPH, "the graph says nothing"),
    ),
]  # fmt: skip


def valid() -> Graph:
    return parsed(FIXTURES / "valid.ttl")


def test_the_valid_fixture_conforms() -> None:
    assert findings(valid()) == []


def test_the_shipped_graph_conforms() -> None:
    assert findings(facts()) == []


@pytest.mark.parametrize("broken", CASES, ids=lambda c: c.name)
def test_a_broken_rule_is_reported_where_it_is_broken(broken: Case) -> None:
    removed = snippet(broken.remove)
    missing = [t for t in removed if t not in valid()]
    assert not missing, "the case removes what the fixture does not have"
    data = union(valid(), snippet(broken.add))
    for triple in removed:
        data.remove(triple)

    found = {(f.shape, f.constraint, f.path, f.focus): f.message for f in findings(data)}

    assert set(found) == {(e.shape, e.constraint, e.path, e.focus) for e in broken.expected}
    for e in broken.expected:
        assert e.words in found[e.shape, e.constraint, e.path, e.focus]


def test_messages_name_the_values() -> None:
    data = union(valid(), snippet("id:second ww2:line 3 ."))
    messages = [f.message for f in findings(data) if f.constraint == "sparql"]
    assert messages == [f"The passage {ID}second is on line 3, but its source has 2 lines."]


def test_decisions_and_unpinned_relations_are_warnings() -> None:
    data = union(valid(), snippet("id:siege ww2:atPlace id:town ."))
    data.remove((URIRef(ID + "choice"), URIRef(WW2 + "decidedBy"), None))
    severities = {f.shape: f.severity for f in findings(data)}
    assert severities == {"DecisionShape": "Warning", "PinnedShape": "Warning"}


def test_open_ends_and_shared_months_are_no_overlap() -> None:
    data = union(valid(), snippet("id:corps ww2:serves id:country ."))
    data.remove((URIRef(ID + "command-by-ann"), URIRef(WW2 + "end"), None))
    assert findings(data) == []


# ----------------------------------------------------------------------------
# The shapes themselves


def named_shapes() -> list[URIRef]:
    nodes = shapes().subjects(RDF.type, SH.NodeShape)
    return sorted(n for n in nodes if isinstance(n, URIRef))


def core_constraints(shape: Node) -> set[tuple[str, str]]:
    """Path and name of each constraint of SHACL Core, the path empty on the node itself."""
    found = {("", local(p)) for p in shapes().predicates(shape) if p in (SH["or"], SH.xone)}
    for part in shapes().objects(shape, SH.property):
        path = shapes().value(part, SH.path)
        assert path is not None
        names = {local(p) for p in shapes().predicates(part)} - {"path", "message", "severity"}
        found |= {(path_text(shapes(), path), name) for name in names}
    return found


@pytest.mark.parametrize("shape", named_shapes(), ids=local)
def test_every_constraint_has_a_case(shape: URIRef) -> None:
    expected = [e for c in CASES for e in c.expected if e.shape == local(shape)]
    untried = core_constraints(shape) - {(e.path, e.constraint) for e in expected}
    words = [e.words for e in expected if e.constraint == "sparql"]
    for node in shapes().objects(shape, SH.sparql):
        message = str(shapes().value(node, SH.message))
        if not any(w in message for w in words):
            untried.add(("", message))
    assert expected
    assert not untried


@pytest.mark.parametrize("shape", named_shapes(), ids=local)
def test_every_shape_has_a_name_and_a_target(shape: URIRef) -> None:
    predicates = set(shapes().predicates(shape))
    assert SH.name in predicates
    assert predicates & {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}


def test_shapes_speak_only_of_declared_terms() -> None:
    used = {n for n in shapes().all_nodes() if isinstance(n, URIRef) and n.startswith(WW2)}
    assert used - set(named_shapes()) <= set(ontology().subjects())


def test_disjointness_is_that_of_the_ontology() -> None:
    declared = {
        frozenset(Collection(ontology(), members))
        for members in ontology().objects(None, OWL.members)
    }
    checked = {
        frozenset(shapes().value(option, SH["class"]) for option in Collection(shapes(), options))
        for options in shapes().objects(None, SH.xone)
    }
    targets = {
        frozenset(shapes().objects(shape, SH.targetClass)) for shape in shapes().subjects(SH.xone)
    }
    assert declared == checked == targets


def test_a_dangling_name_is_reported_once_whatever_the_property() -> None:
    used = {p for _, p, o in facts() if str(o).startswith(ID)}
    declared = set(ontology().subjects(RDF.type, OWL.ObjectProperty))
    others = {URIRef(WW2 + "manner"), URIRef(WW2 + "misspelt"), URIRef("http://example.org/p")}
    data = union(valid())
    expected = []
    for number, predicate in enumerate(sorted(used | declared | others)):
        name = f"missing-{number}-{local(predicate)}"
        data.add((URIRef(ID + "verdict"), predicate, URIRef(ID + name)))
        expected.append(name)

    found = [f.value for f in findings(data) if f.shape.startswith("Dangling")]

    assert sorted(found) == sorted(expected)


def test_prefixes_of_the_cases_are_those_of_the_shapes() -> None:
    declared = {
        str(shapes().value(node, SH.prefix)): str(shapes().value(node, SH.namespace))
        for node in shapes().objects(None, SH.declare)
    }
    graph = Graph(bind_namespaces="none").parse(data=PREFIXES, format="turtle")
    bound = {prefix: str(namespace) for prefix, namespace in graph.namespaces()}
    common = declared.keys() & bound.keys()
    assert common
    assert {p: declared[p] for p in common} == {p: bound[p] for p in common}
