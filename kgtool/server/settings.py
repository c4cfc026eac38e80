"""What a server is told when it starts, and the sizes that it holds requests to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kgtool.errors import UsageError
from kgtool.federation.endpoints import Endpoints
from kgtool.project.folder import Project

#: Bytes of a query, of its URL, and of an update or a graph.
MAX_QUERY = 1 << 20
MAX_URL = 32 << 10
MAX_BODY = 64 << 20
#: Bytes of a request's line and head together.
MAX_HEAD = 64 << 10
#: Seconds in which the body of a request must have come.
BODY_TIME = 30
#: Letters of the shortest token that updates may be guarded by.
SHORTEST_TOKEN = 16

SPARQL_PATH = "/sparql"
GRAPHS_PATH = "/graphs"
VOID_PATH = "/.well-known/void"
API_PATH = "/api"
RECONCILE_PATH = "/reconcile"


@dataclass(frozen=True, slots=True)
class Settings:
    """A store, or that of a project, and how it is served.

    Only with a ``token`` may it be changed. A request may take ``timeout`` seconds and an answer
    have ``max_rows`` rows; ``workers`` requests are answered at a time, and ``queue`` more wait.
    SERVICE goes to ``endpoints``. IRIs below ``base`` are paths of the server; None is for the
    one that suits the graph. ``processes`` serve side by side, each with as many workers; this
    is that of a ``number``, and ``scratch`` a folder that they share.
    """

    store: Path
    project: Project | None = None
    token: str | None = None
    default_graph: Literal["union", "strict"] = "union"
    timeout: float = 60
    max_rows: int | None = None
    workers: int = 4
    queue: int = 64
    memory_limit: str | None = None
    processes: int = 1
    number: int = 0
    scratch: Path | None = None
    endpoints: Endpoints = field(default_factory=lambda: Endpoints(only_known=True))
    base: str | None = None

    @property
    def writable(self) -> bool:
        return self.token is not None


def read_token(path: Path) -> str:
    """The token in a file, which is all of it but for white space around.

    Raises UsageError where it cannot be read, or could be guessed.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read a token from {path}: {error}") from error
    if len(token) < SHORTEST_TOKEN or not token.isprintable() or " " in token:
        raise UsageError(
            f"the token in {path} is none",
            expected=f"{SHORTEST_TOKEN} or more printable characters of ASCII without spaces",
            hint="`openssl rand -hex 32` makes one.",
        )
    return token
