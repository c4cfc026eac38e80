SELECT 'iri', e.lex, n.type, n.lex,
       CASE WHEN moment.o >> 56 = 19 THEN '{xsd}date'
            WHEN moment.o >> 56 = 21 THEN '{xsd}dateTime' ELSE d.type END,
       CASE WHEN moment.o >> 56 = 19
            THEN make_date(((moment.o - {"1970-01-01"^^xsd:date}) >> 12)::INTEGER)::VARCHAR
            WHEN moment.o >> 56 = 21
            THEN strftime(make_timestamp(moment.o - {"1970-01-01T00:00:00Z"^^xsd:dateTime}),
                          '%Y-%m-%dT%H:%M:%SZ')
            ELSE d.lex END,
       l.type, l.lex
FROM {pos ww2:atPlace} AS place
JOIN {pos rdf:type} AS kind ON kind.o = {ww2:Landing} AND kind.s = place.s
JOIN {pos rdfs:label} AS name ON name.s = place.s
JOIN terms AS e ON e.id = place.s
JOIN terms AS n ON n.id = name.o
LEFT JOIN {pos ww2:date} AS moment ON moment.s = place.s
LEFT JOIN {pos ww2:duration} AS length ON length.s = place.s
LEFT JOIN terms AS d ON d.id = moment.o
LEFT JOIN terms AS l ON l.id = length.o
WHERE place.o = {id:place-2}
