"""Stored queries: the files of queries/, with their headers cached beside the store.

Reading a header wants PyYAML and takes longer than asking most queries, so what was read
once is kept in .kgtool/queries.json with the length and checksums of the file's text.
"""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kgtool.errors import DataError, Location, NotFoundError, ParameterError, did_you_mean
from kgtool.project.files import refuse_conflict, replace_file
from kgtool.project.folder import Project
from kgtool.project.parameters import Parameter, check_names

if TYPE_CHECKING:
    from kgtool.project.header import Header
    from kgtool.rdf.terms import Term

#: Raise it when what is cached changes.
_CACHE_VERSION = 2
ENDING = ".rq"


class StoredQuery(NamedTuple):
    """A query with its header. ``file`` is its path as messages show it.

    ``stored`` is false for text from elsewhere, which may use the project's prefixes.
    """

    name: str
    file: str
    text: str
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    returns: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()
    stored: bool = False

    @property
    def has_header(self) -> bool:
        return bool(self.summary)

    @property
    def may_ask_endpoints(self) -> bool:
        """Whether the word SERVICE is in the text, if only in a comment."""
        return re.search(r"\bservice\b", self.text, re.IGNORECASE) is not None

    def check_given(self, names: Collection[str]) -> None:
        """Raises ParameterError for a name that the query does not have.

        Without a header, its parameters are the names that it writes with ``$``.
        """
        if not names:
            return
        known: Collection[str] = [p.name for p in self.parameters]
        if not self.has_header:
            from kgtool.project.scanning import used_parameters

            known = used_parameters(self.text)
        check_names(names, known, f"the query {self.name!r}")

    def bind(
        self, given: Mapping[str, object], prefixes: Mapping[str, str] | None = None
    ) -> dict[str, Term]:
        """The parameters as terms: what is given, else the default.

        ``prefixes`` are known in addition to those that the query declares. Values for a
        query without a header are what they look like (``guess_value``).
        """
        self.check_given(given)
        if not given and not self.parameters:
            return {}
        from kgtool.project.arguments import parse_value, to_term

        known = {**(prefixes or {}), **dict(self.prefixes)}
        if not self.has_header:
            return {name: _guessed(value, name, known) for name, value in given.items()}
        terms: dict[str, Term] = {}
        for parameter in self.parameters:
            if parameter.name in given:
                terms[parameter.name] = to_term(given[parameter.name], parameter, known)
            elif parameter.default is not None:
                terms[parameter.name] = parse_value(parameter.default, parameter, known)
            else:
                raise ParameterError(
                    f"the query {self.name!r} needs the parameter {parameter.name!r}",
                    expected=f"a value of type {parameter.type}",
                    hint=f"Give it with `-p {parameter.name}=…`.",
                )
        return terms


class StoredQueries:
    """The stored queries of a project, by name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._cache_path = project.products / "queries.json"
        self._cache: dict[str, Any] | None = None

    def names(self) -> list[str]:
        """All names, in order: paths below queries/ without the ending.

        Files whose names begin with a dot are those of editors.
        """
        folder = self._project.queries
        found = (p for p in folder.rglob("[!.]*" + ENDING) if p.is_file())
        return sorted(p.relative_to(folder).with_suffix("").as_posix() for p in found)

    def __contains__(self, name: object) -> bool:
        inside = isinstance(name, str) and not name.startswith("/") and ".." not in name
        return inside and self._path(str(name)).is_file()

    def get(self, name: str) -> StoredQuery:
        """The query of that name."""
        name = name.removesuffix(ENDING)
        self.require(name)
        path = self._path(name)
        text = read_query_text(path, self._project.name_of(path))
        sums = _sums(text.encode())
        cached = self._cached().get(name)
        if cached is None or cached["sums"] != sums:
            cached = {"sums": sums, **_read(text, self._project.name_of(path))}
            self._remember(name, cached)
        return _query(name, self._project.name_of(path), text, cached, stored=True)

    def require(self, name: str) -> None:
        """Raises NotFoundError, with the nearest name, where there is no such query."""
        if name not in self:
            raise NotFoundError(
                f"there is no stored query {name!r}",
                hint=did_you_mean(name, self.names()) or "`kgtool queries` lists them.",
            )

    def all(self) -> list[StoredQuery]:
        return [self.get(name) for name in self.names()]

    def _path(self, name: str) -> Path:
        return self._project.queries / (name + ENDING)

    def _cached(self) -> dict[str, Any]:
        if self._cache is None:
            try:
                content = json.loads(self._cache_path.read_text(encoding="utf-8"))
                valid = content["version"] == _CACHE_VERSION
                self._cache = dict(content["queries"]) if valid else {}
            except (OSError, ValueError, KeyError, TypeError):
                self._cache = {}
        return self._cache

    def _remember(self, name: str, entry: dict[str, Any]) -> None:
        cache = self._cached()
        cache[name] = entry
        content = json.dumps({"version": _CACHE_VERSION, "queries": cache}, ensure_ascii=False)
        with contextlib.suppress(OSError):  # a folder that cannot be written has no cache
            replace_file(self._cache_path, content)


def loose_query(text: str, file: str) -> StoredQuery:
    """A query from outside queries/: with a header it is checked, without one it needs none."""
    from kgtool.project.scanning import declared_prefixes, has_header

    if has_header(text):
        return _query(file, file, text, _read(text, file))
    return StoredQuery(file, file, text, prefixes=tuple(declared_prefixes(text).items()))


def stored_query(name: str, file: str, text: str) -> StoredQuery:
    """A stored query by its text, of a revision say. Raises HeaderError."""
    return _query(name, file, text, _read(text, file), stored=True)


def read_query_text(path: Path, name: str) -> str:
    """The text of a query's file, which has to be UTF-8, and without marks of a conflict."""
    return query_text(path.read_bytes(), name)


def query_text(data: bytes, name: str) -> str:
    """The same, of what stands in the file."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DataError(
            f"the byte 0x{data[error.start]:02X} is not UTF-8",
            location=Location(name, line, column),
            expected="a file in UTF-8",
        ) from None
    refuse_conflict(text, name)
    return text


def _sums(data: bytes) -> list[int]:
    """What tells two versions of a file apart; hashlib would load OpenSSL for it."""
    return [len(data), zlib.crc32(data), zlib.adler32(data)]


def _guessed(value: object, name: str, prefixes: Mapping[str, str]) -> Term:
    from kgtool.project.arguments import guess_value, to_term

    if isinstance(value, str):
        return guess_value(value, name, prefixes)
    return to_term(value, None, prefixes)


def _read(text: str, file: str) -> dict[str, Any]:
    """A header as JSON has it."""
    from kgtool.project.header import read_header

    header: Header = read_header(text, file)
    return {
        "summary": header.summary,
        "description": header.description,
        "tags": list(header.tags),
        "parameters": [[p.name, p.type, p.default, p.description] for p in header.parameters],
        "returns": [list(item) for item in header.returns.items()],
        "prefixes": [list(item) for item in header.prefixes.items()],
    }


def _query(
    name: str, file: str, text: str, header: Mapping[str, Any], *, stored: bool = False
) -> StoredQuery:
    return StoredQuery(
        name=name,
        file=file,
        text=text,
        summary=header["summary"],
        description=header["description"],
        tags=tuple(header["tags"]),
        parameters=tuple(Parameter(*fields) for fields in header["parameters"]),
        returns=tuple((variable, words) for variable, words in header["returns"]),
        prefixes=tuple((prefix, iri) for prefix, iri in header["prefixes"]),
        stored=stored,
    )
