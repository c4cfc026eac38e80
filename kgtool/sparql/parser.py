"""SPARQL 1.1 text to algebra.

The stages are one class each, every one built on the one before: a cursor over tokens,
terms, expressions, paths, triples, patterns, modifiers, queries, updates. Each turns its
rules of the grammar into algebra at once; section 18.2 needs no tree in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from kgtool.sparql import algebra as a
from kgtool.sparql._lexer import tokenize
from kgtool.sparql._source import Source
from kgtool.sparql._updates import Updates

_Result = TypeVar("_Result")


def parse_query(
    text: str,
    *,
    prefixes: Mapping[str, str] | None = None,
    base: str | None = None,
    file: str | None = None,
) -> a.Query:
    """The algebra of a SPARQL 1.1 query.

    ``prefixes`` may be used without being declared, a PREFIX of the text wins over them;
    ``base`` is the base IRI outside of the text; without any base, relative IRIs stay as
    they are. ``file`` is named in errors.

    Raises QuerySyntaxError, with its location, for text that is not a SPARQL 1.1 query
    (grammar and notes of section 19.8, scoping rules of 18.2), and UnsupportedError for
    custom aggregates.
    """
    return _parse(Updates.query, text, prefixes, base, file)


def parse_update(
    text: str,
    *,
    prefixes: Mapping[str, str] | None = None,
    base: str | None = None,
    file: str | None = None,
) -> a.Update:
    """The operations of a SPARQL 1.1 Update request; the rest as for :func:`parse_query`."""
    return _parse(Updates.update, text, prefixes, base, file)


def _parse(
    rule: Callable[[Updates], _Result],
    text: str,
    prefixes: Mapping[str, str] | None,
    base: str | None,
    file: str | None,
) -> _Result:
    source = Source(text, file)
    parser = Updates(source, tokenize(source), prefixes or {}, base)
    try:
        return rule(parser)
    except RecursionError:
        raise parser.error(parser.token, "the query is nested too deeply to be read") from None
