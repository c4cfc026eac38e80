"""Triples that a case writes down, or names a file of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from kgtool.errors import Location, RdfSyntaxError, did_you_mean
from kgtool.project.folder import ENDINGS, ONTOLOGY, TRIPLES, Project
from kgtool.project.literals import has_value, without_value
from kgtool.project.placed_yaml import PlacedYaml
from kgtool.project.sources import BlankNodes, SourceFile, Triple, read_file
from kgtool.rdf.document.lexer import Source
from kgtool.rdf.document.parser import parse_document
from kgtool.rdf.document.placed import placed_triples
from kgtool.rdf.terms import Literal

#: What text stands in, as if it were a file of the project.
GIVEN = f"{TRIPLES}/given{{}}.ttl"


class Documents:
    """Reads texts and files; each file once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._files: dict[Path, SourceFile] = {}
        #: Texts by their nodes and prefixes; the node is kept, so that no other has its id.
        self._texts: dict[tuple[object, ...], tuple[yaml.Node, SourceFile]] = {}
        #: The files that were named.
        self.named: set[Path] = set()

    def read(
        self, yaml_: PlacedYaml, node: yaml.Node, prefixes: Mapping[str, str]
    ) -> tuple[SourceFile, ...]:
        """What a node gives: text, the name of a file, or a list of these."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(
            self._read(yaml_, yaml_.scalar(each, "a graph"), prefixes, number)
            for number, each in enumerate(nodes, 1)
        )

    def file(self, path: Path) -> SourceFile:
        """A file's triples; one that is not of the ontology counts as one of facts."""
        path = path.resolve()
        if path not in self._files:
            name = self._project.name_of(path)
            source = read_file(path, name)
            if not name.startswith((f"{ONTOLOGY}/", f"{TRIPLES}/")):
                source = replace(source, name=f"{TRIPLES}/{path.name}")
            self._files[path] = source
        return self._files[path]

    def _read(
        self, yaml_: PlacedYaml, node: yaml.ScalarNode, prefixes: Mapping[str, str], number: int
    ) -> SourceFile:
        text = str(node.value)
        here = self._project.root / yaml_.file
        if not _is_file(node):
            key = (id(node), *sorted(prefixes.items()))
            if key not in self._texts:
                name = GIVEN.format("" if number == 1 else f"-{number}")
                triples = _triples(yaml_, node, prefixes, name, here.as_uri())
                self._texts[key] = node, SourceFile(name, here, triples, {}, here.as_uri())
            return self._texts[key][1]
        path = (here.parent / text.strip()).resolve()
        if not path.is_file():
            yaml_.fail(
                f"there is no file {text.strip()}",
                node,
                expected="Turtle, or a file, by its path from the case's own",
                hint=did_you_mean(text.strip(), _beside(here.parent)),
            )
        self.named.add(path)
        return self.file(path)


def _is_file(node: yaml.ScalarNode) -> bool:
    text = str(node.value).strip()
    return len(text.split()) == 1 and text.lower().endswith(ENDINGS)


def _beside(folder: Path) -> Iterable[str]:
    found = (p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS)
    return (p.relative_to(folder).as_posix() for p in found)


def _triples(
    yaml_: PlacedYaml, node: yaml.ScalarNode, prefixes: Mapping[str, str], name: str, base: str
) -> tuple[Triple, ...]:
    """The triples of Turtle in a YAML text. Raises RdfSyntaxError with their place in the file."""
    text = str(node.value)
    source, scope = Source(text, yaml_.file), BlankNodes(name)

    def placed(location: Location | None) -> Location:
        if location is None or location.line is None:
            return yaml_.place(node)
        return yaml_.place_in(node, location.line, location.column or 1)

    found: list[Triple] = []
    try:
        for each in placed_triples(parse_document(text, base=base, prefixes=prefixes)):
            value = each.object
            if isinstance(value, Literal) and not has_value(value):
                raise without_value(value, source.place(each.object_at))
            s, p, o = map(scope.label, each.triple)
            found.append((s, p, o))
    except RdfSyntaxError as error:
        error.location = placed(error.location)
        raise
    return tuple(found)
