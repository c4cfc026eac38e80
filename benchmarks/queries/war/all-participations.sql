SELECT 'iri', e.lex, 'iri', u.lex, 'iri', r.lex
FROM pos AS event
JOIN pos AS who ON who.p = {ww2:participant} AND who.s = event.s
JOIN pos AS role ON role.p = {ww2:role} AND role.s = event.s
JOIN terms AS e ON e.id = event.o
JOIN terms AS u ON u.id = who.o
JOIN terms AS r ON r.id = role.o
WHERE event.p = {ww2:inEvent}
