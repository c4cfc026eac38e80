"""How many cases of queries and shapes run in a second.

    python -m benchmarks.cases                    the shipped cases, and one for each stored query
    python -m benchmarks.cases --copies 50        more of them
    python -m benchmarks.cases --document         the table goes to docs/benchmarks.md

The shipped cases are copied, so that several ask one query, as those of a project do; those for
each stored query have their own triples each, and share no plan.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tables import machine, table, write_document
from kgtool.project.cases import run_cases
from kgtool.project.folder import Project

ROOT = Path(__file__).parent.parent
_CASE = """\
- query: {query}
  given: |
    id:e{n} a ww2:Battle ; rdfs:label "Battle {n}"@en ; ww2:atPlace id:anzio ; ww2:after id:f{n} ;
      ww2:date "1944-06-04"^^xsd:date .
    id:f{n} a ww2:Battle ; rdfs:label "Before {n}"@en ; ww2:partOf id:battle-of-anzio .
    id:anzio a ww2:Place ; rdfs:label "Anzio"@en ; ww2:locatedIn id:italy .
    id:c{n} a ww2:CasualtyFigure ; ww2:inEvent id:f{n} ; ww2:forParty id:us ; ww2:count {n} .
    id:us a ww2:Nation ; rdfs:label "United States"@en .
  expect: []
"""


def copied(folder: Path, copies: int) -> Project:
    """The project with its cases so many times, and none of its facts."""
    project = _project(folder)
    for path in project.case_files():
        for number in range(1, copies):
            shutil.copy(path, path.with_stem(f"{path.stem}-{number}"))
    return project


def one_each(folder: Path) -> Project:
    """The project with a case for each of its queries."""
    project = _project(folder)
    for path in project.case_files():
        path.unlink()
    names = sorted(path.stem for path in project.queries.glob("*.rq"))
    cases = [_CASE.format(query=name, n=n) for n, name in enumerate(names)]
    (project.queries / "tests" / "each.yaml").write_text("".join(cases), encoding="utf-8")
    return project


def _project(folder: Path) -> Project:
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "triples").mkdir()
    # The prefix that the facts declare.
    prefix = "@prefix id: <https://w3id.org/ww2-kg/id/> .\n"
    (folder / "triples" / "none.ttl").write_text(prefix, encoding="utf-8")
    return Project(folder)


def measure(project: Project) -> tuple[float, float, float, int]:
    """Seconds by the clock, until the first outcome, of the processor; and how many cases."""
    wall, cpu = time.perf_counter(), time.process_time()
    outcomes = run_cases(project)
    next(outcomes)
    first = time.perf_counter() - wall
    number = 1 + sum(1 for _ in outcomes)
    return time.perf_counter() - wall, first, time.process_time() - cpu, number


def row(name: str, project: Project) -> list[str]:
    """The best of three runs."""
    wall, first, cpu, number = min(measure(project) for _ in range(3))
    times = (f"{seconds:.2f}" for seconds in (wall, first, cpu))
    return [name, f"{number}", *times, f"{number / wall:.0f}"]


def shapes_alone(project: Project) -> None:
    """Leave the cases of shapes, which are Turtle files with ``shape``."""
    for path in project.case_files():
        if "#+ shape:" not in path.read_text(encoding="utf-8"):
            path.unlink()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=10, help="of the shipped cases")
    parser.add_argument("--document", action="store_true", help="write the table there")
    options = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / name for name in ("copied", "each", "shapes")]
        shipped = copied(parts[0], options.copies)
        rows.append(row(f"the shipped cases, {options.copies} times", shipped))
        rows.append(row("one for each stored query", one_each(parts[1])))
        shapes = copied(parts[2], 5 * options.copies)
        shapes_alone(shapes)
        rows.append(row("cases of shapes alone", shapes))
    header = ["", "cases", "seconds", "until the first", "of the processor", "cases a second"]
    text = f"{machine()}.\n\n{table(header, rows)}\n"
    print(text)
    if options.document:
        write_document(text, "cases")


if __name__ == "__main__":
    main()
