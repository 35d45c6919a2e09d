-- What the views of queries.sql read.
CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent', 'gone');
CREATE TYPE address AS (street text, city varchar(40), zip integer);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE SCHEMA app;
CREATE SCHEMA stats;

CREATE TABLE customers (
    id serial PRIMARY KEY,
    name varchar(100) NOT NULL,
    email text,
    country char(2),
    created_at timestamptz NOT NULL DEFAULT now(),
    active boolean NOT NULL DEFAULT true,
    tags text[],
    meta jsonb,
    parent_id int REFERENCES customers (id),
    balance numeric(12,2),
    rating real,
    home address
);

CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers (id),
    status order_status NOT NULL DEFAULT 'open',
    placed_on date NOT NULL,
    total numeric(10,2) NOT NULL,
    shipped_at timestamp,
    note text,
    discount double precision,
    priority smallint
);

CREATE TABLE products (
    id int PRIMARY KEY,
    name text NOT NULL,
    category_id int,
    attrs json,
    weight real,
    "Sku" varchar(20),
    stock positive
);

CREATE TABLE items (
    order_id bigint REFERENCES orders (id),
    line smallint,
    product_id int REFERENCES products (id),
    quantity int NOT NULL,
    price numeric(8,2) NOT NULL,
    PRIMARY KEY (order_id, line)
);

CREATE TABLE categories (id int PRIMARY KEY, parent_id int, name text NOT NULL, path text);

CREATE TABLE app.events (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL,
    ip inet,
    took interval,
    scores int[],
    day date,
    customer_id int,
    moment time,
    flags bit varying(8)
);

CREATE TABLE stats.daily (day date, kind text, amount bigint, share double precision);

CREATE FUNCTION order_total(bigint) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT total FROM orders WHERE id = $1';
CREATE FUNCTION top_customers(int) RETURNS TABLE (customer int, spent numeric) LANGUAGE sql STABLE
    AS 'SELECT customer_id, sum(total) FROM orders GROUP BY 1 LIMIT $1';
CREATE FUNCTION orders_of(int) RETURNS SETOF orders LANGUAGE sql STABLE AS 'SELECT * FROM orders WHERE customer_id = $1';
