"""Text to wherever the caller wants it: a text stream or a binary one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any, BinaryIO, TextIO, TypeAlias, TypeVar

#: A stream opened for text or for bytes; text becomes UTF-8 in the latter.
Output: TypeAlias = BinaryIO | TextIO | IO[bytes] | IO[str]

T = TypeVar("T")

#: Lines a piece of output; enough to make the cost of a write disappear.
BATCH = 1000


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most ``size``; those before an error come before it."""
    iterator = iter(items)
    failure: BaseException | None = None
    while failure is None:
        batch: list[T] = []
        try:
            batch.extend(islice(iterator, size))
        except BaseException as error:
            failure = error
        if batch:
            yield batch
        elif failure is None:
            return
    raise failure


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
