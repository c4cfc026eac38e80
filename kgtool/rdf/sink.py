"""Text to wherever the caller wants it: a text stream or a binary one."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, Any, BinaryIO, TextIO, TypeAlias

#: A stream opened for text or for bytes; text becomes UTF-8 in the latter.
Output: TypeAlias = BinaryIO | TextIO | IO[bytes] | IO[str]


def is_text_stream(out: Output) -> bool:
    """Whether ``out`` takes str rather than bytes."""
    if isinstance(out, io.TextIOBase):
        return True
    if isinstance(out, io.RawIOBase | io.BufferedIOBase):
        return False
    mode = getattr(out, "mode", None)
    return "b" not in mode if isinstance(mode, str) else hasattr(out, "encoding")


def write_chunks(chunks: Iterable[str], out: Output) -> None:
    """Write the pieces of text to ``out``, one at a time."""
    write: Any = out.write
    if is_text_stream(out):
        for chunk in chunks:
            write(chunk)
    else:
        for chunk in chunks:
            write(chunk.encode())


def write_bytes(data: bytes, out: Output) -> None:
    """Write UTF-8 bytes to ``out``."""
    write: Any = out.write
    write(data.decode() if is_text_stream(out) else data)
