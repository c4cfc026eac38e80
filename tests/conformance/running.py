"""Runs a case of the W3C suites with what the commands are made of."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

from kgtool.engine import ingest, writer
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import QuerySyntaxError, RdfSyntaxError
from kgtool.plan import run_query
from kgtool.plan.run import DefaultGraph
from kgtool.plan.update import run_update
from kgtool.project.load import load_files
from kgtool.results.result import Result
from kgtool.sparql import parse_query, parse_update
from kgtool.sparql.algebra import OrderBy, Pattern, Project, SelectQuery, Slice
from tests.conformance.entailment import entailment_failure
from tests.conformance.expected import csv_answer, expected_answer
from tests.conformance.manifests import BASE, Case, Files, Kind, file_of
from tests.conformance.reports import report_failure
from tests.conformance.services import federated
from tests.conformance.stores import contents, exported, quads_in, rows_difference, stores
from tests.plan.answers import Answer, answer_of, by_value, difference, exactly

KNOWN = Path(__file__).with_name("known.txt")
ONLY_FORM = "the same values, written otherwise"


def failure(case: Case) -> str | None:
    """What is wrong with what we make of a case; None where nothing is."""
    try:
        match case.kind:
            case Kind.QUERY:
                return query_failure(case)
            case Kind.UPDATE:
                return _update_failure(case)
            case Kind.RDF:
                return _graph_failure(case)
            case Kind.SHAPES:
                return report_failure(case)
            case Kind.ENTAILED | Kind.NOT_ENTAILED | Kind.CONSISTENT | Kind.INCONSISTENT:
                return entailment_failure(case)
            case Kind.GOOD_RDF:
                return _loading_failure(case)
            case Kind.BAD_RDF:
                return _refusal_failure(case)
            case _:
                return _syntax_failure(case)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def known_failures() -> dict[tuple[str, str], str]:
    """The cases that fail today, by suite and key, with the reason."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    rows = (line.split(maxsplit=2) for line in lines if line and not line.startswith("#"))
    return {(suite, key): reason for suite, key, reason in rows}


# SPARQL ---------------------------------------------------------------------------------


def _syntax_failure(case: Case) -> str | None:
    parse = parse_update if case.kind in (Kind.GOOD_UPDATE, Kind.BAD_UPDATE) else parse_query
    bad = case.kind in (Kind.BAD_QUERY, Kind.BAD_UPDATE)
    try:
        parse(_text(case), base=case.base)
    except QuerySyntaxError as error:
        if not bad:
            return str(error)
        return None if error.location and error.location.line else f"without its place: {error}"
    return "it is read, though it is wrong" if bad else None


def _text(case: Case) -> str:
    # Line ends stay as they are: some cases are about them.
    with case.file.open(encoding="utf-8", newline="") as stream:
        return stream.read()


#: Asks a store a query, over the default graph that is named.
Asker = Callable[[Store, str, DefaultGraph], Result]


def _ask(store: Store, text: str, graph: DefaultGraph) -> Result:
    return run_query(store, text, default_graph=graph)


def query_failure(case: Case, ask: Asker = _ask) -> str | None:
    """Terms are compared strictly. Where only the lexical form of numbers is another, the
    text begins with that."""
    got, expected = _answers(case, ask)
    if case.lax:
        return _lax_difference(got, expected)
    wrong = difference(got, expected)
    if wrong and difference(got, expected, by_value) is None:
        return f"{ONLY_FORM}: {wrong}"
    return wrong


def _answers(case: Case, ask: Asker) -> tuple[Answer, Answer]:
    assert case.result is not None
    text = _text(case)
    query = parse_query(text, base=case.base)
    named = dict(case.data.named)
    if query.dataset is not None:
        iris = (*query.dataset.default, *query.dataset.named)
        named |= {file_of(g.value): g.value for g in iris if g.value.startswith(BASE)}
    files = Files(case.data.default, tuple(sorted(named.items())))
    store = stores.get(files, case.entailment)
    # What is entailed is in a graph of its own, so it takes the union to ask both.
    graph: DefaultGraph = "strict" if case.entailment == "none" else "union"
    # A relative IRI of the query is resolved against its file, as the suites ask.
    if case.category == "service":
        result = federated(case, query, store)
    else:
        result = ask(store, f"BASE <{case.base}> {text}", graph)
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


def _update_failure(case: Case) -> str | None:
    path = stores.copy(case.data)
    try:
        run_update(path, _text(case), base=case.base)
        return rows_difference(exported(path), contents(case.after))
    finally:
        path.unlink()


# RDF ------------------------------------------------------------------------------------


def _graph_failure(case: Case) -> str | None:
    """Loaded and exported, the file is the expected graph."""
    assert case.result is not None
    with tempfile.TemporaryDirectory(prefix="kgtool-conformance-") as folder:
        path = Path(folder) / "store.duckdb"
        # As load_files does it, but for the base, which the suite chooses.
        with StoreWriter(path, threads=1) as loading:
            loading.add(Source(case.file, base=case.base))
            loading.commit({})
        expected = quads_in(case.result, case.base)
        # In the syntax of the suite too, whose writer is ours.
        formats = ("nquads", case.suite)
        wrong = [rows_difference(exported(path, format_), expected) for format_ in formats]
    return next((each for each in wrong if each is not None), None)


def _loading_failure(case: Case) -> str | None:
    loaded, there = _load(case), len(quads_in(case.file, case.base))
    return None if loaded == there else f"{loaded} quads are loaded of {there}"


def _refusal_failure(case: Case) -> str | None:
    try:
        loaded = _load(case)
    except RdfSyntaxError as error:
        place = error.location
        if place and place.file == str(case.file) and place.line:
            return None
        return f"the error does not say where it is: {error}"
    return f"{loaded} quads are loaded, though the file is wrong"


def _load(case: Case) -> int:
    """How many quads `kgtool load` makes of the file."""
    with ExitStack() as stack:
        # Functions for queries take longer to make than all the rest, and nothing is asked.
        stack.enter_context(mock.patch.object(writer, "install"))
        if case.bulk:
            stack.enter_context(mock.patch.object(ingest, "DIRECT", -1))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kgtool-conformance-"))
        return load_files([case.file], Path(folder) / "store.duckdb").quads
