"""Well-formed random SPARQL expressions, and the vocabulary that they are about."""

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


class ExpressionGenerator:
    """Makes expressions from a source of randomness."""

    def __init__(self, random: Random) -> None:
        self.random = random

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
                f"langMatches(LANG({one}), \"*\")", f"STRDT({text}, :made)",
                f"(STRDT({text}, xsd:integer) + 0)",
                f"STRBEFORE({one}, \"b\"@en)", f"STRAFTER(\"abc\"@en, {two})",
                f"CONTAINS(\"abc\"@en, {two})", f"STRENDS({one}, \"c\"@en)",
                f"CONCAT({one}, \"x\"@en)", f"SUBSTR(\"abc\"@en, 2, xsd:integer({one}))",
                f"LCASE({one})",
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
