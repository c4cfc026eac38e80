WITH summed AS (
  SELECT label.o AS name,
         year(make_date(((moment.o - {"1970-01-01"^^xsd:date}) >> 12)::INTEGER)) AS year,
         sum(number.o - {"0"^^xsd:integer}) AS casualties
  FROM {pos rdf:type} AS kind
  JOIN {pos ww2:inEvent} AS event ON event.s = kind.s
  JOIN {pos ww2:forParty} AS party ON party.s = kind.s
  JOIN {pos ww2:count} AS number ON number.s = kind.s
  JOIN {pos ww2:begin} AS moment ON moment.s = event.o
  JOIN {pos ww2:serves} AS serves ON serves.s = party.o
  JOIN {pos rdfs:label} AS label ON label.s = serves.o
  WHERE kind.o = {ww2:CasualtyFigure} AND moment.o >> 56 = 19
  GROUP BY ALL
)
SELECT type, lex, '{xsd}integer', year::VARCHAR, '{xsd}integer', casualties::VARCHAR
FROM summed
JOIN terms ON id = name
ORDER BY name, year
