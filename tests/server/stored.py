"""A project with stored queries of all kinds, and parameters of all types."""

from __future__ import annotations

from pathlib import Path

from kgtool.project.build import ensure_built
from kgtool.project.folder import Project
from kgtool.project.skeleton import new_project

#: For each type of parameter a value.
VALUES = {
    "iri": "<http://e/p01>",
    "string": "a <b> & 'c'",
    "langString": "Rom@de",
    "integer": "-7",
    "decimal": "1.50",
    "double": "1.5e3",
    "boolean": "true",
    "date": "1944-06-04",
    "dateTime": "1944-06-04T19:15:00Z",
    "gYear": "1944",
    "gYearMonth": "1944-06",
}
PEOPLE = 45
_DECLARED = "".join(
    f"#+   - {{name: a_{name}, type: {name}, default: {value!r}}}\n"
    for name, value in {**VALUES, "string": "a <b> & c"}.items()
)
_BOUND = " ".join(f"BIND($a_{name} AS ?{name})" for name in VALUES)

QUERIES = {
    "types": f"#+ summary: Every type\n#+ parameters:\n{_DECLARED}\nSELECT * {{ {_BOUND} }}",
    "people": """
#+ summary: People of an age, in no order
#+ description: Those of <whom> an age is "known".
#+ tags: [people]
#+ parameters:
#+   - {name: atleast, type: integer, default: 0, description: the lowest age}
#+ returns:
#+   person: who it is
#+   age: in years
PREFIX e: <http://e/>
SELECT ?person ?age ?nick {
  ?person e:age ?age FILTER (?age >= $atleast) OPTIONAL { ?person e:nick ?nick }
}
""",
    "sub/oldest": """
#+ summary: The oldest, whose ages are often the same
PREFIX e: <http://e/>
SELECT ?age ?person { ?person e:age ?age } ORDER BY DESC(?age) LIMIT 40
""",
    "needs": """
#+ summary: What has to be given
#+ parameters:
#+   - {name: who, type: iri, description: the person}
#+   - {name: day, type: date}
#+   - {name: name, type: string}
SELECT ($who AS ?a) ($day AS ?b) ($name AS ?c) {}
""",
    "is-older": """
#+ summary: Whether somebody is older
#+ parameters:
#+   - {name: who, type: iri, default: e:p01}
#+   - {name: than, type: integer, default: 22}
PREFIX e: <http://e/>
ASK { $who e:age ?age FILTER (?age > $than) }
""",
    "cards": """
#+ summary: Cards of people
#+ returns: a card for each person
PREFIX e: <http://e/>
CONSTRUCT { ?person e:card [ e:shows ?age ] } { ?person e:age ?age }
""",
    "about": """
#+ summary: All of a person
#+ parameters:
#+   - {name: who, type: iri, default: e:p01}
PREFIX e: <http://e/>
DESCRIBE $who
""",
    "clash": """
#+ summary: Parameters called as those of the API
#+ parameters:
#+   - {name: page, type: integer, default: 0}
#+   - {name: format, type: string, default: x}
PREFIX e: <http://e/>
SELECT ?person ($page AS ?p) ($format AS ?f) { ?person e:age ?age }
""",
    "today": "#+ summary: The time, which is not NOW() here\nSELECT (NOW() AS ?now) {}",
}


def stored_project(folder: Path) -> Project:
    """The project, built."""
    project = new_project(folder)
    for path in project.queries.rglob("*"):
        if path.is_file():
            path.unlink()
    for name, text in QUERIES.items():
        write_query(project, name, text)
    facts = "".join(
        f"e:p{i:02} e:age {20 + i % 5} .\n" + (f'e:p{i:02} e:nick "N{i}"@en .\n' if i % 3 else "")
        for i in range(PEOPLE)
    )
    (project.root / "triples" / "people.ttl").write_text(f"@prefix e: <http://e/> .\n{facts}")
    ensure_built(project)
    return project


def write_query(project: Project, name: str, text: str) -> None:
    path = project.queries / f"{name}.rq"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.strip() + "\n")
