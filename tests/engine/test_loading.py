"""What is loaded is what pyoxigraph reads: every line layout, escape, datatype and syntax."""

from __future__ import annotations

import bz2
import gzip
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kgtool.engine import ids, ingest, tables, writer
from kgtool.engine.writer import Source
from kgtool.errors import RdfSyntaxError
from kgtool.rdf.files import Format
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from tests.engine.loading import build, expected, load, quads


@pytest.fixture(autouse=True)
def _engine_reads_small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have small files of lines read by the engine, as large ones are."""
    monkeypatch.setattr(ingest, "DIRECT", 0)
    # What queries need takes longer to create than these tests take otherwise.
    monkeypatch.setattr(writer, "install", lambda connection: None)


_FIXTURE_ONCE = [HealthCheck.function_scoped_fixture]
S, P = "<http://e.example/s>", "<http://e.example/p>"

LINES = [
    f"{S} {P} {S} .",
    f'{S} {P} "plain" .',
    f'{S} {P} "plain"^^<{XSD.string}> .',
    f'{S} {P} "x"@en-GB .',
    f'{S} {P} "x"@en-gb .',
    f'{S} {P} "x"@de-Latn-DE-1996 .',
    f'{S} {P} "x"@en--ltr .',
    f"{S}{P}{S}.",
    f'{S}{P}"x".',
    f"\t{S}\t{P} \t {S}\t.\t# comment > with > many > marks",
    f'{S} {P} "a > b" .',
    f'{S} {P} "a > b > c > d > e" .',
    f'{S} {P} "a> ."  .',
    f'{S} {P} "x" . # <http://e.example/g> .',
    f"{S} {P} {S} . # <http://e.example/g> .",
    f"{S}  {P} {S} .",
    f"{S} {P}  {S} .",
    f"{S} {P} {S}  .",
    f"{S} {P} {S}.",
    f"{S} {P} {S} . ",
    f"_:a {P} _:b .",
    f"_:a {P} _:b.",
    f"_:a {P} {S} .",
    f'_:a {P} "x" .',
    f'_:a {P} "x > y" .',
    f'_:a {P} "1"^^<{XSD.integer}> .',
    f"_:é·x {P} _:0a.b-c .",
    f'{S} {P} "\\t\\n\\r\\"\\\\ \\b\\f\\\' \\u00e9 \\U0001F600 \\\\n \\\\u0041" .',
    f'{S} {P} "\\\\\\n" .',
    f'{S} {P} "\\u0000\\u000A\\u0022\\u005C" .',
    f'{S} {P} "caf\\u00E9" .',
    f'{S} {P} "café" .',
    f'{S} {P} "\t" .',
    f'{S} {P} "\\t" .',
    f"<http://e.example/caf\\u00E9> {P} <http://e.example/café> .",
    f"{S} {P} <urn:x-y:z?q=%20> .",
    f"{S} {P} <http://u:p@[::1]:80/a?b#c> .",
    f'{S} {P} "ends with backslash \\\\" .',
    f'{S} {P} "^^<{XSD.integer}> " .',
    f'{S} {P} "1\\"^^<{XSD.integer}"^^<{XSD.integer}> .',
    f'{S} {P} "" .',
    f'{S} {P} ""^^<{XSD.integer}> .',
    f'{S} {P} "{chr(1)}{chr(2)}" .',
    f'{S} {P} "\x00" .',
    f'{S} {P} "\x7f \u0085 \u2028 \ufeff \ufffe" .',
    "# a comment",
    "# a > comment > with > many > marks",
    "",
    "   \t",
]

BAD_LINES = [
    f"{S} {P} {S}",
    f"{S} {P} .",
    f"{S} {P} {S} {S} .",
    f'"x" {P} {S} .',
    f'{S} "x" {S} .',
    f"{S} _:b {S} .",
    f"> {S} {P} {S} .",
    f"{S} {P} {S} .> ",
    f'{S} {P} "x"> .',
    f'{S} {P} "x"@en> .',
    f'{S} {P} "x" "y" .',
    f'{S} {P} "x"@ .',
    f'{S} {P} "x"@123 .',
    f'{S} {P} "x"^^<rel> .',
    f'{S} {P} "x\\q" .',
    f'{S} {P} "x\\u12" .',
    f'{S} {P} "x',
    f"<rel> {P} {S} .",
    f"<http://e.example/a b> {P} {S} .",
    f"<http://e.example/%zz> {P} {S} .",
    f"<http://e.example:port/> {P} {S} .",
    f"{S} {P} {S} . {S} {P} {S} .",
    f'{S} {P} "x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .',
    f"_:x y {P} {S} .",
    f"_:x <http://e.example/p q> {S} .",
    f"_:-x {P} {S} .",
    f"{S} {P} _:.x .",
    f"{S} {P} <<( {S} {P} {S} )>> .",
    "@prefix a: <http://a.example/> .",
    "nonsense",
]


def differ(text: str | bytes, format: Format) -> None:
    with tempfile.TemporaryDirectory() as folder, load(Path(folder), text, format) as store:
        wanted = expected(text, format)
        assert quads(store) == wanted
        assert quads(store, "pos") == wanted
        terms = {t for q in wanted for t in q if t is not None and not isinstance(t, BlankNode)}
        found = store.ids(terms)
        assert set(found) == terms
        assert store.terms(found.values()) == {id_: term for term, id_ in found.items()}


@pytest.mark.parametrize("format", [Format.NTRIPLES, Format.NQUADS])
@pytest.mark.parametrize("line", LINES)
def test_one_line(line: str, format: Format) -> None:
    differ(line, format)


@pytest.mark.parametrize("format", [Format.NTRIPLES, Format.NQUADS])
def test_small_files_are_parsed(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "DIRECT", 1 << 20)
    differ("\n".join(LINES), format)


@pytest.mark.parametrize("format", [Format.NTRIPLES, Format.NQUADS])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\n\r"])
def test_all_lines_together(end: str, format: Format) -> None:
    differ(end.join(LINES), format)
    differ(end.join(line for line in LINES if "\0" not in line and "> c" not in line), format)


def test_mixed_line_ends() -> None:
    differ(f"{S} {P} {S} .\n{S} {P} _:b .\r\n_:c {P} {S} .\r# x\r{S} {P} _:d .", Format.NTRIPLES)


@pytest.mark.parametrize("line", BAD_LINES)
def test_bad_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        load(tmp_path, f'{S} {P} "x" .\n# comment\n{line}\n{S} {P} "y" .\n')
    location = caught.value.location
    if "<<(" not in line:
        assert location is not None
        # Where only the full stop is missing, it is missed at the start of the next line.
        assert location.line == (4 if line == BAD_LINES[0] else 3)
        assert location.column is not None
    assert list(tmp_path.iterdir()) == [tmp_path / "data.ntriples"]


G = "<http://e.example/g>"
QUADS = [
    f"{S} {P} {S} {G} .",
    f'{S} {P} "a b c" {G} .',
    f'{S} {P} "a <b> c" {G} .',
    f'{S} {P} "a <b>" .',
    f'{S} {P} "x"@en {G} .',
    f'{S} {P} "1"^^<{XSD.integer}> {G} .',
    f'{S} {P} "01"^^<{XSD.integer}> {G} .',
    f"{S} {P} _:o _:g .",
    f"_:s {P} _:o {G} .",
    f"{S} {P} {S}{G} .",
    f"{S}{S} {P} {G} .",
    f"{S} {P} {S} {G} . # {S} .",
    f"{S} {P} {S} . # {G} .",
    f'{S} {P} "x" {G}  .',
    f"{S} {P} {S}  {G} .",
    f"{S} {P} {S} .",
]


@pytest.mark.parametrize("line", QUADS)
def test_one_quad(line: str) -> None:
    differ(line, Format.NQUADS)


def test_all_quads() -> None:
    differ("\n".join(QUADS), Format.NQUADS)


DATATYPES = [
    XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date, XSD.dateTime, XSD.double,
    XSD.float, XSD.gYear, XSD.time, "http://e.example/type", *INTEGER_RANGES,
]  # fmt: skip
_numbers = st.from_regex(r"\A[+-]?[0-9]{0,25}(\.[0-9]{0,22})?([eE][+-]?[0-9]{1,3})?\Z")
_dates = st.from_regex(
    r"\A-?[0-9]{4,6}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,8})?)?"
    r"(Z|[+-][01][0-9]:[0-6][0-9])?\Z"
)
_fixed = st.sampled_from(
    [
        "INF",
        "-INF",
        "+INF",
        "NaN",
        "true",
        "false",
        "0",
        "1",
        "-0",
        "-0.0",
        "0.0",
        "1.",
        ".5",
        "1e400",
        "-1e400",
        "1e39",
        "1e-400",
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "0000-01-01",
        "-0044-03-15",
        "1944-06-06T24:00:00",
        "1944-06-06T23:59:60",
        "12000-01-01",
        "1944-06-06T06:30:00Z",
        "1944-06-06T06:30:00.120",
        "1944-06-06T06:30:00.12",
        "1944-06-06Z",
        "1944-06-06+00:00",
        "1944-06-06-05:30",
        "1944-06-06+14:00",
        "1944-06-06+14:01",
        " 1",
        "1_0",
        "9223372036854775808",
        "36028797018963967",
        "-9999999999999999",
        "10000000000000000",
        "300000-01-01T00:00:00",
        "-292000-01-01T00:00:00Z",
        "1" * 45,
        "-" + "1" * 45,
        "0" * 45 + "7",
        "2251799813685247",
        "2251799813685248",
        "0.000000000000001",
        "0.0000000000000001",
        "1.50",
    ]
)
_lexical = st.one_of(
    _numbers, _dates, _fixed, st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
)
_literals = st.one_of(
    st.builds(Literal, _lexical, st.sampled_from(DATATYPES)),
    st.builds(
        Literal.tagged,
        st.text(st.characters(blacklist_categories=["Cs"]), max_size=12),
        st.sampled_from(["en", "de-de", "zh-hans-cn", "sl-nedis", "x-klingon", "en-gb"]),
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=_FIXTURE_ONCE)
@given(st.lists(_literals, min_size=1, max_size=60), st.booleans())
def test_literals_round_trip(literals: list[Literal], own_text: bool) -> None:
    nodes = [
        pyoxigraph.Literal(t.lexical, language=t.language)
        if t.language
        else pyoxigraph.Literal(t.lexical, datatype=pyoxigraph.NamedNode(t.datatype))
        for t in literals
    ]
    if own_text:
        text = "\n".join(f"{S} {P} {t} ." for t in literals)
    else:
        s, p = pyoxigraph.NamedNode(S[1:-1]), pyoxigraph.NamedNode(P[1:-1])
        text = pyoxigraph.serialize(
            (pyoxigraph.Triple(s, p, n) for n in nodes), format=pyoxigraph.RdfFormat.N_TRIPLES
        ).decode()
    with tempfile.TemporaryDirectory() as folder, load(Path(folder), text) as store:
        found = {o for _, _, o, _ in quads(store)}
        assert found == set(literals)
        known = store.ids(literals)
        for literal in set(literals):
            inline = ids.inline_id(literal)
            if inline is None:
                assert ids.tag_of(known[literal]) == ids.dictionary_tag(literal)
            else:
                assert known[literal] == inline
        stored = {row[0] for row in store.connection.execute("SELECT o FROM pso").fetchall()}
        assert stored == set(known.values())


_pieces = st.sampled_from(
    [
        S,
        P,
        G,
        "_:a",
        "_:é",
        '"x"',
        '"a> b"',
        '"\\u0041"',
        '"1"^^<' + XSD.integer + ">",
        '"x"@EN',
        " ",
        "  ",
        "\t",
        ".",
        " .",
        "\n",
        "\r\n",
        "# c",
        "> ",
        "<",
        '"',
        "\\",
        "<http://a.b:c/>",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=_FIXTURE_ONCE)
@given(st.lists(_pieces, min_size=3, max_size=14), st.sampled_from(["nt", "nq"]))
@example([S, " ", P, " ", S, " ", G, " .", "# c", " .", "\n"], "nq")
def test_any_text_is_read_or_refused_as_pyoxigraph_does(parts: list[str], suffix: str) -> None:
    format = Format.NTRIPLES if suffix == "nt" else Format.NQUADS
    text = f"{S} {P} {S} .\n" + "".join(parts)
    try:
        expected(text, format)
    except SyntaxError:
        with tempfile.TemporaryDirectory() as folder, pytest.raises(RdfSyntaxError):
            load(Path(folder), text, format)
    else:
        differ(text, format)


TURTLE = """
@prefix e: <http://e.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:a e:p 1, 1.50, 1e0, true, "x"@en, "1944-06-06"^^xsd:date, (1 2 [ e:q <rel> ]) ;
    e:q '''long "quoted"
text''' .
"""


def _shape(found: set[tuple[Term, Term, Term, Term | None]]) -> list[tuple[str, ...]]:
    """Quads without the names of blank nodes."""
    return sorted(
        tuple("_" if isinstance(t, BlankNode) else str(t) for t in quad) for quad in found
    )


@pytest.mark.parametrize(
    ("format", "text"),
    [
        (Format.TURTLE, TURTLE),
        (Format.TRIG, TURTLE + "e:g { e:a e:p e:b } e:h { e:a e:p e:b, [] }"),
        (
            Format.RDFXML,
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:e="http://e.example/"><rdf:Description rdf:about="http://e.example/a">'
            '<e:p xml:lang="en">x</e:p></rdf:Description></rdf:RDF>',
        ),
        (Format.JSONLD, '{"@id": "http://e.example/a", "http://e.example/p": ["x", 1, true]}'),
    ],
)
def test_other_syntaxes(format: Format, text: str, tmp_path: Path) -> None:
    with load(tmp_path, text, format) as store:
        assert _shape(quads(store)) == _shape(expected(text, format))


def test_prefixes_are_kept(tmp_path: Path) -> None:
    with load(tmp_path, TURTLE, Format.TURTLE) as store:
        assert store.prefixes == {"e": "http://e.example/", "xsd": XSD.base}


def test_blank_nodes_of_two_files_differ(tmp_path: Path) -> None:
    sources = []
    for name, text in [("a.nt", f"_:x {P} {S} ."), ("b.nt", f"_:x {P} {S} ."), ("c.ttl", "")]:
        (tmp_path / name).write_text(text or f"_:x {P} {S} .")
        sources.append(Source(tmp_path / name))
    with build(tmp_path, *sources) as store:
        assert store.statistics.triples == 3


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_compressed(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    names = [f"a.nt{ending}", f"b.ttl{ending}"]
    for name in names:
        (tmp_path / name).write_bytes(pack(f'{S} {P} "{name}" .\n'.encode()))
    with build(tmp_path, *(Source(tmp_path / name) for name in names)) as store:
        assert {o for _, _, o, _ in quads(store)} == {Literal(name) for name in names}


def test_names_with_special_characters(tmp_path: Path) -> None:
    folder = tmp_path / "a*[b]'c"
    folder.mkdir()
    (folder / "x [1]*.nt").write_text(f"{S} {P} {S} .")
    (folder / "y.nt").write_text(f"{S} {P} {S} .")
    with build(folder, Source(folder / "x [1]*.nt"), Source(folder / "y.nt")) as store:
        assert store.statistics.quads == 1


def test_long_lines(tmp_path: Path) -> None:
    text = "".join(f'{S} {P} "{c * 5_000_000}" .\n' for c in "ab")
    for format in (Format.NTRIPLES, Format.TURTLE):
        with load(tmp_path, text, format) as store:
            assert len(quads(store)) == 2


def test_graphs_kinds_and_duplicates(tmp_path: Path) -> None:
    a, b = IRI("http://e.example/ga"), IRI("http://e.example/gb")
    (tmp_path / "a.ttl").write_text(f"{S} {P} 1, 2, 2 .")
    (tmp_path / "b.nt").write_text(f'{S} {P} "2"^^<{XSD.integer}> .\n' * 3)
    (tmp_path / "c.nq").write_text(f"{S} {P} {S} .\n{S} {P} {S} <{a.value}> .")
    sources = [
        Source(tmp_path / "a.ttl", graph=a, kind="asserted"),
        Source(tmp_path / "b.nt", graph=b, kind="inferred"),
        Source(tmp_path / "c.nq"),
    ]
    with build(tmp_path, *sources) as store:
        statistics = store.statistics
        known = store.ids([a, b])
        kinds = {g.id: (g.kind, g.triples) for g in statistics.graphs}
        assert kinds == {
            ids.DEFAULT_GRAPH: ("default", 1),
            known[a]: ("asserted", 3),
            known[b]: ("inferred", 1),
        }
        assert (statistics.triples, statistics.quads) == (3, 5)
        assert statistics.has_duplicates
        for order in ("pso", "pos"):
            rows = store.connection.execute(f"SELECT s, p, o FROM {order} WHERE NOT dup").fetchall()
            assert len(rows) == len(set(rows)) == 3


def test_tables_are_sorted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(
        f"<http://e.example/{i * 7919 % 1000}> <http://e.example/p{i % 7}> {o} .\n"
        for i, o in itertools.product(range(300), (f'"{3}"^^<{XSD.integer}>', '"x"@en', "_:b", S))
    )
    monkeypatch.setattr(tables, "FEW_PREDICATES", 1)
    with load(tmp_path, text) as store:
        run = store.connection.execute
        pso = run("SELECT p, s, o, g FROM pso").fetchall()
        pos = run("SELECT p, o, s, g FROM pos").fetchall()
        sp = run("SELECT s, n FROM sp").fetchall()
        op = run("SELECT o, n FROM op").fetchall()
        number = dict(run("SELECT p, n FROM predicates").fetchall())
        types = dict(run("SELECT type, code FROM term_types").fetchall())
        terms = run("SELECT id, lex, type FROM terms").fetchall()
    assert pso == sorted(pso)
    assert pos == sorted(pos)
    assert len(pso) == len(pos)
    assert sp == sorted({(s, number[p]) for p, s, *_ in pso})
    assert op == sorted({(o, number[p]) for p, o, *_ in pos})
    by_meaning = sorted(terms, key=lambda row: (ids.tag_of(row[0]), row[2], row[1]))
    assert terms == by_meaning
    assert [row[0] & ids.ROW_MASK for row in terms] == list(range(len(terms)))
    for id_, _, type_ in terms:
        first = ids.first_of_type(ids.tag_of(id_), types[type_])
        assert first <= id_ <= first + ids.ROW_MASK
