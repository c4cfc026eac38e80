"""The ids of new items, written back as Turtle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from kgtool.rdf.document.formatting import format_text
from kgtool.rdf.lines import Triple
from kgtool.rdf.reading import parse_file
from kgtool.rdf.terms import IRI
from kgtool.rdf.writing import triples_text
from kgtool.wikibase.mapping import MappingRules


def write_items(
    path: Path, made: Mapping[str, str], mapping: MappingRules, prefixes: Mapping[str, str]
) -> None:
    """Adds to a file that things of ours (IRIs) are matched to items (ids), in canonical form.

    What the file has stays. Raises RdfSyntaxError for a file that does not parse.
    """
    quads = parse_file(path) if path.exists() else ()
    known = {f"{quad.subject}{quad.object}" for quad in quads}
    concepts = mapping.concepts
    triples: list[Triple] = [
        (IRI(thing), mapping.exact_match, IRI(concepts.iri(item)))
        for thing, item in sorted(made.items())
        if f"<{thing}><{concepts.iri(item)}>" not in known
    ]
    if not triples:
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    added = "".join(triples_text(triples, "turtle", {**prefixes, **concepts.prefixes()}))
    text = format_text(f"{before}\n{added}", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
