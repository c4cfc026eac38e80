"""A catalogue: products with offers and reviews, in the spirit of the Berlin SPARQL Benchmark.

Products have a type in a hierarchy and all types above it, features, and properties in
numbers and words; vendors offer them at prices for a time; people review them in several
languages. Some vendors, types and people are far busier than others. Every reference resolves.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from itertools import accumulate

from benchmarks.generators.writing import COMMON, Entity, Facts, Names, Skew, word

NAMESPACES = {
    **COMMON,
    "c": "http://catalogue.example/vocabulary#",
    "i": "http://catalogue.example/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rev": "http://purl.org/stuff/rev#",
}
COUNTRIES = ("US", "GB", "JP", "CN", "DE", "FR", "ES", "RU", "KR", "AT")
COUNTRY_WEIGHTS = (40, 10, 10, 10, 5, 5, 5, 5, 5, 5)
LANGUAGES = ("en", "ja", "zh", "de", "fr", "es", "ru", "ko")
LANGUAGE_WEIGHTS = (50, 10, 10, 8, 8, 6, 5, 3)
#: The types directly below each type.
BRANCHING = 6
FEATURES_OF_TYPE = 40
#: How many triples there are for one of each kind of thing that products refer to.
TRIPLES_PER = {"type": 2500, "producer": 12_000, "vendor": 8000, "person": 400}
_FIRST_DAY = datetime.date(2005, 1, 1).toordinal()
DAYS = [datetime.date.fromordinal(_FIRST_DAY + day).isoformat() for day in range(2000)]


class Shop:
    """Makes the entities, each a subject and its facts."""

    def __init__(self, triples: int, seed: int, names: Names) -> None:
        self.names = names
        self.rng = rng = random.Random(seed)
        self._begin, self._end = names.begin("i"), names.end
        counts = {kind: max(triples // per, 10) for kind, per in TRIPLES_PER.items()}
        self.types = min(max(counts["type"], 1 + BRANCHING + BRANCHING**2), 6000)
        self.producers, self.vendors = counts["producer"], counts["vendor"]
        self.persons = counts["person"]
        self.features = max(self.types * 5, FEATURES_OF_TYPE)
        self.leaf_begin = (self.types - 2) // BRANCHING + 1
        self.any_leaf = Skew(rng, self.types - self.leaf_begin, 0.3)
        self.any_producer = Skew(rng, self.producers, 0.4)
        self.any_vendor = Skew(rng, self.vendors, 0.4)
        self.any_person = Skew(rng, self.persons, 0.3)
        self.any_feature = Skew(rng, FEATURES_OF_TYPE)
        self.any_count = Skew(rng, 40)
        self.words = [word(rng).lower() for _ in range(3000)]
        self.word_weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self.date_end = f'"^^{names["xsd:date"]}'

    def entities(self) -> Iterator[Entity]:
        """What products refer to, then products, their offers and reviews without end."""
        yield from map(self._country, COUNTRIES)
        yield from map(self._type, range(self.types))
        yield from map(self._feature, range(self.features))
        yield from map(self._producer, range(self.producers))
        yield from map(self._vendor, range(self.vendors))
        yield from map(self._person, range(self.persons))
        product = 0
        while True:
            day = self.rng.randrange(1200)
            yield self._product(product, day)
            for number in range(1 + self.any_count()):
                yield self._offer(f"{product}-{number}", product, day)
            reviews = 1 + self.any_count() if self.rng.random() < 0.9 else 0
            for number in range(reviews):
                yield self._review(f"{product}-{number}", product, day)
            product += 1

    def _id(self, local: str) -> str:
        return self._begin + local + self._end

    def _text(self, least: int, most: int) -> str:
        count = least + int(self.rng.random() * (most - least))
        return " ".join(self.rng.choices(self.words, cum_weights=self.word_weights, k=count))

    def _date(self, day: int) -> str:
        return f'"{DAYS[day]}{self.date_end}'

    def _type(self, index: int) -> Entity:
        names = self.names
        facts = [
            (names.type, names["c:ProductType"]),
            (names.label, f'"{word(self.rng)} type {index}"@en'),
            (names["rdfs:comment"], f'"{self._text(4, 12)}"@en'),
        ]
        if index:
            above = (index - 1) // BRANCHING
            facts.append((names["rdfs:subClassOf"], self._id(f"type-{above}")))
        return self._id(f"type-{index}"), facts

    def _feature(self, index: int) -> Entity:
        names = self.names
        return self._id(f"feature-{index}"), [
            (names.type, names["c:ProductFeature"]),
            (names.label, f'"{self._text(1, 3)}"@en'),
        ]

    def _country(self, code: str) -> Entity:
        names = self.names
        facts = [(names.type, names["c:Country"]), (names.label, f'"{code}"')]
        return self._id(f"country-{code}"), facts

    def _any_country(self) -> str:
        return self._id(f"country-{self.rng.choices(COUNTRIES, COUNTRY_WEIGHTS)[0]}")

    def _firm(self, local: str, kind: str) -> Entity:
        names, name = self.names, word(self.rng)
        return self._id(local), [
            (names.type, names[kind]),
            (names.label, f'"{name} {self.rng.choice(("Ltd", "Inc", "SA", "AG"))}"@en'),
            (names["rdfs:comment"], f'"{self._text(4, 16)}"@en'),
            (names["foaf:homepage"], f"<http://{local}.example/>"),
            (names["c:country"], self._any_country()),
        ]

    def _producer(self, index: int) -> Entity:
        return self._firm(f"producer-{index}", "c:Producer")

    def _vendor(self, index: int) -> Entity:
        return self._firm(f"vendor-{index}", "c:Vendor")

    def _person(self, index: int) -> Entity:
        names, rng = self.names, self.rng
        return self._id(f"person-{index}"), [
            (names.type, names["foaf:Person"]),
            (names["foaf:name"], f'"{word(rng)} {word(rng)}"'),
            (names["foaf:mbox_sha1sum"], f'"{rng.getrandbits(160):040x}"'),
            (names["c:country"], self._any_country()),
        ]

    def _product(self, index: int, day: int) -> Entity:
        names, rng = self.names, self.rng
        type_ = self.leaf_begin + self.any_leaf()
        features = {(type_ * 5 + self.any_feature()) % self.features for _ in range(12)}
        facts: Facts = [
            (names.type, names["c:Product"]),
            (names.label, f'"{self._text(1, 4)}"@en'),
            (names["rdfs:comment"], f'"{self._text(20, 60)}"@en'),
            (names["c:producer"], self._id(f"producer-{self.any_producer()}")),
            (names["c:weight"], f'"{rng.randrange(1, 4000) / 8}"^^{names["xsd:double"]}'),
            (names["dc:date"], self._date(day)),
        ]
        # As in BSBM, a product has every type above its own too.
        facts.append((names.type, self._id(f"type-{type_}")))
        while type_:
            type_ = (type_ - 1) // BRANCHING
            facts.append((names.type, self._id(f"type-{type_}")))
        facts += [(names["c:feature"], self._id(f"feature-{f}")) for f in sorted(features)]
        for number in range(1, 6):
            if number < 4 or rng.random() < 0.5:
                facts.append((names[f"c:textual{number}"], f'"{self._text(3, 12)}"@en'))
                value = names.number(int(rng.gauss(1000, 350)))
                facts.append((names[f"c:numeric{number}"], value))
        return self._id(f"product-{index}"), facts

    def _offer(self, local: str, product: int, day: int) -> Entity:
        names, rng = self.names, self.rng
        begin = day + int(rng.random() * 500)
        price = int(rng.paretovariate(1.1) * 500)
        return self._id(f"offer-{local}"), [
            (names.type, names["c:Offer"]),
            (names["c:product"], self._id(f"product-{product}")),
            (names["c:vendor"], self._id(f"vendor-{self.any_vendor()}")),
            (names["c:price"], f'"{price // 100}.{price % 100:02}{names.decimal}'),
            (names["c:validFrom"], self._date(begin)),
            (names["c:validTo"], self._date(begin + 10 + int(rng.random() * 90))),
            (names["c:deliveryDays"], names.number(1 + int(rng.random() * 14))),
            (names["c:webpage"], f"<http://offers.example/{local}>"),
        ]

    def _review(self, local: str, product: int, day: int) -> Entity:
        names, rng = self.names, self.rng
        language = rng.choices(LANGUAGES, LANGUAGE_WEIGHTS)[0]
        facts = [
            (names.type, names["rev:Review"]),
            (names["c:reviewFor"], self._id(f"product-{product}")),
            (names["rev:reviewer"], self._id(f"person-{self.any_person()}")),
            (names["dc:title"], f'"{self._text(3, 8)}"@{language}'),
            (names["rev:text"], f'"{self._text(10, 50)}"@{language}'),
            (names["c:reviewDate"], self._date(day + int(rng.random() * 600))),
        ]
        for number in range(1, 5):
            if rng.random() < 0.7:
                facts.append((names[f"c:rating{number}"], names.number(rng.randint(1, 10))))
        return self._id(f"review-{local}"), facts


def entities(triples: int, seed: int, names: Names) -> Iterator[Entity]:
    return Shop(triples, seed, names).entities()
