"""What was measured, as Markdown: targets, tables, and the machine in neutral words."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.tables import geometric_mean, machine, milliseconds, table, times

PACKAGES = ("duckdb", "pyoxigraph", "rdflib", "owlrl", "pyshacl", "sqlglot")
Found = dict[str, Any]


def render(found: Found) -> str:
    """All tables."""
    parts = [
        _machine(found),
        "### Targets",
        _targets(found),
        _processor_time(found),
        "### Loading",
        _loading(found),
        "### Queries",
        _queries(found),
        _differences(found["queries"]),
        "### The plain Python stack",
        _plain(found["plain"]),
        "### The whole process",
        _process(found["process"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


# The machine ----------------------------------------------------------------------------


def _machine(found: Found) -> str:
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return f"{found['triples']:,} triples; {machine()}, {versions}."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(none)"


# Targets --------------------------------------------------------------------------------


def _targets(found: Found) -> str:
    load = found["loads"]
    process = found["process"]
    of_load = {s: _load_ratio(load, s) for s in ("ntriples", "turtle")}
    size = load["oxigraph-ntriples"]["bytes"] / load["kgtool-ntriples"]["bytes"]
    queries = found["queries"].values()
    ahead = geometric_mean(
        [_oxigraph_best(q, found["limit"]) / q["kgtool"]["best"] for q in queries]
    )
    to_sql = [q["kgtool"]["best"] / q["sql"]["best"] for q in queries]
    behind = geometric_mean(to_sql)
    start = process["kgtool query"] / process["import duckdb"]
    rows = [
        ("N-Triples loaded, times as fast as Oxigraph", of_load["ntriples"], 3, True),
        ("Turtle loaded, times as fast as Oxigraph", of_load["turtle"], 1, True),
        ("Store smaller than Oxigraph's, times", size, 5, True),
        ("Queries faster than Oxigraph, geometric mean, times", ahead, 50, True),
        ("Queries slower than SQL by hand, geometric mean, times", behind, 1.5, False),
        ("Queries slower than SQL by hand, the worst of them, times", max(to_sql), 1.5, False),
        ("`kgtool query NAME` slower than `import duckdb`, times", start, 3, False),
    ]
    return table(
        ["target", "wanted", "measured", ""],
        [_target(*row) for row in rows],
    )


def _processor_time(found: Found) -> str:
    """The same by processor time, which other work on the machine hardly disturbs."""
    load, queries = found["loads"], found["queries"].values()
    of_load = [
        load[f"oxigraph-{s}"]["cpu"] / load[f"kgtool-{s}"]["cpu"] for s in ("ntriples", "turtle")
    ]
    ended = [q for q in queries if q["oxigraph"]]
    ahead = geometric_mean([q["oxigraph"]["cpu"] / q["kgtool"]["cpu"] for q in ended])
    clock = geometric_mean([q["oxigraph"]["best"] / q["kgtool"]["best"] for q in ended])
    behind = geometric_mean([q["kgtool"]["cpu"] / q["sql"]["cpu"] for q in queries])
    return (
        "By processor time summed over all cores, which other work on the machine hardly "
        f"disturbs: loading takes Oxigraph {of_load[0]:.1f} (N-Triples) and {of_load[1]:.1f} "
        f"(Turtle) times ours; the {len(ended)} queries that it ends {ahead:.1f} times ours "
        f"(geometric mean; {clock:.1f} by the clock); and our queries {behind:.2f} times "
        "that of the SQL by hand. "
        f"The load average was {found['busy']:.1f} when the run began."
    )


def _target(words: str, measured: float, wanted: float, more: bool) -> list[str]:
    met = measured >= wanted if more else measured <= wanted
    sign = "≥" if more else "≤"
    return [words, f"{sign} {wanted:g}", f"{measured:.2f}", "met" if met else "not met"]


def _load_ratio(load: Found, syntax: str) -> float:
    return float(load[f"oxigraph-{syntax}"]["seconds"] / load[f"kgtool-{syntax}"]["seconds"])


def _oxigraph_best(query: Found, limit: float) -> float:
    return query["oxigraph"]["best"] if query["oxigraph"] else limit


# The tables -----------------------------------------------------------------------------


def _loading(found: Found) -> str:
    load = found["loads"]
    rows = []
    for syntax, name in (("ntriples", "N-Triples"), ("turtle", "Turtle")):
        ours, theirs = load[f"kgtool-{syntax}"], load[f"oxigraph-{syntax}"]
        rows.append(
            [
                f"{name}, seconds",
                f"{ours['seconds']:.1f}",
                f"{theirs['seconds']:.1f}",
                times(_load_ratio(load, syntax)),
            ]
        )
    ours, theirs = load["kgtool-ntriples"], load["oxigraph-ntriples"]
    megabytes = [ours["bytes"] / 1e6, theirs["bytes"] / 1e6]
    ratio = times(megabytes[1] / megabytes[0])
    rows.append(["size on disk, MB", *(f"{m:,.0f}" for m in megabytes), ratio])
    return table(["", "kgtool", "Oxigraph", "ratio"], rows)


def _queries(found: Found) -> str:
    rows = [_query_row(name, q, found["limit"]) for name, q in found["queries"].items()]
    header = [
        *("query", "rows", "kgtool best", "median", "SQL best", "median", "Oxigraph best"),
        *("median", "kgtool / SQL", "Oxigraph / kgtool", "compile"),
    ]
    note = "Milliseconds, all rows read. Ratios are of the best times."
    return f"{table(header, rows)}\n\n{note}"


def _query_row(name: str, query: Found, limit: float) -> list[str]:
    ours, sql, theirs = query["kgtool"], query["sql"], query["oxigraph"]
    over = f"over {limit * 1000:,.0f}"
    ratio = _oxigraph_best(query, limit) / ours["best"]
    return [
        name,
        f"{ours['rows']:,}",
        milliseconds(ours["best"]),
        milliseconds(ours["median"]),
        milliseconds(sql["best"]),
        milliseconds(sql["median"]),
        milliseconds(theirs["best"]) if theirs else over,
        milliseconds(theirs["median"]) if theirs else over,
        times(ours["best"] / sql["best"]),
        ("" if theirs else "over ") + times(ratio),
        milliseconds(ours["compile"]),
    ]


def _differences(queries: Found) -> str:
    lines = [f"- {n}: {line}" for n, q in queries.items() for line in q["differences"]]
    if not lines:
        return "All answers are equal, compared as multisets of rows."
    return "Answers that differ from kgtool's:\n\n" + "\n".join(lines)


def _plain(plain: Found) -> str:
    stages, build = plain["stages"], plain["build"]
    parts = []
    if stages:
        parse, load = stages["parse"], plain["load"]["seconds"]
        whole = stages["parse"] + stages["close"] + stages["check"]
        rows = [
            ["read Turtle", f"{load:.2f}", f"{parse:.2f}", times(parse / load)],
            ["OWL 2 RL closure (owlrl)", "", f"{stages['close']:.1f}", ""],
            ["shapes (pyshacl)", "", f"{stages['check']:.1f}", ""],
            [
                "`kgtool build` against all three",
                f"{build:.1f}" if build else "failed",
                f"{whole:.1f}",
                times(whole / build) if build else "",
            ],
        ]
        sizes = f"{stages['triples']:,} triples, {stages['closed']:,} after the closure; seconds."
        parts += [sizes, table(["", "kgtool", "plain stack", "ratio"], rows)]
    parts.append(_plain_queries(plain))
    return "\n\n".join(parts)


def _plain_queries(plain: Found) -> str:
    rows, ratios = [], []
    for name, theirs in plain["queries"].items():
        ours = plain["kgtool"][name]["best"]
        if theirs is None:
            rows.append([name, milliseconds(ours), "over the limit", "", ""])
            continue
        ratios.append(theirs["best"] / ours)
        same = "different" if plain["differences"][name] else "equal"
        rows.append(
            [name, milliseconds(ours), milliseconds(theirs["best"]), times(ratios[-1]), same]
        )
    mean = f"Geometric mean: rdflib takes {geometric_mean(ratios):.1f} times as long."
    header = ["query, milliseconds", "kgtool", "rdflib", "ratio", "answers"]
    return f"{table(header, rows)}\n\n{mean}"


def _process(process: Found) -> str:
    base = process["import duckdb"]
    rows = [[f"`{n}`", milliseconds(s), times(s / base)] for n, s in process.items()]
    return table(["medians, milliseconds", "time", "ratio"], rows)
