"""How a refusal is told: to people as text, to programs as a problem document."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kgtool.server.negotiation import quality
from kgtool.server.refusals import Refusal

#: The media type of a problem document (RFC 9457).
PROBLEM = "application/problem+json"


def response_of(refusal: Refusal, request: Request, *, is_api: bool = False) -> Response:
    """A refusal as text, or as a problem document for who likes JSON better.

    An API is asked by programs, so there a problem document it is if both are liked alike.
    """
    accept = request.headers.get("accept")
    as_text = max(quality(accept, "text/plain"), quality(accept, "text/html"))
    as_json = max(quality(accept, PROBLEM), quality(accept, "application/json"))
    headers = {**refusal.headers, "Vary": "Accept"}
    if as_json < as_text or (as_json == as_text and not is_api):
        text = refusal.message.rstrip("\n") + "\n"
        return PlainTextResponse(text, refusal.status, headers=headers)
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.message.rstrip("\n"),
        **refusal.details,
    }
    body = json.dumps(problem, ensure_ascii=False, indent=2) + "\n"
    return Response(body, refusal.status, headers=headers, media_type=PROBLEM)
