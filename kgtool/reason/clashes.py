"""What the rules that derive false find: contradictions, with the triples that clash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kgtool.errors import InconsistencyError
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import Term
from kgtool.reason.closure import Closure
from kgtool.reason.filling import derivations, instances
from kgtool.reason.vocabulary import DIFFERENT_FROM, SAME_AS

Triple: TypeAlias = tuple[Term, Term, Term]
_Ids: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Clash:
    """A contradiction: the rule that finds it, and the triples, which are asserted or entailed."""

    rule: str
    triples: tuple[Triple, ...]

    @property
    def words(self) -> str:
        return _WORDS[self.rule]


#: What is wrong, in words, for the rules that derive false (OWL 2 Profiles, tables 4 to 8).
_WORDS = {
    "eq-diff1": "these are the same and different",
    "eq-diff2": "these are the same, and members of an owl:AllDifferent",
    "dt-diff": "a value is the same as another",
    "prp-irp": "an irreflexive property relates something to itself",
    "prp-asyp": "an asymmetric property holds both ways",
    "prp-pdw": "two disjoint properties hold of the same",
    "prp-adp": "two disjoint properties hold of the same",
    "prp-npa1": "a relation holds that is denied",
    "prp-npa2": "a value holds that is denied",
    "cls-nothing2": "something is in the empty class",
    "cls-com": "something is in a class and in its complement",
    "cls-maxc1": "there is a value where none may be",
    "cls-maxqc1": "there is a value where none of its class may be",
    "cls-maxqc2": "there is a value where none may be",
    "cax-dw": "something is in two disjoint classes",
    "cax-adc": "something is in two disjoint classes",
    "dt-not-type": "a literal is not in its datatype",
}


def find_clashes(closure: Closure, limit: int) -> list[Clash]:
    """The contradictions in a closed set of facts, at most ``limit`` of each rule."""
    found: list[tuple[str, tuple[_Ids, ...]]] = []
    for rule in closure.clash_rules():
        sql = f"{instances(rule, ['facts'] * len(rule.atoms))} LIMIT {limit}"
        for row in closure.facts.rows(sql):
            found.append((rule.name, tuple(zip(row[::3], row[1::3], row[2::3], strict=True))))
    if closure.profile.lists:
        found += _same_and_different(closure)
    if closure.profile.datatypes:
        found += _of_literals(closure, limit)
    terms = closure.facts.terms_of(x for _, triples in found for t in triples for x in t)
    counts: dict[str, int] = {}
    clashes = []
    for name, triples in found:
        counts[name] = counts.get(name, 0) + 1
        if counts[name] <= limit:
            clashes.append(
                Clash(name, tuple((terms[s], terms[p], terms[o]) for s, p, o in triples))
            )
    return clashes


def _same_and_different(closure: Closure) -> Iterator[tuple[str, tuple[_Ids, ...]]]:
    same, different = closure.ids.get(SAME_AS), closure.ids.get(DIFFERENT_FROM)
    if same is None or different is None:
        return
    for one, two in closure.schema.lists.different(closure.same.of):
        yield "eq-diff2", ((one, same, two), (one, different, two))


def _of_literals(closure: Closure, limit: int) -> Iterator[tuple[str, tuple[_Ids, ...]]]:
    """Literals that are ill-typed, outside a datatype they must be in, or unequal and the same."""
    facts, literals = closure.facts, closure.literals
    type_ = closure.ids[RDF.type]
    for id_ in literals.ill_typed()[:limit]:
        ((s, p),) = facts.rows(
            f"SELECT s, p FROM ({facts.asserted}) WHERE o = {id_} ORDER BY ALL LIMIT 1"
        )
        yield "dt-not-type", ((s, p, id_),)
    typed = [f"SELECT s, o FROM facts WHERE p = {type_}"]
    for rule in closure.set_aside:
        selects = derivations(rule, 0, ["facts"] * len(rule.atoms))
        typed += [f"SELECT s, o FROM ({select})" for select in selects]
    classes = closure.same.classes()
    outside = literals.outside(" UNION ALL ".join(typed)) + literals.outside_as_same(classes)
    for id_, datatype in outside[:limit]:
        yield "dt-not-type", ((id_, type_, datatype),)
    same = closure.ids.get(SAME_AS)
    if same is not None:
        for one, two in literals.unequal(same, classes)[:limit]:
            yield "dt-diff", ((one, same, two),)


class ContradictionError(InconsistencyError):
    """The triples contradict each other; ``clashes`` says how.

    ``written`` writes a triple for people: what stands behind it may say where it comes from.
    """

    def __init__(
        self, clashes: Sequence[Clash], written: Callable[[Triple], str] | None = None
    ) -> None:
        self.clashes = clashes
        super().__init__(
            "the ontology and the facts contradict each other:\n"
            + "\n".join(_lines(clashes, written or _plain)),
            hint="`kgtool why 'S P O'` proves a triple; `kgtool build --no-infer` builds without "
            "reasoning.",
        )


def _lines(clashes: Sequence[Clash], written: Callable[[Triple], str]) -> Iterator[str]:
    for clash in clashes:
        yield f"  {clash.words} ({clash.rule}):"
        yield from (f"    {written(triple)}" for triple in clash.triples)


def _plain(triple: Triple) -> str:
    return " ".join(map(str, triple))
