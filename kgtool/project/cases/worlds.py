"""What all cases ask, in one store in memory: what is given to each, and what follows.

The ontology is closed once. What a case adds is closed by itself where that can be done without
the engine, else as a build would do it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import quote

from kgtool.engine.parts import PartQuad, Parts
from kgtool.engine.store import Store
from kgtool.errors import InconsistencyError, KgtoolError
from kgtool.project.cases.documents import GIVEN
from kgtool.project.cases.model import World
from kgtool.project.checking import Sources
from kgtool.project.folder import GRAPH_PREFIX, INFERRED_GRAPH, Project
from kgtool.project.inferring import infer_sources
from kgtool.project.sources import SourceFile, Triple, as_in_files, unique_triples
from kgtool.rdf.terms import IRI
from kgtool.reason import OWL_RL, Profile
from kgtool.reason.additions import ClosedGraph
from kgtool.reason.own import OwnRule, with_rules

#: The parts of the ontology, and of what it entails; those of worlds follow.
_ONTOLOGY, _ENTAILED, _FIRST = 0, 1, 2
_INFERRED = IRI(INFERRED_GRAPH)


class Worlds:
    """The store of some worlds, over the ontology of ``sources``.

    Raises DataError where not even the ontology can be read.
    """

    def __init__(
        self,
        project: Project,
        sources: Sources,
        rules: list[OwnRule],
        prefixes: Mapping[str, str],
        worlds: Iterable[World],
    ) -> None:
        self._project = project
        self._sources = sources
        self._rules = rules
        self._worlds = list({world.key: world for world in worlds}.values())
        #: The parts that a world sees, or what is wrong with it.
        self._seen: dict[tuple[object, ...], tuple[int, ...] | KgtoolError] = {}
        self._bases = {True: self._base(sources.ontology), False: self._base(())}
        # What other rules add has to be asked of a store, again and again.
        self._is_plain = all(rule.as_rule() for rule in rules)
        quads = list(_quads(_ONTOLOGY, sources.ontology))
        for part, world in enumerate(self._worlds, _FIRST):
            try:
                seen, more = self._of_world(world, part)
            except KgtoolError as error:
                self._seen[world.key] = error
            else:
                self._seen[world.key] = seen
                quads += more
        if any(isinstance(seen, tuple) and _ENTAILED in seen for seen in self._seen.values()):
            quads += _inferred(_ENTAILED, self._bases[True].closed.inferred)
        kinds = {**{quad.graph: "asserted" for quad in quads}, _INFERRED: "inferred"}
        inferring = [(n, _INFERRED) for n, w in enumerate(self._worlds, _FIRST) if w.infer]
        self._parts = Parts(quads, kinds, inferring, prefixes)

    def store(self, world: World) -> Store:
        """A store of a world, for this thread, good until that asks for the next one.

        Raises InconsistencyError, and LimitError for rules that do not end.
        """
        seen = self._seen[world.key]
        if isinstance(seen, KgtoolError):
            raise seen
        return self._parts.store(*seen)

    def close(self) -> None:
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # What follows -----------------------------------------------------------------------

    def _of_world(self, world: World, part: int) -> tuple[tuple[int, ...], list[PartQuad]]:
        """The parts that a world sees, and the quads of its own."""
        base = self._bases[world.ontology]
        seen = (_ONTOLOGY, part) if world.ontology else (part,)
        # A file of the ontology may be given too.
        given = [file for file in world.given if file.name not in base.names]
        quads = list(_quads(part, given, base.triples))
        if not world.infer:
            return seen, quads
        triples = [t for t in unique_triples(given) if t not in base.triples]
        more = base.closed.entailed(triples) if self._is_plain else None
        if more is None:
            return seen, quads + _inferred(part, self._inferred_by_build(base.files, given))
        if world.ontology and base.entailed.isdisjoint(triples):
            return (*seen, _ENTAILED), quads + _inferred(part, more)
        # What the ontology entails and the case says is not inferred there.
        more += base.entailed - set(triples)
        return seen, quads + _inferred(part, more)

    def _inferred_by_build(
        self, ontology: tuple[SourceFile, ...], given: Sequence[SourceFile]
    ) -> list[Triple]:
        name = GIVEN.format("")
        path = self._project.root / name
        together = SourceFile(name, path, tuple(unique_triples(given)), {}, path.as_uri())
        sources = Sources(ontology, (together,), None)
        found = infer_sources(self._project, sources, self._rules).triples
        return [(as_in_files(s), as_in_files(p), as_in_files(o)) for s, p, o in found]

    def _base(self, files: tuple[SourceFile, ...]) -> _Base:
        given = {id(file): file for world in self._worlds for file in world.given}
        terms = (x for file in given.values() for triple in file.triples for x in triple)
        names = [term.value for term in terms if isinstance(term, IRI)]
        return _Base(files, names, with_rules(OWL_RL, self._rules))


class _Base:
    """The files that worlds begin with, and what they entail."""

    def __init__(self, files: tuple[SourceFile, ...], iris: list[str], profile: Profile) -> None:
        self.files = files
        self.names = {file.name for file in files}
        self.triples = set(unique_triples(files))
        self._iris = iris
        self._profile = profile

    @property
    def closed(self) -> ClosedGraph:
        """Raises InconsistencyError."""
        if isinstance(self._closed, InconsistencyError):
            raise self._closed
        return self._closed

    @cached_property
    def _closed(self) -> ClosedGraph | InconsistencyError:
        try:
            return ClosedGraph(unique_triples(self.files), self._iris, self._profile)
        except InconsistencyError as error:
            return error

    @cached_property
    def entailed(self) -> set[Triple]:
        return set(self.closed.inferred)


def _quads(
    part: int, files: Iterable[SourceFile], known: Collection[Triple] = ()
) -> Iterator[PartQuad]:
    """The triples of files, each file's in its graph; ``known`` stand in others before."""
    stated: set[tuple[Triple, str]] = set()
    seen: set[Triple] = set()
    for file in sorted(files, key=lambda file: file.name):
        graph = IRI(GRAPH_PREFIX + quote(file.name))
        for triple in file.triples:
            if (triple, file.name) not in stated:
                stated.add((triple, file.name))
                yield PartQuad(part, *triple, graph, repeats=triple in seen or triple in known)
                seen.add(triple)


def _inferred(part: int, triples: Iterable[Triple]) -> list[PartQuad]:
    return [PartQuad(part, *triple, _INFERRED) for triple in triples]
