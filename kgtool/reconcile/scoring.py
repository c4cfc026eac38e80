"""How alike two names are, from 0 to 100.

Words are paired with words, wherever they stand: the same first, then those that a typing error
or two tells apart, then initials with the words that they may stand for. What has no partner
counts against both names; titles and small words count little. Numbers have no typing errors: the
34th is not the 3rd.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from kgtool.reconcile.words import SMALL, TITLES

#: From here on a name is as good as the same: its words may only be in another order.
SURE = 97.0

#: What the same words are worth in another order, or divided otherwise.
_OTHERWISE = 0.98
_INITIAL = 0.75
#: What words weigh that say less than others.
_SMALL, _TITLE, _LETTER = 0.15, 0.4, 0.4
#: Two names whose words are divided otherwise are alike if their letters are to this extent.
_ALIKE, _DIVIDED = 85.0, 0.97


def name_score(one: str, other: str) -> float:
    """How alike two names are, in their normal forms."""
    if one == other:
        return 100.0
    mine, theirs = one.split(), other.split()
    if len(mine) != len(theirs):
        mine, theirs = _joined(mine, theirs), _joined(theirs, mine)
    if sorted(mine) == sorted(theirs):
        return 100 * _OTHERWISE
    score = 100 * _paired(mine, theirs)
    if len(mine) != len(theirs) and _numbers(mine) == _numbers(theirs):
        alike = ratio("".join(mine), "".join(theirs))
        if alike >= _ALIKE:
            score = max(score, _DIVIDED * alike)
    return score


def edits_allowed(length: int) -> int:
    """The typing errors that a word of so many letters may have."""
    return 0 if length < 3 else 1 if length < 6 else 2


def _joined(words: list[str], others: list[str]) -> list[str]:
    """The words, of which two beside each other are one where the other name has them so."""
    found: list[str] = []
    for word in words:
        if found and found[-1] + word in others:
            found[-1] += word
        else:
            found.append(word)
    return found


def _paired(mine: list[str], theirs: list[str]) -> float:
    """The weight of words that have partners, of all weight in both names."""
    whole = sum(map(_weight, mine)) + sum(map(_weight, theirs))
    paired = 0.0
    left, right = [], list(theirs)
    for word in mine:
        if word in right:
            right.remove(word)
            paired += 2 * _weight(word)
        else:
            left.append(word)
    pairs = [(likeness, a, b) for a in left for b in right if (likeness := _likeness(a, b))]
    # The likest first; the rest of the order only has to be the same from either side.
    pairs.sort(key=lambda each: (each[0], *sorted(each[1:])), reverse=True)
    for likeness, a, b in pairs:
        if a in left and b in right:
            left.remove(a)
            right.remove(b)
            paired += likeness * (_weight(a) + _weight(b))
    return paired / whole


@lru_cache(maxsize=1 << 16)
def _likeness(one: str, other: str) -> float:
    """How alike two words are that are not the same, from 0 to 1."""
    shorter, longer = sorted((one, other), key=len)
    if any(map(str.isdecimal, shorter + longer)):
        return 0.0
    if len(shorter) == 1:
        return _INITIAL if longer.startswith(shorter) else 0.0
    allowed = edits_allowed(len(longer))
    distance = OSA.distance(shorter, longer, score_cutoff=allowed)
    return 1 - distance / len(longer) if distance <= allowed else 0.0


def _weight(word: str) -> float:
    if word in SMALL:
        return _SMALL
    if word in TITLES:
        return _TITLE
    return _LETTER if len(word) == 1 and not word.isdecimal() else 1.0


def _numbers(words: list[str]) -> list[str]:
    return sorted(word for word in words if any(map(str.isdecimal, word)))
