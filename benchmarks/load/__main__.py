"""kgtool's server and Oxigraph's under load, with the same data, clients and requests.

    python -m benchmarks.load --document           the tables in docs/benchmarks.md
    python -m benchmarks.load --seconds 20 --triples 100000

Oxigraph's is PyPI's ``oxigraph``, of the extra ``bench``. Both servers run at the same time, and
are asked by turns. The clients are a process of their own (client.py).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.answers import first_difference, json_rows, row_text
from benchmarks.bench import ENVIRONMENT, say
from benchmarks.generate import make_file
from benchmarks.load.mix import MIX, SHARES, Queries, queries_of, write_requests
from benchmarks.load.report import rate, render
from benchmarks.load.servers import Running, kgtool, oxigraph, oxigraph_program

#: Entities that are looked up, requests that are made ahead, and answers of a class that are
#: compared.
_ENTITIES = 20_000
_AHEAD = 60_000
_COMPARED = 300
#: Clients that ask the analytic queries by themselves: more would only wait for each other.
_FEW = 8
#: Rounds of a class by itself, which together have a quarter of the mix's time. Short ones find a
#: moment in which the machine does nothing else; an analytic query takes a while.
_ROUNDS = {"look-up": 6, "stored": 6, "analytic": 2}
#: Seconds before an interval that are not counted.
_WARM = 2.0
Found = dict[str, Any]


def under_load(server: Running, requests: Path, seconds: float, clients: int) -> Found:
    """What so many clients got in so many seconds, and what that took of the processor."""
    before = server.processor_time()
    command = [
        *(sys.executable, "-m", "benchmarks.load.client", str(server.port), server.path),
        *(str(requests), str(seconds), str(clients)),
    ]
    done = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True)
    found: Found = json.loads(done.stdout)
    return {**found, "server": server.processor_time() - before}


def compare(servers: list[Running], queries: Queries) -> list[str]:
    """The queries that the servers answer differently, each with a row of the difference."""
    found = []
    texts = queries.samples(_COMPARED)
    say(f"compare {len(texts)} answers")
    for text in texts:
        own, other = (_rows(server, text) for server in servers)
        if own != other:
            found.append(f"{first_difference(other, own)}: {text}")
    return found


def _rows(server: Running, text: str) -> list[str]:
    answer = server.ask(text)
    variables = sorted(json.loads(answer)["head"]["vars"])
    return sorted(map(row_text, json_rows(answer, variables)))


def measure(
    servers: list[Running], queries: Queries, options: argparse.Namespace, folder: Path
) -> dict[str, dict[str, Found]]:
    """By class and server: the best of the rounds; of the mix there is one, a long one."""
    found: dict[str, dict[str, Found]] = {}
    for kind in (MIX, *SHARES):
        requests = folder / f"{kind}.jsonl"
        write_requests(queries.requests(kind, _AHEAD), requests)
        clients = min(_FEW, options.clients) if kind == "analytic" else options.clients
        rounds = _ROUNDS.get(kind, 1)
        seconds = options.seconds if kind == MIX else options.seconds / 4 / rounds
        found[kind] = {}
        for server in servers:
            under_load(server, requests, _WARM, clients)
        for _ in range(rounds):
            for server in servers:
                say(f"{kind}: {clients} clients ask {server.title} for {seconds:g} s")
                one = {**under_load(server, requests, seconds, clients), "clients": clients}
                best = found[kind].get(server.name)
                if best is None or rate(one) > rate(best):
                    found[kind][server.name] = one
    return found


def run(options: argparse.Namespace, folder: Path) -> str:
    data = folder / f"catalogue-{options.triples}.nt"
    if not data.is_file():
        make_file(data, options.triples, "catalogue")
    queries = queries_of(data, _ENTITIES)
    busy = os.getloadavg()[0]
    with kgtool(data, folder, options.processes) as own, oxigraph(data, folder) as other:
        servers = [own, other]
        differences = compare(servers, queries)
        found = measure(servers, queries, options, folder)
    return render(found, servers, options, busy, differences)


def main() -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument(
        "--seconds", type=float, default=120, help="for the mix; a class has a quarter"
    )
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--processes", type=int, default=cores, help="of kgtool; one a core")
    parser.add_argument("--scratch", type=Path, help="where data and stores are kept")
    parser.add_argument("--document", action="store_true", help="write the tables there")
    options = parser.parse_args()
    if oxigraph_program() is None:
        raise SystemExit("Oxigraph's server is not there: pip install oxigraph")
    with tempfile.TemporaryDirectory() as folder:
        scratch = options.scratch or Path(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        text = run(options, scratch)
    print(text)
    if options.document:
        from benchmarks.tables import write_document

        write_document(text, "load")


if __name__ == "__main__":
    main()
