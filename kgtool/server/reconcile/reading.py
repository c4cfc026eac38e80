"""Queries of the API, in each version's JSON, read and checked."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from kgtool.rdf.names import expand
from kgtool.rdf.terms import IRI
from kgtool.reconcile.extend import Column
from kgtool.reconcile.query import Condition, Quantifier, Query, TypeRule, Value
from kgtool.server.refusals import Refusal

#: Queries that a batch should have, and may have.
BATCH, MOST_QUERIES = 100, 500
#: Candidates of a query, and those where it does not say.
MOST_CANDIDATES, CANDIDATES = 50, 10
#: Bytes of what is posted.
MOST_BYTES = 2 << 20
_MOST_CONDITIONS, _MOST_VALUES, _MOST_TYPES = 20, 50, 20
_MOST_THINGS, _MOST_COLUMNS = 500, 50

Json = Any
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')
_KEYS = {"query", "type", "limit", "properties", "type_strict"}
_DRAFT_KEYS = {"type", "limit", "conditions", "lang", "dir"}


def parsed(text: str | bytes, what: str) -> Json:
    """A JSON document. Raises Refusal (400)."""
    try:
        document = json.loads(text, parse_constant=_no_constant)
        # A half of a surrogate pair is no character.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"{what} is not JSON: {error}") from None
    return document


def read_batch(document: Json, prefixes: Mapping[str, str]) -> dict[str, Query]:
    """A batch of versions 0.1 and 0.2: queries by their keys."""
    batch = _object(document, "queries")
    _check_number(batch, MOST_QUERIES, "queries")
    return {key: read_query(each, prefixes, key) for key, each in batch.items()}


def read_query(document: Json, prefixes: Mapping[str, str], key: str = "query") -> Query:
    """A query of versions 0.1 and 0.2; a text alone is a name."""
    if isinstance(document, str):
        return Query((document,))
    query = _object(document, key)
    _check_keys(query, _KEYS, key)
    conditions = []
    for each in _array(query.get("properties", []), f"properties of {key}", _MOST_CONDITIONS):
        values = _values(_object(each, f"a property of {key}").get("v"), prefixes)
        if values:
            conditions.append(Condition(_property(each, "pid", prefixes), values))
    if "query" not in query and not query.get("properties"):
        raise Refusal(400, f"{key} has neither a query nor properties")
    name = _text(query.get("query", ""), f"the query of {key}")
    rule = query.get("type_strict", "any")
    if rule not in get_args(TypeRule):
        raise Refusal(400, f"type_strict of {key} is none of {', '.join(get_args(TypeRule))}")
    types = query.get("type") or []
    return _query(
        [name] if name.strip() else [],
        [types] if isinstance(types, str) else _array(types, f"type of {key}", _MOST_TYPES),
        rule, conditions, query.get("limit"), prefixes, "query" in query,
    )  # fmt: skip


def read_draft_batch(document: Json, prefixes: Mapping[str, str]) -> list[Query]:
    """A batch of the draft of 1.0."""
    queries = _array(_object(document, "the batch").get("queries"), "queries", MOST_QUERIES)
    return [_draft_query(each, prefixes, f"query {n}") for n, each in enumerate(queries, 1)]


def _draft_query(document: Json, prefixes: Mapping[str, str], key: str) -> Query:
    query = _object(document, key)
    _check_keys(query, _DRAFT_KEYS, key)
    given = _array(query.get("conditions"), f"conditions of {key}", _MOST_CONDITIONS)
    if not given:
        raise Refusal(400, f"{key} has no conditions")
    names: list[str] = []
    ids: list[str] = []
    conditions: list[Condition] = []
    for each in given:
        values = _values(_object(each, f"a condition of {key}").get("propertyValue"), prefixes)
        texts = [v.value if isinstance(v, IRI) else v for v in values]
        match each.get("matchType"):
            case "name":
                names += texts
            case "id":
                ids += [expand(text, prefixes) for text in texts]
            case "property":
                quantifier = each.get("matchQuantifier", "any")
                if quantifier not in get_args(Quantifier):
                    raise Refusal(400, f"matchQuantifier of {key} is none of any, all, none")
                if values:
                    name = _property(each, "propertyId", prefixes)
                    required = each.get("required") is True
                    conditions.append(Condition(name, values, required, quantifier))
            case _:
                raise Refusal(400, f"matchType of {key} is none of name, id, property")
    type_ = query.get("type")
    is_named = any(each.get("matchType") == "name" for each in given)
    return _query(
        names, [type_] if type_ else [], "any", conditions, query.get("limit"), prefixes,
        is_named, ids,
    )  # fmt: skip


def read_extension(
    document: Json, prefixes: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Column]]:
    """What a data extension asks for: IRIs and columns by the ids that stand for them."""
    asked = _object(document, "extend")
    ids = _array(asked.get("ids"), "ids", _MOST_THINGS)
    columns = {}
    for each in _array(asked.get("properties"), "properties", _MOST_COLUMNS):
        iri = _property(_object(each, "a property"), "id", prefixes)
        limit = _object(each.get("settings") or {}, "settings").get("limit", 0)
        columns[each["id"]] = Column(iri, _whole(limit, "limit"))
    return {_text(each, "an id"): expand(each, prefixes) for each in ids}, columns


def _query(
    names: list[str],
    types: Iterable[Json],
    rule: TypeRule,
    conditions: list[Condition],
    limit: Json,
    prefixes: Mapping[str, str],
    is_named: bool,
    ids: Iterable[str] = (),
) -> Query:
    """A query. Where a name was to be given and is empty nobody is meant."""
    if is_named and not names and not ids:
        conditions = []
    found = [expand(_text(each, "a type"), prefixes) for each in types]
    wanted = CANDIDATES if limit is None else _whole(limit, "limit") or CANDIDATES
    # Who is looked for by an id is asked for by its name.
    named = [iri for name in names if _IRI.fullmatch(iri := expand(name.strip(), prefixes))]
    return Query(
        tuple(names), (*ids, *named), tuple(dict.fromkeys(found)), rule, tuple(conditions),
        min(wanted, MOST_CANDIDATES),
    )  # fmt: skip


def _values(given: Json, prefixes: Mapping[str, str]) -> tuple[Value, ...]:
    """The values of a condition; what is empty says nothing."""
    several = given if isinstance(given, list) else [given]
    _check_number(several, _MOST_VALUES, "values of a property")
    found: list[Value] = []
    for each in several:
        if isinstance(each, bool):
            found.append("true" if each else "false")
        elif isinstance(each, int | float):
            is_whole = isinstance(each, int) or (math.isfinite(each) and each == int(each))
            found.append(str(int(each)) if is_whole and abs(each) < 1e15 else repr(each))
        elif isinstance(each, str):
            found += [each.strip()] if each.strip() else []
        elif isinstance(each, dict) and isinstance(each.get("id"), str):
            found.append(IRI(expand(each["id"], prefixes)))
        elif each is not None:
            raise Refusal(400, "a value is no text, number, boolean or object with an id")
    return tuple(dict.fromkeys(found))


def _property(given: Mapping[str, Json], key: str, prefixes: Mapping[str, str]) -> str:
    return expand(_text(given.get(key), key), prefixes)


def _whole(given: Json, what: str) -> int:
    """A number from 0 on, which forms may give as a text."""
    try:
        number = int(given)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number < 0:
        raise Refusal(400, f"{what} is not a number from 0 on")
    return number


def _text(given: Json, what: str) -> str:
    if not isinstance(given, str):
        raise Refusal(400, f"{what} is not a text")
    return given


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no number of JSON")


def _object(given: Json, what: str) -> dict[str, Json]:
    if not isinstance(given, dict):
        raise Refusal(400, f"{what} is not an object")
    return given


def _array(given: Json, what: str, most: int) -> list[Json]:
    if not isinstance(given, list):
        raise Refusal(400, f"{what} is not an array")
    _check_number(given, most, what)
    return given


def _check_number(given: list[Json] | dict[str, Json], most: int, what: str) -> None:
    if len(given) > most:
        raise Refusal(413, f"there are {len(given):,} {what}, and may be {most:,}")


def _check_keys(given: dict[str, Json], known: set[str], what: str) -> None:
    unknown = given.keys() - known
    if unknown:
        expected = ", ".join(sorted(known))
        raise Refusal(400, f"{what} has {min(unknown)!r}, and may have {expected}")
