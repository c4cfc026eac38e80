"""The functions of SPARQL 1.1 (17.4) by name; casts (17.5), of points and of times by IRI."""

from __future__ import annotations

from kgtool.errors import Location, UnsupportedError, did_you_mean
from kgtool.plan.functions import casts, geography, numbers, strings, terms, times, vague, wikibase
from kgtool.plan.functions.registry import Function
from kgtool.plan.scan import Frame
from kgtool.plan.value import Scope, Value
from kgtool.rdf.terms import IRI
from kgtool.sparql.algebra import FunctionCall

BUILTINS: dict[str, Function] = {
    **terms.FUNCTIONS,
    **strings.FUNCTIONS,
    **numbers.FUNCTIONS,
    **times.FUNCTIONS,
}

EXTENSIONS: dict[str, Function] = {
    **casts.FUNCTIONS,
    **geography.FUNCTIONS,
    **vague.FUNCTIONS,
    **wikibase.FUNCTIONS,
}
_ARITIES = {**geography.ARITIES, **vague.ARITIES, **wikibase.ARITIES}


def function_call(node: FunctionCall, arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """The value of a function call.

    Raises UnsupportedError for a function that nothing defines, or with other arguments.
    """
    table = EXTENSIONS if isinstance(node.function, IRI) else BUILTINS
    name = node.function.value if isinstance(node.function, IRI) else node.function
    function = table.get(name)
    if function is None:
        where = node.position
        raise UnsupportedError(
            f"there is no function {node.function}",
            location=Location(None, where.line, where.column) if where else None,
            hint=did_you_mean(name, table),
        )
    least, most = _ARITIES.get(name, (0, None))
    if most is not None and not least <= len(arguments) <= most:
        raise UnsupportedError(
            f"{node.function} does not take {len(arguments)} arguments",
            expected=f"{least} or {most}" if least < most else str(least),
        )
    return function(arguments, scope, frame)
