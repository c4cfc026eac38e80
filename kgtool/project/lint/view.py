"""What rules look at: a project's files, its graph, and the answers of its queries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kgtool.errors import KgtoolError, Location
from kgtool.plan import run_query
from kgtool.plan.inspection import constants, properties_in
from kgtool.project.build import ensure_built
from kgtool.project.checking import Bounds, asserted_store
from kgtool.project.expected import Answer, answer_of
from kgtool.project.folder import Project
from kgtool.project.graph import Graph, open_project
from kgtool.project.lint.files import Files, Text
from kgtool.project.lint.rule import LeftOutError
from kgtool.project.lint.twins import find_twins
from kgtool.project.places import FilePlaces
from kgtool.project.services import offline
from kgtool.project.sources import as_in_files
from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import WELL_KNOWN_PREFIXES
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.rdf.turtle import literal_text
from kgtool.results import SelectResult

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.run import DefaultGraph

#: Kinds of files without which nothing can be said to be missing, or to be used nowhere.
_ALL = ("sources", "shapes", "rules", "queries")


class View:
    """Each part is made when a rule first asks for it, and once."""

    def __init__(self, project: Project, step: Callable[[str], None] = lambda text: None) -> None:
        self.project = project
        self.files = Files(project)
        self._step = step
        self._stack = ExitStack()
        self._build_error: KgtoolError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def errors(self) -> list[tuple[str, KgtoolError]]:
        """What was met so far that stops a rule, each with the name of the rule that tells it."""
        found = [("unreadable", error) for _, error in self.files.errors]
        return found + ([("unbuilt", self._build_error)] if self._build_error else [])

    # The graph ----------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The graph as a build makes it. Raises LeftOutError where there can be none."""
        if isinstance(self._built, str):
            raise LeftOutError(self._built)
        return self._built

    @cached_property
    def _built(self) -> Graph | str:
        if not self.files.are_whole("sources", "shapes", "rules"):
            return "not all files can be read"
        try:
            ensure_built(self.project, self._step)
            return self._stack.enter_context(open_project(self.project))
        except KgtoolError as error:
            self._build_error = error
            return "the project does not build"

    @cached_property
    def _asserted(self) -> Store:
        """A store with all that can be read, whether it can be built or not."""
        if isinstance(self._built, Graph):
            return self._built.store
        return self._stack.enter_context(asserted_store(self.files.sources, Bounds()))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows, as terms, of a SELECT query over asserted and inferred triples.

        Raises LeftOutError where the project does not build.
        """
        return self._rows(self.graph.store, query, "union")

    def ask_asserted(self, query: str) -> list[tuple[Any, ...]]:
        """The same over what the readable files say."""
        return self._rows(self._asserted, query, "asserted")

    def _rows(self, store: Store, query: str, graph: DefaultGraph) -> list[tuple[Any, ...]]:
        found = run_query(
            store,
            query,
            prefixes=WELL_KNOWN_PREFIXES,
            default_graph=graph,
            cache=self.project.plans_path if store.path == self.project.store_path else None,
        )
        assert isinstance(found, SelectResult)
        return [tuple(row) for row in found]

    @cached_property
    def answers(self) -> dict[str, tuple[Text, Answer]]:
        """What each stored query answers that can be asked with its defaults."""
        found = {}
        graph = self.graph
        self._step("asking the stored queries")
        for text in self.files.queries:
            if not any(parameter.required for parameter in text.query.parameters):
                try:
                    services = offline(self.project, text.query)
                    result = graph.query(text.query, services=services)
                    found[text.query.name] = text, answer_of(result)[1]
                except KgtoolError as error:
                    error.location = error.location or Location(text.query.file)
                    self.files.errors.append(("answers", error))
        return found

    # Names and places ---------------------------------------------------------------------

    def require_all_files(self) -> None:
        """Raises LeftOutError where some file that may use a name cannot be read."""
        if not self.files.are_whole(*_ALL):
            raise LeftOutError("not all files can be read")

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The stored queries and the rules."""
        return (*self.files.queries, *self.files.rules)

    @cached_property
    def mentioned(self) -> frozenset[IRI]:
        """The IRIs that queries, rules and shapes name."""
        found: set[Term] = {iri for text in self.texts for iri in text.names.iris}
        if self.files.shapes is not None:
            found |= constants(self.files.shapes.roots)
        if (file := self.files.sources.shapes) is not None:
            found |= {term for triple in file.triples for term in triple[1:]}
        return frozenset(term for term in found if isinstance(term, IRI))

    @cached_property
    def twins(self) -> dict[IRI, IRI]:
        """IRIs that differ from one better known only by case, with that one."""
        properties = chain.from_iterable(properties_in(text.algebra) for text in self.texts)
        return find_twins(self.ask_asserted, self.mentioned, properties)

    @cached_property
    def names(self) -> Names:
        """The prefixes of the project's files, and those that all know."""
        return Names({**WELL_KNOWN_PREFIXES, **self.files.sources.prefixes})

    def show(self, term: Term) -> str:
        """A term as people write it; a blank node has no name of its own."""
        if isinstance(term, Literal):
            return literal_text(term, self.names)
        return (self.names.short(term.value) or str(term)) if isinstance(term, IRI) else "[]"

    @cached_property
    def places(self) -> FilePlaces:
        return FilePlaces(self.files.sources.asserted)

    def places_of(self, term: Term, folder: str = "") -> tuple[Location, ...]:
        """Where the files in a folder begin to describe a term, or else point to it."""
        found = self.places.of_term(as_in_files(term))
        return tuple(place for place in found if (place.file or "").startswith(folder))

    def place_in_shapes(self, term: Term) -> Location | None:
        """Where the shapes first have a term."""
        file = self.files.sources.shapes
        return file.places.nearest(term) if file is not None else None
