"""What the values of literals imply (OWL 2 RL, table 8: dt-type2, dt-eq, dt-diff, dt-not-type)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from kgtool.engine import ids
from kgtool.engine.sqltext import quote
from kgtool.rdf.namespaces import OWL, RDF, XSD
from kgtool.rdf.terms import Literal
from kgtool.reason import datatypes
from kgtool.reason.datatypes import Value
from kgtool.reason.facts import Facts
from kgtool.reason.rule import NUMBERS, iri

_COUNTED = ("owl:maxCardinality", "owl:maxQualifiedCardinality")
IS_LITERAL = f"({{0}} < {ids.make_id(ids.BNODE, 0)} OR {{0}} >= {ids.make_id(ids.STRING, 0)})"
#: Literals of one kind have one datatype.
_KIND = (
    f"CASE WHEN s < {ids.make_id(ids.INLINE_TAG, 0)} THEN s >> {ids.ROW_BITS} "
    f"ELSE s >> {ids.PAYLOAD_BITS} END"
)
_OTHER = (ids.make_id(ids.OTHER, 0), ids.make_id(ids.OTHER + 1, 0))


class Literals:
    """The literals among facts; ``constants`` are ids of vocabulary terms."""

    def __init__(self, facts: Facts, constants: dict[str, int]) -> None:
        self._facts = facts
        self._ids = constants
        self._by_id = {id_: name for name, id_ in constants.items() if datatypes.is_known(name)}

    @property
    def datatypes(self) -> set[int]:
        """The ids of the datatypes whose values are known."""
        return set(self._by_id)

    def numbers(self) -> dict[str, list[int]]:
        """The literals that 0 and 1 in rules stand for."""
        counted = [str(self._ids[iri(n)]) for n in _COUNTED if iri(n) in self._ids]
        if not counted:
            return {}
        rows = self._facts.rows(
            f"SELECT DISTINCT o FROM schema WHERE p IN ({', '.join(counted)}) ORDER BY o"
        )
        found: dict[str, list[int]] = {}
        for id_, term in sorted(self._facts.terms_of(o for (o,) in rows).items()):
            value = _value(term)
            for mark, text in NUMBERS.items():
                if value is not None and value == datatypes.value_of(Literal(text, XSD.integer)):
                    found.setdefault(mark, []).append(id_)
        return found

    def everything(self) -> Iterator[tuple[str, int, int, int]]:
        """dt-type2, dt-eq and dt-diff for all literals: (rule, s, p, o)."""
        values = self._values()
        type_, same = self._ids[RDF.type], self._ids[OWL.sameAs]
        different = self._ids.get(iri("owl:differentFrom"))
        for id_, value in values.items():
            for datatype, name in self._by_id.items():
                if datatypes.is_in(value, name):
                    yield "dt-type2", id_, type_, datatype
        for (one, first), (two, second) in combinations(values.items(), 2):
            for s, o in ((one, two), (two, one)):
                if first == second:
                    yield "dt-eq", s, same, o
                elif different is not None:
                    yield "dt-diff", s, different, o

    def members(self, wanted: Iterable[int]) -> Iterator[tuple[str, int, int, int]]:
        """dt-type2 for some datatypes: (rule, s, p, o)."""
        named = {d: self._by_id[d] for d in wanted}
        if named:
            for id_, value in self._values().items():
                for datatype, name in named.items():
                    if datatypes.is_in(value, name):
                        yield "dt-type2", id_, self._ids[RDF.type], datatype

    def ill_typed(self) -> list[int]:
        """Literals whose lexical form is none of their datatype (dt-not-type)."""
        # The tags of the datatypes that the dictionary knows say that a literal is well-formed.
        low, high = _OTHER
        names = ", ".join(map(quote, datatypes.DATATYPES))
        rows = self._facts.rows(
            "SELECT id, type, lex FROM terms_ "
            f"WHERE id >= {low} AND id < {high} AND type IN ({names}) ORDER BY id"
        )
        wrong = [str(id_) for id_, type_, lex in rows if _is_wrong(Literal(lex, type_))]
        if not wrong:
            return []
        used = self._facts.rows(
            f"SELECT DISTINCT o FROM ({self._facts.asserted}) WHERE o IN ({', '.join(wrong)}) "
            "ORDER BY o"
        )
        return [id_ for (id_,) in used]

    def outside(self, typed: str) -> list[tuple[int, int]]:
        """The (literal, datatype) of a query (s, o) where the literal is not in the datatype."""
        found: list[tuple[int, int]] = []
        pairs = f"SELECT {_KIND} AS kind, s, o FROM ({typed}) WHERE {IS_LITERAL.format('s')}"
        kinds = self._facts.rows(
            f"SELECT kind, o, min(s) FROM ({pairs}) GROUP BY kind, o ORDER BY kind, o"
        )
        examples = self._facts.terms_of(example for _, _, example in kinds)
        for kind, datatype, example in kinds:
            name, term = self._by_id.get(datatype), examples[example]
            if name is None or not isinstance(term, Literal):
                continue
            # The last code stands for several datatypes.
            if kind & ids.LAST_TYPE != ids.LAST_TYPE and _is_below(name, term):
                continue
            rows = self._facts.rows(
                f"SELECT DISTINCT s FROM ({pairs}) WHERE o = {datatype} AND kind = {kind}"
            )
            for id_, literal in self._facts.terms_of(s for (s,) in rows).items():
                value = _value(literal)
                if value is not None and not datatypes.is_in(value, name):
                    found.append((id_, datatype))
        return sorted(found)

    def outside_as_same(self, classes: dict[int, list[int]]) -> list[tuple[int, int]]:
        """The same for literals that are the same as something in a datatype."""
        found: list[tuple[int, int]] = []
        for representative, members in classes.items():
            terms = self._facts.terms_of(m for m in members if _is_literal(m))
            for (datatype,) in self._facts.rows(
                f"SELECT o FROM facts WHERE s = {representative} AND p = {self._ids[RDF.type]}"
            ):
                if (name := self._by_id.get(datatype)) is None:
                    continue
                for id_, term in sorted(terms.items()):
                    value = _value(term)
                    if value is not None and not datatypes.is_in(value, name):
                        found.append((id_, datatype))
        return found

    def unequal(self, same: int, classes: dict[int, list[int]]) -> list[tuple[int, int]]:
        """Pairs of literals with two values that are said to be the same (dt-diff, eq-diff1)."""
        literal = f"{IS_LITERAL.format('s')} AND {IS_LITERAL.format('o')}"
        pairs = self._facts.rows(
            f"SELECT DISTINCT s, o FROM facts WHERE p = {same} AND s < o AND {literal} ORDER BY ALL"
        )
        for members in classes.values():
            first, *others = sorted(m for m in members if _is_literal(m)) or [0]
            pairs += [(first, other) for other in others]
        terms = self._facts.terms_of(x for pair in pairs for x in pair)
        return [(a, b) for a, b in pairs if _differ(terms[a], terms[b])]

    def _values(self) -> dict[int, Value]:
        rows = self._facts.rows(
            f"SELECT DISTINCT o FROM facts WHERE {IS_LITERAL.format('o')} ORDER BY o"
        )
        terms = self._facts.terms_of(o for (o,) in rows)
        found = {id_: _value(term) for id_, term in sorted(terms.items())}
        return {id_: value for id_, value in found.items() if value is not None}


def _value(term: object) -> Value | None:
    """The value of a well-formed literal of a known datatype."""
    if not isinstance(term, Literal):
        return None
    try:
        return datatypes.value_of(term)
    except ValueError:
        return None


def _is_below(datatype: str, literal: Literal) -> bool:
    """Whether all literals of a literal's datatype are in another, by its definition."""
    own = RDF.langString if literal.language else literal.datatype
    return datatypes.includes(datatype, own)


def _is_wrong(literal: Literal) -> bool:
    try:
        datatypes.value_of(literal)
    except ValueError:
        return True
    return False


def _is_literal(id_: int) -> bool:
    return ids.tag_of(id_) not in (ids.IRI_TAG, ids.BNODE)


def _differ(one: object, two: object) -> bool:
    values = _value(one), _value(two)
    return None not in values and values[0] != values[1]
