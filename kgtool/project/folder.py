"""Finds a project's folder and names the files in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote

from kgtool.errors import NotFoundError
from kgtool.rdf import DESCRIPTION, TABLES

ONTOLOGY = "ontology"
TRIPLES = "triples"
QUERIES = "queries"
RULES = "rules"
TESTS = "tests"
SHAPES_FILE = "shapes.ttl"
FRAME_FILE = "frame.json"
#: Build products; never in version control.
PRODUCTS = ".kgtool"
GRAPH_PREFIX = "urn:x-kgtool:file:"
INFERRED_GRAPH = "urn:x-kgtool:inferred"

#: How the names of files with cases end.
CASE_ENDINGS = (".yaml", ".yml", ".ttl")
#: How the names of a project's files of triples end.
ENDINGS = (".ttl", ".nt", ".rdf", ".owl", ".jsonld", *TABLES)


class Project(NamedTuple):
    """A project's folder. Paths are absolute; names are relative and use slashes.

    ``home`` is where the project is at home, if ``root`` only has a revision of it.
    """

    root: Path
    home: Path | None = None

    @property
    def store_path(self) -> Path:
        return self.root / PRODUCTS / "store.duckdb"

    @property
    def plans_path(self) -> Path:
        return self.root / PRODUCTS / "plans"

    @property
    def products(self) -> Path:
        return self.root / PRODUCTS

    @property
    def queries(self) -> Path:
        return self.root / QUERIES

    @property
    def shapes(self) -> Path | None:
        path = self.root / ONTOLOGY / SHAPES_FILE
        return path if path.is_file() else None

    @property
    def frame(self) -> Path | None:
        """The frame of what is exported as framed JSON-LD."""
        path = self.root / ONTOLOGY / FRAME_FILE
        return path if path.is_file() else None

    def ontology_files(self) -> list[Path]:
        """The files of ontology/ but for the shapes, in order of their names."""
        return [p for p in self._rdf_files(ONTOLOGY) if p.name != SHAPES_FILE]

    def triples_files(self) -> list[Path]:
        return list(self._rdf_files(TRIPLES))

    def rule_files(self) -> list[Path]:
        """The project's own rules, in order of their names."""
        return sorted((self.root / ONTOLOGY / RULES).glob("*.rq"))

    def rdf_files(self) -> list[Path]:
        """All files of ontology/ and triples/ with triples in them."""
        return [*self._rdf_files(ONTOLOGY), *self._rdf_files(TRIPLES)]

    def case_files(self) -> list[Path]:
        """The files of queries/tests/ with cases, and the Turtle files that those may name."""
        found = (p for p in (self.queries / TESTS).rglob("*") if p.suffix.lower() in CASE_ENDINGS)
        return sorted(p for p in found if p.is_file() and not p.name.startswith("."))

    def source_files(self) -> list[Path]:
        """Everything that a build reads."""
        shapes = [self.shapes] if self.shapes else []
        files = self.ontology_files() + shapes + self.rule_files() + self.triples_files()
        return [*files, *self._descriptions()]

    def _descriptions(self) -> list[Path]:
        """The files that say what the columns of tables mean."""
        folders = (self.root / ONTOLOGY, self.root / TRIPLES)
        found = (p for folder in folders for p in folder.rglob("*") if is_description(p.name))
        return sorted(p for p in found if p.is_file())

    def name_of(self, path: Path) -> str:
        """The path as people read it: relative to the project where it is inside."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)

    def graph_of(self, path: Path) -> str:
        """The IRI of the named graph that holds a file's triples."""
        return GRAPH_PREFIX + quote(self.name_of(path))

    def base_of(self, path: Path) -> str:
        """What the relative IRIs of a file are resolved against."""
        own = self.home / path.relative_to(self.root) if self.home else path
        return own.resolve().as_uri()

    def _rdf_files(self, folder: str) -> Iterator[Path]:
        found = filter(_is_rdf, (self.root / folder).rglob("*"))
        return iter(sorted(p for p in found if p.is_file()))


def is_source(name: str) -> bool:
    """Whether a build reads the file of that name."""
    path = PurePosixPath(name)
    if path.parent == PurePosixPath(ONTOLOGY, RULES) and path.suffix == ".rq":
        return True
    return path.parts[0] in (ONTOLOGY, TRIPLES) and (_is_rdf(path) or is_description(path.name))


def is_description(name: str) -> bool:
    """Whether a file of that name says what the columns of tables mean."""
    return name.endswith(DESCRIPTION) and not name.startswith(".")


def _is_rdf(path: PurePath) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def file_of_graph(iri: str) -> str | None:
    """The file whose triples a named graph holds, or None."""
    return unquote(iri.removeprefix(GRAPH_PREFIX)) if iri.startswith(GRAPH_PREFIX) else None


def find_project(start: Path | str = ".", *, upwards: bool = True) -> Project:
    """The project that ``start`` is in: it, or the nearest folder above it, is one."""
    start = Path(start).resolve()
    if not start.is_dir():
        raise NotFoundError(f"there is no folder {start}")
    for folder in (start, *start.parents) if upwards else (start,):
        if is_project(folder):
            return Project(folder)
    where = f"{start} or in a folder above it" if upwards else str(start)
    raise NotFoundError(
        f"there is no project in {where}",
        expected=f"a folder with {ONTOLOGY}/, {TRIPLES}/ and {QUERIES}/",
        hint="`kgtool new DIR` makes one; `--project DIR` names one.",
    )


def is_project(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in (ONTOLOGY, TRIPLES, QUERIES))
