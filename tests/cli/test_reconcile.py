"""``kgtool reconcile``: a table comes out with who is meant beside each name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.reconcile.conftest import DATA, EX
from tests.server.serving import store_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(store_of(tmp_path_factory.mktemp("table") / "store.duckdb", DATA))


@pytest.fixture
def table(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "table.csv"
    path.write_text(
        "no,who,born\n1,gen mark clark,Sackets Harbor\n2,Florida,\n"
        '3,"Division, 3d Infantry",\n4,nobody at all,\n5,,Florida\n',
        encoding="utf-8",
    )
    return path


def _added(text: str) -> list[tuple[str, ...]]:
    head, *rows = csv.reader(text.splitlines())
    assert head[-4:] == ["who_id", "who_name", "who_score", "who_match"]
    return [tuple(row[-4:]) for row in rows]


def test_each_row_gets_who_is_meant(run, store, table):
    result = run("reconcile", "table.csv", "--column", "who", "--store", store)
    clark, florida, third, *others = _added(result.stdout)
    assert clark[0] == EX + "clark"
    assert clark[3] == florida[3] == "false"
    assert third == (EX + "third", "3rd Infantry Division", "98.0", "true")
    assert others == [("",) * 4] * 2
    assert "5 rows: 1 certain, 2 with a candidate, 2 without" in result.stderr
    assert result.stdout.startswith("no,who,born,who_id")


def test_types_and_properties_tell_namesakes_apart(run, store, table):
    table.write_text("who,stars\nFlorida,1\n")
    asked = ("reconcile", "table.csv", "--column", "who", "--store", store)
    assert _added(run(*asked, "--type", "ex:City").stdout)[0][0] == EX + "florida"
    assert _added(run(*asked, "--type", f"<{EX}Song>").stdout)[0][0] == EX + "florida-song"
    found = _added(run(*asked, "--type", "ex:Place", "--property", "stars=ex:stars").stdout)
    assert found[0][0] == EX + "florida-state"


def test_unlikely_candidates_can_be_left_out(run, store, table):
    result = run("reconcile", "table.csv", "--column", "who", "--store", store, "--least", "95")
    assert [bool(row[0]) for row in _added(result.stdout)] == [False, True, True, False, False]


def test_tables_are_read_as_they_are_written(run, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.tsv").write_bytes('\ufeffwho\tx\r\nKrakow\t"a\tb"\r\n\r\n'.encode())
    run("reconcile", "t.tsv", "--column", "who", "--store", store, "-o", "out.tsv")
    assert Path("out.tsv").read_text("utf-8").splitlines() == [
        "who\tx\twho_id\twho_name\twho_score\twho_match",
        f'Krakow\t"a\tb"\t{EX}krakow\tKrakau\t100.0\ttrue',
    ]
    Path("t.csv").write_text("who;x\nLodz;1\n")
    result = run("reconcile", "t.csv", "--column", "who", "--store", store, "--delimiter", ";")
    assert result.stdout.splitlines()[1].startswith(f"Lodz;1;{EX}lodz")


def test_a_table_of_many_rows_is_one(run, store, table):
    table.write_text("who\n" + "Clark\nAnzio\n" * 150)
    rows = _added(run("reconcile", "table.csv", "--column", "who", "--store", store).stdout)
    assert [row[0] for row in rows] == [EX + "clark", EX + "anzio"] * 150


WRONG = [
    (("--column", "whom"), "no column 'whom'", 2),
    (("--column", "who", "--type", "ex:Citty"), "Did you mean ex:City?", 2),
    (("--column", "who", "--property", "born"), "expected COLUMN=PROPERTY", 2),
    (("--column", "who", "--property", "bron=ex:bornIn"), "Did you mean 'born'?", 2),
    (("--column", "who", "--property", "born=ex:bornon"), "does not know ex:bornon", 2),
    (("--column", "who", "--delimiter", "ab"), "must be one character", 2),
]


@pytest.mark.parametrize(("options", "message", "code"), WRONG)
def test_mistakes_are_told(run, store, table, options, message, code):
    result = run("reconcile", "table.csv", "--store", store, *options, code=code)
    assert message in result.stderr


BROKEN = [
    (b"who,x\nClark\n", "table.csv:2"),
    (b"who,x\nClark,1\nAnzio,1,2\n", "table.csv:3"),
    (b'who,x\n"Clark,1\n', "table.csv:2"),
    (b"who,x\nCl\xffrk,1\n", "table.csv"),
]


@pytest.mark.parametrize(("content", "place"), BROKEN)
def test_a_broken_table_is_told_with_its_line(run, store, table, content, place):
    table.write_bytes(content)
    asked = ("reconcile", "table.csv", "--column", "who", "--store", store, "-o", "out.csv")
    assert place in run(*asked, code=3).stderr
    assert not Path("out.csv").exists()


def test_a_table_that_is_not_there_or_has_no_head(run, store, table):
    asked = ("reconcile", "nothing.csv", "--column", "who", "--store", store)
    assert "cannot read nothing.csv" in run(*asked, code=2).stderr
    table.write_bytes(b"")
    asked = ("reconcile", "table.csv", "--column", "who", "--store", store)
    assert "no column 'who'" in run(*asked, code=2).stderr
