WITH top AS (
  SELECT part.o AS campaign, name.o AS name, sum(number.o - {"0"^^xsd:integer}) AS casualties
  FROM pos AS kind
  JOIN pos AS event ON event.p = {ww2:inEvent} AND event.s = kind.s
  JOIN pos AS number ON number.p = {ww2:count} AND number.s = kind.s
  JOIN pos AS part ON part.p = {ww2:partOf} AND part.s = event.o
  JOIN pos AS campaign ON campaign.p = {rdf:type} AND campaign.o = {ww2:Campaign}
    AND campaign.s = part.o
  JOIN pos AS name ON name.p = {rdfs:label} AND name.s = part.o
  JOIN terms AS text ON text.id = name.o AND text.type = '@en'
  WHERE kind.p = {rdf:type} AND kind.o = {ww2:CasualtyFigure}
  GROUP BY ALL
  ORDER BY casualties DESC, campaign
  LIMIT 10
)
SELECT 'iri', c.lex, '@en', n.lex, '{xsd}integer', casualties::VARCHAR
FROM top
JOIN terms AS c ON c.id = campaign
JOIN terms AS n ON n.id = name
ORDER BY casualties DESC, campaign
