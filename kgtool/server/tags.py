"""Entity tags (RFC 9110, section 8.8.3), and responses that are at hand as a whole."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from kgtool.server.negotiation import accepts_gzip

#: Bytes that are not worth being packed, and how much packing is to try.
_SMALL, _LEVEL = 1_000, 5


def weak_tag(*parts: object) -> str:
    """The tag of what is made of these parts."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def known_tags(request: Request) -> tuple[str, ...]:
    """The tags of If-None-Match, all of them weak; none where more is asked than to read."""
    if request.method not in ("GET", "HEAD"):
        return ()
    given = request.headers.get("if-none-match")
    if given is None:
        return ()
    tags = (tag.strip() for tag in given.split(","))
    return tuple(tag if tag.startswith("W/") else f"W/{tag}" for tag in tags if tag)


def tagged(
    request: Request,
    content: bytes,
    content_type: str,
    headers: Mapping[str, str],
    tag: str | None = None,
) -> Response:
    """A response with a tag, which is that of the content if there is no other.

    It is 304 for who has it, and packed for who accepts that.
    """
    found = {**headers, "ETag": tag or weak_tag(content)}
    if found["ETag"] in known_tags(request):
        return Response(status_code=304, headers=found)
    if len(content) > _SMALL and accepts_gzip(request.headers.get("accept-encoding")):
        content = gzip.compress(content, _LEVEL, mtime=0)
        found["Content-Encoding"] = "gzip"
    return Response(content, headers={**found, "Content-Type": content_type})
