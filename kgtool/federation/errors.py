"""What can go wrong between here and an endpoint."""

from __future__ import annotations

from kgtool.errors import DataError, KgtoolError


class ServiceError(DataError):
    """An endpoint that does not answer, or not as it should."""


class RefusedError(KgtoolError):
    """An address that may not be asked."""
