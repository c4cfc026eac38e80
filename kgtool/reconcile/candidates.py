"""The few names of a store that each name of a batch may mean.

In one statement, and in two steps: which words of the store are like the words of the queries,
then which names have most of these. Rare words decide: the names that have one are read word by
word, the rarest first, as long as they are not too many.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from kgtool.reconcile.names import Asking

#: Names that are kept for each query, to be compared with it.
_KEPT = 60
#: Names that are counted for each query; its rarest word may have more of them.
_COUNTED = 20_000
#: Words of the store that are compared with a word; those by which they are found are counted
#: up to so many.
_COMPARED = 40
_PIECES = 4_000
#: Words of the store that a word of a query may stand for.
_MEANT = 12
#: What is taken off a word that is not the same, by its distance: a typing error, or two.
_WORTH = (1.0, 0.8, 0.6)


class Sought(NamedTuple):
    """A name in its normal form, and the number of the set of types that is wanted, or None."""

    normal: str
    types: int | None


class Found(NamedTuple):
    """A name that may be meant: by which of those sought, its thing, its normal form."""

    sought: int
    thing: int
    normal: str


_BATCH = """
WITH queries AS MATERIALIZED (
  SELECT unnest(range(len($normals))) AS q, unnest($normals::VARCHAR[]) AS normal,
         unnest($types::INTEGER[]) AS types),
split AS (SELECT q, string_split(normal, ' ') AS ws FROM queries),
-- the words, and any two that stand beside each other as one
words AS MATERIALIZED (
  SELECT DISTINCT q, unnest(list_concat(
    ws, list_transform(range(1, len(ws)), LAMBDA i: ws[i] || ws[i + 1]))) AS w FROM split),
pieces AS MATERIALIZED (
  SELECT w, feature, piece, sum(size) OVER (PARTITION BY w ORDER BY size, piece) AS counted
  FROM (SELECT w, feature, hash(feature) AS piece
        FROM (SELECT DISTINCT w, unnest(kg_features(w)) AS feature FROM words))
  JOIN names.features USING (piece)),
shared AS (
  -- to share a word without a letter is to be one error apart; three letters say less
  SELECT w, t, sum(weight) AS shared
  FROM (SELECT w, CASE feature[1] WHEN '^' THEN 1 ELSE 4 END AS weight, unnest(ts) AS t
        FROM pieces JOIN names.features USING (piece)
        WHERE counted <= {pieces} OR feature[1] <> '^')
  GROUP BY w, t),
near AS (
  SELECT w, t, size, damerau_levenshtein(w, token) AS distance
  FROM (SELECT w, unnest(max_by(t, shared, {compared})) AS t FROM shared GROUP BY w)
  JOIN names.tokens USING (t) WHERE abs(length(w) - length(token)) <= 2),
-- one word may be two of the store's, joined or with a wrong letter for the space
halves AS (
  SELECT w, left(w, i) AS one, unnest([right(w, -i), right(w, -i - 1)]) AS two
  FROM (SELECT DISTINCT w, unnest(range(3, length(w) - 2)) AS i FROM words
        WHERE length(w) >= 6)),
broken AS (
  SELECT w, unnest([a.t, b.t]) AS t, unnest([a.size, b.size]) AS size, 1 AS distance
  FROM halves JOIN names.tokens a ON a.token = one JOIN names.tokens b ON b.token = two),
meant AS MATERIALIZED (
  SELECT w, t, size, distance,
         row_number() OVER (PARTITION BY w ORDER BY distance, size DESC, t) AS place
  FROM (SELECT * FROM near
        WHERE distance <= CASE WHEN length(w) < 3 THEN 0 WHEN length(w) < 6 THEN 1 ELSE 2 END
        UNION ALL SELECT * FROM broken)
  QUALIFY place <= {meant}),
lists AS MATERIALIZED (
  SELECT q, t, [{worth}][distance + 1] * ln(1 + {size} / size) AS worth,
         sum(size) OVER nearest AS counted, row_number() OVER nearest AS place
  FROM words JOIN meant USING (w)
  WINDOW nearest AS (PARTITION BY q ORDER BY size * (1 + distance), t)),
hits AS (
  SELECT q, worth, unnest(ns) AS n FROM lists JOIN names.tokens USING (t)
  WHERE place = 1 OR counted <= {counted}
  UNION ALL
  -- of words that are all frequent there may be too many names to find the very one
  SELECT q, 1000, n FROM queries JOIN names.names USING (normal)
  WHERE kind = 0 AND q IN (SELECT q FROM lists WHERE place > 1 AND counted > {counted})),
counted AS (SELECT q, n, sum(worth) AS worth FROM hits GROUP BY q, n){members},
best AS (
  SELECT q, unnest(max_by(n, worth - abs(n - coalesce(middle, {size})) / {size}, {kept})) AS n
  FROM {source} JOIN queries USING (q)
  LEFT JOIN names.lengths ON lengths.length = length(queries.normal)
  GROUP BY q)
SELECT q, thing, normal FROM best JOIN names.names USING (n)
"""
#: Only what is of one of the types of a set.
_MEMBERS = """,
sets AS (SELECT unnest($sets::INTEGER[]) AS types, unnest($classes::BIGINT[]) AS class),
members AS (SELECT types, s AS thing FROM store.pso JOIN sets ON o = class WHERE p = $type),
things AS (
  SELECT q, n, worth, types, thing
  FROM counted JOIN queries USING (q) JOIN names.names USING (n)),
typed AS (
  SELECT q, n, worth FROM things SEMI JOIN members USING (types, thing)
  UNION ALL SELECT q, n, worth FROM things WHERE types IS NULL)
"""


def find(
    asking: Asking, size: int, sought: Sequence[Sought], sets: Sequence[Collection[int]], type_: int
) -> list[Found]:
    """The names that may be meant by each of those sought, of an index of that ``size``.

    ``sets`` has the ids of the classes of each set of types; ``type_`` is the id of rdf:type.
    """
    parameters: dict[str, object] = {
        "normals": [each.normal for each in sought],
        "types": [each.types for each in sought],
    }
    members = ""
    if any(each.types is not None for each in sought):
        members = _MEMBERS
        pairs = [(number, class_) for number, each in enumerate(sets) for class_ in each]
        parameters["sets"] = [number for number, _ in pairs]
        parameters["type"] = type_
        parameters["classes"] = [class_ for _, class_ in pairs]
    sql = _BATCH.format(
        size=max(size, 1), kept=_KEPT, counted=_COUNTED, compared=_COMPARED, pieces=_PIECES,
        meant=_MEANT, worth=", ".join(map(str, _WORTH)), members=members,
        source="typed" if members else "counted",
    )  # fmt: skip
    return [Found(*row) for row in asking.rows(sql, parameters)]
