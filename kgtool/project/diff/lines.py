"""A difference as lines for people, in parts: what was removed after a minus, what was added
after a plus, both in the first column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from kgtool.errors import Location
from kgtool.project.diff.around import Around
from kgtool.project.diff.model import (
    Change,
    Changes,
    GraphDiff,
    QueryChange,
    RowChange,
    ShapeChange,
    Subject,
    TripleDiff,
    counted,
)
from kgtool.project.diff.terms import TermText, cut, cut_alike, safe
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.shacl.text import Shortener
from kgtool.shacl.vocabulary import local_name

_TYPE = IRI(RDF.type)
_CELL = (IRI(RDF.first), IRI(RDF.rest))
_STATUSES = {
    "changed": "answers differently",
    "failed": "fails on one side",
    "skipped": "not asked",
}
_SIGNS = {True: "+", False: "-"}


class Part(NamedTuple):
    """Lines about one topic."""

    title: str
    lines: list[str]


class _Entry(NamedTuple):
    """A line of a subject: its sign, the predicates, the object, and what else is to be said."""

    added: bool
    path: str
    text: str
    note: str = ""


def parts_of(diff: GraphDiff) -> list[Part]:
    """The difference by topic; topics in which nothing differs are left out."""
    text = TermText(diff.prefixes)
    found: list[Part] = []
    if diff.triples is not None:
        for name, changes in (
            ("Asserted triples", diff.triples.asserted),
            ("Inferred triples", diff.triples.inferred),
        ):
            if changes:
                title = f"{name}: +{changes.added:,} -{changes.removed:,}"
                found.append(Part(title, list(_Triples(diff.triples, text).lines(changes))))
        found += _moved(diff.triples)
    if diff.shapes:
        lines = list(_shapes(diff.shapes, Shortener(diff.prefixes), text))
        found.append(Part(f"Shapes: {'; '.join(diff.of_shapes())}", lines))
    if diff.queries:
        counts = "; ".join(diff.of_queries()) or "none compared"
        found.append(Part(f"Stored queries: {counts}", list(_queries(diff.queries, text))))
    return [Part(part.title, [safe(line) for line in part.lines]) for part in found]


class _Triples:
    def __init__(self, diff: TripleDiff, text: TermText) -> None:
        self._diff = diff
        self._text = text

    def lines(self, changes: Changes) -> Iterator[str]:
        for subject in changes.subjects:
            label = subject.label or self._kind(subject)
            yield f"  {self._text.term(subject.term)}{f'  {cut(label)}' if label else ''}"
            entries = list(dict.fromkeys(self._entries(subject)))
            for _, group in groupby(entries, key=lambda entry: entry.path):
                yield from _entry_lines(list(group))
        if changes.hidden:
            yield f"  … and {changes.hidden:,} more"

    def _kind(self, subject: Subject) -> str:
        """What a blank node is, where the changes do not say."""
        said = {
            o
            for around in (self._diff.old, self._diff.new)
            for p, o in around.out.get(subject.term, ())
            if p == _TYPE
        }
        said -= {change.triple[2] for change in subject.changes}
        return f"a {', '.join(sorted(map(self._text.term, said)))}" if said else ""

    def _entries(self, subject: Subject) -> Iterator[_Entry]:
        within = self._within(subject.changes)
        lists: set[Term] = set()
        for change in subject.changes:
            s, p, o = change.triple
            if (s, change.added) in within:
                continue
            around = self._around(change.added)
            if isinstance(s, BlankNode) and p in _CELL:
                head = around.head(s)
                if head in lists:
                    continue
                if self._is_list(head):
                    lists.add(head)
                    yield from self._list(head)
                    continue
            path = self._path((*around.way(s).path, p) if isinstance(s, BlankNode) else (p,))
            yield _Entry(change.added, path, self._text.term(o, around), _note(change))

    def _around(self, added: bool) -> Around[Term]:
        return self._diff.new if added else self._diff.old

    def _within(self, changes: Iterable[Change]) -> set[tuple[Term, bool]]:
        """The nodes that are written where a change is shown that points to them, by sides."""
        waiting = [(change.triple[2], change.added) for change in changes]
        found: set[tuple[Term, bool]] = set()
        while waiting:
            node, added = waiting.pop()
            around = self._around(added)
            if (node, added) not in found and around.is_nested(node):
                found.add((node, added))
                waiting += [(o, added) for _, o in around.out.get(node, ())]
        return found

    def _list(self, head: Term) -> Iterator[_Entry]:
        """A list as it was and as it is: its cells tell people nothing."""
        for added in (False, True):
            around = self._around(added)
            path = self._path(around.way(head).path)
            yield _Entry(added, path, self._text.description(head, around))

    def _is_list(self, head: Term) -> bool:
        """Whether a well-formed list begins there on both sides."""
        return all(self._text.items(head, self._around(side)) is not None for side in (False, True))

    def _path(self, predicates: Iterable[Term]) -> str:
        return " / ".join(map(self._text.predicate, predicates))


def _entry_lines(entries: Sequence[_Entry]) -> Iterator[str]:
    """The lines of one path: what was removed first."""
    entries = sorted(entries, key=lambda entry: entry.added)
    texts = [cut(entry.text) for entry in entries]
    if [entry.added for entry in entries] == [False, True]:
        texts = list(cut_alike(entries[0].text, entries[1].text))
    for entry, text in zip(entries, texts, strict=True):
        note = f"  [{entry.note}]" if entry.note else ""
        yield f"{_SIGNS[entry.added]}   {entry.path} {text}{note}"


def _note(change: Change) -> str:
    held = "followed before" if change.added else "still follows"
    return "; ".join([*map(_place, change.places), *([held] if change.held else [])])


def _place(place: Location) -> str:
    return str(place._replace(column=None))


def _moved(diff: TripleDiff) -> Iterator[Part]:
    lines = []
    for move in diff.moved:
        if move.source and move.target:
            where = f"from {move.source} to {move.target}"
        else:
            where = f"also in {move.target}" if move.target else f"no longer in {move.source}, too"
        lines.append(f"  {counted(move.count, 'triple', 'triples')} {where}")
    if lines:
        yield Part("The same triples in other files", lines)
    if diff.undecided:
        nodes = counted(diff.undecided, "blank node looks", "blank nodes look")
        yield Part(
            "Not compared to the end",
            [f"  {nodes} so much like others that they may be shown as changed and are not"],
        )


def _shapes(shapes: Sequence[ShapeChange], short: Shortener, text: TermText) -> Iterator[str]:
    for shape in shapes:
        name = short(str(shape.shape)) if isinstance(shape.shape, IRI) else "a shape without a name"
        title = f", {shape.title}" if shape.title else ""
        counts = f"{shape.before:,} before, {shape.after:,} now"
        severity = local_name(shape.severity)
        yield f"  {severity}: {name}{cut(title)}: {shape.status} ({counts})"
        for found in shape.findings:
            finding = found.finding
            value = finding.value if finding.value != finding.focus else None
            shown = [_node(term, text) for term in (finding.focus, value) if term is not None]
            places = ", ".join(map(_place, found.places))
            where = f"  [{places}]" if places else ""
            message = cut(f"{' → '.join(shown)}: {short(finding.message)}")
            yield f"{_SIGNS[found.added]}   {message}{where}"
        if left := shape.added + shape.removed - len(shape.findings):
            yield f"    … and {left:,} more"


def _node(term: Term, text: TermText) -> str:
    return "a blank node" if isinstance(term, BlankNode) else text.term(term)


def _queries(queries: Sequence[QueryChange], text: TermText) -> Iterator[str]:
    for query in queries:
        words = _STATUSES.get(query.status, query.status)
        if query.reworded and query.status != "reworded":
            words += ", reworded"
        yield f"  {query.name}: {'; '.join([words, *query.notes])}"
        if query.rows:
            yield f"    {' | '.join(query.columns)}"
            yield from _rows(query.rows, text)
        if left := query.added + query.removed - len(query.rows):
            yield f"    … and {left:,} more"


def _rows(rows: Sequence[RowChange], text: TermText) -> Iterator[str]:
    """Rows with texts without quotes, unless they would then look the same."""
    plain = [" | ".join(_cell(term, text) for term in row.terms) for row in rows]
    times = Counter(plain)
    for row, line in zip(rows, plain, strict=True):
        if times[line] > 1:
            line = " | ".join("" if term is None else text.term(term) for term in row.terms)
        yield f"{_SIGNS[row.added]}   {cut(line)}"


def _cell(term: Term | None, text: TermText) -> str:
    if isinstance(term, Literal):
        return term.lexical
    return "" if term is None else text.term(term)
