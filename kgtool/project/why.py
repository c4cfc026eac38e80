"""Why one triple of a project holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kgtool.errors import NotFoundError
from kgtool.project.explanation import Explainer, Explanation
from kgtool.project.folder import Project
from kgtool.project.notes import nearest_terms, parse_triple


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation, and who can write it for people."""

    explanation: Explanation
    explainer: Explainer

    def lines(self) -> Iterator[str]:
        return self.explainer.writer.lines(self.explanation)


def explain_triple(project: Project, text: str) -> Why:
    """Why the triple ``text``, three terms as SPARQL writes them, holds in a project.

    Raises NotFoundError where it does not, UsageError where the text is no triple.
    """
    explainer = Explainer(project)
    triple = parse_triple(text, explainer.sources.prefixes)
    found = explainer.explain(triple)
    if found is None:
        raise NotFoundError(
            "the triple neither stands in the files nor follows from them",
            hint=nearest_terms(triple, explainer.sources)
            or "`kgtool query -e 'SELECT * { … }'` shows what there is.",
        )
    return Why(found, explainer)
