WITH RECURSIVE engaged(unit) AS (
  SELECT DISTINCT who.o
  FROM {pos rdf:type} AS battle
  JOIN {pos ww2:inEvent} AS event ON event.o = battle.s
  JOIN {pos ww2:participant} AS who ON who.s = event.s
  WHERE battle.o = {ww2:Battle}
  UNION
  SELECT o FROM engaged JOIN {pos ww2:subordinateTo} ON s = unit
)
SELECT 'iri', lex
FROM {pos ww2:echelon}
JOIN terms ON id = s
WHERE o = {ww2:echelon-division}
  AND s NOT IN (SELECT unit FROM engaged)
