"""SERVICE at endpoints that behave, and at such as do not."""

from __future__ import annotations

import email.utils
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import DataError, LimitError, RefusedError, ServiceError, UsageError
from kgtool.federation import asking as asking_services
from kgtool.federation import connections, http
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.exchanges import Network
from kgtool.federation.http import Client
from kgtool.federation.report import Report
from kgtool.federation.run import Services, run_federated
from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, Term
from kgtool.results import SelectResult
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import Query
from tests.federation.simulated import JSON, Simulated, endpoints, result_of, send

LOCAL = "@prefix : <http://e/> . :a :p 1 ; :q :b . :b :p 2 ; :q :c . :c :p 3 ."
NAMES = "@prefix : <http://e/> . :a :n 'x' . :b :n 'y' , 'z' . :c :n 5 . :d :n 6 ."
TYPES = "@prefix : <http://e/> . :k :m 7 . :a :t :k . :b :t :l ."


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("federation")
    (folder / "data.ttl").write_text(LOCAL)
    with StoreWriter(folder / "store.duckdb", threads=1) as writer:
        writer.add(Source(folder / "data.ttl"))
        writer.commit({})
    with Store.open(folder / "store.duckdb") as opened:
        yield opened


@pytest.fixture
def remote() -> Iterator[list[Simulated]]:
    with endpoints(NAMES, TYPES) as found:
        yield found


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """The pauses between tries, which take no time."""
    found: list[float] = []
    monkeypatch.setattr(http, "Client", lambda: Client(sleep=found.append))
    return found


def known(remote: list[Simulated], **options: Any) -> Endpoints:
    return Endpoints(
        {n: Endpoint(e.url, n, private=True, **options) for n, e in zip("xy", remote, strict=True)}
    )


def ask(
    store: Store, remote: list[Simulated], text: str, **options: Any
) -> tuple[list[tuple[str, ...]], Report]:
    services = Services(known(remote, **options))
    query = parse_query(f"PREFIX : <http://e/> {text}")
    result, report = run_federated(store, query, services)
    assert isinstance(result, SelectResult)
    return [tuple(map(short, row)) for row in result], report


def short(term: Term | None) -> str:
    if isinstance(term, IRI):
        return term.value.removeprefix("http://e/")
    return "" if term is None else getattr(term, "lexical", "_")


# The plan -------------------------------------------------------------------------------


def test_bindings_go_on_and_rows_come_back(store, remote):
    rows, report = ask(
        store, remote, "SELECT ?s ?n { ?s :p ?v SERVICE <x> { ?s :n ?n } } ORDER BY ?n"
    )
    assert rows == [("c", "5"), ("a", "x"), ("b", "y"), ("b", "z")]
    (cost,) = report.costs
    assert (cost.endpoint, cost.requests, cost.bindings, cost.rows) == ("x", 1, 3, 4)
    (query,) = remote[0].queries
    assert "VALUES ?s { <http://e/a> <http://e/b> <http://e/c> }" in query


def test_batches_have_as_many_bindings_as_the_endpoint_wants(store, remote):
    text = "SELECT ?s ?n { ?s :p ?v SERVICE <x> { ?s :n ?n } }"
    rows, _ = ask(store, remote, text, bindings=2, most_bindings=2)
    assert len(rows) == 4
    assert [query.count("<http://e/") - 1 for query in remote[0].queries] == [2, 1]


@pytest.mark.parametrize(
    ("quick", "slow", "first", "sizes"),
    [(60, 60, 1, [1, 4, 16, 9]), (0, 0, 8, [8, 4, 2, *[1] * 16]), (0, 60, 10, [10, 10, 10])],
    ids=["answers are quick", "answers are slow", "in between"],
)
def test_batches_grow_and_shrink_with_the_time_of_answers(
    store, remote, monkeypatch, quick, slow, first, sizes
):
    monkeypatch.setattr(asking_services, "_QUICK", quick)
    monkeypatch.setattr(asking_services, "_SLOW", slow)
    names = " ".join(f":s{number}" for number in range(30))
    text = f"SELECT ?s ?n {{ VALUES ?s {{ {names} }} SERVICE <x> {{ ?s :n ?n }} }}"
    ask(store, remote, text, bindings=first, most_bindings=16)
    assert [query.count("<http://e/s") for query in remote[0].queries] == sizes


def test_without_bindings_nothing_is_asked(store, remote):
    rows, report = ask(store, remote, "SELECT * { ?s :none ?v SERVICE <x> { ?s :n ?n } }")
    assert (rows, remote[0].queries, report.costs) == ([], [], [])


def test_bindings_of_parts_that_share_nothing_stay_apart(store, remote):
    """Three of ?s and two of ?n are five terms to send, and not six pairs."""
    text = "SELECT ?s ?n { ?s :p ?v . VALUES ?n { 'x' 'z' } SERVICE <x> { ?s :n ?n } }"
    rows, report = ask(store, remote, text)
    assert sorted(rows) == [("a", "x"), ("b", "z")]
    assert remote[0].queries[0].count("VALUES") == 2
    assert sum(cost.bindings for cost in report.costs) == 3


def test_bindings_go_into_minus_only_where_they_bind_nothing(store, remote):
    """A solution without ?s takes none of those with one away."""
    text = "SELECT ?s { ?s :p ?v MINUS { SERVICE <x> { { ?s :n 5 } UNION { :a :n ?n } } } }"
    assert sorted(ask(store, remote, text)[0]) == [("a",), ("b",)]
    assert "VALUES" not in remote[0].queries[0]
    text = "SELECT ?s { ?s :p ?v MINUS { SERVICE <x> { ?s :n 5 } } }"
    assert sorted(ask(store, remote, text)[0]) == [("a",), ("b",)]
    assert "VALUES ?s" in remote[0].queries[1]


def test_only_what_is_read_is_asked_for_and_filters_go_along(store, remote):
    ask(store, remote, "SELECT ?s { SERVICE <x> { ?s :n ?n . ?s :n ?m } FILTER(isLiteral(?n)) }")
    (query,) = remote[0].queries
    assert query.startswith("SELECT ?n ?s\n")
    assert "FILTER (ISLITERAL(?n))" in query


def test_order_and_limit_go_along_where_there_is_nothing_else(store, remote):
    rows, _ = ask(
        store, remote, "SELECT ?n { SERVICE <x> { ?s :n ?n } } ORDER BY DESC(?n) LIMIT 1 OFFSET 1"
    )
    assert rows == [("y",)]
    assert remote[0].queries[0].endswith("ORDER BY DESC(?n)\nLIMIT 2\n")


def test_independent_services_are_asked_at_once(store, remote):
    for each in remote:
        each.delay = 0.3
    started = time.monotonic()
    rows, _ = ask(store, remote, "SELECT * { SERVICE <x> { ?a :n 'x' } SERVICE <y> { ?b :m 7 } }")
    assert rows == [("a", "k")]
    assert time.monotonic() - started < 0.58


def test_branches_of_a_union_are_asked_at_once(store, remote):
    both = threading.Barrier(2, timeout=10)
    for each in remote:
        # Neither answers before the other is asked.
        each.answer = lambda handler, query: both.wait() > 1
    text = "SELECT * { { SERVICE <x> { ?a :n 'x' } } UNION { SERVICE <y> { ?b :m 7 } } }"
    assert sorted(ask(store, remote, text)[0]) == [("", "k"), ("a", "")]


def test_the_more_selective_service_goes_first(store, remote):
    ask(store, remote, "SELECT * { SERVICE <x> { ?s :n ?n } SERVICE <y> { ?s :t :k } }")
    assert "VALUES" not in remote[1].queries[0]
    assert "VALUES ?s { <http://e/a> }" in remote[0].queries[0]


def test_an_endpoint_may_be_a_variable(store, remote):
    urls = " ".join(f"<{each.url}>" for each in remote)
    rows, report = ask(
        store,
        remote,
        f"SELECT ?s ?o {{ VALUES ?e {{ {urls} }} SERVICE ?e {{ ?s ?p ?o }} ?s :p ?v }}",
    )
    assert sorted(rows) == [("a", "k"), ("a", "x"), ("b", "l"), ("b", "y"), ("b", "z"), ("c", "5")]
    assert sorted(cost.endpoint for cost in report.costs) == ["x", "y"]
    with pytest.raises(ServiceError, match="nothing binds"):
        ask(store, remote, "SELECT * { SERVICE ?e { ?s ?p ?o } }")


def test_rows_go_into_the_engine_while_the_answer_still_comes(store, remote, monkeypatch):
    came = threading.Event()
    really = Session.append

    def append(self: Session, table: str, rows: Any) -> None:
        came.set()
        really(self, table, rows)

    monkeypatch.setattr(Session, "append", append)
    row = '{"s":{"type":"uri","value":"http://e/a"},"n":{"type":"literal","value":"%d"}}'
    rows = ",".join(row % number for number in range(40_000))
    body = f'{{"head":{{"vars":["n","s"]}},"results":{{"bindings":[{rows}]}}}}'.encode()
    half = len(body) // 2
    in_time: list[bool] = []

    def slowly(handler: Any, query: str) -> bool:
        send(handler, 200, JSON, body[:half], length=len(body))
        in_time.append(came.wait(20))
        handler.wfile.write(body[half:])
        return True

    remote[0].answer = slowly
    text = "SELECT (COUNT(*) AS ?c) { ?s :p ?v SERVICE <x> { ?s :n ?n } }"
    assert ask(store, remote, text)[0] == [("40000",)]
    assert in_time == [True]


def test_endpoints_of_the_web_have_names_and_limits():
    known = Endpoints().known
    assert {"wikidata", "dbpedia", "warsampo"} <= known.keys()
    for name, each in known.items():
        assert urlsplit(each.url).scheme in ("http", "https"), name
        assert not each.private
        assert each.connections <= 4
        assert each.rate


def test_terms_that_the_store_lacks_can_be_computed_with(store, remote):
    rows, _ = ask(
        store,
        remote,
        "SELECT (SUM(?n) AS ?t) (GROUP_CONCAT(STR(?m)) AS ?c) "
        "{ SERVICE <x> { ?s :n ?m } BIND(IF(isNumeric(?m), ?m, 0) AS ?n) }",
    )
    ((total, joined),) = rows
    assert total == "11"
    assert sorted(joined.split()) == ["5", "6", "x", "y", "z"]


def test_blank_nodes_of_two_answers_are_not_the_same(store):
    with endpoints(
        "@prefix : <http://e/> . _:b :n 1 .", "@prefix : <http://e/> . _:b :n 1 ."
    ) as two:
        rows, _ = ask(store, two, "SELECT * { SERVICE <x> { ?s :n 1 } SERVICE <y> { ?s :n 1 } }")
        assert rows == []


def test_an_update_cannot_be_sent_through_a_value(store, remote):
    rows, _ = ask(
        store, remote, "SELECT * { VALUES ?n { '\" } DROP ALL #' } SERVICE <x> { ?s :n ?n } }"
    )
    assert rows == []
    assert r"VALUES ?n { \"\\\" } DROP ALL #\" }" in json.dumps(remote[0].queries[0])


# Endpoints that do not behave -----------------------------------------------------------

SELECT = "SELECT * { SERVICE <x> { ?s :n ?n } }"
SILENT = "SELECT * { ?s :p ?v SERVICE SILENT <x> { ?s :n ?n } }"


def cut_off(handler: Any, query: str) -> bool:
    body = b'{"head":{"vars":["n","s"]},"results":{"bindings":['
    return send(handler, 200, JSON, body, length=len(body) + 500)


def short_json(handler: Any, query: str) -> bool:
    return send(handler, 200, JSON, b'{"head":{"vars":["n","s"]},"results":{"bindings":[')


def error_page(handler: Any, query: str) -> bool:
    return send(handler, 200, "text/html", b"<html><h1>Down for maintenance</h1></html>")


def page_called_json(handler: Any, query: str) -> bool:
    return send(handler, 200, JSON, b"<html>nothing here</html>")


def refused(handler: Any, query: str) -> bool:
    return send(handler, 400, "text/plain", b"Virtuoso 37000 Error SP030: syntax error\n")


def broken(handler: Any, query: str) -> bool:
    return send(handler, 500, "text/plain", b"boom")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (cut_off, "the answer of x was cut off"),
        (short_json, "not with a whole result"),
        (error_page, "begins with '<html><h1>Down for maintenance"),
        (page_called_json, "not with a whole result: not JSON"),
        (refused, "answers 400: Virtuoso 37000 Error SP030: syntax error"),
        (broken, "answers 500: boom"),
    ],
)
def test_a_bad_answer_is_an_error_and_never_a_shorter_table(store, remote, waits, answer, says):
    remote[0].answer = answer
    with pytest.raises(ServiceError, match=" x ") as caught:
        ask(store, remote, SELECT)
    assert says in caught.value.message
    rows, report = ask(store, remote, SILENT)
    assert sorted(rows) == [("a", "1", ""), ("b", "2", ""), ("c", "3", "")]
    assert len(report.warnings) == 1
    assert says in report.warnings[0]


def test_rows_before_the_break_do_not_stay_under_silent(store, remote, waits):
    def later(handler: Any, query: str) -> bool:
        whole = result_of(remote[0].store, query)
        return send(handler, 200, JSON, whole[:-20], length=len(whole))

    remote[0].answer = later
    rows, report = ask(store, remote, SILENT)
    assert sorted(rows) == [("a", "1", ""), ("b", "2", ""), ("c", "3", "")]
    assert report.warnings


def test_an_endpoint_that_is_not_there(store, waits):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/sparql"
        services = Services(Endpoints({"x": Endpoint(url, "x", private=True)}))
        with pytest.raises(ServiceError, match="x cannot be reached"):
            run_federated(store, parse_query("ASK { SERVICE <x> { ?s ?p ?o } }"), services)


def test_a_busy_endpoint_is_asked_again_when_it_says(store, remote, waits):
    tries = iter(
        [(429, "3"), (503, None), (503, email.utils.formatdate(time.time() + 5, usegmt=True))]
    )

    def busy(handler: Any, query: str) -> bool:
        status, after = next(tries, (200, None))
        if status == 200:
            return False
        return send(handler, status, "text/plain", b"", **({"Retry_After": after} if after else {}))

    remote[0].answer = busy
    rows, report = ask(store, remote, SELECT)
    assert len(rows) == 5
    assert report.costs[0].requests == 4
    assert waits[0] == 3
    assert 0.5 < waits[1] < 1.5
    assert 3 < waits[2] <= 5


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (403, 1), (500, 1), (502, 4), (504, 4)])
def test_what_may_pass_is_tried_again(store, remote, waits, status, tries):
    remote[0].answer = lambda handler, query: send(handler, status, "text/plain", b"no")
    with pytest.raises(ServiceError, match=f"answers {status}: no"):
        ask(store, remote, SELECT)
    assert len(remote[0].queries) == tries
    assert len(waits) == tries - 1
    assert waits == sorted(waits)


def test_a_wait_that_is_too_long_is_told(store, remote, waits):
    remote[0].answer = lambda handler, query: send(
        handler, 429, "text/plain", b"", Retry_After="900"
    )
    with pytest.raises(LimitError, match="asks to wait 900 seconds"):
        ask(store, remote, SELECT)


def test_time_ends_the_wait_for_an_endpoint(store, remote):
    remote[0].delay = 3
    query = parse_query("SELECT * { SERVICE <x> { ?s ?p ?o } }")
    started = time.monotonic()
    with pytest.raises(LimitError, match="seconds: endpoints were asked"):
        run_federated(store, query, Services(known(remote)), timeout=0.3)
    assert time.monotonic() - started < 2


def test_limits_of_connections_hold(store, remote):
    remote[0].delay = 0.05
    pattern = " UNION ".join(f"{{ SERVICE <x> {{ ?s :n ?n{i} }} }}" for i in range(6))
    ask(store, remote, f"SELECT * {{ {pattern} }}", connections=2)
    joined = " ".join(f"SERVICE <x> {{ :a :n ?n{i} }}" for i in range(6))
    ask(store, remote, f"SELECT * {{ {joined} }}", connections=2)
    assert remote[0].most_at_once == 2


def test_what_is_sent_names_the_tool(store, remote):
    ask(store, remote, SELECT)
    (headers,) = remote[0].headers
    assert headers["User-Agent"].startswith("kgtool/")
    assert "sparql-results+json" in headers["Accept"]


def test_long_requests_are_sent_as_forms(store, remote):
    ask(store, remote, f"SELECT * {{ SERVICE <x> {{ ?s :n ?n FILTER(?n != '{'x' * 2_000}') }} }}")
    ask(store, remote, SELECT)
    assert remote[0].methods == ["POST", "GET"]


def asking(url: str, silent: str = "") -> Query:
    return parse_query(f"ASK {{ SERVICE {silent}<{url}> {{ ?s ?p ?o }} }}")


def redirect(handler: Any, target: str) -> bool:
    return send(handler, 302, "text/plain", b"", Location=target)


# Where requests may go ------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/sparql", "http://localhost:9/sparql", "http://[::1]:9/sparql",
        "http://10.0.0.1/sparql", "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]:9/", "http://[::127.0.0.1]:9/", "http://[64:ff9b::7f00:1]:9/",
        "http://[2002:a00:1::1]:9/", "http://0.0.0.0:9/", "http://[fe80::1]/", "http://2130706433:9/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_private_addresses_are_not_asked(store, url, silent):
    with pytest.raises(RefusedError, match="no public address"):
        run_federated(
            store, parse_query(f"ASK {{ SERVICE {silent}<{url}> {{ ?s ?p ?o }} }}"), Services()
        )


def test_a_name_is_looked_up_once(monkeypatch):
    """A second answer of the name server could name another address (DNS rebinding)."""
    asked: list[str] = []

    def lookup(host: str, port: int, **options: Any) -> list[Any]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected: list[str] = []

    class Socket(socket.socket):
        def connect(self, address: Any) -> None:
            connected.append(address[0])
            raise OSError("unreachable")

    monkeypatch.setattr(connections.socket, "getaddrinfo", lookup)
    monkeypatch.setattr(connections.socket, "socket", Socket)
    client = Client(sleep=lambda seconds: None)
    monkeypatch.setattr(http, "TRIES", 1)
    source = Network(client)
    with (
        pytest.raises(ServiceError),
        source.open(Endpoint("http://name.example/"), "ASK {}", lambda: None),
    ):
        pass
    assert (asked, connected) == (["name.example"], ["8.8.8.8"])


def test_a_redirect_is_checked_like_the_first_address(store, remote, monkeypatch):
    public = remote[0]
    inner = remote[1].url.replace("127.0.0.1", "localhost")
    public.answer = lambda handler, query: send(handler, 302, "text/plain", b"", Location=inner)
    monkeypatch.setattr(connections, "is_public", lambda address: len(public.queries) == 0)
    services = Services(Endpoints({"x": Endpoint(public.url, "x")}))
    with pytest.raises(RefusedError):
        run_federated(store, parse_query("ASK { SERVICE <x> { ?s ?p ?o } }"), services)
    assert remote[1].queries == []


def test_redirects_are_followed_but_not_for_ever(store, remote):
    target = remote[1].url
    remote[0].answer = lambda handler, query: send(
        handler, 307, "text/plain", b"", Location=f"{target}?{handler.path.partition('?')[2]}"
    )
    rows, _ = ask(store, remote, "SELECT ?s ?o { SERVICE <x> { ?s :m ?o } }")
    assert rows == [("k", "7")]
    remote[0].answer = lambda handler, query: send(
        handler, 302, "text/plain", b"", Location=handler.path
    )
    with pytest.raises(ServiceError, match="without an end"):
        ask(store, remote, SELECT)
    remote[0].answer = lambda handler, _: redirect(handler, "file:///etc/passwd")
    with pytest.raises(ServiceError, match="redirects to 'file:"):
        ask(store, remote, SELECT)


def test_what_is_allowed_by_name_is_not_where_it_sends_to(store, remote):
    """An endpoint of this machine may be asked; where else it redirects to may not, nor be told
    the secrets that are for it."""
    inner = remote[1].url.replace("127.0.0.1", "localhost")
    remote[0].answer = lambda handler, query: redirect(handler, inner)
    with pytest.raises(RefusedError, match="localhost is at"):
        ask(store, remote, SELECT)
    assert remote[1].queries == []


def test_secrets_go_to_no_other_host(store, remote, monkeypatch):
    inner = remote[1].url.replace("127.0.0.1", "localhost")
    remote[0].answer = lambda handler, query: redirect(
        handler, f"{inner}?{handler.path.partition('?')[2]}"
    )
    monkeypatch.setattr(connections, "is_public", lambda address: True)
    secrets = (("Authorization", "Bearer 1"), ("X-Key", "2"))
    ask(store, remote, SELECT, headers=secrets)
    assert [each.get("X-Key") for each in (*remote[0].headers, *remote[1].headers)] == ["2", None]
    assert "Authorization" not in remote[1].headers[0]


@pytest.mark.parametrize(
    "target", ["http://[", "ftp://x/", "http://a..b/", "http://x:99999/", "//"]
)
def test_redirects_to_what_is_no_address(store, remote, waits, target):
    remote[0].answer = lambda handler, query: redirect(handler, target)
    with pytest.raises(ServiceError):
        ask(store, remote, SELECT)


@pytest.mark.parametrize("after", ["\xb2", "-1", "soon", "Thu, 99 Foo 2026 00:00:00 GMT", "1e400"])
def test_times_to_wait_that_are_none(store, remote, waits, after):
    remote[0].answer = lambda handler, query: send(
        handler, 503, "text/plain", b"", Retry_After=after
    )
    with pytest.raises(ServiceError, match="answers 503"):
        ask(store, remote, SELECT)
    assert 0.3 < waits[0] < 0.7


def test_what_an_endpoint_says_cannot_command_a_terminal(store, remote):
    remote[0].answer = lambda handler, query: send(
        handler, 400, "text/plain", b"\x1b]0;title\x07 no \xc2\x9b31m"
    )
    with pytest.raises(ServiceError, match="answers 400") as caught:
        ask(store, remote, SELECT)
    assert caught.value.message.isprintable()


def test_only_known_endpoints_where_that_is_asked_for(store, remote):
    services = Services(Endpoints(known(remote).known, only_known=True))
    with pytest.raises(UsageError, match="may be asked here"):
        run_federated(
            store, parse_query("ASK { SERVICE <http://other.example/> { ?s ?p ?o } }"), services
        )
    with pytest.raises(UsageError, match="there is no endpoint 'wikidat'") as caught:
        run_federated(store, asking("wikidat"), Services())
    assert caught.value.hint == "Did you mean 'wikidata'?"
    with pytest.raises(UsageError, match="there is no endpoint 'file:"):
        run_federated(
            store, parse_query("ASK { SERVICE <file:///etc/passwd> { ?s ?p ?o } }"), Services()
        )


# Kept answers ---------------------------------------------------------------------------


def test_a_recording_runs_again_with_no_network(store, remote, tmp_path):
    path = tmp_path / "answers.jsonl"
    query = parse_query(
        "PREFIX : <http://e/> SELECT * { ?s :p ?v SERVICE <x> { ?s :n ?n } } ORDER BY ?n"
    )
    first, _ = run_federated(store, query, Services(known(remote), record=path))
    rows = list(first)  # type: ignore[call-overload]
    count = len(remote[0].queries)
    again, report = run_federated(store, query, Services(known(remote), replay=path))
    assert list(again) == rows  # type: ignore[call-overload]
    assert len(remote[0].queries) == count
    assert report.costs[0].kept == 1
    other = parse_query("PREFIX : <http://e/> SELECT * { ?s :q ?v SERVICE <x> { ?s :n ?n } }")
    with pytest.raises(DataError, match="has no answer of x to this request") as caught:
        run_federated(store, other, Services(known(remote), replay=path))
    assert "VALUES ?s { <http://e/a> <http://e/b> }" in caught.value.message
    path.write_text("# made by hand\nnot json\n")
    with pytest.raises(DataError, match="not a line of a recording") as wrong:
        run_federated(store, query, Services(known(remote), replay=path))
    assert wrong.value.location is not None
    assert wrong.value.location.line == 2


def test_answers_are_kept_for_as_long_as_is_said(store, remote, tmp_path):
    query = parse_query("PREFIX : <http://e/> SELECT * { SERVICE <x> { ?s :n ?n } }")
    services = Services(known(remote, cache=100), cache=tmp_path)
    for _ in range(2):
        result, report = run_federated(store, query, services)
        assert len(list(result)) == 5  # type: ignore[call-overload]
    assert len(remote[0].queries) == 1
    assert (report.costs[0].requests, report.costs[0].kept) == (0, 1)
    for path in tmp_path.iterdir():
        path.write_text("{}")
    run_federated(store, query, services)[0].close()
    assert len(remote[0].queries) == 2
    services = Services(known(remote, cache=1e-9), cache=tmp_path)
    run_federated(store, query, services)[0].close()
    assert len(remote[0].queries) == 3


def test_a_broken_answer_is_not_kept(store, remote, tmp_path, waits):
    query = parse_query("PREFIX : <http://e/> SELECT * { SERVICE <x> { ?s :n ?n } }")
    services = Services(known(remote, cache=100), cache=tmp_path)
    remote[0].answer = short_json
    with pytest.raises(ServiceError):
        run_federated(store, query, services)
    assert list(tmp_path.iterdir()) == []


def test_requests_may_begin_only_so_often(remote):
    waited: list[float] = []
    source = Network(Client(sleep=waited.append))
    endpoint = Endpoint(remote[0].url, "x", private=True, rate=0.1)

    def one() -> None:
        with source.open(endpoint, "ASK {}", lambda: None) as answer:
            list(answer.pieces)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(round(seconds) for seconds in waited) == [10, 20]
