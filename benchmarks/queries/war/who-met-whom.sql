WITH sides AS (
  SELECT event.o AS event, role.o AS role, serves.o AS nation
  FROM {pos ww2:role} AS role
  JOIN {pos ww2:inEvent} AS event ON event.s = role.s
  JOIN {pos ww2:participant} AS who ON who.s = role.s
  JOIN {pos ww2:serves} AS serves ON serves.s = who.o
  WHERE role.o IN ({ww2:role-attacker}, {ww2:role-defender})
), met AS (
  SELECT one.nation AS attacker, other.nation AS defender, count(*) AS times
  FROM sides AS one
  JOIN sides AS other USING (event)
  WHERE one.role = {ww2:role-attacker} AND other.role = {ww2:role-defender}
    AND one.nation <> other.nation
  GROUP BY ALL
)
SELECT 'iri', a.lex, 'iri', d.lex, '{xsd}integer', times::VARCHAR
FROM met
JOIN terms AS a ON a.id = attacker
JOIN terms AS d ON d.id = defender
