"""Pages for people: each resource of the graph, its classes, a search, and queries."""
