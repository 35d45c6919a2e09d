-- What the expressions of postgres.sql read.
CREATE TYPE order_status AS ENUM ('open', 'paid');
CREATE TYPE "Odd Type" AS ENUM ('x', 'y');
CREATE TYPE address AS (street text, city varchar(40), zip integer);
CREATE SCHEMA app;
CREATE TYPE app.kind AS ENUM ('a', 'b');
CREATE FUNCTION f(a integer, b integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION "Odd Function"(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE TABLE t (
    a integer, b integer, c integer, x double precision, n text, m text, ok boolean, d date, ts timestamp, tz timestamptz,
    ints integer[], matrix integer[][], tags text[], j jsonb, ip inet, e order_status, home address, comps address[],
    "Mixed Case" integer, "user" text, "left" integer, "time" integer, "order" integer, "select" integer, "position" integer,
    "values" integer, "interval" integer, "ro""w" integer
);
