"""A request for a stored query: its parameters, its format and its page, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pyoxigraph
from starlette.requests import Request

from kgtool.plan.context import Page
from kgtool.project.parameters import check_names
from kgtool.rdf.terms import IRI, Term
from kgtool.server.api.formats import PAGE as HTML
from kgtool.server.api.formats import api_offers, by_extension
from kgtool.server.catalogue import Entry
from kgtool.server.negotiation import Chosen, chosen_of
from kgtool.server.refusals import Refusal
from kgtool.server.requests import Parameters, base_of, url_parameters
from kgtool.server.settings import API_PATH, Settings

PAGE, PAGE_SIZE, FORMAT = "page", "page-size", "format"
#: Rows of a page: where none are said, and at most. Its number is at most this, too.
USUAL_SIZE = 100
MOST_ROWS = 10_000
MOST_PAGES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """A stored query as it is asked. ``number`` is that of the page, from 1; None is all."""

    entry: Entry
    arguments: Mapping[str, Term]
    chosen: Chosen
    number: int | None
    size: int
    url: str
    given: Mapping[str, str]

    @property
    def is_html(self) -> bool:
        """Whether the answer is for people."""
        return self.chosen.format is HTML

    @property
    def page(self) -> Page | None:
        """The rows that are asked for, and one more, which tells whether there is a next page."""
        return None if self.number is None else Page((self.number - 1) * self.size, self.size + 1)

    def links(self, has_more: bool) -> dict[str, str]:
        """The URLs of other pages by their relation to this one."""
        if self.number is None:
            return {}
        found = {"first": 1}
        if self.number > 1:
            found["prev"] = self.number - 1
        if has_more and self.number < MOST_PAGES:
            found["next"] = self.number + 1
        return {relation: self._url_of(number) for relation, number in found.items()}

    def formats(self) -> list[tuple[str, str]]:
        """The endings of formats for programs, and the URLs of all of the answer in them."""
        own = self._own(FORMAT)
        return [
            (extension, f"{self.url}?{urlencode({**self.values, own: extension})}")
            for extension, offer in by_extension(self.entry.kind).items()
            if offer.format is not HTML
        ]

    @property
    def values(self) -> dict[str, str]:
        """What is given for the parameters of the query."""
        declared = {parameter.name for parameter in self.entry.query.parameters}
        return {name: value for name, value in self.given.items() if name in declared}

    def _url_of(self, number: int) -> str:
        size, place = self._own(PAGE_SIZE), self._own(PAGE)
        return f"{self.url}?{urlencode({**self.given, size: self.size, place: number})}"

    def _own(self, word: str) -> str:
        return own_name(word, {parameter.name for parameter in self.entry.query.parameters})


def own_name(word: str, parameters: set[str]) -> str:
    """What a parameter of the API is called beside those of a query, which come first."""
    return f"kgtool-{word}" if word in parameters else word


def most_rows(settings: Settings) -> int:
    """The largest size of a page."""
    return min(MOST_ROWS, settings.max_rows or MOST_ROWS)


def read_call(
    request: Request, entry: Entry, prefixes: Mapping[str, str], settings: Settings
) -> Call:
    """The call that a request is.

    Raises ParameterError, and Refusal: 400 for what is wrong in the URL, 406, 414.
    """
    query, kind = entry.query, entry.kind
    given = _once(url_parameters(request))
    declared = {parameter.name for parameter in query.parameters}
    words = (FORMAT,) if kind == "ask" else (FORMAT, PAGE, PAGE_SIZE)
    own = {word: own_name(word, declared) for word in words}
    known = [parameter.name for parameter in query.parameters] + [*own.values()]
    check_names(given, known, f"the query {query.name!r}")
    for parameter in query.parameters:
        if parameter.required and parameter.name not in given:
            expected = f"a value of type {parameter.type}"
            message = f"the query {query.name!r} needs the parameter {parameter.name!r}"
            details = {"detail": message, "expected": expected}
            raise Refusal(400, f"{message}; expected {expected}", details=details)
    arguments = query.bind({n: v for n, v in given.items() if n in declared}, prefixes)
    for name in given.keys() & arguments.keys():
        _check_iri(name, arguments[name])
    chosen = _chosen(request, entry, given.get(own[FORMAT]), own[FORMAT])
    most = most_rows(settings)
    number = size = None
    if kind != "ask":
        number = _whole(given, own[PAGE], MOST_PAGES)
        size = _whole(given, own[PAGE_SIZE], most)
        if number is None and (size is not None or chosen.format is HTML):
            number = 1
    size = size or min(USUAL_SIZE, most)
    url = base_of(request, f"{API_PATH}/{quote(query.name)}")
    return Call(entry, arguments, chosen, number, size, url, given)


def _once(parameters: Parameters) -> dict[str, str]:
    for name, values in parameters.items():
        if len(values) > 1:
            raise Refusal(400, f"the parameter {name!r} is given {len(values)} times")
    return {name: values[0] for name, values in parameters.items()}


def _check_iri(name: str, term: Term) -> None:
    """Raises Refusal for what has the look of an IRI, and is none by RFC 3987."""
    if isinstance(term, IRI):
        try:
            pyoxigraph.NamedNode(term.value)
        except ValueError:
            raise Refusal(400, f"parameter {name!r}: {term.value!r} is not an IRI") from None


def _chosen(request: Request, entry: Entry, extension: str | None, name: str) -> Chosen:
    """The format that the URL names, else that which Accept asks for."""
    if extension is None:
        return chosen_of(request.headers.get("accept"), api_offers(entry.kind))
    found = by_extension(entry.kind)
    if extension not in found:
        raise Refusal(400, f"{name} is {extension!r}, and must be one of {', '.join(found)}")
    return found[extension]


def _whole(given: Mapping[str, str], name: str, most: int) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) < 20
    if not is_number or not 1 <= int(text) <= most:
        raise Refusal(400, f"{name} is {text!r}, and must be a whole number from 1 to {most:,}")
    return int(text)
