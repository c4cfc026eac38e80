"""The stored queries of a project as a REST API, and its description as OpenAPI 3.1."""
