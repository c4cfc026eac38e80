"""Random shapes and data for comparisons with pyshacl, from a seed.

Left out is what pyshacl is known to do otherwise; each place says why.
"""

from __future__ import annotations

import random

_CLASSES = (":A", ":B", ":C", ":D")
_PROPERTIES = (":p", ":q", ":r")
_LITERALS = (
    "1", "2", "3", "10", "2.5", '"a"', '"b"', '"abc"', '"a"@en', '"b"@en', '"a"@de', '"c"@en-gb',
    "true", '"1944-06-06"^^xsd:date', '"1944-06-07"^^xsd:date', '"x"^^:type',
    '"1944-06-06T10:00:00Z"^^xsd:dateTime', '"1"^^xsd:int',
)  # fmt: skip
_NUMBERS = ("1", "2", "3", "2.5", '"02"^^xsd:integer', "1e0", '"3"^^xsd:int')
_NUMERIC = (":k", ":m")
_NODES = tuple(f":n{i}" for i in range(8))


class Generator:
    """Shapes and data of one seed, as Turtle."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._pick = self._random.choice

    def data(self) -> str:
        lines = [":B rdfs:subClassOf :A .", ":C rdfs:subClassOf :B ."]
        for node in _NODES:
            for _ in range(self._random.randint(0, 2)):
                lines.append(f"{node} a {self._pick(_CLASSES)} .")
            for _ in range(self._random.randint(0, 5)):
                object_ = self._pick((*_NODES, *_LITERALS, *_LITERALS))
                lines.append(f"{node} {self._pick(_PROPERTIES)} {object_} .")
            for _ in range(self._random.randint(0, 3)):
                lines.append(f"{node} {self._pick(_NUMERIC)} {self._pick(_NUMBERS)} .")
        return "\n".join(lines)

    def shapes(self) -> str:
        return "\n".join(self._root(f":S{i}") for i in range(self._random.randint(1, 3)))

    def _root(self, name: str) -> str:
        targets = [self._target() for _ in range(self._random.randint(1, 2))]
        parts = targets + self._constraints(2, is_property=False)
        return f"{name} a sh:NodeShape ; {' ; '.join(dict.fromkeys(parts))} ."

    def _target(self) -> str:
        return self._pick(
            (
                f"sh:targetClass {self._pick(_CLASSES)}",
                f"sh:targetNode {self._pick(_NODES)}",
                f"sh:targetSubjectsOf {self._pick(_PROPERTIES)}",
                f"sh:targetObjectsOf {self._pick(_PROPERTIES)}",
            )
        )

    def _constraints(self, depth: int, *, is_property: bool) -> list[str]:
        makers = [self._value_test, self._value_test, self._pair]
        if is_property:
            makers += [self._count, self._count]
        if depth:
            makers += [self._logic, self._property, self._property, self._numbers]
            makers += [self._qualified] if is_property else [self._closed]
        found: dict[str, str] = {}
        for _ in range(self._random.randint(1, 3)):
            text = self._pick(makers)(depth)
            found.setdefault(text.split()[0], text)
        return list(found.values())

    def _value_test(self, depth: int) -> str:
        pick = self._pick
        return pick(
            (
                f"sh:class {pick(_CLASSES)}",
                "sh:datatype " + pick(("xsd:integer", "xsd:string", "rdf:langString", "xsd:date")),
                "sh:nodeKind " + pick(("sh:IRI", "sh:Literal", "sh:BlankNodeOrIRI")),
                f"sh:{pick(('min', 'max'))}Length {pick('12')}",
                'sh:pattern "' + pick(("^a", "n[1-4]$", "b")) + '"',
                "sh:languageIn ( " + pick(('"en"', '"de"', '"en" "de"')) + " )",
                f"sh:in ( {' '.join(self._random.sample((*_NODES, *_LITERALS), 6))} )",
                f"sh:hasValue {pick((*_NODES, *_LITERALS))}",
            )
        )

    def _count(self, depth: int) -> str:
        return self._pick(
            (
                f"sh:minCount {self._pick('123')}",
                f"sh:maxCount {self._pick('012')}",
                "sh:uniqueLang true",
            )
        )

    def _pair(self, depth: int) -> str:
        return f"sh:{self._pick(('equals', 'disjoint'))} {self._pick(_PROPERTIES)}"

    def _numbers(self, depth: int) -> str:
        """Order among numbers: rdflib puts what SPARQL cannot compare in an order too."""
        pick = self._pick
        one, other = self._random.sample(_NUMERIC, 2)
        tests = (
            f"sh:{pick(('min', 'max'))}{pick(('Inclusive', 'Exclusive'))} {pick(('2', '2.5'))}",
            f"sh:{pick(('lessThan', 'lessThanOrEquals'))} {other}",
        )
        return f"sh:property [ sh:path {one} ; {' ; '.join(tests)} ]"

    def _logic(self, depth: int) -> str:
        kind = self._pick(("and", "or", "xone", "not", "node"))
        if kind in ("not", "node"):
            return f"sh:{kind} {self._inner(depth - 1, kind == 'not')}"
        shapes = " ".join(self._inner(depth - 1, True) for _ in range(self._random.randint(1, 3)))
        return f"sh:{kind} ( {shapes} )"

    def _inner(self, depth: int, may_have_path: bool) -> str:
        if may_have_path and self._random.random() < 0.5:
            return self._property_shape(depth)
        return f"[ {' ; '.join(self._constraints(depth, is_property=False))} ]"

    def _property(self, depth: int) -> str:
        return f"sh:property {self._property_shape(depth - 1)}"

    def _property_shape(self, depth: int) -> str:
        parts = [f"sh:path {self._path()}", *self._constraints(depth, is_property=True)]
        return f"[ {' ; '.join(parts)} ]"

    def _qualified(self, depth: int) -> str:
        count = f"sh:qualified{self._pick(('Min', 'Max'))}Count {self._pick('12')}"
        return f"sh:qualifiedValueShape {self._inner(depth - 1, True)} ; {count}"

    def _closed(self, depth: int) -> str:
        return f"sh:closed true ; sh:ignoredProperties ( rdf:type {self._pick(_PROPERTIES)} )"

    def _path(self) -> str:
        one, other = self._random.sample(_PROPERTIES, 2)
        return self._pick(
            (
                one, one, one,
                f"[ sh:inversePath {one} ]",
                f"( {one} {other} )",
                f"( {one} [ sh:inversePath {other} ] )",
                f"[ sh:alternativePath ( {one} {other} ) ]",
                f"[ sh:zeroOrMorePath {one} ]",
                f"[ sh:oneOrMorePath {one} ]",
                f"[ sh:zeroOrOnePath {one} ]",
                f"( [ sh:zeroOrMorePath {one} ] {other} )",
            )
        )  # fmt: skip
