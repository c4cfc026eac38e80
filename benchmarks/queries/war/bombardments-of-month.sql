SELECT 'iri', e.lex, '@en', n.lex, '{xsd}date',
       make_date(((moment.o - {"1970-01-01"^^xsd:date}) >> 12)::INTEGER)::VARCHAR
FROM pos AS moment
JOIN pos AS kind ON kind.p = {rdf:type} AND kind.o = {ww2:Bombardment} AND kind.s = moment.s
JOIN pos AS name ON name.p = {rdfs:label} AND name.s = moment.s
JOIN terms AS n ON n.id = name.o AND n.type = '@en'
JOIN terms AS e ON e.id = moment.s
WHERE moment.p = {ww2:date}
  AND moment.o >= {"1943-07-01"^^xsd:date} AND moment.o < {"1943-08-01"^^xsd:date}
ORDER BY moment.o, moment.s
