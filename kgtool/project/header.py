"""Reads the ``#+`` header of a stored query (the convention of grlc).

    #+ summary: Casualties of a battle by nation
    #+ description: What the sources give, summed where they give parts.
    #+ tags: [casualties]
    #+ parameters:
    #+   - name: battle
    #+     type: iri
    #+     default: id:battle-of-anzio
    #+     description: the battle
    #+ returns:
    #+   nation: the side
    #+   count: killed, wounded and missing

The lines are YAML. A parameter is what the query's text writes as ``$name``; variables
are written ``?name``. Every mistake is an error with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from kgtool.errors import HeaderError, Location, ParameterError, did_you_mean
from kgtool.project.arguments import TYPES, parse_value
from kgtool.project.parameters import Parameter
from kgtool.project.scanning import declared_prefixes, used_parameters

KEYS = ("summary", "description", "tags", "parameters", "returns")
PARAMETER_KEYS = ("name", "type", "default", "description")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Header:
    """What a stored query says about itself."""

    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    returns: Mapping[str, str] = field(default_factory=dict)
    #: The prefixes that the query declares.
    prefixes: Mapping[str, str] = field(default_factory=dict)


def read_header(text: str, file: str) -> Header:
    """The header of a query's text; ``file`` is for messages."""
    return _Reader(text, file).read()


class _Reader:
    """One header being read; keeps the file's name and where each YAML line stands."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.first_line = 1
        self.prefixes = declared_prefixes(text)

    def read(self) -> Header:
        source = self._yaml_text()
        if not source.strip():
            self._fail(
                "the stored query has no header", 1, expected="`#+ summary: …` on its first line"
            )
        root = self._compose(source)
        entries = self._mapping(root, KEYS, "the header")
        if "summary" not in entries or not self._text(entries["summary"]):
            self._fail("the header has no summary", self.first_line, expected="`#+ summary: …`")
        header = Header(
            summary=self._text(entries["summary"]),
            description=self._text(entries["description"]) if "description" in entries else "",
            tags=self._tags(entries.get("tags")),
            parameters=self._parameters(entries.get("parameters")),
            returns=self._returns(entries.get("returns")),
            prefixes=self.prefixes,
        )
        self._check_use(header, entries.get("parameters"))
        return header

    def _yaml_text(self) -> str:
        """The YAML inside the header's lines, which stand together at the top."""
        body: list[str] = []
        ended = False
        for number, line in enumerate(self.text.splitlines(), 1):
            if not line.startswith("#+"):
                ended = ended or bool(body) or not (line.startswith("#") or not line.strip())
                continue
            if ended:
                self._fail(
                    "a header line after the header's end",
                    number,
                    expected="all `#+` lines together at the top of the file",
                )
            if "\t" in line:
                self._fail("a tab in the header", number, line.index("\t") + 1, expected="spaces")
            if not body:
                self.first_line = number
            content = line[2:]
            body.append(content[1:] if content.startswith(" ") else content)
        return "\n".join(body)

    def _compose(self, source: str) -> yaml.Node:
        try:
            root = yaml.compose(source, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = (error.problem or error.context or "cannot be read").strip()
            line = self.first_line + (mark.line if mark else 0)
            self._fail(
                f"the header is not YAML: {problem}", line, mark.column + 4 if mark else None
            )
        except yaml.YAMLError as error:
            self._fail(f"the header is not YAML: {error}", self.first_line)
        if root is None:
            self._fail("the header is empty", self.first_line, expected="`#+ summary: …`")
        return root

    def _mapping(
        self, node: yaml.Node, keys: tuple[str, ...] | None, what: str
    ) -> dict[str, yaml.Node]:
        """The entries of a YAML mapping; with ``keys`` no others are allowed."""
        if not isinstance(node, yaml.MappingNode):
            self._fail(f"{what} is not a mapping", self._line(node), expected="`key: value` lines")
        entries: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key, line = str(key_node.value), self._line(key_node)
            if keys and key not in keys:
                self._fail(
                    f"unknown key {key!r} in {what}",
                    line,
                    expected="one of: " + ", ".join(keys),
                    hint=did_you_mean(key, keys),
                )
            if key in entries:
                self._fail(f"{key!r} stands twice in {what}", line)
            entries[key] = value
        return entries

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._fail("a value that is not text", self._line(node), expected="one piece of text")
        return str(node.value).strip()

    def _sequence(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._fail(f"{what} is not a list", self._line(node), expected="lines starting with -")
        return list(node.value)

    def _tags(self, node: yaml.Node | None) -> tuple[str, ...]:
        return tuple(self._text(n) for n in self._sequence(node, "tags")) if node else ()

    def _returns(self, node: yaml.Node | None) -> dict[str, str]:
        """Variable → description; a plain text stands under the empty name."""
        if node is None:
            return {}
        if isinstance(node, yaml.ScalarNode):
            return {"": self._text(node)}
        entries = self._mapping(node, None, "returns")
        return {name: self._text(value) for name, value in entries.items()}

    def _parameters(self, node: yaml.Node | None) -> tuple[Parameter, ...]:
        if node is None:
            return ()
        parameters: list[Parameter] = []
        for item in self._sequence(node, "parameters"):
            parameter = self._parameter(item)
            if any(p.name == parameter.name for p in parameters):
                self._fail(f"the parameter {parameter.name!r} stands twice", self._line(item))
            parameters.append(parameter)
        return tuple(parameters)

    def _parameter(self, node: yaml.Node) -> Parameter:
        entries = self._mapping(node, PARAMETER_KEYS, "a parameter")
        for key in ("name", "type"):
            if key not in entries:
                self._fail(f"a parameter without a {key}", self._line(node), expected=f"`{key}: …`")
        name, type_ = self._text(entries["name"]), self._text(entries["type"])
        if not _NAME.fullmatch(name):
            line = self._line(entries["name"])
            self._fail(
                f"{name!r} cannot be a parameter's name", line, expected="letters, digits and _"
            )
        if type_ not in TYPES:
            self._fail(
                f"parameter {name!r}: unknown type {type_!r}",
                self._line(entries["type"]),
                expected="one of: " + ", ".join(TYPES),
                hint=did_you_mean(type_, TYPES),
            )
        description = self._text(entries["description"]) if "description" in entries else ""
        return Parameter(name, type_, self._default(entries, name, type_), description)

    def _default(self, entries: dict[str, yaml.Node], name: str, type_: str) -> str | None:
        node = entries.get("default")
        if node is None:
            return None
        text = str(node.value) if isinstance(node, yaml.ScalarNode) else self._text(node)
        unquoted_nothing = isinstance(node, yaml.ScalarNode) and not text and not node.style
        if unquoted_nothing:
            self._fail(
                f"parameter {name!r}: the default is empty",
                self._line(node),
                expected="a value, or no `default` line where the parameter is required",
            )
        try:
            parse_value(text, Parameter(name, type_), self.prefixes)
        except ParameterError as error:
            self._fail(
                f"the default of {error.message}",
                self._line(node),
                expected=error.expected,
                hint=error.hint,
            )
        return text

    def _check_use(self, header: Header, node: yaml.Node | None) -> None:
        used = used_parameters(self.text)
        declared = {p.name for p in header.parameters}
        for name, (line, column) in used.items():
            if name not in declared:
                self._fail(
                    f"${name} is not declared in the header",
                    line,
                    column,
                    expected=f"a parameter {name!r}, or ?{name} if it is a variable",
                    hint=did_you_mean(name, declared),
                )
        items = self._sequence(node, "parameters") if node else []
        for item, parameter in zip(items, header.parameters, strict=True):
            if parameter.name not in used:
                self._fail(
                    f"the parameter {parameter.name!r} is not used",
                    self._line(item),
                    expected=f"${parameter.name} in the query",
                    hint=did_you_mean(parameter.name, used),
                )

    def _line(self, node: yaml.Node) -> int:
        return self.first_line + int(node.start_mark.line)

    def _fail(
        self,
        message: str,
        line: int,
        column: int | None = None,
        *,
        expected: str | None = None,
        hint: str | None = None,
    ) -> NoReturn:
        raise HeaderError(
            message,
            location=Location(self.file, line, column).in_text(self.text),
            expected=expected,
            hint=hint,
        )
