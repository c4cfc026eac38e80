WITH top AS (
  SELECT part.o AS campaign, name.o AS name, sum(number.o - {"0"^^xsd:integer}) AS casualties
  FROM {pos rdf:type} AS kind
  JOIN {pos ww2:inEvent} AS event ON event.s = kind.s
  JOIN {pos ww2:count} AS number ON number.s = kind.s
  JOIN {pos ww2:partOf} AS part ON part.s = event.o
  JOIN {pos rdf:type} AS campaign ON campaign.o = {ww2:Campaign}
    AND campaign.s = part.o
  JOIN {pos rdfs:label} AS name ON name.s = part.o
  JOIN terms AS text ON text.id = name.o AND text.type = '@en'
  WHERE kind.o = {ww2:CasualtyFigure}
  GROUP BY ALL
  ORDER BY casualties DESC, campaign
  LIMIT 10
)
SELECT 'iri', c.lex, '@en', n.lex, '{xsd}integer', casualties::VARCHAR
FROM top
JOIN terms AS c ON c.id = campaign
JOIN terms AS n ON n.id = name
ORDER BY casualties DESC, campaign
