"""A build replaces the store as a whole, or leaves it as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kgtool.engine.schema import STORE_FORMAT
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import LimitError, NotFoundError, RdfSyntaxError, StoreError
from tests.engine.loading import build, load

LINE = "<urn:s:x> <urn:p:x> <urn:o:x> .\n"


def test_report_and_meta(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text(LINE * 2)
    stages: list[str] = []
    with StoreWriter(
        tmp_path / "graph.db", "1GB", 1, lambda stage, share: stages.append(stage)
    ) as writer:
        writer.add(Source(file))
        report = writer.commit({"project": "x"})
    assert (report.triples, report.quads, report.terms) == (1, 1, 3)
    assert report.bytes == (tmp_path / "graph.db").stat().st_size
    assert stages[0] == "reading a.nt"
    with Store.open(tmp_path / "graph.db") as store:
        assert store.meta["project"] == "x"
        assert store.meta["format"] == str(STORE_FORMAT)


def test_an_error_leaves_the_old_store(tmp_path: Path) -> None:
    load(tmp_path, LINE).close()
    before = (tmp_path / "graph.db").read_bytes()
    with pytest.raises(RdfSyntaxError):
        load(tmp_path, "nonsense")
    with pytest.raises(NotFoundError):
        build(tmp_path, Source(tmp_path / "missing.ttl"))
    with pytest.raises(NotFoundError):
        build(tmp_path, Source(tmp_path / "missing.nt"))
    assert (tmp_path / "graph.db").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_leaving_without_commit_changes_nothing(tmp_path: Path) -> None:
    with StoreWriter(tmp_path / "graph.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write the store"):
        StoreWriter(tmp_path / "file" / "graph.db")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_unwritable_folder(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):  # root may write anywhere but here
        folder = Path("/proc/sys")
    with pytest.raises(StoreError, match="cannot write the store"):
        StoreWriter(folder / "graph.db")


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    with StoreWriter(folder / "graph.db") as writer:
        writer.add(Source(folder / "big.nt"))
        writer.commit()
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_full_disk(tmp_path: Path) -> None:
    load(tmp_path, LINE).close()
    (tmp_path / "big.nt").write_text(
        "".join(
            f"<urn:s:{i * 7919}> <urn:p:p> <urn:o:{i * 104729 % 99991}> .\n" for i in range(90_000)
        )
    )
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True
    )
    assert "cannot write the store" in run.stdout, run.stderr
    assert "disk has room" in run.stdout
    with Store.open(tmp_path / "graph.db") as store:
        assert store.statistics.triples == 1
    assert not list(tmp_path.glob(".*"))


ENDLESS = """
import sys, time
from pathlib import Path
from kgtool.engine.writer import Source, StoreWriter
folder = Path(sys.argv[1])
with StoreWriter(folder / "graph.db") as writer:
    writer.add(Source(folder / "data.ntriples", graph=None))
    print("reading", flush=True)
    time.sleep(60)
"""


def test_killed_build(tmp_path: Path) -> None:
    load(tmp_path, LINE).close()
    (tmp_path / "data.ntriples").rename(tmp_path / "data.nt")
    code = ENDLESS.replace("data.ntriples", "data.nt")
    builds = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for process in builds:
            assert process.stdout is not None
            assert process.stdout.readline()
        builds[0].send_signal(signal.SIGKILL)
        builds[0].wait()
        assert len(list(tmp_path.glob(".*"))) == 2
        with Store.open(tmp_path / "graph.db") as store:
            assert store.statistics.triples == 1
        with load(tmp_path, LINE.replace("x", "y") + LINE) as store:
            assert store.statistics.triples == 2
        left = list(tmp_path.glob(".*"))
        assert [f".{builds[1].pid}-" in path.name for path in left] == [True]
    finally:
        for process in builds:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def test_too_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "big.nt"
    with file.open("w") as stream:
        stream.writelines(f'<urn:s:{i}> <urn:p:p> "{i:0100}" .\n' for i in range(60_000))
    with StoreWriter(tmp_path / "graph.db", memory_limit="5MB") as writer:
        writer.add(Source(file))
        with pytest.raises(LimitError, match="out of memory"):
            writer.commit()


def test_spilling_to_disk(tmp_path: Path) -> None:
    file = tmp_path / "big.nt"
    with file.open("w") as stream:
        stream.writelines(
            f'<urn:s:{i}> <urn:p:p> "{i:0100}{"x" * 500}" .\n' for i in range(100_000)
        )
    started = time.perf_counter()
    with StoreWriter(tmp_path / "graph.db", memory_limit="200MB", threads=2) as writer:
        writer.add(Source(file))
        assert writer.commit().triples == 100_000
    assert time.perf_counter() - started < 60
