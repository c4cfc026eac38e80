SELECT 'iri', b.lex, n.type, n.lex
FROM {pos rdf:type} AS kind
JOIN {pos rdfs:label} AS name ON name.s = kind.s
JOIN terms AS n ON n.id = name.o
JOIN terms AS b ON b.id = kind.s
WHERE kind.o = {ww2:Battle}
  AND regexp_matches(n.lex, '^battle .*mar.* (river|bridge)$', 'i')
