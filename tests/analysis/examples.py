"""Data, and queries on it with every operator of the algebra."""

from __future__ import annotations

DATA = "\n".join(
    [
        *(f":p{i} a :Person ; :name 'person {i}'@en ; :age {20 + i % 7} ." for i in range(30)),
        *(f":p{i} :knows :p{i + 1}, :p{(3 * i) % 30} ." for i in range(0, 30, 2)),
        *(f":p{i} :boss :p{i // 2} ." for i in range(1, 30)),
        *(f":p{i} :nick 'n{i}' ." for i in range(0, 30, 5)),
        *(f":g{g} {{ :p{g} :saw :p{i} . :p{i} :age {i} }}" for g in range(3) for i in range(4)),
    ]
)

QUERIES = {
    "bgp": "SELECT * { ?a :knows ?b . ?b :age ?n . ?b :name ?name }",
    "one pattern": "SELECT ?a { ?a a :Person }",
    "same predicate": "SELECT * { ?a :boss ?b . ?b :boss ?c . ?c :boss ?d }",
    "cross": "SELECT * { ?a :nick ?n . ?b :nick ?m }",
    "missing": "SELECT * { ?a :nobody ?n . ?b :nick ?m }",
    "optional": "SELECT * { ?a :knows ?b OPTIONAL { ?b :nick ?n } }",
    "optional filter": "SELECT * { ?a :age ?x "
    "OPTIONAL { ?a :knows ?b . ?b :age ?y FILTER (?y > ?x) } }",
    "optionals": "SELECT * { ?a a :Person OPTIONAL { ?a :nick ?n OPTIONAL { ?a :knows ?b } } }",
    "union": "SELECT * { { ?a :knows ?b } UNION { ?a :boss ?b } UNION { ?b :nick ?a } }",
    "minus": "SELECT * { ?a :knows ?b MINUS { ?b :nick ?n } }",
    "filter": 'SELECT * { ?a :name ?n ; :age ?x FILTER (?x > 22 && CONTAINS(?n, "1")) }',
    "exists": "SELECT * { ?a :knows ?b FILTER EXISTS { ?b :nick ?n } }",
    "not exists": "SELECT * { ?a :knows ?b FILTER NOT EXISTS { ?b :boss ?c . ?c :nick ?n } }",
    "path": "SELECT * { ?a :knows/:boss+ ?b }",
    "path from": "SELECT * { :p1 (:knows|^:boss)* ?b . ?b :nick ?n }",
    "negated path": "SELECT * { ?a !(:knows|:boss) ?b }",
    "group": "SELECT ?b (COUNT(*) AS ?n) (AVG(?x) AS ?m) { ?a :boss ?b ; :age ?x } GROUP BY ?b",
    "count distinct": "SELECT (COUNT(DISTINCT ?b) AS ?n) { ?a :knows ?b }",
    "having": "SELECT ?b { ?a :boss ?b } GROUP BY ?b HAVING (COUNT(*) > 1)",
    "subquery": "SELECT * { ?a :nick ?n "
    "{ SELECT ?a (COUNT(*) AS ?k) { ?a :knows ?b } GROUP BY ?a } }",
    "values": "SELECT * { VALUES (?a ?k) { (:p0 1) (:p2 UNDEF) (:px 3) } ?a :knows ?b }",
    "bind": "SELECT * { ?a :age ?x BIND (?x * 2 AS ?y) BIND (STR(?y) AS ?z) FILTER (?y > 45) }",
    "graph": "SELECT * { GRAPH ?g { ?a :saw ?b . ?b :age ?n } ?a :name ?name }",
    "one graph": "SELECT * { GRAPH :g1 { ?a :saw ?b OPTIONAL { ?b :age ?n } } }",
    "from": "SELECT * FROM :g1 FROM :g2 { ?b :age ?n }",
    "limit": "SELECT ?a { ?a :age ?x } ORDER BY DESC(?x) ?a LIMIT 7 OFFSET 2",
    "distinct": "SELECT DISTINCT ?x { ?a :age ?x } ORDER BY ?x",
    "ask": "ASK { ?a :knows ?b . ?b :nick 'n5' }",
    "construct": "CONSTRUCT { ?b :of ?a ; :is [ :n ?x ] } WHERE { ?a :boss ?b ; :age ?x }",
    "describe": "DESCRIBE ?a { ?a :nick 'n5' }",
    "empty": "SELECT * { }",
    "unknown constant": "SELECT (IF(?x > 24, 'old', 'young') AS ?y) { ?a :age ?x } ORDER BY ?y",
}
