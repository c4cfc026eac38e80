"""What is written of the algebra is the same algebra when it is read again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kgtool.errors import KgtoolError
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import BGP, Filter, Group, Query, Table, TriplePattern, Variable
from kgtool.sparql.writing import pieces, to_sparql
from tests.conformance import manifests
from tests.plan.random_queries import QueryGenerator
from tests.sparql.test_translation import PREFIXES, UPDATE, cases

ROOT = Path(__file__).parents[2]
BASE = "http://example.org/"


def translated(text: str) -> Query | None:
    """The algebra of a text; None for what is no query, of which the suites have some."""
    try:
        return parse_query(text, prefixes=PREFIXES, base=BASE)
    except KgtoolError:
        return None


def corpus() -> Iterator[Any]:
    for case in cases():
        if not UPDATE.match(case.values[0]):
            yield pytest.param([case.values[0]], id=case.id)
    shipped = sorted((ROOT / "queries").rglob("*.rq"))
    yield pytest.param([path.read_text(encoding="utf-8") for path in shipped], id="shipped")
    suites = sorted(manifests.ROOT.rglob("*.rq"))
    marks = () if suites else pytest.mark.skip(reason=manifests.MISSING)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in suites]
    yield pytest.param(texts, id="W3C", marks=marks)
    generated = [QueryGenerator(Random(seed)).query() for seed in range(300)]
    yield pytest.param(generated, id="random")


@pytest.mark.parametrize("texts", list(corpus()))
def test_text_that_is_written_is_read_as_the_same_algebra(texts: list[str]) -> None:
    for text in texts:
        query = translated(text)
        if query is not None:
            written = to_sparql(query)
            assert renamed(parse_query(written)) == renamed(query), f"{text}\n----\n{written}"


def test_what_is_written_is_written_the_same_again() -> None:
    for path in (ROOT / "queries").rglob("*.rq"):
        written = to_sparql(parse_query(path.read_text(encoding="utf-8")))
        assert to_sparql(parse_query(written)) == written


def test_filters_stand_at_the_end_and_prefixes_shorten() -> None:
    query = parse_query(
        "SELECT (COUNT(*) AS ?n) { FILTER (?a * (?b + 1) > 2 && !BOUND(?c)) ?a :p ?b OPTIONAL "
        "{ ?a :q ?c FILTER NOT EXISTS { ?c a :C } } } GROUP BY ?a HAVING (COUNT(*) > 1)",
        prefixes={"": BASE, "unused": "http://u/"},
    )
    assert to_sparql(query) == (
        "PREFIX : <http://example.org/>\n"
        "SELECT (COUNT(*) AS ?n)\n"
        "WHERE {\n"
        "  ?a :p ?b .\n"
        "  OPTIONAL {\n"
        "    ?a :q ?c .\n"
        "    FILTER NOT EXISTS {\n"
        "      ?c a :C .\n"
        "    }\n"
        "  }\n"
        "  FILTER (?a * (?b + 1) > 2)\n"
        "  FILTER (!BOUND(?c))\n"
        "}\n"
        "GROUP BY ?a\n"
        "HAVING (COUNT(*) > 1)\n"
    )


def test_each_piece_names_its_operator() -> None:
    query = translated("SELECT ?a { ?a :p ?b . ?b :q ?c FILTER (?c > 1) } GROUP BY ?a")
    assert query is not None
    owners = {piece.text.strip(): piece.node for piece in pieces(query)}
    assert isinstance(owners["?b :q ?c ."], TriplePattern)
    assert isinstance(owners["FILTER (?c > 1)"], Filter)
    assert isinstance(owners["GROUP BY"], Group)


def test_a_table_has_no_syntax() -> None:
    query = translated("ASK { ?a ?b ?c }")
    assert query is not None
    with pytest.raises(ValueError, match="no syntax"):
        to_sparql(replace(query, pattern=Table("focus", (Variable("a"),))))


def renamed(query: Query) -> str:
    """The algebra as text, with blank nodes and aggregates in the order they are met in."""
    names: dict[str, str] = {}
    return re.sub(
        r"_:\w+", lambda label: names.setdefault(label[0], f"_:{len(names)}"), _plain(query)
    )


def _plain(node: Any) -> str:
    match node:
        case Group(pattern, keys, aggregates):
            # The order of aggregates is that of the text, where HAVING comes before ORDER BY.
            listed = sorted(aggregates, key=lambda pair: str(pair[1]))
            return f"(Group {_plain(pattern)} {_plain(keys)} {_plain(tuple(listed))})"
        case BGP(triples):
            return f"(BGP {' '.join(map(_plain, triples))})"
        case tuple():
            return f"[{' '.join(map(_plain, node))}]"
        case Variable(name):
            return f"?{name}" if node.projectable else name
        case IRI() | BlankNode() | Literal():
            return str(node)
    if not is_dataclass(node):
        return repr(node)
    kept = [f.name for f in fields(node) if f.compare and f.name not in _PROLOGUE]
    return f"({type(node).__name__} {' '.join(_plain(getattr(node, name)) for name in kept)})"


_PROLOGUE = ("prefixes", "base", "parameters")
