"""The engines, each in a module of its own."""

from __future__ import annotations

from benchmarks.peers.engines.base import Asker, Data, Engine
from benchmarks.peers.engines.kgtool import Kgtool
from benchmarks.peers.engines.maplib import Maplib
from benchmarks.peers.engines.oxigraph import Oxigraph
from benchmarks.peers.engines.sparq import Sparq
from benchmarks.peers.engines.virtuoso import Virtuoso

#: By name, in the order of the tables.
ENGINES: dict[str, Engine] = {
    engine.name: engine for engine in (Kgtool(), Virtuoso(), Maplib(), Sparq(), Oxigraph())
}

__all__ = ["ENGINES", "Asker", "Data", "Engine"]
