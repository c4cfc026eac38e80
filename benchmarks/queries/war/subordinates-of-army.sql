WITH RECURSIVE below(unit) AS (
  SELECT s FROM {pos ww2:subordinateTo} WHERE o = {id:unit-0}
  UNION
  SELECT s FROM below JOIN {pos ww2:subordinateTo} ON o = unit
)
SELECT 'iri', lex FROM below JOIN terms ON id = unit
