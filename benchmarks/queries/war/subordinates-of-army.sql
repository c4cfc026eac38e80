WITH RECURSIVE below(unit) AS (
  SELECT s FROM pos WHERE p = {ww2:subordinateTo} AND o = {id:unit-0}
  UNION
  SELECT s FROM below JOIN pos ON p = {ww2:subordinateTo} AND o = unit
)
SELECT 'iri', lex FROM below JOIN terms ON id = unit
