"""A load on Spark makes the tables that DuckDB makes of the same files."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import duckdb
import pytest

from kgtool.engine.parquet import ParquetStore, check_replaceable, write_parquet
from kgtool.engine.spark import load as loading
from kgtool.engine.spark.load import InputFile, SparkLoadReport, load_on_spark
from kgtool.engine.spark.session import Spark
from kgtool.engine.spark.store import SparkStore
from kgtool.engine.store import Store
from kgtool.errors import RdfSyntaxError, StoreError
from kgtool.plan.distributed import run_on_spark
from kgtool.project.load import load_files
from kgtool.rdf.files import format_of

pytestmark = pytest.mark.spark

_TABLES = ("terms", "pso", "pos", "op", "sp", "predicates", "graphs", "term_types")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_GOOD = [
    "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
    '<http://example.org/a> <http://example.org/p> "x\\ty\\u0041"@EN-gb .',
    '  <http://example.org/a>   <http://example.org/q> "a \\"b\\""@en.  # odd, but well-formed',
    f'_:x <http://example.org/q> "2020-02-29"^^<{_XSD}date> .',
    f'_:x <http://example.org/q> "2020-02-30"^^<{_XSD}date> .',
    f'_:x <http://example.org/q> "0012"^^<{_XSD}integer> .',
    f'<http://example.org/ü> <http://example.org/q> "12"^^<{_XSD}integer> .',
    f'<http://example.org/ü> <http://example.org/q> "1.250"^^<{_XSD}decimal> .',
    "",
    "# a comment",
    "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
]
_QUADS = [
    "<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .",
    "_:x <http://example.org/p> _:y _:g .",
    "_:x <http://example.org/p> _:y .",
]
_BAD = [
    "no statement",
    '"a literal" <http://example.org/p> <http://example.org/b> .',
    "<relative> <http://example.org/p> <http://example.org/b> .",
    "<http://example.org/a> <http://example.org/p>",
]


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """One of each way: as text, compressed, and of another syntax."""
    zstandard = pytest.importorskip("zstandard")
    contents = {
        "plain one.nt": _text(_GOOD),
        "packed.nt.gz": gzip.compress(_text(_GOOD[:4])),
        "packed.nq.bz2": bz2.compress(_text(_QUADS)),
        "packed.nt.zst": zstandard.compress(_text(_GOOD[4:])),
        "other.ttl": b"@prefix : <http://example.org/> . :c :p :d, <e> ; :q 1.0, 'y'@en .",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


def _load(spark: Spark, files: list[Path], to: Path, *, strict: bool = False) -> SparkLoadReport:
    inputs = [InputFile(str(f), format_of(f), f.as_uri()) for f in files]
    return load_on_spark(spark, inputs, str(to), strict=strict)


def test_tables_are_those_of_duckdb(
    spark: Spark, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("kgtool.engine.statistics", "kgtool.engine.spark.load"):
        monkeypatch.setattr(f"{module}.OWN_TRIPLES", 9)
    monkeypatch.setattr("kgtool.engine.tables.FEW_PREDICATES", 1)
    monkeypatch.setattr(loading, "FEW_PREDICATES", 1)
    report = _load(spark, files, tmp_path / "spark")
    load_files(files, tmp_path / "store.duckdb")
    with Store.open(tmp_path / "store.duckdb") as store:
        write_parquet(store, tmp_path / "duckdb")
        assert (report.quads, report.terms) == (store.statistics.quads, store.statistics.terms)
    assert report.malformed == 0
    ours, theirs = (ParquetStore.open(tmp_path / name) for name in ("spark", "duckdb"))
    own = [f"pos_{n}" for (n,) in ours.connection.execute("SELECT n FROM predicates WHERE own")
           .fetchall()]  # fmt: skip
    assert own
    for table in (*_TABLES, *own):
        columns = "o, s, g, dup" if table in own else "*"
        rows = [s.connection.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
                for s in (ours, theirs)]  # fmt: skip
        assert rows[0] == rows[1], table


def test_files_are_in_order(spark: Spark, files: list[Path], tmp_path: Path) -> None:
    """A look-up reads what the order lets it read."""
    _load(spark, files, tmp_path / "store")
    for table, key in (("terms", "id"), ("pso", "(p, s, o, g)"), ("pos/name=pos", "(p, o, s, g)")):
        for file in (tmp_path / "store" / table).glob("*.parquet"):
            rows = duckdb.sql(f"SELECT {key} AS k FROM '{file}'").fetchall()
            assert rows == sorted(rows)


def test_malformed_lines_are_set_apart(
    spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [*_GOOD, _BAD[0], *_GOOD[:3], *_BAD[1:], "", *_GOOD[3:5]]
    source = tmp_path / "data.nt"
    # Several workers read blocks of the file, and none knows how many lines are before its own.
    source.write_bytes(_text(lines) + b'<http://example.org/a> <http://example.org/p> "\xff" .\n')
    spark.session.conf.set("spark.sql.files.maxPartitionBytes", "300")
    try:
        report = _load(spark, [source], tmp_path / "store")
    finally:
        spark.session.conf.unset("spark.sql.files.maxPartitionBytes")
    found = duckdb.sql(
        f"SELECT file, line_number, line FROM '{tmp_path}/store/malformed/*.parquet' "
        "ORDER BY line_number"
    ).fetchall()
    wanted = [(str(source), n, line) for n, line in enumerate(lines, 1) if line in _BAD]
    assert found[:-1] == wanted
    assert found[-1][1] == len(lines) + 1
    assert report.malformed == len(wanted) + 1
    with ParquetStore.open(tmp_path / "store") as store:
        assert store.meta["malformed"] == str(report.malformed)
        assert store.statistics.quads == report.quads == 8


def test_strict_refuses_them_and_leaves_the_store(spark: Spark, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.nt", tmp_path / "bad.nt"
    good.write_bytes(_text(_GOOD))
    bad.write_bytes(_text([*_GOOD, *_BAD]))
    _load(spark, [good], tmp_path / "store", strict=True)
    with pytest.raises(RdfSyntaxError, match="4 lines are no statements") as raised:
        _load(spark, [bad], tmp_path / "store", strict=True)
    place = raised.value.location
    assert place is not None
    assert (place.file, place.line) == (str(bad), len(_GOOD) + 1)
    with ParquetStore.open(tmp_path / "store") as store:
        assert store.statistics.quads == 8
    left = [p.name for p in (tmp_path / "store").iterdir() if p.name.startswith("_")]
    assert all(not any((tmp_path / "store" / name).iterdir()) for name in left)


def test_another_syntax_is_read_to_its_first_mistake(spark: Spark, tmp_path: Path) -> None:
    source = tmp_path / "data.ttl"
    source.write_text("@prefix : <http://example.org/> .\n:a :b :c .\n:d ; .\n", encoding="utf-8")
    report = _load(spark, [source], tmp_path / "store")
    assert (report.quads, report.malformed) == (1, 1)
    found = duckdb.sql(f"SELECT file, line_number FROM '{tmp_path}/store/malformed/*.parquet'")
    assert found.fetchall() == [(str(source), 3)]


def test_files_that_hadoop_alone_reaches(spark: Spark, tmp_path: Path) -> None:
    """An object store and HDFS are reached as Spark reaches them; Arrow knows no viewfs."""
    (tmp_path / "data.nt").write_bytes(_text(_GOOD))
    (tmp_path / "mounted").mkdir()
    mount = "fs.viewfs.mounttable.default.link./mounted"
    settings = spark.session.sparkContext._jsc.hadoopConfiguration()
    settings.set(mount, (tmp_path / "mounted").as_uri())
    try:
        uri = "viewfs://default/mounted/store"
        source = tmp_path / "data.nt"
        mounting = Spark(spark.session.newSession())
        for _ in range(2):  # the second replaces the store
            load_on_spark(mounting, [InputFile(str(source), format_of(source), None)], uri)
        store = SparkStore(mounting, uri)
        result = run_on_spark(store, "SELECT ?o { ?s <http://example.org/q> ?o } ORDER BY ?o")
        expected = [row[1] for row in result.raw()]
    finally:
        settings.unset(mount)
    assert sorted(expected) == sorted(["12", "1.250", "0012", "2020-02-29", "2020-02-30", 'a "b"'])
    between = (tmp_path / "mounted/store").glob("_*")
    assert not [file for folder in between for file in folder.iterdir()]


def test_a_load_that_was_ended_leaves_no_store(
    spark: Spark, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "store"
    _load(spark, files[:1], to)
    monkeypatch.setattr(loading._Loading, "_by_object", _ended)
    with pytest.raises(KeyboardInterrupt):
        _load(spark, files[:1], to)
    for opened in (ParquetStore.open, lambda path: SparkStore(spark, str(path))):
        with pytest.raises(StoreError, match="not whole"):
            opened(to)
    check_replaceable(to)


def _ended(*arguments: object) -> None:
    raise KeyboardInterrupt
