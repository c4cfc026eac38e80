"""How alike names are: which of two is nearer, and what is as good as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.reconcile.scoring import SURE, name_score

#: A name, one that must be nearer to it, and one that must be farther.
NEARER = [
    ("general mark clark", "mark w clark", "mark twain"),
    ("general mark clark", "mark w clark", "clark"),
    ("3 infantry division", "us 3 infantry division", "34 infantry division"),
    ("anzoi", "anzio", "anzac"),
    ("battle of rome", "battle for rome", "battle of como"),
    ("monte casino", "montecassino", "monte cairo"),
    ("m clark", "mark clark", "john clark"),
    ("eisenhower", "dwight eisenhower", "eisenach"),
    ("battle of anzio", "the battle of anzio", "battle of the anzio harbour"),
]
CERTAIN = [
    ("clark", "clark"),
    ("clark mark w", "mark w clark"),
    ("macarthur douglas", "douglas mac arthur"),
]
UNCERTAIN = [
    ("clark", "clarke"),
    ("3 infantry division", "4 infantry division"),
    ("3 infantry division", "infantry division"),
    ("mark clark", "mark w clark"),
    ("rome", "battle of rome"),
]


@pytest.mark.parametrize(("name", "near", "far"), NEARER)
def test_the_nearer_name_scores_higher(name, near, far):
    assert name_score(name, near) > name_score(name, far)


@pytest.mark.parametrize(("one", "other"), CERTAIN)
def test_the_same_words_are_sure(one, other):
    assert name_score(one, other) >= SURE


@pytest.mark.parametrize(("one", "other"), UNCERTAIN)
def test_what_differs_in_a_word_is_not_sure(one, other):
    assert name_score(one, other) < SURE


_WORDS = st.text("abc1 ", min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(bool)


@given(_WORDS, _WORDS)
def test_scores_are_symmetric_and_bounded(one, other):
    score = name_score(one, other)
    assert 0 <= score <= 100
    assert score == pytest.approx(name_score(other, one))
    assert (score == 100) == (one == other)
