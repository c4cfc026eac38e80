"""A project's own rules: SPARQL CONSTRUCT queries whose triples are added.

A rule whose pattern is a basic graph pattern of IRIs and variables is evaluated among those of
OWL 2 RL. Any other is asked of the finished store, again and again until
no rule adds anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.errors import DataError, LimitError, Location
from kgtool.rdf.terms import IRI, BlankNode
from kgtool.reason.profile import Profile
from kgtool.reason.rule import Atom, Rule
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import (
    BGP,
    ConstructQuery,
    FunctionCall,
    Node,
    Project,
    TriplePattern,
    Variable,
)

if TYPE_CHECKING:
    from kgtool.engine.editor import StoreEditor

#: Functions that give another value each time, so that their rule would never end.
_ENDLESS = frozenset({"BNODE", "UUID", "STRUUID", "RAND", "NOW"})
#: Rounds after which a rule is said not to end.
_ROUNDS = 100
_NO_TEXTS = ", ".join(f"NULL::VARCHAR AS {p}_type, NULL::VARCHAR AS {p}_lex" for p in "spog")


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule of a project; ``file`` is what messages call it."""

    name: str
    file: str
    query: ConstructQuery

    def as_rule(self) -> Rule | None:
        """The rule as one over triple patterns; None where it is more than that."""
        pattern = self.query.pattern
        if isinstance(pattern, Project):
            pattern = pattern.pattern
        if not isinstance(pattern, BGP) or self.query.dataset is not None:
            return None
        body = [_atom(triple) for triple in pattern.triples]
        head = [_atom(triple) for triple in self.query.template]
        if None in body or None in head:
            return None
        return Rule(self.name, tuple(filter(None, body)), tuple(filter(None, head)))


def parse_rule(text: str, file: str, prefixes: Mapping[str, str]) -> OwnRule:
    """The rule in a file. Raises QuerySyntaxError, and DataError for a query that is no rule."""
    query = parse_query(text, prefixes=prefixes, file=file)
    if not isinstance(query, ConstructQuery):
        raise DataError(
            "a rule is a CONSTRUCT query", location=Location.at(0, text, file), expected="CONSTRUCT"
        )
    from kgtool.plan.inspection import walk

    for triple in query.template:
        if any(isinstance(x, BlankNode) for x in (triple.subject, triple.object)):
            raise DataError(
                "the rule would make new blank nodes without end",
                location=_place(text, file, r"_:|\["),
                expected="IRIs, literals and variables in its template",
            )
    for node in walk(query.pattern):
        if isinstance(node, FunctionCall) and node.function in _ENDLESS:
            raise DataError(
                f"the rule would never end: {node.function}() gives another value each time",
                location=_place(text, file, rf"(?i)\b{node.function}\b"),
                expected="functions of what is matched",
            )
    return OwnRule(Path(file).name, file, query)


def with_rules(profile: Profile, rules: Sequence[OwnRule]) -> Profile:
    """The profile with those rules that are evaluated among its own."""
    from dataclasses import replace

    return replace(profile, own=tuple(found for rule in rules if (found := rule.as_rule())))


def apply_rules(
    path: Path, rules: Sequence[OwnRule], profile: Profile | None, graph: IRI
) -> dict[str, int]:
    """Add what follows by rules that are more than patterns to the store at ``path``.

    ``profile`` is closed under, too, where it is given. How many triples each rule added. Raises
    LimitError for rules that do not end, InconsistencyError.
    """
    rest = [rule for rule in rules if rule.as_rule() is None]
    counts: dict[str, int] = {}
    if not rest:
        return counts
    from kgtool.engine.editor import StoreEditor

    with StoreEditor(path) as editor:
        for _ in range(_ROUNDS):
            added = {rule.name: _ask(rule, editor, graph) for rule in rest}
            if not any(added.values()) and profile is not None:
                # Only when the rules have no more to say is it worth closing under the profile.
                added = add_entailed(editor, profile, graph)
            if not any(added.values()):
                editor.commit().close()
                return counts
            for name, number in added.items():
                if number:
                    counts[name] = counts.get(name, 0) + number
    endless = [rule.file for rule in rest if added.get(rule.name)]
    raise LimitError(
        f"after {_ROUNDS} rounds rules still add triples: {', '.join(endless)}",
        expected="rules that end",
        hint="A rule that computes a new term from one it has made does not.",
    )


def _ask(rule: OwnRule, editor: StoreEditor, graph: IRI) -> int:
    """Add a rule's triples that the store lacks; how many those were."""
    from kgtool.plan.update import Rules, execute
    from kgtool.sparql.algebra import Modify, QuadPattern, Update

    quads = tuple(QuadPattern(t.subject, t.predicate, t.object, graph) for t in rule.query.template)
    request = Update(operations=(Modify((), quads, rule.query.pattern),), base=rule.query.base)
    before = editor.store.statistics.triples
    execute(request, editor, Rules(default_graph="union"))
    drop_repeated(editor, graph)
    return editor.store.statistics.triples - before


def drop_repeated(editor: StoreEditor, graph: IRI) -> None:
    """Take what is asserted, too, out of the graph of what is inferred."""
    id_ = editor.store.ids([graph])[graph]
    editor.apply(
        f"SELECT FALSE AS added, s, p, o, g, {_NO_TEXTS} FROM pso "
        f"SEMI JOIN (SELECT s, p, o FROM pso WHERE g <> {id_}) USING (s, p, o) WHERE g = {id_}"
    )


def add_entailed(
    editor: StoreEditor, profile: Profile, graph: IRI, delta: str | None = None
) -> dict[str, int]:
    """Add what a profile entails of all that the store has; how many triples each rule added.

    ``delta`` is a query for the (s, p, o) without which the store is closed already. Raises
    InconsistencyError.
    """
    from kgtool.reason.inference import Inference, vocabulary

    # A store keeps no name that none of its triples has, and rules may ask for it now.
    editor.add_names(vocabulary(profile))
    connection = editor.store.connection
    inference = Inference(
        connection, "SELECT s, p, o FROM pso", "SELECT id, type, lex FROM terms", profile
    )
    inference.run(delta)
    inference.raise_clashes()
    counts = inference.counts()
    found = inference.finish()
    id_ = editor.store.ids([graph])[graph]
    editor.apply(f"SELECT TRUE AS added, s, p, o, {id_} AS g, {_NO_TEXTS} FROM ({found})")
    connection.execute("DROP TABLE inferred")
    return counts


def _atom(triple: TriplePattern) -> Atom | None:
    places = [_term(x) for x in (triple.subject, triple.predicate, triple.object)]
    return None if None in places else Atom(*places)  # type: ignore[arg-type]


def _term(node: Node) -> str | None:
    match node:
        case Variable(name):
            return f"?{name}"
        case BlankNode(label):
            return f"?_:{label}"
        case IRI(value):
            return value
    return None


def _place(text: str, file: str, pattern: str) -> Location:
    """Where a pattern first stands behind the word CONSTRUCT."""
    start = re.search(r"(?i)\bconstruct\b", text)
    found = re.compile(pattern).search(text, start.end() if start else 0)
    return Location.at(found.start() if found else 0, text, file)
