"""Tables as triples, by CSV on the Web."""

from __future__ import annotations

import contextlib
import csv
import datetime
import gzip
import io
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic
from uritemplate import URITemplate

from kgtool.errors import DataError, KgtoolError, RdfSyntaxError
from kgtool.rdf.convert import to_rdflib
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.placing import places_in
from kgtool.rdf.tables.datatypes import DATATYPES, datatype_of
from kgtool.rdf.tables.formats import FormatError, moment_reader, number_reader
from kgtool.rdf.tables.lexical import has_value
from kgtool.rdf.tables.reading import TableParser
from kgtool.rdf.tables.templates import Template
from kgtool.rdf.terms import IRI, Literal

BASE = "https://example.org/table.csv"
PREFIXES = f"""
@base <{BASE}> .
@prefix : <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
Read = Callable[..., Graph]
#: A busy machine is no mistake.
_fast = settings(max_examples=60, deadline=None)


@pytest.fixture
def parser(tmp_path) -> Callable[..., TableParser]:
    """A parser of a table that is given as text, with its metadata as JSON."""

    def make(
        text: str | bytes, metadata: Any = None, name: str = "table.csv", **more: Any
    ) -> TableParser:
        data = text.encode() if isinstance(text, str) else text
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        given = metadata
        if not isinstance(metadata, str):
            schema = {**(metadata or {}), **more}
            given = json.dumps(
                {"@context": "http://www.w3.org/ns/csvw", "url": name, "tableSchema": schema},
                indent=1,
            )
        (tmp_path / f"{name.removesuffix('.gz')}-metadata.json").write_text(given)
        return TableParser(tmp_path / name, BASE)

    return make


@pytest.fixture
def read(parser) -> Read:
    def run(*arguments: Any, **more: Any) -> Graph:
        found = Graph()
        for cell in parser(*arguments, **more).cells():
            s, p, o = map(to_rdflib, cell.triple)
            found.add((s, p, o))
        return found

    return run


def same(found: Graph, turtle: str) -> bool:
    wanted = Graph().parse(data=PREFIXES + turtle, format="turtle")
    return isomorphic(found, wanted)


COLUMNS = [
    {"titles": "id", "suppressOutput": True},
    {"titles": "name", "propertyUrl": "rdfs:label", "lang": "en"},
    {
        "titles": ["born", "birth"],
        "propertyUrl": "https://example.org/born",
        "datatype": {"base": "date", "format": "d.M.yyyy"},
    },
    {"titles": "friends", "separator": " ", "propertyUrl": "https://example.org/knows"},
    {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "/Person"},
]
PEOPLE = {"aboutUrl": "/{id}", "columns": COLUMNS}


def test_columns_become_properties_of_what_a_row_is_about(read):
    text = 'id,name,birth,friends\nann,"Ann, the ""first""",4.6.1944,bob  eve\nbob,,,\n'
    wanted = """
    :ann a :Person ; rdfs:label "Ann, the \\"first\\""@en ; :born "1944-06-04"^^xsd:date ;
      :knows "bob" , "" , "eve" .
    :bob a :Person .
    """
    wanted = wanted.replace(', ""', "")
    assert same(read(text, PEOPLE), wanted)


def test_without_more_rows_are_blank_nodes_with_properties_of_the_table(read):
    wanted = '[] <#a%20b> "1" ; <#c%2Dd> "2" . [] <#a%20b> "3" .'
    assert same(read("a b,c-d\n1,2\n3,\n"), wanted)
    headless = json.dumps(
        {"@context": "http://www.w3.org/ns/csvw", "url": "t", "dialect": {"header": False}}
    )
    assert same(read("1,2\n", headless), '[] <#_col.1> "1" ; <#_col.2> "2" .')


def test_values_have_datatypes_defaults_nulls_and_lists(read):
    columns = [
        {"name": "n", "datatype": "integer", "default": "7"},
        {"name": "x", "null": ["-", "?"], "datatype": {"base": "decimal", "format": {
            "decimalChar": ",", "groupChar": "."}}},
        {"name": "l", "separator": ";", "ordered": True, "datatype": "gYear"},
        {"name": "u", "valueUrl": "https://example.org/{u}"},
        {"name": "y", "datatype": {"base": "boolean", "format": "ja|nein"}},
        {"name": "own", "datatype": {"@id": "https://example.org/dt", "base": "string"}},
    ]  # fmt: skip
    text = 'n,x,l,u,y,own\n,"1.234,5",1944;1945,a b,ja, z \n8,?,,,nein,\n'
    wanted = """
    [] <#n> 7 ; <#x> 1234.5 ; <#l> ( "1944"^^xsd:gYear "1945"^^xsd:gYear ) ; <#u> :a%20b ;
       <#y> true ; <#own> " z "^^:dt .
    [] <#n> 8 ; <#y> false .
    """
    assert same(read(text, columns=columns), wanted)


def test_a_row_may_tell_of_several_things(read):
    columns = [
        {"name": "battle", "aboutUrl": "/b/{battle}", "propertyUrl": "rdfs:label"},
        {"name": "town", "aboutUrl": "/t/{town}", "propertyUrl": "rdfs:label"},
        {"name": "at", "virtual": True, "aboutUrl": "/b/{battle}",
         "propertyUrl": "https://example.org/at", "valueUrl": "/t/{town}"},
        {"name": "row", "virtual": True, "aboutUrl": "/b/{battle}",
         "propertyUrl": "https://example.org/row", "valueUrl": "#{_name}-{_row}-{_sourceRow}"},
    ]  # fmt: skip
    wanted = """
    </b/Anzio> rdfs:label "Anzio" ; :at </t/Nettuno> ; :row <#row-1-2> .
    </t/Nettuno> rdfs:label "Nettuno" .
    """
    assert same(read("battle,town\nAnzio,Nettuno\n", columns=columns), wanted)


def test_the_dialect_says_how_the_text_is_written(read):
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "tables": [
            {"url": "other.csv"},
            {
                "url": "dir/table.csv",
                "dialect": {
                    "delimiter": ";", "quoteChar": "'", "skipRows": 1, "headerRowCount": 2,
                    "commentPrefix": "//", "trim": True, "skipColumns": 1,
                    "encoding": "iso-8859-1",
                },
                "tableSchema": {"columns": [{"titles": "a"}, {"titles": "b"}]},
            },
        ],
    }  # fmt: skip
    text = "a table\nx;a;b\nx;in m;\n// no\n\nx; é ;'1;2'\n".encode("iso-8859-1")
    assert same(read(text, json.dumps(metadata)), '[] <#a> "é" ; <#b> "1;2" .')


def test_tables_are_split_by_tabs_and_unpacked_by_their_names(read):
    assert same(read("a\tb\n1\t2\n", {}, "table.tsv"), '[] <#a> "1" ; <#b> "2" .')
    assert same(read("\ufeffa,b\r\n1,2\r\n", {}, "table.csv.gz"), '[] <#a> "1" ; <#b> "2" .')


# ----------------------------------------------------------------------------
# Mistakes, with their places


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("id,name,born,friends\nann,Ann,31.2.1944,\n", (2, 9), "expected a date like d.M.yyyy"),
        ("id,name,born,friends\na,\"x\ny\",soon,\n", (3, 4), "'soon' is no value of the column"),
        ("id,name,born\n", (1, 13), "the head has 3 columns, the metadata describe 4"),
        ("id,name,bron,friends\n", (1, 9), "Did you mean 'born'?"),
        ("id,name,born,friends\n\na,b\n", (3, 4), "the row has 2 columns; expected 4 columns"),
        ("id,name,born,friends\na,b,,c,d\n", (2, 8), "the row has 5 columns"),
        ('id,name,born,friends\na,"b" c,,\n', (2, None), "the row cannot be read"),
        ('id,name,born,friends\n\na,"b\nc', (3, None), "the row cannot be read"),
        ("id,name,born,friends\n<<<<<<< ours\n", (2, 1), "merge conflict"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_and_column(parser, text, place, said):
    with pytest.raises(RdfSyntaxError) as caught:
        list(parser(text, PEOPLE))
    location = caught.value.location
    assert (location.line, location.column) == place
    assert said in str(caught.value)
    assert location.text is None or location.text in text


def test_bytes_that_are_no_text_are_told(parser):
    with pytest.raises(RdfSyntaxError, match=r"table.csv:2:2: byte 0xff"):
        list(parser(b"a\nx\xff\n"))
    with pytest.raises(RdfSyntaxError, match="must not be"):
        list(parser("a,b\n,1\n", columns=[{"name": "a", "required": True}, {"name": "b"}]))
    with pytest.raises(RdfSyntaxError, match=r"table.csv:2:1: .*not a valid term"):
        list(parser("a\n1\n", columns=[{"name": "a", "valueUrl": "http://[{a}"}]))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("{\n 5", ":2:2: the metadata are no JSON"),
        ('{"url": "table.csv"}', "the @context is not that of CSVW"),
        ({"colums": []}, "a schema has no key 'colums'\nDid you mean 'columns'?"),
        ({"columns": [{"name": 5}]}, "name is not a text"),
        ({"columns": [{"name": "a"}, {"name": "a"}]}, "two columns have the name 'a'"),
        ({"columns": [{"datatype": "dat"}]}, ":7:17: 'dat' is no datatype"),
        ({"columns": [{"datatype": {"base": "date", "format": "q"}}]}, "is no field of a date"),
        ({"columns": [{"datatype": {"base": "date", "format": "d.d"}}]}, "has a field twice"),
        ({"columns": [{"datatype": {"format": "("}}]}, "no regular expression"),
        ({"columns": [{"aboutUrl": "{a"}]}, "a brace has no other"),
        ({"columns": [{"name": "a", "aboutUrl": "{b}"}]}, "there is no column 'b'"),
        ({"columns": [{"virtual": True, "name": "v"}, {"name": "a"}]}, "behind a virtual one"),
        ("[]", "the value is not an object"),
        ('{"@context": "http://www.w3.org/ns/csvw", "tables": [{"url": "x.csv"}]}',
         "no table has the url 'table.csv'; expected one of x.csv"),
        ('{"@context": "http://www.w3.org/ns/csvw", "tableSchema": "x.json"}', "not read"),
        ('{"@context": "http://www.w3.org/ns/csvw", "dialect": {"delimiter": ""}}',
         "the delimiter is not one character"),
        ('{"@context": "http://www.w3.org/ns/csvw", "dialect": {"skipRows": true}}',
         "skipRows is not a number"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_metadata_is_told_with_its_place(parser, metadata, said):
    with pytest.raises(DataError) as caught:
        list(parser("a\n1\n", metadata))
    assert "table.csv-metadata.json:" in str(caught.value)
    assert said in str(caught.value)


def test_a_table_needs_a_description(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    with pytest.raises(RdfSyntaxError, match=r"t\.csv-metadata\.json or csv-metadata\.json"):
        list(TableParser(tmp_path / "t.csv"))


# ----------------------------------------------------------------------------
# Places


def test_triples_and_terms_are_known_by_their_cells(parser, tmp_path):
    text = 'id,name,born,friends\nann,"An\nn",1.1.1900,bob\nbob,Bob,,ann\n'
    table = parser(text, PEOPLE)
    triples = [cell.triple for cell in table.cells()]
    places = places_in(tmp_path / "table.csv", "t.csv", triples, {}, BASE)
    ann, label = IRI("https://example.org/ann"), IRI("http://www.w3.org/2000/01/rdf-schema#label")
    (name,) = places.triple((ann, label, Literal.tagged("An\nn", "en")))
    assert str(name) == "t.csv:2:5"
    born = places.nearest(ann, IRI("https://example.org/born"), Literal("?"))
    assert str(born) == "t.csv:3:4"
    assert str(places.nearest(IRI("https://example.org/bob"))) == "t.csv:4:5"
    assert places.nearest(IRI("urn:x")) is None
    assert places.triple((ann, ann, ann)) == []


# ----------------------------------------------------------------------------
# Beside other implementations

_cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=6)


@_fast
@given(st.lists(st.tuples(_cells, _cells), max_size=4))
def test_any_text_comes_through_as_it_was_written(rows):
    folder = Path(__file__).parent
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("a", "b"), *(("x" + a, b) for a, b in rows)])
    found = _parsed(out.getvalue(), folder)
    wanted = {("a", "x" + a) for a, _ in rows} | {("b", b) for _, b in rows if b}
    assert found == wanted


def _parsed(text: str, folder: Path) -> set[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / "t.csv"
        table.write_bytes(text.encode())
        described = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv"}
        (Path(name) / "csv-metadata.json").write_text(json.dumps(described))
        cells = [cell.triple for cell in TableParser(table, BASE).cells()]
    return {(str(p)[-2], o.lexical) for _, p, o in cells if isinstance(o, Literal)}


@_fast
@given(st.text(st.characters(codec="utf-8"), max_size=9), st.text("a/ é%{", max_size=5))
def test_templates_expand_as_the_library_does(a, b):
    for text in ("https://example.org/{a}#{b}{a}", "{+a}/{b}", "/{a}{?b}", "{a,b}"):
        assert Template(text).expand({"a": a, "b": b}) == URITemplate(text).expand(a=a, b=b)


@pytest.mark.parametrize(
    ("format_", "python"),
    [
        ("d.M.yyyy", "%-d.%-m.%Y"), ("dd/MM/yyyy", "%d/%m/%Y"), ("M-d-yyyy", "%-m-%-d-%Y"),
        ("yyyyMMdd", "%Y%m%d"), ("yyyy-MM-dd", "%Y-%m-%d"),
    ],
)  # fmt: skip
@_fast
@given(st.dates(datetime.date(1000, 1, 1)))
def test_dates_in_a_format_are_those_that_python_wrote(format_, python, day):
    assert moment_reader(format_, XSD.date)(day.strftime(python)) == day.isoformat()


@_fast
@given(st.datetimes(datetime.datetime(1000, 1, 1)).map(lambda t: t.replace(microsecond=0)))
def test_moments_in_a_format_are_those_that_python_wrote(moment):
    read = moment_reader("dd.MM.yyyy HH:mm:ss", XSD.dateTime)
    assert read(moment.strftime("%d.%m.%Y %H:%M:%S")) == moment.isoformat()


def test_fractions_zones_and_times():
    assert moment_reader("HHmm", XSD.time)("0905") == "09:05:00"
    assert moment_reader("yyyy-MM-ddTHH:mm:ss.SSS X", XSD.dateTime)(
        "1944-06-04T08:00:01.50 +02"
    ) == "1944-06-04T08:00:01.5+02:00"  # fmt: skip
    with pytest.raises(FormatError, match="lacks a part"):
        moment_reader("yyyy", XSD.date)


@pytest.mark.parametrize(
    ("format_", "text", "number"),
    [
        ("#,##0.0#", "1,234.5", "1234.5"), ({"decimalChar": ","}, "3,14", "3.14"),
        ("0%", "12.5%", "0.125"), ("#0‰", "5‰", "0.005"), ("0.0E0", "1.5E3", "1.5E3"),
    ],
)  # fmt: skip
def test_numbers_in_a_format(format_, text, number):
    assert number_reader(format_)(text) == number


@pytest.mark.parametrize("text", ["1,,2", ",1", "x", "1,"])
def test_numbers_with_stray_signs_are_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        number_reader("#,##0")(text)


@pytest.mark.parametrize(
    ("described", "good", "bad"),
    [
        ({"base": "integer", "minimum": 1, "maximum": "9"}, "9", "10"),
        ({"base": "string", "minLength": 2, "format": "[a-z]+"}, "ab", "a"),
        ({"base": "date", "minInclusive": "1939-09-01"}, "1944-06-04", "1939-08-31"),
        ({"base": "double", "maxExclusive": 1}, "0.5", "1"),
        ({"base": "hexBinary", "length": 2}, "00ff", "00"),
        ("byte", "-128", "128"), ("gYear", "1944", "44"), ("boolean", "true", "yes"),
        ("date", "2000-02-29", "1900-02-29"), ("datetime", "1944-06-04T08:00:00", "1944-06-04"),
    ],
)  # fmt: skip
def test_values_keep_to_their_datatypes(described, good, bad):
    datatype = datatype_of(described)
    assert datatype.literal(good).lexical == good
    with pytest.raises(ValueError, match=r"^(a value|a text|a number)"):
        datatype.literal(bad)


def test_what_counts_as_a_value_is_what_a_project_takes():
    from kgtool.project.literals import has_value as taken

    texts = ["1", "-1", "1.5", "1944-06-04", "1944-02-30", "1944-06-04T24:00:01", "x", "true",
             "INF", "+1", "P1D", "1944", "1944-13", "08:00:00", "1944-06-04Z", ""]  # fmt: skip
    for name in ("integer", "byte", "decimal", "double", "boolean", "date", "dateTime", "gYear",
                 "gYearMonth", "time", "duration"):  # fmt: skip
        for text in texts:
            iri = DATATYPES[name]
            assert has_value(text, iri) == taken(Literal(text, iri)), (name, text)


def test_the_table_of_the_documentation_becomes_its_triples(parser):
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    table, metadata, triples = (
        re.search(rf"^```{kind}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
        for kind in ("csv", "json", "text")
    )
    found = Graph()
    for cell in parser(table, metadata, "people.csv").cells():
        s, p, o = map(to_rdflib, cell.triple)
        found.add((s, p, o))
    assert isomorphic(found, Graph().parse(data=triples, format="turtle"))


def test_a_cell_may_be_long(read):
    long = "x" * 200_000
    assert same(read(f"a\n{long}\n"), f'[] <#a> "{long}" .')


def test_metadata_that_are_nested_too_deeply_are_told(parser):
    with pytest.raises(DataError, match="nested too deeply"):
        list(parser("a\n1\n", "[" * 200_000))


_WHOLE: dict[str, Any] = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
    "dialect": {"delimiter": ",", "skipRows": 0},
    "tables": [{
        "url": "table.csv",
        "dialect": {"quoteChar": "'", "trim": "start", "encoding": "utf-8", "headerRowCount": 1},
        "tableSchema": {"aboutUrl": "/{a}", "columns": [
            {"titles": {"en": ["a"]}},
            {"titles": "b", "datatype": {"base": "date", "format": "d.M.yyyy", "minimum": "1900"}},
            {"name": "c", "datatype": {"base": "decimal", "format": {"pattern": "0"}, "length": 3},
             "null": ["x"], "separator": ";", "ordered": True, "lang": "de"},
            {"name": "v", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "u:{+a}{?c}"},
        ]},
    }],
}  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = list(value) if isinstance(value, dict) else []
    keys += range(len(value)) if isinstance(value, list) else []
    return [(*path, k) for k in keys] + [p for k in keys for p in _paths(value[k], (*path, k))]


_odd = st.sampled_from(
    [None, True, 5, -1, 10**30, "", "x", "{", "_:b", "utf-16", "\\", "(", [], [1], {}, {"a": 1}]
)
_tables = st.sampled_from(
    ["a,b,c\nx,1.2.1944,'1;2'\n", "a,b,c\n,,\n", "", "\n\n", "a,b,c\n'", "a,b,c\n1\n"]
)


@_fast
@given(st.dictionaries(st.sampled_from(_paths(_WHOLE)), _odd, max_size=2), _tables)
def test_whatever_metadata_and_tables_say_a_mistake_is_told(changes, text):
    metadata = json.loads(json.dumps(_WHOLE))
    for path, value in changes.items():
        _set(metadata, path, value)
    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / "table.csv"
        table.write_text(text)
        (Path(name) / "csv-metadata.json").write_text(json.dumps(metadata))
        with contextlib.suppress(KgtoolError):
            list(TableParser(table, BASE))


def _set(whole: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        if not isinstance(whole, dict | list) or (isinstance(whole, list) and key >= len(whole)):
            return
        whole = whole.get(key) if isinstance(whole, dict) else whole[key]
    if isinstance(whole, dict):
        whole[path[-1]] = value
