"""Relative IRI references against a base (RFC 3986, section 5.2)."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: The expression of RFC 3986, appendix B.
_PARTS = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)


def is_absolute(iri: str) -> bool:
    """Whether an IRI reference begins with a scheme."""
    return _SCHEME.match(iri) is not None


def resolve(reference: str, base: str | None) -> str:
    """``reference`` as an absolute IRI.

    Without a base, and when it is absolute already, it stays as it is: SPARQL asks for no
    normalization (SPARQL 1.1 Query, section 4.1.1.2).
    """
    if base is None or _SCHEME.match(reference):
        return reference
    scheme, authority, path, query, _ = _split(base)
    _, new_authority, new_path, new_query, fragment = _split("x:" + reference)
    if new_authority is not None:
        authority, path, query = new_authority, _remove_dot_segments(new_path or ""), new_query
    elif not new_path:
        query = new_query if new_query is not None else query
    else:
        query = new_query
        path = _remove_dot_segments(_merge(path or "", new_path, authority is not None))
    return _join(scheme, authority, path or "", query, fragment)


def _split(iri: str) -> tuple[str | None, ...]:
    match = _PARTS.fullmatch(iri)
    assert match is not None  # every part of the expression is optional
    return match.groups()


def _merge(base_path: str, path: str, has_authority: bool) -> str:
    if path.startswith("/"):
        return path
    if has_authority and not base_path:
        return "/" + path
    return base_path[: base_path.rfind("/") + 1] + path


def _remove_dot_segments(path: str) -> str:
    absolute = path.startswith("/")
    kept: list[str] = []
    segments = path[1:].split("/") if absolute else path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return ("/" if absolute else "") + "/".join(kept)


def _join(
    scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None
) -> str:
    return "".join(
        (
            "" if scheme is None else scheme + ":",
            "" if authority is None else "//" + authority,
            path,
            "" if query is None else "?" + query,
            "" if fragment is None else "#" + fragment,
        )
    )
