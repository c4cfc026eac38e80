"""Well-formed random SPARQL, for comparison with another engine.

The features are those that the engine compiles; the vocabulary is small, so that patterns
meet data of every kind.
"""

from __future__ import annotations

from random import Random

PREFIXES = "PREFIX : <http://e/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
NODES = [":a", ":b", ":c", ":d", ":e"]
PREDICATES = [":p", ":q", ":r", ":s"]
# Only forms that the oracle keeps: it writes "01"^^xsd:integer, "2"^^xsd:int and 2.5e3 as 1, 2
# and 2500. It also compares xsd:gYear, which 17.3 leaves to each engine. And a time without
# a zone is more than 14 hours from those with one: nearer, = is an error (XML Schema 1.1,
# D.2.1), where the oracle takes an implicit zone, as F&O 9.4 allows.
# The effective boolean value of "x"^^xsd:integer is false (17.2.2), there it is an error.
# NaN = NaN is false (XPath F&O 3.1, 4.3.1), there true; and where NaN comes among the others,
# which MIN and MAX go by, is each engine's own.
LITERALS = [
    "1", "2", "-3", "0", "2.5", "0.1", '"1.5"^^xsd:double', '"2500"^^xsd:double',
    '"1.25"^^xsd:float', '"-0.5"^^xsd:float', '"INF"^^xsd:double', '"a"', '"b"', '"abc"', '""',
    '"a"@en', '"abc"@en', '"b"@fr', "true", "false", '"z"^^:unknown',
    '"1944-06-04"^^xsd:date', '"1944-06-05Z"^^xsd:date', '"1944-08-25T08:00:00"^^xsd:dateTime',
    '"1944-06-10T08:00:00Z"^^xsd:dateTime', '"1944-06-10T08:00:00.5+02:00"^^xsd:dateTime',
]  # fmt: skip
VARIABLES = ["?x", "?y", "?z", "?w"]


def random_turtle(random: Random, triples: int) -> str:
    """A graph over the same vocabulary, as TriG: a default graph and two named ones."""
    lines = [PREFIXES.replace("PREFIX", "@prefix").replace("> @", "> .\n@").strip() + " ."]
    for graph in ("", ":g1", ":g2"):
        body = []
        for _ in range(triples):
            subject = random.choice([*NODES, *NODES, "_:n1", "_:n2"])
            target = random.choice(
                [*NODES, "_:n1", random.choice(LITERALS), random.choice(LITERALS)]
            )
            body.append(f"{subject} {random.choice(PREDICATES)} {target} .")
        lines.append(f"{graph} {{ {' '.join(body)} }}" if graph else "\n".join(body))
    return "\n".join(lines)


class QueryGenerator:
    """Makes queries from a source of randomness; ``query`` gives one as text."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._fresh = 0

    def query(self) -> str:
        kind = self.random.random()
        if kind < 0.06:
            return f"{PREFIXES}ASK {self.group(2)}"
        if kind < 0.25:
            return PREFIXES + self.grouped()
        if kind < 0.35:
            return PREFIXES + self.ordered()
        if kind < 0.43:
            return PREFIXES + self.construct()
        distinct = self.random.choice(["", "", "DISTINCT "])
        body = self.group(3)
        chosen = " ".join(self.random.sample(VARIABLES, self.random.randint(1, 4)))
        return f"{PREFIXES}SELECT {distinct}{chosen} {body}"

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
        by = f" GROUP BY {' '.join(keys)}" if keys else ""
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
        if self.random.random() < 0.3:
            self._fresh += 1
            parts.append(f"BIND({self.expression(2)} AS ?f{self._fresh})")
            parts.append(f"FILTER(BOUND(?f{self._fresh}) || {self.expression(1)})")
        return "{ " + " ".join(parts) + " }"

    def part(self, depth: int, bound: list[str]) -> str:
        choice = self.random.randrange(12)
        if choice <= 1:
            return f"OPTIONAL {self.group(depth)}"
        if choice == 2:
            return f"{self.group(depth)} UNION {self.group(depth)}"
        if choice == 3:
            return f"MINUS {self.group(depth)}"
        if choice <= 5:
            return f"FILTER({self.expression(2)})"
        if choice == 6:
            negation = self.random.choice(["", "NOT "])
            return f"FILTER {negation}EXISTS {{ {self.triples()} }}"
        if choice == 7:
            graph = self.random.choice([":g1", ":g2", "?g", "?x", ":nowhere"])
            # The oracle leaves ?g unbound where no pattern within binds it. 18.6: Graph(var, P)
            # joins each solution with the name of its graph.
            return f"GRAPH {graph} {{ {self.triple()} {self.group(depth)} }}"
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
        if choice == 0:
            return f"({inner}/{self.path(depth - 1)})"
        if choice == 1:
            # The oracle drops duplicates of an alternative. 18.4: it is Union(left, right),
            # whose cardinality is the sum (18.5); as a closure both are sets.
            return f"({inner}|{self.path(depth - 1)})+"
        if choice == 2:
            return f"^({inner})"
        if choice == 3:
            inverse = self.random.choice(["", "^"])
            first, second = self.random.choice(PREDICATES), self.random.choice(PREDICATES)
            return f"(!({first}|{inverse}{second})){self.random.choice('*+?')}"
        return f"({inner}){self.random.choice('*+?')}" if choice < 7 else inner

    # Expressions --------------------------------------------------------------------

    def constant(self) -> str:
        return self.random.choice([self.random.choice(NODES), self.random.choice(LITERALS)])

    def expression(self, depth: int) -> str:
        if depth == 0:
            return self.random.choice([*VARIABLES, *VARIABLES, self.constant()])
        return self.random.choice(
            [
                self.logic,
                self.comparison,
                self.comparison,
                self.arithmetic,
                self.function,
                self.test,
            ]
        )(depth - 1)

    def logic(self, depth: int) -> str:
        left, right = self.expression(depth), self.expression(depth)
        operator = self.random.choice(["&&", "||", "!"])
        return f"(!{left})" if operator == "!" else f"({left} {operator} {right})"

    def comparison(self, depth: int) -> str:
        left, right = self.expression(depth), self.expression(depth)
        if self.random.random() < 0.15:
            negation = self.random.choice(["", "NOT "])
            return f"({left} {negation}IN ({right}, {self.constant()}))"
        operator = self.random.choice(["=", "!=", "<", "<=", ">", ">="])
        if operator not in ("=", "!="):
            # The oracle also orders IRIs and tagged strings. 17.3.1: an operator without a
            # row in the table is a type error.
            kind = self.random.choice(["STR({})", "({} + 0)"])
            left, right = kind.format(left), kind.format(right)
        return f"({left} {operator} {right})"

    def arithmetic(self, depth: int) -> str:
        operator = self.random.choice(["+", "-", "*", "/"])
        left, right = self.expression(depth), self.expression(depth)
        if operator == "-":
            # The oracle subtracts times; 17.3.1 lets it, and us not.
            right = f"({right} + 0)"
        return f"({left} {operator} {right})"

    def pattern(self) -> str:
        """A regular expression and its flags."""
        pattern = self.random.choice(
            ["B", "^a.c$", "a b", "a+|b", "[^a]$", "(a)(b)", "^$", "b{1,2}", "A.", "/[a-z]"]
        )
        flags = "".join(f for f in "smixq" if self.random.random() < 0.25)
        return f'"{pattern}", "{flags}"'

    def replacement(self) -> str:
        """A pattern that matches no empty text, and what takes its place."""
        return self.random.choice(
            ['"(a)(b)?", "[$1|$2]"', '"[ab]", "$0$0"', '"B", "x", "i"', '"([a-z])c", "$1"',
             '"b", "\\\\$"', '".", "\\\\\\\\"', '"a.", "$1", "q"']
        )  # fmt: skip

    def time(self) -> str:
        return self.random.choice([text for text in LITERALS if "1944-" in text])

    def test(self, depth: int) -> str:
        variable = self.random.choice(VARIABLES)
        name = self.random.choice(["isIRI", "isBlank", "isLiteral", "isNumeric", "BOUND"])
        return f"{name}({variable if name == 'BOUND' else self.expression(depth)})"

    def function(self, depth: int) -> str:
        one, two = self.expression(depth), self.expression(depth)
        text = f"STR({one})"
        return self.random.choice(
            [
                f"STR({one})", f"LANG({one})", f"DATATYPE({one})", f"STRLEN({one})",
                f"UCASE({one})", f"CONTAINS({one}, {two})", f"STRSTARTS({text}, {two})",
                f"SUBSTR({text}, 2)", f"SUBSTR({one}, 1, 2)", f"STRBEFORE({one}, {two})",
                f"STRAFTER({one}, \"a\")", f"CONCAT({one}, {two})", f"ABS({one})", f"CEIL({one})",
                f"FLOOR({one})", f"ROUND({one})", f"YEAR({one})", f"HOURS({one})",
                f"IF({one}, {two}, {self.expression(depth)})", f"COALESCE({one}, {two})",
                f"sameTerm({one}, {two})", f"REGEX({text}, \"^[a-c]+$\")",
                f"REPLACE({text}, \"b\", \"z\")", f"xsd:integer({one})", f"xsd:string({one})",
                f"xsd:double({one})", f"xsd:decimal({one})", f"xsd:boolean({one})",
                f"langMatches(LANG({one}), \"*\")", f"STRDT({text}, xsd:integer)",
                f"STRBEFORE({one}, \"b\"@en)", f"STRAFTER(\"abc\"@en, {two})",
                f"CONTAINS(\"abc\"@en, {two})", f"STRENDS({one}, \"c\"@en)",
                f"CONCAT({one}, \"x\"@en)", f"SUBSTR(\"abc\"@en, 2, {one})", f"LCASE({one})",
                f"MONTH({one})", f"DAY({one})", f"MINUTES({one})", f"SECONDS({one})",
                f"TZ({one})", f"TIMEZONE({one})", f"xsd:dateTime({one})", f"xsd:date({one})",
                f"({one} < {self.time()})", f"({self.time()} >= {two})",
                f"({self.time()} = {self.time()})", f"({self.time()} < {self.time()})",
                f"STRLANG({text}, \"en\")", f"IRI({one})", f"ENCODE_FOR_URI({text})",
                f"REGEX({text}, {self.pattern()})", f"REPLACE({text}, {self.replacement()})",
                f"MD5({text})", f"SHA1({text})", f"SHA256({text})", f"SHA384({text})",
                f"SHA512({text})", f"xsd:float({one})", f"isNumeric({one} / {two})",
                f"IF({one} = {one}, 1, 2)", f"(-{one})", f"(+{one})",
            ]
        )  # fmt: skip
