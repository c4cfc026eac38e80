"""What a check found, kept in .kgtool/check.json for ``kgtool check --changed``.

With the findings stand digests of the triples that were checked, for each file and predicate.
So the next check knows of which predicates the triples have changed, and runs again only what
reads those; the findings of all else are still true, because what decides them is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from kgtool.project.files import replace_file
from kgtool.project.folder import Project
from kgtool.project.sources import SourceFile
from kgtool.rdf.syntax import ntriples_term
from kgtool.rdf.terms import IRI, Term, lexical_form, make_term, term_type
from kgtool.shacl.compiled import Answer
from kgtool.shacl.results import Found
from kgtool.version import __version__

#: A report with more findings is not kept: to read it would take as long as to check again.
_MOST = 100_000

#: The digest of a file's triples, for each predicate.
Digests: TypeAlias = dict[str, dict[str, str]]


class Kept(NamedTuple):
    """The findings of the last check by the numbers of its checks, and what they are of.

    ``shapes`` identifies the shapes, without which the numbers mean nothing.
    """

    shapes: str
    digests: Digests
    found: dict[int, list[Found]]


def digests_of(files: Iterable[SourceFile]) -> Digests:
    return {file.name: _by_predicate(file) for file in files}


def shapes_key(shapes: SourceFile) -> str:
    """What identifies a shapes graph, as this version of kgtool numbers its checks."""
    with shapes.path.open("rb") as stream:
        return f"{__version__} {hashlib.file_digest(stream, 'sha256').hexdigest()}"


def changed_predicates(before: Digests, now: Digests) -> frozenset[IRI]:
    """The predicates of which some file's triples have changed."""
    nothing: Mapping[str, str] = {}
    return frozenset(
        IRI(predicate)
        for name in before.keys() | now.keys()
        for predicate in _differing(before.get(name, nothing), now.get(name, nothing))
    )


def read_kept(project: Project) -> Kept | None:
    """What the last check kept, or None where there is nothing that can be read."""
    try:
        content = json.loads(_path(project).read_text(encoding="utf-8"))
        found = {int(n): [_row(row) for row in rows] for n, rows in content["found"].items()}
        return Kept(content["shapes"], content["digests"], found)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def write_kept(project: Project, shapes: str, digests: Digests, answers: Iterable[Answer]) -> None:
    """Keep the answers of a check; where they are too many, keep nothing.

    A folder that cannot be written costs time at the next check, no more.
    """
    left = _MOST
    found: dict[int, list[Any]] = {}
    for answer in answers:
        rows = [_json(row) for row in islice(answer.read(), left + 1)]
        left -= len(rows)
        if left < 0:
            forget(project)
            return
        found[answer.check.number] = rows
    content = {"shapes": shapes, "digests": digests, "found": found}
    with suppress(OSError):
        project.products.mkdir(exist_ok=True)
        replace_file(_path(project), json.dumps(content, ensure_ascii=False))


def forget(project: Project) -> None:
    with suppress(OSError):
        _path(project).unlink(missing_ok=True)


def _by_predicate(file: SourceFile) -> dict[str, str]:
    lines: defaultdict[str, set[str]] = defaultdict(set)
    for subject, predicate, object_ in file.triples:
        lines[lexical_form(predicate)].add(f"{ntriples_term(subject)} {ntriples_term(object_)}")
    return {
        predicate: hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:32]
        for predicate, found in lines.items()
    }


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [p for p in before.keys() | now.keys() if before.get(p) != now.get(p)]


def _json(row: Found) -> list[Any]:
    return [
        _text(row.focus), _text(row.value), _text(row.path),
        [[name, _text(term)] for name, term in row.bound],
    ]  # fmt: skip


def _row(row: list[Any]) -> Found:
    focus, value, path, bound = row
    known = _term(focus)
    assert known is not None
    predicate = _term(path)
    return Found(
        known,
        _term(value),
        predicate if isinstance(predicate, IRI) else None,
        tuple((name, term) for name, text in bound if (term := _term(text)) is not None),
    )


def _text(term: Term | None) -> list[str] | None:
    return None if term is None else [term_type(term), lexical_form(term)]


def _term(text: list[str] | None) -> Term | None:
    return None if text is None else make_term(text[0], text[1])


def _path(project: Project) -> Path:
    return project.products / "check.json"
