"""Tables (CSV, TSV) as RDF, by CSV on the Web: https://www.w3.org/TR/csv2rdf/, minimal mode."""
