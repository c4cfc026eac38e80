"""What query.wikidata.org adds to SPARQL, turned into algebra while a query is read.

The label service, the two services that find things by where they are, and triples that
advise its optimiser (https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual). A
service takes effect on the solutions of its group as late as may be: above all that binds what
it reads, and below what reads the variables that it binds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from kgtool.errors import KgtoolError
from kgtool.rdf.namespaces import RDFS, WIKIBASE, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql import algebra as a
from kgtool.sparql._group import EMPTY, join
from kgtool.sparql.scope import in_scope, variables_in

_BIGDATA = "http://www.bigdata.com/"
_GEOF = "http://www.opengis.net/def/function/geosparql/"

#: What only Wikidata's own servers can answer.
ELSEWHERE = frozenset(
    {
        IRI(WIKIBASE.mwapi),
        IRI(_BIGDATA + "rdf/gas#service"),
        IRI(_BIGDATA + "rdf#sample"),
        IRI(_BIGDATA + "rdf#slice"),
    }
)
HINT_NOTE = "triples of hint: advise the optimiser of another engine; they were left aside"

_HINTS = _BIGDATA + "queryHints#"
_PARAMETER = IRI(_BIGDATA + "rdf#serviceParam")
_LABEL, _AROUND, _BOX = IRI(WIKIBASE.label), IRI(WIKIBASE.around), IRI(WIKIBASE.box)
_NAME = IRI(RDFS.label)
_ALIAS = IRI("http://www.w3.org/2004/02/skos/core#altLabel")
_DESCRIPTION = IRI("http://schema.org/description")
#: What the automatic form binds: the ending of a variable's name, and the property.
_ENDINGS = {"AltLabel": _ALIAS, "Description": _DESCRIPTION, "Label": _NAME}
#: The reader's language, which is English here: a query has the same answer for everybody.
_READER = "[auto_language]"
_FOUND = a.Variable("_:text")

#: Makes the error for a service that is not used as it has to be: what, and what was expected.
Fail: TypeAlias = Callable[[a.Service, str, str], KgtoolError]


class _Step(NamedTuple):
    """What a service does to solutions: binds a variable, or drops some where that is None."""

    variable: a.Variable | None
    expression: a.Expression


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a service does to the solutions of its group.

    Without ``steps`` it is the label service in its automatic form, which binds each of ``names``
    that is the name of another variable of the solutions with an ending.
    """

    names: frozenset[str]
    steps: tuple[_Step, ...] = ()
    languages: tuple[str, ...] = ()

    def on(self, pattern: a.Pattern) -> a.Pattern:
        for variable, expression in self.steps or tuple(self._automatic(pattern)):
            if variable is None:
                pattern = a.Filter(expression, pattern)
            else:
                pattern = a.Extend(pattern, variable, expression)
        return pattern

    def _automatic(self, pattern: a.Pattern) -> Iterator[_Step]:
        bound = {v.name for v in in_scope(pattern)}
        for name in sorted(self.names - bound):
            ending = next((e for e in _ENDINGS if name.endswith(e)), None)
            if ending is not None and (of := name.removesuffix(ending)) in bound:
                property_ = _ENDINGS[ending]
                yield from _texts(a.Variable(name), a.Variable(of), property_, self.languages)


_Parameters: TypeAlias = dict[str, a.Expression]
_Lifted: TypeAlias = tuple[a.Pattern, tuple[_Effect, ...]]


def is_local(endpoint: a.Node) -> bool:
    """Whether SERVICE names a service that is no endpoint but part of the language."""
    return endpoint in (_LABEL, _AROUND, _BOX)


def is_hint(triple: object) -> bool:
    """Whether a triple pattern only advises an optimiser."""
    return isinstance(triple, a.TriplePattern) and any(
        isinstance(n, IRI) and n.value.startswith(_HINTS)
        for n in (triple.subject, triple.predicate)
    )


def resolved(where: a.Pattern, names: Iterable[str], fail: Fail) -> a.Pattern:
    """A WHERE pattern without those services; ``names`` are all variables of the query.

    Raises what ``fail`` makes for a service with parameters that it does not have.
    """
    return _Services(frozenset(names), fail).settled(where)


@dataclass(frozen=True, slots=True)
class _Services:
    names: frozenset[str]
    fail: Fail

    def settled(self, pattern: a.Pattern) -> a.Pattern:
        return _under(*self._lifted(pattern))

    def _lifted(self, pattern: a.Pattern) -> _Lifted:
        """The pattern without services, and what these do to its solutions."""
        match pattern:
            case a.Service(endpoint) if is_local(endpoint):
                return self._service(pattern)
            case a.Join(left, right):
                (first, one), (second, two) = self._lifted(left), self._lifted(right)
                return join(first, second), one + two
            case a.LeftJoin(left, right, condition):
                first, effects = self._lifted(left)
                if condition is not None:
                    first, effects = _before(condition, first, effects)
                return a.LeftJoin(first, self.settled(right), condition), effects
            case a.Minus(left, right):
                first, effects = self._lifted(left)
                return a.Minus(first, self.settled(right)), effects
            case a.Union(left, right):
                return a.Union(self.settled(left), self.settled(right)), ()
            case a.Graph(name, inner):
                return a.Graph(name, self.settled(inner)), ()
            case a.Filter(condition, inner):
                inner, effects = _before(condition, *self._lifted(inner))
                return a.Filter(condition, inner), effects
            case a.Extend(inner, variable, expression):
                inner, effects = _before(expression, *self._lifted(inner))
                return a.Extend(inner, variable, expression), effects
            case _:  # a subquery has seen to its own
                return pattern, ()

    def _service(self, service: a.Service) -> _Lifted:
        parameters: _Parameters = {}
        triples: list[a.TriplePattern] = []
        if not isinstance(service.pattern, a.BGP):
            raise self.fail(service, "this service takes nothing but triples", "triples")
        for triple in service.pattern.triples:
            if triple.subject != _PARAMETER:
                triples.append(triple)
            elif isinstance(triple.predicate, IRI) and not isinstance(triple.object, BlankNode):
                parameters[triple.predicate.value.removeprefix(WIKIBASE.base)] = triple.object
        if service.endpoint == _LABEL:
            return EMPTY, (self._labels(service, parameters, triples),)
        if len(triples) != 1 or not isinstance(triples[0].object, a.Variable):
            raise self.fail(
                service,
                "this service needs the property that says where a thing is",
                "one triple such as ?place wdt:P625 ?location",
            )
        steps = self._around if service.endpoint == _AROUND else self._box
        found = tuple(steps(service, parameters, triples[0].object))
        bound = frozenset(step.variable.name for step in found if step.variable is not None)
        return a.BGP(tuple(triples)), (_Effect(bound, found),)

    # Labels -----------------------------------------------------------------------------

    def _labels(
        self,
        service: a.Service,
        parameters: _Parameters,
        triples: list[a.TriplePattern],
    ) -> _Effect:
        given = parameters.get("language", Literal("en"))
        if not isinstance(given, Literal):
            raise self.fail(service, "the languages are no text", 'a text such as "en,it"')
        tags = (tag.strip().lower() for tag in given.lexical.split(","))
        languages = tuple(dict.fromkeys("en" if tag == _READER else tag for tag in tags if tag))
        if not triples:
            return _Effect(self.names, (), languages)
        steps: list[_Step] = []
        for triple in triples:
            subject, property_, variable = triple.subject, triple.predicate, triple.object
            if (
                property_ not in _ENDINGS.values()
                or isinstance(property_, a.Variable)
                or isinstance(subject, BlankNode)
                or not isinstance(variable, a.Variable)
            ):
                raise self.fail(
                    service,
                    "the label service cannot look this up",
                    "rdfs:label, skos:altLabel or schema:description, and a variable",
                )
            steps += _texts(variable, subject, property_, languages)
        return _Effect(frozenset(v.name for v, _ in steps if v), tuple(steps), languages)

    # Places -----------------------------------------------------------------------------

    def _around(
        self, service: a.Service, parameters: _Parameters, location: a.Variable
    ) -> Iterator[_Step]:
        center, radius = (self._required(service, parameters, n) for n in ("center", "radius"))
        distance: a.Expression = _call(_GEOF + "distance", location, center)
        variable = parameters.get("distance")
        if isinstance(variable, a.Variable):
            yield _Step(variable, distance)
            distance = variable
        yield from self._on_globe(parameters, location)
        yield _Step(None, a.Compare("<=", distance, _call(XSD.double, radius)))

    def _box(
        self, service: a.Service, parameters: _Parameters, location: a.Variable
    ) -> Iterator[_Step]:
        pair = ("cornerWest", "cornerEast")
        if "cornerSouthWest" in parameters or "cornerNorthEast" in parameters:
            pair = ("cornerSouthWest", "cornerNorthEast")
        west, east = (self._required(service, parameters, name) for name in pair)
        (x, x1, x2), (y, y1, y2) = (
            [_call(_GEOF + name, point) for point in (location, west, east)]
            for name in ("longitude", "latitude")
        )
        yield from self._on_globe(parameters, location)
        yield _Step(None, a.If(a.Compare("<=", y1, y2), _between(y1, y, y2), _between(y2, y, y1)))
        beyond = a.Or(a.Compare("<=", x1, x), a.Compare("<=", x, x2))  # over the date line
        yield _Step(None, a.If(a.Compare("<=", x1, x2), _between(x1, x, x2), beyond))

    def _on_globe(self, parameters: _Parameters, location: a.Variable) -> Iterator[_Step]:
        globe = parameters.get("globe")
        if globe is not None:
            yield _Step(None, a.Compare("=", _call(_GEOF + "globe", location), globe))

    def _required(self, service: a.Service, parameters: _Parameters, name: str) -> a.Expression:
        if name not in parameters:
            raise self.fail(
                service, f"this service needs wikibase:{name}", f"bd:serviceParam wikibase:{name} …"
            )
        return parameters[name]


def _under(pattern: a.Pattern, effects: tuple[_Effect, ...]) -> a.Pattern:
    for effect in effects:
        pattern = effect.on(pattern)
    return pattern


def _before(reader: a.Expression, pattern: a.Pattern, effects: tuple[_Effect, ...]) -> _Lifted:
    """Has those effects take place that bind what an expression reads."""
    read = {v.name for v in variables_in(reader)}
    now = tuple(effect for effect in effects if effect.names & read)
    return _under(pattern, now), tuple(effect for effect in effects if effect not in now)


def _texts(
    variable: a.Variable,
    subject: a.Variable | IRI | Literal,
    property_: IRI,
    languages: tuple[str, ...],
) -> Iterator[_Step]:
    """Binds a variable to the text in the first of the languages that has one.

    A label is else the identifier of what it is the label of, or the text of a literal.
    """
    choices: list[a.Expression] = []
    for language in languages:
        spoken = a.Compare("=", a.FunctionCall("LANG", (_FOUND,)), Literal(language))
        texts = a.Filter(spoken, a.BGP((a.TriplePattern(subject, property_, _FOUND),)))
        text: a.Expression = a.Lookup(a.Aggregate("MIN", _FOUND), texts)
        if property_ == _ALIAS:
            alias = a.FunctionCall("STR", (_FOUND,))
            joined = a.Lookup(a.Aggregate("GROUP_CONCAT", alias, separator=", "), texts)
            text = a.FunctionCall("STRLANG", (joined, Literal(language)))
        # Each in a column of its own: the engine computes a look-up anew wherever it is written.
        column = a.Variable(f"_:{variable.name}~{language}")
        yield _Step(column, text)
        choices.append(column)
    if property_ == _NAME:
        known = a.Variable(f"_:{variable.name}~")
        yield _Step(known, a.Coalesce(tuple(choices)))
        whole = a.FunctionCall("STR", (subject,))
        path = Literal("/entity/")
        is_entity = a.FunctionCall("CONTAINS", (whole, path))
        identifier = a.If(is_entity, a.FunctionCall("STRAFTER", (whole, path)), whole)
        choices = [known, identifier]
    yield _Step(variable, a.Coalesce(tuple(choices)))


def _call(function: str, *arguments: a.Expression) -> a.Expression:
    return a.FunctionCall(IRI(function), arguments)


def _between(low: a.Expression, value: a.Expression, high: a.Expression) -> a.Expression:
    return a.And(a.Compare("<=", low, value), a.Compare("<=", value, high))
