-- Plain things
a
t.a
public.t.a
"Mixed Case"
t."Mixed Case"
"user"
"left"
"time"
"order"
"select" + 1
"position" > 3
"values"
"interval"
"ro""w"
NULL
true
FALSE
1
1.50
.5
1e3
10000000000
'x'
'it''s'
'a\d+\.b'
E'a\tb\'c\\d'
E'line\nnext'
$$dollar 'quoted'$$
U&'\0061b\+01F600\\c'
U&'\D83D\DE00'
B'0101'
X'1F'
''
-- Arithmetic
a + b
a + b + c
a - (b - c)
a - b - c
(a + b) * c
a + b * c
a * b / c % 2
a * (b / c)
a / (b * c)
-a
- -a
-(-a)
-(a + b)
-a * b
-2
-2::int
(-2)::int
-(2::int)
(-2) ^ 2
-2 ^ 2
-(2 ^ 2)
2 ^ 3 ^ 2
2 ^ (3 ^ 2)
(a + 1) ^ 2
+a
a - -1
a * -b
~a
~a + b
~(a + b)
(~a) + b
~a * b
~ @ a - b + c
-a ^ b ^ c
@ x
@ -5 + 3
|/ 25.0
||/ 27.0
a & b | c
(a & b) = c
a & (b | c)
a # b
a << 2 >> 1
a % 2 = 0
a + b > c * 2
-- Comparisons and truth
a = b
a <> b
a != b
a = 1 AND b = 2 AND c = 3
a = 1 OR b = 2 AND c = 3
(a = 1 OR b = 2) AND c = 3
a = 1 AND (b = 2 AND c = 3)
a = 1 OR (b = 2 OR c = 3)
NOT a = b
NOT (a = 1 AND b = 2)
NOT a IS NULL
NOT ok
NOT NOT ok
NOT ok AND ok
(NOT ok) = ok
(NOT ok) IS NULL
(a = b) = ok
(a < b) = (b < c)
ok = (a IN (1, 2))
a IS NULL
a IS NOT NULL
(a = b) IS NOT TRUE
a = b IS NULL
ok IS TRUE
ok IS NOT FALSE
ok IS UNKNOWN
ok IS NOT UNKNOWN
(a IS NULL) IS FALSE
(a IS NULL) = ok
a IS DISTINCT FROM b
a IS NOT DISTINCT FROM b + 1
a IS DISTINCT FROM b AND c = 1
(a IS DISTINCT FROM b) IS TRUE
a BETWEEN 1 AND 2
a NOT BETWEEN b AND c + 1
a BETWEEN 1 AND 2 AND b = 3
(a BETWEEN 1 AND 2) = ok
a + 1 BETWEEN b - 1 AND b * 2
a IN (1, 2, 3)
a IN (1)
a NOT IN (1, b, c + 1)
a + 1 IN (2, 3)
(a IN (1, 2)) IN (true, false)
n IN ('a', 'b''c')
e IN ('open', 'paid')
(a, b) = (1, 2)
(a, b) IN ((1, 2), (3, 4))
ROW(a, b) < ROW(b, c)
ROW(a) = ROW(1)
(a, n) IS NULL
ROW(a, b, 'x') IS NULL
a = ANY (ARRAY[1, 2])
a <> ALL ('{1,2}'::int[])
a = ANY (ints)
a < ANY (ints) AND ok
n LIKE ANY (ARRAY['a%', 'b%'])
n ~ ANY (ARRAY['a', 'b'])
1 = ANY (ints[1:2])
e = ANY ('{open,paid}')
e = 'open'::order_status
-- Patterns
n LIKE 'a%'
n NOT LIKE 'a_'
n ILIKE 'A%'
n NOT ILIKE 'A%' AND ok
n LIKE 'a' || '%'
n || 'x' LIKE 'a%'
n LIKE '10\%' ESCAPE '\'
n NOT LIKE '10!%' ESCAPE '!'
n ILIKE '%!_%' ESCAPE '!' OR ok
(n LIKE 'a%') = ok
n LIKE lower(m)
n SIMILAR TO '(a|b)%'
n NOT SIMILAR TO 'c_'
n SIMILAR TO 'x!%' ESCAPE '!'
n ~ '^[a-z]+$'
n !~* 'B$'
n ~ 'a' AND m !~ 'b'
(n ~ 'a') = ok
n ~~ 'x%'
n !~~* 'x%'
n ^@ 'ab'
-- Text and operators
n || m
n || m || 'x'
n || (m || 'x')
n || a
a || ' ' || b
a + b || 'x'
ok = n ~ 'a'
n || 'a' ~ m
ok = b + c || 'x' ~ 'y'
j -> n || '{"a": 1}' -> 'b'
a # b + c & 3
(- a + b * c ^ 2 - 1 > 0) = ok
n || (a + b)
n || a * 2 || m
(n || m) = 'x'
n || m = 'x'
n || m IS NULL
n COLLATE "C"
n COLLATE "C" < m COLLATE "C"
(n || m) COLLATE "C"
n COLLATE "C" || m
lower(n) COLLATE "POSIX"
n COLLATE pg_catalog."C" = 'x'
-- Casts
a::text
a::bigint::text
CAST(a AS numeric(10,2))
(a + b)::numeric
a + b::numeric
n::varchar(10)
n::char(3)
n::character varying
'1'::integer
'x'::text
text 'x'
n::"char"
'{}'::jsonb
'{a,b}'::text[]
'{{1,2},{3,4}}'::int[][]
ARRAY[]::text[]
NULL::integer
true::text
(-1)::smallint
'2024-01-01'::date
DATE '2024-01-01'
TIMESTAMP '2024-01-01 10:00'
timestamp with time zone '2024-01-01 10:00+00'
TIMESTAMPTZ '2024-01-01 10:00+00'
ts::timestamp(0)
ts::timestamp(3) with time zone
tz::time
tz::timetz(2)
interval '1 day'
INTERVAL '1' DAY
INTERVAL '1 day 2 hours' DAY TO HOUR
interval(3) '1.23456 seconds'
'1 day'::interval day
'1 day'::interval(0)
'01'::bit(2)
'01'::bit varying(4)
float '1.5'
x::float4
x::double precision
n::public.order_status
n::"Odd Type"
'a'::app.kind
home::text
t::text
(home).city
(home).zip + 1
(t.home).city || 'x'
(t.home).street::varchar
(ROW('a', 'b', 3)::address).zip
-- Constructs
CASE WHEN ok THEN 1 ELSE 2 END
CASE WHEN a = 1 OR b = 2 THEN 'x' WHEN ok THEN 'y' END
CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE n END
CASE a + 1 WHEN b THEN 1 END
CASE WHEN ok THEN 1 END + 1
(CASE WHEN ok THEN a ELSE b END)::text
CASE WHEN ok THEN CASE WHEN a > 1 THEN 1 ELSE 2 END ELSE 3 END IS NULL
-CASE WHEN ok THEN a END
CASE WHEN ok THEN NULL ELSE a END
ARRAY[1, 2, 3]
ARRAY[a, b]::bigint[]
ARRAY[[1, 2], [3, 4]]
ARRAY[ARRAY[a], ARRAY[b]]
ints[1]
t.ints[a + 1]
ints[1:2]
ints[:2]
ints[2:]
ints[:]
(ARRAY[1, 2, 3])[2]
(string_to_array(n, ','))[1]
(ints || 1)[1]
(ints || ints)[1:2]
matrix[1][2]
j['a']
j['a']['b']
comps[1].zip
(comps[1]).zip
-- Calls
lower(n)
pg_catalog.lower(n)
public.f(a)
f(a, 2)
f(a => 1)
f(b => 2, a => 1)
make_interval(days => 3, hours => a)
coalesce(n, m, 'x')
COALESCE(a, 0) + 1
nullif(n, '')
greatest(a, b, 3)
least(a, 0)
now()
CURRENT_TIMESTAMP
current_timestamp(3)
CURRENT_DATE
CURRENT_TIME
CURRENT_TIME(2)
LOCALTIME
LOCALTIMESTAMP
localtimestamp(0)
CURRENT_USER
SESSION_USER
user
CURRENT_ROLE
CURRENT_CATALOG
CURRENT_SCHEMA
current_schema()
current_date + 1
extract(year FROM ts)
EXTRACT(EPOCH FROM ts - d)
extract('month' FROM ts)
extract(dow FROM d) = 1
extract(epoch FROM age(ts))
date_part('year', ts)
position('a' IN n)
position('a' || 'b' IN n || m)
strpos(n, 'a')
substring(n FROM 2)
substring(n FROM 2 FOR 3)
substring(n FOR 3)
substring(n, 2, 3)
substring(n FROM '[a-z]+')
substring(n, '[a-z]+')
substring(n FROM 'a#"%#"b' FOR '#')
substr(n, 2)
overlay(n PLACING 'x' FROM 2)
overlay(n PLACING 'x' FROM 2 FOR a + 1)
trim(n)
trim(both from n)
trim(leading 'x' from n)
trim(trailing from n)
trim(both 'xy' from n)
btrim(n, 'xy')
ltrim(n)
rtrim(n, 'x')
left(n, 3)
right(n, 2)
"left"(n, 1)
"substring"(n, 1, 2)
"position"(n, 'a')
"time"(ts)
"timestamp"(d)
"interval"('1 day')
"char"(65)
"overlay"(n, 'x', 1)
"numeric"(a)
"Odd Function"(a)
ceil(x)
floor(x) + ceiling(x)
round(x::numeric, 2)
mod(a, 2)
to_char(ts, 'YYYY-MM-DD "at" HH24')
format('%s-%s', a, n)
date_trunc('day', ts AT TIME ZONE 'UTC')
ts AT TIME ZONE 'UTC'
ts AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin'
(ts + interval '1 day') AT TIME ZONE 'UTC'
ts AT TIME ZONE lower('UTC')
(ts AT TIME ZONE 'UTC')::date
timezone('UTC', ts)
ts + interval '1 day' > now()
ts - interval '1 hour' * a
(d, d + 1) OVERLAPS (d, d + 2)
to_tsvector('english', n) @@ to_tsquery('a & b')
concat_ws(', ', VARIADIC tags)
num_nulls(a, b)
row_to_json(t)
to_jsonb(t.*)
COLLATION FOR (n)
xmlforest(a, b)
-- JSON, ranges, networks
j -> 'a'
j ->> 'a'
j -> 'a' ->> 'b'
(j -> 'a') -> 'b'
j -> ('a' || 'b')
j -> 'a' = '1'
j -> 'n' ->> 0 = 'x'
(j ->> 'a')::int + 1
j #> '{a,b}'
j #>> '{a,b}' IS NOT NULL
j @> '{"a": 1}'
j @> '{"a": 1}' AND NOT j ? 'b'
j ?| ARRAY['a', 'b']
j ?& ARRAY['a', 'b']
j - 'a'
j - 'a' - 'b'
j || '{"z": 1}'
j || j -> 'a'
j -> 'a' || j
j #- '{a}'
j @? '$.a'
j @@ '$.a == 1'
tags @> ARRAY['a']
tags && ARRAY['a', n]
tags || 'x'::text
int4range(a, b) && int4range(1, 5)
int4range(a, b, '[]') @> c
'[1,5)'::int4range * '[2,3)'::int4range
int4range(1, 5) -|- int4range(5, 9)
ip << '10.0.0.0/8'
ip <<= inet '10.0.0.0/8' AND ok
point(1, 2) <-> point(a, b)
a OPERATOR(pg_catalog.+) b
a OPERATOR(pg_catalog.=) b OR ok
-- Aggregates, windows
count(*)
count(DISTINCT a)
sum(a) FILTER (WHERE ok)
sum(DISTINCT a + b)
string_agg(n, ', ' ORDER BY n DESC NULLS LAST, m)
array_agg(DISTINCT n ORDER BY n)
string_agg(DISTINCT n, ',' ORDER BY n)
percentile_cont(0.5) WITHIN GROUP (ORDER BY x DESC)
mode() WITHIN GROUP (ORDER BY n) FILTER (WHERE ok)
row_number() OVER ()
row_number() OVER (PARTITION BY a, b ORDER BY c DESC)
sum(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
sum(a) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
sum(a) OVER (ORDER BY b GROUPS BETWEEN 2 PRECEDING AND CURRENT ROW)
sum(a) OVER (ORDER BY d RANGE BETWEEN '1 day' PRECEDING AND '1 day' FOLLOWING)
sum(a) FILTER (WHERE ok) OVER (PARTITION BY b)
lag(a, 1, 0) OVER (ORDER BY b) + 1
-(sum(a) OVER ())
count(*) > 5 AND max(a) < 3
count(t.*)
-- Queries inside
(SELECT max(b) FROM t u)
(SELECT max(u.b) FROM t u WHERE u.a = t.a) + 1
EXISTS (SELECT 1 FROM t u WHERE u.a = t.b)
NOT EXISTS (SELECT FROM t u WHERE u.a = t.b)
EXISTS (SELECT 1 FROM t u) = ok
a IN (SELECT b FROM t u)
a NOT IN (SELECT b FROM t u WHERE u.ok)
(a, b) IN (SELECT u.b, u.c FROM t u)
(a IN (SELECT b FROM t u)) = ok
a > ALL (SELECT b FROM t u)
a = ANY (SELECT u.b FROM t u WHERE u.a > 1 ORDER BY 1 LIMIT 3)
n LIKE (SELECT max(m) FROM t u)
ARRAY(SELECT u.a FROM t u ORDER BY u.a DESC NULLS LAST)
(ARRAY(SELECT u.a FROM t u))[1]
(SELECT u.ints FROM t u LIMIT 1)[1]
(WITH x AS (SELECT 1 AS one) SELECT one FROM x)
(SELECT 1 UNION SELECT 2 ORDER BY 1 LIMIT 1)
(VALUES (1))
