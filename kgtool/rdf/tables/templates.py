"""URI templates (RFC 6570) over the cells of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import quote

from kgtool.extras import missing_extra

Values: TypeAlias = Mapping[str, "str | list[str]"]

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_NAME = r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*"
_SIMPLE = re.compile(_NAME)
_ANY = re.compile(rf"[+#./;?&]?(?:{_NAME})(?:\*|:\d+)?(?:,{_NAME}(?:\*|:\d+)?)*")
_VARIABLE = re.compile(_NAME)


class Template:
    """A template; ``variables`` are the names in it. Raises ValueError where it is none.

    What has only expressions such as {name} is expanded here, all else by a library.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        expressions = _EXPRESSION.findall(text)
        if re.search(r"[{}]", _EXPRESSION.sub("", text)):
            raise ValueError("a brace has no other")
        if bad := [each for each in expressions if not _ANY.fullmatch(each)]:
            raise ValueError(f"{{{bad[0]}}} is no expression of RFC 6570")
        names = (re.sub(r":\d+", "", each) for each in expressions)
        self.variables = tuple(dict.fromkeys(n for each in names for n in _VARIABLE.findall(each)))
        is_simple = all(map(_SIMPLE.fullmatch, expressions))
        self._expand = self._here if is_simple else _by_library(text)

    def expand(self, values: Values) -> str:
        """The text for a row; a variable without a value is left out."""
        return self._expand(values) if self.variables else self.text

    def _here(self, values: Values) -> str:
        return _EXPRESSION.sub(lambda found: _encoded(values.get(found[1], "")), self.text)


def _encoded(value: str | list[str]) -> str:
    return quote(value, safe="") if isinstance(value, str) else ",".join(map(_encoded, value))


def _by_library(text: str) -> Callable[[Values], str]:
    try:
        from uritemplate import URITemplate
    except ImportError as error:
        raise missing_extra(f"The template {text!r}", "tables", error) from error
    template = URITemplate(text)
    return lambda values: template.expand(dict(values))
