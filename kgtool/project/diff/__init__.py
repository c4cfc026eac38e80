"""What differs between two versions of a project: in the graph, in what its shapes find, and in
the answers of its stored queries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack

from kgtool.engine.difference import Which
from kgtool.engine.store import Store
from kgtool.errors import ShapeError
from kgtool.project.diff.model import (
    Changes,
    GraphDiff,
    QueryChange,
    ShapeChange,
    Side,
    TripleDiff,
)
from kgtool.project.diff.places import VersionPlaces
from kgtool.project.diff.queries import TIMEOUT, Asked, diff_queries
from kgtool.project.diff.shapes import Checked, diff_shapes
from kgtool.project.diff.triples import Compared, diff_triples
from kgtool.project.folder import ONTOLOGY, RULES, SHAPES_FILE, Project
from kgtool.project.graph import Graph
from kgtool.project.revisions import Built, Version, built, find_versions, working_tree

__all__ = ["TOPICS", "GraphDiff", "diff_revisions"]

TOPICS = ("triples", "shapes", "queries")
_SHAPES = f"{ONTOLOGY}/{SHAPES_FILE}"


def diff_revisions(
    project: Project,
    old: str = "HEAD",
    new: str | None = None,
    *,
    only: Collection[str] = TOPICS,
    max_rows: int | None = None,
    timeout: float = TIMEOUT,
    step: Callable[[str], None] = lambda text: None,
) -> GraphDiff:
    """What differs between two revisions, or a revision and the working tree (``new`` is None).

    ``old`` may be a range as git has it (A..B, A...B). ``only`` are those of TOPICS to look at.
    Of each kind of triples, of each shape and of each query ``max_rows`` changes are given, and
    all are counted. A query may take ``timeout`` seconds on each side.

    Raises NotFoundError for what git does not have, and what reading a version's files may raise,
    with the revision before the file's name.
    """
    before, after = find_versions(project, old, new)
    here = after if after.commit is None else working_tree(project, before.commit)
    # The working tree first: its store may serve for the revision, too.
    last = built(project, after, here, step)
    first = built(project, before, here, step)
    with ExitStack() as stack:
        return _Comparison(first, last, stack, max_rows).diff(only, timeout, step)


class _Comparison:
    """Two built versions, whose stores are open as long as ``stack``."""

    def __init__(self, old: Built, new: Built, stack: ExitStack, most: int | None) -> None:
        self._stack, self._most = stack, most
        self._sides: dict[Which, Built] = {"old": old, "new": new}
        self._stores = {
            which: stack.enter_context(Store.open(side.project.store_path))
            for which, side in self._sides.items()
        }
        self._places = {which: VersionPlaces(side.project) for which, side in self._sides.items()}
        #: Is it one store, all that a build makes is the same.
        self._compared: Compared | None = None
        if old.project != new.project:
            self._compared = Compared(self._stores["old"], self._stores["new"])
            stack.callback(self._compared.difference.close)
        self._closed = old.contradiction is None and new.contradiction is None

    def diff(self, only: Collection[str], timeout: float, step: Callable[[str], None]) -> GraphDiff:
        step("comparing triples")
        triples = self._triples()
        notes = list(self._notes(only))
        shapes = queries = None
        if "shapes" in only:
            step("checking shapes")
            try:
                shapes = tuple(self._shapes(triples))
            except ShapeError as error:
                notes.append(f"shapes are not compared: {error}")
        if "queries" in only and self._closed:
            step("asking queries")
            queries = tuple(self._queries(triples, timeout))
        old, new = (
            Side(side.version.name, side.version.commit, side.contradiction)
            for side in self._sides.values()
        )
        return GraphDiff(
            old,
            new,
            triples=triples if "triples" in only else None,
            shapes=shapes,
            queries=queries,
            notes=tuple(notes),
            prefixes=self._stores["old"].prefixes | self._stores["new"].prefixes,
        )

    def _triples(self) -> TripleDiff:
        if self._compared is None:
            nothing = Changes(0, 0, ())
            return TripleDiff(nothing, nothing if self._closed else None)
        return diff_triples(self._compared, self._places, inferred=self._closed, most=self._most)

    def _shapes(self, triples: TripleDiff) -> Iterator[ShapeChange]:
        if self._compared is None or not (triples.asserted or self._differs(_SHAPES)):
            return
        old, new = self._checked("old"), self._checked("new")
        yield from diff_shapes(old, new, self._compared.difference, self._most)

    def _checked(self, which: Which) -> Checked:
        side = self._sides[which]
        with side.version.blamed():
            return Checked(
                which, side.project, self._stores[which], self._places[which], self._stack
            )

    def _queries(self, triples: TripleDiff, timeout: float) -> Iterator[QueryChange]:
        old, new = (
            Asked(side.version, Graph(self._stores[which], side.project), timeout)
            for which, side in self._sides.items()
        )
        yield from diff_queries(old, new, triples, self._most)

    def _notes(self, only: Collection[str]) -> Iterator[str]:
        for side in self._sides.values():
            for name in side.version.left_out:
                yield f"{side.version.name}:{name} is a link out of the revision, and left out"
        if "shapes" in only and self._differs(_SHAPES):
            yield f"{_SHAPES} differs; each side is checked by its own shapes"
        for name in self._rules():
            if self._differs(name):
                yield f"{name} differs, and what follows with it"
        if not self._closed:
            left = [*(["inferred triples"] if "triples" in only else []),
                    *(["answers of queries"] if "queries" in only else [])]  # fmt: skip
            if left:
                yield f"{' and '.join(left)} are not compared, because of the contradiction"

    def _rules(self) -> list[str]:
        names = {name for side in self._sides.values() for name in side.version.sources}
        return sorted(name for name in names if name.startswith(f"{ONTOLOGY}/{RULES}/"))

    def _differs(self, name: str) -> bool:
        """Whether a file has another text, or is on one side only."""
        texts = [_text(side.version, name) for side in self._sides.values()]
        return texts[0] != texts[1]


def _text(version: Version, name: str) -> bytes | None:
    if name not in version.ids:
        return None
    return next(version.read([name])).replace(b"\r\n", b"\n")
