"""The IRIs that kgtool itself has to know."""

from __future__ import annotations


class XSD:
    base = "http://www.w3.org/2001/XMLSchema#"
    string = base + "string"
    boolean = base + "boolean"
    integer = base + "integer"
    decimal = base + "decimal"
    float = base + "float"
    double = base + "double"
    date = base + "date"
    dateTime = base + "dateTime"
    time = base + "time"
    gYear = base + "gYear"
    gYearMonth = base + "gYearMonth"
    duration = base + "duration"
    dayTimeDuration = base + "dayTimeDuration"
    yearMonthDuration = base + "yearMonthDuration"


class RDF:
    base = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    type = base + "type"
    langString = base + "langString"
    first = base + "first"
    rest = base + "rest"
    nil = base + "nil"


class RDFS:
    base = "http://www.w3.org/2000/01/rdf-schema#"
    label = base + "label"
    comment = base + "comment"
    seeAlso = base + "seeAlso"
    Class = base + "Class"
    subClassOf = base + "subClassOf"


class WIKIBASE:
    """The vocabulary of Wikibase RDF (https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format)."""

    base = "http://wikiba.se/ontology#"
    label = base + "label"
    around = base + "around"
    box = base + "box"
    mwapi = base + "mwapi"


#: The datatypes of Extended Date/Time Format, as the Library of Congress names them.
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"


class OWL:
    base = "http://www.w3.org/2002/07/owl#"
    Class = base + "Class"
    sameAs = base + "sameAs"
    Nothing = base + "Nothing"


class SKOS:
    base = "http://www.w3.org/2004/02/skos/core#"
    prefLabel = base + "prefLabel"
    altLabel = base + "altLabel"
    hiddenLabel = base + "hiddenLabel"
    definition = base + "definition"


_SCHEMA = ("https://schema.org/", "http://schema.org/")

#: The properties that name a thing, the first that has a value counting.
NAMING = (
    RDFS.label, SKOS.prefLabel, "http://purl.org/dc/terms/title",
    "http://xmlns.com/foaf/0.1/name", *(f"{base}name" for base in _SCHEMA),
)  # fmt: skip
#: Those by which it is found, too.
FINDING = (
    *NAMING, SKOS.altLabel, SKOS.hiddenLabel, "http://xmlns.com/foaf/0.1/nick",
    *(f"{base}alternateName" for base in _SCHEMA),
)  # fmt: skip
#: Those that say in words what a thing is; the first that there is leads.
DESCRIBING = (
    RDFS.comment, SKOS.definition, "http://purl.org/dc/terms/description",
    *(f"{base}description" for base in _SCHEMA),
)  # fmt: skip


#: Datatypes derived from xsd:integer (XML Schema 1.1 part 2, section 3.4), with their
#: value ranges; None is unbounded. All of them are numeric in SPARQL (section 17.1).
INTEGER_RANGES: dict[str, tuple[int | None, int | None]] = {
    XSD.base + "nonPositiveInteger": (None, 0),
    XSD.base + "negativeInteger": (None, -1),
    XSD.base + "long": (-(2**63), 2**63 - 1),
    XSD.base + "int": (-(2**31), 2**31 - 1),
    XSD.base + "short": (-(2**15), 2**15 - 1),
    XSD.base + "byte": (-(2**7), 2**7 - 1),
    XSD.base + "nonNegativeInteger": (0, None),
    XSD.base + "unsignedLong": (0, 2**64 - 1),
    XSD.base + "unsignedInt": (0, 2**32 - 1),
    XSD.base + "unsignedShort": (0, 2**16 - 1),
    XSD.base + "unsignedByte": (0, 2**8 - 1),
    XSD.base + "positiveInteger": (1, None),
}

#: Vocabularies that are known by one prefix everywhere.
WELL_KNOWN_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "schema": "http://schema.org/",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "sh": "http://www.w3.org/ns/shacl#",
}
_IN_WIKIBASE = ("rdf", "rdfs", "owl", "xsd", "skos", "prov", "geo", "schema")


def wikibase_prefixes(base: str) -> dict[str, str]:
    """The prefixes that queries over the RDF of a Wikibase use, by its base IRI."""
    own = {
        "wd": "entity/", "wds": "entity/statement/", "wdref": "reference/", "wdv": "value/",
        "wdata": "wiki/Special:EntityData/", "p": "prop/", "wdt": "prop/direct/",
        "wdtn": "prop/direct-normalized/", "ps": "prop/statement/",
        "psv": "prop/statement/value/", "psn": "prop/statement/value-normalized/",
        "pq": "prop/qualifier/", "pqv": "prop/qualifier/value/",
        "pqn": "prop/qualifier/value-normalized/", "pr": "prop/reference/",
        "prv": "prop/reference/value/", "prn": "prop/reference/value-normalized/",
        "wdno": "prop/novalue/",
    }  # fmt: skip
    known = {p: WELL_KNOWN_PREFIXES[p] for p in _IN_WIKIBASE}
    return {
        **known,
        **{prefix: base + path for prefix, path in own.items()},
        "wikibase": WIKIBASE.base,
        "bd": "http://www.bigdata.com/rdf#",
        "hint": "http://www.bigdata.com/queryHints#",
        "geof": "http://www.opengis.net/def/function/geosparql/",
        "mwapi": "https://www.mediawiki.org/ontology#API/",
        "gas": "http://www.bigdata.com/rdf/gas#",
    }
