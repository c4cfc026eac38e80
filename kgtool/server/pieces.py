"""An answer as pieces of bytes, made while they are sent."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from kgtool.errors import LimitError
from kgtool.rdf.lines import flat_ntriples
from kgtool.results import AskResult, GraphResult, Result
from kgtool.results.formats import Format

#: Bytes of a piece, before it is packed.
_PIECE = 64 << 10
#: Triples that are sorted and nested, or put in a document as a whole.
_PRETTY = 20_000
_WHOLE = 200_000
#: Syntaxes of lines, which are written as the triples come.
_LINES = ("ntriples", "nquads")
#: gzip, as zlib calls it, and how much it is to try.
_GZIP, _LEVEL = 31, 5


def text_of(result: Result, format_: Format) -> Iterator[str]:
    """A result in a format, in memory that does not grow with it.

    Turtle and TriG are nested up to a number of triples; more are lines, which are Turtle too.
    Raises LimitError for a graph too large for the formats that are one document.
    """
    if not isinstance(result, GraphResult) or format_.module or format_.name in _LINES:
        return result.chunks(format_)
    rows = result.raw()
    as_lines = format_.name in ("turtle", "trig")
    most = _PRETTY if as_lines else _WHOLE
    first = list(islice(rows, most + 1))
    if len(first) <= most:
        return GraphResult(first, result.prefixes).chunks(format_)
    if as_lines:
        return flat_ntriples(chain(first, rows))
    raise LimitError(
        f"the answer has more than {most:,} triples, and {format_.name} would hold all of them "
        "in memory: ask for Turtle or N-Triples"
    )


def is_small(result: Result) -> bool:
    """Whether a result is not worth being packed."""
    return isinstance(result, AskResult)


def pieces(chunks: Iterable[str], packed: bool) -> Iterator[bytes]:
    """The text as UTF-8 in pieces that are worth being sent, with gzip where it is to be."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if packed else None
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        data = chunk.encode()
        size += len(data)
        waiting.append(data if packer is None else packer.compress(data))
        if size >= _PIECE:
            if piece := b"".join(waiting):
                yield piece
            waiting.clear()
            size = 0
    if packer is not None:
        waiting.append(packer.flush())
    if piece := b"".join(waiting):
        yield piece
