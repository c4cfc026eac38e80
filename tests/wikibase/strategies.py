"""Random graphs of what the mapping of this folder can say."""

from __future__ import annotations

from hypothesis import strategies as st

from kgtool.rdf.lines import Triple
from kgtool.rdf.namespaces import RDF, RDFS, XSD
from kgtool.rdf.terms import IRI, Literal, Term, lexical_form
from kgtool.rdf.timevalues import DAY, DECADE, JULIAN, MONTH, YEAR, TimeValue
from kgtool.wikibase.values import decimal_text
from kgtool.wikibase.vocabulary import WKT
from tests.wikibase.worlds import BASE, EX

_SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = IRI(RDF.type)
#: How the names of nodes begin that an import names anew.
NODES = (EX + "node-", BASE + "entity/statement/")


def ex(name: str) -> IRI:
    return IRI(EX + name)


MATCHED = [ex(f"thing{n}") for n in range(4)]
NEW = [ex(f"new{n}") for n in range(2)]
PASSAGES = [ex(f"passage{n}") for n in range(3)]

_LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters="﻿")
_words = st.text(_LETTERS, min_size=1, max_size=8)
texts = st.lists(_words | st.sampled_from(['"', '"a"', "/*", "*/", "\\", "|", "||", "a,b", "'"]),
    min_size=1, max_size=3).map(" ".join)  # fmt: skip
languages = st.sampled_from(["en", "de", "pt-br", "zh-hans"])
tagged = st.builds(Literal.tagged, texts, languages)
plain = texts.map(Literal)
urls = st.sampled_from(
    [IRI("https://a.example/"), IRI("https://a.example/b?c=d&e#f"), IRI("urn:x")]
)
items = st.sampled_from([*MATCHED, IRI(BASE + "entity/Q77"), IRI(BASE + "entity/Q78")])
integers = st.integers(-(10**20), 10**20).map(lambda n: Literal(str(n), XSD.integer))
decimals = st.decimals(-(10**9), 10**9, places=3).map(lambda n: Literal(f"{n:f}", XSD.decimal))
numbers = integers | decimals.filter(lambda literal: not literal.lexical.startswith("-0.000"))


def _degrees(most: int) -> st.SearchStrategy[str]:
    return st.decimals(-most, most, places=6).map(decimal_text)


points = st.builds(lambda x, y: Literal(f"POINT({x} {y})", WKT), _degrees(180), _degrees(90))


@st.composite
def time_values(draw: st.DrawFn) -> TimeValue:
    """Times of all precisions that literals have, in both calendars."""
    precision = draw(st.sampled_from([DECADE, YEAR, MONTH, DAY]))
    if precision == DECADE:
        return TimeValue(draw(st.integers(1, 999)) * 10, 0, 0, DECADE)
    calendar = TimeValue(1, 1, 1).calendar if precision == MONTH else draw(
        st.sampled_from([TimeValue(1, 1, 1).calendar, JULIAN]))  # fmt: skip
    year = draw(st.integers(-12000, 12000).filter(bool))
    month = draw(st.integers(1, 12)) if precision >= MONTH else 0
    day = draw(st.integers(1, 28)) if precision >= DAY else 0
    return TimeValue(year, month, day, precision, calendar)


times = time_values().map(lambda value: value.literal())

DIRECT: dict[str, st.SearchStrategy[Term]] = {
    "partOf": items, "motto": plain, "key": plain, "page": urls, "date": times, "begin": times,
    "length": numbers, "people": numbers, "title": tagged, "point": points,
}  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> set[Triple]:
    """Things with texts, classes, statements as triples and as nodes, and what these cite."""
    found: set[Triple] = set()
    for number, thing in enumerate(MATCHED):
        found.add((thing, IRI(_SKOS + "exactMatch"), IRI(f"{BASE}entity/Q{number + 1}")))
    for number, thing in enumerate([*MATCHED, *NEW]):
        found |= draw(_thing(thing, number))
    cited = {o for _, p, o in found if p == ex("cites")}
    for passage in sorted(cited, key=str):
        found.add((passage, TYPE, ex("Passage")))
        for name, values in (("inSource", items), ("section", plain), ("retrieved", times)):
            found |= {(passage, ex(name), v) for v in draw(st.sets(values, max_size=1))}
    return found


@st.composite
def _thing(draw: st.DrawFn, thing: IRI, number: int) -> set[Triple]:
    found: set[Triple] = {(thing, TYPE, draw(st.sampled_from([ex("Battle"), ex("City")])))}
    # New things are known by their labels, so each has some that no other has.
    found.add((thing, IRI(RDFS.label), Literal.tagged(f"Thing {number}", "en")))
    german = draw(st.sets(texts.map(lambda t: Literal.tagged(t, "de")), max_size=1))
    found |= {(thing, IRI(RDFS.label), t) for t in german}
    found |= {(thing, ex("description"), t) for t in draw(st.sets(tagged, max_size=1))}
    found |= {(thing, IRI(_SKOS + "altLabel"), t) for t in draw(st.sets(tagged, max_size=3))}
    names = draw(st.sets(st.sampled_from(sorted(DIRECT)), max_size=4))
    pins = 0
    for name in sorted(names):
        for value in draw(st.sets(DIRECT[name], min_size=1, max_size=2)):
            found.add((thing, ex(name), value))
            cited = draw(st.sets(st.sampled_from(PASSAGES), max_size=2))
            if cited:
                pins += 1
                pin = ex(f"node-pin{number}-{pins}")
                found |= {(pin, TYPE, ex("Pin")), (pin, IRI(RDF.base + "subject"), thing)}
                found |= {(pin, IRI(RDF.base + "predicate"), ex(name))}
                found |= {(pin, IRI(RDF.base + "object"), value)}
                found |= {(pin, ex("cites"), passage) for passage in cited}
    dates = [lexical_form(o) for _, p, o in found if p in (ex("date"), ex("begin"))]
    if dates and draw(st.booleans()):
        found.add((thing, ex("edtf"), Literal(draw(st.sampled_from(sorted(dates))) + "~")))
    found |= draw(_commands(thing, number)) | draw(_figures(thing, number))
    return found


@st.composite
def _commands(draw: st.DrawFn, thing: IRI, number: int) -> set[Triple]:
    """Nodes with holders that differ, so that a path over another node leads to one."""
    found: set[Triple] = set()
    holders = draw(st.lists(items, max_size=3, unique=True))
    for i, holder in enumerate(holders):
        node = ex(f"node-command{number}-{i}")
        found |= {(node, TYPE, ex("Command")), (node, ex("commandOf"), thing)}
        found.add((node, ex("holder"), holder))
        found |= {(node, ex("role"), o) for o in draw(st.sets(items, max_size=2))}
        found |= {(node, ex("title"), o) for o in draw(st.sets(tagged, max_size=1))}
        begin = draw(st.none() | times)
        end = draw(st.none() | times)
        said = {name: time for name, time in (("begin", begin), ("end", end)) if time is not None}
        found |= {(node, ex(name), time) for name, time in said.items()}
        if said and draw(st.booleans()):
            found |= {(node, ex("edtf"), Literal(t.lexical + "~")) for t in said.values()}
        if i and draw(st.booleans()):
            found.add((node, ex("replaces"), ex(f"node-command{number}-{i - 1}")))
        found |= {
            (node, ex("cites"), p) for p in draw(st.sets(st.sampled_from(PASSAGES), max_size=2))
        }
    return found


@st.composite
def _figures(draw: st.DrawFn, thing: IRI, number: int) -> set[Triple]:
    found: set[Triple] = set()
    counts = draw(st.lists(integers, max_size=2, unique=True))
    for i, count in enumerate(counts):
        node = ex(f"node-figure{number}-{i}")
        found |= {
            (thing, ex("figure"), node),
            (node, TYPE, ex("Figure")),
            (node, ex("count"), count),
        }
        found |= {(node, ex("forParty"), o) for o in draw(st.sets(items, max_size=1))}
        found |= {(o, ex("counted"), node) for o in draw(st.sets(items, max_size=1))}
        found |= {
            (node, ex("cites"), p) for p in draw(st.sets(st.sampled_from(PASSAGES), max_size=1))
        }
    return found
