"""A graph as JSON-LD for web pages: translated into a vocabulary, and framed (JSON-LD 1.1 Framing).

The frame's @vocab names the vocabulary; how the ontology is aligned with it (see ``alignment``)
says what each class and property becomes. Values become those of JSON, as schema.org has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kgtool.errors import DataError, KgtoolError, Location, NotFoundError, UsageError
from kgtool.extras import missing_extra
from kgtool.project.export.alignment import SCHEMA, Alignment
from kgtool.project.export.facts import Facts, Pairs, is_thing
from kgtool.project.export.things import counted, plain
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

#: The frame where a project has none of its own.
BUILT_IN = Path(__file__).with_name("frame.json")
_GEOMETRY = SCHEMA + "geo"
#: How many links away from a chosen resource is still told what is there.
_REACH = 2

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame in a file, and the namespace that its context has as @vocab, if any."""

    document: Json
    vocabulary: str | None
    file: str

    @classmethod
    def read(cls, path: Path) -> Frame:
        """Raises NotFoundError, and DataError, with line and column, for what is no frame."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise NotFoundError(f"there is no frame {path}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read the frame {path}: {error}") from None
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise DataError(
                f"the frame is no JSON: {error.msg}",
                location=Location.at(error.pos, text, str(path)),
            ) from None
        if not isinstance(document, dict):
            raise DataError(
                "the frame is no object", location=Location(str(path), 1), expected="{ … }"
            )
        context = document.get("@context", {})
        parts = context if isinstance(context, list) else [context]
        found = [part["@vocab"] for part in parts if isinstance(part, dict) and "@vocab" in part]
        return cls(document, found[-1] if found and isinstance(found[-1], str) else None, str(path))

    @property
    def chooses(self) -> bool:
        """Whether it says itself which resources stand at the top of the document."""
        return bool(self.document.keys() & {"@id", "@type"})

    def of(self, roots: Iterable[str]) -> Json:
        """The frame for these resources, and no others."""
        rest = {key: value for key, value in self.document.items() if key != "@type"}
        return {**rest, "@id": sorted(roots)}


class Framing:
    """The framed document of an export. It is held in memory.

    Of texts in several languages those in ``language`` are taken, where there are any.
    """

    def __init__(self, facts: Facts, frame: Frame, language: str = "en") -> None:
        self._facts = facts
        self._language = language.lower()
        self._frame = frame
        self._alignment = Alignment(facts, frame.vocabulary) if frame.vocabulary else None
        self._written = 0
        self._left_out = 0

    def text(self) -> Iterator[str]:
        """The document, which ends with a newline. Raises DataError where the frame is wrong."""
        nodes = [node for s, pairs in self._described() if (node := self._node(s, pairs))]
        framed = self._framed(nodes)
        alone = [framed] if framed.keys() - {"@context"} else []
        self._written = len(framed.get("@graph", alone))
        yield json.dumps(framed, ensure_ascii=False, indent=2) + "\n"

    def notes(self) -> Iterator[str]:
        text = f"wrote {counted(self._written, 'resource')}"
        if self._left_out:
            text += f"; {self._left_out:,} without a class in {self._frame.vocabulary} are left out"
        yield text

    def _described(self) -> Iterator[tuple[Term, Pairs]]:
        """What is said of the resources that may be in the document."""
        blank: dict[Term, Pairs] = {}
        for s, p, o in self._facts.rows(_BLANK):
            assert isinstance(p, IRI)
            blank.setdefault(s, []).append((p.value, o))
        yield from blank.items()
        if self._facts.chosen is None:
            yield from self._facts.subjects()
            return
        seen: set[IRI] = set()
        level = list(self._facts.chosen)
        for _ in range(_REACH + 1):
            seen.update(level)
            targets: set[IRI] = set()
            for subject, pairs in replace(self._facts, chosen=tuple(level)).subjects():
                yield subject, pairs
                targets.update(self._reached(pairs, blank))
            level = sorted(targets - seen, key=lambda iri: iri.value)
            if not level:
                return

    def _reached(self, pairs: Pairs, blank: dict[Term, Pairs]) -> Iterator[IRI]:
        """The resources that are linked to, also by way of one blank node."""
        for p, o in pairs:
            if p != RDF.type and self._translated(p):
                if isinstance(o, IRI):
                    yield o
                for _, further in blank.get(o, ()):
                    if isinstance(further, IRI):
                        yield further

    def _node(self, subject: Term, pairs: Pairs) -> Json | None:
        """A node object of expanded JSON-LD; None for what has no class in the vocabulary."""
        node: Json = {"@id": _name(subject)}
        for p, o in pairs:
            if p == RDF.type and isinstance(o, IRI):
                _add(node, "@type", self._translated(o.value))
            elif self._is_wanted(p, o, pairs):
                for name in self._translated(p):
                    _add(node, name, [self._value(o)])
        if self._alignment is not None and "@type" not in node:
            self._left_out += isinstance(subject, IRI) and is_thing(pairs)
            return None
        return node

    def _is_wanted(self, predicate: str, term: Term, pairs: Pairs) -> bool:
        """Whether a text is in the language, or none of its property is."""
        if self._alignment is None or not isinstance(term, Literal) or not term.language:
            return True
        return self._speaks(term) or not any(p == predicate and self._speaks(o) for p, o in pairs)

    def _speaks(self, term: Term) -> bool:
        own = term.language.lower() if isinstance(term, Literal) else ""
        return own == self._language or own.partition("-")[0] == self._language

    def _translated(self, iri: str) -> tuple[str, ...]:
        return (iri,) if self._alignment is None else self._alignment.translated(iri)

    def _value(self, term: Term) -> Json:
        if not isinstance(term, Literal):
            return {"@id": _name(term)}
        if self._alignment is not None:
            return {"@value": plain(term)}
        if term.language:
            return {"@value": term.lexical, "@language": term.language}
        if term.datatype == XSD.string:
            return {"@value": term.lexical}
        return {"@value": term.lexical, "@type": term.datatype}

    def _framed(self, nodes: list[Json]) -> Json:
        try:
            from pyld import jsonld
        except ImportError as error:
            raise missing_extra("Framed JSON-LD", "jsonld", error) from error
        chosen = self._facts.chosen
        frame = self._frame.document
        if chosen is not None:
            frame = self._frame.of(iri.value for iri in chosen)
        elif not self._frame.chooses:
            frame = self._frame.of(_roots(nodes))
        options = {
            "embed": "@never" if chosen is None else "@once",
            "documentLoader": _refuse,
            "omitDefault": True,
            "omitGraph": True,
        }
        try:
            framed: Json = jsonld.frame(nodes, frame, options)
        except Exception as error:  # the library meets what is no frame with errors of any kind
            raise _refusal(error, self._frame.file) from None
        return framed


def _refuse(url: str, options: Any) -> Any:
    raise UsageError(
        f"the frame's context {url!r} is on the web, and nothing is fetched",
        expected="a context that is in the frame",
        hint='For schema.org write {"@vocab": "https://schema.org/"}.',
    )


def _refusal(error: BaseException, file: str) -> KgtoolError:
    """The innermost error of the library's as one of ours."""
    while (cause := getattr(error, "cause", None) or error.__cause__) is not None:
        error = cause
    if isinstance(error, KgtoolError):
        return error
    reason = str(error).partition("\n")[0]
    return DataError(f"the frame cannot be used: {reason}", location=Location(file))


def _add(node: Json, name: str, values: Iterable[Any]) -> None:
    found = node.setdefault(name, [])
    found.extend(value for value in values if value not in found)
    if not found:
        del node[name]


def _roots(nodes: Iterable[Json]) -> Iterator[str]:
    """The resources that stand for themselves: they have a name, and are nobody's geometry."""
    within = {value["@id"] for node in nodes for value in node.get(_GEOMETRY, ()) if "@id" in value}
    found = (node["@id"] for node in nodes)
    return (name for name in found if name not in within and not name.startswith("_:"))


def _name(term: Term) -> str:
    return f"_:{term.label}" if isinstance(term, BlankNode) else str(getattr(term, "value", term))


_BLANK = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(isBlank(?s)) } ORDER BY ?s ?p ?o"
