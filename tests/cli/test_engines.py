"""What the command line says of engines, before any is started."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from kgtool.project.load import load_files

_ASK = ("query", "-e", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "-f", "csv")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "data.ttl"
    path.write_text("@prefix : <http://example.org/> . :a :p :b, :c . :b :q :c .", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--spark-remote", "sc://nowhere"), "--engine spark"),
        (("--spark-conf", "a=b"), "--engine spark"),
        (("--engine", "spark"), "--store"),
        (("--engine", "spark", "--store", "x", "--why"), "--engine duckdb"),
        (("--engine", "spark", "--store", "x", "--spark-conf", "a"), "NAME=VALUE"),
        (("--engine", "spark", "--store", "x", "--memory-limit", "1GB"), "spark.driver.memory"),
    ],
)
def test_options_that_do_not_fit(run, options, said):
    assert said in run(*_ASK, *options, code=2).output


def test_without_the_extra_it_is_named(run, monkeypatch):
    for module in ("pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, module, None)
    said = run(*_ASK, "--engine", "spark", "--store", "/nowhere", code=2).output
    assert "kgtool" in said
    assert "'spark'" in said


def test_strict_is_for_spark(run, source):
    said = run("load", str(source), "--store", f"{source}.db", "--strict", code=2).output
    assert "--engine spark" in said


def test_what_spark_cannot_load_is_said_before_it_starts(run, source, tmp_path):
    def said(file, store, code):
        arguments = ("load", str(file), "--store", str(store), "--engine", "spark")
        return run(*arguments, code=code).output

    assert "is a folder" in said(tmp_path, tmp_path / "store", 2)
    assert "is a file" in said(source, source, 3)
    assert "something else than a store" in said(source, tmp_path, 3)
    assert "is a folder" in run("load", str(source), "--store", str(tmp_path), code=2).output


def test_a_store_in_parquet_is_loaded_and_asked(run, source, tmp_path):
    store = f"parquet:{tmp_path / 'store'}"
    run("load", str(source), "--store", store)
    assert run(*_ASK, "--store", store).stdout.split() == ["n", "3"]


def test_a_slice_is_a_store(run, source, tmp_path):
    load_files([source], tmp_path / "all.duckdb")
    query = "CONSTRUCT WHERE { ?s <http://example.org/p> ?o }"
    target = str(tmp_path / "slice.duckdb")
    arguments = ("--store", str(tmp_path / "all.duckdb"), "--to", target)
    run("slice", "--query", query, *arguments)
    assert run(*_ASK, "--store", target).stdout.split() == ["n", "2"]
    said = run("slice", "--query", "ASK { ?s ?p ?o }", *arguments, code=2).output
    assert "makes no triples" in said


@pytest.mark.parametrize("command", [("serve",), ("reconcile", "x.csv", "--column", "name")])
def test_what_takes_no_store_in_parquet_says_how_to_make_a_file_of_it(
    run, source, tmp_path, command
):
    store, file = f"parquet:{tmp_path / 'store'}", str(tmp_path / "file.duckdb")
    run("load", str(source), "--store", store)
    said = run(*command, "--store", store, code=2).output
    (advice,) = re.findall("`kgtool (.*?)`", said, re.DOTALL)
    run(*shlex.split(advice.replace("FILE", file)))
    assert run(*_ASK, "--store", file).stdout.split() == ["n", "3"]


def test_a_target_of_a_slice_is_looked_at_first(run, source, tmp_path):
    """Before there is a session, which takes long, and before the query is read."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").touch()
    arguments = ("slice", "--query", "CONSTRUCT {", "--engine", "spark", "--store", "x", "--to")
    said = run(*arguments, f"parquet:{tmp_path}/other", code=3).output
    assert "something else than a store" in said
    assert "--engine spark" in run(*arguments, "s3a://bucket/slice", code=2).output


def test_a_store_elsewhere_is_for_spark(run, source):
    assert "--engine spark" in run(*_ASK, "--store", "hdfs://host/dump", code=2).output
    said = run("load", str(source), "--store", "hdfs://host/dump", code=2).output
    assert "--engine spark" in said


def test_a_store_in_parquet_has_a_folder(run, source, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    said = run("load", str(source), "--store", "parquet:", code=2).output
    assert "parquet: names no folder" in said
