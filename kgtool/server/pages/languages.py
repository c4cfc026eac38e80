"""Which languages a reader wants (RFC 9110, 12.5.4)."""

from __future__ import annotations

from kgtool.server.negotiation import weighted


def wished(header: str | None) -> tuple[str, ...]:
    """The languages of an Accept-Language header, the dearest first."""
    found = sorted(weighted(header or ""), key=lambda pair: -pair[1])
    return tuple(tag for tag, weight in found if weight > 0 and tag != "*")
