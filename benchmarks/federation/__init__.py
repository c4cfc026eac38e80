"""Queries over three endpoints, beside Comunica and rdflib."""
