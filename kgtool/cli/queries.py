"""``kgtool queries``"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgtool.cli.options import complete_query, find, project_option, talk_options
from kgtool.errors import NotFoundError, did_you_mean

if TYPE_CHECKING:
    from kgtool.project.parameters import Parameter
    from kgtool.project.stored import StoredQuery


@click.command()
@click.argument("name", required=False, shell_complete=complete_query)
@click.option("--tag", metavar="TAG", help="Only the queries with this tag.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text",
    show_default=True, help="JSON has everything, for programs.",
)  # fmt: skip
@project_option
@talk_options
def queries(name: str | None, tag: str | None, format_: str, project_folder: Path | None) -> None:
    """Lists the stored queries, or shows one with its parameters.

    \b
    Examples:
      kgtool queries
      kgtool queries things
      kgtool queries --tag people --format json
    """
    from kgtool.project.stored import StoredQueries

    stored = StoredQueries(find(project_folder))
    found = [stored.get(name)] if name else stored.all()
    shown = [q for q in found if tag is None or tag in q.tags]
    if tag is not None and not shown:
        raise _no_such_tag(tag, {t for q in found for t in q.tags})
    if format_ == "json":
        content: Any = [_as_json(q) for q in shown]
        click.echo(json.dumps(content[0] if name else content, ensure_ascii=False, indent=2))
        return
    for line in _describe(shown[0]) if name and shown else _list(shown):
        click.echo(line)


def _no_such_tag(tag: str, known: set[str]) -> NotFoundError:
    hint = did_you_mean(tag, known) or "The tags are: " + ", ".join(sorted(known))
    return NotFoundError(f"no stored query has the tag {tag!r}", hint=hint if known else None)


def _list(found: list[StoredQuery]) -> Iterator[str]:
    width = max((len(q.name) for q in found), default=0)
    for query in found:
        yield f"{query.name:<{width}}  {query.summary}"


def _describe(query: StoredQuery) -> Iterator[str]:
    yield f"{query.name}: {query.summary}"
    if query.description:
        yield ""
        yield query.description
    if query.tags:
        yield ""
        yield "Tags: " + ", ".join(query.tags)
    if query.parameters:
        yield ""
        yield "Parameters:"
        yield from map(_parameter_line, query.parameters)
    if query.returns:
        yield ""
        yield "Returns:"
        yield from (f"  {name}: {text}" if name else f"  {text}" for name, text in query.returns)
    yield ""
    yield f"Run it: kgtool query {query.name}{_example_arguments(query)}"


def _parameter_line(parameter: Parameter) -> str:
    value = "required" if parameter.required else f"default {parameter.default}"
    words = f": {parameter.description}" if parameter.description else ""
    return f"  {parameter.name} ({parameter.type}, {value}){words}"


def _example_arguments(query: StoredQuery) -> str:
    from kgtool.project.arguments import example_of

    values = ((p.name, p.default or example_of(p.type)) for p in query.parameters)
    return "".join(f" -p {name}={_quoted(value)}" for name, value in values)


def _quoted(value: str) -> str:
    import shlex

    return shlex.quote(value)


def _as_json(query: StoredQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "file": query.file,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "default": p.default,
                "required": p.required,
                "description": p.description,
            }
            for p in query.parameters
        ],
        "returns": dict(query.returns),
    }
