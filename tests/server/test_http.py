"""Requests and answers as bytes on a connection."""

from __future__ import annotations

import socket
from random import Random
from urllib.parse import parse_qs, quote, quote_plus

import pytest

from kgtool.server.refusals import Refusal
from kgtool.server.requests import parsed_form
from tests.server.serving import Running

TARGET = f"/sparql?query={quote('SELECT ?p ?o { <http://example.org/bonn> ?p ?o }', safe='')}"


def talk(server: Running, *requests: str) -> bytes:
    """All that comes back for requests that are sent at once; the last one ends the connection."""
    *others, last = requests
    sent = [f"{each} HTTP/1.1\r\nHost: here\r\n\r\n" for each in others]
    sent.append(f"{last} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall("".join(sent).encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_answers_come_in_order_each_with_its_head(readable: Running) -> None:
    """With a body, without one, in chunks, and by an error: nothing of a head is left behind."""
    got = talk(
        readable, f"GET {TARGET}", f"HEAD {TARGET}", "GET /nowhere", f"OPTIONS {TARGET}",
        f"HEAD {TARGET}",
    )  # fmt: skip
    statuses = [part[:3] for part in got.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"404", b"204", b"200"]
    assert got.count(b'"bindings"') == 1
    assert got.endswith(b"\r\n\r\n")


def test_a_head_and_its_body_come_together(readable: Running) -> None:
    with socket.create_connection(("127.0.0.1", readable.port), timeout=20) as client:
        for _ in range(20):
            client.sendall(f"GET {TARGET} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            assert client.recv(65536).endswith(b"]}}\n")


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://page.example"}])
def test_what_is_sent_does_not_depend_on_the_page_that_asks(
    readable: Running, origin: dict[str, str]
) -> None:
    for path in (TARGET, "/health", "/api"):
        headers = readable.ask("GET", path, headers=origin).headers
        assert headers["access-control-allow-origin"] == "*"
        assert "Origin" not in headers.get("vary", "")


@pytest.mark.parametrize("seed", range(20))
def test_forms_are_read_as_the_library_does(seed: int) -> None:
    random = Random(seed)
    text = "".join(random.choices("aZ0 +%&=?{}<>\\\"'\n\u00e9\u4e16\U0001f600\x00", k=60))
    escaped = random.choice([quote, quote_plus])(text, safe=random.choice(["", "/:?{}<>"]))
    form = f"query={escaped}"
    assert parsed_form(form.encode()) == parse_qs(form, keep_blank_values=True)
    assert parsed_form(form.encode())["query"] == [text]


@pytest.mark.parametrize(
    "form",
    ["query=", "query=%", "query=%zz1", "query=%4", "query=a\\x41", "q=%5Cx41", "=a", "a&b=%41"],
)
def test_forms_that_are_odd(form: str) -> None:
    assert parsed_form(form.encode()) == parse_qs(form, keep_blank_values=True)


@pytest.mark.parametrize("form", [b"query=%ff", b"query=%ED%A0%80", b"query=\xff"])
def test_forms_that_are_not_utf8(form: bytes) -> None:
    with pytest.raises(Refusal, match="UTF-8"):
        parsed_form(form)
