"""A project's files as far as they can be read, with the mistakes in the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kgtool.errors import KgtoolError, Location, UsageError
from kgtool.project.arguments import parse_value
from kgtool.project.checking import Sources, read_shapes
from kgtool.project.expected import Answer, read_expected
from kgtool.project.folder import QUERIES, Project
from kgtool.project.imports import check_imports
from kgtool.project.scanning import declared_prefixes
from kgtool.project.sources import SourceFile, read_file
from kgtool.project.stored import ENDING, StoredQueries, StoredQuery, read_query_text
from kgtool.project.testing import expected_files
from kgtool.rdf.terms import IRI
from kgtool.reason.own import parse_rule
from kgtool.shacl.shapes import Shapes
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import Query
from kgtool.sparql.locating import QueryNames, names_in


@dataclass(frozen=True, slots=True)
class Text:
    """SPARQL of the project, a stored query or a rule: its algebra, and the names in it."""

    query: StoredQuery
    algebra: Query
    names: QueryNames


class Expected(NamedTuple):
    """The answer that a file expects of the query ``name``; ``file`` is as messages show it."""

    name: str
    file: str
    path: Path
    answer: Answer


class Files:
    """What is in the files, each kind read when it is first asked for.

    ``errors`` has the mistakes met so far, each with the name of its kind.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.errors: list[tuple[str, KgtoolError]] = []

    def are_whole(self, *kinds: str) -> bool:
        """Whether all files of these kinds (names of attributes) can be read."""
        for kind in kinds:
            getattr(self, kind)
        return not any(kind in kinds for kind, _ in self.errors)

    @cached_property
    def sources(self) -> Sources:
        """The files of RDF; where all can be read, what they import has been checked."""
        shapes = [self.project.shapes] if self.project.shapes else []
        found = Sources(
            ontology=self._rdf(self.project.ontology_files()),
            triples=self._rdf(self.project.triples_files()),
            shapes=next(iter(self._rdf(shapes)), None),
        )
        if not any(kind == "sources" for kind, _ in self.errors):
            with self._collecting("sources"):
                check_imports(found.ontology)
        return found

    @cached_property
    def rdf(self) -> tuple[SourceFile, ...]:
        """All files of RDF, the shapes among them."""
        shapes = [self.sources.shapes] if self.sources.shapes else []
        return (*self.sources.asserted, *shapes)

    @cached_property
    def shapes(self) -> Shapes | None:
        with self._collecting("shapes"):
            if self.sources.shapes:
                return read_shapes(self.sources.shapes)
        return None

    @cached_property
    def rules(self) -> tuple[Text, ...]:
        """The project's own rules."""
        found = []
        prefixes = self._prefixes()
        for path in self.project.rule_files():
            name = self.project.name_of(path)
            with self._collecting("rules", name):
                text = read_query_text(path, name)
                query = StoredQuery(
                    name, name, text, prefixes=tuple(declared_prefixes(text).items())
                )
                algebra = parse_rule(text, name, prefixes).query
                found.append(Text(query, algebra, names_in(text, name, prefixes)))
        return tuple(found)

    @cached_property
    def queries(self) -> tuple[Text, ...]:
        """The stored queries."""
        found = []
        stored = StoredQueries(self.project)
        for name in stored.names():
            with self._collecting("queries", f"{QUERIES}/{name}{ENDING}"):
                query = stored.get(name)
                algebra = parse_query(query.text, file=query.file)
                found.append(Text(query, algebra, _names(query)))
        return tuple(found)

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """The answers that are expected of stored queries."""
        found = []
        for name, path in expected_files(self.project):
            file = self.project.name_of(path)
            with self._collecting("expected", file):
                found.append(Expected(name, file, path, read_expected(path, file)))
        return tuple(found)

    def _rdf(self, paths: Iterable[Path]) -> tuple[SourceFile, ...]:
        found = []
        for path in paths:
            name = self.project.name_of(path)
            with self._collecting("sources", name):
                found.append(read_file(path, name))
        return tuple(found)

    def _prefixes(self) -> Mapping[str, str]:
        """The prefixes of the project, those of files too that cannot be read to their end."""
        known = self.sources.prefixes
        for kind, error in self.errors:
            if kind == "sources" and error.location and error.location.file:
                path = self.project.root / error.location.file
                data = path.read_bytes() if path.is_file() else b""
                text = data.decode("utf-8-sig", errors="replace")
                known = declared_prefixes(text) | known
        return known

    @contextmanager
    def _collecting(self, kind: str, name: str | None = None) -> Iterator[None]:
        """Keeps an error in the file ``name``, and goes on."""
        try:
            yield
        except KgtoolError as error:
            error.location = error.location or (Location(name) if name else None)
            self.errors.append((kind, error))
        except OSError as error:
            words = f"cannot be read: {error.strerror or error}"
            self.errors.append((kind, UsageError(words, location=Location(name))))


def _names(query: StoredQuery) -> QueryNames:
    """The names in a stored query's text, and in the defaults of its header."""
    names = names_in(query.text, query.file)
    for parameter in query.parameters:
        default = parameter.default
        if parameter.type == "iri" and default is not None:
            iri = parse_value(default, parameter, dict(query.prefixes))
            written = re.search(rf"default:\s*[\"']?({re.escape(default)})", query.text)
            at = written.start(1) if written else 0
            place = Location.at(at, query.text, query.file)
            assert isinstance(iri, IRI)
            names.iris.setdefault(iri, []).insert(0, place)
            names.used.add(default.partition(":")[0])
    return names
