"""Statements: items with thousands of properties, shaped like Wikidata's dump.

Each claim is there twice: directly (wdt:), and as a node of its own (p:, ps:) with a rank and,
often, qualifiers (pq:) and a reference. A few properties are in most claims and most in
hardly any. Labels in up to eighty languages. Every reference resolves. The namespace is
made up; the numbers of well-known properties are Wikidata's, so that queries can be read.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.generators.writing import COMMON, Entity, Facts, Names, Skew, word

_BASE = "http://wikidata.example/"
NAMESPACES = {
    **COMMON,
    "wd": f"{_BASE}entity/",
    "wds": f"{_BASE}entity/statement/",
    "wdref": f"{_BASE}reference/",
    "wdt": f"{_BASE}prop/direct/",
    "p": f"{_BASE}prop/",
    "ps": f"{_BASE}prop/statement/",
    "pq": f"{_BASE}prop/qualifier/",
    "pr": f"{_BASE}prop/reference/",
    "wikibase": f"{_BASE}ontology#",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
#: Properties with a meaning of their own, and what their values are.
CORE = {
    "P31": ("instance of", "item"),
    "P279": ("subclass of", "item"),
    "P17": ("country", "item"),
    "P131": ("located in", "item"),
    "P1082": ("population", "quantity"),
    "P569": ("date of birth", "time"),
    "P570": ("date of death", "time"),
    "P19": ("place of birth", "item"),
    "P27": ("country of citizenship", "item"),
    "P106": ("occupation", "item"),
    "P39": ("position held", "item"),
    "P22": ("father", "item"),
    "P50": ("author", "item"),
    "P577": ("publication date", "time"),
    "P921": ("main subject", "item"),
    "P159": ("headquarters location", "item"),
    "P571": ("inception", "time"),
    "P749": ("parent organisation", "item"),
    "P580": ("start time", "time"),
    "P582": ("end time", "time"),
    "P585": ("point in time", "time"),
    "P1545": ("series ordinal", "identifier"),
}
QUALIFIERS = ("P580", "P582", "P585", "P1545", "P17", "P131")
#: What the values of other properties are, with how many of each hundred there are.
KINDS = {"identifier": 35, "item": 40, "quantity": 12, "time": 8, "text": 3, "address": 2}
#: The first classes, each with the number of the one above it.
CLASSES = (
    *(("entity", 0), ("object", 1), ("agent", 1), ("organisation", 3), ("human", 3)),
    *(("place", 1), ("work", 1), ("event", 1), ("concept", 1), ("country", 6)),
    *(("city", 6), ("village", 6), ("occupation", 9), ("position", 9)),
)
HUMAN, PLACE, COUNTRY, CITY, VILLAGE = 5, 6, 10, 11, 12
COUNTRIES = 40
#: Classes are Q1 and so on, places and other items begin at these numbers, at any size.
FIRST_PLACE, FIRST_ITEM = 100_000, 1_000_000
#: The children of each place.
BRANCHING = 9
LANGUAGES = (
    *("en", "nl", "fr", "de", "es", "it", "sv", "pt", "ru", "pl", "ja", "ca", "uk", "zh", "ar"),
    *("cs", "da", "fi", "nb", "hu", "he", "tr", "ko", "fa", "eo", "ro", "sl", "id", "bg", "eu"),
    *("af", "sq", "hy", "az", "be", "bn", "bs", "br", "my", "ka", "el", "gl", "gu", "hi", "is"),
    *("ga", "kn", "kk", "km", "ky", "lo", "la", "lv", "lt", "lb", "mk", "ms", "ml", "mt", "mr"),
    *("mn", "ne", "oc", "pa", "sa", "sr", "si", "sk", "sw", "tg", "ta", "te", "th", "tk", "ur"),
    *("uz", "vi", "cy", "yi", "zu"),
)
#: How many of a hundred items are of which kind, beside classes and places.
ITEMS = {"human": 40, "work": 25, "organisation": 10, "thing": 25}


@dataclass(frozen=True)
class Property:
    """One property, its kind of value, and the IRIs that its number stands in."""

    number: str
    name: str
    kind: str
    direct: str
    claim: str
    statement: str
    qualifier: str

    @classmethod
    def of(cls, number: str, name: str, kind: str, names: Names) -> Property:
        iris = (names[f"{prefix}:{number}"] for prefix in ("wdt", "p", "ps", "pq"))
        return cls(number, name, kind, *iris)


class Wiki:
    """Makes the items, each a subject and its facts, and the nodes of their claims."""

    def __init__(self, triples: int, seed: int, names: Names) -> None:
        self.names = names
        self.rng = rng = random.Random(seed)
        self.item_begin, self.end = names.begin("wd") + "Q", names.end
        self.node_begin = names.begin("wds") + "Q"
        self.reference_begin = names.begin("wdref") + "r"
        self.time_end = f'"^^{names["xsd:dateTime"]}'
        self.best = (names.type, names["wikibase:BestRank"])
        rank = names["wikibase:rank"]
        self.ranks = {r: (rank, names[f"wikibase:{r}Rank"]) for r in ("Normal", "Preferred")}
        self.derived = names["prov:wasDerivedFrom"]

        self.classes = min(max(triples // 1500, 60), 20_000)
        self.places = max(triples // 400, 3 * COUNTRIES)
        self.references = max(triples // 300, 20)
        self.properties = self._properties(min(max(triples // 100, 400), 3000))
        self.core = {each.number: each for each in self.properties[: len(CORE)]}
        self.tail = self.properties[len(CORE) :]
        self.qualifiers = [self.core[number] for number in QUALIFIERS]
        self.any_property = Skew(rng, len(self.tail))
        self.any_class = Skew(rng, self.classes, 0.2)
        self.any_place = Skew(rng, self.places, 0.3)
        self.any_reference = Skew(rng, self.references, 0.3)
        self.any_language = Skew(rng, len(LANGUAGES))
        self.claims = Skew(rng, 14)
        self.label_count = Skew(rng, 30)
        self.given = [word(rng) for _ in range(300)]
        self.family = [word(rng) for _ in range(3000)]
        self.classes_of: dict[str, list[int]] = {"work": [], "organisation": [], "thing": []}
        self.humans, self.organisations = array("l"), array("l")
        self.number = FIRST_ITEM
        self._claims_made = 0

    def _properties(self, count: int) -> list[Property]:
        names, rng = self.names, self.rng
        found = [Property.of(n, name, kind, names) for n, (name, kind) in CORE.items()]
        kinds = rng.choices(tuple(KINDS), tuple(KINDS.values()), k=count)
        for index, kind in enumerate(kinds):
            number = f"P{2000 + index}"
            found.append(Property.of(number, f"{word(rng)} {kind}".lower(), kind, names))
        return found

    def entities(self) -> Iterator[Entity]:
        """Properties, classes and places, then items without end."""
        yield from map(self._property, self.properties)
        for number in range(1, self.classes + 1):
            yield from self._class(number)
        for index in range(self.places):
            yield from self._place(index)
        kinds = tuple(ITEMS)
        weights = tuple(ITEMS.values())
        makers = {kind: getattr(self, f"_{kind}") for kind in kinds}
        while True:
            for kind in self.rng.choices(kinds, weights, k=100):
                yield from makers[kind](self.number)
                self.number += 1

    # Values and claims ------------------------------------------------------------------

    def _item(self, number: int) -> str:
        return f"{self.item_begin}{number}{self.end}"

    def _place_item(self, index: int) -> str:
        return f"{self.item_begin}{FIRST_PLACE + index}{self.end}"

    def _any_item(self) -> str:
        """A class, a place, or an item made before."""
        made, draw = self.number - FIRST_ITEM, self.rng.random()
        if draw < 0.1:
            return self._item(int(draw * 10 * self.classes) + 1)
        if draw < 0.3 or not made:
            return self._place_item(int(self.rng.random() * self.places))
        return self._item(FIRST_ITEM + int(self.rng.random() * made))

    def _any_country(self) -> str:
        """Some of them far more often."""
        return self._place_item(int(COUNTRIES ** self.rng.random()) - 1)

    def _time(self, first: int, last: int) -> str:
        draw = int(self.rng.random() * (last - first) * 336)
        year, day = divmod(draw, 336)
        return f'"{first + year:04}-{day // 28 + 1:02}-{day % 28 + 1:02}T00:00:00Z{self.time_end}'

    def _value(self, kind: str) -> str:
        rng = self.rng
        if kind == "identifier":
            return f'"{rng.getrandbits(40):x}"'
        if kind == "item":
            return self._any_item()
        if kind == "quantity":
            return f'"+{int(rng.paretovariate(0.7) * 10)}{self.names.decimal}'
        if kind == "time":
            return self._time(1700, 2025)
        if kind == "text":
            return f'"{rng.choice(self.family)} {rng.choice(self.given)}"@en'
        return f"<http://site.example/{rng.getrandbits(32):x}>"

    def _claim(
        self,
        item: int,
        facts: Facts,
        nodes: list[Entity],
        property_: Property,
        value: str,
        qualifiers: Facts | None = None,
        rank: str = "Normal",
        best: bool = True,
    ) -> None:
        """The claim on the item and its node; only the best rank is direct."""
        self._claims_made += 1
        node = f"{self.node_begin}{item}-{self._claims_made:x}{self.end}"
        facts.append((property_.claim, node))
        about = [self.ranks[rank], (property_.statement, value)]
        if best:
            facts.append((property_.direct, value))
            about.append(self.best)
        if qualifiers:
            about.extend(qualifiers)
        draw = self.rng.random()
        if draw < 0.12:
            qualifier = self.qualifiers[int(draw * 50)]
            about.append((qualifier.qualifier, self._value(qualifier.kind)))
        if draw > 0.7:
            reference = f"{self.reference_begin}{self.any_reference()}{self.end}"
            about.append((self.derived, reference))
        nodes.append((node, about))

    def _known(self, item: int, facts: Facts, nodes: list[Entity], number: str, value: str) -> None:
        self._claim(item, facts, nodes, self.core[number], value)

    def _names(self, name: str, description: str) -> Facts:
        """Labels in some languages, of which English is the most likely."""
        names, rng, label = self.names, self.rng, self.names.label
        facts = [(label, f'"{name}"@en')] if rng.random() < 0.95 else []
        languages = {LANGUAGES[self.any_language()] for _ in range(self.label_count())}
        languages.discard("en")
        # Most languages have the same text, as names of people and places do.
        facts += [
            (label, f'"{name}"@{each}' if rng.random() < 0.8 else f'"{name} {each}"@{each}')
            for each in sorted(languages)
        ]
        facts.append((names["schema:description"], f'"{description}"@en'))
        if rng.random() < 0.2:
            facts.append((names["skos:altLabel"], f'"{rng.choice(self.family)} {name}"@en'))
        return facts

    def _whole(self, item: int, facts: Facts, nodes: list[Entity], tail: int) -> Iterator[Entity]:
        """The item with claims of any property, the nodes, and a page about it."""
        names, rng = self.names, self.rng
        for _ in range(tail):
            property_ = self.tail[self.any_property()]
            self._claim(item, facts, nodes, property_, self._value(property_.kind))
        pages = int(rng.random() ** 4 * 4)
        facts += [
            (names["wikibase:statements"], names.number(len(nodes))),
            (names["wikibase:sitelinks"], names.number(pages)),
            (names["schema:dateModified"], self._time(2020, 2025)),
        ]
        subject = self._item(item)
        # Nodes first: where the file ends, no claim lacks its own.
        yield from nodes
        # Two claims may have the same value.
        yield subject, list(dict.fromkeys(facts))
        for page in range(pages):
            language = LANGUAGES[page]
            yield (
                f"<http://{language}.wiki.example/page/{item}>",
                [
                    (names.type, names["schema:Article"]),
                    (names["schema:about"], subject),
                    (names["schema:inLanguage"], f'"{language}"'),
                ],
            )

    # Properties, classes, places --------------------------------------------------------

    def _property(self, property_: Property) -> Entity:
        names = self.names
        return names[f"wd:{property_.number}"], [
            (names.type, names["wikibase:Property"]),
            (names.label, f'"{property_.name}"@en'),
            (names["wikibase:propertyType"], f'"{property_.kind}"'),
            (names["wikibase:directClaim"], property_.direct),
            (names["wikibase:claim"], property_.claim),
            (names["wikibase:statementProperty"], property_.statement),
        ]

    def _class(self, number: int) -> Iterator[Entity]:
        """A tree: the first classes have names, the rest are somewhere below them."""
        rng, nodes = self.rng, list[Entity]()
        if number <= len(CLASSES):
            name, parent = CLASSES[number - 1]
        else:
            parent = rng.choice((3, 4, 7, 8, 9)) if rng.random() < 0.2 else 0
            parent = parent or rng.randrange(len(CLASSES), number)
            name = f"{word(rng)} class {number}".lower()
            kinds = tuple(self.classes_of)
            self.classes_of[kinds[0 if parent == 7 else 1 if parent == 4 else 2]].append(number)
        facts = self._names(name, "class of things")
        if parent:
            self._known(number, facts, nodes, "P279", self._item(parent))
        yield from self._whole(number, facts, nodes, 1)

    def _place(self, index: int) -> Iterator[Entity]:
        """Countries, and under each of them places in some levels."""
        rng, nodes, item = self.rng, list[Entity](), FIRST_PLACE + index
        name = word(rng)
        kind = COUNTRY if index < COUNTRIES else CITY if rng.random() < 0.2 else VILLAGE
        facts = self._names(name, "country" if kind == COUNTRY else f"place near {word(rng)}")
        self._known(item, facts, nodes, "P31", self._item(kind))
        if index >= COUNTRIES:
            above = (index - COUNTRIES) // BRANCHING
            self._known(item, facts, nodes, "P131", self._place_item(above))
            while above >= COUNTRIES:
                above = (above - COUNTRIES) // BRANCHING
            self._known(item, facts, nodes, "P17", self._place_item(above))
        self._populations(item, facts, nodes)
        yield from self._whole(item, facts, nodes, self.claims())

    def _populations(self, item: int, facts: Facts, nodes: list[Entity]) -> None:
        """Some years' numbers, the last of which is preferred."""
        rng = self.rng
        years = range(2000 + int(rng.random() * 20), 2021, 5)
        people = rng.paretovariate(0.6) * 300
        for year in years:
            last = year + 5 > 2020
            moment = self.core["P585"].qualifier, f'"{year}-01-01T00:00:00Z{self.time_end}'
            value = f'"+{int(people * (1 + rng.random()))}{self.names.decimal}'
            rank = "Preferred" if last and len(years) > 1 else "Normal"
            population = self.core["P1082"]
            self._claim(item, facts, nodes, population, value, [moment], rank, last)

    # Items ------------------------------------------------------------------------------

    def _human(self, item: int) -> Iterator[Entity]:
        rng, nodes = self.rng, list[Entity]()
        born = 1750 + int(rng.random() ** 0.5 * 250)
        facts = self._names(f"{rng.choice(self.given)} {rng.choice(self.family)}", "person")
        known = self._known
        known(item, facts, nodes, "P31", self._item(HUMAN))
        if rng.random() < 0.85:
            known(item, facts, nodes, "P569", self._time(born, born + 1))
        if born < 1940 and rng.random() < 0.7:
            known(item, facts, nodes, "P570", self._time(born + 20, born + 90))
        if rng.random() < 0.6:
            known(item, facts, nodes, "P19", self._place_item(self.any_place()))
        known(item, facts, nodes, "P27", self._any_country())
        for _ in range(1 + (rng.random() < 0.3)):
            known(item, facts, nodes, "P106", self._item(self.any_class() + 1))
        if rng.random() < 0.12:
            self._position(item, facts, nodes, born)
        if self.humans and rng.random() < 0.15:
            known(item, facts, nodes, "P22", self._item(rng.choice(self.humans)))
        self.humans.append(item)
        yield from self._whole(item, facts, nodes, self.claims())

    def _position(self, item: int, facts: Facts, nodes: list[Entity], born: int) -> None:
        """A position held, with its begin and mostly its end."""
        begin, end = self.core["P580"].qualifier, self.core["P582"].qualifier
        held = [(begin, self._time(born + 25, born + 45))]
        if self.rng.random() < 0.8:
            held.append((end, self._time(born + 45, born + 65)))
        position = self._item(self.any_class() + 1)
        self._claim(item, facts, nodes, self.core["P39"], position, held)

    def _work(self, item: int) -> Iterator[Entity]:
        rng, nodes = self.rng, list[Entity]()
        facts = self._names(f"The {rng.choice(self.family)} of {rng.choice(self.given)}", "work")
        known = self._known
        known(item, facts, nodes, "P31", self._item(self._class_below("work")))
        if self.humans:
            for _ in range(1 + (rng.random() < 0.2)):
                known(item, facts, nodes, "P50", self._item(self._one_of(self.humans)))
        known(item, facts, nodes, "P577", self._time(1800, 2025))
        if rng.random() < 0.5:
            known(item, facts, nodes, "P921", self._value("item"))
        yield from self._whole(item, facts, nodes, self.claims())

    def _organisation(self, item: int) -> Iterator[Entity]:
        rng, nodes = self.rng, list[Entity]()
        facts = self._names(f"{rng.choice(self.family)} Society", "organisation")
        known = self._known
        known(item, facts, nodes, "P31", self._item(self._class_below("organisation")))
        known(item, facts, nodes, "P159", self._place_item(self.any_place()))
        if rng.random() < 0.7:
            known(item, facts, nodes, "P571", self._time(1800, 2025))
        if self.organisations and rng.random() < 0.5:
            known(item, facts, nodes, "P749", self._item(self._one_of(self.organisations)))
        self.organisations.append(item)
        yield from self._whole(item, facts, nodes, self.claims())

    def _thing(self, item: int) -> Iterator[Entity]:
        rng, nodes = self.rng, list[Entity]()
        facts = self._names(f"{rng.choice(self.family)} {item}", "thing")
        self._known(item, facts, nodes, "P31", self._item(self._class_below("thing")))
        if rng.random() < 0.4:
            self._known(item, facts, nodes, "P17", self._any_country())
        yield from self._whole(item, facts, nodes, 1 + self.claims())

    def _class_below(self, kind: str) -> int:
        return self._one_of(self.classes_of[kind] or [7])

    def _one_of(self, numbers: list[int] | array[int]) -> int:
        """One of them, the first ones far more often."""
        return numbers[int(len(numbers) ** self.rng.random()) - 1]


def entities(triples: int, seed: int, names: Names) -> Iterator[Entity]:
    return Wiki(triples, seed, names).entities()
