"""A build that costs what its change costs: where files of facts have only gained triples.

What is already derived then stays, since rules only add; further triples follow only from the new
ones. A removed triple, a change to the ontology or to a rule, and a new blank node (whose label
tells nothing) take a full build.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kgtool.engine.editor import Quad, StoreEditor
from kgtool.engine.store import Store
from kgtool.project.checking import Sources
from kgtool.project.fingerprint import BuildRecord, SourceState
from kgtool.project.folder import INFERRED_GRAPH, TRIPLES, Project, is_description
from kgtool.project.sources import SourceFile, Triple, as_in_files
from kgtool.rdf.terms import IRI, BlankNode
from kgtool.reason import OWL_RL
from kgtool.reason.own import OwnRule, add_entailed, drop_repeated, with_rules

_GRAPH = IRI(INFERRED_GRAPH)


def added_triples(
    project: Project, sources: Sources, states: Sequence[SourceState], record: BuildRecord
) -> list[Quad] | None:
    """What the files have gained since the build of ``record``.

    None where that is not all that has changed, and a full build is needed.
    """
    before = {state.name: state.sha256 for state in record.sources}
    if [s.name for s in states] != list(before) or not record.is_closed(project):
        return None
    changed = {state.name for state in states if state.sha256 != before[state.name]}
    if not all(name.startswith(f"{TRIPLES}/") and not is_description(name) for name in changed):
        return None
    quads: list[Quad] = []
    with Store.open(project.store_path) as store:
        for file in sources.triples:
            if file.name in changed:
                gained = _gained(store, file, IRI(project.graph_of(file.path)))
                if gained is None:
                    return None
                quads += gained
    return quads


def add_triples(
    project: Project,
    quads: Sequence[Quad],
    rules: list[OwnRule],
    check: Callable[[Store], None] | None,
) -> dict[str, int]:
    """Add triples to the project's store, and what follows; how many each rule added.

    ``check`` may refuse the store by an error; nothing has then changed.
    """
    with StoreEditor(project.store_path) as editor:
        editor.insert(quads)
        drop_repeated(editor, _GRAPH)
        known = editor.store.ids(term for quad in quads for term in quad[:3])
        rows = ", ".join(f"({known[s]}, {known[p]}, {known[o]})" for s, p, o, _ in quads)
        delta = f"SELECT * FROM (VALUES {rows}) AS added(s, p, o)"
        counts = add_entailed(editor, with_rules(OWL_RL, rules), _GRAPH, delta)
        if check is not None:
            check(editor.store)
        editor.commit().close()
    return counts


def _gained(store: Store, file: SourceFile, graph: IRI) -> list[Quad] | None:
    """The triples of a file that its graph lacks; None where it lacks none of the graph's, or one
    of them has a blank node."""
    stored = _triples(store, graph)
    now = set(file.triples)
    if stored - now:
        return None
    gained = [triple for triple in dict.fromkeys(file.triples) if triple not in stored]
    if any(isinstance(term, BlankNode) for triple in gained for term in triple):
        return None
    return [(s, p, o, graph) for s, p, o in gained]


def _triples(store: Store, graph: IRI) -> set[Triple]:
    id_ = store.ids([graph]).get(graph)
    rows = store.connection.execute("SELECT s, p, o FROM pso WHERE g = ?", [id_]).fetchall()
    terms = {id_: as_in_files(t) for id_, t in store.terms(x for row in rows for x in row).items()}
    return {(terms[s], terms[p], terms[o]) for s, p, o in rows}
