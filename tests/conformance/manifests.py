"""The W3C manifests: which cases there are, and the files that each is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode

ROOT = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"
#: Names a file of the suites; any base will do, as long as it is the same everywhere.
BASE = "https://conformance.invalid/"
SUITES = {"sparql10": "manifest-evaluation.ttl", "sparql11": "manifest-all.ttl"}
#: These belong to reasoning and to federation.
LEFT_OUT = frozenset({"entailment", "service"})

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_EVALUATION = {f"{_MF}QueryEvaluationTest", f"{_MF}CSVResultFormatTest"}


@dataclass(frozen=True)
class Case:
    """A query, the files of its dataset, and the file of its expected answer."""

    suite: str
    category: str
    name: str
    query: Path
    data: tuple[Path, ...]
    graphs: tuple[Path, ...]
    result: Path
    lax: bool

    @property
    def key(self) -> str:
        return f"{self.category}/{self.name}"

    def __str__(self) -> str:
        return f"{self.suite} {self.key}"


def iri_of(path: Path) -> str:
    return BASE + path.relative_to(ROOT).as_posix()


def file_of(iri: str) -> Path:
    return ROOT / iri.removeprefix(BASE)


def evaluation_cases() -> list[Case]:
    """All query evaluation tests of SPARQL 1.0 and 1.1, in the order of the manifests."""
    return [
        case
        for suite, entry in SUITES.items()
        for case in _cases(suite, ROOT / suite / entry)
        if case.category not in LEFT_OUT
    ]


def _cases(suite: str, manifest: Path) -> Iterator[Case]:
    graph = _Graph(manifest)
    for included in graph.items(f"{_MF}include"):
        yield from _cases(suite, file_of(included.value))
    for test in graph.items(f"{_MF}entries"):
        kinds = {kind.value for kind in graph.objects(test, f"{_RDF}type")}
        if not kinds & _EVALUATION:
            continue
        (action,) = graph.objects(test, f"{_MF}action")
        (result,) = graph.objects(test, f"{_MF}result")
        (query,) = graph.files(action, "query")
        yield Case(
            suite,
            manifest.parent.name,
            test.value.partition("#")[2],
            query,
            graph.files(action, "data"),
            graph.files(action, "graphData"),
            file_of(result.value),
            bool(graph.objects(test, f"{_MF}resultCardinality")),
        )


class _Graph:
    """A manifest's triples by subject and predicate."""

    def __init__(self, path: Path) -> None:
        self._objects: dict[tuple[str, str], list[NamedNode]] = {}
        for quad in pyoxigraph.parse(path=str(path), base_iri=iri_of(path)):
            key = (str(quad.subject), quad.predicate.value)
            self._objects.setdefault(key, []).append(quad.object)

    def objects(self, subject: object, predicate: str) -> list[NamedNode]:
        return self._objects.get((str(subject), predicate), [])

    def files(self, action: object, name: str) -> tuple[Path, ...]:
        return tuple(file_of(o.value) for o in self.objects(action, f"{_QT}{name}"))

    def items(self, predicate: str) -> Iterator[NamedNode]:
        """The members of the list that a property of the manifest has."""
        rest = [o for (_, p), each in self._objects.items() if p == predicate for o in each]
        while rest and rest[0] != NamedNode(f"{_RDF}nil"):
            yield from self.objects(rest[0], f"{_RDF}first")
            rest = self.objects(rest[0], f"{_RDF}rest")
