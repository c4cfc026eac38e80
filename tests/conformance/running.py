"""Runs a case of the W3C suites on a store that the loader built."""

from __future__ import annotations

import atexit
import itertools
import tempfile
from collections import Counter, OrderedDict
from dataclasses import replace
from pathlib import Path

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan import run_query
from kgtool.rdf.terms import IRI
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import OrderBy, Pattern, Project, SelectQuery, Slice
from tests.conformance.expected import csv_answer, expected_answer
from tests.conformance.manifests import BASE, Case, file_of, iri_of
from tests.plan.answers import Answer, answer_of, by_value, difference, exactly

KNOWN = Path(__file__).with_name("known.txt")
ONLY_FORM = "the same values, written otherwise"


def failure(case: Case) -> str | None:
    """What is wrong with our answer to a case; None where nothing is.

    Terms are compared strictly. Where only the lexical form of numbers is another, the
    text begins with that.
    """
    try:
        got, expected = _answers(case)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if case.lax:
        return _lax_difference(got, expected)
    wrong = difference(got, expected)
    if wrong and difference(got, expected, by_value) is None:
        return f"{ONLY_FORM}: {wrong}"
    return wrong


def known_failures() -> dict[tuple[str, str], str]:
    """The cases that fail today, by suite and key, with the reason."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    rows = (line.split(maxsplit=2) for line in lines if line and not line.startswith("#"))
    return {(suite, key): reason for suite, key, reason in rows}


def _answers(case: Case) -> tuple[Answer, Answer]:
    text = case.query.read_text(encoding="utf-8")
    base = iri_of(case.query)
    query = parse_query(text, base=base)
    named = {*case.graphs}
    if query.dataset is not None:
        iris = (*query.dataset.default, *query.dataset.named)
        named |= {file_of(g.value) for g in iris if g.value.startswith(BASE)}
    store = _stores.get(case.data, tuple(sorted(named)))
    # A relative IRI of the query is resolved against its file, as the suites ask.
    result = run_query(store, f"BASE <{base}> {text}", default_graph="strict")
    expected = expected_answer(case.result)
    if case.result.suffix == ".csv":
        return csv_answer(result.serialize("csv")), expected
    if isinstance(query, SelectQuery) and _is_ordered(query.pattern):
        expected = replace(expected, ordered=True)
    return answer_of(result), expected


def _is_ordered(pattern: Pattern) -> bool:
    while isinstance(pattern, Project | Slice):
        pattern = pattern.pattern
    return isinstance(pattern, OrderBy)


def _lax_difference(got: Answer, expected: Answer) -> str | None:
    """REDUCED: the same distinct solutions, none of them more often than expected."""
    ours = Counter(map(exactly, got.over(expected.variables)))
    theirs = Counter(map(exactly, expected.rows))
    fits = set(ours) == set(theirs) and ours <= theirs
    return None if fits else f"{dict(ours)} instead of {dict(theirs)}"


class _Stores:
    """Stores by the files in them; the ones used last stay open."""

    _SIZE = 8

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kgtool-conformance-")
        self._open: OrderedDict[tuple[tuple[Path, ...], tuple[Path, ...]], Store] = OrderedDict()
        self._numbers = itertools.count()
        atexit.register(self._close)

    def get(self, data: tuple[Path, ...], graphs: tuple[Path, ...]) -> Store:
        """The store whose default graph is ``data``, with a graph named as each of ``graphs``."""
        key = (data, graphs)
        if key not in self._open:
            path = Path(self._folder.name) / f"{next(self._numbers)}.duckdb"
            with StoreWriter(path, threads=1) as writer:
                for file in data:
                    writer.add(Source(file, base=iri_of(file)))
                for file in graphs:
                    writer.add(Source(file, graph=IRI(iri_of(file)), base=iri_of(file)))
                writer.commit({})
            self._open[key] = Store.open(path, threads=1)
        self._open.move_to_end(key)
        if len(self._open) > self._SIZE:
            _, oldest = self._open.popitem(last=False)
            oldest.close()
            oldest.path.unlink()
        return self._open[key]

    def _close(self) -> None:
        for store in self._open.values():
            store.close()
        self._folder.cleanup()


_stores = _Stores()
