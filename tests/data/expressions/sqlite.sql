-- Plain things
a
t.a
main.t.a
"Mixed Case"
t."Mixed Case"
[Mixed Case]
`Mixed Case`
"index" + "order"
"set" || "group"
"values" > 1
NULL
TRUE
false
1
1.5
.5
1e3
-1
'it''s'
'a\b'
x'00FF'
CURRENT_DATE >= '2000-01-01'
-- Arithmetic and text
a + b
a - b - 1
a - (b - 1)
(a + b) * 2
a + b * 2
a / 2 / 2
a / (b * 2)
a % 2 = 1
-a
-(-a)
-a * b
- (a + b)
a * -b
a - -1
~a
~a & 3
a & b | 4
a & (b | 4)
a << 2
(a << 2) >> 1
a + b << 1
n || m
n || m || 'x'
n || (m || 'x')
n || (a + b)
(n || a) + b
a * 2 || n
a * 2 || n || m * b
a + b || n
j ->> '$.c' || 'x'
a + j ->> '$[0]'
j ->> '$[0]' * 2
a = b < 3
1 & a + 2 << 1
- j ->> '$[0]'
n || m = 'abcx'
-- Comparisons
a = b
a == b
a <> b
a != b
a < b AND b < 3
a = 1 OR b = 2 AND ok
(a = 1 OR b = 2) AND ok
a = 1 AND (b = 2 AND ok)
NOT a = b
NOT (a AND b)
NOT ok
NOT ok IS NULL
(NOT ok) IS NULL
(a = b) = ok
(a < b) = (b < 3)
a IS NULL
a IS NOT NULL
a ISNULL
a NOTNULL
a NOT NULL
a IS b
a IS NOT b
a IS 1
m IS 'x' AND ok
ok IS TRUE
ok IS NOT FALSE
a IS DISTINCT FROM b
a IS NOT DISTINCT FROM b
a BETWEEN 1 AND 5
a NOT BETWEEN b AND 3 AND ok
(a BETWEEN 1 AND 5) = ok
a IN (1, 2, 7)
a IN ()
a NOT IN (1, b)
n IN ('abc', 'it''s')
(a, b) = (1, 2)
(a, b) < (7, 4)
(a, b) IN (VALUES (1, 2), (7, 3))
n LIKE 'a%'
n NOT LIKE 'a%' AND ok
n LIKE 'A\%c' ESCAPE '\'
n LIKE m || '%'
n GLOB 'a*'
n NOT GLOB '[0-9]*'
n GLOB 'a*' AND ok
typeof(raw) = 'blob'
-- Constructs
CASE WHEN ok THEN 1 ELSE 2 END
CASE a WHEN 1 THEN 'one' WHEN 7 THEN 'seven' END
CASE WHEN a > 1 OR b > 2 THEN 'x' END || 'y'
CAST(a AS TEXT)
CAST(n AS INTEGER) + 1
CAST(c AS INT)
CAST(a + b AS NUMERIC(10, 2))
CAST('1' AS UNSIGNED BIG INT)
n COLLATE NOCASE = 'ABC'
(n || m) COLLATE NOCASE
n COLLATE RTRIM < m
-- Calls
length(n)
coalesce(m, n, 'z')
ifnull(a, 0)
iif(ok, 'y', 'n')
max(a, b)
min(a, b) + 1
abs(-a)
substr(n, 1, 2)
substring(n, 2)
trim(n)
trim(n, 'a')
ltrim(n, 'a')
replace(n, 'a', 'b')
instr(n, 'b')
upper(n) || lower(m)
round(c, 1)
date(d)
datetime(d, '+1 day')
date('now') > d
strftime('%Y', d)
julianday(d) - julianday('2024-01-01')
printf('%d-%s', a, n)
hex(raw)
json(j)
json_extract(j, '$.a.b[0]')
j -> 'a'
j -> 'a' -> 'b'
j ->> 'c'
j ->> '$.c' = 'd'
json_object('a', a, 'n', n)
like('a%', n)
glob('a*', n)
nullif(a, b)
unicode(n)
-- Queries inside
(SELECT max(a) FROM t)
(SELECT max(u.a) FROM t u WHERE u.b = t.b) + 1
EXISTS (SELECT 1 FROM t u WHERE u.a = t.b)
NOT EXISTS (SELECT 1 FROM t u WHERE u.a = t.b)
a IN (SELECT b FROM t)
a NOT IN (SELECT b FROM t u WHERE u.ok)
(a, b) IN (SELECT a, b FROM t)
(SELECT count(*) FROM (SELECT a FROM t UNION SELECT b FROM t))
(SELECT group_concat(n, ',') FROM (SELECT n FROM t ORDER BY n DESC LIMIT 2 OFFSET 1))
(WITH x (y) AS (SELECT 1 UNION ALL SELECT 2) SELECT sum(y) FROM x)
(SELECT count(*) FROM json_each(t.j))
(SELECT sum(a) FILTER (WHERE b > 0) FROM t)
(SELECT row_number() OVER (ORDER BY b DESC) FROM t LIMIT 1)
