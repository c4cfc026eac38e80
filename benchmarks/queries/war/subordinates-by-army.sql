WITH RECURSIVE armies AS (
  SELECT serves.s AS army
  FROM {pos ww2:serves} AS serves
  JOIN {pos ww2:echelon} AS size ON size.o = {ww2:echelon-field-army}
    AND size.s = serves.s
  WHERE serves.o = {id:nation-3}
), below(army, unit) AS (
  SELECT army, s FROM armies JOIN {pos ww2:subordinateTo} ON o = army
  UNION
  SELECT army, s FROM below JOIN {pos ww2:subordinateTo} ON o = unit
)
SELECT 'iri', lex, '{xsd}integer', units::VARCHAR
FROM (SELECT army, count(*) AS units FROM below GROUP BY army)
JOIN terms ON id = army
ORDER BY army
