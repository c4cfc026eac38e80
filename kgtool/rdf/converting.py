"""Large files of any syntax as lines of N-Triples or N-Quads, made by a process of its own.

The parser library gives each statement as Python objects; its command line, the package
``oxigraph``, writes them as lines at once, on another core than the one that reads these.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from kgtool.rdf.reading import Format, open_bytes

_NAMES = {
    Format.TURTLE: "ttl",
    Format.TRIG: "trig",
    Format.NTRIPLES: "nt",
    Format.NQUADS: "nq",
    Format.RDFXML: "rdf",
    Format.JSONLD: "jsonld",
}
#: Bytes of lines that are handed on together.
_CHUNK = 48 << 20


class ConversionError(Exception):
    """The file did not convert; the parser library says where and why."""


def converter() -> str | None:
    """The command line of the parser library, if this Python's environment has it.

    One from elsewhere could be another version, with another idea of what is right.
    """
    return shutil.which("oxigraph", path=os.path.dirname(sys.executable))


def converted(program: str, path: Path, format: Format, base: str | None) -> Iterator[bytes]:
    """The file's statements as whole lines, some million bytes at a time.

    Lines are N-Quads where the syntax has graphs. Raises ConversionError, perhaps after some
    lines, and NotFoundError.
    """
    command = [program, "convert", "--from-format", _NAMES[format]]
    command += ["--to-format", "nq" if format.has_graphs else "nt"]
    command += ["--from-base", base] if base is not None else []
    with open_bytes(path) as source:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = _Feeder(source, process.stdin)
        feeder.start()
        try:
            yield from _whole_lines(process.stdout)
        finally:
            process.stdout.close()  # which ends a process that is not through
            code = process.wait()
            feeder.join()
        if code != 0 or feeder.failed:
            raise ConversionError(str(path))


class _Feeder(threading.Thread):
    """Gives a process what it reads; ``failed`` where the source could not be read to its end."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._source = source
        self._target = target
        self.failed = False

    def run(self) -> None:
        try:
            while data := self._read():
                self._target.write(data)
        except OSError:  # the process has ended, and its exit code says why
            pass
        finally:
            with suppress(OSError):
                self._target.close()

    def _read(self) -> bytes:
        try:
            return self._source.read(1 << 20)
        except Exception:  # whatever the decompressor says of damaged data
            self.failed = True
            return b""


def _whole_lines(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while data := stream.read(_CHUNK):
        data = rest + data
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        if cut:
            yield data[:cut]
    if rest:
        yield rest
