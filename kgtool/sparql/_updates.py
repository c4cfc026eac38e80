"""SPARQL Update (rules 29 to 51)."""

from __future__ import annotations

from typing import Any

from kgtool.errors import QuerySyntaxError
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a
from kgtool.sparql._group import EMPTY, join
from kgtool.sparql._queries import Queries
from kgtool.sparql._triples import NODE_STARTS, Kind, as_pattern
from kgtool.sparql._vocabulary import QUERY_WORDS, UPDATE_WORDS

_INSERT_DATA = Kind("INSERT DATA", variables=False, own_labels=True)
_DELETE_DATA = Kind("DELETE DATA", variables=False, blank_nodes=False)
_INSERT = Kind("an INSERT template")
_DELETE = Kind("a DELETE template", blank_nodes=False)
_DELETE_WHERE = Kind("DELETE WHERE", blank_nodes=False)

_Block = tuple[IRI | a.Variable | None, tuple[a.TriplePattern, ...]]


class Updates(Queries):
    def update(self) -> a.Update:
        """UpdateUnit ::= Prologue (Update1 (';' Update)?)?"""
        operations: list[a.Operation] = []
        self.prologue()
        while self.key != "end":
            operations.append(self._operation())
            if self.key == "end":
                break
            if self.key != ";":
                hint = "Operations are separated by ';'." if self.key in UPDATE_WORDS else None
                raise self.unexpected(";", "end", hint=hint)
            self.advance()
            self.prologue()
        return a.Update(
            operations=tuple(operations),
            prefixes=self.prefixes,
            base=self.base,
            parameters=self.parameters(),
        )

    def _operation(self) -> a.Operation:
        self.new_scope()
        match self.key:
            case "INSERT" | "DELETE" | "WITH":
                return self._change()
            case "LOAD":
                return self._load()
            case "CLEAR" | "DROP":
                return self._clear_or_drop()
            case "CREATE":
                self.advance()
                silent = self.accept("SILENT")
                self.expect("GRAPH", *(() if silent else ("SILENT",)))
                return a.Create(self.iri(), silent)
            case "ADD" | "MOVE" | "COPY":
                return self._transfer()
        raise self._no_operation()

    def _no_operation(self) -> QuerySyntaxError:
        if self.key in QUERY_WORDS:
            return self.error(
                self.token,
                f"{self.key} begins a query, and an update was expected",
                expected=f"{', '.join(UPDATE_WORDS[:-1])} or {UPDATE_WORDS[-1]}",
            )
        return self.unexpected("PREFIX", "BASE", *UPDATE_WORDS)

    # Graph management -------------------------------------------------------------------

    def _load(self) -> a.Load:
        self.advance()
        silent = self.accept("SILENT")
        source = self.iri(*(() if silent else ("SILENT",)))
        graph = None
        if self.accept("INTO"):
            self.expect("GRAPH")
            graph = self.iri()
        return a.Load(source, graph, silent)

    def _clear_or_drop(self) -> a.Clear | a.Drop:
        operation = a.Clear if self.advance().key == "CLEAR" else a.Drop
        silent = self.accept("SILENT")
        return operation(self._target(*(() if silent else ("SILENT",))), silent)

    def _target(self, *others: str) -> a.GraphTarget:
        """GraphRefAll ::= GraphRef | 'DEFAULT' | 'NAMED' | 'ALL'"""
        match self.key:
            case "DEFAULT":
                self.advance()
                return "DEFAULT"
            case "NAMED":
                self.advance()
                return "NAMED"
            case "ALL":
                self.advance()
                return "ALL"
        self.expect("GRAPH", *others, "DEFAULT", "NAMED", "ALL")
        return self.iri()

    def _transfer(self) -> a.Add | a.Move | a.Copy:
        operation = {"ADD": a.Add, "MOVE": a.Move, "COPY": a.Copy}[self.advance().key]
        silent = self.accept("SILENT")
        source = self._graph_or_default()
        self.expect("TO")
        transfer = operation(source, self._graph_or_default(), silent)
        assert isinstance(transfer, a.Add | a.Move | a.Copy)
        return transfer

    def _graph_or_default(self) -> Any:
        """GraphOrDefault ::= 'DEFAULT' | 'GRAPH'? iri"""
        if self.accept("DEFAULT"):
            return "DEFAULT"
        if self.accept("GRAPH"):
            return self.iri()
        return self.iri("DEFAULT", "GRAPH")

    # Changes to triples -----------------------------------------------------------------

    def _change(self) -> a.Operation:
        following = self.following().key
        if self.key == "INSERT" and following == "DATA":
            return a.InsertData(_quads(self._data(_INSERT_DATA)))
        if self.key == "DELETE" and following == "DATA":
            return a.DeleteData(_quads(self._data(_DELETE_DATA)))
        if self.key == "DELETE" and following == "WHERE":
            return self._delete_where()
        return self._modify()

    def _data(self, kind: Kind) -> list[_Block]:
        self.advance()
        self.advance()
        return self._quad_blocks(kind)

    def _delete_where(self) -> a.Modify:
        blocks = self._data(_DELETE_WHERE)
        pattern: a.Pattern = EMPTY
        for graph, triples in blocks:
            bgp = as_pattern(triples)
            pattern = join(pattern, bgp if graph is None else a.Graph(graph, bgp))
        return a.Modify(_quads(blocks), (), pattern)

    def _modify(self) -> a.Modify:
        """Modify ::= ('WITH' iri)? (Delete Insert? | Insert) Using* 'WHERE' Group"""
        graph = self.iri() if self.accept("WITH") else None
        delete: list[_Block] = []
        insert: list[_Block] = []
        if self.key not in ("DELETE", "INSERT"):
            raise self.unexpected("DELETE", "INSERT")
        if deletes := self.accept("DELETE"):
            delete = self._quad_blocks(_DELETE, "DATA", "WHERE")
        if inserts := self.accept("INSERT"):
            insert = self._quad_blocks(_INSERT, "DATA")
        dataset = self.dataset("USING")
        self.expect("WHERE", *(("INSERT",) if deletes and not inserts else ()), "USING")
        pattern = self.group_graph_pattern()
        return a.Modify(_quads(delete), _quads(insert), pattern, graph, dataset)

    def _quad_blocks(self, kind: Kind, *others: str) -> list[_Block]:
        """QuadPattern ::= '{' TriplesTemplate? ('GRAPH' … '.'? TriplesTemplate?)* '}'"""
        opened = self.expect("{", *others)
        blocks: list[_Block] = []
        while True:
            triples = self.triples_template(kind)
            if triples:
                blocks.append((None, triples))
            if self.key != "GRAPH":
                break
            blocks.append(self._graph_block(kind))
            self.accept(".")
        if self.key == "}":
            self.advance()
            return blocks
        if self.key in NODE_STARTS or self.key == "end":
            self.close(opened)
        raise self._not_a_quad(kind)

    def _not_a_quad(self, kind: Kind) -> QuerySyntaxError:
        if self.key in ("FILTER", "OPTIONAL", "BIND", "VALUES", "MINUS", "SERVICE"):
            return self.error(
                self.token,
                f"{self.token.text} cannot stand in {kind.name}",
                expected="triples and GRAPH blocks",
                hint="Conditions go into the WHERE clause.",
            )
        return self.unexpected("a triple", "GRAPH", "}")

    def _graph_block(self, kind: Kind) -> _Block:
        self.advance()
        if self.key == "var" and not kind.variables:
            raise self.error(self.token, f"a variable cannot stand in {kind.name}")
        graph = self.variable_or_iri()
        opened = self.expect("{")
        triples = self.triples_template(kind)
        self.close(opened)
        return graph, triples


def _quads(blocks: list[_Block]) -> tuple[a.QuadPattern, ...]:
    return tuple(
        a.QuadPattern(t.subject, t.predicate, t.object, graph)
        for graph, triples in blocks
        for t in triples
    )
