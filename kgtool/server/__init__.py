"""A store on the web: SPARQL 1.1 Protocol, Graph Store HTTP Protocol, descriptions."""
