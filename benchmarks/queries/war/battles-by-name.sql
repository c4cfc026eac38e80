SELECT 'iri', b.lex, n.type, n.lex
FROM pos AS kind
JOIN pos AS name ON name.p = {rdfs:label} AND name.s = kind.s
JOIN terms AS n ON n.id = name.o
JOIN terms AS b ON b.id = kind.s
WHERE kind.p = {rdf:type} AND kind.o = {ww2:Battle}
  AND regexp_matches(n.lex, '^battle .*mar.* (river|bridge)$', 'i')
