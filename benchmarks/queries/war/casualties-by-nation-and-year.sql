WITH summed AS (
  SELECT label.o AS name,
         year(make_date(((moment.o - {"1970-01-01"^^xsd:date}) >> 12)::INTEGER)) AS year,
         sum(number.o - {"0"^^xsd:integer}) AS casualties
  FROM pos AS kind
  JOIN pos AS event ON event.p = {ww2:inEvent} AND event.s = kind.s
  JOIN pos AS party ON party.p = {ww2:forParty} AND party.s = kind.s
  JOIN pos AS number ON number.p = {ww2:count} AND number.s = kind.s
  JOIN pos AS moment ON moment.p = {ww2:begin} AND moment.s = event.o
  JOIN pos AS serves ON serves.p = {ww2:serves} AND serves.s = party.o
  JOIN pos AS label ON label.p = {rdfs:label} AND label.s = serves.o
  WHERE kind.p = {rdf:type} AND kind.o = {ww2:CasualtyFigure} AND moment.o >> 56 = 19
  GROUP BY ALL
)
SELECT type, lex, '{xsd}integer', year::VARCHAR, '{xsd}integer', casualties::VARCHAR
FROM summed
JOIN terms ON id = name
ORDER BY name, year
