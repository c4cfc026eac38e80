"""How things are shown to a person: name, description and types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgtool.rdf.languages import best
from kgtool.rdf.names import split_iri
from kgtool.rdf.namespaces import DESCRIBING, OWL, RDF, RDFS
from kgtool.rdf.terms import IRI, Literal
from kgtool.reconcile.index import known
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.types import Types
from kgtool.reconcile.values import objects_of

#: Types of a thing, and letters of its description.
_MOST_TYPES, _LONGEST = 5, 240
_BUILTIN = (OWL.base, RDF.base, RDFS.base)
_NAMES = """
SELECT thing, literal FROM names.names SEMI JOIN (SELECT unnest(?::BIGINT[]) AS thing) USING (thing)
WHERE literal IS NOT NULL ORDER BY thing, rank
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing with an IRI. The types that say most of it come first."""

    iri: str
    name: str
    description: str = ""
    types: tuple[Shown, ...] = ()


def show(
    names: Names, asking: Asking, things: Iterable[int], languages: Sequence[str]
) -> dict[int, Shown]:
    """Things by their ids, in the language that a reader would have."""
    things = set(things)
    types = Types(names, asking).of(things)
    classes = {each for some in types.values() for each in some}
    plain = _plain(names, asking, things | classes, languages)
    telling = [c for c in classes if c in plain and not is_builtin(plain[c].iri)]
    telling.sort(key=lambda c: (names.class_sizes.get(c, 0), is_nameless(plain[c]), plain[c].iri))
    place = {class_: number for number, class_ in enumerate(telling)}
    descriptions = _descriptions(names, asking, things, languages)
    found = {}
    for thing in things & plain.keys():
        own = sorted(set(types[thing]) & place.keys(), key=place.__getitem__)[:_MOST_TYPES]
        shown = plain[thing]
        description = descriptions.get(thing, "")
        found[thing] = Shown(shown.iri, shown.name, description, tuple(plain[c] for c in own))
    return found


def _plain(
    names: Names, asking: Asking, things: set[int], languages: Sequence[str]
) -> dict[int, Shown]:
    """The IRIs and the names."""
    literals: dict[int, list[int]] = {}
    for thing, literal in asking.rows(_NAMES, [list(things)]):
        literals.setdefault(thing, []).append(literal)
    terms = names.store.terms({*things, *(each for some in literals.values() for each in some)})
    found = {}
    for thing in things:
        iri = terms.get(thing)
        if isinstance(iri, IRI):
            own = [t for each in literals.get(thing, ()) if isinstance(t := terms[each], Literal)]
            found[thing] = Shown(iri.value, _name(own, languages) or _local(iri.value))
    return found


def _name(literals: list[Literal], languages: Sequence[str]) -> str:
    """The name that is preferred among those in the language that is."""
    chosen = best(literals, languages)
    if chosen is None:
        return ""
    return next(each.lexical for each in literals if each.language == chosen.language)


def is_builtin(class_: str) -> bool:
    """Whether a class says no more than that something is one, or a class itself."""
    return class_.startswith(_BUILTIN)


def is_nameless(shown: Shown) -> bool:
    """Whether nobody has given a name."""
    return shown.name == _local(shown.iri)


def _local(iri: str) -> str:
    return split_iri(iri)[1] or iri


def _descriptions(
    names: Names, asking: Asking, things: set[int], languages: Sequence[str]
) -> dict[int, str]:
    properties = known(names.store, DESCRIBING)
    objects = objects_of(asking, things, properties)
    terms = names.store.terms({each for some in objects.values() for each in some})
    found: dict[int, str] = {}
    for property_ in properties:
        for thing in things:
            own = [terms[each] for each in objects.get((thing, property_), ())]
            chosen = best((each for each in own if isinstance(each, Literal)), languages)
            if chosen is not None:
                found.setdefault(thing, _cut(chosen.lexical))
    return found


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rpartition(" ")[0] + "…"
