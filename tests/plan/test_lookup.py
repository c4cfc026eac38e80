"""Look-ups answer as the compiler does, and leave to it what is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from kgtool.engine.adjacency import Adjacency
from kgtool.engine.layout import lay_out
from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.plan.forms import Forms
from kgtool.plan.lookup import look_up
from kgtool.plan.run import parsed
from kgtool.results import Result
from tests.plan.answers import answer_of, difference
from tests.plan.random_expressions import LITERALS, NODES, PREDICATES, PREFIXES
from tests.plan.random_queries import QueryGenerator
from tests.plan.test_differential import CASES, DATASETS, GROUP

Stores = Callable[[str], Store]
Laid = Callable[[str], Adjacency]


@pytest.fixture(scope="module")
def laid(store_of: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laid]:
    """The adjacency of a text, made once."""
    made: dict[str, Adjacency] = {}

    def adjacency(text: str) -> Adjacency:
        if text not in made:
            folder = tmp_path_factory.mktemp("laid")
            lay_out(store_of(text), folder, lambda: True)
            made[text] = Adjacency(folder)
        return made[text]

    yield adjacency
    for each in made.values():
        each.close()


class LookUps(QueryGenerator):
    """Random queries of what look-ups are made of, most of them reached from a term."""

    def look_up(self) -> str:
        body = self.patterns(2)
        form = self.random.random()
        if form < 0.1:
            return f"{PREFIXES}ASK {{ {body} }}"
        if form < 0.2:
            return f"{PREFIXES}CONSTRUCT {{ ?x :p ?y . ?z ?y :a }} {{ {body} }}"
        if form < 0.25:
            return f"{PREFIXES}DESCRIBE {self.random.choice([':a', '?x ?y'])} {{ {body} }}"
        if form < 0.3:
            return f"{PREFIXES}DESCRIBE {self.random.choice(NODES)}"
        distinct = self.random.choice(["", "", "DISTINCT", "REDUCED"])
        return f"{PREFIXES}SELECT {distinct} ?x ?y ?z ?nowhere {{ {body} }}"

    def patterns(self, depth: int) -> str:
        parts = [self.fact() for _ in range(self.random.choice([1, 1, 2, 3]))]
        if depth:
            for _ in range(self.random.randint(0, 2)):
                inner = self.patterns(depth - 1)
                parts.append(self.random.choice([
                    f"OPTIONAL {{ {inner} }}", f"OPTIONAL {{ {self.fact()} }}", f"{{ {inner} }}",
                    f"{{ {inner} }} UNION {{ {self.patterns(depth - 1)} }}",
                    f"VALUES (?x ?y) {{ ({self.node()} UNDEF) (UNDEF {self.node()}) }}",
                ]))  # fmt: skip
        self.random.shuffle(parts)
        return " ".join(parts)

    def node(self) -> str:
        return self.written(self.random.choice([*NODES, *NODES, *LITERALS]))

    def written(self, name: str) -> str:
        """A name as it is, or as an IRI."""
        is_name = name.startswith(":") and self.random.random() < 0.5
        return f"<http://e/{name[1:]}>" if is_name else name

    def fact(self) -> str:
        choice = self.random.choice
        subject = choice([*map(self.written, NODES), "?x", "?x", "?y", "[]"])
        predicate = self.written(choice([*PREDICATES, *PREDICATES, "?z", "?z", "?x", ":unknown"]))
        return f"{subject} {predicate} {choice(['?x', '?x', '?y', '?z', self.node()])} ."


FORMS = Forms({})


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_random_look_ups(first: int, store_of: Stores, laid: Laid) -> None:
    for seed in range(first, min(first + GROUP, CASES)):
        data = DATASETS[seed % len(DATASETS)]
        query = LookUps(Random(seed)).look_up()
        found = look_up(laid(data), *FORMS.filled(query, None))
        if found is not None:
            _check(found, run_query(store_of(data), query), f"seed {seed}\n{query}")


def test_most_random_look_ups_are_answered(laid: Laid) -> None:
    """A comparison of nothing says nothing."""
    answered = rows = 0
    for seed in range(200):
        query = LookUps(Random(seed)).look_up()
        found = look_up(laid(DATASETS[seed % len(DATASETS)]), parsed(query, None, None, None))
        if found is not None:
            answered += 1
            answer = answer_of(found)
            rows += bool(answer.rows or answer.truth)
    assert answered > 80
    assert rows > 25


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_random_queries_of_all_kinds(first: int, store_of: Stores, laid: Laid) -> None:
    """Whatever is taken for a look-up is answered as it should be."""
    for seed in range(first, min(first + GROUP, CASES)):
        data = DATASETS[seed % len(DATASETS)]
        query = QueryGenerator(Random(seed)).query()
        found = look_up(laid(data), parsed(query, None, None, None))
        if found is not None and "LIMIT" not in query:
            _check(found, run_query(store_of(data), query), f"seed {seed}\n{query}")


def _check(found: Result, expected: Result, what: str) -> None:
    wrong = difference(answer_of(found), answer_of(expected))
    assert wrong is None, f"{what}\n{wrong}"
    assert list(getattr(found, "prefixes", ())) == list(getattr(expected, "prefixes", ()))
