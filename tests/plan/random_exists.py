"""Random groups inside EXISTS, with the variables of the group around it wherever they may be."""

from __future__ import annotations

from random import Random

_VARIABLES = "axbyzc"


def exists_data(random: Random) -> str:
    """Triples in Turtle, few enough that a query of ten patterns has few solutions."""
    lines = [
        f":n{random.randrange(6)} :{name} :n{random.randrange(6)} ."
        for name in "pqr"
        for _ in range(9)
    ]
    return "\n".join(lines)


def exists_pattern(random: Random, minus: bool = False) -> str:
    """``?a :p ?x`` and an EXISTS; ``minus`` says whether groups within may have a MINUS."""
    inner = _Groups(random, minus).group(3)
    return f"?a :p ?x . FILTER {random.choice(['', 'NOT '])}EXISTS {{ {inner} }}"


class _Groups:
    def __init__(self, random: Random, minus: bool) -> None:
        self._random = random
        self._kinds = ["filter", "exists", "exists", "optional", "union", "group"]
        if minus:
            self._kinds.append("minus")

    def group(self, depth: int) -> str:
        parts = [self._triple() for _ in range(self._random.randint(1, 2))]
        parts += [self._part(depth - 1) for _ in range(self._random.randint(0, 2))]
        return " . ".join(parts)

    def _part(self, depth: int) -> str:
        kind = self._random.choice(self._kinds) if depth else "filter"
        match kind:
            case "filter":
                return self._filter()
            case "exists":
                return f"FILTER {self._random.choice(['', 'NOT '])}EXISTS {{ {self.group(depth)} }}"
            case "union":
                return f"{{ {self.group(depth)} }} UNION {{ {self.group(depth)} }}"
            case "group":
                return f"{{ {self.group(depth)} }}"
        return f"{kind.upper()} {{ {self.group(depth)} }}"

    def _filter(self) -> str:
        first, second, third = (self._variable() for _ in range(3))
        return self._random.choice(
            [
                f"FILTER ({first} = {second})",
                f"FILTER ({first} != {second})",
                f"FILTER ({'!' * self._random.randrange(2)}BOUND({first}))",
                f"FILTER ({first} = {second} || EXISTS {{ {second} :r {third} }})",
            ]
        )

    def _triple(self) -> str:
        return f"{self._variable()} :{self._random.choice('pqr')} {self._variable()}"

    def _variable(self) -> str:
        return f"?{self._random.choice(_VARIABLES)}"
