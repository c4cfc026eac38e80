"""Answers a batch of queries: who may be meant, how likely, and who must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kgtool.rdf.terms import IRI
from kgtool.reconcile.candidates import Sought, find
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.query import Candidate, Query
from kgtool.reconcile.scoring import SURE, name_score
from kgtool.reconcile.types import Types
from kgtool.reconcile.values import Values

#: What a property, or a type that is not demanded, counts beside the name.
_PROPERTY, _TYPE = 0.4, 0.2
#: A property fits from here on.
_FITS = 80.0
#: The least score of a candidate.
_LEAST = 30.0


def match(names: Names, asking: Asking, queries: Sequence[Query]) -> list[list[Candidate]]:
    """The candidates of each query, the likeliest first.

    Raises LimitError when the time is up, StoreError.
    """
    return _Batch(names, asking, queries).answers()


class _Batch:
    """Queries that are answered together, so that each step is one statement."""

    def __init__(self, names: Names, asking: Asking, queries: Sequence[Query]) -> None:
        self._names = names
        self._asking = asking
        self._queries = queries
        self._types = Types(names, asking)
        self._below = self._types.below(each for query in queries for each in query.types)
        self._values = Values(names, asking, (c for query in queries for c in query.conditions))

    def answers(self) -> list[list[Candidate]]:
        found = self._found()
        things = {thing for each in found for thing in each}
        self._values.read(things)
        typed = any(query.types for query in self._queries)
        types = self._types.of(things) if typed else {}
        return [
            _decided(query, (
                candidate
                for thing, score in each.items()
                if (candidate := self._candidate(query, thing, score, types.get(thing, [])))
            ))
            for query, each in zip(self._queries, found, strict=True)
        ]  # fmt: skip

    def _found(self) -> list[dict[int, float | None]]:
        """For each query the things that may be meant, with the score of their names."""
        found: list[dict[int, float | None]] = [{} for _ in self._queries]
        for number, scores in self._named():
            for thing, score in scores.items():
                found[number][thing] = max(score, found[number].get(thing) or 0.0)
        for query, each in zip(self._queries, found, strict=True):
            for id_ in self._names.store.ids(map(IRI, query.ids)).values():
                each[id_] = 100.0
        if any(not (query.names or query.ids) for query in self._queries):
            holders = self._values.holders()
            for query, each in zip(self._queries, found, strict=True):
                if not (query.names or query.ids):
                    for condition in query.conditions:
                        each |= dict.fromkeys(holders.get(condition, ()))
        return found

    def _named(self) -> Iterable[tuple[int, dict[int, float]]]:
        """The numbers of the queries and the things with a name that is like theirs."""
        normals = self._asking.normal_forms(n for query in self._queries for n in query.names)
        sets: dict[frozenset[int], int] = {}
        sought: dict[Sought, list[int]] = {}
        for number, query in enumerate(self._queries):
            wanted = None
            if query.types and query.type_rule != "should":
                demanded = query.types if query.type_rule == "any" else query.types[:1]
                classes = frozenset().union(*(self._below[each] for each in demanded))
                wanted = sets.setdefault(classes, len(sets))
            for name in query.names:
                if normals[name]:
                    sought.setdefault(Sought(normals[name], wanted), []).append(number)
        if not sought:
            return
        listed = list(sought)
        rows = find(self._asking, self._names.size, listed, [*sets], self._types.type)
        scores: list[dict[int, float]] = [{} for _ in listed]
        for at, thing, normal in rows:
            score = name_score(listed[at].normal, normal)
            scores[at][thing] = max(score, scores[at].get(thing, 0.0))
        for each, numbers in zip(scores, sought.values(), strict=True):
            for number in numbers:
                yield number, each

    def _candidate(
        self, query: Query, thing: int, name: float | None, types: list[int]
    ) -> Candidate | None:
        features: dict[str, float] = {}
        weighed: list[tuple[float, float]] = []
        if name is not None:
            features["name"] = name
            weighed.append((name, 1.0))
        if query.types:
            rule = all if query.type_rule == "all" else any
            fits = rule(not self._below[each].isdisjoint(types) for each in query.types)
            if not fits and query.type_rule != "should":
                return None
            features["type"] = 100.0 * fits
            if query.type_rule == "should":
                weighed.append((features["type"], _TYPE))
        for condition in query.conditions:
            score = self._values.score(thing, condition)
            if condition.required and (score or 0.0) < _FITS:
                return None
            if score is not None:
                features[condition.property] = score
                weighed.append((score, _PROPERTY))
        whole = sum(weight for _, weight in weighed)
        total = sum(score * weight for score, weight in weighed) / whole if whole else 0.0
        return Candidate(thing, total, False, features) if total >= _LEAST else None


def _decided(query: Query, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best of the candidates. One is a match if it is certain, and no other is."""
    # Of equals those of which more is known to fit come first.
    ordered = sorted(candidates, key=lambda c: (-c.score, -sum(c.features.values()), c.thing))
    certain = [each for each in ordered if _is_certain(query, each)]
    if len(certain) == 1:
        ordered = [replace(e, match=True) if e is certain[0] else e for e in ordered]
    return ordered[: query.limit]


def _is_certain(query: Query, candidate: Candidate) -> bool:
    """Whether the name is as good as the same, and nothing speaks against it."""
    features = candidate.features
    others = [score for name, score in features.items() if name != "name"]
    if "name" not in features:
        is_told = all(condition.property in features for condition in query.conditions)
        return is_told and min(others, default=0.0) >= SURE
    return features["name"] >= SURE and min(others, default=100.0) >= _FITS
