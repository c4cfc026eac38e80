"""The triples and quads that templates make of solutions (CONSTRUCT, INSERT and DELETE)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.conversion import as_term, lex, tag_test, type_
from kgtool.plan.patterns import compile_pattern
from kgtool.plan.relation import Relation
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import ANY, BNODES, IRIS, LOCAL, Form, native
from kgtool.rdf.terms import IRI, BlankNode, Literal, lexical_form, term_type
from kgtool.sparql.algebra import Node, Pattern, QuadPattern, TriplePattern

_ROW_NUMBER = "_:row"
_NODE_TYPES = (("iri", IRIS), ("bnode", BNODES))
#: What may stand as subject, predicate and object of a triple, and as its graph.
_ALLOWED = (IRIS | BNODES, IRIS, ANY, IRIS)


@dataclass(frozen=True, slots=True)
class _Made:
    """A term that a template makes: an id of the store, else a type and a lexical form.

    Where there is an id at all, ``tested`` is that whose tag tells the kind of term.
    """

    id: SQL | None
    type: SQL
    lex: SQL
    tags: int
    tested: SQL | None = None


def solutions_for(
    pattern: Pattern, templates: Iterable[TriplePattern | QuadPattern], frame: Frame
) -> Relation:
    """The solutions of a pattern, computed once for all templates.

    They are numbered where a template has blank nodes, of which each solution has its own.
    """
    relation = compile_pattern(pattern, frame)
    if any(isinstance(node, BlankNode) for t in templates for node in _nodes(t)):
        number = exp.Window(this=sql.call("row_number"), order=_numbering(relation))
        relation.columns[_ROW_NUMBER] = native(Form.INTEGER, number, False)
    return relation.materialize()


def _numbering(relation: Relation) -> exp.Order | None:
    """The order in which solutions are numbered, where other pages must have the same."""
    if relation.context.page is None or not relation.columns:
        return None
    return exp.Order(expressions=[exp.Ordered(this=v.sql) for v in relation.columns.values()])


def triples_select(triple: TriplePattern, solutions: Relation, frame: Frame) -> exp.Query:
    """The triples that one template makes, as types and lexical forms (16.2.1).

    Ill-formed ones, and those with an unbound variable, are left out.
    """
    relation = _reader(solutions, frame)
    exports: list[SQL] = []
    for node, allowed in zip(_nodes(triple), _ALLOWED, strict=False):
        made = _make(node, relation, frame, "", by_id=False)
        relation.where.append(sql.not_null(made.lex))
        relation.where += _kind_test(made, allowed)
        exports += [made.type, made.lex]
    named = [sql.alias(tree, f"c{i}") for i, tree in enumerate(exports)]
    return relation.select(named, distinct=True)


def quads_select(
    quad: QuadPattern,
    added: bool,
    solutions: Relation,
    frame: Frame,
    names: Sequence[str],
    token: str,
) -> exp.Query:
    """The quads that one template adds or removes, in the columns ``names``.

    Those are whether the quad is added, and for each position an id, or the type and
    lexical form of a term. Labels of new blank nodes begin with ``token``.
    """
    relation = _reader(solutions, frame)
    exports: list[SQL] = [sql.boolean(added)]
    for node, allowed in zip((*_nodes(quad), quad.graph), _ALLOWED, strict=True):
        if node is None:
            exports += [sql.number(ids.DEFAULT_GRAPH), sql.NULL, sql.NULL]
            continue
        made = _make(node, relation, frame, token, by_id=True)
        relation.where.append(sql.not_null(made.lex if made.id is None else made.id))
        relation.where += _kind_test(made, allowed)
        exports += [sql.NULL if made.id is None else made.id, made.type, made.lex]
    types = ("BOOLEAN", *("BIGINT", "VARCHAR", "VARCHAR") * 4)
    named = [
        sql.alias(sql.cast(tree, kind), name)
        for tree, kind, name in zip(exports, types, names, strict=True)
    ]
    return relation.select(named, distinct=True)


def _nodes(template: TriplePattern | QuadPattern) -> tuple[Node, Node, Node]:
    return template.subject, template.predicate, template.object


def _reader(solutions: Relation, frame: Frame) -> Relation:
    return Relation(
        frame.context, list(solutions.sources), [], dict(solutions.columns), empty=solutions.empty
    )


def _kind_test(made: _Made, allowed: int) -> list[SQL]:
    """The condition that a term may stand where it does, unless that is certain."""
    if not made.tags & ~(allowed | LOCAL):
        return []
    if not made.tags & allowed:
        return [sql.FALSE]
    # Not by the type: DuckDB 2.0.0 cannot always bind a CASE … IN that it pushed below a union.
    if made.tested is not None:
        return [tag_test(made.tested, allowed & made.tags)]
    return [sql.in_list(made.type, [sql.text(t) for t, tag in _NODE_TYPES if tag & allowed])]


def _make(node: Node, relation: Relation, frame: Frame, token: str, by_id: bool) -> _Made:
    if isinstance(node, BlankNode):
        row = sql.cast(relation.columns[_ROW_NUMBER].sql, "VARCHAR")
        label = sql.call("concat", sql.text(f"{token}{node.label}_"), row)
        return _Made(None, sql.text("bnode"), label, BNODES)
    if isinstance(node, IRI | Literal):
        tags = 1 << ids.dictionary_tag(node)
        id_ = frame.context.stored_id(node) if by_id else None
        if id_ is not None:
            return _Made(sql.number(id_), sql.NULL, sql.NULL, tags, sql.number(id_))
        return _Made(None, sql.text(term_type(node)), sql.text(lexical_form(node)), tags)
    value = relation.columns.get(node.name)
    if value is None:
        return _Made(None, sql.NULL, sql.NULL, 0)
    if by_id and value.form is Form.ID and not value.tags & LOCAL:
        return _Made(value.sql, sql.NULL, sql.NULL, value.tags, value.sql)
    if value.form is Form.VALUE:
        value = as_term(value, relation)
    tested = value.sql if value.form is Form.ID else None
    return _Made(None, type_(value, relation), lex(value, relation), value.tags, tested)
