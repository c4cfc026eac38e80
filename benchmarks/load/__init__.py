"""Two servers under load: kgtool's and Oxigraph's, with the same clients and requests."""
