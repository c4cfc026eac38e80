"""YAML whose values know where they stand: the headers of stored queries, and cases.

A value is the text that was written. What YAML itself would make of it is not asked: there ``no``
is a boolean, ``12:30`` a number of seconds and ``010`` eight.
"""

from __future__ import annotations

import re
from typing import NoReturn

import yaml

from kgtool.errors import KgtoolError, Location, did_you_mean

#: What begins a line of a header, in queries and in Turtle alike (the convention of grlc).
MARK = "#+"
_LITERAL = "|"
#: What is right in Turtle, and not in YAML.
_HINTS = (
    (
        re.compile(r'"(?:@|\^\^)'),
        "A literal with a tag or a datatype stands in single quotes: '\"Rome\"@en'.",
    ),
    (
        re.compile(r"[{,\[]\s*(?:\w+:\s+)?:\w"),
        "Inside braces a name that begins with a colon stands in single quotes: ':Thing'.",
    ),
)


class PlacedYaml:
    """A YAML text in a file; all mistakes in it are raised as ``error``, with their place.

    ``what`` is what messages call it. The text begins on line ``first_line`` of the file, and
    its lines behind so many characters as ``shifts`` has.
    """

    def __init__(
        self,
        text: str,
        file: str,
        error: type[KgtoolError],
        what: str,
        first_line: int = 1,
        shifts: tuple[int, ...] = (),
    ) -> None:
        self.text = text
        self.file = file
        self.first_line = first_line
        self._lines = text.splitlines()
        self._error = error
        self._what = what
        self._shifts = shifts

    @classmethod
    def of_header(cls, text: str, file: str, error: type[KgtoolError]) -> PlacedYaml:
        """The YAML in the ``#+`` lines at the top of a text; it is empty where there are none."""
        body: list[str] = []
        shifts: list[int] = []
        first_line, ended = 1, False
        for number, line in enumerate(text.splitlines(), 1):
            if not line.startswith(MARK):
                ended = ended or bool(body) or not (line.startswith("#") or not line.strip())
                continue
            if ended:
                raise error(
                    "a header line after the header's end",
                    location=Location(file, number),
                    expected="all `#+` lines together at the top of the file",
                )
            if "\t" in line:
                raise error(
                    "a tab in the header",
                    location=Location(file, number, line.index("\t") + 1),
                    expected="spaces",
                )
            if not body:
                first_line = number
            content = line[len(MARK) :]
            body.append(content.removeprefix(" "))
            shifts.append(len(line) - len(body[-1]))
        return cls("\n".join(body), file, error, "the header", first_line, tuple(shifts))

    @property
    def is_empty(self) -> bool:
        return not self.text.strip()

    # Reading ----------------------------------------------------------------------------

    def root(self, expected: str) -> yaml.Node:
        """The root of the text, which is not empty; ``expected`` is for one that is."""
        try:
            root = _composed(self.text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = (error.problem or error.context or "cannot be read").strip()
            place = self._location(mark.line, mark.column) if mark else None
            raise self._error(
                f"{self._what} is not YAML: {problem}",
                location=place or Location(self.file, self.first_line),
                hint=self._hint(mark.line) if mark else None,
            ) from None
        except yaml.YAMLError as error:
            raise self._error(
                f"{self._what} is not YAML: {error}", location=Location(self.file, self.first_line)
            ) from None
        if root is None:
            raise self._error(
                f"{self._what} is empty",
                location=Location(self.file, self.first_line),
                expected=expected,
            )
        return root

    def mapping(
        self, node: yaml.Node, keys: tuple[str, ...] | None, what: str
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping; with ``keys`` no others are allowed."""
        return {key: value for key, (_, value) in self.entries(node, keys, what).items()}

    def entries(
        self, node: yaml.Node, keys: tuple[str, ...] | None, what: str
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The same with the nodes of the keys, for their places."""
        if not isinstance(node, yaml.MappingNode):
            self.fail(f"{what} is not a mapping", node, expected="`key: value` lines")
        entries: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if keys and key not in keys:
                self.fail(
                    f"unknown key {key!r} in {what}",
                    key_node,
                    expected="one of: " + ", ".join(keys),
                    hint=did_you_mean(key, keys),
                )
            if key in entries:
                self.fail(f"{key!r} stands twice in {what}", key_node)
            entries[key] = key_node, value
        return entries

    def scalar(self, node: yaml.Node, what: str = "a value") -> yaml.ScalarNode:
        if not isinstance(node, yaml.ScalarNode):
            self.fail(f"{what} that is not text", node, expected="one piece of text")
        return node

    def string(self, node: yaml.Node, what: str = "a value") -> str:
        """A text, without the white space around it."""
        return str(self.scalar(node, what).value).strip()

    def sequence(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.fail(f"{what} is not a list", node, expected="lines starting with -")
        return list(node.value)

    @staticmethod
    def is_sequence(node: yaml.Node) -> bool:
        return isinstance(node, yaml.SequenceNode)

    # Places -----------------------------------------------------------------------------

    def place(self, node: yaml.Node) -> Location:
        """Where a node begins."""
        return self._location(node.start_mark.line, node.start_mark.column)

    def place_in(self, node: yaml.ScalarNode, line: int, column: int) -> Location:
        """Where a line and column of a scalar's text stand, as near as is known."""
        start, end = node.start_mark, node.end_mark
        if node.style == _LITERAL:
            row = start.line + line  # the text begins on the line after the mark
            written, read = self._lines[row : row + 1], str(node.value).splitlines()[line - 1 :]
            indent = _indent(written[0]) - _indent(read[0]) if written and read else 0
            return self._location(row, max(indent, 0) + column - 1)
        if start.line != end.line or line > 1:
            return self.place(node)
        return self._location(start.line, start.column + bool(node.style) + column - 1)

    def fail(
        self,
        message: str,
        at: yaml.Node | Location,
        *,
        expected: str | None = None,
        hint: str | None = None,
    ) -> NoReturn:
        place = at if isinstance(at, Location) else self.place(at)
        raise self._error(message, location=place, expected=expected, hint=hint)

    def _location(self, line: int, column: int) -> Location:
        shift = self._shifts[line] if line < len(self._shifts) else 0
        return Location(self.file, self.first_line + line, column + shift + 1)

    def _hint(self, line: int) -> str | None:
        """What to do about a term that was written as if it did not stand in YAML."""
        for text in self._lines[max(line - 1, 0) : line + 1]:
            for pattern, hint in _HINTS:
                if pattern.search(text):
                    return hint
        return None


def _composed(text: str) -> yaml.Node | None:
    """The root node; by the library's parser in C where there is one, which is much faster."""
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        # The other one knows better where a mistake stands.
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
