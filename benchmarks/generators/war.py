"""The war: facts of the shipped ontology, of any size.

Skewed as such data is: a few units and places are in very many events, most in few. Labels
in several languages, some ends missing, dates with and without days. Every reference
resolves and the shapes of ontology/shapes.ttl hold.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.generators.writing import COMMON, Entity, Facts, Names, Skew, word

NAMESPACES = {
    **COMMON,
    "dcterms": "http://purl.org/dc/terms/",
    "id": "https://w3id.org/ww2-kg/id/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "ww2": "https://w3id.org/ww2-kg/ontology#",
}
#: How many triples there are for one of each kind of thing that events refer to.
TRIPLES_PER = {"unit": 40, "person": 110, "place": 160, "passage": 130}

NATIONS = (
    *("Germany", "United States", "United Kingdom", "Soviet Union", "Italy", "Japan"),
    *("France", "Canada", "Poland", "Australia", "India", "New Zealand", "China", "Romania"),
    *("Hungary", "Finland", "Greece", "Yugoslavia", "South Africa", "Brazil"),
)
AXIS = frozenset({"Germany", "Italy", "Japan", "Romania", "Hungary", "Finland"})
ECHELONS = ("field-army", "corps", "division", "special-force", "grouping")
RANKS = ("major-general", "field-marshal")
ROLES = (
    *("attacker", "defender", "combatant", "vanguard", "withdrawing"),
    *("captor", "commander", "moved", "joined"),
)
ROLE_WEIGHTS = (30, 28, 20, 7, 5, 4, 3, 2, 1)
#: Events below a battle, with how many of each hundred there are.
KINDS = {
    "Bombardment": 34,
    "Advance": 22,
    "Landing": 9,
    "Withdrawal": 9,
    "Capture": 7,
    "Redeployment": 7,
    "Patrol": 5,
    "Standstill": 4,
    "Liberation": 3,
}
PLACE_KINDS = {"City": 70, "Place": 20, "DefensiveLine": 5, "Beachhead": 4, "Capital": 1}
FEATURES = ("River", "Ridge", "Bridge", "Hill", "Harbour", "Forest", "Crossroads", "Valley")
#: A word for "at" in some languages, by which labels are told apart.
LANGUAGES = {
    "en": "at",
    "de": "bei",
    "fr": "à",
    "it": "presso",
    "ru": "близ",
    "ja": "にて",
    "pl": "pod",
}
LANGUAGE_SHARE = {"de": 0.45, "fr": 0.25, "it": 0.18, "ru": 0.12, "pl": 0.06, "ja": 0.03}
_FIRST_DAY = datetime.date(1939, 9, 1).toordinal()
DAYS = [datetime.date.fromordinal(_FIRST_DAY + day).isoformat() for day in range(4000)]


@dataclass(frozen=True)
class Sizes:
    """How many things there are that events refer to."""

    units: int
    persons: int
    places: int
    passages: int
    sources: int

    @classmethod
    def of(cls, triples: int) -> Sizes:
        counts = {kind: max(triples // per, 12) for kind, per in TRIPLES_PER.items()}
        nations = len(NATIONS)
        return cls(
            max(counts["unit"], 3 * nations),
            counts["person"],
            counts["place"],
            counts["passage"],
            max(counts["passage"] // 150, 3),
        )


class War:
    """Makes the entities, each a subject and its facts."""

    def __init__(self, triples: int, seed: int, names: Names) -> None:
        self.names = names
        self._begin, self._end = names.begin("id"), names.end
        self.sizes = sizes = Sizes.of(triples)
        self.rng = rng = random.Random(seed)
        self.unit = Skew(rng, sizes.units, 0.35)
        self.person = Skew(rng, sizes.persons, 0.3)
        self.place = Skew(rng, sizes.places, 0.4)
        self.passage = Skew(rng, sizes.passages, 0.5)
        # Which nation has which share of the units is skewed too.
        self.nation_weights = [1 / (i + 1) ** 0.7 for i in range(len(NATIONS))]
        self.unit_nations: list[int] = []
        self.place_names: list[str] = []
        self.source_of: list[int] = []
        self.commands: dict[int, tuple[str, int]] = {}

    def entities(self) -> Iterator[Entity]:
        """Everything: first what events refer to, then events without end."""
        yield from self._sides()
        yield from self._sources()
        yield from self._places()
        yield from self._units()
        yield from self._persons()
        yield from self._events()

    def _id(self, local: str) -> str:
        """The IRI of a thing."""
        return self._begin + local + self._end

    # Words and values --------------------------------------------------------------------

    def _choose(self, weights: dict[str, int]) -> str:
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def _labels(self, kind: str, place: str) -> Facts:
        """An English label and, for some things, labels in other languages."""
        label = self.names.label
        facts = [(label, f'"{kind} at {place}"@en')]
        draw = self.rng.random()
        facts.extend(
            (label, f'"{kind} {LANGUAGES[language]} {place}"@{language}')
            for language, share in LANGUAGE_SHARE.items()
            if draw < share
        )
        return facts

    def _passage(self) -> str:
        return self._id(f"passage-{self.passage()}")

    def _cites(self) -> tuple[str, str]:
        return self.names["ww2:cites"], self._passage()

    def _moment(self, day: int) -> str:
        """A day of the war (from 1939-09-01), as precisely as a source may have it."""
        date = DAYS[day]
        draw = self.rng.random()
        xsd = self.names
        if draw < 0.70:
            return f'"{date}"^^{xsd["xsd:date"]}'
        if draw < 0.85:
            return f'"{date[:7]}"^^{xsd["xsd:gYearMonth"]}'
        if draw < 0.90:
            return f'"{date[:4]}"^^{xsd["xsd:gYear"]}'
        return f'"{date}T{int(draw * 1000) % 24:02}:30:00Z"^^{xsd["xsd:dateTime"]}'

    # What events refer to ----------------------------------------------------------------

    def _sides(self) -> Iterator[Entity]:
        names = self.names
        for side in ("Allies", "Axis"):
            yield (
                self._id(f"side-{side.lower()}"),
                [
                    (names.type, names["ww2:Side"]),
                    (names.label, f'"{side}"@en'),
                    self._cites(),
                ],
            )
        for index, nation in enumerate(NATIONS):
            side = "axis" if nation in AXIS else "allies"
            yield (
                self._id(f"nation-{index}"),
                [
                    (names.type, names["ww2:Polity"]),
                    (names.label, f'"{nation}"@en'),
                    (names["ww2:memberOf"], self._id(f"side-{side}")),
                    self._cites(),
                ],
            )

    def _sources(self) -> Iterator[Entity]:
        names = self.names
        for index in range(self.sizes.sources):
            title = f"War diary {index + 1} of {word(self.rng)}"
            yield (
                self._id(f"source-{index}"),
                [
                    (names.type, names["ww2:Source"]),
                    (names.label, f'"{title}"@en'),
                    (names["dcterms:description"], f'"{title}, as it was typed."@en'),
                    (names["ww2:sha256"], f'"{self.rng.getrandbits(256):064x}"'),
                    (names["ww2:charCount"], names.number(1_000_000)),
                    (names["ww2:lineCount"], names.number(20_000)),
                ],
            )
        source = Skew(self.rng, self.sizes.sources)
        for index in range(self.sizes.passages):
            begin = self.rng.randrange(900_000)
            self.source_of.append(source())
            yield (
                self._id(f"passage-{index}"),
                [
                    (names.type, names["ww2:Passage"]),
                    (names.label, f'"Passage {index}"@en'),
                    (names["ww2:inSource"], self._id(f"source-{self.source_of[-1]}")),
                    (names["ww2:line"], names.number(begin // 60 + 1)),
                    (names["ww2:sentence"], names.number(begin // 90 + 1)),
                    (names["ww2:charBegin"], names.number(begin)),
                    (names["ww2:charEnd"], names.number(begin + self.rng.randrange(30, 400))),
                ],
            )

    def _places(self) -> Iterator[Entity]:
        names, rng = self.names, self.rng
        for index in range(self.sizes.places):
            place = word(self.rng)
            if rng.random() < 0.3:
                place = f"{place} {rng.choice(FEATURES)}"
            self.place_names.append(place)
            latitude, longitude = rng.uniform(-45, 70), rng.uniform(-160, 178)
            facts = [
                (names.type, names["ww2:" + self._choose(PLACE_KINDS)]),
                *self._labels("Place", place),
                (names["wgs:lat"], f'"{latitude:.4f}{names.decimal}'),
                (names["wgs:long"], f'"{longitude:.4f}{names.decimal}'),
                self._cites(),
            ]
            if index > 7:
                facts.append((names["ww2:locatedIn"], self._id(f"place-{(index - 8) // 7}")))
            if index and rng.random() < 0.2:
                facts.append((names["ww2:southOf"], self._id(f"place-{rng.randrange(index)}")))
            yield self._id(f"place-{index}"), facts

    def _units(self) -> Iterator[Entity]:
        """A forest of about five levels: the armies of each nation, corps, divisions …"""
        names, rng = self.names, self.rng
        armies = 2 * len(NATIONS)
        branching = max(round((self.sizes.units / armies) ** 0.25), 2)
        depths: list[int] = []
        for index in range(self.sizes.units):
            if index < armies:
                nation, depth, parent = index // 2, 0, None
            else:
                parent = self._parent(index, armies, branching)
                nation, depth = self.unit_nations[parent], depths[parent] + 1
            self.unit_nations.append(nation)
            depths.append(depth)
            echelon = ECHELONS[min(depth, len(ECHELONS) - 1)]
            facts = [
                (names.type, names["ww2:Unit"]),
                (names.label, f'"{NATIONS[nation]} {echelon} {index}"@en'),
                (names["ww2:echelon"], names[f"ww2:echelon-{echelon}"]),
                (names["ww2:serves"], self._id(f"nation-{nation}")),
                self._cites(),
            ]
            if rng.random() < 0.3:
                facts.append((names.label, f'"Einheit {index}, {echelon}"@de'))
            if parent is not None:
                facts.append((names["ww2:subordinateTo"], self._id(f"unit-{parent}")))
            yield self._id(f"unit-{index}"), facts

    def _parent(self, index: int, armies: int, branching: int) -> int:
        """Even over the level above for most units; the first armies get the rest."""
        if self.rng.random() < 0.2:
            return int((index // branching + 1) ** self.rng.random()) - 1
        return (index - armies) // branching

    def _persons(self) -> Iterator[Entity]:
        names, rng = self.names, self.rng
        for index in range(self.sizes.persons):
            nation = rng.choices(range(len(NATIONS)), self.nation_weights)[0]
            facts = [
                (names.type, names["ww2:Person"]),
                (names.label, f'"{word(self.rng)} {word(self.rng)}"@en'),
                (names["ww2:serves"], self._id(f"nation-{nation}")),
                self._cites(),
            ]
            if rng.random() < 0.6:
                facts.append((names["ww2:rank"], names[f"ww2:rank-{rng.choice(RANKS)}"]))
            yield self._id(f"person-{index}"), facts

    # Events ------------------------------------------------------------------------------

    def _events(self) -> Iterator[Entity]:
        """Campaigns of battles of smaller events, and all claims about each."""
        names = self.names
        yield (
            self._id("war"),
            [
                (names.type, names["ww2:War"]),
                (names.label, '"Second World War"@en'),
                (names["ww2:begin"], f'"1939-09-01"^^{names["xsd:date"]}'),
                (names["ww2:end"], f'"1945-09-02"^^{names["xsd:date"]}'),
                (names["ww2:placeNote"], '"In most of the world."@en'),
                self._cites(),
            ],
        )
        campaign, battle, number = 0, 0, 0
        while True:
            begin = self.rng.randrange(2000)
            yield self._campaign(campaign, begin)
            for _ in range(3 + Skew(self.rng, 60)()):
                day = min(begin + self.rng.randrange(200), 2190)
                yield from self._battle(battle, f"campaign-{campaign}", day)
                for _ in range(Skew(self.rng, 40)()):
                    yield from self._small_event(number, f"battle-{battle}", day)
                    number += 1
                battle += 1
            campaign += 1

    def _campaign(self, index: int, day: int) -> Entity:
        names, place = self.names, self.place()
        return self._id(f"campaign-{index}"), [
            (names.type, names["ww2:Campaign"]),
            *self._labels("Campaign", self.place_names[place]),
            (names["ww2:begin"], self._moment(day)),
            (names["ww2:atPlace"], self._id(f"place-{place}")),
            (names["ww2:partOf"], self._id("war")),
            self._cites(),
        ]

    def _battle(self, index: int, campaign: str, day: int) -> Iterator[Entity]:
        names, rng, place = self.names, self.rng, self.place()
        local = f"battle-{index}"
        facts = [
            (names.type, names["ww2:Battle"]),
            *self._labels("Battle", self.place_names[place]),
            (names["ww2:begin"], self._moment(day)),
            (names["ww2:atPlace"], self._id(f"place-{place}")),
            (names["ww2:partOf"], self._id(campaign)),
            self._cites(),
        ]
        if rng.random() < 0.6:
            facts.append((names["ww2:end"], self._moment(day + rng.randrange(40, 400))))
        yield self._id(local), facts
        yield from self._claims(local, 2 + Skew(rng, 12)(), rng.randrange(5), day)
        if rng.random() < 0.2:
            yield self._statement(local, campaign)

    def _small_event(self, index: int, battle: str, day: int) -> Iterator[Entity]:
        names, rng, place = self.names, self.rng, self.place()
        kind, local = self._choose(KINDS), f"event-{index}"
        facts = [
            (names.type, names["ww2:" + kind]),
            *self._labels(kind, self.place_names[place]),
            (names["ww2:atPlace"], self._id(f"place-{place}")),
            (names["ww2:partOf"], self._id(battle)),
            self._cites(),
        ]
        draw = rng.random()
        if draw < 0.85:
            facts.append((names["ww2:date"], self._moment(day + rng.randrange(30))))
        if draw < 0.15:
            facts.append(
                (names["ww2:duration"], f'"PT{rng.randrange(1, 72)}H"^^{names["xsd:duration"]}')
            )
        if kind == "Bombardment":
            facts.append((names["ww2:target"], self._id(f"place-{self.place()}")))
        yield self._id(local), facts
        yield from self._claims(local, 1 + Skew(rng, 5)(), int(draw * 3), day)
        if draw < 0.08:
            yield from self._decision(index, battle, local)

    def _claims(self, event: str, participations: int, figures: int, day: int) -> Iterator[Entity]:
        for number in range(participations):
            yield self._participation(event, number)
        for number in range(figures):
            yield self._figure(event, number)
        if figures == 2:
            yield self._command(event, day)

    def _participation(self, event: str, number: int) -> Entity:
        names, rng = self.names, self.rng
        unit = self.unit()
        role = ROLES[number] if number < 2 else rng.choices(ROLES, ROLE_WEIGHTS)[0]
        facts = [
            (names.type, names["ww2:Participation"]),
            (names.label, f'"Unit {unit} as {role}"@en'),
            (names["ww2:inEvent"], self._id(event)),
            (names["ww2:participant"], self._id(f"unit-{unit}")),
            (names["ww2:role"], names[f"ww2:role-{role}"]),
            self._cites(),
        ]
        if rng.random() < 0.1:
            facts.append((names["ww2:manner"], '"Elements only."@en'))
        return self._id(f"participation-{event}-{number}"), facts

    def _figure(self, event: str, number: int) -> Entity:
        names, passage = self.names, self.passage()
        casualties = self.rng.random() < 0.85
        kind = "ww2:CasualtyFigure" if casualties else "ww2:Figure"
        return self._id(f"figure-{event}-{number}"), [
            (names.type, names[kind]),
            (names.label, f'"{"Casualties" if casualties else "Strength"} {number + 1}"@en'),
            (names["ww2:inEvent"], self._id(event)),
            (names["ww2:forParty"], self._id(f"unit-{self.unit()}")),
            (names["ww2:count"], names.number(int(self.rng.paretovariate(0.8) * 20))),
            (names["ww2:cites"], self._id(f"passage-{passage}")),
            (names["dcterms:source"], self._id(f"source-{self.source_of[passage]}")),
        ]

    def _command(self, event: str, day: int) -> Entity:
        """The next command of a unit, begun after the last one ended; some ends are missing."""
        names, rng, unit = self.names, self.rng, self.unit()
        local = f"command-{event}"
        last, free = self.commands.get(unit, (None, 0))
        begin = max(day, free)
        end = begin + rng.randrange(20, 300)
        self.commands[unit] = local, end
        facts = [
            (names.type, names["ww2:Command"]),
            (names.label, f'"Command of unit {unit}"@en'),
            (names["ww2:holder"], self._id(f"person-{self.person()}")),
            (names["ww2:commandOf"], self._id(f"unit-{unit}")),
            (names["ww2:begin"], self._moment(min(begin, 3000))),
            self._cites(),
        ]
        if last:
            facts.append((names["ww2:replaces"], self._id(last)))
        if end < 2190 and rng.random() < 0.75:
            facts.append((names["ww2:end"], self._moment(end)))
        return self._id(local), facts

    def _statement(self, event: str, whole: str) -> Entity:
        """That one is a part of the other, pinned to a passage of its own."""
        names = self.names
        return self._id(f"claim-{event}"), [
            (names.type, names["ww2:Statement"]),
            (names["rdf:subject"], self._id(event)),
            (names["rdf:predicate"], names["ww2:partOf"]),
            (names["rdf:object"], self._id(whole)),
            (names["ww2:basis"], names["ww2:basis-implied"]),
            self._cites(),
        ]

    def _decision(self, index: int, battle: str, outcome: str) -> Iterator[Entity]:
        names, place = self.names, self.place()
        courses = [f"course-{index}-{n}" for n in range(2)]
        for course in courses:
            yield (
                self._id(course),
                [
                    (names.type, names["ww2:CourseOfAction"]),
                    (names.label, f'"Move on {self.place_names[self.place()]}"@en'),
                    self._cites(),
                ],
            )
        facts = [
            (names.type, names["ww2:Decision"]),
            *self._labels("Decision", self.place_names[place]),
            (names["ww2:timeNote"], '"Before the event that it led to."@en'),
            (names["ww2:decidedBy"], self._id(f"person-{self.person()}")),
            (names["ww2:chose"], self._id(courses[0])),
            (names["ww2:alternative"], self._id(courses[1])),
            (names["ww2:ledTo"], self._id(outcome)),
            (names["ww2:partOf"], self._id(battle)),
            self._cites(),
        ]
        if self.rng.random() < 0.5:
            facts.append((names["ww2:orderedBy"], self._id(f"person-{self.person()}")))
        yield self._id(f"decision-{index}"), facts


def entities(triples: int, seed: int, names: Names) -> Iterator[Entity]:
    return War(triples, seed, names).entities()
