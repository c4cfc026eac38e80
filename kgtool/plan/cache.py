"""Compiled queries that are kept: in memory with an open store, on disk with a project's."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache as cached
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kgtool.engine.functions import library_version
from kgtool.version import __version__

if TYPE_CHECKING:
    from kgtool.engine.decoding import Text
    from kgtool.engine.store import Store
    from kgtool.plan.query import Plan

#: Plans kept in memory for one store; the oldest go first.
_IN_MEMORY = 1_000


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What running a plan takes (see plan.query.Plan); ``constants`` as texts by id."""

    form: str
    sql: str
    variables: tuple[str, ...]
    layout: tuple[str, ...]
    constants: dict[int, Text]
    prefixes: dict[str, str]
    unknown_names: tuple[str, ...]

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
        )


class PlanCache(dict[tuple[object, ...], KeptPlan]):
    """Plans by what they were made of, for one store."""

    def keep(self, key: tuple[object, ...], plan: KeptPlan) -> None:
        if len(self) >= _IN_MEMORY:
            with suppress(KeyError, RuntimeError):  # another thread was faster
                del self[next(iter(self))]
        self[key] = plan


_plans: WeakKeyDictionary[Store, PlanCache] = WeakKeyDictionary()


def plans_of(store: Store) -> PlanCache:
    """The plans in memory of an open store."""
    return _plans.setdefault(store, PlanCache())


def read_plan(folder: Path, key: str) -> KeptPlan | None:
    """The plan that was written under ``key``, or None."""
    try:
        fields: dict[str, Any] = json.loads(_path(folder, key).read_text(encoding="utf-8"))
        return KeptPlan(
            fields["form"],
            fields["sql"],
            tuple(fields["variables"]),
            tuple(fields["layout"]),
            {id_: (type_, lex) for id_, type_, lex in fields["constants"]},
            fields["prefixes"],
            tuple(fields["unknown_names"]),
        )
    except (OSError, ValueError, KeyError):
        return None


def write_plan(folder: Path, key: str, plan: KeptPlan) -> None:
    """Write a plan under ``key``. A folder that cannot be written costs time, no more."""
    fields = {
        "form": plan.form,
        "sql": plan.sql,
        "variables": plan.variables,
        "layout": plan.layout,
        "constants": [[id_, *text] for id_, text in plan.constants.items()],
        "prefixes": plan.prefixes,
        "unknown_names": plan.unknown_names,
    }
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{key}.{threading.get_ident()}.part"
        partial.write_text(json.dumps(fields), encoding="utf-8")
        partial.replace(_path(folder, key))


def file_key(fingerprint: str, key: tuple[object, ...]) -> str:
    """The name of a plan on disk: of the compiler's version, the store, and ``key``."""
    parts = [_compiler_version(), fingerprint, *map(str, key)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key}.json"


@cached
def _compiler_version() -> str:
    """Changes with the code that plans come from, between releases too."""
    package = Path(__file__).parent
    folders = (package, package / "functions", package.parent / "sparql")
    newest = max(e.stat().st_mtime_ns for folder in folders for e in os.scandir(folder))
    return f"{__version__} {library_version()} {newest}"
