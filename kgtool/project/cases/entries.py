"""One case from the entries of its mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from kgtool.errors import KgtoolError, Location, NotFoundError, ParameterError
from kgtool.project.arguments import guess_value, parse_value
from kgtool.project.cases.cells import read_cell
from kgtool.project.cases.documents import Documents
from kgtool.project.cases.model import (
    FINDING,
    Asked,
    AskedQuery,
    AskedShape,
    Case,
    Expected,
    Graph,
    Rows,
    Truth,
    World,
)
from kgtool.project.placed_yaml import PlacedYaml
from kgtool.project.sources import SourceFile
from kgtool.project.stored import StoredQueries, StoredQuery, loose_query
from kgtool.rdf.terms import IRI, Term

#: What may be asked; a case has one of them.
ASKED = ("query", "sparql", "shape")
#: The keys that several cases may share.
SHARED = (*ASKED, "parameters", "given", "ontology", "infer", "expect")
KEYS = ("name", *SHARED)
#: What stands for all shapes.
ALL = "all"
_TRUTHS = {"true": True, "false": False}
_ROWS = "rows, such as `- {name: '\"Rome\"@en'}`, true or false, or Turtle"

#: The nodes of keys and of their values.
Entries: TypeAlias = dict[str, tuple[yaml.Node, yaml.Node]]


@dataclass(frozen=True, slots=True)
class CaseEntries:
    """The entries of a case, and all that is needed to read them.

    ``given`` are the triples of the file itself, where it is Turtle.
    """

    file: PlacedYaml
    entries: Entries
    place: Location
    queries: StoredQueries
    documents: Documents
    prefixes: Mapping[str, str]
    given: SourceFile | None

    def case(self) -> Case:
        """Raises CaseError, RdfSyntaxError, and what a stored query may raise."""
        key = self._asked_key()
        if key == "shape":
            asked: Asked = self._shape()
            prefixes = self.prefixes
        else:
            query, placed = self._stored() if key == "query" else self._inline()
            # As a query's own prefixes hold for its parameters, they hold for all of its case.
            prefixes = {**self.prefixes, **dict(query.prefixes)}
            asked = AskedQuery(query, self._parameters(query, prefixes), placed)
        if "expect" not in self.entries:
            self.file.fail("a case without `expect`", self.place, expected=_ROWS)
        expect = self.entries["expect"][1]
        return Case(
            name=self._name(key),
            place=self.place,
            world=self._world(prefixes),
            asked=asked,
            expected=self._expected(expect, prefixes, is_shape=key == "shape"),
            expected_at=self.file.place(expect),
            prefixes=prefixes,
        )

    def _name(self, key: str) -> str:
        if "name" in self.entries:
            return self.file.string(self.entries["name"][1], "a name")
        return key if key == "sparql" else self.file.string(self.entries[key][1])

    # What is asked ----------------------------------------------------------------------

    def _asked_key(self) -> str:
        found = [key for key in ASKED if key in self.entries]
        if not found:
            self.file.fail(
                "a case that asks nothing", self.place, expected="`query: …`, `sparql:` or `shape:`"
            )
        if len(found) > 1:
            self.file.fail(
                f"a case with both `{found[0]}` and `{found[1]}`",
                self.entries[found[1]][0],
                expected="one of them",
            )
        given = self.entries.get("parameters")
        if found[0] == "shape" and given and self.file.entries(given[1], None, "parameters"):
            self.file.fail("a shape has no parameters", given[0], expected="`parameters: {}`")
        return found[0]

    def _stored(self) -> tuple[StoredQuery, None]:
        node = self.entries["query"][1]
        try:
            return self.queries.get(self.file.string(node, "the name of a query")), None
        except NotFoundError as error:
            self.file.fail(error.message, node, expected=error.expected, hint=error.hint)

    def _inline(self) -> tuple[StoredQuery, Callable[[Location], Location]]:
        node = self.file.scalar(self.entries["sparql"][1], "a query")

        def placed(location: Location) -> Location:
            """The place in this file of a place in the query's text."""
            if location.line is None:
                return self.file.place(node)
            return self.file.place_in(node, location.line, location.column or 1)

        try:
            return loose_query(str(node.value), self.file.file), placed
        except KgtoolError as error:
            error.location = placed(error.location or Location())
            raise

    def _shape(self) -> AskedShape:
        node = self.entries["shape"][1]
        place = self.file.place(node)
        if self.file.string(node, "a shape") == ALL:
            return AskedShape(None, place)
        name = read_cell(self.file, node, self.prefixes)
        if not isinstance(name, IRI):
            self.file.fail(
                "a shape without a name", node, expected=f"the IRI of a shape, or `{ALL}`"
            )
        return AskedShape(name, place)

    def _parameters(self, query: StoredQuery, prefixes: Mapping[str, str]) -> dict[str, Term]:
        given: dict[str, Term] = {}
        if "parameters" in self.entries:
            node = self.entries["parameters"][1]
            for name, (key, value) in self.file.entries(node, None, "parameters").items():
                try:
                    query.check_given([name])
                except ParameterError as error:
                    self.file.fail(error.message, key, expected=error.expected, hint=error.hint)
                given[name] = self._parameter(query, name, value, prefixes)
        try:
            return query.bind(given, prefixes)
        except ParameterError as error:
            self.file.fail(
                error.message, self.place, expected=error.expected, hint="Give it in `parameters`."
            )

    def _parameter(
        self, query: StoredQuery, name: str, node: yaml.Node, prefixes: Mapping[str, str]
    ) -> Term:
        text = str(self.file.scalar(node).value)
        declared = next((p for p in query.parameters if p.name == name), None)
        try:
            if declared is not None:
                return parse_value(text, declared, prefixes)
            return guess_value(text, name, prefixes)
        except ParameterError as error:
            self.file.fail(error.message, node, expected=error.expected, hint=error.hint)

    # The triples ------------------------------------------------------------------------

    def _world(self, prefixes: Mapping[str, str]) -> World:
        documents: tuple[SourceFile, ...] = ()
        if "given" in self.entries:
            key, node = self.entries["given"]
            if self.given is not None:
                self.file.fail(
                    "`given` in a Turtle file", key, expected="the triples below the header"
                )
            documents = self.documents.read(self.file, node, prefixes)
        elif self.given is not None:
            documents = (self.given,)
        return World(documents, self._truth("ontology"), self._truth("infer"))

    def _truth(self, key: str) -> bool:
        """Whether the case wants something, as it does where it says nothing."""
        if key not in self.entries:
            return True
        node = self.entries[key][1]
        text = self.file.string(node)
        if text not in _TRUTHS:
            self.file.fail(
                f"{key}: {text!r} is neither true nor false", node, expected="true or false"
            )
        return _TRUTHS[text]

    # What is expected -------------------------------------------------------------------

    def _expected(
        self, node: yaml.Node, prefixes: Mapping[str, str], *, is_shape: bool
    ) -> Expected:
        if isinstance(node, yaml.SequenceNode):
            return self._rows(node.value, prefixes, FINDING if is_shape else None)
        if is_shape:
            self.file.fail(
                "what is expected of a shape is not a list",
                node,
                expected="its findings, such as `- {focus: ex:thing}`, or [] for none",
            )
        if not isinstance(node, yaml.ScalarNode) or not (str(node.value) or node.style):
            self.file.fail("`expect` says nothing that can be expected", node, expected=_ROWS)
        if not node.style and node.value in _TRUTHS:
            return Truth(_TRUTHS[node.value])
        documents = self.documents.read(self.file, node, prefixes)
        return Graph(tuple(triple for each in documents for triple in each.triples))

    def _rows(
        self, nodes: list[yaml.Node], prefixes: Mapping[str, str], keys: tuple[str, ...] | None
    ) -> Rows:
        rows: list[dict[str, Term | None]] = []
        columns: dict[str, Location] = {}
        for node in nodes:
            entries = self.file.entries(node, keys, "a finding" if keys else "a row")
            for name, (key, _) in entries.items():
                columns.setdefault(name, self.file.place(key))
            rows.append(
                {name: read_cell(self.file, v, prefixes) for name, (_, v) in entries.items()}
            )
        return Rows(tuple(rows), columns)
