"""SPARQL 1.1 Graph Store HTTP Protocol: which graph a request is about, and what it sends."""

from __future__ import annotations

import email.parser
import email.policy
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request

from kgtool.errors import UsageError
from kgtool.rdf.files import Format
from kgtool.rdf.terms import IRI
from kgtool.results.formats import format_named
from kgtool.server.refusals import Refusal
from kgtool.server.requests import base_of, iri_of, media_type_of, single, url_parameters
from kgtool.server.settings import GRAPHS_PATH
from kgtool.server.updates import Document

#: Syntaxes in which a graph may be sent.
_SYNTAXES = (Format.TURTLE, Format.NTRIPLES, Format.RDFXML, Format.JSONLD)


@dataclass(frozen=True, slots=True)
class Target:
    """A graph by its name; ``name`` is None for the default graph, or, where it ``is_store``,
    for a graph that is still to be named."""

    name: IRI | None
    is_store: bool = False


def target_of(request: Request) -> Target:
    """The graph that a request is about (4.1 direct, 4.2 indirect identification).

    Raises Refusal (400) for one that names none, or two.
    """
    parameters = url_parameters(request)
    unknown = parameters.keys() - {"graph", "default", "timeout", "max-rows"}
    if unknown:
        raise Refusal(400, f"there is no parameter {min(unknown)!r}; expected graph or default")
    if "graph" in parameters and "default" in parameters:
        raise Refusal(400, "expected one of the parameters graph and default")
    if "default" in parameters:
        return Target(None)
    if "graph" in parameters:
        return Target(iri_of(single(parameters, "graph"), base_of(request)))
    own = base_of(request)
    if request.url.path.rstrip("/") == GRAPHS_PATH:
        return Target(None, is_store=True)
    return Target(iri_of(own, own))


def new_name(request: Request) -> IRI:
    """The name of a new graph in the store that a request is about: where it can be read."""
    return IRI(f"{base_of(request).rstrip('/')}/{uuid.uuid4().hex}")


def documents_of(request: Request, body: bytes) -> list[Document]:
    """The graphs in a body: one, or each file of a form (5.5).

    Raises Refusal: 400, 415.
    """
    media_type = media_type_of(request)
    if media_type != "multipart/form-data":
        return [Document(body, _syntax(media_type))]
    found = list(_files(request.headers["content-type"], body))
    if not found:
        raise Refusal(400, "there is no file in the form")
    return found


def _files(content_type: str, body: bytes) -> Iterator[Document]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    for part in message.iter_parts() if message.is_multipart() else ():
        data = part.get_payload(decode=True)
        yield Document(data if isinstance(data, bytes) else b"", _syntax(part.get_content_type()))


def _syntax(media_type: str) -> Format:
    try:
        found = Format(format_named(media_type, "graph").name)
    except (UsageError, ValueError):
        found = None
    if "/" not in media_type or found not in _SYNTAXES:
        known = ", ".join(format_named(each.value).media_type for each in _SYNTAXES)
        raise Refusal(415, f"{media_type or 'no media type'} is not a syntax of graphs: {known}")
    return found
