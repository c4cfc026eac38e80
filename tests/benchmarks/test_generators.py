"""The generators: the same text for the same seed, the promised size, nothing that is not there."""

from __future__ import annotations

import io

import pyoxigraph
import pytest

from benchmarks.generators import GENERATORS, write

TRIPLES = 20_000
#: The last entity is written whole, and none is larger.
SLACK = 150


def text(dataset: str, triples: int, *, seed: int = 1, turtle: bool = False) -> str:
    out = io.StringIO()
    write(GENERATORS[dataset], triples, seed, turtle, out)
    return out.getvalue()


@pytest.mark.parametrize("dataset", GENERATORS)
def test_same_for_the_same_seed(dataset: str) -> None:
    assert text(dataset, 2000) == text(dataset, 2000)
    assert text(dataset, 2000) != text(dataset, 2000, seed=2)


@pytest.mark.parametrize("dataset", GENERATORS)
def test_holds_the_promised_number_of_triples(dataset: str) -> None:
    lines = text(dataset, TRIPLES).splitlines()
    assert TRIPLES <= len(lines) <= TRIPLES + SLACK
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("dataset", GENERATORS)
def test_both_syntaxes_say_the_same(dataset: str) -> None:
    in_turtle = text(dataset, 2000, turtle=True).encode()
    in_lines = text(dataset, 2000).encode()
    assert set(pyoxigraph.parse(in_turtle, pyoxigraph.RdfFormat.TURTLE)) == set(
        pyoxigraph.parse(in_lines, pyoxigraph.RdfFormat.N_TRIPLES)
    )


@pytest.mark.parametrize("dataset", GENERATORS)
def test_every_reference_resolves(dataset: str) -> None:
    own = {"war": "/id/", "statements": "/entity/", "catalogue": "/id/"}[dataset]
    triples = [line[:-2].split(" ", 2) for line in text(dataset, TRIPLES).splitlines()]
    subjects = {subject for subject, _, _ in triples}
    objects = {object_ for _, _, object_ in triples if object_[0] == "<" and own in object_}
    assert objects
    assert not {object_ for object_ in objects if object_.strip() not in subjects}


def test_statements_have_many_properties() -> None:
    properties = {line.split(" ", 2)[1] for line in text("statements", TRIPLES).splitlines()}
    assert len(properties) > 800
