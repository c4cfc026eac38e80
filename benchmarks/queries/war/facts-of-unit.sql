SELECT 'iri', p.lex, v.type, v.lex
FROM pso AS fact
JOIN terms AS p ON p.id = fact.p
JOIN terms AS v ON v.id = fact.o
WHERE fact.s = {id:unit-17}
