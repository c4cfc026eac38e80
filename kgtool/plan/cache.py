"""Compiled queries that are kept: in memory with an open store, on disk with a project's."""

from __future__ import annotations

import json
import os
import threading
import zlib
from contextlib import suppress
from functools import cache as cached
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from kgtool.engine.functions import library_version
from kgtool.version import __version__

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.query import Plan

#: A term as (type, lexical form).
Text: TypeAlias = tuple[str, str]
#: What a plan was made of: text, parameters, prefixes, default graph.
Key: TypeAlias = tuple[object, ...]

#: Plans kept in memory for one store; the oldest go first.
_IN_MEMORY = 1_000


class KeptPlan(NamedTuple):
    """What running a plan takes (see plan.query.Plan); ``constants`` as texts by id."""

    form: str
    sql: str
    variables: tuple[str, ...]
    layout: tuple[str, ...]
    constants: dict[int, Text]
    prefixes: dict[str, str]
    unknown_names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: Plan) -> KeptPlan:
        from kgtool.rdf.terms import lexical_form, term_type

        constants = {id_: (term_type(t), lexical_form(t)) for id_, t in plan.constants.items()}
        return cls(
            plan.form,
            plan.sql,
            plan.variables,
            plan.layout,
            dict(constants),
            dict(plan.prefixes),
            plan.unknown_names,
            plan.notes,
        )


class PlanCache(dict[Key, KeptPlan]):
    """Plans by what they were made of, for one store."""

    def keep(self, key: Key, plan: KeptPlan) -> None:
        if len(self) >= _IN_MEMORY:
            with suppress(KeyError, RuntimeError):  # another thread was faster
                del self[next(iter(self))]
        self[key] = plan


_plans: WeakKeyDictionary[Store, PlanCache] = WeakKeyDictionary()


def plans_of(store: Store) -> PlanCache:
    """The plans in memory of an open store."""
    return _plans.setdefault(store, PlanCache())


def read_plan(folder: Path, fingerprint: str, key: Key) -> KeptPlan | None:
    """The plan that was written for a store, by its fingerprint, under ``key``; or None."""
    name = _name(fingerprint, key)
    try:
        kept: dict[str, Any] = json.loads(_path(folder, name).read_text(encoding="utf-8"))
        # File names are short enough for two keys to have the same.
        if kept["key"] != name:
            return None
        form, sql, variables, layout, constants, prefixes, *said = kept["plan"]
        unknown_names, notes = map(tuple, said)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    texts = {id_: (type_, lex) for id_, type_, lex in constants}
    return KeptPlan(
        form, sql, tuple(variables), tuple(layout), texts, prefixes, unknown_names, notes
    )


def write_plan(folder: Path, fingerprint: str, key: Key, plan: KeptPlan) -> None:
    """Keep a plan for ``read_plan``. A folder that cannot be written costs time, no more."""
    name = _name(fingerprint, key)
    fields = plan._replace(constants=[[id_, *text] for id_, text in plan.constants.items()])  # type: ignore[arg-type]
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path = _path(folder, name)
        partial = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        partial.write_text(json.dumps({"key": name, "plan": fields}), encoding="utf-8")
        partial.replace(path)


def _name(fingerprint: str, key: Key) -> str:
    """All that a plan comes from: the compiler's version, the store, and ``key``."""
    return json.dumps([_compiler_version(), fingerprint, *map(str, key)])


def _path(folder: Path, name: str) -> Path:
    # Not hashlib, which loads OpenSSL.
    data = name.encode()
    return folder / f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}.json"


@cached
def _compiler_version() -> str:
    """Changes with the code that plans come from, between releases too."""
    package = Path(__file__).parent
    folders = (package, package / "functions", package.parent / "sparql")
    newest = max(e.stat().st_mtime_ns for folder in folders for e in os.scandir(folder))
    return f"{__version__} {library_version()} {newest}"
