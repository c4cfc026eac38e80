"""The function of query.wikidata.org that tells values which are not known."""

from __future__ import annotations

from kgtool.plan import sql
from kgtool.plan.conversion import lex
from kgtool.plan.functions.registry import Function
from kgtool.plan.functions.terms import has_tags
from kgtool.plan.scan import Frame
from kgtool.plan.value import BNODES, IRIS, Form, Scope, Value, native
from kgtool.rdf.namespaces import WIKIBASE

#: In the IRIs that stand for blank nodes (RDF 1.1 Concepts, 3.5).
_GENID = "/.well-known/genid/"


def _is_some_value(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """Whether a term stands for what nobody knows: a blank node, or an IRI in place of one."""
    value = arguments[0]
    is_blank = has_tags(value, BNODES, scope)
    if not value.may_be(IRIS):
        return native(Form.BOOLEAN, is_blank)
    is_genid = sql.call("contains", lex(value, scope), sql.text(_GENID))
    is_iri = has_tags(value, IRIS, scope)
    return native(Form.BOOLEAN, sql.case([(is_iri, is_genid)], is_blank))


FUNCTIONS: dict[str, Function] = {f"{WIKIBASE.base}isSomeValue": _is_some_value}
ARITIES = dict.fromkeys(FUNCTIONS, (1, 1))
