WITH counted AS (
  SELECT who.o AS unit, count(DISTINCT event.o) AS events
  FROM pos AS who
  JOIN pos AS event ON event.p = {ww2:inEvent} AND event.s = who.s
  WHERE who.p = {ww2:participant}
  GROUP BY unit
), top AS (
  SELECT unit, label.o AS name, events
  FROM counted
  JOIN pos AS label ON label.p = {rdfs:label} AND label.s = unit
  JOIN terms AS text ON text.id = label.o AND text.type = '@en'
  ORDER BY events DESC, unit
  LIMIT 20
)
SELECT 'iri', u.lex, '@en', n.lex, '{xsd}integer', events::VARCHAR
FROM top
JOIN terms AS u ON u.id = unit
JOIN terms AS n ON n.id = name
ORDER BY events DESC, unit
