-- The run-time library of compiled queries: DuckDB macros kept in the store.
--
-- Ids are those of kgtool/engine/ids.py. A *value* is a struct that holds any term
-- together with what operators need of it:
--
--     k       the dictionary tag of its kind: 1 bnode, 2 iri, 3 string, 4 language-tagged,
--             5 other literal, 6 integer, 7 decimal, 8 float, 9 double, 10 boolean,
--             11 dateTime, 12 date
--     type    'iri', 'bnode', '@lang' or the datatype IRI; NULL for a computed number
--     lex     IRI, label or lexical form; NULL for a computed number
--     dec     exact value of an integer or decimal
--     dbl     value of any number; of a boolean, 1 or 0
--     micros  of a date or dateTime: microseconds since 1970, in UTC where it has a zone
--     tz      zone offset in minutes, or NULL
--
-- A *term* is {type, lex}. NULL is unbound, or a SPARQL error.

-- Inline ids -----------------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_tag(id) AS id >> 56;

CREATE OR REPLACE MACRO kg_int(id) AS id - 1188950301625810944;

CREATE OR REPLACE MACRO kg_scale18(scale) AS CASE scale
    WHEN 0 THEN 1000000000000000000 WHEN 1 THEN 100000000000000000
    WHEN 2 THEN 10000000000000000 WHEN 3 THEN 1000000000000000 WHEN 4 THEN 100000000000000
    WHEN 5 THEN 10000000000000 WHEN 6 THEN 1000000000000 WHEN 7 THEN 100000000000
    WHEN 8 THEN 10000000000 WHEN 9 THEN 1000000000 WHEN 10 THEN 100000000
    WHEN 11 THEN 10000000 WHEN 12 THEN 1000000 WHEN 13 THEN 100000 WHEN 14 THEN 10000
    ELSE 1000 END::HUGEINT;

CREATE OR REPLACE MACRO kg_unscaled(id) AS
    ((id & 72057594037927935) >> 4) - 2251799813685248;

CREATE OR REPLACE MACRO kg_dec(id) AS CAST(
    CAST(kg_unscaled(id)::HUGEINT * kg_scale18(id & 15) AS DECIMAL(38, 0))
    * 0.000000000000000001::DECIMAL(18, 18) AS DECIMAL(38, 18));

-- DuckDB may compute a branch of CASE for ids that are not its own: no macro may fail on any
-- id. Of the days 26 bits are read, so that they fit an INTEGER, and their microseconds a BIGINT.
CREATE OR REPLACE MACRO kg_days(id) AS ((id >> 12) & 67108863) - 33554432;
CREATE OR REPLACE MACRO kg_date(id) AS make_date(kg_days(id)::INTEGER);

CREATE OR REPLACE MACRO kg_tz(id) AS CASE
    WHEN id >> 56 = 21 THEN 0
    WHEN id >> 56 = 19 AND id & 4095 > 0 THEN (id & 4095) - 841 END;

CREATE OR REPLACE MACRO kg_micros(id) AS CASE id >> 56
    WHEN 19 THEN kg_days(id) * 86400000000 - coalesce(kg_tz(id), 0) * 60000000
    ELSE (id & 72057594037927935) - 36028797018963968 END;

-- What YEAR, HOURS and the like read: the clock on the wall.
CREATE OR REPLACE MACRO kg_local_time(id) AS (id & 72057594037927935) - 36028797018963968;
CREATE OR REPLACE MACRO kg_local_moment(micros_, tz_) AS
    make_timestamp(micros_ + coalesce(tz_, 0) * 60000000::BIGINT);

CREATE OR REPLACE MACRO kg_zone_text(tz) AS CASE
    WHEN tz IS NULL THEN '' WHEN tz = 0 THEN 'Z'
    ELSE (CASE WHEN tz < 0 THEN '-' ELSE '+' END) || lpad((abs(tz) // 60)::VARCHAR, 2, '0')
        || ':' || lpad((abs(tz) % 60)::VARCHAR, 2, '0') END;

-- lpad also cuts: digits are padded only where there are too few of them.
CREATE OR REPLACE MACRO kg_padded(digits, width) AS
    CASE WHEN length(digits) < width THEN lpad(digits, width, '0') ELSE digits END;

CREATE OR REPLACE MACRO kg_unscaled_text(unscaled, scale) AS CASE
    WHEN scale = 0 THEN unscaled::VARCHAR
    ELSE (CASE WHEN unscaled < 0 THEN '-' ELSE '' END)
        || left(kg_padded(abs(unscaled)::VARCHAR, scale + 1), -scale)
        || '.' || right(kg_padded(abs(unscaled)::VARCHAR, scale + 1), scale) END;

CREATE OR REPLACE MACRO kg_truth(id) AS id & 1;

-- Lexical forms, one macro a tag: a statement names those that its ids may have.
CREATE OR REPLACE MACRO kg_int_lex(id) AS kg_int(id)::VARCHAR;
CREATE OR REPLACE MACRO kg_decimal_lex(id) AS
    kg_unscaled_text(kg_unscaled(id), (id & 15)::INTEGER);
CREATE OR REPLACE MACRO kg_boolean_lex(id) AS CASE id & 1 WHEN 1 THEN 'true' WHEN 0 THEN 'false' END;
CREATE OR REPLACE MACRO kg_date_lex(id) AS
    kg_date(id)::VARCHAR || kg_zone_text(kg_tz(id));
CREATE OR REPLACE MACRO kg_datetime_lex(id) AS
    replace(CAST(make_timestamp(kg_local_time(id)) AS VARCHAR), ' ', 'T');
CREATE OR REPLACE MACRO kg_datetime_z_lex(id) AS kg_datetime_lex(id) || 'Z';

CREATE OR REPLACE MACRO kg_datatype_of_kind(k) AS CASE k
    WHEN 6 THEN 'http://www.w3.org/2001/XMLSchema#integer'
    WHEN 7 THEN 'http://www.w3.org/2001/XMLSchema#decimal'
    WHEN 8 THEN 'http://www.w3.org/2001/XMLSchema#float'
    WHEN 9 THEN 'http://www.w3.org/2001/XMLSchema#double' END;

-- Canonical lexical forms (XML Schema 1.1 part 2, appendix E) -----------------------------

-- One digit is kept behind the point, as the W3C's results have it; what CEIL and the like
-- give (DECIMAL(38, 0)) has no point.
CREATE OR REPLACE MACRO kg_decimal_text(d) AS
    regexp_replace(d::VARCHAR, '(\.[0-9]+?)0+$', '\1');

-- Computed doubles and floats: up to four digits before the point and none behind it stand as
-- they are ("6", "2100"), everything else in XSD's canonical form ("3.21E4", "4.0E-1"). No
-- specification says which of the forms of a value a result has; see docs/semantics.md.
--
-- DuckDB writes the shortest digits that read back as the same double ('1e+20', '0.001');
-- XSD wants one digit before the point, and an exponent. p[1] is the sign, p[2] the digits
-- before the point, p[3] those behind it, p[4] the exponent.
CREATE OR REPLACE MACRO kg_digits_text(p) AS (
    list_transform([{
        'sign': p[1],
        'digits': ltrim(p[2] || p[3], '0'),
        'exponent': coalesce(TRY_CAST(p[4] AS INTEGER), 0) + CASE
            WHEN ltrim(p[2], '0') <> '' THEN length(ltrim(p[2], '0')) - 1
            ELSE length(ltrim(p[3], '0')) - length(p[3]) - 1 END
    }], lambda n: CASE WHEN n.digits = '' THEN n.sign || '0.0E0' ELSE
        n.sign || left(n.digits, 1) || '.'
        || CASE WHEN rtrim(substr(n.digits, 2), '0') = '' THEN '0'
            ELSE rtrim(substr(n.digits, 2), '0') END
        || 'E' || n.exponent END)[1]);

CREATE OR REPLACE MACRO kg_double_text(d) AS CASE
    WHEN isnan(d) THEN 'NaN' WHEN isinf(d) AND d > 0 THEN 'INF' WHEN isinf(d) THEN '-INF'
    WHEN abs(d) < 10000 AND d = trunc(d) THEN regexp_extract(d::VARCHAR, '^[^.]*')
    ELSE kg_digits_text(regexp_extract_all(d::DOUBLE::VARCHAR || 'e', '^(-?)', 1)
        || regexp_extract_all(d::DOUBLE::VARCHAR, '^-?([0-9]*)', 1)
        || [regexp_extract(d::DOUBLE::VARCHAR, '\.([0-9]*)', 1)]
        || [regexp_extract(d::DOUBLE::VARCHAR, 'e([+-]?[0-9]+)', 1)]) END;

-- The xsd:float next to a number: what is beyond its range is infinite.
CREATE OR REPLACE MACRO kg_single(d) AS
    coalesce(TRY_CAST(d AS FLOAT)::DOUBLE, d * 'Infinity'::DOUBLE);

CREATE OR REPLACE MACRO kg_float_text(d) AS CASE
    WHEN isnan(d) THEN 'NaN' WHEN isinf(d) AND d > 0 THEN 'INF' WHEN isinf(d) THEN '-INF'
    WHEN abs(d) < 10000 AND d = trunc(d) THEN regexp_extract(d::VARCHAR, '^[^.]*')
    ELSE kg_digits_text(regexp_extract_all(d::FLOAT::VARCHAR || 'e', '^(-?)', 1)
        || regexp_extract_all(d::FLOAT::VARCHAR, '^-?([0-9]*)', 1)
        || [regexp_extract(d::FLOAT::VARCHAR, '\.([0-9]*)', 1)]
        || [regexp_extract(d::FLOAT::VARCHAR, 'e([+-]?[0-9]+)', 1)]) END;

-- Values ---------------------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_is_number_text(lex) AS regexp_full_match(
    lex, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN');

CREATE OR REPLACE MACRO kg_text_double(lex) AS CASE
    WHEN kg_is_number_text(lex) THEN TRY_CAST(replace(lex, 'INF', 'Infinity') AS DOUBLE) END;

CREATE OR REPLACE MACRO kg_text_decimal(lex) AS CASE
    WHEN regexp_full_match(lex, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)')
    THEN TRY_CAST(regexp_replace(lex, '(\.[0-9]{18})[0-9]*$', '\1') AS DECIMAL(38, 18)) END;

CREATE OR REPLACE MACRO kg_text_zone(lex) AS CASE
    WHEN lex[-1] = 'Z' THEN 0
    WHEN regexp_matches(lex, '[+-][0-9]{2}:[0-9]{2}$')
    THEN (CASE WHEN lex[-6] = '-' THEN -1 ELSE 1 END)
        * (lex[-5:-4]::INTEGER * 60 + lex[-2:]::INTEGER) END::SMALLINT;

CREATE OR REPLACE MACRO kg_text_local(lex) AS epoch_us(TRY_CAST(
    replace(regexp_replace(lex, '(Z|[+-][0-9]{2}:[0-9]{2})$', ''), 'T', ' ') AS TIMESTAMP));

CREATE OR REPLACE MACRO kg_text_micros(lex) AS
    kg_text_local(lex) - coalesce(kg_text_zone(lex), 0) * 60000000::BIGINT;

CREATE OR REPLACE MACRO kg_is_datetime_text(lex) AS regexp_full_match(lex,
    '-?([1-9][0-9]{4,}|[0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?')
    AND kg_text_local(lex) IS NOT NULL;

CREATE OR REPLACE MACRO kg_is_date_text(lex) AS regexp_full_match(lex,
    '-?([1-9][0-9]{4,}|[0-9]{4})-[0-9]{2}-[0-9]{2}(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?')
    AND kg_text_local(lex) IS NOT NULL;

-- The value ranges of the datatypes derived from xsd:integer (XML Schema 1.1 part 2, 3.4).
CREATE OR REPLACE MACRO kg_is_derived_integer(name_, lex_) AS
    regexp_full_match(lex_, '[+-]?[0-9]+') AND CASE name_
    WHEN 'nonPositiveInteger' THEN TRY_CAST(lex_ AS DOUBLE) <= 0
    WHEN 'negativeInteger' THEN TRY_CAST(lex_ AS DOUBLE) < 0
    WHEN 'nonNegativeInteger' THEN TRY_CAST(lex_ AS DOUBLE) >= 0
    WHEN 'positiveInteger' THEN TRY_CAST(lex_ AS DOUBLE) > 0
    WHEN 'long' THEN TRY_CAST(lex_ AS BIGINT) IS NOT NULL
    WHEN 'int' THEN TRY_CAST(lex_ AS INTEGER) IS NOT NULL
    WHEN 'short' THEN TRY_CAST(lex_ AS SMALLINT) IS NOT NULL
    WHEN 'byte' THEN TRY_CAST(lex_ AS TINYINT) IS NOT NULL
    WHEN 'unsignedLong' THEN TRY_CAST(lex_ AS HUGEINT) BETWEEN 0 AND 18446744073709551615
    WHEN 'unsignedInt' THEN TRY_CAST(lex_ AS BIGINT) BETWEEN 0 AND 4294967295
    WHEN 'unsignedShort' THEN TRY_CAST(lex_ AS BIGINT) BETWEEN 0 AND 65535
    WHEN 'unsignedByte' THEN TRY_CAST(lex_ AS BIGINT) BETWEEN 0 AND 255
    ELSE false END;

CREATE OR REPLACE MACRO kg_term_kind(type_, lex_) AS CASE
    WHEN type_ = 'iri' THEN 2 WHEN type_ = 'bnode' THEN 1 WHEN type_[1] = '@' THEN 4
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#string' THEN 3
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#integer'
        THEN CASE WHEN regexp_full_match(lex_, '[+-]?[0-9]+') THEN 6 ELSE 5 END
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#decimal'
        THEN CASE WHEN kg_text_decimal(lex_) IS NOT NULL THEN 7 ELSE 5 END
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#float'
        THEN CASE WHEN kg_is_number_text(lex_) THEN 8 ELSE 5 END
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#double'
        THEN CASE WHEN kg_is_number_text(lex_) THEN 9 ELSE 5 END
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#boolean'
        THEN CASE WHEN lex_ IN ('true', 'false', '1', '0') THEN 10 ELSE 5 END
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#dateTime'
        THEN CASE WHEN kg_is_datetime_text(lex_) THEN 11 ELSE 5 END
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#date'
        THEN CASE WHEN kg_is_date_text(lex_) THEN 12 ELSE 5 END
    WHEN starts_with(type_, 'http://www.w3.org/2001/XMLSchema#')
        AND kg_is_derived_integer(substr(type_, 34), lex_) THEN 6
    WHEN type_ IS NULL THEN NULL
    ELSE 5 END;

-- list_transform over a list of one is SQL's "let": its argument is evaluated, and bound by
-- DuckDB's planner, once; a macro's argument is copied to wherever the macro names it.
CREATE OR REPLACE MACRO kg_term_val(t) AS (list_transform(
    [{'k': kg_term_kind(t.type, t.lex), 'type': t.type, 'lex': t.lex}],
    lambda n: CASE WHEN n.type IS NULL THEN NULL ELSE {
    'k': n.k::TINYINT, 'type': n.type, 'lex': n.lex,
    'dec': CASE WHEN n.k IN (6, 7) THEN kg_text_decimal(n.lex) END,
    'dbl': CASE WHEN n.k = 8 THEN kg_single(kg_text_double(n.lex))
        WHEN n.k IN (6, 7, 9) THEN kg_text_double(n.lex)
        WHEN n.k = 10 THEN CASE WHEN n.lex IN ('true', '1') THEN 1 ELSE 0 END END,
    'micros': CASE WHEN n.k IN (11, 12) THEN kg_text_micros(n.lex) END,
    'tz': CASE WHEN n.k IN (11, 12) THEN kg_text_zone(n.lex) END } END)[1]);

CREATE OR REPLACE MACRO kg_number(k_, dec_, dbl_) AS CASE WHEN dbl_ IS NULL THEN NULL ELSE {
    'k': (k_)::TINYINT, 'type': NULL::VARCHAR, 'lex': NULL::VARCHAR,
    'dec': CASE WHEN (k_) <= 7 THEN TRY_CAST(dec_ AS DECIMAL(38, 18)) END, 'dbl': (dbl_)::DOUBLE,
    'micros': NULL::BIGINT, 'tz': NULL::SMALLINT } END;

CREATE OR REPLACE MACRO kg_string_val(s) AS CASE WHEN s IS NULL THEN NULL ELSE {
    'k': 3::TINYINT, 'type': 'http://www.w3.org/2001/XMLSchema#string', 'lex': (s)::VARCHAR,
    'dec': NULL::DECIMAL(38, 18), 'dbl': NULL::DOUBLE, 'micros': NULL::BIGINT,
    'tz': NULL::SMALLINT } END;

CREATE OR REPLACE MACRO kg_boolean_val(b) AS CASE WHEN b IS NULL THEN NULL ELSE {
    'k': 10::TINYINT, 'type': 'http://www.w3.org/2001/XMLSchema#boolean',
    'lex': (b)::VARCHAR, 'dec': NULL::DECIMAL(38, 18), 'dbl': (b)::INTEGER::DOUBLE,
    'micros': NULL::BIGINT, 'tz': NULL::SMALLINT } END;

-- Computed numbers have no lexical form yet; everything else keeps the one it has.
CREATE OR REPLACE MACRO kg_val_lex(v) AS coalesce(v.lex, CASE v.k
    WHEN 6 THEN v.dec::HUGEINT::VARCHAR WHEN 7 THEN kg_decimal_text(v.dec)
    WHEN 8 THEN kg_float_text(v.dbl) WHEN 9 THEN kg_double_text(v.dbl) END);

CREATE OR REPLACE MACRO kg_val_term(v) AS CASE WHEN v IS NULL THEN NULL ELSE
    {'type': coalesce(v.type, kg_datatype_of_kind(v.k)), 'lex': kg_val_lex(v)} END;

-- Effective boolean value (SPARQL 1.1, 17.2.2). An ill-typed number or boolean is false.
CREATE OR REPLACE MACRO kg_ebv(v) AS CASE
    WHEN v.k = 3 THEN v.lex <> ''
    WHEN v.k BETWEEN 6 AND 10 THEN v.dbl <> 0 AND NOT isnan(v.dbl)
    WHEN v.k = 5 AND (v.type = 'http://www.w3.org/2001/XMLSchema#boolean'
        OR v.type = 'http://www.w3.org/2001/XMLSchema#integer'
        OR v.type = 'http://www.w3.org/2001/XMLSchema#decimal'
        OR v.type = 'http://www.w3.org/2001/XMLSchema#float'
        OR v.type = 'http://www.w3.org/2001/XMLSchema#double') THEN false END;

-- Comparison (17.3) ----------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_dbl_eq(a, b) AS a = b AND NOT isnan(a);
CREATE OR REPLACE MACRO kg_dbl_lt(a, b) AS a < b AND NOT isnan(a) AND NOT isnan(b);
CREATE OR REPLACE MACRO kg_dbl_le(a, b) AS a <= b AND NOT isnan(a) AND NOT isnan(b);

-- A time with a zone and one without are ordered only where no zone could change it: more
-- than 14 hours apart (XML Schema 1.1 part 2, D.2.1).
CREATE OR REPLACE MACRO kg_time_eq(m1, z1, m2, z2) AS CASE
    WHEN (z1 IS NULL) = (z2 IS NULL) THEN m1 = m2
    WHEN abs(m1 - m2) > 50400000000 THEN false END;
CREATE OR REPLACE MACRO kg_time_lt(m1, z1, m2, z2) AS CASE
    WHEN (z1 IS NULL) = (z2 IS NULL) OR abs(m1 - m2) > 50400000000 THEN m1 < m2 END;
CREATE OR REPLACE MACRO kg_time_le(m1, z1, m2, z2) AS CASE
    WHEN (z1 IS NULL) = (z2 IS NULL) OR abs(m1 - m2) > 50400000000 THEN m1 <= m2 END;

CREATE OR REPLACE MACRO kg_num_eq(a, b) AS CASE
    WHEN a.k <= 7 AND b.k <= 7 AND a.dec IS NOT NULL AND b.dec IS NOT NULL THEN a.dec = b.dec
    ELSE kg_dbl_eq(a.dbl, b.dbl) END;
CREATE OR REPLACE MACRO kg_num_lt(a, b) AS CASE
    WHEN a.k <= 7 AND b.k <= 7 AND a.dec IS NOT NULL AND b.dec IS NOT NULL THEN a.dec < b.dec
    ELSE kg_dbl_lt(a.dbl, b.dbl) END;
CREATE OR REPLACE MACRO kg_num_le(a, b) AS CASE
    WHEN a.k <= 7 AND b.k <= 7 AND a.dec IS NOT NULL AND b.dec IS NOT NULL THEN a.dec <= b.dec
    ELSE kg_dbl_le(a.dbl, b.dbl) END;

-- Two literals that are not the same term are unequal only where both values are known;
-- with an unknown datatype it is an error (17.4.1.7). No datatype has tagged strings.
CREATE OR REPLACE MACRO kg_eq(a, b) AS CASE
    WHEN a.k BETWEEN 6 AND 9 AND b.k BETWEEN 6 AND 9 THEN kg_num_eq(a, b)
    WHEN a.k <= 2 OR b.k <= 2 THEN a.k = b.k AND a.lex = b.lex
    WHEN a.type = b.type AND a.lex = b.lex THEN true
    WHEN (a.k = 4) <> (b.k = 4) THEN false
    WHEN a.k = 5 OR b.k = 5 THEN NULL
    WHEN a.k <> b.k THEN false
    WHEN a.k >= 11 THEN kg_time_eq(a.micros, a.tz, b.micros, b.tz)
    WHEN a.k = 10 THEN a.dbl = b.dbl
    ELSE a.type = b.type AND a.lex = b.lex END;
CREATE OR REPLACE MACRO kg_lt(a, b) AS CASE
    WHEN a.k BETWEEN 6 AND 9 AND b.k BETWEEN 6 AND 9 THEN kg_num_lt(a, b)
    WHEN a.k <> b.k THEN NULL
    WHEN a.k >= 11 THEN kg_time_lt(a.micros, a.tz, b.micros, b.tz)
    WHEN a.k = 10 THEN a.dbl < b.dbl
    WHEN a.k = 3 THEN a.lex < b.lex END;
CREATE OR REPLACE MACRO kg_le(a, b) AS CASE
    WHEN a.k BETWEEN 6 AND 9 AND b.k BETWEEN 6 AND 9 THEN kg_num_le(a, b)
    WHEN a.k <> b.k THEN NULL
    WHEN a.k >= 11 THEN kg_time_le(a.micros, a.tz, b.micros, b.tz)
    WHEN a.k = 10 THEN a.dbl <= b.dbl
    WHEN a.k = 3 THEN a.lex <= b.lex END;

-- Arithmetic (17.3, XPath and XQuery Functions and Operators 3.1, section 4) -------------

-- Exact product and quotient of DECIMAL(38, 18); DuckDB's own would overflow or give a
-- double. Whole and fraction parts are multiplied apart; division goes nine digits a step.
CREATE OR REPLACE MACRO kg_scaled(d) AS (
    (trunc(d))::HUGEINT * 1000000000000000000 + ((d - trunc(d)) * 1000000000000000000::DECIMAL(19, 0))::HUGEINT);
CREATE OR REPLACE MACRO kg_unscale(h) AS CAST(
    CAST(h AS DECIMAL(38, 0)) * 0.000000000000000001::DECIMAL(18, 18) AS DECIMAL(38, 18));
CREATE OR REPLACE MACRO kg_dec_mul(a, b) AS TRY((list_transform([{
    'aw': trunc(a)::HUGEINT, 'af': kg_scaled(a - trunc(a)),
    'bw': trunc(b)::HUGEINT, 'bf': kg_scaled(b - trunc(b)) }],
    lambda n: kg_unscale(n.aw * n.bw * 1000000000000000000 + n.aw * n.bf + n.bw * n.af
        + n.af * n.bf // 1000000000000000000))[1]));
-- What a step leaves has to fit into 128 bits: nine digits a step up to divisors of
-- 1.7e11, three above. From 1.7e17 both lose their last three digits first, which moves
-- the quotient by less than 1e-28.
CREATE OR REPLACE MACRO kg_long_division(x, y) AS
    CASE WHEN y < 170000000000000000000000000000::HUGEINT THEN
        (x // y) * 1000000000000000000 + ((x % y) * 1000000000 // y) * 1000000000
        + ((x % y) * 1000000000 % y) * 1000000000 // y
    ELSE list_reduce([1, 2, 3, 4, 5, 6], lambda acc, step: {
        'q': acc.q * 1000 + acc.r * 1000 // y, 'r': acc.r * 1000 % y },
        {'q': x // y, 'r': x % y}).q END;
CREATE OR REPLACE MACRO kg_dec_div(a, b) AS TRY((list_transform(list_transform([{
    'x': abs(kg_scaled(a)), 'y': abs(kg_scaled(b)),
    'sign': CASE WHEN (a < 0) = (b < 0) THEN 1 ELSE -1 END }],
    lambda m: CASE WHEN m.y < 170000000000000000000000000000000000::HUGEINT THEN m
        ELSE {'x': m.x // 1000, 'y': m.y // 1000, 'sign': m.sign} END),
    lambda n: CASE WHEN n.y > 0 THEN kg_unscale(n.sign * kg_long_division(n.x, n.y)) END)[1]));

CREATE OR REPLACE MACRO kg_is_num(v) AS v.k BETWEEN 6 AND 9;
CREATE OR REPLACE MACRO kg_fit(k, dbl) AS CASE WHEN k = 8 THEN kg_single(dbl) ELSE dbl END;

CREATE OR REPLACE MACRO kg_add(a, b) AS CASE WHEN kg_is_num(a) AND kg_is_num(b) THEN
    kg_number(greatest(a.k, b.k), TRY(a.dec + b.dec),
        CASE WHEN greatest(a.k, b.k) <= 7 THEN TRY(a.dec + b.dec)::DOUBLE
        ELSE kg_fit(greatest(a.k, b.k), a.dbl + b.dbl) END) END;
CREATE OR REPLACE MACRO kg_sub(a, b) AS CASE WHEN kg_is_num(a) AND kg_is_num(b) THEN
    kg_number(greatest(a.k, b.k), TRY(a.dec - b.dec),
        CASE WHEN greatest(a.k, b.k) <= 7 THEN TRY(a.dec - b.dec)::DOUBLE
        ELSE kg_fit(greatest(a.k, b.k), a.dbl - b.dbl) END) END;
CREATE OR REPLACE MACRO kg_mul(a, b) AS CASE WHEN kg_is_num(a) AND kg_is_num(b) THEN
    kg_number(greatest(a.k, b.k), kg_dec_mul(a.dec, b.dec),
        CASE WHEN greatest(a.k, b.k) <= 7 THEN kg_dec_mul(a.dec, b.dec)::DOUBLE
        ELSE kg_fit(greatest(a.k, b.k), a.dbl * b.dbl) END) END;
-- integer / integer is a decimal; a float or double divided by zero is INF or NaN.
CREATE OR REPLACE MACRO kg_dbl_div(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL
    WHEN b <> 0 THEN a / b
    WHEN a = 0 OR isnan(a) THEN 'NaN'::DOUBLE
    WHEN (a < 0) = starts_with(b::VARCHAR, '-') THEN 'Infinity'::DOUBLE
    ELSE '-Infinity'::DOUBLE END;
CREATE OR REPLACE MACRO kg_div(a, b) AS CASE WHEN kg_is_num(a) AND kg_is_num(b) THEN
    kg_number(greatest(a.k, b.k, 7), kg_dec_div(a.dec, b.dec),
        CASE WHEN greatest(a.k, b.k) <= 7 THEN kg_dec_div(a.dec, b.dec)::DOUBLE
        ELSE kg_fit(greatest(a.k, b.k), kg_dbl_div(a.dbl, b.dbl)) END) END;
CREATE OR REPLACE MACRO kg_neg(a) AS CASE WHEN kg_is_num(a) THEN
    kg_number(a.k, -a.dec, -a.dbl) END;
CREATE OR REPLACE MACRO kg_abs(a) AS CASE WHEN kg_is_num(a) THEN
    kg_number(a.k, abs(a.dec), abs(a.dbl)) END;
-- A whole decimal that is written without a point.
CREATE OR REPLACE MACRO kg_whole(k_, dec_, dbl_) AS CASE WHEN dbl_ IS NULL THEN NULL ELSE {
    'k': (k_)::TINYINT,
    'type': CASE WHEN (k_) = 7 THEN 'http://www.w3.org/2001/XMLSchema#decimal' END,
    'lex': CASE WHEN (k_) = 7 THEN (dec_)::HUGEINT::VARCHAR END,
    'dec': CASE WHEN (k_) <= 7 THEN TRY_CAST(dec_ AS DECIMAL(38, 18)) END,
    'dbl': (dbl_)::DOUBLE, 'micros': NULL::BIGINT, 'tz': NULL::SMALLINT } END;
CREATE OR REPLACE MACRO kg_floor(a) AS CASE WHEN kg_is_num(a) THEN
    kg_whole(a.k, floor(a.dec), floor(a.dbl)) END;
CREATE OR REPLACE MACRO kg_ceil(a) AS CASE WHEN kg_is_num(a) THEN
    kg_whole(a.k, ceil(a.dec), ceil(a.dbl)) END;
-- fn:round: halves go towards positive infinity.
CREATE OR REPLACE MACRO kg_round(a) AS CASE WHEN kg_is_num(a) THEN
    kg_whole(a.k, floor(a.dec + 0.5::DECIMAL(2, 1)), CASE WHEN isinf(a.dbl) OR isnan(a.dbl)
        THEN a.dbl ELSE floor(a.dbl + 0.5) END) END;

CREATE OR REPLACE MACRO kg_number_double(v) AS CASE WHEN kg_is_num(v) THEN v.dbl END;

-- Dates and times (17.4.5) ---------------------------------------------------------------

CREATE OR REPLACE MACRO kg_val_local(v) AS kg_local_moment(v.micros, v.tz);
CREATE OR REPLACE MACRO kg_year_text(type_, lex_) AS CASE
    WHEN type_ IN ('http://www.w3.org/2001/XMLSchema#gYear',
        'http://www.w3.org/2001/XMLSchema#gYearMonth')
    THEN TRY_CAST(regexp_extract(lex_, '^-?[0-9]{4,}') AS BIGINT) END;
CREATE OR REPLACE MACRO kg_month_text(type_, lex_) AS CASE
    WHEN type_ = 'http://www.w3.org/2001/XMLSchema#gYearMonth'
    THEN TRY_CAST(regexp_extract(lex_, '^-?[0-9]{4,}-([0-9]{2})', 1) AS BIGINT) END;
CREATE OR REPLACE MACRO kg_year(v) AS CASE WHEN v.k IN (11, 12) THEN year(kg_val_local(v))
    WHEN v.k = 5 THEN kg_year_text(v.type, v.lex) END;
CREATE OR REPLACE MACRO kg_month(v) AS CASE WHEN v.k IN (11, 12) THEN month(kg_val_local(v))
    WHEN v.k = 5 THEN kg_month_text(v.type, v.lex) END;
CREATE OR REPLACE MACRO kg_day(v) AS CASE WHEN v.k IN (11, 12) THEN day(kg_val_local(v)) END;
CREATE OR REPLACE MACRO kg_hours(v) AS CASE WHEN v.k = 11 THEN hour(kg_val_local(v)) END;
CREATE OR REPLACE MACRO kg_minutes(v) AS CASE WHEN v.k = 11 THEN minute(kg_val_local(v)) END;
CREATE OR REPLACE MACRO kg_seconds_text(v) AS CASE WHEN v.k = 11
    THEN regexp_replace(((((v.micros % 60000000) + 60000000) % 60000000)::DECIMAL(20, 0)
        * 0.000001::DECIMAL(6, 6))::VARCHAR, '\.?0+$', '') END;
CREATE OR REPLACE MACRO kg_tz_text(v) AS CASE WHEN v.k = 11 THEN CASE
    WHEN v.tz IS NULL THEN '' ELSE regexp_extract(v.lex, '(Z|[+-][0-9]{2}:[0-9]{2})$', 1) END END;
CREATE OR REPLACE MACRO kg_timezone_text(v) AS CASE WHEN v.k = 11 AND v.tz IS NOT NULL THEN
    CASE WHEN v.tz = 0 THEN 'PT0S' ELSE
    (CASE WHEN v.tz < 0 THEN '-' ELSE '' END) || 'PT'
    || CASE WHEN abs(v.tz) >= 60 THEN (abs(v.tz) // 60)::VARCHAR || 'H' ELSE '' END
    || CASE WHEN abs(v.tz) % 60 > 0 THEN (abs(v.tz) % 60)::VARCHAR || 'M' ELSE '' END END END;

-- Order (15.1) of computed values: struct fields compare from left to right. Ids have keys
-- of their own, see order_keys in kgtool/plan/ordering.py, whose ranks these are.
CREATE OR REPLACE MACRO kg_order_key(v) AS {
    'rank': CASE WHEN v IS NULL THEN 0 WHEN v.k <= 2 THEN v.k WHEN v.k BETWEEN 6 AND 9 THEN 3
        WHEN v.k = 11 THEN 4 WHEN v.k = 12 THEN 5 WHEN v.k = 10 THEN 6 WHEN v.k = 3 THEN 7
        WHEN v.k = 4 THEN 8 ELSE 9 END,
    'num': CASE WHEN v.k BETWEEN 6 AND 9 THEN CASE WHEN isnan(v.dbl) THEN '-Infinity'::DOUBLE
        ELSE v.dbl END WHEN v.k = 10 THEN v.dbl END,
    'dec': CASE WHEN v.k IN (6, 7) THEN v.dec END,
    'micros': v.micros,
    'lex': CASE WHEN v.k BETWEEN 6 AND 12 THEN '' WHEN v.k = 5 THEN v.type ELSE v.lex END,
    'type': CASE WHEN v.k BETWEEN 6 AND 12 THEN '' WHEN v.k = 5 THEN v.lex ELSE v.type END };

-- Strings (17.4.3) -----------------------------------------------------------------------

-- fn:substring takes rounded doubles, which may lie outside, be infinite or NaN: a
-- character counts whose position p has start <= p < start + length (F&O 3.1, 5.4.3).
CREATE OR REPLACE MACRO kg_round_position(x) AS CASE WHEN isnan(x) THEN x
    WHEN isinf(x) THEN x ELSE floor(x + 0.5) END;
CREATE OR REPLACE MACRO kg_position(x) AS
    least(greatest(x, -1000000000), 1000000000)::BIGINT;
CREATE OR REPLACE MACRO kg_substr(s, start_) AS CASE
    WHEN start_ IS NULL THEN NULL WHEN isnan(start_) THEN left(s, 0)
    ELSE substr(s, greatest(kg_position(kg_round_position(start_)), 1)) END;
CREATE OR REPLACE MACRO kg_substr3(s, start_, length_) AS CASE
    WHEN start_ IS NULL OR length_ IS NULL THEN NULL
    WHEN isnan(kg_round_position(start_) + kg_round_position(length_)) THEN left(s, 0)
    ELSE substr(s, greatest(kg_position(kg_round_position(start_)), 1),
        greatest(kg_position(kg_round_position(start_) + kg_round_position(length_))
            - greatest(kg_position(kg_round_position(start_)), 1), 0)) END;
CREATE OR REPLACE MACRO kg_before(s, t) AS CASE WHEN contains(s, t)
    THEN left(s, strpos(s, t) - 1) WHEN s IS NOT NULL AND t IS NOT NULL THEN '' END;
CREATE OR REPLACE MACRO kg_after(s, t) AS CASE WHEN contains(s, t)
    THEN substr(s, strpos(s, t) + length(t)) WHEN s IS NOT NULL AND t IS NOT NULL THEN '' END;

-- Casts (17.5): from a value to a number, or NULL ----------------------------------------

CREATE OR REPLACE MACRO kg_to_double(v) AS CASE
    WHEN v.k BETWEEN 6 AND 10 THEN v.dbl
    WHEN v.k = 3 THEN kg_text_double(trim(v.lex, ' \t\r\n')) END;
CREATE OR REPLACE MACRO kg_to_decimal(v) AS CASE
    WHEN v.k IN (6, 7) THEN v.dec
    WHEN v.k = 10 THEN v.dbl::DECIMAL(38, 18)
    WHEN v.k IN (8, 9) AND NOT isnan(v.dbl) AND NOT isinf(v.dbl)
        THEN TRY_CAST(v.dbl AS DECIMAL(38, 18))
    WHEN v.k = 3 THEN kg_text_decimal(trim(v.lex, ' \t\r\n')) END;
CREATE OR REPLACE MACRO kg_to_integer(v) AS CASE
    WHEN v.k = 3 THEN CASE WHEN regexp_full_match(trim(v.lex, ' \t\r\n'), '[+-]?[0-9]+')
        THEN TRY_CAST(trim(v.lex, ' \t\r\n') AS HUGEINT) END
    WHEN v.k IN (6, 7) THEN trunc(v.dec)::HUGEINT
    WHEN v.k = 10 THEN v.dbl::HUGEINT
    WHEN v.k IN (8, 9) AND NOT isnan(v.dbl) AND NOT isinf(v.dbl)
        THEN TRY_CAST(trunc(v.dbl) AS HUGEINT) END;
CREATE OR REPLACE MACRO kg_to_boolean(v) AS CASE
    WHEN v.k BETWEEN 6 AND 10 THEN v.dbl <> 0 AND NOT isnan(v.dbl)
    WHEN v.k = 3 THEN CASE WHEN trim(v.lex) IN ('true', '1') THEN true
        WHEN trim(v.lex) IN ('false', '0') THEN false END END;
-- fn:string of a number (XPath F&O 3.1, 19.1.2.2): plain digits where they are few.
CREATE OR REPLACE MACRO kg_double_string(d) AS CASE
    WHEN d = 0 THEN CASE WHEN starts_with(d::VARCHAR, '-') THEN '-0' ELSE '0' END
    WHEN abs(d) >= 0.000001 AND abs(d) < 1000000
        THEN regexp_replace(regexp_replace(d::DECIMAL(38, 18)::VARCHAR, '0+$', ''), '\.$', '')
    ELSE kg_double_text(d) END;
CREATE OR REPLACE MACRO kg_to_string(v) AS CASE
    WHEN v.k = 1 THEN NULL
    WHEN v.k = 6 THEN coalesce(v.dec::HUGEINT::VARCHAR, v.lex)
    WHEN v.k = 7 THEN coalesce(rtrim(rtrim(v.dec::VARCHAR, '0'), '.'), v.lex)
    WHEN v.k IN (8, 9) THEN kg_double_string(v.dbl)
    WHEN v.k = 10 THEN (v.dbl <> 0)::VARCHAR
    ELSE kg_val_lex(v) END;
CREATE OR REPLACE MACRO kg_to_datetime(v) AS CASE
    WHEN v.k = 11 THEN v.lex
    WHEN v.k = 3 AND kg_is_datetime_text(v.lex) THEN v.lex
    WHEN v.k = 12 THEN left(v.lex, 10) || 'T00:00:00' || substr(v.lex, 11) END;
CREATE OR REPLACE MACRO kg_to_date(v) AS CASE
    WHEN v.k = 12 THEN v.lex
    WHEN v.k = 3 AND kg_is_date_text(v.lex) THEN v.lex
    WHEN v.k = 11 THEN left(v.lex, 10) || kg_zone_text(v.tz) END;

-- Aggregates over numbers of several datatypes (18.5.1): lists of values -----------------

CREATE OR REPLACE MACRO kg_list_values(l) AS list_transform(l, lambda x: x.value);
CREATE OR REPLACE MACRO kg_list_kind(l) AS CASE
    WHEN len(list_filter(l, lambda x: x IS NULL OR NOT kg_is_num(x))) > 0 THEN NULL
    ELSE coalesce(list_max(list_transform(l, lambda x: x.k)), 6) END;
CREATE OR REPLACE MACRO kg_list_sum(l) AS (list_transform([{'k': kg_list_kind(l), 'l': l}],
    lambda n: CASE WHEN n.k <= 7 THEN kg_number(n.k,
        coalesce(TRY(list_sum(list_transform(n.l, lambda x: x.dec))), 0),
        coalesce(list_sum(list_transform(n.l, lambda x: x.dbl)), 0))
    WHEN n.k IS NOT NULL THEN
        kg_number(n.k, NULL, kg_fit(n.k, list_sum(list_transform(n.l, lambda x: x.dbl)))) END)[1]);
CREATE OR REPLACE MACRO kg_list_avg(l) AS (list_transform([{'s': kg_list_sum(l), 'c': len(l)}],
    lambda n: CASE WHEN n.c IS NULL OR n.c = 0 THEN kg_number(6, 0, 0)
    WHEN n.s.k <= 7 THEN kg_number(7, kg_dec_div(n.s.dec, n.c::DECIMAL(38, 18)), n.s.dbl / n.c)
    ELSE kg_number(n.s.k, NULL, kg_fit(n.s.k, n.s.dbl / n.c)) END)[1]);

-- SHA-384 and SHA-512 (FIPS 180-4, 6.4), which DuckDB lacks. Words are UBIGINT; sums are taken
-- in 128 bits and cut. list_reduce has one type for all it meets, so a state, a block and a
-- round's two words are lists alike.
CREATE OR REPLACE MACRO kg_rotate(x, r) AS
    ((x >> r) | ((x & ((1::UBIGINT << r) - 1)) << (64 - r)))::UBIGINT;
CREATE OR REPLACE MACRO kg_cut(x) AS ((x) % 18446744073709551616::UHUGEINT)::UBIGINT;
CREATE OR REPLACE MACRO kg_sha_schedule(block) AS list_reduce(
    [block] || list_transform(range(16, 80), lambda i: [i::UBIGINT]),
    lambda w, i: w || [kg_cut(w[-16]::UHUGEINT
        + xor(xor(kg_rotate(w[-15], 1), kg_rotate(w[-15], 8)), w[-15] >> 7) + w[-7]
        + xor(xor(kg_rotate(w[-2], 19), kg_rotate(w[-2], 61)), w[-2] >> 6))]);
-- s holds a to h, w a round's constant and its word of the schedule.
CREATE OR REPLACE MACRO kg_sha_round(s, w) AS list_transform([
    s[8]::UHUGEINT + xor(xor(kg_rotate(s[5], 14), kg_rotate(s[5], 18)), kg_rotate(s[5], 41))
        + xor(s[5] & s[6], (18446744073709551615::UBIGINT - s[5]) & s[7]) + w[1] + w[2]],
    lambda t: [kg_cut(t
        + xor(xor(kg_rotate(s[1], 28), kg_rotate(s[1], 34)), kg_rotate(s[1], 39))
        + xor(xor(s[1] & s[2], s[1] & s[3]), s[2] & s[3])),
        s[1], s[2], s[3], kg_cut(t + s[4]), s[5], s[6], s[7]])[1];
CREATE OR REPLACE MACRO kg_sha_constants() AS [
    4794697086780616226, 8158064640168781261, 13096744586834688815, 16840607885511220156,
    4131703408338449720, 6480981068601479193, 10538285296894168987, 12329834152419229976,
    15566598209576043074, 1334009975649890238, 2608012711638119052, 6128411473006802146,
    8268148722764581231, 9286055187155687089, 11230858885718282805, 13951009754708518548,
    16472876342353939154, 17275323862435702243, 1135362057144423861, 2597628984639134821,
    3308224258029322869, 5365058923640841347, 6679025012923562964, 8573033837759648693,
    10970295158949994411, 12119686244451234320, 12683024718118986047, 13788192230050041572,
    14330467153632333762, 15395433587784984357, 489312712824947311, 1452737877330783856,
    2861767655752347644, 3322285676063803686, 5560940570517711597, 5996557281743188959,
    7280758554555802590, 8532644243296465576, 9350256976987008742, 10552545826968843579,
    11727347734174303076, 12113106623233404929, 14000437183269869457, 14369950271660146224,
    15101387698204529176, 15463397548674623760, 17586052441742319658, 1182934255886127544,
    1847814050463011016, 2177327727835720531, 2830643537854262169, 3796741975233480872,
    4115178125766777443, 5681478168544905931, 6601373596472566643, 7507060721942968483,
    8399075790359081724, 8693463985226723168, 9568029438360202098, 10144078919501101548,
    10430055236837252648, 11840083180663258601, 13761210420658862357, 14299343276471374635,
    14566680578165727644, 15097957966210449927, 16922976911328602910, 17689382322260857208,
    500013540394364858, 748580250866718886, 1242879168328830382, 1977374033974150939,
    2944078676154940804, 3659926193048069267, 4368137639120453308, 4836135668995329356,
    5532061633213252278, 6448918945643986474, 6902733635092675308, 7801388544844847127]::UBIGINT[];
CREATE OR REPLACE MACRO kg_sha_block(state, block) AS list_transform(
    [list_zip(kg_sha_constants(), kg_sha_schedule(block))],
    lambda rounds: list_transform(
        list_zip(state, list_reduce([state] || list_transform(rounds, lambda r: [r[1], r[2]]),
            lambda s, w: kg_sha_round(s, w))),
        lambda pair: kg_cut(pair[1]::UHUGEINT + pair[2])))[1];
-- The message in hexadecimal: its bytes, a bit 1, zeros, and its length in 128 bits.
CREATE OR REPLACE MACRO kg_sha_padded(digits) AS digits || '80'
    || repeat('0', (((222 - length(digits)) % 256) + 256) % 256)
    || lpad(to_hex(length(digits) * 4), 32, '0');
CREATE OR REPLACE MACRO kg_sha_words(message) AS list_transform(
    range(0, length(message) // 256),
    lambda b: list_transform(range(0, 16),
        lambda i: ('0x' || substr(message, b * 256 + i * 16 + 1, 16))::UBIGINT));
CREATE OR REPLACE MACRO kg_sha_text(text_, start) AS list_transform(
    list_transform([hex(encode(text_))], lambda digits: kg_sha_padded(digits)),
    lambda message: lower(array_to_string(list_transform(
        list_reduce([start] || kg_sha_words(message),
            lambda state, block: kg_sha_block(state, block)),
        lambda word: lpad(to_hex(word), 16, '0')), '')))[1];
CREATE OR REPLACE MACRO kg_sha512(text_) AS kg_sha_text(text_, [
7640891576956012808, 13503953896175478587, 4354685564936845355, 11912009170470909681, 5840696475078001361, 11170449401992604703, 2270897969802886507, 6620516959819538809]::UBIGINT[]);
CREATE OR REPLACE MACRO kg_sha384(text_) AS left(kg_sha_text(text_, [
14680500436340154072, 7105036623409894663, 10473403895298186519, 1526699215303891257, 7436329637833083697, 10282925794625328401, 15784041429090275239, 5167115440072839076]::UBIGINT[]), 96);

-- Points ---------------------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_point(text_) AS regexp_extract(text_,
    '^\s*(?:<([^>]*)>\s*)?(?i:POINT)\s*\(\s*([-+0-9.eE]+)\s+([-+0-9.eE]+)\s*\)\s*$',
    ['globe', 'lon', 'lat']);
CREATE OR REPLACE MACRO kg_longitude(point_) AS try_cast(point_.lon AS DOUBLE);
CREATE OR REPLACE MACRO kg_latitude(point_) AS try_cast(point_.lat AS DOUBLE);
CREATE OR REPLACE MACRO kg_globe(point_) AS CASE
    WHEN point_.lon = '' THEN NULL WHEN point_.globe = '' THEN 'http://www.wikidata.org/entity/Q2'
    ELSE point_.globe END;

-- Kilometres along the great circle of a sphere with the earth's mean radius (haversine).
CREATE OR REPLACE MACRO kg_haversine(angle) AS pow(sin(radians(angle) / 2), 2);
CREATE OR REPLACE MACRO kg_distance(a, b) AS CASE WHEN kg_globe(a) = kg_globe(b) THEN
    2 * 6371.0088 * asin(least(1, sqrt(kg_haversine(kg_latitude(b) - kg_latitude(a))
        + cos(radians(kg_latitude(a))) * cos(radians(kg_latitude(b)))
        * kg_haversine(kg_longitude(b) - kg_longitude(a))))) END;

-- Vague times: the dates of XML Schema, and EDTF (ISO 8601-2:2019) of levels 0 and 1 ------
--
-- A *moment* is {lo, hi, zone}: it lies between two times, both of them within, in
-- microseconds of the clock on the wall, whose zone is so many minutes off UTC where that is
-- known. What ends with a day ends with its last second. A *span* is {b, e}: the moments at
-- which it began and ended; 9.1e18 stands for never.

CREATE OR REPLACE MACRO kg_edtf_fields(text_) AS regexp_extract(text_,
    '^(Y?-?)([0-9]{4,9}|[0-9]{3}X|[0-9]{2}XX|[0-9]XXX)(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX)'
    || '(?:T([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?))?)?)?(Z|[+-][0-9]{2}(?::[0-9]{2})?)?([?~%]?)$',
    ['sign', 'year', 'month', 'day', 'clock', 'zone', 'mark']);
CREATE OR REPLACE MACRO kg_edtf_year(f, last_) AS CASE WHEN contains(f.sign, '-')
    THEN -replace(f.year, 'X', CASE WHEN last_ THEN '0' ELSE '9' END)::INTEGER
    ELSE replace(f.year, 'X', CASE WHEN last_ THEN '9' ELSE '0' END)::INTEGER END;
-- Seasons are those of the north: 21 is the spring.
CREATE OR REPLACE MACRO kg_is_season(f) AS f.month BETWEEN '21' AND '24';
CREATE OR REPLACE MACRO kg_edtf_first(f) AS make_date(kg_edtf_year(f, FALSE), CASE
    WHEN kg_is_season(f) THEN (f.month::INTEGER - 20) * 3
    WHEN f.month IN ('', 'XX') THEN 1 ELSE f.month::INTEGER END,
    CASE WHEN f.day IN ('', 'XX') THEN 1 ELSE f.day::INTEGER END);
CREATE OR REPLACE MACRO kg_edtf_last(f) AS CASE
    WHEN kg_is_season(f) THEN last_day(kg_edtf_first(f) + INTERVAL 2 MONTH)
    WHEN f.month IN ('', 'XX') THEN make_date(kg_edtf_year(f, TRUE), 12, 31)
    WHEN f.day IN ('', 'XX') THEN last_day(kg_edtf_first(f)) ELSE kg_edtf_first(f) END;
-- What is uncertain or approximate may be off by one of the unit that it is given in; a time of
-- day that is may be anywhere in its day.
CREATE OR REPLACE MACRO kg_edtf_slack(f) AS CASE
    WHEN f.mark = '' OR f.clock <> '' THEN INTERVAL 0 DAY
    WHEN f.month IN ('', 'XX') THEN INTERVAL 1 YEAR WHEN kg_is_season(f) THEN INTERVAL 3 MONTH
    WHEN f.day IN ('', 'XX') THEN INTERVAL 1 MONTH ELSE INTERVAL 1 DAY END;
CREATE OR REPLACE MACRO kg_edtf_zone(text_) AS CASE WHEN text_ = '' THEN NULL
    WHEN text_ = 'Z' THEN 0 ELSE CASE WHEN text_[1] = '-' THEN -1 ELSE 1 END
    * (text_[2:3]::INTEGER * 60 + coalesce(TRY_CAST(text_[5:6] AS INTEGER), 0)) END;
CREATE OR REPLACE MACRO kg_is_edtf(f) AS f.year <> ''
    AND (contains(f.sign, 'Y') = (length(f.year) > 4))
    AND (f.day = '' OR f.month <= '12' OR (f.month = 'XX' AND f.day = 'XX'))
    AND (f.clock = '' OR f.day <> 'XX');
-- Days carry to the first of the next month where a slack of months or years ends.
CREATE OR REPLACE MACRO kg_edtf_moment(f) AS TRY(CASE
    WHEN NOT kg_is_edtf(f) THEN NULL
    WHEN f.clock <> '' AND f.mark = '' THEN {
        'lo': epoch_us(kg_edtf_first(f)) + epoch_us(f.clock::TIME),
        'hi': epoch_us(kg_edtf_first(f)) + epoch_us(f.clock::TIME), 'zone': kg_edtf_zone(f.zone)}
    ELSE {'lo': epoch_us(kg_edtf_first(f) - kg_edtf_slack(f)),
        'hi': epoch_us(kg_edtf_last(f) + INTERVAL 1 DAY + kg_edtf_slack(f)) - 1000000,
        'zone': kg_edtf_zone(f.zone)} END);

CREATE OR REPLACE MACRO kg_never(sign) AS {'lo': sign * 9100000000000000000,
    'hi': sign * 9100000000000000000, 'zone': NULL::INTEGER};
-- Nothing ends before it begins. An end that is not known lies anywhere on its side of the other.
CREATE OR REPLACE MACRO kg_unknown_begin(m) AS
    {'lo': -9100000000000000000, 'hi': m.hi, 'zone': m.zone};
CREATE OR REPLACE MACRO kg_unknown_end(m) AS
    {'lo': m.lo, 'hi': 9100000000000000000, 'zone': m.zone};
CREATE OR REPLACE MACRO kg_interval_span(first_, last_, b, e) AS CASE
    WHEN first_ = '..' AND e IS NOT NULL THEN {'b': kg_never(-1), 'e': e}
    WHEN last_ = '..' AND b IS NOT NULL THEN {'b': b, 'e': kg_never(1)}
    WHEN first_ = '' AND e IS NOT NULL THEN {'b': kg_unknown_begin(e), 'e': e}
    WHEN last_ = '' AND b IS NOT NULL THEN {'b': b, 'e': kg_unknown_end(b)}
    WHEN b IS NULL OR e IS NULL THEN NULL
    WHEN b.zone IS DISTINCT FROM e.zone THEN {'b': b, 'e': e}
    WHEN b.lo <= e.hi THEN {
        'b': {'lo': b.lo, 'hi': least(b.hi, e.hi), 'zone': b.zone},
        'e': {'lo': greatest(b.lo, e.lo), 'hi': e.hi, 'zone': e.zone}} END;
-- Lambdas give names to what is used more than once: macros would write it out each time.
CREATE OR REPLACE MACRO kg_edtf_moments(texts) AS list_transform(texts,
    lambda t: list_transform([kg_edtf_fields(t)], lambda f: kg_edtf_moment(f))[1]);
CREATE OR REPLACE MACRO kg_edtf_span(text_) AS list_transform([string_split(text_, '/')],
    lambda p: list_transform([kg_edtf_moments(p)], lambda m: CASE len(p)
        WHEN 1 THEN CASE WHEN m[1] IS NOT NULL THEN {'b': m[1], 'e': m[1]} END
        WHEN 2 THEN kg_interval_span(p[1], p[2], m[1], m[2]) END)[1])[1];

-- The text of a time: of a string or an EDTF literal, or of a date of XML Schema, which has none
-- of EDTF's marks.
CREATE OR REPLACE MACRO kg_time_text(type_, lex_) AS CASE
    WHEN type_ IN ('http://www.w3.org/2001/XMLSchema#string',
        'http://id.loc.gov/datatypes/edtf/EDTF', 'http://id.loc.gov/datatypes/edtf/EDTF-level0',
        'http://id.loc.gov/datatypes/edtf/EDTF-level1') THEN lex_
    WHEN type_ IN ('http://www.w3.org/2001/XMLSchema#dateTime',
        'http://www.w3.org/2001/XMLSchema#dateTimeStamp',
        'http://www.w3.org/2001/XMLSchema#date', 'http://www.w3.org/2001/XMLSchema#gYearMonth',
        'http://www.w3.org/2001/XMLSchema#gYear') AND NOT regexp_matches(lex_, '[X?~%/]')
    THEN CASE WHEN regexp_matches(lex_, '^-?[0-9]{5}') THEN 'Y' || lex_ ELSE lex_ END END;

-- Times of which one has no zone are compared as if both were of one.
CREATE OR REPLACE MACRO kg_is_before(a, az, b, bz) AS CASE WHEN az IS NULL OR bz IS NULL
    THEN a < b ELSE a - az * 60000000::BIGINT < b - bz * 60000000::BIGINT END;
CREATE OR REPLACE MACRO kg_certainly_before(a, b) AS
    kg_is_before(a.e.hi, a.e.zone, b.b.lo, b.b.zone);
CREATE OR REPLACE MACRO kg_possibly_before(a, b) AS
    kg_is_before(a.e.lo, a.e.zone, b.b.hi, b.b.zone);
CREATE OR REPLACE MACRO kg_certainly_during(a, b) AS
    NOT kg_is_before(a.b.lo, a.b.zone, b.b.hi, b.b.zone)
    AND NOT kg_is_before(b.e.lo, b.e.zone, a.e.hi, a.e.zone);
CREATE OR REPLACE MACRO kg_possibly_during(a, b) AS
    NOT kg_is_before(a.b.hi, a.b.zone, b.b.lo, b.b.zone)
    AND NOT kg_is_before(b.e.hi, b.e.zone, a.e.lo, a.e.zone);
CREATE OR REPLACE MACRO kg_certainly_overlaps(a, b) AS
    NOT kg_is_before(b.e.lo, b.e.zone, a.b.hi, a.b.zone)
    AND NOT kg_is_before(a.e.lo, a.e.zone, b.b.hi, b.b.zone);
CREATE OR REPLACE MACRO kg_possibly_overlaps(a, b) AS
    NOT kg_is_before(b.e.hi, b.e.zone, a.b.lo, a.b.zone)
    AND NOT kg_is_before(a.e.hi, a.e.zone, b.b.lo, b.b.zone);

-- As XSD writes them: a year of four digits at least, negative before the year 0.
CREATE OR REPLACE MACRO kg_clock_text(micros_, zone_) AS CASE WHEN abs(micros_) < 9100000000000000000
    THEN list_transform([make_timestamp(micros_)], lambda t:
        CASE WHEN year(t) < 0 THEN '-' ELSE '' END || kg_padded(abs(year(t))::VARCHAR, 4)
        || strftime(t, '-%m-%dT%H:%M:%S')
        || CASE WHEN micros_ % 1000000 = 0 THEN '' ELSE rtrim(strftime(t, '.%f'), '0') END
        || kg_zone_text(zone_))[1] END;
CREATE OR REPLACE MACRO kg_earliest_text(s) AS kg_clock_text(s.b.lo, s.b.zone);
CREATE OR REPLACE MACRO kg_latest_text(s) AS kg_clock_text(s.e.hi, s.e.zone);
-- All that it may have been the time of, as a span without doubt.
CREATE OR REPLACE MACRO kg_period_text(s) AS
    coalesce(kg_earliest_text(s), '..') || '/' || coalesce(kg_latest_text(s), '..');
