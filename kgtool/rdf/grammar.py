"""The characters of names in Turtle and SPARQL (Turtle 1.1, section 6.5), and matching them.

A character class with all of Unicode's ranges takes 5 ms to compile, and nearly all names
are ASCII: so each pattern comes in two, and the wide one is compiled when it is needed.
"""

from __future__ import annotations

import re
from functools import cached_property

#: PN_CHARS_BASE, as the inside of a character class.
PN_CHARS_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U000effff"
)
#: PN_CHARS likewise.
PN_CHARS = PN_CHARS_BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040\\-"
_ASCII_BASE = "A-Za-z"
_ASCII = "A-Za-z_0-9\\-"


class NamePattern:
    """Names that begin with PN_CHARS_BASE or one of ``more`` and may have dots inside.

    >>> PREFIX.matches("ww2"), PREFIX.matches("2ww"), LOCAL.matches("1944.a"), LOCAL.matches("a.")
    (True, False, True, False)
    """

    def __init__(self, more: str = "") -> None:
        self._more = more
        self._ascii = self._compiled(_ASCII_BASE, _ASCII)

    def matches(self, text: str, start: int = 0) -> bool:
        """Whether ``text`` from ``start`` on is such a name."""
        pattern = self._ascii if text.isascii() else self._wide
        return pattern.fullmatch(text, start) is not None

    @cached_property
    def _wide(self) -> re.Pattern[str]:
        return self._compiled(PN_CHARS_BASE, PN_CHARS)

    def _compiled(self, base: str, chars: str) -> re.Pattern[str]:
        return re.compile(f"[{base}{self._more}](?:[{chars}.]*[{chars}])?")


#: PN_PREFIX.
PREFIX = NamePattern()
#: PN_LOCAL without colons and escapes; the label of a blank node is one too.
LOCAL = NamePattern("_0-9")
