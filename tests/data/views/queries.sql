-- Plain columns, stars, names
SELECT id, name FROM customers
SELECT * FROM customers
SELECT c.* FROM customers c
SELECT c.*, o.id AS order_id FROM customers c, orders o WHERE c.id = o.customer_id
SELECT o.*, c.name FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT customers.name, public.customers.email FROM public.customers
SELECT c.id "Id", c.name AS "Full Name" FROM customers AS c
SELECT p."Sku", p.name "Name" FROM products p
SELECT 1
SELECT 1 AS one, 'two' AS two, 3.5 AS three, true AS four, NULL AS five
SELECT 'a' AS a, 'b'::varchar AS b, 'c'::varchar(5) AS c, 10000000000 AS d, -1 AS e, -2.50 AS f, 1e3 AS g
SELECT id::text, name::varchar(10), total_text FROM (SELECT id, name, balance::text AS total_text FROM customers) x
SELECT id + 1, name || '!' AS shout FROM customers
SELECT x.a, x.b FROM (SELECT id, name FROM customers) AS x (a, b)
SELECT a, c FROM customers AS t (a, b, c)
SELECT count(*) FROM customers
SELECT ctid, tableoid::regclass AS t, id FROM orders
TABLE categories
(SELECT id FROM orders ORDER BY id LIMIT 3)
SELECT ALL id FROM customers
-- Conditions
SELECT id FROM customers WHERE active
SELECT id FROM customers WHERE NOT active AND email IS NOT NULL
SELECT id FROM customers WHERE name = 'x' OR name LIKE 'y%' OR name ILIKE '%z' AND email NOT LIKE 'w_'
SELECT id FROM customers WHERE country IN ('DE', 'FR')
SELECT id FROM customers WHERE country NOT IN ('DE', 'FR', 'IT')
SELECT id FROM customers WHERE name IN ('a')
SELECT id FROM orders WHERE id IN (1, 2, 3)
SELECT id FROM orders WHERE customer_id IN (1, priority, 3)
SELECT id FROM orders WHERE status IN ('open', 'paid') AND status <> 'gone'
SELECT id FROM orders WHERE status = ANY ('{open,paid}')
SELECT id FROM orders WHERE status = ANY (ARRAY['open', 'paid']::order_status[])
SELECT id FROM orders WHERE total BETWEEN 10 AND 20.5
SELECT id FROM orders WHERE total NOT BETWEEN 10 AND 20
SELECT id FROM orders WHERE placed_on >= '2024-01-01' AND placed_on < DATE '2025-01-01'
SELECT id FROM orders WHERE shipped_at > '2024-01-01' OR shipped_at IS NULL
SELECT id FROM customers WHERE created_at > now() - interval '30 days'
SELECT id FROM customers WHERE created_at > CURRENT_TIMESTAMP - '1 week'::interval
SELECT id FROM customers WHERE balance IS DISTINCT FROM 0 AND parent_id IS NOT DISTINCT FROM 4
SELECT id FROM customers WHERE active IS TRUE OR active IS NOT FALSE
SELECT id FROM customers WHERE (country, active) = ('DE', true)
SELECT id FROM customers WHERE (id, parent_id) IN ((1, 2), (3, 4))
SELECT order_id FROM items WHERE (order_id, line) > (5, 1)
SELECT id FROM customers WHERE name ~ '^a' AND name !~* 'b$'
SELECT id FROM customers WHERE email SIMILAR TO '%@(a|b)%'
SELECT id FROM customers WHERE name LIKE '50\%%' ESCAPE '\'
SELECT id FROM customers WHERE tags @> ARRAY['a', 'b'] OR 'c' = ANY (tags) OR tags && '{d,e}'
SELECT id FROM customers WHERE meta @> '{"b": 1, "a": [1, 2]}' AND meta ? 'k'
SELECT id FROM orders WHERE (placed_on, placed_on + 7) OVERLAPS (DATE '2024-01-01', DATE '2024-02-01')
SELECT id FROM orders WHERE discount > 0.5 AND discount < 1
SELECT id FROM orders WHERE priority = 1 OR priority = '2'
SELECT id FROM orders WHERE NOT (priority > 1 AND total > 5)
SELECT id FROM products WHERE "Sku" = 'x' AND stock > 3
-- Expressions and their names
SELECT upper(name), lower(email) AS l, length(name), coalesce(email, 'none'), nullif(email, '') FROM customers
SELECT CASE WHEN active THEN 'yes' ELSE 'no' END FROM customers
SELECT CASE WHEN active THEN 1 END AS one, CASE country WHEN 'DE' THEN 1 WHEN 'FR' THEN 2 ELSE 3 END AS two FROM customers
SELECT CASE WHEN active THEN name ELSE email END, CASE WHEN active THEN email ELSE NULL END AS e FROM customers
SELECT CASE WHEN id > 1 THEN 1.5 WHEN id > 2 THEN 2 ELSE id END AS mixed FROM customers
SELECT id % 10 AS m, -id AS n, id * 2 + 1 AS p, (id + 1) * 2 AS q, id / 2.0 AS r, 2 ^ id AS s FROM customers
SELECT balance * 2 AS b, balance + rating AS c, rating * 2 AS d, balance / 3 AS e FROM customers
SELECT extract(year FROM placed_on), date_part('month', placed_on), date_trunc('week', shipped_at) FROM orders
SELECT placed_on + 1 AS next, placed_on - DATE '2024-01-01' AS days, shipped_at - placed_on AS took, placed_on + interval '1 month' AS later FROM orders
SELECT created_at AT TIME ZONE 'UTC', shipped_at AT TIME ZONE 'Europe/Berlin' AS b, created_at::date FROM customers, orders
SELECT now(), CURRENT_DATE, current_timestamp AS c, LOCALTIMESTAMP, current_user
SELECT substring(name FROM 1 FOR 3), substr(name, 2), trim(name), trim(leading 'x' FROM name), position('a' IN name), left(name, 3) FROM customers
SELECT trim(both FROM name) AS a, overlay(name PLACING 'x' FROM 2 FOR 1) AS b, replace(name, 'a', 'b') AS c FROM customers
SELECT concat(name, ' ', email), concat_ws(', ', name, country), format('%s <%s>', name, email) AS f FROM customers
SELECT name || ' (' || country || ')' AS label, id || '-' || name AS k FROM customers
SELECT to_char(created_at, 'YYYY-MM'), to_char(balance, '999D99') AS b FROM customers
SELECT round(balance), round(balance, 1) AS r, ceil(rating), floor(balance) AS f, abs(id), sqrt(id), power(id, 2) FROM customers
SELECT greatest(id, parent_id), least(balance, 0) AS l, greatest('a', name) AS g FROM customers
SELECT ARRAY[1, 2, 3], ARRAY['a', name] AS names, ARRAY[id, parent_id]::bigint[] AS ids FROM customers
SELECT tags[1], tags[1:2] AS slice, array_length(tags, 1), cardinality(tags), array_to_string(tags, ',') FROM customers
SELECT meta -> 'a', meta ->> 'b' AS b, meta #> '{a,b}' AS c, meta #>> '{a,b}' AS d, (meta ->> 'n')::int FROM customers
SELECT (meta -> 'a' ->> 'b')::numeric(10,2) AS n, meta - 'x' AS m, meta || '{"z": 1}' AS j FROM customers
SELECT jsonb_build_object('id', id, 'name', name) AS doc, to_jsonb(tags) AS t, jsonb_typeof(meta) FROM customers
SELECT row_to_json(c) AS doc FROM customers c
SELECT to_jsonb(c.*) - 'meta' AS doc FROM customers c
SELECT (home).city, (c.home).zip + 1 AS z FROM customers c
SELECT ROW(id, name) IS NULL AS r, (id, email) = (1, 'x') AS s, ROW(1, 'a', 3)::address AS t FROM customers
SELECT id::bigint, balance::int, rating::numeric, created_at::timestamp(0) AS t, active::int AS a FROM customers
SELECT CAST(id AS text), CAST('5' AS integer) AS five, 'x'::text AS x, '2024-01-01'::date, interval '1 day' FROM customers
SELECT name COLLATE "C" AS c, email COLLATE "POSIX" || 'x' AS d FROM customers ORDER BY name COLLATE "C"
SELECT md5(name), encode(sha256(name::bytea), 'hex') AS h, gen_random_uuid() AS u FROM customers
SELECT order_total(id), public.order_total(1) AS one FROM orders
SELECT make_interval(days => 3) AS i, make_date(2024, 1, 2)
SELECT true AND NOT false AS b, 1 = 1 AS c, id IS NULL AS d, name IN ('a', 'b') AS e FROM customers
SELECT host(ip), ip << '10.0.0.0/8' AS inside, family(ip) FROM app.events
SELECT regexp_replace(name, 'a', 'b', 'g'), split_part(email, '@', 2) AS domain, string_to_array(name, ' ') AS parts FROM customers
SELECT 'x' AS x FROM customers GROUP BY id HAVING count(*) > 1
SELECT age(created_at), justify_days(interval '35 days') AS j, to_timestamp(0) AS t FROM customers
SELECT flags, took * 2 AS two, took + interval '1 hour' AS three, moment + took AS four FROM app.events
-- Joins
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id
SELECT c.name, o.total FROM customers c INNER JOIN orders o ON (o.customer_id = c.id AND o.status = 'paid') WHERE o.total > 5
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
SELECT c.name, o.total FROM orders o RIGHT OUTER JOIN customers c ON o.customer_id = c.id
SELECT c.id, o.id AS oid FROM customers c FULL JOIN orders o ON o.customer_id = c.id
SELECT c.id, p.id AS pid FROM customers c CROSS JOIN products p
SELECT c.id, p.id AS pid FROM customers c JOIN products p ON true
SELECT c.name, o.id, i.line, p.name AS product FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id LEFT JOIN products p ON p.id = i.product_id
SELECT c.name, x.line FROM customers c LEFT JOIN (orders o JOIN items x ON x.order_id = o.id) ON o.customer_id = c.id
SELECT day, kind, d.share, e.ip FROM stats.daily d LEFT JOIN app.events e USING (day, kind) JOIN stats.daily x USING (day, kind)
SELECT * FROM products p JOIN categories c USING (id, name)
SELECT id, p.weight, c.path FROM products p LEFT JOIN categories c USING (id)
SELECT id, c.path FROM products p FULL JOIN categories c USING (id)
SELECT id, c.path FROM products p RIGHT JOIN categories c USING (id)
SELECT * FROM products NATURAL JOIN categories
SELECT j.id, j.path FROM (products p JOIN categories c USING (id)) j
SELECT a.name, b.name AS parent FROM categories a LEFT JOIN categories b ON b.id = a.parent_id
SELECT a.id, b.id AS b_id, c.id AS c_id FROM categories a, categories b, categories c WHERE a.id = b.parent_id AND b.id = c.parent_id
SELECT e.kind, c.name FROM app.events e LEFT JOIN customers c ON c.id = e.customer_id AND c.active
SELECT orders.id, customers.name FROM orders LEFT JOIN customers ON customers.id = orders.customer_id, products
SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL
-- Subqueries
SELECT id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders FROM customers c
SELECT id, (SELECT max(total) FROM orders WHERE customer_id = customers.id) FROM customers
SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
SELECT id FROM customers c WHERE NOT EXISTS (SELECT * FROM orders o WHERE o.customer_id = c.id AND o.total > 100)
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'paid')
SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)
SELECT id FROM customers WHERE id = ANY (SELECT customer_id FROM orders)
SELECT id FROM orders WHERE total > ALL (SELECT price FROM items WHERE order_id = orders.id)
SELECT id FROM orders WHERE total = (SELECT max(total) FROM orders)
SELECT id FROM orders WHERE (customer_id, placed_on) IN (SELECT customer_id, max(placed_on) FROM orders GROUP BY customer_id)
SELECT id, ARRAY(SELECT i.product_id FROM items i WHERE i.order_id = o.id ORDER BY i.line) AS products FROM orders o
SELECT s.customer_id, s.n FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) s WHERE s.n > 3
SELECT x.id FROM (SELECT y.id FROM (SELECT id FROM orders WHERE total > 1) y WHERE y.id > 2) x
SELECT c.name, t.total FROM customers c JOIN (SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1) t ON t.customer_id = c.id
SELECT EXISTS (SELECT 1 FROM orders) AS any, EXISTS (SELECT FROM items)
SELECT x.* FROM (SELECT c.id, o.id FROM customers c, orders o) x (c_id, o_id)
-- Aggregates
SELECT customer_id, count(*), sum(total), avg(total), min(placed_on), max(note) FROM orders GROUP BY customer_id
SELECT status, count(*) AS n FROM orders GROUP BY status HAVING count(*) > 5 ORDER BY n DESC
SELECT status AS s, sum(discount) FROM orders GROUP BY s
SELECT date_trunc('month', placed_on) AS month, sum(total) FROM orders GROUP BY 1 ORDER BY 1
SELECT customer_id, count(DISTINCT status), count(note) AS notes, sum(DISTINCT priority) FROM orders GROUP BY customer_id
SELECT customer_id, count(*) FILTER (WHERE status = 'paid') AS paid, sum(total) FILTER (WHERE total > 0) FROM orders GROUP BY customer_id
SELECT string_agg(name, ', ' ORDER BY name), array_agg(id ORDER BY id DESC), json_agg(name) FROM customers
SELECT string_agg(DISTINCT country, ',') AS c, bool_and(active), bool_or(active), every(active) FROM customers
SELECT jsonb_object_agg(name, id) AS o, jsonb_agg(jsonb_build_object('id', id) ORDER BY id) AS a FROM customers
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) AS median, mode() WITHIN GROUP (ORDER BY status) FROM orders
SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY total DESC) AS p FROM orders
SELECT customer_id, status, sum(total) FROM orders GROUP BY ROLLUP (customer_id, status)
SELECT customer_id, status, sum(total), grouping(customer_id, status) FROM orders GROUP BY CUBE (customer_id, status)
SELECT customer_id, status, sum(total) FROM orders GROUP BY GROUPING SETS ((customer_id, status), (customer_id), ())
SELECT customer_id, status, placed_on, count(*) FROM orders GROUP BY customer_id, ROLLUP (status, placed_on)
SELECT c.id, c.name, count(o.id) AS n FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id
SELECT c.*, count(o.id) AS n FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id
SELECT stddev(total), variance(discount), corr(discount, priority) FROM orders
SELECT sum(quantity * price) AS total, sum(quantity)::int AS n, sum(quantity) / count(*) AS mean FROM items
SELECT coalesce(sum(total), 0) AS total, round(avg(total), 2) AS mean, max(id) FROM orders
SELECT count(*) > 5 AS many, min(name), max(country), min(status) AS s, max(created_at) AS c FROM customers, orders
SELECT lower(name) AS n, count(*) FROM customers GROUP BY lower(name) ORDER BY lower(name)
SELECT extract(year FROM placed_on)::int AS year, count(*) FROM orders GROUP BY year
-- Windows
SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY placed_on DESC) AS rn FROM orders
SELECT id, rank() OVER w, dense_rank() OVER w AS d FROM orders WINDOW w AS (PARTITION BY status ORDER BY total)
SELECT id, sum(total) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM orders
SELECT id, avg(total) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING), ntile(4) OVER (ORDER BY total) FROM orders
SELECT id, lag(total) OVER (ORDER BY id) AS previous, lead(total, 1, 0.0) OVER (ORDER BY id) AS next FROM orders
SELECT id, first_value(total) OVER (PARTITION BY customer_id ORDER BY id), count(*) OVER () AS all FROM orders
SELECT id, sum(total) FILTER (WHERE status = 'paid') OVER (PARTITION BY customer_id) AS paid FROM orders
SELECT id, total / sum(total) OVER (PARTITION BY customer_id) AS share FROM orders
SELECT id, sum(total) OVER (w ORDER BY id) AS s FROM orders WINDOW w AS (PARTITION BY customer_id)
SELECT x.id FROM (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY id) AS rn FROM orders) x WHERE x.rn = 1
SELECT id, max(total) OVER (ORDER BY placed_on RANGE BETWEEN '7 days'::interval PRECEDING AND CURRENT ROW) AS m FROM orders
SELECT customer_id, sum(sum(total)) OVER (ORDER BY customer_id) AS running FROM orders GROUP BY customer_id
SELECT id, rank() OVER (ORDER BY total DESC NULLS LAST, id) AS r, sum(total) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS s FROM orders
-- WITH
WITH paid AS (SELECT * FROM orders WHERE status = 'paid') SELECT customer_id, count(*) FROM paid GROUP BY customer_id
WITH a AS (SELECT id FROM orders), b AS (SELECT id FROM a WHERE id > 5) SELECT a.id, b.id AS b_id FROM a JOIN b ON a.id = b.id
WITH t (x, y) AS (SELECT id, name FROM customers) SELECT y, x FROM t
WITH t AS MATERIALIZED (SELECT id FROM orders) SELECT * FROM t
WITH t AS NOT MATERIALIZED (SELECT id FROM orders) SELECT t.id + 1 AS n FROM t
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n
WITH RECURSIVE tree AS (SELECT id, parent_id, name, 1 AS depth FROM categories WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name, t.depth + 1 FROM categories c JOIN tree t ON t.id = c.parent_id) SELECT * FROM tree
WITH RECURSIVE p (id, path) AS (SELECT id, ARRAY[id] FROM categories UNION SELECT c.id, p.path || c.id FROM categories c, p WHERE c.parent_id = p.id AND NOT c.id = ANY (p.path)) SELECT id, array_length(path, 1) AS n FROM p
WITH o AS (WITH i AS (SELECT order_id, sum(price) AS s FROM items GROUP BY order_id) SELECT orders.id, i.s FROM orders LEFT JOIN i ON i.order_id = orders.id) SELECT o.id, o.s FROM o
WITH x AS (SELECT 1 AS a) SELECT a, (WITH x AS (SELECT 2 AS a) SELECT a FROM x) AS b FROM x
-- Set operations and VALUES
SELECT id FROM customers UNION SELECT id FROM products
SELECT id, name FROM customers UNION ALL SELECT id, name FROM products ORDER BY name
SELECT id FROM customers UNION SELECT id FROM products UNION ALL SELECT id FROM categories
(SELECT id FROM customers EXCEPT SELECT customer_id FROM orders) INTERSECT SELECT parent_id FROM customers
SELECT id FROM customers EXCEPT (SELECT customer_id FROM orders INTERSECT SELECT id FROM products)
SELECT 'c' AS kind, id, name FROM customers UNION ALL SELECT 'p', id, name FROM products
SELECT id, NULL AS note FROM customers UNION ALL SELECT id, note FROM orders
SELECT id, balance FROM customers UNION ALL SELECT id, weight FROM products ORDER BY 2 DESC, id
(SELECT id FROM orders ORDER BY total LIMIT 5) UNION ALL (SELECT id FROM orders ORDER BY total DESC LIMIT 5)
SELECT x.id FROM (SELECT id FROM customers UNION SELECT id FROM products) x WHERE x.id > 3
VALUES (1, 'a'), (2, 'b')
SELECT v.a, v.b FROM (VALUES (1, 'x'), (2, 'y')) AS v (a, b)
SELECT column1 + 1 AS n, column2 FROM (VALUES (1, 'x'), (2, NULL)) v
SELECT c.id, v.label FROM customers c JOIN (VALUES ('DE', 'Germany'), ('FR', 'France')) v (code, label) ON v.code = c.country
SELECT 1 AS a UNION SELECT 2.5 UNION SELECT 3
-- DISTINCT, ORDER BY, LIMIT
SELECT DISTINCT country FROM customers
SELECT DISTINCT ON (customer_id) customer_id, id, total FROM orders ORDER BY customer_id, placed_on DESC
SELECT DISTINCT ON (country, lower(name)) id, country FROM customers ORDER BY country, lower(name), id
SELECT id, total AS t FROM orders ORDER BY t DESC NULLS LAST, id ASC
SELECT id, name FROM customers ORDER BY 2, 1 DESC
SELECT id FROM orders ORDER BY total * 2 DESC, lower(note) NULLS FIRST
SELECT id FROM orders ORDER BY id LIMIT 10 OFFSET 5
SELECT id FROM orders ORDER BY id FETCH FIRST 3 ROWS ONLY
SELECT id FROM orders ORDER BY total FETCH FIRST 3 ROWS WITH TIES
SELECT id FROM orders ORDER BY id LIMIT (SELECT count(*) FROM customers)
SELECT id FROM orders OFFSET 3
SELECT id FROM orders LIMIT ALL
SELECT o.id FROM orders o WHERE o.total > 1 FOR UPDATE
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id FOR SHARE OF o NOWAIT
-- Functions in FROM, LATERAL
SELECT n FROM generate_series(1, 10) n
SELECT g.day::date AS day FROM generate_series('2024-01-01'::date, '2024-12-31'::date, '1 day'::interval) AS g (day)
SELECT d.day, count(o.id) AS n FROM generate_series(now() - interval '7 days', now(), interval '1 day') d (day) LEFT JOIN orders o ON o.placed_on = d.day::date GROUP BY d.day
SELECT c.id, t.tag FROM customers c, unnest(c.tags) AS t (tag)
SELECT c.id, tag FROM customers c CROSS JOIN LATERAL unnest(c.tags) tag
SELECT c.id, t.tag, t.n FROM customers c LEFT JOIN LATERAL unnest(c.tags) WITH ORDINALITY AS t (tag, n) ON true
SELECT e.id, x.key, x.value FROM app.events e, jsonb_each(e.payload) x
SELECT e.id, x ->> 'a' AS a FROM app.events e CROSS JOIN LATERAL jsonb_array_elements(e.payload -> 'list') x
SELECT e.id, p.* FROM app.events e, LATERAL jsonb_each_text(e.payload) AS p (k, v)
SELECT c.id, l.id AS last_order, l.total FROM customers c LEFT JOIN LATERAL (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_on DESC LIMIT 1) l ON true
SELECT c.id, s.n FROM customers c, LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer_id = c.id) s
SELECT t.customer, t.spent FROM top_customers(5) t
SELECT * FROM top_customers(5)
SELECT o.id, o.total FROM customers c, orders_of(c.id) o
SELECT r.a, r.b FROM jsonb_to_recordset('[{"a": 1, "b": "x"}]') AS r (a int, b text)
SELECT e.id, r.a FROM app.events e, jsonb_to_record(e.payload) AS r (a int, b numeric(5,2))
SELECT i, s FROM unnest(ARRAY[1, 2], ARRAY['a', 'b']) AS u (i, s)
SELECT m[1] AS first FROM regexp_matches('a1b2', '[a-z]', 'g') AS m
SELECT unnest(tags) AS tag, id FROM customers
SELECT id, generate_series(1, 3) AS n, jsonb_object_keys(meta) FROM customers
SELECT s FROM string_to_table('a,b', ',') s
-- As in real projects
SELECT u.id, u.name, COALESCE(o.order_count, 0) AS order_count, COALESCE(o.total_spent, 0) AS total_spent, o.last_order FROM customers u LEFT JOIN (SELECT customer_id, COUNT(*) AS order_count, SUM(total) AS total_spent, MAX(placed_on) AS last_order FROM orders WHERE status != 'gone' GROUP BY customer_id) o ON u.id = o.customer_id WHERE u.active = true
SELECT c.relname AS table_name, n.nspname AS schema, pg_size_pretty(pg_total_relation_size(c.oid)) AS size FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
SELECT date_trunc('day', e.at) AS day, e.kind, count(*) AS events, count(DISTINCT e.customer_id) AS users, percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM e.took)) AS p95 FROM app.events e WHERE e.at >= now() - interval '90 days' GROUP BY 1, 2
WITH monthly AS (SELECT date_trunc('month', placed_on)::date AS month, sum(total) AS revenue FROM orders WHERE status IN ('paid', 'sent') GROUP BY 1) SELECT month, revenue, lag(revenue) OVER (ORDER BY month) AS before, round(100.0 * (revenue - lag(revenue) OVER (ORDER BY month)) / nullif(lag(revenue) OVER (ORDER BY month), 0), 2) AS growth FROM monthly
SELECT p.id, p.name, array_agg(DISTINCT c.name) FILTER (WHERE c.name IS NOT NULL) AS categories, CASE WHEN sum(i.quantity) > 100 THEN 'hot' WHEN sum(i.quantity) > 10 THEN 'warm' ELSE 'cold' END AS demand FROM products p LEFT JOIN categories c ON c.id = p.category_id LEFT JOIN items i ON i.product_id = p.id GROUP BY p.id, p.name HAVING count(i.line) >= 1
SELECT o.id, jsonb_build_object('customer', jsonb_build_object('id', c.id, 'name', c.name), 'items', (SELECT jsonb_agg(jsonb_build_object('product', p.name, 'quantity', i.quantity) ORDER BY i.line) FROM items i JOIN products p ON p.id = i.product_id WHERE i.order_id = o.id)) AS document FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT c.id, c.name, (c.created_at AT TIME ZONE 'utc')::date AS joined, now()::date - c.created_at::date AS days, (EXTRACT(epoch FROM now() - c.created_at) / 86400)::int AS d FROM customers c WHERE lower(c.email) LIKE '%@example.com' AND c.country IS NOT NULL
SELECT id, to_tsvector('english', name || ' ' || coalesce(note, '')) AS document FROM (SELECT p.id, p.name, o.note FROM products p LEFT JOIN orders o ON o.id = p.id) s WHERE to_tsvector('english', name) @@ plainto_tsquery('english', 'x')
SELECT current_setting('app.user', true)::int AS me, c.* FROM customers c WHERE c.id = current_setting('app.user', true)::int
-- As PostgreSQL's own views are written
SELECT rolname AS name, oid AS id, ARRAY(SELECT member FROM pg_auth_members m WHERE m.roleid = r.oid) AS members FROM pg_authid r WHERE NOT rolcanlogin
SELECT l.objoid, CASE WHEN rel.relkind IN ('r', 'p') THEN 'table'::text WHEN rel.relkind = 'v' THEN 'view'::text END AS kind FROM pg_seclabel l JOIN pg_class rel ON l.classoid = rel.tableoid AND l.objoid = rel.oid WHERE l.classoid = 'pg_catalog.pg_largeobject'::regclass
SELECT id, (SELECT id FROM orders WHERE customer_id = c.id ORDER BY id LIMIT 1) AS first FROM customers c WHERE id OPERATOR(pg_catalog.>) 3
SELECT id FROM customers WHERE email ISNULL OR country NOTNULL
