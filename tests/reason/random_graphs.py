"""Random small graphs that use all of OWL 2 RL, as Turtle without declarations of prefixes."""

from __future__ import annotations

from random import Random

CLASSES = [f":C{i}" for i in range(6)]
PROPERTIES = [f":p{i}" for i in range(6)]
NODES = [f":n{i}" for i in range(7)]
LITERALS = ["1", '"a"', '"b"@en']
_CHARACTERISTICS = ["Functional", "InverseFunctional", "Symmetric", "Transitive", "Irreflexive",
                    "Asymmetric"]  # fmt: skip


class GraphGenerator:
    """``literals`` says whether literals are among the objects, ``keys`` whether there are keys."""

    def __init__(self, random: Random, *, literals: bool = True, keys: bool = True) -> None:
        self._keys = keys
        self._random = random
        self._objects = NODES + LITERALS if literals else NODES

    def turtle(self) -> str:
        declared = [f"{c} a owl:Class ." for c in CLASSES if self._random.random() < 0.7]
        declared += [
            f"{p} a owl:ObjectProperty ." for p in PROPERTIES if self._random.random() < 0.7
        ]
        axioms = [self._axiom() for _ in range(self._random.randint(3, 9))]
        facts = [self._fact() for _ in range(self._random.randint(8, 24))]
        return "\n".join(declared + axioms + facts)

    def _fact(self) -> str:
        pick = self._random.choice
        if self._random.random() < 0.35:
            return f"{pick(NODES)} a {pick(CLASSES)} ."
        return f"{pick(NODES)} {pick(PROPERTIES)} {pick(self._objects)} ."

    def _axiom(self) -> str:
        pick, sample = self._random.choice, self._random.sample
        c, d, e = sample(CLASSES, 3)
        p, q, r = sample(PROPERTIES, 3)
        x, y, z = sample(NODES, 3)
        return pick(
            [
                f"{c} rdfs:subClassOf {d} .",
                f"{c} owl:equivalentClass {d} .",
                f"{c} owl:disjointWith {d} .",
                f"{c} owl:complementOf {d} .",
                f"{p} rdfs:subPropertyOf {q} .",
                f"{p} owl:equivalentProperty {q} .",
                f"{p} owl:inverseOf {q} .",
                f"{p} owl:propertyDisjointWith {q} .",
                f"{p} rdfs:domain {c} .",
                f"{p} rdfs:range {c} .",
                f"{p} a owl:{pick(_CHARACTERISTICS)}Property .",
                f"{p} a owl:{pick(_CHARACTERISTICS)}Property .",
                f"{p} owl:propertyChainAxiom ({q} {r}) .",
                f"{p} owl:propertyChainAxiom ({q} {r} {p}) .",
                f"{c} owl:hasKey ({p} {q}) ." if self._keys else f"{c} rdfs:subClassOf {e} .",
                f"{c} owl:intersectionOf ({d} {e}) .",
                f"{c} owl:unionOf ({d} {e}) .",
                f"{c} owl:oneOf ({x} {y}) .",
                f"{c} owl:equivalentClass [ a owl:Restriction ; owl:onProperty {p} ; "
                f"{self._restriction(d, x)} ] .",
                f"[ owl:onProperty {p} ; {self._restriction(d, x)} ] rdfs:subClassOf {c} .",
                f"{c} rdfs:subClassOf [ owl:onProperty {p} ; {self._restriction(d, x)} ] .",
                f"{x} owl:sameAs {y} .",
                f"{x} owl:differentFrom {y} .",
                f"[] a owl:AllDifferent ; owl:members ({x} {y} {z}) .",
                f"[] a owl:AllDisjointClasses ; owl:members ({c} {d} {e}) .",
                f"[] owl:sourceIndividual {x} ; owl:assertionProperty {p} ; "
                f"owl:targetIndividual {y} .",
            ]
        )

    def _restriction(self, class_: str, node: str) -> str:
        count = self._random.choice("01")
        return self._random.choice(
            [
                f"owl:someValuesFrom {class_}",
                "owl:someValuesFrom owl:Thing",
                f"owl:allValuesFrom {class_}",
                f"owl:hasValue {node}",
                f'owl:maxCardinality "{count}"^^xsd:nonNegativeInteger',
                f'owl:maxQualifiedCardinality "{count}"^^xsd:nonNegativeInteger ; '
                f"owl:onClass {self._random.choice([class_, 'owl:Thing'])}",
            ]
        )
