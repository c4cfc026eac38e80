"""The normal form of names, in which those that differ only in spelling are one text.

Lower case without accents, words with one space between them; ordinals and Roman numerals as
numbers; abbreviations written out; letters that stand alone beside each other as one word. The
engine makes it, for all names of a store and for the queries of a batch alike.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING

from kgtool.engine.sqltext import quote
from kgtool.reconcile.words import SPELLINGS

if TYPE_CHECKING:
    import duckdb

#: Characters of a name that are looked at.
LONGEST = 256

#: The statement for the normal forms of a list of names, in their order.
NORMAL_FORMS = "SELECT kg_normal(name) FROM (SELECT unnest(?::VARCHAR[]) AS name)"

#: Letters that have no accent which could be taken away.
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_SINGLE = ("øłđðıħ", "oldoih")
_ORDINAL = "[0-9]+(st|nd|rd|th|d|er|re|e|eme)"

_FOLDED = "translate(lower(strip_accents(left(name, {longest}))), {single}, {plain})"
_APOSTROPHES = "['`\u2018\u2019\u02bc]"
#: O'Brien is one word, and R&D has an "and".
_SPACED = (
    r"trim(regexp_replace(replace(regexp_replace({folded}, {apostrophes}, '', 'g'), '&', ' and '), "
    r"'[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g'))"
)
#: Letters alone are put in brackets, which join those that stand beside each other. The engine
#: writes a macro's argument wherever it is used, so each is used once, or is bound by a lambda.
_WORD = """
CASE WHEN length(w) = 1 AND w NOT BETWEEN '0' AND '9' THEN '<' || w || '>'
     WHEN regexp_full_match(w, {special}) THEN coalesce({spellings}[w], kg_number(w))
     ELSE w END
"""
_MACROS = """
CREATE OR REPLACE MACRO kg_number(w) AS
  coalesce(nullif(ltrim(regexp_extract(w, '^[0-9]+'), '0'), ''), '0');
CREATE OR REPLACE MACRO kg_spaced(name) AS {spaced};
CREATE OR REPLACE MACRO kg_last(spaced) AS
  replace(replace(replace(spaced || ' .', ' i .', ' 1 .'), ' v .', ' 5 .'), ' x .', ' 10 .');
CREATE OR REPLACE MACRO kg_words(spaced) AS
  rtrim(translate(replace(array_to_string(
    list_transform(string_split(spaced, ' '), LAMBDA w: {word}), ' '), '> <', ''), '<>.', ''));
CREATE OR REPLACE MACRO kg_normal(name) AS
  list_transform([kg_words(kg_last(kg_spaced(name)))],
                 LAMBDA w: CASE w WHEN '' THEN trim(lower(left(name, {longest}))) ELSE w END)[1];
"""


@cache
def macros() -> str:
    """The statements that make ``kg_normal(name)``."""
    folded = _FOLDED.format(longest=LONGEST, single=quote(_SINGLE[0]), plain=quote(_SINGLE[1]))
    for letter, plain in _LETTERS.items():
        folded = f"replace({folded}, {quote(letter)}, {quote(plain)})"
    spaced = _SPACED.format(folded=folded, apostrophes=quote(_APOSTROPHES))
    spellings = ", ".join(f"{quote(word)}: {quote(to)}" for word, to in SPELLINGS.items())
    special = "|".join((_ORDINAL, "0[0-9]+", *SPELLINGS))
    word = _WORD.format(special=quote(special), spellings=f"MAP {{{spellings}}}")
    return _MACROS.format(spaced=spaced, word=word, longest=LONGEST)


def version() -> str:
    """A text that is another one when names have other normal forms."""
    return f"{zlib.crc32(macros().encode()):08x}"


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the macros in the connection's default database."""
    connection.execute(macros())
