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

import yaml

from kgtool.errors import HeaderError, Location, ParameterError, did_you_mean, placed_in
from kgtool.project.arguments import TYPES, parse_value
from kgtool.project.parameters import Parameter
from kgtool.project.placed_yaml import PlacedYaml
from kgtool.project.scanning import declared_prefixes, used_parameters

KEYS = ("summary", "description", "tags", "parameters", "returns")
PARAMETER_KEYS = ("name", "type", "default", "description")
_SUMMARY = "`#+ summary: …`"
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
    with placed_in(text, file):
        return _Reader(text, file).read()


class _Reader:
    """One header being read."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._yaml = PlacedYaml.of_header(text, file, HeaderError)
        self._prefixes = declared_prefixes(text)

    def read(self) -> Header:
        yaml_ = self._yaml
        if yaml_.is_empty:
            yaml_.fail(
                "the stored query has no header",
                Location(self._file, 1),
                expected=f"{_SUMMARY} on its first line",
            )
        entries = yaml_.mapping(yaml_.root(_SUMMARY), KEYS, "the header")
        if "summary" not in entries or not yaml_.string(entries["summary"]):
            first = Location(self._file, yaml_.first_line)
            yaml_.fail("the header has no summary", first, expected=_SUMMARY)
        header = Header(
            summary=yaml_.string(entries["summary"]),
            description=self._optional(entries, "description"),
            tags=self._tags(entries.get("tags")),
            parameters=self._parameters(entries.get("parameters")),
            returns=self._returns(entries.get("returns")),
            prefixes=self._prefixes,
        )
        self._check_use(header, entries.get("parameters"))
        return header

    def _optional(self, entries: dict[str, yaml.Node], key: str) -> str:
        return self._yaml.string(entries[key]) if key in entries else ""

    def _tags(self, node: yaml.Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        return tuple(self._yaml.string(each) for each in self._yaml.sequence(node, "tags"))

    def _returns(self, node: yaml.Node | None) -> dict[str, str]:
        """Variable → description; a plain text stands under the empty name."""
        if node is None:
            return {}
        if isinstance(node, yaml.ScalarNode):
            return {"": self._yaml.string(node)}
        entries = self._yaml.mapping(node, None, "returns")
        return {name: self._yaml.string(value) for name, value in entries.items()}

    def _parameters(self, node: yaml.Node | None) -> tuple[Parameter, ...]:
        if node is None:
            return ()
        parameters: list[Parameter] = []
        for item in self._yaml.sequence(node, "parameters"):
            parameter = self._parameter(item)
            if any(p.name == parameter.name for p in parameters):
                self._yaml.fail(f"the parameter {parameter.name!r} stands twice", item)
            parameters.append(parameter)
        return tuple(parameters)

    def _parameter(self, node: yaml.Node) -> Parameter:
        fail, string = self._yaml.fail, self._yaml.string
        entries = self._yaml.mapping(node, PARAMETER_KEYS, "a parameter")
        for key in ("name", "type"):
            if key not in entries:
                fail(f"a parameter without a {key}", node, expected=f"`{key}: …`")
        name, type_ = string(entries["name"]), string(entries["type"])
        if not _NAME.fullmatch(name):
            fail(
                f"{name!r} cannot be a parameter's name",
                entries["name"],
                expected="letters, digits and _",
            )
        if type_ not in TYPES:
            fail(
                f"parameter {name!r}: unknown type {type_!r}",
                entries["type"],
                expected="one of: " + ", ".join(TYPES),
                hint=did_you_mean(type_, TYPES),
            )
        description = self._optional(entries, "description")
        return Parameter(name, type_, self._default(entries, name, type_), description)

    def _default(self, entries: dict[str, yaml.Node], name: str, type_: str) -> str | None:
        if "default" not in entries:
            return None
        node = self._yaml.scalar(entries["default"])
        text = str(node.value)
        if not text and not node.style:
            self._yaml.fail(
                f"parameter {name!r}: the default is empty",
                node,
                expected="a value, or no `default` line where the parameter is required",
            )
        try:
            parse_value(text, Parameter(name, type_), self._prefixes)
        except ParameterError as error:
            self._yaml.fail(
                f"the default of {error.message}", node, expected=error.expected, hint=error.hint
            )
        return text

    def _check_use(self, header: Header, node: yaml.Node | None) -> None:
        used = used_parameters(self._text)
        declared = {p.name for p in header.parameters}
        for name, (line, column) in used.items():
            if name not in declared:
                self._yaml.fail(
                    f"${name} is not declared in the header",
                    Location(self._file, line, column),
                    expected=f"a parameter {name!r}, or ?{name} if it is a variable",
                    hint=did_you_mean(name, declared),
                )
        items = self._yaml.sequence(node, "parameters") if node else []
        for item, parameter in zip(items, header.parameters, strict=True):
            if parameter.name not in used:
                self._yaml.fail(
                    f"the parameter {parameter.name!r} is not used",
                    item,
                    expected=f"${parameter.name} in the query",
                    hint=did_you_mean(parameter.name, used),
                )
