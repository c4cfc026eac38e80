"""The API of a Wikibase on loopback: it keeps entities, and fails, lags and conflicts as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

CSRF = "token-of-an-edit+\\"
Parameters = dict[str, str]


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "info": f"this is {code}", "messages": [], **more}}


@dataclass
class Stub:
    """A Wikibase. ``faults`` are taken one for each edit that comes.

    A fault gets the handler and the parameters, and says whether it has answered instead.
    """

    token: str = "secret"
    api: str = ""
    entities: dict[str, Any] = field(default_factory=dict)
    contributions: list[dict[str, Any]] = field(default_factory=list)
    edits: list[Parameters] = field(default_factory=list)
    faults: list[Callable[[Any, Parameters], bool]] = field(default_factory=list)
    revision: int = 100

    def add(self, document: dict[str, Any]) -> None:
        self.revision += 1
        self.entities[document["id"]] = {**deepcopy(document), "lastrevid": self.revision}

    def claims(self, id_: str, property_: str) -> list[Any]:
        found: list[Any] = self.entities[id_]["claims"].get(property_, [])
        return found

    def answer(self, parameters: Parameters, headers: Any) -> dict[str, Any]:
        """What the API says."""
        known = headers.get("Authorization") == f"Bearer {self.token}"
        match parameters:
            case {"action": "query", "meta": "tokens"}:
                return {"query": {"tokens": {"csrftoken": CSRF if known else "+\\"}}}
            case {"action": "query", "meta": "userinfo"}:
                return {"query": {"userinfo": {"id": 7, "name": "Bot"}}}
            case {"action": "query", "list": "usercontribs", "ucuser": "Bot"}:
                return {"query": {"usercontribs": self.contributions}}
            case {"action": "wbgetentities", "ids": ids}:
                missing = {"missing": ""}
                found = {i: self.entities.get(i, {"id": i, **missing}) for i in ids.split("|")}
                return {"entities": found, "success": 1}
            case {"action": "wbeditentity", "token": token} if known and token == CSRF:
                return self.edit(parameters)
        return error("badtoken" if known else "assertuserfailed")

    def edit(self, parameters: Parameters) -> dict[str, Any]:
        """An edit of a bot that waits for replicas."""
        assert parameters["assert"] == "bot"
        assert "bot" in parameters
        assert int(parameters["maxlag"]) > 0
        data = json.loads(parameters["data"])
        if "new" in parameters:
            if any(e["labels"] == data["labels"] for e in self.entities.values()):
                return error("modification-failed")
            id_ = f"Q{1000 + len(self.entities)}"
            entity: dict[str, Any] = {"id": id_, "type": "item", "claims": {}}
        else:
            id_ = parameters["id"]
            entity = deepcopy(self.entities[id_])
            if int(parameters["baserevid"]) != entity["lastrevid"]:
                return error("editconflict")
        claims = data.pop("claims", {})
        entity |= data
        groups = [claims] if isinstance(claims, list) else claims.values()
        for claim in chain.from_iterable(groups):
            known = entity["claims"].setdefault(claim["mainsnak"]["property"], [])
            claim.setdefault("id", f"{id_}$made-{self.revision}-{len(known)}")
            known[:] = [each for each in known if each["id"] != claim["id"]] + [claim]
        self.add(entity)
        comment = f"/* wbeditentity */ {parameters['summary']}"
        self.contributions.insert(0, {"title": f"Item:{id_}", "comment": comment})
        return {"entity": self.entities[id_], "success": 1}


@contextmanager
def wikibase() -> Iterator[Stub]:
    """A Wikibase that listens."""
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stub))
    server.daemon_threads = True
    stub.api = f"http://127.0.0.1:{server.server_port}/w/api.php"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: Any, body: dict[str, Any], status: int = 200, **headers: str) -> bool:
    """Sends an answer; for faults, which say by it that they have."""
    data = json.dumps(body).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
    return True


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, query: str) -> None:
            found = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items()}
            assert "kgtool/" in self.headers["User-Agent"]
            with lock:
                if found["action"] == "wbeditentity":
                    stub.edits.append(found)
                    if stub.faults and stub.faults.pop(0)(self, found):
                        return
                send(self, stub.answer(found, self.headers))

        def log_message(self, *args: object) -> None:
            pass

    return Handler
