WITH RECURSIVE armies AS (
  SELECT serves.s AS army
  FROM pos AS serves
  JOIN pos AS size ON size.p = {ww2:echelon} AND size.o = {ww2:echelon-field-army}
    AND size.s = serves.s
  WHERE serves.p = {ww2:serves} AND serves.o = {id:nation-3}
), below(army, unit) AS (
  SELECT army, s FROM armies JOIN pos ON p = {ww2:subordinateTo} AND o = army
  UNION
  SELECT army, s FROM below JOIN pos ON p = {ww2:subordinateTo} AND o = unit
)
SELECT 'iri', lex, '{xsd}integer', units::VARCHAR
FROM (SELECT army, count(*) AS units FROM below GROUP BY army)
JOIN terms ON id = army
ORDER BY army
