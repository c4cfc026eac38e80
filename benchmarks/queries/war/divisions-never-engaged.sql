WITH RECURSIVE engaged(unit) AS (
  SELECT DISTINCT who.o
  FROM pos AS battle
  JOIN pos AS event ON event.p = {ww2:inEvent} AND event.o = battle.s
  JOIN pos AS who ON who.p = {ww2:participant} AND who.s = event.s
  WHERE battle.p = {rdf:type} AND battle.o = {ww2:Battle}
  UNION
  SELECT o FROM engaged JOIN pos ON p = {ww2:subordinateTo} AND s = unit
)
SELECT 'iri', lex
FROM pos
JOIN terms ON id = s
WHERE p = {ww2:echelon} AND o = {ww2:echelon-division}
  AND s NOT IN (SELECT unit FROM engaged)
