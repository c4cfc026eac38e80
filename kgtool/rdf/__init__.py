"""RDF: terms, syntaxes, and tables that become triples."""

# Here, and not in the package of tables, for commands that read no table.
#: How the names of tables end.
TABLES = (".csv", ".tsv")
#: How the names of files end that say what the columns of tables mean.
DESCRIPTION = "-metadata.json"
