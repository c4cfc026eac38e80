"""A project's own rules: ontology/rules/*.rq."""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.project.folder import Project
from kgtool.project.stored import read_query_text
from kgtool.reason.own import OwnRule, parse_rule


def read_rules(project: Project, prefixes: Mapping[str, str]) -> list[OwnRule]:
    """The rules of a project, in order of their names; ``prefixes`` need not be declared.

    Raises QuerySyntaxError and DataError, which name the file and the line.
    """
    return [
        parse_rule(read_query_text(path, name), name, prefixes)
        for path, name in ((p, project.name_of(p)) for p in project.rule_files())
    ]
