"""A small project with all that pages show, and some of what they must not."""

from __future__ import annotations

from pathlib import Path

from kgtool.project.build import ensure_built
from kgtool.project.folder import Project

BASE = "https://example.org/x/"
#: What would be run, if a page did not say that it is text.
SCRIPT = "<script>alert('x')</script>"
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_PREFIXES = """
@prefix id: <https://example.org/x/id/> .
@prefix o: <https://example.org/x/terms#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_ONTOLOGY = """
<https://example.org/x/terms> a owl:Ontology ; rdfs:label "A graph of tests"@en .
o:Place a owl:Class ; rdfs:label "place"@en, "Ort"@de ; rdfs:comment "Somewhere."@en .
o:City a owl:Class ; rdfs:subClassOf o:Place ; rdfs:label "city"@en .
o:within a owl:ObjectProperty, owl:TransitiveProperty ; rdfs:label "within"@en ;
  owl:inverseOf o:contains ; rdfs:domain o:Place .
o:contains a owl:ObjectProperty ; rdfs:label "contains"@en .
o:cites a owl:ObjectProperty ; rdfs:label "cites"@en ; skos:closeMatch prov:wasDerivedFrom .
"""
_TRIPLES = f"""
id:rome a o:City ; rdfs:label "Rome"@en, "Rom"@de, "Roma"@it ;
  rdfs:comment "A city."@en, "Eine Stadt."@de ;
  skos:altLabel "The Eternal City"@en ;
  o:within id:italy ;
  o:founded "-0752"^^xsd:gYear ; o:freed "1944-06-04"^^xsd:date ;
  o:people 2750000 ; o:open true ;
  geo:asWKT "POINT(12.5 41.9)"^^geo:wktLiteral ;
  o:address [ o:street "Via Appia" ; o:number 1 ] ;
  o:hills ( "Palatine" id:aventine ) ;
  o:story "{"So it is told. " * 60}" ;
  o:cites id:book, id:letter ;
  skos:exactMatch <http://www.wikidata.org/entity/Q220> .
id:claim a rdf:Statement ; rdf:subject id:rome ; rdf:predicate o:freed ;
  rdf:object "1944-06-04"^^xsd:date ; o:cites id:letter .
id:italy a o:Place ; rdfs:label "Italy"@en ; o:within id:europe .
id:europe a o:Place ; rdfs:label "Europe"@en .
id:book rdfs:label "The book"@en .
id:letter rdfs:label "The letter"@en .
id:caf%C3%A9 a o:Place ; rdfs:label "Café with escapes"@en .
id:café a o:Place ; rdfs:label "Café"@en .
<https://example.org/x/id/a?b=c> a o:Place ; rdfs:label "With a question"@en .
<https://example.org/x/id//a/../b> a o:Place ; rdfs:label "With dots"@en .
<https://example.org/x/id/file.ttl> a o:Place ; rdfs:label "A file"@en .
id:evil a o:Place ; rdfs:label "{SCRIPT}"@en ; rdfs:comment "\\"><img src=x onerror=alert(1)>" ;
  o:html "<b onclick='alert(1)'>bold</b>"^^rdf:HTML ;
  o:tagged "{SCRIPT}"@en ; o:typed "{SCRIPT}"^^<https://evil.example/'onload='alert(1)> ;
  o:to <javascript:alert(1)>, <data:text/html,alert(1)>, <vbscript:x>, <https://evil.example/> ;
  o:uri "javascript:alert(1)"^^xsd:anyURI ;
  <javascript:alert(2)> "a property" .
<javascript:alert(1)> rdfs:label "click me"@en .
"""
_QUERIES = {
    "cities": """
#+ summary: Cities of a place & "more" <b>
#+ description: Those that are <i>within</i> it.
#+ tags: [cities]
#+ parameters:
#+   - name: place
#+     type: iri
#+     default: id:italy
#+     description: the place <script>
#+   - name: since
#+     type: date
#+     default: 1900-01-01
#+ returns:
#+   city: a city
#+   name: what it is called
PREFIX id: <https://example.org/x/id/>
PREFIX o: <https://example.org/x/terms#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?city ?name { ?city o:within $place ; rdfs:label ?name ; o:freed ?day FILTER(?day > $since) }
ORDER BY ?name
""",
    "sub/named": """
#+ summary: Things of a name
#+ parameters:
#+   - name: name
#+     type: string
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing { ?thing rdfs:label ?l FILTER(STR(?l) = $name) }
""",
}


def make_site(root: Path) -> Project:
    """The project, built."""
    files = {"ontology/o.ttl": _PREFIXES + _ONTOLOGY, "triples/t.ttl": _PREFIXES + _TRIPLES}
    files |= {f"queries/{name}.rq": text.lstrip() for name, text in _QUERIES.items()}
    files["pyproject.toml"] = '[tool.kgtool.serve]\ntitle = "Tests & <more>"\n'
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project = Project(root)
    ensure_built(project)
    return project
