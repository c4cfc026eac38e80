"""The W3C manifests: which cases there are, and the files that each is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode

ROOT = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"
MISSING = f"the W3C suites are not here: there is no folder {ROOT}"
#: Names a file of the suites; any base will do, as long as it is the same everywhere.
BASE = "https://conformance.invalid/"
SUITES = {
    "sparql10": "sparql10/manifest.ttl",
    "sparql11": "sparql11/manifest-all.ttl",
    "turtle": "turtle/rdf11/rdf-turtle/manifest.ttl",
    "trig": "trig/rdf11/rdf-trig/manifest.ttl",
    "ntriples": "ntriples/rdf11/rdf-n-triples/manifest.ttl",
    "nquads": "nquads/rdf11/rdf-n-quads/manifest.ttl",
    "shacl": "shacl/manifest.ttl",
}
#: What other parts of the tool are to be measured by: reasoning, federation, the endpoint.
LEFT_OUT = frozenset({"entailment", "protocol", "graph-store-protocol", "service-description"})
#: Syntaxes of lines have a second way in, that of large files, which is a suite of its own.
BULK = "-bulk"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NIL = NamedNode(f"{_RDF}nil")
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_SD = "http://www.w3.org/ns/sparql-service-description#"
_RDFT = "http://www.w3.org/ns/rdftest#"
_SHT = "http://www.w3.org/ns/shacl-test#"


class Kind(Enum):
    """What is to be done with a case's file, and what of that is looked at."""

    QUERY = "query evaluation"
    UPDATE = "update evaluation"
    GOOD_QUERY = "query that is read"
    BAD_QUERY = "query that is refused"
    GOOD_UPDATE = "update that is read"
    BAD_UPDATE = "update that is refused"
    RDF = "eval"
    GOOD_RDF = "positive-syntax"
    BAD_RDF = "negative-syntax"
    SHAPES = "validation"
    ENTAILED = "entailment"
    NOT_ENTAILED = "non-entailment"
    CONSISTENT = "consistency"
    INCONSISTENT = "inconsistency"


_KINDS = {
    f"{_SHT}Validate": Kind.SHAPES,
    f"{_MF}QueryEvaluationTest": Kind.QUERY,
    f"{_MF}CSVResultFormatTest": Kind.QUERY,
    f"{_MF}UpdateEvaluationTest": Kind.UPDATE,
    **{f"{_MF}PositiveSyntaxTest{v}": Kind.GOOD_QUERY for v in ("", "11")},
    **{f"{_MF}NegativeSyntaxTest{v}": Kind.BAD_QUERY for v in ("", "11")},
    f"{_MF}PositiveUpdateSyntaxTest11": Kind.GOOD_UPDATE,
    f"{_MF}NegativeUpdateSyntaxTest11": Kind.BAD_UPDATE,
    **{f"{_RDFT}Test{syntax}Eval": Kind.RDF for syntax in ("Turtle", "Trig")},
    **{
        f"{_RDFT}Test{syntax}{kind}": meaning
        for syntax in ("Turtle", "Trig", "NTriples", "NQuads")
        for kind, meaning in (
            ("PositiveSyntax", Kind.GOOD_RDF),
            ("NegativeSyntax", Kind.BAD_RDF),
        )
    },
}


@dataclass(frozen=True)
class Files:
    """The files of a dataset: those of the default graph, and each with its graph's name."""

    default: tuple[Path, ...] = ()
    named: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """A file (query, update, shapes or RDF), the dataset it meets and what should come of it.

    ``result`` is the file of the expected answer or graph, for shapes of the report,
    None where they are to be refused. ``after`` is the dataset that an update should make.
    ``lax`` allows fewer duplicates. ``entailment`` is the regime under which the data of a
    query, or a premise, are closed. ``services`` are endpoints with their data.
    """

    suite: str
    category: str
    name: str
    kind: Kind
    file: Path
    base: str
    data: Files = Files()
    result: Path | None = None
    after: Files = Files()
    lax: bool = False
    entailment: str = "none"
    services: tuple[tuple[str, tuple[Path, ...]], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.category}/{self.name}"

    @property
    def bulk(self) -> bool:
        return self.suite.endswith(BULK)

    def __str__(self) -> str:
        return f"{self.suite} {self.key}"


def iri_of(path: Path) -> str:
    return BASE + path.relative_to(ROOT).as_posix()


def file_of(iri: str) -> Path:
    return ROOT / iri.removeprefix(BASE)


def cases() -> list[Case]:
    """The cases of all suites, in the order of the manifests; none where those are missing."""
    if not ROOT.is_dir():
        return []
    return [case for suite in SUITES for case in _read(suite) if case.category not in LEFT_OUT]


def left_out() -> Counter[str]:
    """How many tests there are of what is left out, by category."""
    return Counter(
        manifest.path.parent.name
        for manifest in _manifests(ROOT / SUITES["sparql11"])
        if manifest.path.parent.name in LEFT_OUT
        for _ in manifest.items(f"{_MF}entries")
    )


def regime_tests() -> Iterator[tuple[Case, set[str], set[str]]]:
    """The queries under entailment regimes, with the names of the regimes and the profiles."""
    folder = ROOT / "sparql11" / "entailment"
    (manifest,) = _manifests(folder / "manifest.ttl")
    for test in manifest.items(f"{_MF}entries"):
        (action,) = manifest.objects(test, f"{_MF}action")
        regimes, profiles = (
            {name.value.rpartition("/")[2] for name in manifest.values(action, f"{_SD}{p}")}
            for p in ("entailmentRegime", "EntailmentProfile")
        )
        yield _case("sparql11", manifest, test, Kind.QUERY), regimes, profiles


def _read(suite: str) -> Iterator[Case]:
    for manifest in _manifests(ROOT / SUITES[suite]):
        for test in manifest.items(f"{_MF}entries"):
            for kind in manifest.objects(test, f"{_RDF}type"):
                if kind.value in _KINDS:
                    yield (case := _case(suite, manifest, test, _KINDS[kind.value]))
                    if suite in ("ntriples", "nquads"):
                        yield replace(case, suite=suite + BULK)


def _case(suite: str, manifest: _Manifest, test: NamedNode, kind: Kind) -> Case:
    if kind is Kind.SHAPES:
        return _shapes_case(suite, manifest, test)
    (action,) = manifest.objects(test, f"{_MF}action")
    (result,) = manifest.objects(test, f"{_MF}result") or [None]
    name = test.value.partition("#")[2]
    if kind in (Kind.RDF, Kind.GOOD_RDF, Kind.BAD_RDF):
        file = file_of(action.value)
        base = manifest.assumed_base + file.name
        expected = None if result is None else file_of(result.value)
        return Case(suite, kind.value, name, kind, file, base, result=expected)
    category = manifest.path.parent.name
    files = manifest.files(action, f"{_QT}query") + manifest.files(action, f"{_UT}request")
    (file,) = files or (file_of(action.value),)
    case = Case(suite, category, name, kind, file, iri_of(file))
    if kind is Kind.UPDATE:
        return replace(case, data=manifest.updated(action), after=manifest.updated(result))
    if kind is Kind.QUERY and result is not None:
        return replace(
            case,
            data=manifest.queried(action),
            result=file_of(result.value),
            lax=bool(manifest.objects(test, f"{_MF}resultCardinality")),
            services=manifest.services(action),
        )
    return case


def _shapes_case(suite: str, manifest: _Manifest, test: NamedNode) -> Case:
    (action,) = manifest.objects(test, f"{_MF}action")
    (result,) = manifest.objects(test, f"{_MF}result")
    (shapes,) = manifest.files(action, f"{_SHT}shapesGraph")
    return Case(
        suite,
        manifest.path.parent.relative_to(ROOT / suite).as_posix(),
        test.value.rpartition("/")[2],
        Kind.SHAPES,
        shapes,
        iri_of(shapes),
        data=Files(manifest.files(action, f"{_SHT}dataGraph")),
        result=None if result == NamedNode(f"{_SHT}Failure") else manifest.path,
    )


def _manifests(path: Path) -> Iterator[_Manifest]:
    """A manifest, and before it those that it includes."""
    manifest = _Manifest(path)
    for included in manifest.items(f"{_MF}include"):
        yield from _manifests(file_of(included.value))
    yield manifest


class _Manifest:
    """A manifest's triples by subject and predicate."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._objects: dict[tuple[str, str], list[NamedNode]] = {}
        for quad in pyoxigraph.parse(path=str(path), base_iri=iri_of(path)):
            key = (str(quad.subject), quad.predicate.value)
            self._objects.setdefault(key, []).append(quad.object)

    def objects(self, subject: object, predicate: str) -> list[NamedNode]:
        return self._objects.get((str(subject), predicate), [])

    def files(self, subject: object, predicate: str) -> tuple[Path, ...]:
        return tuple(file_of(o.value) for o in self.objects(subject, predicate))

    def items(self, predicate: str) -> Iterator[NamedNode]:
        """The members of the list that a property of the manifest has, or its values."""
        return self._listed(
            o for (_, p), each in self._objects.items() if p == predicate for o in each
        )

    def values(self, subject: object, predicate: str) -> Iterator[NamedNode]:
        """The members of the list that a property of a node has, or its values."""
        return self._listed(self.objects(subject, predicate))

    def _listed(self, values: Iterable[NamedNode]) -> Iterator[NamedNode]:
        for value in list(values):
            rest = [value]
            if not self.objects(value, f"{_RDF}first") and value != _NIL:
                yield value
                continue
            while rest and rest[0] != _NIL:
                yield from self.objects(rest[0], f"{_RDF}first")
                rest = self.objects(rest[0], f"{_RDF}rest")

    @property
    def assumed_base(self) -> str:
        """What comes before the file's name in the base IRI of an RDF file."""
        bases = self.objects(NamedNode(iri_of(self.path)), f"{_MF}assumedTestBase")
        return bases[0].value if bases else iri_of(self.path.parent) + "/"

    def queried(self, action: object) -> Files:
        """The dataset of a query, whose graphs have the names of their files."""
        named = self.files(action, f"{_QT}graphData")
        return Files(self.files(action, f"{_QT}data"), tuple((f, iri_of(f)) for f in named))

    def services(self, action: object) -> tuple[tuple[str, tuple[Path, ...]], ...]:
        """The endpoints that a query asks, by IRI, and the files of their data."""
        return tuple(
            (endpoint.value, self.files(node, f"{_QT}data"))
            for node in self.objects(action, f"{_QT}serviceData")
            for endpoint in self.objects(node, f"{_QT}endpoint")
        )

    def updated(self, node: object) -> Files:
        """The dataset before or after an update, whose graphs have labels."""
        named = [
            (file, self.objects(graph, _LABEL)[0].value)
            for graph in self.objects(node, f"{_UT}graphData")
            for file in self.files(graph, f"{_UT}graph")
        ]
        return Files(self.files(node, f"{_UT}data"), tuple(named))
