"""Versions are laid out for look-ups beside what is answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kgtool.server import layouts
from kgtool.server.layouts import Layouts
from kgtool.server.stores import Versions
from tests.server.serving import Running, eventually, running
from tests.server.test_versions import BOTH, numbered

SAME = "SELECT ?a ?b { <urn:a> <urn:version> ?a . <urn:b> <urn:version> ?b FILTER (true) }"


def _is_laid_out(server: Running) -> bool:
    return eventually(lambda: server.server.versions.is_laid_out)


def _ways(server: Running) -> list[str]:
    """How each query was answered, as the log has it."""
    lines = [line for line in server.log if " query " in line]
    return ["lookup" if "lookup=" in line else "run" for line in lines]


def test_a_look_up_needs_no_worker(tmp_path: Path) -> None:
    with running(numbered(tmp_path / "store.duckdb", 1)) as server:
        assert _is_laid_out(server)
        found = [json.loads(server.query(text).body) for text in (BOTH, SAME)]
        assert found[0] == found[1]
        assert eventually(lambda: _ways(server) == ["lookup", "run"])


def test_each_version_is_laid_out(tmp_path: Path) -> None:
    path = numbered(tmp_path / "store.duckdb", 1)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with running(path, scratch=scratch) as server:
        assert _is_laid_out(server)
        (first,) = _folders(scratch)
        numbered(path, 2)
        assert '"2"' in server.query(BOTH).text
        assert _is_laid_out(server)
        assert '"2"' in server.query(BOTH).text
        (second,) = _folders(scratch)
        assert second != first
        assert eventually(lambda: _ways(server)[-1] == "lookup")


def _folders(scratch: Path) -> list[Path]:
    return [each for each in scratch.iterdir() if each.is_dir()]


def test_a_version_is_laid_out_once_for_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = numbered(tmp_path / "store.duckdb", 1)
    times = []
    lay_out = layouts.lay_out
    monkeypatch.setattr(layouts, "lay_out", lambda *given: (times.append(1), lay_out(*given)))
    with running(path, scratch=tmp_path) as first, running(path, scratch=tmp_path) as second:
        assert _is_laid_out(first)
        assert _is_laid_out(second)
        assert first.query(BOTH).body == second.query(BOTH).body
    assert times == [1]


def test_the_files_go_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with running(numbered(tmp_path / "store.duckdb", 1)) as server:
        assert _is_laid_out(server)
        (folder,) = scratch.glob("kgtool-*")
        assert len(_folders(folder)) == 1
    assert not folder.exists()


def test_where_there_is_no_room_the_engine_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(layouts, "lay_out", full)
    with running(numbered(tmp_path / "store.duckdb", 1)) as server:
        said = "look-ups are answered by the engine: [Errno 28] No space left on device"
        assert eventually(lambda: said in server.log)
        assert server.query(BOTH).status == 200
        assert eventually(lambda: _ways(server) == ["run"])


def test_a_large_store_is_laid_out_by_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgtool.engine.layout._FEW_QUADS", 0)
    with running(numbered(tmp_path / "store.duckdb", 1)) as server:
        assert _is_laid_out(server)
        assert '"1"' in server.query(BOTH).text
        assert eventually(lambda: _ways(server) == ["lookup"])


def test_one_that_nobody_waits_for_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgtool.engine.layout._FEW_QUADS", 0)
    said: list[str] = []
    files = Layouts(tmp_path / "scratch", said.append)
    (tmp_path / "scratch").mkdir()
    versions = Versions(numbered(tmp_path / "store.duckdb", 1), None, said.append, files)
    versions.close()
    files.close()
    assert not versions.is_laid_out
    assert _folders(tmp_path / "scratch") == []
    assert said == []
