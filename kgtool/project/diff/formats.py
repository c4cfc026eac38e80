"""A difference as text for a terminal, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from kgtool.errors import Location
from kgtool.project.diff.lines import Part, parts_of
from kgtool.project.diff.model import (
    Changes,
    GraphDiff,
    QueryChange,
    ShapeChange,
    Side,
    TripleDiff,
)
from kgtool.project.diff.terms import safe
from kgtool.results.json_format import term_json
from kgtool.shacl.formats import finding_json
from kgtool.shacl.vocabulary import local_name

#: What GitHub takes as a comment is 65,536 characters.
MOST_CHARACTERS = 65_000
#: Topics with more lines than these are folded.
_MOST_OPEN = 25
_DETAILS = (
    "<details{open}>\n<summary>{title}</summary>\n\n{fence}diff\n{body}\n{fence}\n\n</details>\n"
)


def diff_text(diff: GraphDiff) -> str:
    """The summary, then each topic with its lines."""
    remarks = [f"note: {remark}" for remark in _remarks(diff)]
    blocks = ["\n".join([diff.summary, _sides(diff), *remarks])]
    blocks += ["\n".join([part.title, *part.lines]) for part in parts_of(diff)]
    return "\n\n".join(blocks) + "\n"


def diff_markdown(diff: GraphDiff) -> str:
    """The same with a collapsible section for each topic, cut to what a comment may hold."""
    remarks = "".join(f"- {_escaped(remark)}\n" for remark in _remarks(diff))
    text = f"**{_escaped(diff.summary)}**\n\n{_escaped(_sides(diff))}\n"
    text += f"\n{remarks}" if remarks else ""
    text = text if len(text) < MOST_CHARACTERS // 2 else f"{text[: MOST_CHARACTERS // 2]}…\n"
    parts = parts_of(diff)
    for number, part in enumerate(parts):
        # What one topic leaves, the next may take.
        share = (MOST_CHARACTERS - len(text)) // (len(parts) - number)
        text += "\n" + _details(part, share - 1)
    return text


def _details(part: Part, most: int) -> str:
    longest = max((len(run) for line in part.lines for run in re.findall("`+", line)), default=0)
    frame = {
        "title": html.escape(part.title, quote=False),
        "fence": "`" * max(longest + 1, 3),
        "open": " open" if len(part.lines) <= _MOST_OPEN else "",
    }
    left = most - len(_DETAILS.format(**frame, body="")) - 100
    kept: list[str] = []
    for line in part.lines:
        left -= len(line) + 1
        if left < 0:
            more = len(part.lines) - len(kept)
            kept.append(f"  … and {more:,} more lines, too many for a comment")
            break
        kept.append(line)
    return _DETAILS.format(**frame, body="\n".join(kept))


def _sides(diff: GraphDiff) -> str:
    return f"from {_named(diff.old)} to {_named(diff.new)}"


def _named(side: Side) -> str:
    if side.commit is None or side.commit.startswith(side.name):
        return side.name
    return f"{side.name} ({side.commit[:12]})"


def _remarks(diff: GraphDiff) -> list[str]:
    told = [
        f"{side.name}: {side.contradiction}"
        for side in (diff.old, diff.new)
        if side.contradiction is not None
    ]
    return ["\n".join(map(safe, remark.splitlines())) for remark in (*told, *diff.notes)]


def _escaped(text: str) -> str:
    """Words in which Markdown sees nothing but words."""
    return re.sub(r"([\\`*_\[\]<>|&#@])", r"\\\1", " ".join(text.split()))


def diff_json(diff: GraphDiff) -> str:
    """One object; docs/text-in-git.md tells its members."""
    content = {
        "summary": diff.summary,
        "different": bool(diff),
        "old": _side(diff.old),
        "new": _side(diff.new),
        "notes": list(diff.notes),
        "triples": None if diff.triples is None else _triples(diff.triples),
        "shapes": None if diff.shapes is None else [_shape(shape) for shape in diff.shapes],
        "queries": None if diff.queries is None else [_query(query) for query in diff.queries],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "commit": side.commit, "contradiction": side.contradiction}


def _triples(diff: TripleDiff) -> dict[str, Any]:
    return {
        "asserted": _changes(diff.asserted),
        "inferred": None if diff.inferred is None else _changes(diff.inferred),
        "moved": [
            {"from": move.source, "to": move.target, "count": move.count} for move in diff.moved
        ],
        "undecided": diff.undecided,
    }


def _changes(changes: Changes) -> dict[str, Any]:
    return {
        "added": changes.added,
        "removed": changes.removed,
        "subjects": [
            {
                "subject": term_json(subject.term),
                "label": subject.label,
                "changes": [
                    {
                        "change": _word(change.added),
                        "triple": dict(
                            zip(
                                ("subject", "predicate", "object"),
                                map(term_json, change.triple),
                                strict=True,
                            )
                        ),
                        "inferred": change.held,
                        "places": [_place(place) for place in change.places],
                    }
                    for change in subject.changes
                ],
            }
            for subject in changes.subjects
        ],
    }


def _shape(shape: ShapeChange) -> dict[str, Any]:
    return {
        "shape": term_json(shape.shape),
        "title": shape.title,
        "severity": local_name(shape.severity),
        "status": shape.status,
        "before": shape.before,
        "after": shape.after,
        "added": shape.added,
        "removed": shape.removed,
        "findings": [
            {
                "change": _word(found.added),
                **finding_json(found.finding),
                "places": [_place(place) for place in found.places],
            }
            for found in shape.findings
        ],
    }


def _query(query: QueryChange) -> dict[str, Any]:
    return {
        "name": query.name,
        "file": query.file,
        "status": query.status,
        "reworded": query.reworded,
        "notes": list(query.notes),
        "columns": list(query.columns),
        "added": query.added,
        "removed": query.removed,
        "rows": [
            {
                "change": _word(row.added),
                "row": {
                    column: term_json(term)
                    for column, term in zip(query.columns, row.terms, strict=True)
                    if term is not None
                },
            }
            for row in query.rows
        ],
    }


def _word(added: bool) -> str:
    return "added" if added else "removed"


def _place(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
