"""What is exported and imported again is the same graph."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from kgtool.rdf.lines import Triple
from kgtool.wikibase.exporting import export_entities
from kgtool.wikibase.json_format import write_entities
from kgtool.wikibase.rdf_writing import write_rdf
from tests.wikibase.strategies import NODES, graphs
from tests.wikibase.worlds import comparable, imported, mapping, world

CASES = int(os.environ.get("KGTOOL_FUZZ", "150")) // 10
FORMS = {"graph.json": write_entities, "graph.ttl": write_rdf}


@settings(
    max_examples=CASES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(graph=graphs())
def test_an_import_of_an_export_is_the_graph(graph: set[Triple], tmp_path: Path) -> None:
    rules = mapping()
    with world(triples=graph) as store:
        found = export_entities(store, rules)
        assert found.losses == []
        for name, write in FORMS.items():
            file = tmp_path / name
            file.write_text("".join(write(found.entities, rules.concepts)), encoding="utf-8")
            triples, report = imported(store, file)
            assert [p for p in report.problems if p.kind != "unknown id"] == []
            assert not report.unmapped
            assert comparable(triples, NODES) == comparable(graph, NODES)
