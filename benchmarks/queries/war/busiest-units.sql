WITH counted AS (
  SELECT who.o AS unit, count(DISTINCT event.o) AS events
  FROM {pos ww2:participant} AS who
  JOIN {pos ww2:inEvent} AS event ON event.s = who.s
  GROUP BY unit
), top AS (
  SELECT unit, label.o AS name, events
  FROM counted
  JOIN {pos rdfs:label} AS label ON label.s = unit
  JOIN terms AS text ON text.id = label.o AND text.type = '@en'
  ORDER BY events DESC, unit
  LIMIT 20
)
SELECT 'iri', u.lex, '@en', n.lex, '{xsd}integer', events::VARCHAR
FROM top
JOIN terms AS u ON u.id = unit
JOIN terms AS n ON n.id = name
ORDER BY events DESC, unit
