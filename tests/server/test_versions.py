"""A store that is replaced while it is read."""

from __future__ import annotations

import gc
import json
import os
import threading
from pathlib import Path

import pytest

from kgtool.server.stores import Versions
from tests.server.serving import Running, eventually, running, store_of

BOTH = "SELECT ?a ?b { <urn:a> <urn:version> ?a . <urn:b> <urn:version> ?b }"


def numbered(path: Path, number: int) -> Path:
    text = "".join(f"<urn:{name}> <urn:version> {number} .\n" for name in "ab")
    return store_of(path, text)


def test_each_request_sees_one_whole_version(tmp_path: Path) -> None:
    path = numbered(tmp_path / "store.duckdb", 0)
    with running(path, workers=3) as server:
        seen: list[tuple[int, str, str]] = []
        done = threading.Event()
        threads = [
            threading.Thread(target=_keep_asking, args=(server, done, seen)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for number in range(1, 9):
            numbered(path, number)
        done.set()
        for thread in threads:
            thread.join(60)
        assert {status for status, *_ in seen} == {200}
        assert all(a == b for _, a, b in seen)
        assert len({a for _, a, _ in seen}) > 1
        assert json.loads(server.query(BOTH).body)["results"]["bindings"][0]["a"]["value"] == "8"
        gc.collect()
        assert eventually(lambda: _deleted_files(path) == 0)


def _keep_asking(server: Running, done: threading.Event, seen: list[tuple[int, str, str]]) -> None:
    while not done.is_set():
        reply = server.query(BOTH)
        (row,) = json.loads(reply.body)["results"]["bindings"]
        seen.append((reply.status, row["a"]["value"], row["b"]["value"]))


def _deleted_files(path: Path) -> int:
    """How many stores are open that have been replaced."""
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return 0
    found = 0
    for each in folder.iterdir():
        try:
            found += os.readlink(each) == f"{path} (deleted)"
        except OSError:
            continue
    return found


def test_who_reads_keeps_the_version_he_has(tmp_path: Path) -> None:
    path = numbered(tmp_path / "store.duckdb", 1)
    versions = Versions(path, None, print)
    old = versions.take()
    numbered(path, 2)
    with versions.lease() as new:
        assert new is not old
        assert old.store.fingerprint != new.store.fingerprint
        assert old.store.connection.execute("SELECT 1").fetchall() == [(1,)]
        versions.give_back(old)
        with pytest.raises(Exception, match=r"(?i)closed"):
            old.store.connection.execute("SELECT 1")
    assert versions.opened == 2
    versions.close()


def test_a_file_that_is_no_store_leaves_the_last_in_place(tmp_path: Path) -> None:
    path = numbered(tmp_path / "store.duckdb", 1)
    with running(path) as server:
        other = tmp_path / "other"
        other.write_text("this is no store")
        os.replace(other, path)
        assert server.query(BOTH).status == 200
        assert server.query(BOTH).status == 200
        assert sum("the new store is not served" in line for line in server.log) == 1
        path.unlink()
        assert server.query(BOTH).status == 200
        numbered(path, 2)
        assert '"2"' in server.query(BOTH).text
