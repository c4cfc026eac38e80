"""Endpoints from the command line: SERVICE, --federate, recordings, settings."""

from __future__ import annotations

import pytest

from tests.federation.simulated import endpoints
from tests.federation.test_patience import SOON, Hanging

NAMES = "@prefix id: <https://example.org/id/> . id:first <urn:n> 'one' . id:second <urn:n> 'two' ."
QUERY = "SELECT ?s ?n { ?s a :Thing SERVICE <names> { ?s <urn:n> ?n } }"
HEADER = "#+ summary: names\nPREFIX : <https://example.org/ontology#>\n"


@pytest.fixture
def remote():
    with endpoints(NAMES) as (found,):
        yield found


@pytest.fixture
def settings(project, remote):
    """Settings of a project that name the endpoint."""
    path = project.root / "pyproject.toml"
    path.write_text(f'[tool.kgtool.endpoints.names]\nurl = "{remote.url}"\nprivate = true\n')
    return path


def test_a_named_endpoint_is_asked(run, project, settings):
    answered = run("-v", "query", "-e", QUERY, "-f", "csv")
    assert answered.stdout.replace("\r", "") == "s,n\nhttps://example.org/id/first,one\n"
    assert "names: 1 requests, 1 bindings, 1 rows" in answered.stderr


def test_an_endpoint_on_this_machine_is_asked_when_that_is_allowed(run, project, remote):
    text = QUERY.replace("names", remote.url)
    assert "is no public address" in run("query", "-e", text, code=2).output
    assert "--allow-service" in run("query", "-e", text, code=2).output
    assert "one" in run("query", "-e", text, "--allow-service", remote.url).stdout


def test_several_sources_as_one_graph(run, project, settings):
    text = "SELECT ?n { ?s a :Thing ; <urn:n> ?n }"
    assert "one" not in run("query", "-e", text).stdout
    assert "one" in run("query", "-e", text, "--federate", "names").stdout
    assert (
        "there is no endpoint 'name'"
        in run("query", "-e", text, "--federate", "name", code=2).output
    )


def test_a_recording_is_replayed_and_tests_use_it(run, project, settings, remote):
    (project.root / "queries" / "named.rq").write_text(HEADER + QUERY)
    output = run("test", "named", code=2).output
    assert "there is no recording" in output
    assert "--record" in output
    recording = project.root / "queries" / "replay" / "named.jsonl"
    recording.parent.mkdir()
    run("query", "named", "--record", str(recording))
    count = len(remote.queries)
    assert "1 written" in run("test", "--update", "named").output
    assert "1 passed" in run("test", "named").output
    assert "one" in run("query", "named", "--replay", str(recording)).stdout
    assert len(remote.queries) == count
    assert (
        "made or replayed"
        in run("query", "named", "--replay", str(recording), "--record", "x", code=2).output
    )


def test_explain_says_which_part_goes_where_and_what_it_cost(run, project, settings, remote):
    output = run("explain", "-e", QUERY).output
    assert output.startswith("to names\n  with bindings of ?s, as VALUES\n  SELECT ?n ?s\n")
    assert remote.queries == []
    output = run("explain", "-e", QUERY, "--analyze").output
    assert "names: 1 requests, 1 bindings, 1 rows" in output
    assert output.endswith("1 rows in all\n")


def test_explain_takes_what_query_takes(run, project, settings, remote, tmp_path):
    recording = tmp_path / "answers.jsonl"
    text = QUERY.replace("names", remote.url + "?other")
    asked = ("-e", text, "--analyze", "--allow-service", remote.url + "?other")
    run("explain", *asked, "--record", str(recording))
    count = len(remote.queries)
    output = run("explain", "-e", text, "--analyze", "--replay", str(recording)).output
    assert "?other: 1 requests (1 of them kept), 1 bindings, 1 rows" in output
    assert len(remote.queries) == count
    hanging = remote.answer = Hanging()
    output = run("explain", "-e", QUERY, "--analyze", "--timeout", "0.2", code=1).output
    assert "seconds: endpoints were asked" in output
    assert hanging.left.wait(SOON)
    for wrong in (("--analyze", "--format", "json"), ("--show", "sql")):
        assert "explained as text" in run("explain", "-e", QUERY, *wrong, code=2).output


def test_explain_says_what_is_asked_of_several_sources(run, project, settings, remote):
    text = "SELECT ?n { ?s a :Thing ; <urn:n> ?n }"
    output = run("explain", "-e", text, "--federate", "names").output
    assert output.startswith("to names\n  with bindings of ?s, as VALUES\n")
    assert "urn:n" in output
    assert "Thing" not in output
    assert all("ASK" in query or "pattern" in query for query in remote.queries)
    output = run("explain", "-e", text, "--federate", "names", "--analyze").output
    assert "1 rows in all" in output
    path = "SELECT ?n { ?s (<urn:n>|:part)* ?n . ?s a :Thing }"
    output = run("explain", "-e", path, "--federate", "names").output
    assert "with bindings of ?end, ?start, as VALUES\n" in output
    assert "_:" not in output


def test_silence_is_told(run, project, settings, remote):
    remote.answer = lambda handler, query: handler.send_error(400, "no") or True
    answered = run("query", "-e", QUERY.replace("SERVICE", "SERVICE SILENT"))
    assert "warning: the endpoint names answers 400" in answered.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.kgtool.endpoints.x]\n", "pyproject.toml:1:1: the endpoint 'x' has no url"),
        ('[tool.kgtool.endpoints.x]\nurl = "ftp://x"\n', "pyproject.toml:2:1: the endpoint 'x'"),
        ('[tool.kgtool.endpoints.x]\nurl = "http://x"\nrat = 1\n', "unknown key 'rat'"),
        (
            '[tool.kgtool.endpoints.x]\nurl = "http://x"\nrate = "a"\n',
            "pyproject.toml:3:1: the value",
        ),
        ('[tool.kgtool.endpoints.x]\nurl = "http://x"\nprivate = 1\n', "true or false"),
        ('[tool.kgtool.endpoints.x]\nurl = "http://x"\nheaders = { A = 1 }\n', "headers"),
        ("[tool.kgtool]\nendpoints = 1\n", "'endpoints' is no table"),
        ("[tool.kgtool.endpoints]\nx = 1\n", "'x' is no table"),
        ("[tool.kgtool\n", "not TOML"),
    ],
)
def test_settings_that_are_none(run, project, text, says):
    (project.root / "pyproject.toml").write_text(text)
    assert says in run("query", "-e", QUERY, code=2).output
