"""The triples that two versions differ in, by subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kgtool.engine.difference import Difference, Row, Triple, Which, is_blank
from kgtool.engine.store import Store
from kgtool.project.diff.around import Around, Way
from kgtool.project.diff.model import Change, Changes, Move, Subject, TripleDiff
from kgtool.project.diff.places import VersionPlaces
from kgtool.project.folder import file_of_graph
from kgtool.rdf.alike import Statement
from kgtool.rdf.matching import match_blank_nodes
from kgtool.rdf.namespaces import RDF, RDFS
from kgtool.rdf.syntax import ntriples_term
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.rdf.turtle import predicate_order

_CELL = (IRI(RDF.first), IRI(RDF.rest))
_LABELS = (IRI(RDFS.label), IRI("http://www.w3.org/2004/02/skos/core#prefLabel"))
_SIDES: tuple[Which, Which] = ("old", "new")


class Compared:
    """Two stores compared; ``undecided`` blank nodes were left without an answer."""

    def __init__(self, old: Store, new: Store) -> None:
        self.undecided = 0
        self.difference = Difference(old, new, self._match)

    def _match(self, old: Sequence[Triple], new: Sequence[Triple]) -> dict[int, int]:
        found = match_blank_nodes(map(_statement, old), map(_statement, new))
        self.undecided = found.undecided
        return {int(one): int(other) for one, other in found.pairs.items()}


class _Found(NamedTuple):
    row: Row
    added: bool


def diff_triples(
    compared: Compared,
    places: Mapping[Which, VersionPlaces],
    *,
    inferred: bool,
    most: int | None = None,
) -> TripleDiff:
    """What differs, with at most so many changes of each kind shown.

    Without ``inferred`` that is not compared.
    """
    difference = compared.difference
    kinds = [
        _found(difference, inferred=kind) for kind in ((False, True) if inferred else (False,))
    ]
    writer = _Writer(difference, [each for kind in kinds for each in kind], places)
    changes = [writer.changes(kind, most) for kind in kinds]
    moved = difference.moved()
    files = writer.files(g for move in moved for g in move[:2] if g is not None)
    return TripleDiff(
        asserted=changes[0],
        inferred=changes[1] if inferred else None,
        moved=tuple(
            Move(None if a is None else files.get(a), None if b is None else files.get(b), count)
            for a, b, count in moved
        ),
        undecided=compared.undecided,
        predicates=frozenset(
            difference.terms({each.row.p for kind in kinds for each in kind}).values()
        ),
        old=writer.around("old"),
        new=writer.around("new"),
    )


def _found(difference: Difference, *, inferred: bool) -> list[_Found]:
    return [
        _Found(row, side == "new")
        for side in _SIDES
        for row in difference.changes(side, inferred=inferred)
    ]


class _Writer:
    """Makes changes of rows, whose ids it turns into terms as far as they are shown."""

    def __init__(
        self, difference: Difference, found: Sequence[_Found], places: Mapping[Which, VersionPlaces]
    ) -> None:
        self._difference = difference
        self._places = places
        self._cell = difference.ids("new", _CELL) | difference.ids("old", _CELL)
        self._around = {side: self._read_around(side, found) for side in _SIDES}
        self._terms: dict[int, Term] = {}
        self._blanks: dict[int, BlankNode] = {}

    def changes(self, found: Sequence[_Found], most: int | None) -> Changes:
        """The changes by subject, in order."""
        groups: defaultdict[int, list[_Found]] = defaultdict(list)
        for each in found:
            groups[self._way(each).root].append(each)
        self._decode(groups)
        added = sum(each.added for each in found)
        subjects = tuple(self._subjects(groups, len(found) if most is None else most))
        return Changes(added, len(found) - added, subjects)

    def _subjects(self, groups: Mapping[int, list[_Found]], left: int) -> Iterator[Subject]:
        shown: dict[int, list[_Found]] = {}
        for root in sorted(groups, key=self._order):
            if left <= 0:
                break
            self._decode(x for each in groups[root] for x in (*each.row[:3], *self._way(each).path))
            shown[root] = sorted(groups[root], key=self._order_in_group)[:left]
            left -= len(shown[root])
        labels = self._labels(shown)
        files = self.files(g for found in shown.values() for each in found for g in each.row.graphs)
        for root, found in shown.items():
            term = self._term(root)
            changes = tuple(self._change(each, files) for each in found)
            yield Subject(term, labels.get(root), changes)

    def _change(self, found: _Found, files: Mapping[int, str]) -> Change:
        row = found.row
        triple = (self._term(row.s), self._term(row.p), self._term(row.o))
        side = self._places["new" if found.added else "old"]
        places = [side.triple(triple, files[g]) for g in row.graphs if g in files]
        return Change(triple, found.added, tuple(places), row.held)

    def files(self, graphs: Iterable[int]) -> dict[int, str]:
        """The files whose triples graphs hold."""
        terms = self._difference.terms(set(graphs))
        named = {g: file_of_graph(t.value) for g, t in terms.items() if isinstance(t, IRI)}
        return {g: name for g, name in named.items() if name is not None}

    def around(self, side: Which) -> Around[Term]:
        """What is asserted on one side of the blank nodes that have been shown."""
        triples = self._around[side].triples(list(self._blanks))
        self._decode(x for triple in triples for x in triple)
        terms = [(self._term(s), self._term(p), self._term(o)) for s, p, o in triples]
        return Around(terms, lambda node: isinstance(node, BlankNode), _CELL)

    def _read_around(self, side: Which, found: Sequence[_Found]) -> Around[int]:
        blanks = {
            x
            for each in found
            if each.added == (side == "new")
            for x in (each.row.s, each.row.o)
            if is_blank(x)
        }
        if not blanks:
            return Around()
        graphs = self._difference.graphs_of(side, blanks)
        triples = self._difference.around_blanks(side, graphs)
        return Around(triples, is_blank, set(self._cell.values()))

    def _way(self, found: _Found) -> Way[int]:
        return self._around["new" if found.added else "old"].way(found.row.s)

    # Terms ------------------------------------------------------------------------------

    def _decode(self, ids: Iterable[int]) -> None:
        missing = {x for x in ids if x not in self._terms and not is_blank(x)}
        self._terms |= self._difference.terms(missing)

    def _term(self, id_: int) -> Term:
        """The term; blank nodes are named in the order in which they are asked for."""
        if is_blank(id_):
            return self._blanks.setdefault(id_, BlankNode(f"b{len(self._blanks) + 1}"))
        return self._terms[id_]

    def _order(self, root: int) -> tuple[bool, str, int]:
        return is_blank(root), "" if is_blank(root) else ntriples_term(self._terms[root]), root

    def _order_in_group(self, found: _Found) -> tuple[object, ...]:
        """By predicates, those of the group's own subject first; what was removed first."""
        s, p, o = found.row[:3]
        path = [predicate_order(self._terms[x]) for x in (*self._way(found).path, p)]
        written = "" if is_blank(o) else ntriples_term(self._terms[o])
        return path, found.added, is_blank(o), written, s, o

    def _labels(self, subjects: Iterable[int]) -> dict[int, str]:
        """What people call subjects: in English, or the first in order; on the new side first."""
        labels: dict[int, str] = {}
        known = self._difference.ids("old", _LABELS) | self._difference.ids("new", _LABELS)
        for predicate in (known[label] for label in _LABELS if label in known):
            for side in reversed(_SIDES):
                wanted = [s for s in subjects if s not in labels and not is_blank(s)]
                rows = self._difference.objects(side, wanted, predicate)
                terms = self._difference.terms({o for _, _, o in rows})
                literals = [(s, term) for s, _, o in rows if isinstance(term := terms[o], Literal)]
                # The last one written wins.
                ranked = sorted(literals, key=lambda each: _rank(each[1]), reverse=True)
                labels |= {s: literal.lexical for s, literal in ranked}
        return labels


def _rank(literal: Literal) -> tuple[bool, str, str]:
    return not literal.language.startswith("en"), literal.language, literal.lexical


def _statement(triple: Triple) -> Statement:
    s, p, o = triple
    return str(s) if is_blank(s) else s, p, str(o) if is_blank(o) else o
