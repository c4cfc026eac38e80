"""Which blank nodes Turtle can write without a label: ``[ ]`` and ``( )``."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator

from kgtool.rdf.canonical import Colours
from kgtool.rdf.lines import Quad
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Term

FIRST = IRI(RDF.first)
REST = IRI(RDF.rest)
NIL = IRI(RDF.nil)

#: Blank nodes nested deeper than this get a label: parsers recurse, and so do people.
MOST_DEPTH = 20


class Nesting:
    """The form that each blank node of a dataset takes.

    - labelled: several statements refer to it, it is in several graphs or names one, or
      it lies on a cycle; ``labels`` maps it to b0, b1 …
    - nested: one statement refers to it, which is where it is written
    - anonymous: nothing refers to it; a subject of its own

    ``is_list`` tells the nested ones that start a well-formed list.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._referred: Counter[BlankNode] = Counter()
        self._statements: defaultdict[Term, list[tuple[Term, Term]]] = defaultdict(list)
        self._graphs: defaultdict[BlankNode, set[Term | None]] = defaultdict(set)
        self._parent: dict[BlankNode, Term] = {}
        distinct = dict.fromkeys(quads)
        for quad in distinct:
            self._note(quad)
        self._colours = Colours(distinct)
        self._labelled = {node for node in self._graphs if self._needs_label(node)}
        self._nested = {node for node in self._referred if node not in self._labelled}
        self._cells = self._find_cells()
        self._break_up()
        order = self._colours.ordered(self._labelled)
        self.labels = {node: f"b{i}" for i, node in enumerate(order)}

    def _note(self, quad: Quad) -> None:
        s, p, o, g = quad
        self._statements[s].append((p, o))
        if isinstance(o, BlankNode):
            self._referred[o] += 1
            self._parent[o] = s
            self._graphs[o].add(g)
        if isinstance(s, BlankNode):
            self._graphs[s].add(g)
        if isinstance(g, BlankNode):
            # Two graphs, so that the name of one always has a label.
            self._graphs[g] |= {g, None}

    def _needs_label(self, node: BlankNode) -> bool:
        return self._referred[node] > 1 or len(self._graphs[node]) > 1

    def is_nested(self, term: Term) -> bool:
        """Whether the term is written inside the one statement that refers to it."""
        return isinstance(term, BlankNode) and term in self._nested

    def is_list(self, term: Term) -> bool:
        """Whether the term starts a list that ``( )`` can stand for."""
        return term == NIL or (isinstance(term, BlankNode) and term in self._cells)

    def items(self, head: Term) -> Iterator[Term]:
        """The items of such a list."""
        while head != NIL:
            first, head = self._cell(head)
            yield first

    def _cell(self, node: Term) -> tuple[Term, Term]:
        values = dict(self._statements[node])
        return values[FIRST], values[REST]

    def _find_cells(self) -> set[BlankNode]:
        """The nested nodes from which rdf:rest leads to rdf:nil, with nothing added."""
        before: dict[Term, list[BlankNode]] = defaultdict(list)
        for node in self._nested:
            statements = self._statements.get(node, [])
            if len(statements) == 2 and {p for p, _ in statements} == {FIRST, REST}:
                before[self._cell(node)[1]].append(node)
        cells: set[BlankNode] = set()
        waiting: list[Term] = [NIL]
        while waiting:
            for node in before[waiting.pop()]:
                cells.add(node)
                waiting.append(node)
        return cells

    def _break_up(self) -> None:
        """Label what lies too deep, and one node of every cycle of nested nodes.

        Going down from the nodes that are not nested, what is never reached is on a
        cycle, or hangs from one.
        """
        left = set(self._nested)
        roots = [term for term in self._statements if term not in self._nested]
        self._descend(roots, left)
        for node in self._cycle_order(left):
            if node in left:
                left.discard(node)
                self._label(node)
                self._descend([node], left)

    def _cycle_order(self, left: set[BlankNode]) -> list[BlankNode]:
        """The nodes on cycles; a node that merely hangs from one is reached from there."""
        on_cycle = set(left)
        inside = Counter(self._parent[node] for node in left)
        ends = [node for node in left if not inside[node]]
        while ends:
            end = ends.pop()
            on_cycle.discard(end)
            above = self._parent[end]
            inside[above] -= 1
            if not inside[above] and isinstance(above, BlankNode):
                ends.append(above)
        return self._colours.ordered(on_cycle) if on_cycle else []

    def _descend(self, roots: Iterable[Term], left: set[BlankNode]) -> None:
        waiting: deque[tuple[Term, int]] = deque((term, 0) for term in roots)
        while waiting:
            term, depth = waiting.popleft()
            for _, child in self._statements[term]:
                if isinstance(child, BlankNode) and child in left:
                    left.discard(child)
                    # The cells of one list are written side by side.
                    deeper = depth + (not (term in self._cells and child in self._cells))
                    if deeper > MOST_DEPTH:
                        self._label(child)
                        deeper = 0
                    waiting.append((child, deeper))

    def _label(self, node: BlankNode) -> None:
        """Give the node a label; lists that lead through it are lists no more."""
        self._nested.discard(node)
        self._labelled.add(node)
        current: Term = node
        while isinstance(current, BlankNode) and current in self._cells:
            self._cells.discard(current)
            above = self._parent[current]
            if above not in self._cells or self._cell(above)[1] != current:
                return
            current = above
