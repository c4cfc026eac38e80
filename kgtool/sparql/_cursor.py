"""A place in the tokens, and the errors that are made there."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.errors import QuerySyntaxError, did_you_mean
from kgtool.sparql._lexer import Token
from kgtool.sparql._source import Source
from kgtool.sparql.algebra import Position

_KINDS = {
    "var": "a variable",
    "iri": "an IRI",
    "string": "a string",
    "number": "a number",
    "end": "the end of the text",
}

#: What people bring along from other languages.
_FOREIGN = {
    "AND": "The logical and of SPARQL is &&.",
    "OR": "The logical or of SPARQL is ||.",
    "=": "SPARQL compares with one =.",
    "<>": "Not equal is written !=.",
    "LIKE": "Use REGEX, CONTAINS or STRSTARTS.",
}


class Cursor:
    """``token`` is the next token and ``key`` its key."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self._tokens = tokens
        self._index = 0
        self.token = tokens[0]
        self.key = self.token.key

    def advance(self) -> Token:
        token = self.token
        self._index += 1
        self.token = following = self._tokens[self._index]
        self.key = following.key
        return token

    def following(self) -> Token:
        """The token after the next one."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def accept(self, key: str) -> bool:
        """Step over the next token if it has this key."""
        if self.key != key:
            return False
        self.advance()
        return True

    def expect(self, key: str, *others: str) -> Token:
        """Step over the next token, which has this key; ``others`` could have come as well."""
        if self.key != key:
            raise self.unexpected(*others, key)
        return self.advance()

    def close(self, opened: Token, *others: str) -> Token:
        """Step over the bracket that closes ``opened``."""
        key = {"(": ")", "{": "}", "[": "]"}[opened.key]
        if self.key == "end":
            where = self.position(opened)
            hint = f"The {opened.key!r} of line {where.line}, column {where.column} is not closed."
            raise self.unexpected(*others, key, hint=hint)
        return self.expect(key, *others)

    def position(self, token: Token) -> Position:
        return self.source.position(token.start)

    def error(
        self, token: Token, message: str, *, expected: str | None = None, hint: str | None = None
    ) -> QuerySyntaxError:
        return self.source.error(token.start, message, expected, hint)

    def unexpected(self, *expected: str, hint: str | None = None) -> QuerySyntaxError:
        """The error for a next token that fits none of ``expected``.

        Each of those is a key or a few words of description.
        """
        token = self.token
        message = f"unexpected {_shown(token)}"
        if hint is None:
            hint = self._spelling_hint(token, expected) or self._shape_hint(token)
        return self.error(token, message, expected=_listed(expected), hint=hint)

    def _spelling_hint(self, token: Token, expected: Iterable[str]) -> str | None:
        if not token.text[:1].isalpha() or token.key != token.text.upper():
            return None
        return did_you_mean(token.text, [word for word in expected if word.isupper()])

    def _shape_hint(self, token: Token) -> str | None:
        if token.key == "<":
            end = self.source.text.find(">", token.start)
            inside = self.source.text[token.start : end + 1]
            if end > 0 and "\n" not in inside and ":" in inside:
                return f"{inside} is not an IRI: it holds a space or another forbidden character."
        foreign = _FOREIGN.get(token.key) or _FOREIGN.get(token.text)
        if foreign:
            return foreign
        if token.key.isupper() and token.text.islower() and self._index:
            return f"A variable is written ?{token.text}, a prefixed name prefix:{token.text}."
        return None


def _shown(token: Token) -> str:
    if token.key == "end":
        return "end of the text"
    text = token.text if len(token.text) <= 40 else token.text[:37] + "..."
    return repr(text) if "'" not in text else f'"{text}"' if '"' not in text else text


def _listed(expected: Iterable[str]) -> str:
    words = [_KINDS.get(e, e if e[0].isalpha() else repr(e)) for e in dict.fromkeys(expected)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
