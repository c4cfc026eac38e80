"""What leaves a graph: RDF syntaxes, maps (GeoJSON, KML), networks (GraphML), framed JSON-LD."""

#: The formats that are no syntaxes of RDF, with how the names of their files end.
OTHER_FORMATS = {
    "geojson": ".geojson",
    "kml": ".kml",
    "graphml": ".graphml",
    "jsonld-framed": ".framed.jsonld",
}
