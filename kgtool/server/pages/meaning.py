"""Which resource a request is about, and what is said where there is none."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request

from kgtool.rdf.terms import IRI
from kgtool.results.formats import FORMATS
from kgtool.server.pages.addresses import ENDINGS, Addresses, in_header
from kgtool.server.pages.finding import nearest
from kgtool.server.pages.resources import terms_below
from kgtool.server.pages.serving import Page, Visit
from kgtool.server.pages.views import name_in
from kgtool.server.refusals import Refusal
from kgtool.server.requests import iri_of, single, url_parameters


def raw_path(request: Request) -> str:
    """The path as it was sent, with its escapes."""
    path: bytes = request.scope["raw_path"]
    return path.partition(b"?")[0].decode("ascii", "replace")


def text_of(request: Request, name: str) -> str:
    """The value of a parameter; empty without it. Raises Refusal (400) for two."""
    parameters = url_parameters(request)
    return single(parameters, name) if name in parameters else ""


def iri_in(request: Request, name: str = "iri") -> str:
    """The IRI that a parameter is. Raises Refusal (400)."""
    return iri_of(single(url_parameters(request), name), "").value


def named(request: Request, where: Addresses, stem: str) -> tuple[str, str]:
    """The IRI of a page or of data, and the ending of the syntax, if there is one.

    Raises Refusal: 400 for what is no IRI, 404 for a syntax that there is not.
    """
    rest = raw_path(request)[len(stem) + 1 :]
    if not rest:
        ending = text_of(request, "format")
        if ending and ending not in ENDINGS:
            raise Refusal(404, f"expected one of the formats {', '.join(ENDINGS)}")
        return iri_in(request), ending
    if not where.base:
        raise Refusal(404, "the graph has no IRIs that are paths here")
    name, dot, ending = rest.rpartition(".")
    if not dot or ending not in ENDINGS or stem == "/page":
        name, ending = rest, ""
    return iri_of(where.base + unquote(name, errors="replace"), "").value, ending


def is_there(visit: Visit, iri: str) -> bool:
    """Whether an IRI is in the graph, or a document whose terms are."""
    term = IRI(iri)
    return term in visit.site.store.ids([term]) or bool(terms_below(visit.site, visit.asking, term))


def relations(where: Addresses, iri: str) -> dict[str, str]:
    """The header that says what a page is about and where the data are."""
    links = [f'<{in_header(iri)}>; rel="describes"']
    for ending, name in ENDINGS.items():
        media_type = FORMATS[name].media_type
        links.append(f'<{where.data(iri, ending)}>; rel="alternate"; type="{media_type}"')
    return {"Link": ", ".join(links)}


def missing(visit: Visit, iri: str) -> Page:
    """The page for an IRI that is not in the graph, with those that are like it."""
    return Page(
        "error",
        {
            "title": "This is not in the graph",
            "message": iri,
            "status": 404,
            "near": nearest(visit.site, visit.asking, iri, visit.languages),
            "search": name_in(iri),
        },
        404,
    )
