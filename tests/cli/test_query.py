"""query, explain, export, load, stats: questions to a store."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from kgtool.cli.main import cli

LABEL = "the first thing"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_stored_query_prints_a_table(run, built):
    output = run("query", "things").output
    assert LABEL in output
    assert "thing" in output


def test_a_parameter_is_a_value(run, built):
    assert rows(run("query", "things", "-p", "language=de", "-f", "csv").output) == [
        ["thing", "label"]
    ]
    evil = 'language=en") } DROP ALL #'
    assert len(rows(run("query", "things", "-p", evil, "-f", "csv").output)) == 1


@pytest.mark.parametrize(
    ("format_", "start"),
    [
        ("csv", "thing,label"),
        ("tsv", "?thing\t?label"),
        ("json", "{"),
        ("xml", "<?xml"),
        ("markdown", "|"),
    ],
)
def test_every_format(run, built, format_, start):
    output = run("query", "things", "--format", format_).output
    assert output.startswith(start)
    assert LABEL in output


def test_a_graph_is_written_as_turtle(run, built):
    output = run("query", "-e", "CONSTRUCT WHERE { ?s a :Thing }").output
    assert "a :Thing" in output
    assert "cannot hold" in run("query", "-e", "DESCRIBE id:first", "-f", "json", code=2).output
    output = run("query", "-e", "DESCRIBE id:first", "-f", "jsonld").output
    assert json.loads(output)


def test_an_output_file_takes_its_format_from_its_name(run, built, tmp_path):
    out = tmp_path / "things.csv"
    assert run("query", "things", "-o", str(out)).output == ""
    assert rows(out.read_text())[1][1] == LABEL
    assert "there is no folder" in run("query", "things", "-o", "no/a.csv", code=2).output
    assert "no format" in run("query", "things", "-o", str(tmp_path / "a.xyz"), code=2).output
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["things.csv"]


def test_ask_with_exit_code(run, built):
    yes, no = "ASK { ?s a :Thing }", "ASK { ?s a :Nothing }"
    run("query", "-e", yes, "--exit-code")
    run("query", "-e", no)
    run("query", "-e", no, "--exit-code", code=1)
    run("query", "-e", "SELECT * { ?s a :Nothing }", "--exit-code")


def test_text_from_a_file_and_from_standard_input(run, built, tmp_path):
    path = tmp_path / "q.rq"
    path.write_text(COUNT)
    assert rows(run("query", str(path), "-f", "csv").output) == [["n"], ["6"]]
    assert rows(run("query", "-", "-f", "csv", stdin=COUNT).output) == [["n"], ["6"]]
    assert "there is no file" in run("query", str(tmp_path / "no.rq"), code=2).output


def test_parameters_of_text_are_what_they_look_like(run, built):
    text = "SELECT ?label { $thing rdfs:label ?label }"
    output = run("query", "-e", text, "-p", "thing=id:first", "-f", "csv").output
    assert rows(output) == [["label"], [LABEL]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["thigns"], "Did you mean 'things'"),
        ([], "there is no query"),
        (["things", "-e", "ASK {}"], "there are two queries"),
        (["things", "-p", "langage=en"], "Did you mean 'language'"),
        (["things", "-p", "language"], "expected -p NAME=VALUE"),
        (["things", "-p", "language=a", "-p", "language=b"], "given twice"),
        (["-e", "SELECT * { ?s ?p }"], "query:1:18"),
        (["-e", "SELECT * { ?s no:p ?o }"], "no:"),
        (["-e", "SELEC * { ?s ?p ?o }"], "SELECT"),
        (["-e", "ASK { ?s a $x }", "-p", "y=1"], "no parameter 'y'"),
        (["things", "--format", "yaml"], "yaml"),
        (["things", "--timeout", "-1"], "timeout"),
        (["things", "--store", "none.duckdb"], "there is no store none.duckdb"),
    ],
)
def test_wrong_use_is_named(run, built, arguments, message):
    assert message in run("query", *arguments, code=2).output


def test_a_parameter_of_the_wrong_type(run, built):
    (built.queries / "typed.rq").write_text(
        "#+ summary: s\n#+ parameters:\n#+   - {name: n, type: integer}\nSELECT ($n + 1 AS ?m) {}"
    )
    assert rows(run("query", "typed", "-p", "n=41", "-f", "csv").output) == [["m"], ["42"]]
    output = run("query", "typed", "-p", "n=many", code=2).output
    assert "'many' is not of type integer" in output
    assert "such as 1944" in output
    assert "needs the parameter 'n'" in run("query", "typed", code=2).output


def test_a_limit_that_is_hit_is_exit_code_1(run, built):
    text = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(14)) + " }"
    assert "stopped after" in run("query", "-e", text, "--timeout", "0.3", code=1).output


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "xml"])
def test_rows_beyond_a_bound_are_an_error(run, built, format_):
    text = "SELECT ?s { ?s ?p ?o } ORDER BY ?s"
    whole = run("query", "-e", text, "-f", format_).stdout
    cut = run("query", "-e", text, "-f", format_, "--max-rows", "2", code=1)
    assert "more than 2 rows" in cut.stderr
    # What was read before the bound has been written.
    assert len(cut.stdout) > 20
    assert whole.startswith(cut.stdout)
    run("query", "-e", f"{text} LIMIT 2", "-f", format_, "--max-rows", "2")


def test_triples_beyond_a_bound_are_an_error(run, built):
    text = "CONSTRUCT WHERE { ?s ?p ?o }"
    cut = run("query", "-e", text, "-f", "ntriples", "--max-rows", "3", code=1)
    assert len(cut.stdout.splitlines()) == 3


def test_memory_can_be_bounded(run, built):
    pattern = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9))
    text = f"SELECT (GROUP_CONCAT(STR(?a1)) AS ?s) {{ {pattern} }}"
    output = run("query", "-e", text, "-f", "csv", "--memory-limit", "24MB", code=1).output
    assert "more memory than it may use" in output
    assert "--memory-limit" in output
    run("query", "-e", COUNT, "--memory-limit", "1GB")


@pytest.mark.parametrize("size", ["2GBs", "0GB", "-1", "12", "much"])
def test_an_amount_of_memory_has_a_unit(run, built, size):
    output = run("query", "-e", COUNT, "--memory-limit", size, code=2).output
    assert "such as 500MB" in output


@pytest.mark.parametrize(
    ("text", "column", "name", "nearest"),
    [
        ("SELECT * { ?s rdfs:lable ?o }", 15, "rdfs:lable", "rdfs:label"),
        ("ASK { ?s a/rdfs:lable ?o }", 12, "rdfs:lable", "rdfs:label"),
        ("ASK { ?s a/:lable ?o }", 12, ":lable", "rdfs:label"),
        (
            "CONSTRUCT { ?s a ?o } WHERE { ?s a :Thingg ; rdfs:label ?o }",
            36, ":Thingg", ":Thing",
        ),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_shown_with_the_nearest(run, built, text, column, name, nearest):
    text = f"PREFIX : <https://example.org/ontology#>\n{text}"
    said = run("query", "-e", text).stderr.splitlines()
    assert said[0] == f"query:2:{column}: note: the graph does not know {name} [unknown-name]"
    assert said[2].index("^") == said[1].index("|") + column + 1
    assert said[3] == f"  Did you mean {nearest}?"
    # A plan that was kept says the same.
    assert "does not know" in run("query", "-e", text).stderr
    assert "does not know" not in run("-q", "query", "-e", text).stderr
    assert "does not know" not in run("query", "things").stderr


@pytest.mark.parametrize("pattern", ["SELECT (COUNT(*) AS ?n)", "SELECT *"])
def test_ctrl_c_stops_a_query_at_once(spawn, built, pattern):
    import signal
    import time

    text = pattern + "{ " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(14)) + " }"
    with subprocess.Popen(
        [sys.executable, "-m", "kgtool", "query", "-e", text, "-f", "csv"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=spawn.environment,
    ) as process:  # fmt: skip
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert error.strip() == "error: interrupted"


def test_a_pipe_that_closes_is_no_error(spawn, built):
    text = "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    done = subprocess.run(
        f"{sys.executable} -m kgtool query -e '{text}' -f csv | head -1",
        shell=True, capture_output=True, text=True, check=False, env=spawn.environment,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == "s,p,o,a,b,c,d,e,f,g,h,i,j,k,l\n"


def test_explain_shows_three_stages(run, built):
    output = run("explain", "things").output
    assert "-- algebra" in output
    assert "-- sql" in output
    assert "-- plan" in output
    assert (
        run("explain", "things", "--show", "sql")
        .output.lstrip()
        .upper()
        .startswith(("SELECT", "WITH"))
    )


@pytest.mark.parametrize("format_", ["turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml"])
def test_export_writes_what_load_reads(run, built, tmp_path, format_):
    out, store = tmp_path / "graph", tmp_path / "again.duckdb"
    run("export", "--format", format_, "-o", str(out))
    run("load", str(out), "--format", format_, "--store", str(store))
    answer = run("query", "-e", COUNT, "--store", str(store), "-f", "csv").output
    assert rows(answer) == [["n"], ["6"]]


@pytest.mark.parametrize("format_", ["turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml"])
def test_export_of_a_loaded_store(run, tmp_path, format_):
    data, store = tmp_path / "data.nq", str(tmp_path / "data.duckdb")
    data.write_text("<urn:a> <urn:p> <urn:default> .\n<urn:a> <urn:p> <urn:named> <urn:g> .\n")
    run("load", str(data), "--store", store)
    written = run("export", "--store", store, "--format", format_).output
    assert "urn:default" in written
    assert "urn:named" in written


def test_export_tells_asserted_and_inferred_apart(run, built):
    (built.root / "ontology" / "more.ttl").write_text(
        "@prefix : <https://example.org/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        ":Thing rdfs:subClassOf :Entity ."
    )
    assert "a :Entity" not in run("export").output
    assert "a :Entity" in run("export", "--graphs", "inferred").output
    everything = run("export", "--graphs", "all", "--format", "trig").output
    assert "urn:x-kgtool:inferred" in everything
    assert "urn:x-kgtool:file:triples/example.ttl" in everything


def test_stats_in_three_formats(run, built):
    assert "6  triples" in run("stats").output
    content = json.loads(run("stats", "--format", "json").output)
    assert content["triples"] == 6
    assert content["classes"]["https://example.org/ontology#Thing"] == 1
    assert "void:triples 6" in run("stats", "--format", "turtle").output


def test_load_of_bad_data_leaves_the_old_store(run, tmp_path):
    good, bad, store = tmp_path / "a.nt", tmp_path / "b.nt", tmp_path / "s.duckdb"
    good.write_text("<urn:a> <urn:b> <urn:c> .\n")
    bad.write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b\n")
    assert "1 triple" in run("load", str(good), "--store", str(store)).output
    before = store.read_bytes()
    assert "b.nt:2" in run("load", str(good), str(bad), "--store", str(store), code=3).output
    assert store.read_bytes() == before
    assert "there is no file" in run("load", "no.nt", "--store", str(store), code=2).output
    other = tmp_path / "a.xyz"
    other.write_text("")
    assert "format" in run("load", str(other), "--store", str(store), code=2).output


def test_a_store_that_is_none_or_newer_is_bad_data(run, built, tmp_path):
    junk = tmp_path / "junk.duckdb"
    junk.write_bytes(b"no store" * 1000)
    assert "junk.duckdb" in run("query", "-e", COUNT, "--store", str(junk), code=3).output
    import duckdb

    with duckdb.connect(built.store_path) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'format'")
    output = run("query", "-e", COUNT, "--store", str(built.store_path), code=3).output
    assert "999" in output


ASK = "#+ summary: Is there a thing?\nASK { ?thing a <https://example.org/ontology#Thing> }\n"
#: What answering needs none of, from our own modules to the libraries of Python.
HEAVY = {
    *("rdflib", "yaml", "rich", "sqlglot", "pyoxigraph", "owlrl", "pyshacl", "duckdb"),
    *("kgtool.sparql", "kgtool.plan.query", "kgtool.engine.statistics", "kgtool.engine.lookup"),
    *("kgtool.project.header", "kgtool.project.build", "kgtool.rdf.syntax"),
    *("asyncio", "decimal", "email", "hashlib", "html", "importlib.metadata", "random"),
    *("shutil", "socket", "subprocess", "tempfile", "unicodedata", "xml", "zipfile"),
}


@pytest.fixture(scope="module")
def settled_folder(built_folder, tmp_path_factory):
    """A project built a while after its files changed, so that their times tell enough."""
    folder = tmp_path_factory.mktemp("settled") / "project"
    shutil.copytree(built_folder, folder)
    for path in folder.rglob("*.ttl"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (folder / "queries" / "any.rq").write_text(ASK)
    options = ["build", "--force", "--no-infer", "--no-check"]
    assert CliRunner().invoke(cli, [*options, "--project", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def settled(settled_folder, monkeypatch):
    monkeypatch.chdir(settled_folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ("things", "-f", "csv"),
        ("things", "-f", "json"),
        ("things", "-f", "tsv"),
        ("things",),
        ("things", "-p", "language=de"),
        ("any", "-f", "csv"),
        ("any",),
        ("-e", "SELECT ?s { ?s a ?class }"),
    ],
)
def test_a_query_imports_only_what_it_needs(spawn, settled, arguments):
    answer = spawn("query", *arguments)
    code = (
        "import sys\nbefore = set(sys.modules)\nfrom kgtool.cli.main import cli\n"
        f"try:\n    cli.main(['query', *{arguments!r}])\n"
        "finally:\n    print(*set(sys.modules) - before, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=spawn.environment,
    )  # fmt: skip
    assert done.stdout == answer.stdout != ""
    modules = set(done.stderr.split())
    allowed = {"kgtool.rdf.syntax"} if "tsv" in arguments else set()
    assert (HEAVY - allowed) & modules == set()
    # Counted, since a time would depend on the machine. click brings most that are not ours.
    assert len([name for name in modules if name.startswith("kgtool")]) <= 45
    assert len(modules) <= 140
