"""What a query gives: rows (SELECT), yes or no (ASK), or a graph (CONSTRUCT, DESCRIBE)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from kgtool.rdf.sink import Output, write_chunks
from kgtool.results._flat import FlatRow, FlatTriple
from kgtool.results._stream import Stream
from kgtool.results.formats import Format, Kind, answer_writer, format_named, rows_writer

if TYPE_CHECKING:
    import rdflib

    from kgtool.federation.report import Report
    from kgtool.rdf.terms import Term
    from kgtool.results.row import Row
    from kgtool.results.values import Value

Triple: TypeAlias = "tuple[Term, Term, Term]"

GRAPH_COLUMNS = ("subject", "predicate", "object")


class _QueryResult:
    """``unknown_names``: IRIs of properties and classes in the query that its store lacks.

    ``notes`` say what of the text was left aside, and ``report`` what asking endpoints has cost,
    where a query did.
    """

    unknown_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    report: Report | None = None


class SelectResult(_QueryResult, Stream[FlatRow]):
    """The rows of a SELECT query, read lazily and once (see ``buffer``).

    ``rows`` are flat; ``prefixes`` shorten IRIs for people (table, Markdown); ``close``
    is called when the rows are used up or the result is closed.
    """

    def __init__(
        self,
        variables: tuple[str, ...],
        rows: Iterable[FlatRow],
        prefixes: Mapping[str, str] | None = None,
        close: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(rows, close)
        self.variables = tuple(variables)
        self.prefixes: Mapping[str, str] = prefixes or {}

    def __iter__(self) -> Iterator[Row]:
        from kgtool.results.row import Row

        index = {name: i for i, name in enumerate(self.variables)}
        return (Row(index, flat) for flat in self.raw())

    def values(self) -> Iterator[tuple[Value, ...]]:
        """The rows as tuples of plain Python values (see ``values.value_of``)."""
        from kgtool.results.values import row_values

        return map(row_values, self.raw())

    def first(self) -> Row | None:
        """The first row, or None; the rest is dropped."""
        row = next(iter(self), None)
        self.close()
        return row

    def scalar(self) -> Value:
        """The Python value in the first column of the first row; None without one."""
        from kgtool.results.values import row_values

        row = self.first()
        return row_values(row.raw)[0] if row else None

    def to_list(self) -> list[Row]:
        """All rows."""
        return list(self)

    def chunks(self, format: str | Format) -> Iterator[str]:
        """The result in a format as pieces of text, made while the rows are read.

        Raises UsageError for a format that does not exist or cannot hold rows.
        """
        found = _resolve(format, "select")
        return rows_writer(found)(self.variables, self.raw(), self.prefixes)

    def write(self, out: Output, format: str | Format = "json") -> None:
        """Write the rows in a format to a text or binary stream, row by row.

        A table is folded to the width of a terminal where ``out`` is one.
        """
        if _resolve(format, "select").name == "table" and _is_terminal(out):
            from kgtool.results.terminal import print_rows

            print_rows(self.variables, self.raw(), self.prefixes, out)
        else:
            write_chunks(self.chunks(format), out)

    def serialize(self, format: str | Format = "json") -> str:
        """The whole result in a format."""
        return "".join(self.chunks(format))


class AskResult(_QueryResult):
    """The answer of an ASK query; true or false in a condition."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer

    def __bool__(self) -> bool:
        return self.answer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AskResult) and self.answer == other.answer

    def __hash__(self) -> int:
        return hash(self.answer)

    def __repr__(self) -> str:
        return f"AskResult({self.answer})"

    def write(self, out: Output, format: str | Format = "json") -> None:
        """Write the answer in a format to a text or binary stream."""
        write_chunks([self.serialize(format)], out)

    def serialize(self, format: str | Format = "json") -> str:
        """The answer in a format; UsageError for one that cannot hold it."""
        return answer_writer(_resolve(format, "ask"))(self.answer)

    def chunks(self, format: str | Format) -> Iterator[str]:
        """The same as an iterator, like the other results have."""
        return iter((self.serialize(format),))

    def close(self) -> None:
        """Nothing to release; here so that all results can be treated alike."""


class GraphResult(_QueryResult, Stream[FlatTriple]):
    """The triples of a CONSTRUCT or DESCRIBE query, read lazily and once."""

    def __init__(
        self,
        triples: Iterable[FlatTriple],
        prefixes: Mapping[str, str] | None = None,
        close: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(triples, close)
        self.prefixes: Mapping[str, str] = prefixes or {}

    def __iter__(self) -> Iterator[Triple]:
        from kgtool.rdf.terms import make_term

        return (
            (make_term(st, s), make_term(pt, p), make_term(ot, o))
            for st, s, pt, p, ot, o in self.raw()
        )

    def to_list(self) -> list[Triple]:
        """All triples."""
        return list(self)

    def to_rdflib(self) -> rdflib.Graph:
        """The triples as an rdflib Graph with the same prefixes."""
        import rdflib

        from kgtool.rdf.convert import to_rdflib

        graph = rdflib.Graph()
        for prefix, namespace in self.prefixes.items():
            graph.bind(prefix, namespace)
        for s, p, o in self:
            graph.add((to_rdflib(s), to_rdflib(p), to_rdflib(o)))
        return graph

    def as_rows(self) -> SelectResult:
        """The triples as rows with the columns subject, predicate, object."""
        return SelectResult(GRAPH_COLUMNS, cast("Iterator[FlatRow]", self.raw()), self.prefixes)

    def chunks(self, format: str | Format) -> Iterator[str]:
        """The graph in a format as pieces of text; N-Triples, CSV and TSV are streamed."""
        from kgtool.rdf.lines import flat_ntriples
        from kgtool.rdf.writing import triples_text

        found = _resolve(format, "graph")
        if found.module is not None:
            return self.as_rows().chunks(found)
        if found.name in ("ntriples", "nquads"):
            return flat_ntriples(self.raw())
        return triples_text(self, found.name, self.prefixes)

    def write(self, out: Output, format: str | Format = "turtle") -> None:
        """Write the graph in a format to a text or binary stream."""
        if _resolve(format, "graph").name == "table":
            self.as_rows().write(out, format)
        else:
            write_chunks(self.chunks(format), out)

    def serialize(self, format: str | Format = "turtle") -> str:
        """The whole graph in a format."""
        return "".join(self.chunks(format))


Result: TypeAlias = SelectResult | AskResult | GraphResult


def _resolve(format: str | Format, kind: Kind) -> Format:
    if isinstance(format, Format) and kind in format.kinds:
        return format
    return format_named(format.name if isinstance(format, Format) else format, kind)


def _is_terminal(out: Output) -> bool:
    isatty = getattr(out, "isatty", None)
    return bool(isatty and isatty())
