"""Tables (CSV, TSV) as RDF, by CSV on the Web: https://www.w3.org/TR/csv2rdf/, minimal mode."""

#: How the names of tables end.
ENDINGS = (".csv", ".tsv")
#: How the names of files end that say what the columns of tables mean.
DESCRIPTION = "-metadata.json"
