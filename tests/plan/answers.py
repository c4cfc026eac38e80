"""Answers of any engine in one form, and whether two of them are the same.

Solutions and triples are bags of tuples of terms (None is unbound). Two bags are the same
where some renaming of blank nodes makes one of the other, as RDF defines isomorphism.
"""

from __future__ import annotations

import decimal
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph

from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import BlankNode, Literal, Term
from kgtool.results import AskResult, GraphResult, SelectResult

Row = tuple[Hashable, ...]
Key = Callable[[Term | None], Hashable]


@dataclass(frozen=True)
class Answer:
    """``rows`` over ``variables``, the triples of a graph, or yes or no."""

    kind: str
    rows: tuple[tuple[Term | None, ...], ...] = ()
    variables: tuple[str, ...] = ()
    truth: bool | None = None
    ordered: bool = False

    def over(self, variables: Sequence[str]) -> tuple[tuple[Term | None, ...], ...]:
        """The rows with their columns in this order."""
        places = [self.variables.index(v) for v in variables]
        return tuple(tuple(row[i] for i in places) for row in self.rows)


def answer_of(result: Any) -> Answer:
    """The answer in a result of kgtool or of pyoxigraph, which is read to its end."""
    match result:
        case SelectResult():
            rows = tuple(tuple(row) for row in result)
            return Answer("rows", rows, result.variables)
        case AskResult():
            return Answer("boolean", truth=bool(result))
        case GraphResult():
            return Answer("graph", tuple(tuple(triple) for triple in result), ("s", "p", "o"))
        case pyoxigraph.QueryBoolean():
            return Answer("boolean", truth=bool(result))
        case pyoxigraph.QuerySolutions():
            variables = tuple(v.value for v in result.variables)
            rows = tuple(
                tuple(None if (t := row[v]) is None else from_oxigraph(t) for v in variables)
                for row in result
            )
            return Answer("rows", rows, variables)
        case _:
            triples = ((t.subject, t.predicate, t.object) for t in result)
            rows = tuple({tuple(from_oxigraph(t) for t in triple) for triple in triples})
            return Answer("graph", rows, ("s", "p", "o"))


def exactly(term: Term | None) -> Hashable:
    """Terms are the same where they are the same RDF term."""
    return term


def by_value(term: Term | None) -> Hashable:
    """As ``exactly``, but numbers are the same that have one value and one datatype.

    Engines may write a computed number as they like ("2.50" or "2.5"), and the last digits
    of a quotient or a double are theirs too.
    """
    if not isinstance(term, Literal):
        return term
    if term.language:
        return Literal.tagged(term.lexical, term.language.lower())
    try:
        return _number(term.lexical, term.datatype) or term
    except (ValueError, decimal.InvalidOperation, OverflowError):
        return term


def _number(lexical: str, datatype: str) -> Hashable:
    if datatype == XSD.integer or datatype in INTEGER_RANGES:
        return datatype, int(lexical)
    if datatype == XSD.decimal:
        return datatype, round(decimal.Decimal(lexical), 12)
    if datatype == XSD.float:
        as_float = struct.unpack("f", struct.pack("f", _float(lexical)))[0]
        return datatype, f"{as_float:.6g}"
    if datatype == XSD.double:
        return datatype, f"{_float(lexical):.12g}"
    return None


def _float(lexical: str) -> float:
    # Adding 0.0 makes one of 0.0 and -0.0.
    return float(lexical) + 0.0


def difference(got: Answer, expected: Answer, key: Key = exactly) -> str | None:
    """What sets two answers apart, as lines to read; None where they are the same."""
    if got.kind != expected.kind:
        return f"a {got.kind} instead of a {expected.kind}"
    if got.kind == "boolean":
        return None if got.truth == expected.truth else f"{got.truth} instead of {expected.truth}"
    if set(got.variables) != set(expected.variables):
        return f"variables {got.variables} instead of {expected.variables}"
    left, right = _keyed(got.rows, key), _keyed(expected.over(got.variables), key)
    if expected.ordered:
        left, right = _numbered(left), _numbered(right)
    return None if same_bag(left, right) else _lines(left, right)


def _keyed(rows: Iterable[Sequence[Term | None]], key: Key) -> list[Row]:
    return [tuple(t if isinstance(t, BlankNode) else key(t) for t in row) for row in rows]


def _numbered(rows: list[Row]) -> list[Row]:
    return [(index, *row) for index, row in enumerate(rows)]


def _lines(left: list[Row], right: list[Row]) -> str:
    masked = [Counter(_masked(row) for row in rows) for rows in (left, right)]
    extra, missing = masked[0] - masked[1], masked[1] - masked[0]
    lines = [f"{len(left)} rows instead of {len(right)}"]
    lines += [f"  + {_text(row)}  x{count}" for row, count in extra.items()][:10]
    lines += [f"  - {_text(row)}  x{count}" for row, count in missing.items()][:10]
    return "\n".join(lines)


def _masked(row: Row) -> Row:
    return tuple("_:" if isinstance(t, BlankNode) else t for t in row)


def _text(row: Row) -> str:
    return " | ".join("unbound" if cell is None else str(cell) for cell in row)


# Blank nodes ----------------------------------------------------------------------------

_Colours = dict[BlankNode, int]


def same_bag(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether two bags of rows are equal under a renaming of blank nodes."""
    if Counter(map(_masked, left)) != Counter(map(_masked, right)):
        return False
    # Isomorphism is an equivalence: each part may take the first that fits.
    unmatched: dict[Hashable, list[list[Row]]] = defaultdict(list)
    for part in _parts(right):
        unmatched[_signature(part)].append(part)
    for part in _parts(left):
        candidates = unmatched[_signature(part)]
        found = next((c for c in candidates if _matched(part, c, _plain(part), _plain(c))), None)
        if found is None:
            return False
        candidates.remove(found)
    return True


def _parts(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in parts that share no blank node."""
    leaders: dict[BlankNode, BlankNode] = {}

    def leader(node: BlankNode) -> BlankNode:
        while leaders.setdefault(node, node) != node:
            node = leaders[node]
        return node

    for row in rows:
        first, *others = _nodes(row) or [None]
        for other in others:
            leaders[leader(other)] = leader(first)
    parts: dict[BlankNode, list[Row]] = defaultdict(list)
    for row in rows:
        if nodes := _nodes(row):
            parts[leader(nodes[0])].append(row)
    return list(parts.values())


def _nodes(row: Row) -> list[BlankNode]:
    return [cell for cell in row if isinstance(cell, BlankNode)]


def _signature(part: Sequence[Row]) -> Hashable:
    return frozenset(_coloured(part, _refined(part, _plain(part))).items())


def _plain(rows: Sequence[Row]) -> _Colours:
    return {node: 0 for row in rows for node in _nodes(row)}


def _matched(left: Sequence[Row], right: Sequence[Row], mine: _Colours, theirs: _Colours) -> bool:
    mine, theirs = _refined(left, mine), _refined(right, theirs)
    if _coloured(left, mine) != _coloured(right, theirs):
        return False
    alike = [nodes for nodes in _classes(mine).values() if len(nodes) > 1]
    if not alike:
        return True
    # Nodes of one colour look alike: one is singled out, and each of the others tried for it.
    chosen = min(alike, key=len)[0]
    return any(
        _matched(left, right, mine | {chosen: -1}, theirs | {other: -1})
        for other in _classes(theirs)[mine[chosen]]
    )


def _refined(rows: Sequence[Row], colours: _Colours) -> _Colours:
    """Colours that tell nodes apart by the rows they stand in, until no more are told."""
    while True:
        around: dict[BlankNode, list[int]] = defaultdict(list)
        for row in rows:
            for node in set(_nodes(row)):
                seen = tuple(
                    (cell == node, colours[cell]) if isinstance(cell, BlankNode) else cell
                    for cell in row
                )
                around[node].append(hash(seen))
        finer = {n: hash((colours[n], tuple(sorted(around[n])))) for n in colours}
        if len(set(finer.values())) == len(set(colours.values())):
            return finer
        colours = finer


def _coloured(rows: Sequence[Row], colours: _Colours) -> Counter[Row]:
    return Counter(
        tuple(("_:", colours[c]) if isinstance(c, BlankNode) else c for c in row) for row in rows
    )


def _classes(colours: _Colours) -> dict[int, list[BlankNode]]:
    classes: dict[int, list[BlankNode]] = defaultdict(list)
    for node, colour in colours.items():
        classes[colour].append(node)
    return classes
