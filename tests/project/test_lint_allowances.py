"""What a project allows in pyproject.toml, and the mistakes one can make there."""

from __future__ import annotations

import pytest

from kgtool.errors import UsageError
from kgtool.project.lint import lint_project
from tests.project.linting import TURTLE, told

FACTS = {"triples/a.ttl": "id:a :p id:b .\nid:rome-1 :p 1 .\nid:rome-2 :p 1 ."}
HEAD = "[[tool.kgtool.lint.allow]]\n"


def entry(about: str | None, rule: str = "unlinked-entity") -> str:
    lines = [f'rule = "{rule}"', 'reason = "It is so."']
    return HEAD + "\n".join(lines + ([f'about = "{about}"'] if about else [])) + "\n"


@pytest.mark.parametrize(
    ("about", "left"),
    [
        (None, []),
        ("id:rome*", ["id:a"]),
        ("https://example.org/id/rome-?", ["id:a"]),
        ("id:rome-[2-9]", ["id:a", "id:rome-1"]),
        ("triples/*.ttl", []),
        ("triples/a.ttl", []),
    ],
)
def test_a_glob_is_over_the_name_the_iri_or_the_file(lint, about, left):
    report = lint(FACTS | {"pyproject.toml": entry(about).encode()})
    found = [each for each in report.diagnostics if each.rule == "unlinked-entity"]
    assert [each.message for each in found] == [f"nothing links to {name}" for name in left]
    assert report.silenced == 3 - len(left)
    assert not [each for each in report.diagnostics if each.rule == "unused-allowance"]


@pytest.mark.parametrize("about", ["id:rome", "id:Rome*", "rome-1", "triples/b.ttl", "id:first"])
def test_an_entry_that_silences_nothing_is_told_with_its_line(lint, about):
    text = f'[project]\nname = "x"\n\n{entry("id:a")}\n{entry(about)}'
    report = lint(FACTS | {"pyproject.toml": text.encode()}, "unlinked-entity", "unused-allowance")
    assert told(report)[0] == (
        f"pyproject.toml:9:1: nothing about '{about}' is found by unlinked-entity,"
        " and so nothing silenced [Take it out.]"
    )
    assert report.silenced == 1


def test_entries_of_rules_that_were_not_asked_are_left_alone(lint):
    report = lint({"pyproject.toml": entry("id:x").encode()}, "unused-allowance")
    assert told(report) == []
    broken = {"triples/a.ttl": b"x", "pyproject.toml": entry("id:x").encode()}
    report = lint(broken)
    assert {each.rule for each in report.diagnostics} == {"unreadable"}


def test_a_finding_of_a_query_is_silenced_by_its_file(lint):
    files = {
        "queries/a.rq": "SELECT * { id:first id:first id:first }",
        "pyproject.toml": entry("queries/a.rq", "empty-query").encode(),
    }
    report = lint(files, "empty-query")
    assert (told(report), report.silenced, report.passed) == ([], 1, True)


def test_one_of_two_places_is_enough(lint):
    files = {
        "triples/a.ttl": "id:a :p 1 .",
        "triples/b.ttl": "id:a :p 1 .",
        "pyproject.toml": entry("triples/a.ttl", "duplicate-triple").encode(),
    }
    assert told(lint(files, "duplicate-triple")) == []


MISTAKES = {
    "not TOML": ("[tool]\nx = \n", "2:5: not TOML: Invalid value"),
    "an end too soon": ("[tool.kgtool.lint\nx = 1", "1:18: not TOML: Expected ']'"),
    "a conflict": ("<<<<<<< HEAD\n", "1:1: not TOML: Invalid statement"),
    "no table": ("[tool.kgtool]\nlint = 1\n", "2:1: 'lint' is no table; expected a table"),
    "no list": ("[tool.kgtool.lint]\nallow = 1\n", "2:1: 'allow' is no list; expected entries"),
    "a name": ("[tool.kgtool.lint]\nallow = ['x']\n", "2:1: an entry of 'allow' is no table"),
    "another list": (
        "\n[[tool.kgtool.lint.alow]]\n",
        "2:20: unknown key 'alow' in tool.kgtool.lint; expected one of: allow\n"
        "Did you mean 'allow'?",
    ),
    "no reason": (
        HEAD + 'rule = "iri-case"\n',
        "1:1: an entry without a reason; expected reason =",
    ),
    "an empty reason": (
        f'{HEAD}rule = "iri-case"\nreason = "  "\n',
        "3:1: an entry without a reason; expected reason =",
    ),
    "no rule": (HEAD + 'reason = "rule"\n', "1:1: an entry without a rule; expected rule ="),
    "an unknown rule": (
        f'{entry(None)}# so far\n  [[ tool.kgtool.lint . allow ]] # x\nreason = "rule"\n'
        'rule = "iri-cas"\n',
        "7:1: there is no rule 'iri-cas'\nDid you mean 'iri-case'?",
    ),
    "an unknown key": (
        f'{HEAD}rule = "iri-case"\nreson = "x"\n[other]\nreason = 1',
        "3:1: unknown key 'reson' in an entry of tool.kgtool.lint.allow; expected one of: rule,"
        " about, reason\nDid you mean 'reason'?",
    ),
    "a number": (
        f'{HEAD}rule = "iri-case"\nreason = "x"\nabout = 1',
        "4:1: the value of 'about' is no text; expected a string",
    ),
    "in one line": (
        "[tool.kgtool.lint]\nallow = [\n  { rule = 'iri-case', reason = '' },\n]",
        "3:24: an entry without a reason",
    ),
}


@pytest.mark.parametrize(("text", "words"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mistake_is_an_error_with_its_place(project, text, words, end):
    data = b"\xef\xbb\xbf" + text.replace("\n", end).encode()
    (project.root / "pyproject.toml").write_bytes(data)
    with pytest.raises(UsageError) as caught:
        lint_project(project)
    assert str(caught.value).startswith(f"pyproject.toml:{words}")


def test_text_that_is_not_utf8_has_its_line(project):
    (project.root / "pyproject.toml").write_bytes(b"a = 1\n# \xff")
    with pytest.raises(UsageError, match=r"^pyproject\.toml:2: the file is not UTF-8"):
        lint_project(project)


def test_entries_may_stand_in_one_line_and_without_any(lint):
    text = "[tool.kgtool.lint]\nallow = [{rule = 'unlinked-entity', reason = 'So it is.'}]\n"
    assert lint(FACTS | {"pyproject.toml": text.encode()}, "unlinked-entity").silenced == 3
    assert lint({"pyproject.toml": b"[tool.ruff]\n"}, "unlinked-entity").silenced == 0
    assert TURTLE > 1
