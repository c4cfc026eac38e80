SELECT 'iri', e.lex, '@en', n.lex, '{xsd}date',
       make_date(((moment.o - {"1970-01-01"^^xsd:date}) >> 12)::INTEGER)::VARCHAR
FROM {pos ww2:date} AS moment
JOIN {pos rdf:type} AS kind ON kind.o = {ww2:Bombardment} AND kind.s = moment.s
JOIN {pos rdfs:label} AS name ON name.s = moment.s
JOIN terms AS n ON n.id = name.o AND n.type = '@en'
JOIN terms AS e ON e.id = moment.s
  AND moment.o >= {"1943-07-01"^^xsd:date} AND moment.o < {"1943-08-01"^^xsd:date}
ORDER BY moment.o, moment.s
