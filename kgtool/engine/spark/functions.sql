-- What Spark's SQL says otherwise than DuckDB's, of the macros of ../functions.sql.
--
-- These have the same names, arguments and values. They are in DuckDB's grammar too, since one
-- parser reads both; functions that begin with "spark_" are Spark's own, without that prefix.

-- Strings have no elements in Spark, and a decimal near zero is written with an exponent there.

CREATE OR REPLACE MACRO kg_unscaled_text(unscaled, scale) AS CASE
    WHEN scale = 0 THEN unscaled::VARCHAR
    ELSE (CASE WHEN unscaled < 0 THEN '-' ELSE '' END)
        || substr(kg_padded(abs(unscaled)::VARCHAR, scale + 1), 1,
            length(kg_padded(abs(unscaled)::VARCHAR, scale + 1)) - scale)
        || '.' || right(kg_padded(abs(unscaled)::VARCHAR, scale + 1), scale) END;

CREATE OR REPLACE MACRO kg_plain_decimal(d) AS kg_unscaled_text(kg_scaled(d), 18);

-- A whole decimal that CEIL and the like have computed has no point.
CREATE OR REPLACE MACRO kg_decimal_text(d) AS
    regexp_replace(kg_plain_decimal(d), '(\.[0-9]+?)0+$', '\1');

-- Java writes 1.0E10 where DuckDB writes 1e+10.
CREATE OR REPLACE MACRO kg_java_text(text_) AS kg_digits_text(
    [regexp_extract(text_, '^(-?)', 1), regexp_extract(text_, '^-?([0-9]*)', 1),
     regexp_extract(text_, '\.([0-9]*)', 1), regexp_extract(text_, 'E([+-]?[0-9]+)', 1)]);
CREATE OR REPLACE MACRO kg_double_text(d) AS CASE
    WHEN d IS NULL THEN NULL
    WHEN isnan(d) THEN 'NaN' WHEN isinf(d) AND d > 0 THEN 'INF' WHEN isinf(d) THEN '-INF'
    WHEN abs(d) < 10000 AND d = spark_rint(d) THEN regexp_extract(d::VARCHAR, '^[^.]*')
    ELSE kg_java_text(d::DOUBLE::VARCHAR) END;
CREATE OR REPLACE MACRO kg_float_text(d) AS CASE
    WHEN d IS NULL THEN NULL
    WHEN isnan(d) THEN 'NaN' WHEN isinf(d) AND d > 0 THEN 'INF' WHEN isinf(d) THEN '-INF'
    WHEN abs(d) < 10000 AND d = spark_rint(d) THEN regexp_extract(d::VARCHAR, '^[^.]*')
    ELSE kg_java_text(d::FLOAT::VARCHAR) END;
CREATE OR REPLACE MACRO kg_double_string(d) AS CASE
    WHEN d = 0 THEN CASE WHEN starts_with(d::VARCHAR, '-') THEN '-0' ELSE '0' END
    WHEN abs(d) >= 0.000001 AND abs(d) < 1000000 THEN regexp_replace(regexp_replace(
        kg_plain_decimal(d::DECIMAL(38, 18)), '0+$', ''), '\.$', '')
    ELSE kg_double_text(d) END;
CREATE OR REPLACE MACRO kg_to_string(v) AS CASE
    WHEN v.k = 1 THEN NULL
    WHEN v.k = 6 THEN coalesce(v.dec::HUGEINT::VARCHAR, v.lex)
    WHEN v.k = 7 THEN coalesce(regexp_replace(regexp_replace(
        kg_plain_decimal(v.dec), '0+$', ''), '\.$', ''), v.lex)
    WHEN v.k IN (8, 9) THEN kg_double_string(v.dbl)
    WHEN v.k = 10 THEN (v.dbl <> 0)::VARCHAR
    ELSE kg_val_lex(v) END;

CREATE OR REPLACE MACRO kg_text_zone(lex) AS CASE
    WHEN ends_with(lex, 'Z') THEN 0
    WHEN regexp_matches(lex, '[+-][0-9]{2}:[0-9]{2}$')
    THEN (CASE WHEN left(right(lex, 6), 1) = '-' THEN -1 ELSE 1 END)
        * (left(right(lex, 5), 2)::INTEGER * 60 + right(lex, 2)::INTEGER) END::SMALLINT;

CREATE OR REPLACE MACRO kg_term_kind(type_, lex_) AS CASE
    WHEN type_ = 'iri' THEN 2 WHEN type_ = 'bnode' THEN 1 WHEN left(type_, 1) = '@' THEN 4
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

-- Numbers --------------------------------------------------------------------------------

-- No cast to FLOAT fails in Spark: what is too large is infinite.
CREATE OR REPLACE MACRO kg_single(d) AS d::FLOAT::DOUBLE;

-- Spark's FLOOR of a double is a BIGINT; from 2^53 on a double is whole.
CREATE OR REPLACE MACRO kg_floor_double(d) AS
    CASE WHEN abs(d) < 9007199254740992 THEN floor(d)::DOUBLE ELSE d END;
CREATE OR REPLACE MACRO kg_ceil_double(d) AS
    CASE WHEN abs(d) < 9007199254740992 THEN ceil(d)::DOUBLE ELSE d END;
CREATE OR REPLACE MACRO kg_trunc(d) AS CASE WHEN d < 0 THEN ceil(d) ELSE floor(d) END;

CREATE OR REPLACE MACRO kg_scaled(d) AS (kg_trunc(d)::HUGEINT * 1000000000000000000::HUGEINT
    + ((d - kg_trunc(d)) * 1000000000000000000::DECIMAL(19, 0))::HUGEINT);
CREATE OR REPLACE MACRO kg_dec_mul(a, b) AS (list_transform([{
    'aw': kg_trunc(a)::HUGEINT, 'af': kg_scaled((a - kg_trunc(a))::DECIMAL(38, 18)),
    'bw': kg_trunc(b)::HUGEINT, 'bf': kg_scaled((b - kg_trunc(b))::DECIMAL(38, 18)) }],
    lambda n: kg_unscale(n.aw * n.bw * 1000000000000000000::HUGEINT + n.aw * n.bf + n.bw * n.af
        + (n.af * n.bf // 1000000000000000000::HUGEINT)::HUGEINT))[1]);
-- A whole quotient may have more digits than Spark's DIV, which is a BIGINT; where nothing is
-- left of x, its division is exact.
CREATE OR REPLACE MACRO kg_quotient(x, y) AS ((x - x % y) / y)::HUGEINT;
CREATE OR REPLACE MACRO kg_long_division(x, y) AS
    CASE WHEN y < 100000000000000000000000000000::HUGEINT THEN
        kg_quotient(x, y) * 1000000000000000000::HUGEINT
        + kg_quotient((x % y) * 1000000000::HUGEINT, y) * 1000000000::HUGEINT
        + kg_quotient(((x % y) * 1000000000::HUGEINT % y) * 1000000000::HUGEINT, y)
    ELSE spark_aggregate([1, 2, 3, 4, 5, 6], {'q': kg_quotient(x, y), 'r': (x % y)::HUGEINT},
        lambda acc, step: {
        'q': (acc.q * 1000::HUGEINT + kg_quotient(acc.r * 1000::HUGEINT, y))::HUGEINT,
        'r': (acc.r * 1000::HUGEINT % y)::HUGEINT }).q END;
CREATE OR REPLACE MACRO kg_dec_div(a, b) AS (list_transform(list_transform([{
    'x': abs(kg_scaled(a)), 'y': abs(kg_scaled(b)),
    'sign': (CASE WHEN (a < 0) = (b < 0) THEN 1 ELSE -1 END)::HUGEINT }],
    lambda m: CASE WHEN m.y < 100000000000000000000000000000000000::HUGEINT THEN m
        ELSE {'x': kg_quotient(m.x, 1000::HUGEINT), 'y': kg_quotient(m.y, 1000::HUGEINT),
            'sign': m.sign} END),
    lambda n: CASE WHEN n.y > 0 THEN kg_unscale(n.sign * kg_long_division(n.x, n.y)) END)[1]);

CREATE OR REPLACE MACRO kg_floor(a) AS CASE WHEN kg_is_num(a) THEN
    kg_whole(a.k, floor(a.dec), kg_floor_double(a.dbl)) END;
CREATE OR REPLACE MACRO kg_ceil(a) AS CASE WHEN kg_is_num(a) THEN
    kg_whole(a.k, ceil(a.dec), kg_ceil_double(a.dbl)) END;
CREATE OR REPLACE MACRO kg_round(a) AS CASE WHEN kg_is_num(a) THEN
    kg_whole(a.k, floor(a.dec + 0.5::DECIMAL(2, 1)), kg_floor_double(a.dbl + 0.5)) END;
CREATE OR REPLACE MACRO kg_round_position(x) AS kg_floor_double(x + 0.5);
CREATE OR REPLACE MACRO kg_position(x) AS
    least(greatest(x, -1000000000::DOUBLE), 1000000000::DOUBLE)::INTEGER;

CREATE OR REPLACE MACRO kg_to_integer(v) AS CASE
    WHEN v.k = 3 THEN CASE WHEN regexp_full_match(trim(v.lex, ' \t\r\n'), '[+-]?[0-9]+')
        THEN TRY_CAST(trim(v.lex, ' \t\r\n') AS HUGEINT) END
    WHEN v.k IN (6, 7) THEN kg_trunc(v.dec)::HUGEINT
    WHEN v.k = 10 THEN v.dbl::HUGEINT
    WHEN v.k IN (8, 9) AND NOT isnan(v.dbl) AND NOT isinf(v.dbl)
        THEN (CASE WHEN v.dbl < 0 THEN kg_ceil_double(v.dbl) ELSE kg_floor_double(v.dbl) END)
            ::HUGEINT END;

-- Aggregates -----------------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_list_sum(l) AS (list_transform([{'k': kg_list_kind(l), 'l': l}],
    lambda n: CASE WHEN n.k <= 7 THEN kg_number(n.k,
        spark_aggregate(n.l, 0::DECIMAL(38, 18), lambda t, x: (t + x.dec)::DECIMAL(38, 18)),
        spark_aggregate(n.l, 0::DOUBLE, lambda t, x: t + x.dbl))
    WHEN n.k IS NOT NULL THEN kg_number(n.k, NULL, kg_fit(n.k,
        spark_aggregate(n.l, 0::DOUBLE, lambda t, x: t + x.dbl))) END)[1]);

-- Hashes and points ----------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_sha512(text_) AS spark_sha2(text_, 512);
CREATE OR REPLACE MACRO kg_sha384(text_) AS spark_sha2(text_, 384);

CREATE OR REPLACE MACRO kg_point_part(text_, part) AS regexp_extract(text_,
    '^\s*(?:<([^>]*)>\s*)?(?i:POINT)\s*\(\s*([-+0-9.eE]+)\s+([-+0-9.eE]+)\s*\)\s*$', part);
CREATE OR REPLACE MACRO kg_point(text_) AS {'globe': kg_point_part(text_, 1),
    'lon': kg_point_part(text_, 2), 'lat': kg_point_part(text_, 3)};

-- Vague times ----------------------------------------------------------------------------

CREATE OR REPLACE MACRO kg_edtf_field(text_, part) AS regexp_extract(text_,
    '^(Y?-?)([0-9]{4,9}|[0-9]{3}X|[0-9]{2}XX|[0-9]XXX)(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX)(?:T([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?))?)?)?(Z|[+-][0-9]{2}(?::[0-9]{2})?)?([?~%]?)$',
    part);
CREATE OR REPLACE MACRO kg_edtf_fields(text_) AS {
    'sign': kg_edtf_field(text_, 1), 'year': kg_edtf_field(text_, 2),
    'month': kg_edtf_field(text_, 3), 'day': kg_edtf_field(text_, 4),
    'clock': kg_edtf_field(text_, 5), 'zone': kg_edtf_field(text_, 6),
    'mark': kg_edtf_field(text_, 7)};
CREATE OR REPLACE MACRO kg_edtf_zone(text_) AS CASE WHEN text_ = '' THEN NULL
    WHEN text_ = 'Z' THEN 0 ELSE CASE WHEN left(text_, 1) = '-' THEN -1 ELSE 1 END
    * (substr(text_, 2, 2)::INTEGER * 60 + coalesce(TRY_CAST(substr(text_, 5, 2) AS INTEGER), 0))
    END;
CREATE OR REPLACE MACRO kg_edtf_last(f) AS CASE
    WHEN kg_is_season(f) THEN last_day(add_months(kg_edtf_first(f), 2))
    WHEN f.month IN ('', 'XX') THEN make_date(kg_edtf_year(f, TRUE), 12, 31)
    WHEN f.day IN ('', 'XX') THEN last_day(kg_edtf_first(f)) ELSE kg_edtf_first(f) END;
-- Months and days are of two types of intervals in Spark: a slack has some of the one or the other.
CREATE OR REPLACE MACRO kg_slack_months(f) AS CASE
    WHEN f.mark = '' OR f.clock <> '' THEN 0 WHEN f.month IN ('', 'XX') THEN 12
    WHEN kg_is_season(f) THEN 3 WHEN f.day IN ('', 'XX') THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO kg_slack_days(f) AS CASE
    WHEN f.mark = '' OR f.clock <> '' OR f.day IN ('', 'XX') THEN 0 ELSE 1 END;
CREATE OR REPLACE MACRO kg_day_micros(day_) AS spark_unix_date(day_)::BIGINT * 86400000000::BIGINT;
CREATE OR REPLACE MACRO kg_clock_micros(clock_) AS
    (substr(clock_, 1, 2)::BIGINT * 3600 + substr(clock_, 4, 2)::BIGINT * 60) * 1000000::BIGINT
    + (substr(clock_, 7)::DECIMAL(20, 6) * 1000000)::BIGINT;
CREATE OR REPLACE MACRO kg_edtf_moment(f) AS CASE
    WHEN NOT kg_is_edtf(f) THEN NULL
    WHEN kg_edtf_first(f) IS NULL OR kg_edtf_last(f) IS NULL THEN NULL
    WHEN f.clock <> '' AND f.mark = '' THEN {
        'lo': kg_day_micros(kg_edtf_first(f)) + kg_clock_micros(f.clock),
        'hi': kg_day_micros(kg_edtf_first(f)) + kg_clock_micros(f.clock),
        'zone': kg_edtf_zone(f.zone)}
    ELSE {'lo': kg_day_micros(date_sub(add_months(kg_edtf_first(f), -kg_slack_months(f)),
            kg_slack_days(f))),
        'hi': kg_day_micros(date_add(add_months(date_add(kg_edtf_last(f), 1), kg_slack_months(f)),
            kg_slack_days(f))) - 1000000,
        'zone': kg_edtf_zone(f.zone)} END;
CREATE OR REPLACE MACRO kg_clock_text(micros_, zone_) AS CASE WHEN abs(micros_) < 9100000000000000000
    THEN list_transform([make_timestamp(micros_)], lambda t:
        CASE WHEN year(t) < 0 THEN '-' ELSE '' END || kg_padded(abs(year(t))::VARCHAR, 4)
        || date_format(t, '-MM-dd''T''HH:mm:ss')
        || CASE WHEN micros_ % 1000000 = 0 THEN ''
            ELSE '.' || rtrim(lpad((((micros_ % 1000000) + 1000000) % 1000000)::VARCHAR, 6, '0'), '0')
            END
        || kg_zone_text(zone_))[1] END;
