"""A session at a server of Spark Connect: no JVM on this machine, and a server that may go away."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

from kgtool.engine.spark.failures import first_line
from kgtool.errors import ServiceError, UsageError

#: Seconds for which a server that has answered before may be away.
_PATIENCE = 15.0
#: What gRPC says where it reaches no server, and what it comes from.
_REASONS = {
    "refused": "nothing listens there",
    "resolving": "there is no host of that name",
    "DNS": "there is no host of that name",
    "timed out": "nothing comes back",
    "Deadline": "nothing comes back",
    "HTTP/2": "what is there is no such server",
    "Method not found": "what is there is another server",
    "handshake failed": "the two do not agree on TLS, which a token or use_ssl=true asks for",
}


class _Patience(DefaultPolicy):  # type: ignore[misc]
    """Tries again for a while, all calls together: PySpark would for ten minutes, at each call.

    So when the server is gone, what is still to be cleaned up does not wait for it again.
    """

    def __init__(self) -> None:
        super().__init__(max_retries=None, max_backoff=2_000, jitter=0)
        self._since = self._last = -_PATIENCE

    def can_retry(self, error: BaseException) -> bool:
        if not super().can_retry(error):
            return False
        now = time.monotonic()
        if now - self._last > _PATIENCE:
            self._since = now  # it has answered in between
        self._last = now
        return now - self._since < _PATIENCE


def connected(remote: str, settings: Mapping[str, str]) -> SparkSession:
    """A session at the server ``remote``, with ``settings`` of its own.

    Raises UsageError for what is no address and for settings that a session may not have,
    ServiceError where no server of Spark Connect answers.
    """
    if "spark.master" in settings:
        raise UsageError(
            "spark.master is that of the server", expected="one of it and --spark-remote"
        )
    place = remote.partition("/;")[0]  # behind it may be a token
    try:
        if not remote.startswith("sc://"):
            raise ValueError("it begins otherwise")
        session = SparkSession.builder.remote(remote).getOrCreate()
    except Exception as error:
        raise UsageError(
            f"{place} is no address of a Spark Connect server: {first_line(error)}",
            expected="sc://HOST or sc://HOST:PORT",
        ) from error
    session.client.set_retry_policies([])
    try:
        session.version  # noqa: B018 - the first call: whether anybody is there
    except Exception as error:
        session.stop()
        raise _unreached(place, error) from error
    session.client.set_retry_policies([_Patience()])
    for name, value in settings.items():
        _set(session, place, name, value)
    return session


def _set(session: SparkSession, place: str, name: str, value: str) -> None:
    try:
        session.conf.set(name, value)
    except Exception as error:
        session.stop()
        if "CANNOT_MODIFY" not in str(error):
            raise
        raise UsageError(
            f"a session may not set {name}: it is a setting of the server {place}",
            hint="Set it where the server is started, and leave out this --spark-conf.",
        ) from error


def _unreached(place: str, error: Exception) -> ServiceError:
    found = re.search(r'details = "([^"]*)"', str(error))
    said = found[1] if found else first_line(error)
    why = next((words for sign, words in _REASONS.items() if sign in said), None)
    return ServiceError(
        f"no Spark Connect server answers at {place}: {why or said[:300]}",
        hint="Its port is 15002 where the address names none.",
    )
