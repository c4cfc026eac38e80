"""What stands around each term, in files that are read where they lie (mmap).

A statement of DuckDB takes half a millisecond before it has read anything. Whoever answers many
small questions has the triples and the texts of a store laid out here instead: the triples by
subject and by object, as columns of numbers that are searched by halves, and the texts behind
each other. The files are no memory of Python's, but pages of the system's cache, which all
processes that read them share.

The triples are those of the union of all graphs, each once.
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from kgtool.engine import ids
from kgtool.rdf.terms import Term, lexical_form, term_type

#: A term's type and lexical form.
Text: TypeAlias = tuple[str | None, str | None]
_UNBOUND: Text = (None, None)
#: One in so many texts is in memory, to look for a text from.
_STEP = 128
#: Texts that are kept as Python's, and ids of terms; beyond, all are dropped.
_KEPT = 20_000
_READ = mmap.ACCESS_READ
_FIRST_INLINE = ids.make_id(ids.INLINE_TAG, 0)
#: Where triples that stand side by side begin and end.
Run: TypeAlias = tuple[int, int]


class Unknown(Exception):
    """A term whose id or text cannot be told from here."""


class Ends(NamedTuple):
    """The triples by one of their ends, in the order of that, the predicate and the other end.

    Those of ``keys[i]`` begin at ``starts[i]`` and end where those of the next begin.
    """

    keys: Sequence[int]
    starts: Sequence[int]
    predicates: Sequence[int]
    others: Sequence[int]

    def run(self, key: int) -> Run:
        """Where the triples of a term begin and end."""
        i = bisect_left(self.keys, key)
        if i == len(self.keys) or self.keys[i] != key:
            return 0, 0
        return self.starts[i], self.starts[i + 1]

    def narrowed(self, run: Run, predicate: int) -> Run:
        """The part of a term's triples that has a predicate, by its number."""
        low = bisect_left(self.predicates, predicate, *run)
        return low, bisect_right(self.predicates, predicate, low, run[1])

    def narrowed_to(self, run: Run, other: int) -> Run:
        """The triple in a part of one predicate that has this other end."""
        low = bisect_left(self.others, other, *run)
        return low, low + (low < run[1] and self.others[low] == other)


class _Texts(dict[int | None, Text]):
    """Texts that have been read, and those that are asked for."""

    def __init__(self, read: Callable[[int], Text]) -> None:
        super().__init__({None: _UNBOUND})
        self._read = read

    def __missing__(self, id_: int) -> Text:
        found = self._read(id_)
        if len(self) >= _KEPT:
            self.clear()
            self[None] = _UNBOUND
        self[id_] = found
        return found


class Adjacency:
    """The files of a folder that ``layout.lay_out`` has filled, open for any number of threads."""

    def __init__(self, folder: Path) -> None:
        head: dict[str, Any] = json.loads((folder / "head.json").read_text(encoding="utf-8"))
        self._maps: list[memoryview] = []
        #: The predicates' ids by their numbers, and the numbers by ids.
        self.predicates: list[int] = head["predicates"]
        self.numbers = {id_: number for number, id_ in enumerate(self.predicates)}
        #: Whether all triples are in the unnamed graph.
        self.is_plain: bool = head["plain"]
        self.by_subject = self._ends(folder, "s")
        self.by_object = self._ends(folder, "o")
        self._known: dict[Term, int | None] = {}
        self._ids = self._numbers(folder / "ids")
        self._offsets = self._numbers(folder / "offsets")
        self._texts = self._bytes(folder / "texts")
        self._types: dict[int, str] = {code: type_ for type_, code in head["types"].items()}
        self._codes: dict[str, int] = head["types"]
        self._ranges = {kind: (low, high) for kind, low, high in head["ranges"]}
        #: Types and lexical forms by ids; of None, which is unbound, they are None. Raises Unknown.
        self.texts = _Texts(self._read)
        self._sampled = {
            kind: [self._lexical(row) for row in range(low, high, _STEP)]
            for kind, (low, high) in self._ranges.items()
        }
        self._added = {
            (self._ids[row] >> ids.ROW_BITS, self._lexical(row)): self._ids[row]
            for row in range(head["sorted"], len(self._ids))
        }

    def id(self, term: Term) -> int | None:
        """The id of a term; None where the store has none. Raises Unknown."""
        try:
            return self._known[term]
        except KeyError:
            found = self._find(term)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[term] = found
        return found

    def _find(self, term: Term) -> int | None:
        inline = ids.inline_id(term)
        if inline is not None:
            return inline
        code = self._codes.get(term_type(term))
        if code is None:
            return None
        if code >= ids.LAST_TYPE:
            raise Unknown
        kind = ids.dictionary_tag(term) << (ids.PAYLOAD_BITS - ids.ROW_BITS) | code
        wanted = lexical_form(term).encode("utf-8", "surrogatepass")
        if kind in self._ranges:
            low, high = self._ranges[kind]
            part = low + (bisect_right(self._sampled[kind], wanted) - 1) * _STEP
            rows = range(max(part, low), min(part + _STEP, high))
            at = bisect_left(rows, wanted, key=self._lexical)
            if at < len(rows) and self._lexical(rows[at]) == wanted:
                return self._ids[rows[at]]
        return self._added.get((kind, wanted))

    def close(self) -> None:
        """Gives the files back; what is read from now on is an error."""
        for view in reversed(self._maps):
            view.release()

    def _read(self, id_: int) -> tuple[str, str]:
        if id_ >= _FIRST_INLINE:
            return ids.inline_text(id_)
        row = id_ & ids.ROW_MASK
        type_ = self._types.get((id_ & ids.PAYLOAD_MASK) >> ids.ROW_BITS)
        if type_ is None or row >= len(self._ids) or self._ids[row] != id_:
            raise Unknown
        start, end = self._offsets[row : row + 2]
        return type_, str(self._texts[start:end], "utf-8", "surrogatepass")

    def _lexical(self, row: int) -> bytes:
        start, end = self._offsets[row : row + 2]
        return bytes(self._texts[start:end])

    def _ends(self, folder: Path, name: str) -> Ends:
        keys, starts, others = (
            self._numbers(folder / f"{name}-{each}") for each in ("keys", "starts", "others")
        )
        return Ends(keys, starts, self._numbers(folder / f"{name}-predicates", "I"), others)

    def _numbers(self, path: Path, kind: Literal["q", "I"] = "q") -> memoryview:
        view: memoryview = self._bytes(path).cast(kind)
        self._maps.append(view)
        return view

    def _bytes(self, path: Path) -> memoryview:
        with path.open("rb") as file:
            # An empty file cannot be mapped.
            is_empty = not path.stat().st_size
            view = memoryview(b"" if is_empty else mmap.mmap(file.fileno(), 0, access=_READ))
        self._maps.append(view)
        return view
