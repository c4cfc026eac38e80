"""Well-formed random SPARQL, for comparison with another engine.

The features are those that the engine compiles; the vocabulary is small, so that patterns
meet data of every kind.
"""

from __future__ import annotations

import re
from random import Random

from tests.plan.random_expressions import (
    LITERALS,
    NODES,
    PREDICATES,
    PREFIXES,
    VARIABLES,
    ExpressionGenerator,
)

_VARIABLE = re.compile(r"\?\w+")


def random_turtle(random: Random, triples: int, typed: bool = False) -> str:
    """A graph over the same vocabulary, as TriG: a default graph and two named ones.

    Where it is ``typed``, the objects of a predicate are nodes, or literals of one datatype.
    """
    kinds: dict[str, list[str]] = {}
    for literal in LITERALS:
        kinds.setdefault(datatype_of(literal), []).append(literal)
    objects = {p: random.choice([NODES, *kinds.values()]) for p in PREDICATES}
    lines = [PREFIXES.replace("PREFIX", "@prefix").replace("> @", "> .\n@").strip() + " ."]
    for graph in ("", ":g1", ":g2"):
        body = []
        for _ in range(triples):
            subject = random.choice([*NODES, *NODES, "_:n1", "_:n2"])
            predicate = random.choice(PREDICATES)
            some = [*NODES, "_:n1", random.choice(LITERALS), random.choice(LITERALS)]
            target = random.choice(objects[predicate] if typed else some)
            body.append(f"{subject} {predicate} {target} .")
        lines.append(f"{graph} {{ {' '.join(body)} }}" if graph else "\n".join(body))
    return "\n".join(lines)


def datatype_of(literal: str) -> str:
    """What tells kinds of literal apart as they are written: the datatype, or the tag."""
    _, _, suffix = literal.rpartition('"')
    if literal.startswith('"'):
        return suffix
    return "boolean" if literal in ("true", "false") else "decimal" if "." in literal else "integer"


class QueryGenerator(ExpressionGenerator):
    """Makes queries from a source of randomness; ``query`` gives one as text."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self._fresh = 0
        self._in_graph = 0

    def query(self) -> str:
        kind = self.random.random()
        if kind < 0.06:
            return f"{PREFIXES}ASK {self.dataset()}{self.group(2)}"
        if kind < 0.25:
            return PREFIXES + self.grouped()
        if kind < 0.35:
            return PREFIXES + self.ordered()
        if kind < 0.43:
            return PREFIXES + self.construct()
        if kind < 0.46:
            return PREFIXES + self.sorted_by_one()
        if kind < 0.48:
            return PREFIXES + self.describe()
        distinct = self.random.choice(["", "", "DISTINCT "])
        dataset, body = self.dataset(), self.group(3)
        chosen = " ".join(self.random.sample(VARIABLES, self.random.randint(1, 4)))
        if self.random.random() < 0.2:
            chosen += f" ({self.expression(2)} AS ?computed)"
        values = f" {self.values()}" if self.random.random() < 0.1 else ""
        return f"{PREFIXES}SELECT {distinct}{chosen} {dataset}{body}{values}"

    def dataset(self) -> str:
        """FROM and FROM NAMED, seldom."""
        if self.random.random() < 0.92:
            return ""
        # The oracle looks for paths of length zero in the dataset, 18.4 at any term: all nodes
        # are in each graph. It counts a triple of two graphs twice, against 13.2: a merge is a set.
        first = self.random.choice(["FROM :g1", "FROM :g2"])
        others = ["FROM :nowhere", "FROM NAMED :g1", "FROM NAMED :g2", "FROM NAMED :nowhere"]
        return " ".join([first, *self.random.sample(others, self.random.randint(0, 2)), ""])

    def describe(self) -> str:
        """What a description holds is each engine's own, but for nodes that nothing leads from."""
        nodes = " ".join(self.random.sample([*NODES, ":nothing"], 2))
        return f"DESCRIBE {nodes}"

    def sorted_by_one(self) -> str:
        """ORDER BY terms of kinds whose order is the specification's (15.1)."""
        kind = self.random.choice(
            ["isIRI({0})", "isNumeric({0})", "DATATYPE({0}) = xsd:string",
             "DATATYPE({0}) = xsd:boolean", "isIRI({0}) || !BOUND({0})",
             "DATATYPE({0}) = xsd:date || isIRI({0})"]
        )  # fmt: skip
        variable, direction = self.random.choice(VARIABLES), self.random.choice(["ASC", "DESC"])
        # Numbers that are equal are told apart; with them by their text all ties are broken.
        ties = f"STR(DATATYPE({variable})) STR({variable})"
        pattern = f"{{ {self.group(2)} FILTER({kind.format(variable)}) }}"
        return f"SELECT {variable} {pattern} ORDER BY {direction}({variable}) {ties}"

    def ordered(self) -> str:
        """ORDER BY and LIMIT, with keys that leave no two different solutions in a tie."""
        chosen = self.random.sample(VARIABLES, self.random.randint(1, 2))
        # What the text, the kind, the tag and the datatype agree in is one term, unless it
        # is a blank node; and the order across kinds of literal is each engine's own.
        aspects = ["BOUND({})", "isIRI({})", "LANG({})", "STR(DATATYPE({}))", "STR({})"]
        keys = [aspect.format(variable) for variable in chosen for aspect in aspects]
        direction = self.random.choice(["", "DESC"])
        sorted_by = " ".join(f"{direction}({key})" for key in keys)
        no_blanks = " ".join(f"FILTER(!BOUND({v}) || !isBlank({v}))" for v in chosen)
        distinct = self.random.choice(["", "DISTINCT "])
        limits = f"LIMIT {self.random.randint(0, 4)} OFFSET {self.random.randint(0, 2)}"
        pattern = f"{{ {{ SELECT {' '.join(chosen)} {self.group(2)} }} {no_blanks} }}"
        if distinct:
            # Keys of SELECT DISTINCT have to be projected: the subquery does it.
            pattern = f"{{ SELECT DISTINCT {' '.join(chosen)} {pattern} }}"
            pattern = f"{{ {pattern} }}"
        return f"SELECT {' '.join(chosen)} {pattern} ORDER BY {sorted_by} {limits}"

    def reduced(self) -> str:
        """How many duplicates REDUCED leaves is each engine's own."""
        chosen = " ".join(self.random.sample(VARIABLES, 2))
        return f"SELECT DISTINCT {chosen} {{ SELECT REDUCED {chosen} {self.group(1)} }}"

    def construct(self) -> str:
        template = []
        for _ in range(self.random.randint(1, 3)):
            subject = self.random.choice([*VARIABLES, ":made", "_:made"])
            predicate = self.random.choice([":t", ":t", ":u", *VARIABLES])
            target = self.random.choice([*VARIABLES, "_:made", self.constant()])
            template.append(f"{subject} {predicate} {target} .")
        return f"CONSTRUCT {{ {' '.join(template)} }} {self.group(2)}"

    def grouped(self) -> str:
        keys = self.random.sample(VARIABLES, self.random.randint(0, 2))
        rest = [v for v in VARIABLES if v not in keys]
        aggregates = [
            f"({self.aggregate(rest)} AS ?a{i})" for i in range(self.random.randint(1, 2))
        ]
        having = ""
        if self.random.random() < 0.2:
            having = f" HAVING ({self.aggregate(rest)} > {self.random.choice(['1', '2', '0.5'])})"
        if keys and self.random.random() < 0.2:
            aggregates.append(f"(SAMPLE({keys[0]}) AS ?sample)")
        if self.random.random() < 0.2:
            first, second = self.aggregate(rest), self.aggregate(rest)
            aggregates.append(f"({first} {self.random.choice('+-*/')} {second} AS ?both)")
        by = f" GROUP BY {' '.join(keys)}" if keys else ""
        if self.random.random() < 0.15:
            by = f"{by or ' GROUP BY'} ({self.expression(1)} AS ?key)"
            keys = [*keys, "?key"]
        return f"SELECT {' '.join(keys + aggregates)} {self.group(2)}{by}{having}"

    def aggregate(self, variables: list[str]) -> str:
        name = self.random.choice(["COUNT", "COUNT", "SUM", "AVG", "MIN", "MAX"])
        distinct = self.random.choice(["", "DISTINCT "])
        if self.random.random() < 0.15:
            # The order in a group is anyone's, the length is not.
            operand = self.random.choice(variables)
            text = f'COALESCE(STR({operand}), "unbound")'
            separator = self.random.choice(["", '; SEPARATOR=", "'])
            return f"STRLEN(GROUP_CONCAT({distinct}{text}{separator}))"
        if name == "COUNT" and self.random.random() < 0.3:
            # The oracle counts bindings of [] and _:b too in COUNT(DISTINCT *); they are no
            # part of a solution (18.3.1: its domain is the variables of the pattern).
            return "COUNT(*)"
        operand = self.random.choice(variables)
        if name in ("SUM", "AVG") and self.random.random() < 0.3:
            return f"{name}({distinct}{operand})"
        if name != "COUNT":
            # MIN and MAX of several kinds of term are each engine's own (15.1 leaves the order
            # of literals of different kinds open). The oracle's COUNT is unbound where an
            # operand is an error; 18.5.1.2: errors are not counted.
            operand = f"IF(isNumeric({operand}), {operand}, 1)"
            operand = f"COALESCE({operand}, 2)"
        return f"{name}({distinct}{operand})"

    # Patterns -----------------------------------------------------------------------

    def group(self, depth: int) -> str:
        parts = [self.triples() if self.random.random() < 0.9 else self.values()]
        bound: list[str] = []
        for _ in range(self.random.randint(0, 2) if depth else 0):
            parts.append(self.part(depth - 1, bound))
        self.random.shuffle(parts)
        # The oracle may give a MINUS with nothing before it the solutions around its group. 18.6:
        # it takes from the empty solution, with which it shares no variable.
        while (first := next(p for p in parts if not p.startswith("FILTER"))).startswith("MINUS"):
            parts.remove(first)
            parts.append(first)
        if self.random.random() < 0.1:
            self._fresh += 1
            first, second = self.expression(2), self.expression(2)
            parts.append(
                f"{{ {self.triple()} BIND({first} AS ?f{self._fresh}) }} UNION "
                f"{{ {self.triple()} BIND({second} AS ?f{self._fresh}) }}"
            )
            parts.append(f"FILTER({self.some(self.use(self._fresh))})")
        if self.random.random() < 0.3:
            self._fresh += 1
            parts.append(f"BIND({self.expression(2)} AS ?f{self._fresh})")
            condition = f"{self.use(self._fresh)} || {self.expression(1)}"
            parts.append(f"FILTER({self.some(condition)})")
        return "{ " + " ".join(parts) + " }"

    def some(self, condition: str) -> str:
        """The condition, or one that more solutions meet, since most conditions are errors."""
        return self.random.choice(
            [condition, f"COALESCE({condition}, true)", f"!COALESCE({condition}, false)"]
        )

    def use(self, fresh: int) -> str:
        """A condition on a variable that BIND has bound."""
        variable = f"?f{fresh}"
        return self.random.choice(
            [f"BOUND({variable})", variable, f"{variable} = {self.constant()}",
             f"({variable} + 0) < 2", f"sameTerm({variable}, {self.random.choice(VARIABLES)})",
             f"STRLEN(STR({variable})) > 1", f"isIRI({variable})"]
        )  # fmt: skip

    def part(self, depth: int, bound: list[str]) -> str:
        choice = self.random.randrange(14)
        if choice <= 1:
            return f"OPTIONAL {self.group(depth)}"
        if choice == 2:
            return f"{self.group(depth)} UNION {self.group(depth)}"
        if choice == 3:
            return f"MINUS {self.group(depth)}"
        if choice <= 5:
            return f"FILTER({self.some(self.expression(2))})"
        if choice == 6:
            negation = self.random.choice(["", "NOT "])
            inner = f"{{ {self.triples()} }}" if self.random.random() < 0.5 else self.group(0)
            # The oracle may let EXISTS see what is bound outside its group only. 18.6: a group
            # is evaluated by itself.
            outside = self.triple()
            bound_here = set(_VARIABLE.findall(outside))
            inner = _VARIABLE.sub(lambda v: v[0] if v[0] in bound_here else f"{v[0]}_", inner)
            return f"{outside} FILTER {negation}EXISTS {inner}"
        if choice == 7:
            graph = self.random.choice([":g1", ":g2", "?g", "?x", ":nowhere"])
            # The oracle leaves ?g unbound where no pattern within binds it. 18.6: Graph(var, P)
            # joins each solution with the name of its graph.
            self._in_graph += 1
            inside = f"{self.triple()} {self.group(depth)}"
            self._in_graph -= 1
            return f"GRAPH {graph} {{ {inside} }}"
        if choice == 8:
            return self.values()
        if choice == 9:
            inner = " ".join(self.random.sample(VARIABLES, 2))
            distinct = self.random.choice(["", "DISTINCT "])
            return f"{{ SELECT {distinct}{inner} {self.group(depth)} }}"
        if choice == 10:
            self._fresh += 1
            key, rest = self.random.choice(VARIABLES), VARIABLES
            computed = f"({self.aggregate(rest)} AS ?n{self._fresh})"
            return f"{{ SELECT {key} {computed} {self.group(depth)} GROUP BY {key} }}"
        if choice == 11:
            return f"{{ {self.ordered()} }}"
        if choice == 12:
            return f"{{ {self.reduced()} }}"
        return self.group(depth)

    def values(self) -> str:
        variables = self.random.sample(VARIABLES, self.random.randint(1, 2))
        rows = []
        for _ in range(self.random.randint(1, 3)):
            cells = [
                self.random.choice([self.constant(), self.constant(), "UNDEF"]) for _ in variables
            ]
            rows.append(f"({' '.join(cells)})")
        return f"VALUES ({' '.join(variables)}) {{ {' '.join(rows)} }}"

    def triples(self) -> str:
        return " ".join(self.triple() for _ in range(self.random.randint(1, 2)))

    def triple(self) -> str:
        subject = self.random.choice([*VARIABLES, *VARIABLES, self.random.choice(NODES), "_:b"])
        target = self.random.choice([*VARIABLES, *VARIABLES, self.constant()])
        if subject == "_:b":
            subject = "[]"
        predicate = self.predicate()
        if predicate.startswith(("(", "^(")):
            # The oracle finds no path of length zero at a term that is not in its store. 18.4:
            # ZeroOrMorePath and ZeroOrOnePath hold between any term and itself.
            target = self.random.choice([*VARIABLES, *NODES])
        return f"{subject} {predicate} {target} ."

    def predicate(self) -> str:
        kind = self.random.random()
        if kind < 0.65:
            return self.random.choice(PREDICATES)
        if kind < 0.75:
            return self.random.choice(VARIABLES)
        return self.path(2)

    def path(self, depth: int) -> str:
        if depth == 0:
            return self.random.choice(PREDICATES)
        inner = self.path(depth - 1)
        choice = self.random.randrange(8)
        if choice == 0 or (choice == 1 and self._in_graph):
            return f"({inner}/{self.path(depth - 1)})"
        if choice == 1:
            # The oracle drops duplicates of an alternative. 18.4: it is Union(left, right),
            # whose cardinality is the sum (18.5); as a closure both are sets. Inside GRAPH it
            # gives a pair of such a closure several times; 18.4: each once.
            return f"({inner}|{self.path(depth - 1)})+"
        if choice == 2:
            return f"^({inner})"
        if choice == 3:
            inverse = self.random.choice(["", "^"])
            first, second = self.random.choice(PREDICATES), self.random.choice(PREDICATES)
            return f"(!({first}|{inverse}{second})){self.random.choice('*+?')}"
        return f"({inner}){self.random.choice('*+?')}" if choice < 7 else inner
