"""What was measured, as Markdown: who wins what, where kgtool is behind, and what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.peers.engines import ENGINES
from benchmarks.tables import geometric_mean, machine, milliseconds, table, times

Found = dict[str, Any]
OWN = "kgtool"
#: kgtool is behind where it takes so many times as long as the best peer.
BEHIND = 4 / 3
#: The order of the shapes in the tables; others follow.
SHAPES = (
    *("look-up", "star", "date range", "text", "not exists", "grouped sum", "count distinct"),
    *("closure from one", "closure from many", "two-sided join", "union", "many rows", "count"),
)
QUERIES_NOTE = (
    "Milliseconds, warm, the best of all rounds, with all rows read; the best right answer "
    "is in bold. Where a query has several values, rows are the sum over them and times "
    "the mean. The ratio is kgtool's time over that of the best peer that answered rightly: "
    "below 1, kgtool is ahead."
)
#: In words: what became of a query that was not answered.
OUTCOMES = {"error": "error", "memory": "out of memory", "ended": "crashed"}


def render(found: Found) -> str:
    """All tables."""
    runs: list[Found] = found["runs"]
    # The main table is of the largest size that peers ran at too.
    shared = [r for r in runs if len(r["loads"]) > 1] or runs
    war = [r for r in shared if r["dataset"] == "war"] or shared
    main = max(war, key=lambda run: run["triples"])
    others = [r for r in runs if r["dataset"] != main["dataset"]]
    sizes = [r for r in runs if r["dataset"] == main["dataset"]]
    limit = found["limit"]
    parts = [
        _head(found),
        f"### Who wins what: {_name(main)}",
        _queries(main, limit),
        QUERIES_NOTE,
        _summary(main),
        _notes(main),
        "### First runs and medians",
        _first_runs(main),
        "### Loads, disk, memory",
        _loads(runs),
    ]
    for run in others:
        parts += [f"### {_name(run)}", _queries(run, limit), _summary(run), _notes(run)]
    if len(sizes) > 1:
        parts += ["### Growth", _growth(sizes, found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(found: Found) -> str:
    versions = [f"{ENGINES[e].title} {each['version']}" for e, each in found["engines"].items()]
    lines = [
        f"{machine()}; {', '.join(versions)}. "
        f"The load average was {found['busy']:.1f} when the run began.",
        *found["missing"],
    ]
    return "\n\n".join(lines)


def _name(run: Found) -> str:
    return f"{run['dataset']}, {run['triples']:,} triples"


# Who wins what --------------------------------------------------------------------------


def _engines(run: Found) -> list[str]:
    return [engine for engine in ENGINES if engine in run["loads"]]


def _right(query: Found) -> dict[str, float]:
    """The best times of the engines that answered rightly."""
    return {
        engine: one["best"]
        for engine, one in query["engines"].items()
        if one["outcome"] == "answered" and not _doubtful(one)
    }


def _doubtful(one: Found) -> str | None:
    return next((doubt for doubt in ("wrong", "disputed") if doubt in one), None)


def _ratio(query: Found) -> float | None:
    """kgtool's time over that of the best peer; None where there is no such pair."""
    right = _right(query)
    peers = [best for engine, best in right.items() if engine != OWN]
    return right[OWN] / min(peers) if OWN in right and peers else None


def _in_order(queries: Mapping[str, Found]) -> list[tuple[str, Found]]:
    def place(item: tuple[str, Found]) -> tuple[int, str]:
        shape = item[1]["shape"]
        return (SHAPES.index(shape) if shape in SHAPES else len(SHAPES), item[0])

    return sorted(queries.items(), key=place)


def _queries(run: Found, limit: float) -> str:
    engines = _engines(run)
    rows = []
    for name, query in _in_order(run["queries"]):
        ratio = _ratio(query)
        cells = [_cell(query, engine, limit) for engine in engines]
        shown = "" if ratio is None else times(ratio)
        rows.append([name, query["shape"], f"{_rows(query):,}", *cells, shown])
    header = ["query", "shape", "rows", *(ENGINES[e].title for e in engines), "ratio"]
    return table(header, rows)


def _rows(query: Found) -> int:
    right = [
        one["rows"]
        for one in query["engines"].values()
        if one["outcome"] == "answered" and not _doubtful(one)
    ]
    return max(right, default=0)


def _cell(query: Found, engine: str, limit: float) -> str:
    one = query["engines"].get(engine)
    if one is None:
        return ""
    if one["outcome"] == "over":
        return f"over {limit * 1000:,.0f}"
    if one["outcome"] != "answered":
        return OUTCOMES[one["outcome"]]
    text = milliseconds(one["best"])
    if doubt := _doubtful(one):
        return f"{doubt} ({text})"
    return f"**{text}**" if one["best"] == min(_right(query).values()) else text


def _summary(run: Found) -> str:
    queries = run["queries"]
    wins: dict[str, int] = {}
    shapes: dict[str, list[float]] = {}
    for _, query in _in_order(queries):
        right = _right(query)
        if right:
            best = min(right, key=right.__getitem__)
            wins[best] = wins.get(best, 0) + 1
        if (ratio := _ratio(query)) is not None:
            shapes.setdefault(query["shape"], []).append(ratio)
    if not shapes:
        return ""
    won = sorted(wins.items(), key=lambda item: -item[1])
    every = [ratio for ratios in shapes.values() for ratio in ratios]
    rows = [
        [shape, str(len(r)), times(geometric_mean(r)), times(min(r)), times(max(r))]
        for shape, r in [*shapes.items(), ("all", every)]
    ]
    header = ["shape", "queries", "geometric mean of ratios", "least", "most"]
    lines = [
        "Fastest with a right answer: "
        + ", ".join(f"{ENGINES[engine].title} in {count}" for engine, count in won)
        + f", of {len(queries)} queries.",
        table(header, rows),
        _behind(queries),
    ]
    return "\n\n".join(lines)


def _behind(queries: Mapping[str, Found]) -> str:
    behind = [
        f"{name} ({times(ratio)} times {ENGINES[_best_peer(query)].title})"
        for name, query in _in_order(queries)
        if (ratio := _ratio(query)) is not None and ratio > BEHIND
    ]
    if not behind:
        return "Nowhere is kgtool behind the best peer by more than a third."
    return f"kgtool is behind by more than a third in {len(behind)}: {', '.join(behind)}."


def _best_peer(query: Found) -> str:
    peers = {engine: best for engine, best in _right(query).items() if engine != OWN}
    return min(peers, key=peers.__getitem__)


def _notes(run: Found) -> str:
    """What was answered wrongly or not at all."""
    failed = [
        f"{ENGINES[engine].title} did not load: {_plain(load['error'])}"
        for engine, load in run["loads"].items()
        if "error" in load
    ]
    wrong = _said(run, "wrong")
    disputed = _said(run, "disputed")
    errors = _said(run, "error")
    datatypes: dict[str, list[str]] = {}
    for name, query in run["queries"].items():
        for engine, one in query["engines"].items():
            if "datatypes" in one:
                datatypes.setdefault(engine, []).append(name)
    parts = failed
    if wrong:
        parts += ["Wrong answers, against the one that most engines give:", _list(wrong)]
    if disputed:
        parts += ["Answers that differ, with no majority to say which is right:", _list(disputed)]
    if errors:
        parts += ["Not answered:", _list(errors)]
    if datatypes:
        lines = [f"{ENGINES[e].title}: {', '.join(names)}" for e, names in datatypes.items()]
        parts += ["Numbers with another datatype than SPARQL has it, counted as right:"]
        parts.append(_list(lines))
    return "\n\n".join(parts)


def _said(run: Found, key: str) -> list[str]:
    return [
        f"{ENGINES[engine].title}, {name}: {_plain(one[key])}"
        for name, query in run["queries"].items()
        for engine, one in query["engines"].items()
        if one.get(key)
    ]


def _plain(text: str) -> str:
    """A row or a message as Markdown text."""
    short = text if len(text) < 200 else text[:200] + " …"
    return short.replace("<", "&lt;").replace("|", "/").replace("*", "\\*")


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


# First runs, loads, growth --------------------------------------------------------------


def _first_runs(run: Found) -> str:
    engines = _engines(run)
    rows = [
        [name, *(_pair(query["engines"].get(engine)) for engine in engines)]
        for name, query in _in_order(run["queries"])
    ]
    memory = [ENGINES[e].title for e in engines if ENGINES[e].in_memory]
    note = "The first run in a fresh process on an opened store (compiling included) / the median."
    if memory:
        note += f" In memory only: {', '.join(memory)}, of which one process answers all queries."
    return f"{table(['query', *(ENGINES[e].title for e in engines)], rows)}\n\n{note}"


def _pair(one: Found | None) -> str:
    if one is None or one["outcome"] != "answered":
        return ""
    return f"{milliseconds(one['cold'])} / {milliseconds(one['median'])}"


def _loads(runs: Sequence[Found]) -> str:
    rows = []
    for run in runs:
        for engine in _engines(run):
            load = run["loads"][engine]
            if "error" in load:
                rows.append([_name(run), ENGINES[engine].title, "failed", "", "", "", ""])
                continue
            peaks = [
                query["engines"][engine]["peak"]
                for query in run["queries"].values()
                if query["engines"].get(engine, {}).get("outcome") == "answered"
            ]
            rows.append(
                [
                    _name(run),
                    ENGINES[engine].title,
                    f"{load['seconds']:.2f}",
                    f"{run['triples'] / load['seconds'] / 1e6:.2f}",
                    _megabytes(load["bytes"]) if load["bytes"] else "memory only",
                    _megabytes(load["peak"]),
                    _megabytes(max(peaks)) if peaks else "",
                ]
            )
    header = [
        *("data", "engine", "load, seconds", "million triples a second", "disk, MB"),
        *("memory when loading, MB", "when asking, MB"),
    ]
    note = (
        "N-Triples. Memory is the most that a process has used, of the server for Virtuoso; when "
        "asking, the most over all queries. maplib and sparq hold the data in memory; the size "
        "on disk of sparq is that of a saved graph, which is not in its time."
    )
    return f"{table(header, rows)}\n\n{note}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}"


def _growth(runs: Sequence[Found], found: Found) -> str:
    runs = sorted(runs, key=lambda run: run["triples"])
    names = {name: query for run in runs for name, query in run["queries"].items()}
    rows = []
    for name, _ in _in_order(names):
        times_ = [_own(run, name) for run in runs]
        rows.append([name, *("" if t is None else milliseconds(t) for t in times_)])
    parts = [table(["kgtool", *(f"{run['triples']:,}" for run in runs)], rows)]
    alone = [run for run in runs if run["memory limit"] is not None]
    if alone:
        parts.append(
            f"Milliseconds, warm. Above {found['peers up to']:,} triples the peers were left out, "
            f"because of time, and kgtool ran with a memory limit of {alone[0]['memory limit']}."
        )
    else:
        parts.append("Milliseconds, warm.")
    return "\n\n".join(parts)


def _own(run: Found, name: str) -> float | None:
    one = run["queries"].get(name, {}).get("engines", {}).get(OWN, {})
    best: float | None = one.get("best")
    return best
