"""The table of all rules."""

from __future__ import annotations

from kgtool.errors import NotFoundError, did_you_mean
from kgtool.project.lint.labels import duplicate_labels
from kgtool.project.lint.names import iri_case, unused_prefixes
from kgtool.project.lint.questions import empty_queries, stale_answers
from kgtool.project.lint.reading import unbuilt, unreadable
from kgtool.project.lint.rule import Rule
from kgtool.project.lint.triples import dangling_references, duplicate_triples, unlinked_entities
from kgtool.project.lint.vocabulary import unknown_names, unused_classes, unused_properties

RULES = {
    rule.name: rule
    for rule in (
        Rule(
            "unreadable", "error",
            "A file does not parse, or a stored query cannot be asked.", unreadable,
        ),
        Rule(
            "unbuilt", "error",
            "All files parse, but the project does not build: see `kgtool build`.", unbuilt,
        ),
        Rule(
            "duplicate-triple", "warning",
            "A triple is stated twice, in one file or in two.", duplicate_triples,
        ),
        Rule(
            "dangling-reference", "warning",
            "A triple points to a name of the project's own that nothing describes.",
            dangling_references,
        ),
        Rule(
            "unlinked-entity", "note",
            "Nothing links to a thing of triples/, and no query, rule or shape names it.",
            unlinked_entities,
        ),
        Rule(
            "unused-prefix", "warning",
            "A file declares a prefix that it does not use.", unused_prefixes,
        ),
        Rule(
            "unused-class", "warning",
            "No fact, query, rule or shape uses a class of ontology/, nor a narrower one.",
            unused_classes,
        ),
        Rule(
            "unused-property", "warning",
            "No fact, query, rule or shape uses a property of ontology/, nor a narrower one.",
            unused_properties,
        ),
        Rule(
            "unknown-name", "warning",
            "A query, a rule or a shape asks for a class or property that the graph does not have.",
            unknown_names,
        ),
        Rule(
            "duplicate-label", "warning",
            "A thing has two labels in one language, or two things of one class share a label.",
            duplicate_labels,
        ),
        Rule("iri-case", "warning", "Two IRIs differ only by case.", iri_case),
        Rule(
            "empty-query", "warning",
            "A stored query gives nothing with its defaults.", empty_queries,
        ),
        Rule(
            "stale-answer", "warning",
            "A file of queries/expected/ is not what its query answers, or has no query.",
            stale_answers,
        ),
    )
}  # fmt: skip
#: Told at the end, of what the other rules have found.
UNUSED_ALLOWANCE = Rule(
    "unused-allowance", "warning", "An entry of pyproject.toml silences nothing.", lambda view: ()
)
RULES[UNUSED_ALLOWANCE.name] = UNUSED_ALLOWANCE


def rule_named(name: str) -> Rule:
    """Raises NotFoundError, with the nearest name, where there is no such rule."""
    if name not in RULES:
        raise NotFoundError(
            f"there is no rule {name!r}",
            hint=did_you_mean(name, RULES) or "`kgtool lint --list` lists them.",
        )
    return RULES[name]
