from __future__ import annotations

import pytest

from kgtool.errors import HeaderError
from kgtool.project.header import read_header
from kgtool.project.scanning import used_parameters

GOOD = """\
#+ summary: Events of a place
#+ description: >
#+   All of them,
#+   in order.
#+ tags: [events, places]
#+ parameters:
#+   - name: place
#+     type: iri
#+     default: id:here
#+     description: where
#+   - name: since
#+     type: date
#+ returns:
#+   event: the event
PREFIX id: <https://example.org/id/>
SELECT ?event { ?event id:at $place ; id:date ?d FILTER (?d >= $since) }
"""


def test_reads_every_key():
    header = read_header(GOOD, "q.rq")
    assert header.summary == "Events of a place"
    assert header.description == "All of them, in order."
    assert header.tags == ("events", "places")
    place, since = header.parameters
    assert (place.name, place.type, place.default, place.description) == (
        "place",
        "iri",
        "id:here",
        "where",
    )
    assert since.required
    assert header.returns == {"event": "the event"}
    assert header.prefixes == {"id": "https://example.org/id/"}


def test_a_date_and_a_number_keep_the_text_they_were_written_in():
    text = (
        "#+ summary: s\n#+ parameters:\n"
        "#+   - {name: day, type: date, default: 1944-06-04}\n"
        "#+   - {name: n, type: integer, default: 007}\n"
        "SELECT * { ?s ?p $day, $n }"
    )
    assert [p.default for p in read_header(text, "q.rq").parameters] == ["1944-06-04", "007"]


def test_what_returns_may_be_one_text():
    assert read_header("#+ summary: s\n#+ returns: yes or no\nASK {}", "q").returns == {
        "": "yes or no"
    }


def test_a_dollar_in_a_string_an_iri_or_a_comment_is_no_parameter():
    text = (
        "SELECT * { ?s <http://x/$a> \"$b\", '''$c\n'$d''' . # $e\n"
        '  ?s ?p "\\"$f" FILTER regex(?s, "^a$") }\n$g'
    )
    assert used_parameters(text) == {"g": (4, 1)}


def parameters(lines: str, body: str = "SELECT * { ?s ?p $x }") -> str:
    return f"#+ summary: s\n#+ parameters:\n{lines}\n{body}\n"


MISTAKES = {
    "no header": ("SELECT * {}", 1, "no header"),
    "empty": ("#+\nSELECT * {}", 1, "no header"),
    "no summary": ("#+ tags: [a]\nSELECT * {}", 1, "no summary"),
    "empty summary": ("#+ summary:\nSELECT * {}", 1, "no summary"),
    "tab": ("#+ summary: s\n#+\ttags: []\nSELECT * {}", 2, "tab"),
    "not YAML": ("#+ summary: s\n#+ tags: [a\nASK {}", 2, "not YAML"),
    "bad indent": ("#+ summary: s\n#+  tags: []\nASK {}", 2, "not YAML"),
    "no mapping": ("#+ just text\nASK {}", 1, "not a mapping"),
    "unknown key": ("#+ summary: s\n#+ tag: [a]\nASK {}", 2, "unknown key 'tag'"),
    "key twice": ("#+ summary: s\n#+ summary: t\nASK {}", 2, "twice"),
    "tags no list": ("#+ summary: s\n#+ tags: a\nASK {}", 2, "not a list"),
    "late line": ("#+ summary: s\nASK {}\n#+ tags: [a]\n", 3, "after the header's end"),
    "no name": (parameters("#+   - type: iri"), 3, "without a name"),
    "no type": (parameters("#+   - name: x"), 3, "without a type"),
    "bad name": (parameters("#+   - name: x-y\n#+     type: iri"), 3, "cannot be"),
    "unknown type": (parameters("#+   - name: x\n#+     type: int"), 4, "unknown type 'int'"),
    "unknown parameter key": (
        parameters("#+   - name: x\n#+     type: iri\n#+     defualt: a"),
        5,
        "unknown key 'defualt'",
    ),
    "bad default": (
        parameters("#+   - name: x\n#+     type: date\n#+     default: 1944-02-30"),
        5,
        "not of type date",
    ),
    "empty default": (
        parameters("#+   - name: x\n#+     type: string\n#+     default:"),
        5,
        "the default is empty",
    ),
    "unknown prefix": (
        parameters("#+   - name: x\n#+     type: iri\n#+     default: nope:a"),
        5,
        "'nope:'",
    ),
    "twice": (
        parameters("#+   - {name: x, type: iri}\n#+   - {name: x, type: iri}"),
        4,
        "stands twice",
    ),
    "unused": (
        parameters("#+   - {name: x, type: iri}\n#+   - {name: y, type: iri}"),
        4,
        "'y' is not used",
    ),
    "undeclared": (
        parameters("#+   - {name: x, type: iri}", "ASK { $x ?p $z }"),
        4,
        r"\$z is not declared",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_an_error_with_its_line(text, line, message):
    with pytest.raises(HeaderError, match=message) as caught:
        read_header(text, "queries/q.rq")
    assert caught.value.location.file == "queries/q.rq"
    assert caught.value.location.line == line


def test_a_misspelt_key_names_the_nearest():
    with pytest.raises(HeaderError, match="Did you mean 'summary'"):
        read_header("#+ sumary: s\nASK {}", "q.rq")


def test_an_undeclared_parameter_has_its_column():
    with pytest.raises(HeaderError) as caught:
        read_header("#+ summary: s\nASK {\n  ?s ?p $thing }", "q.rq")
    assert (caught.value.location.line, caught.value.location.column) == (3, 9)
