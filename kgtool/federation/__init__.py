"""Queries over several endpoints: SERVICE, planned (SPARQL 1.1 Federated Query)."""
