SELECT 'iri', e.lex, 'iri', u.lex, 'iri', r.lex
FROM {pos ww2:inEvent} AS event
JOIN {pos ww2:participant} AS who ON who.s = event.s
JOIN {pos ww2:role} AS role ON role.s = event.s
JOIN terms AS e ON e.id = event.o
JOIN terms AS u ON u.id = who.o
JOIN terms AS r ON r.id = role.o
