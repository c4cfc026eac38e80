"""What all pages about one version of a store share."""

from __future__ import annotations

import threading
from functools import cached_property

from kgtool.engine.store import Store
from kgtool.errors import UsageError
from kgtool.plan.stop import Stop
from kgtool.project.explanation import Explainer, Explanation, StoreExplainer
from kgtool.project.notes import ALIGNING, CITING
from kgtool.project.settings import Settings as Configured
from kgtool.project.sources import as_in_files
from kgtool.rdf.terms import IRI, lexical_form
from kgtool.server.pages.addresses import Addresses, common_base
from kgtool.server.pages.asking import Asking, Triple
from kgtool.server.settings import Settings
from kgtool.server.stores import Version

#: Triples of a project up to which its files are read to say where each of them stands.
_MOST_READ = 1_000_000
_OWL = "http://www.w3.org/2002/07/owl#"
_SUBJECTS = "SELECT DISTINCT ?s { ?s a ?c FILTER isIRI(?s) } LIMIT 20000"
_ANY_SUBJECTS = "SELECT DISTINCT ?s { ?s ?p ?o FILTER isIRI(?s) } LIMIT 20000"
_TITLES = f"""
SELECT ?x {{ VALUES ?c {{ <{_OWL}Ontology> <http://rdfs.org/ns/void#Dataset> }} ?x a ?c
FILTER isIRI(?x) }} ORDER BY ?c ?x LIMIT 1
"""


class Site:
    """A version of a store: its name, its addresses, its own properties, and why things hold."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._lock = threading.Lock()
        self.has_inferred = any(each.kind == "inferred" for each in store.statistics.graphs)

    @property
    def _asking(self) -> Asking:
        return Asking(self.store, self.settings.timeout, Stop())

    @cached_property
    def configured(self) -> dict[str, str]:
        """The project's settings: ``title`` and ``base``."""
        project = self.settings.project
        if project is None:
            return {}
        given = Configured.of(project)
        table = given.table("serve")
        for key, value in table.items():
            if key not in ("title", "base"):
                given.unknown(key, ("title", "base"), "[tool.kgtool.serve]", given.find(key))
            if not isinstance(value, str):
                raise UsageError(f"{key} is no text", location=given.place(given.find(key)))
        return table

    @cached_property
    def addresses(self) -> Addresses:
        base = self.settings.base or self.configured.get("base")
        if base is None:
            for text in (_SUBJECTS, _ANY_SUBJECTS):
                rows = self._asking.rows(text, "asserted")
                base = common_base(s.value for (s,) in rows if isinstance(s, IRI))
                if base:
                    break
        return Addresses(base or "")

    @cached_property
    def title(self) -> str:
        """What the graph is called: as set, as its ontology or dataset is, or as its folder is."""
        if "title" in self.configured:
            return self.configured["title"]
        for (each,) in self._asking.rows(_TITLES):
            for label in self._asking.labels([each] if each else [], ()).values():
                return label.lexical
        project = self.settings.project
        return project.root.name if project else self.settings.store.stem

    @cached_property
    def citing(self) -> frozenset[str]:
        """The properties in use that name the sources of a thing, or of a statement."""
        aligned = " ".join(f"<{each}>" for each in sorted(ALIGNING))
        citing = " ".join(f"<{each}>" for each in CITING)
        text = f"SELECT ?p {{ VALUES ?a {{ {aligned} }} VALUES ?c {{ {citing} }} ?p ?a ?c }}"
        found = {p.value for (p,) in self._asking.rows(text) if isinstance(p, IRI)}
        used = self.store.ids(map(IRI, found | set(CITING)))
        known = self.store.statistics.predicates
        return frozenset(lexical_form(term) for term, id_ in used.items() if id_ in known)

    @cached_property
    def inverses(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for p, q in self._asking.rows(f"SELECT ?p ?q {{ ?p <{_OWL}inverseOf> ?q }}"):
            if isinstance(p, IRI) and isinstance(q, IRI):
                found.setdefault(p.value, set()).add(q.value)
                found.setdefault(q.value, set()).add(p.value)
        for (p,) in self._asking.rows(f"SELECT ?p {{ ?p a <{_OWL}SymmetricProperty> }}"):
            if isinstance(p, IRI):
                found.setdefault(p.value, set()).add(p.value)
        return found

    def place(self, triple: Triple) -> str | None:
        """The file and the line in which a triple stands, where that is known."""
        with self._lock:
            found = self._explainer.asserted(_as_in_files(triple)) if self._explainer else None
        return str(found.places[0]) if found and found.places else None

    def explain(self, triple: Triple) -> Explanation | None:
        """Why a triple holds, as `kgtool why` says it; None where it does not.

        What has been changed since the build is explained by the graph that it stands in.
        """
        with self._lock:
            found = self._explainer.explain(_as_in_files(triple)) if self._explainer else None
        return found or StoreExplainer(self.store).explain(triple)

    @cached_property
    def _explainer(self) -> Explainer | None:
        project = self.settings.project
        if project is None or self.store.statistics.triples > _MOST_READ:
            return None
        return Explainer(project)


class Sites:
    """The sites of the versions that are in use: the newest, and the one before it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._known: dict[str, Site] = {}

    def of(self, version: Version) -> Site:
        key = version.store.fingerprint
        with self._lock:
            found = self._known.get(key)
            if found is None or found.store is not version.store:
                found = Site(version.store, self._settings)
                self._known = {**dict(list(self._known.items())[-1:]), key: found}
            return found


def _as_in_files(triple: Triple) -> Triple:
    s, p, o = map(as_in_files, triple)
    return s, p, o
