-- What the expressions of sqlite.sql read.
CREATE TABLE t (
    id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c REAL, n TEXT, m TEXT, ok BOOLEAN, j TEXT, d TEXT, raw BLOB,
    "Mixed Case" INTEGER, "index" INTEGER, "order" INTEGER, "set" TEXT, "values" INTEGER, "group" TEXT
);
INSERT INTO t VALUES
    (1, 1, 2, 1.5, 'abc', 'x', 1, '{"a": {"b": [1, 2]}, "c": "d"}', '2024-01-02', x'00ff', 5, 6, 7, 's', 8, 'g'),
    (2, 7, 3, -2.25, 'A%c', NULL, 0, '[1, "2", 3]', '2024-12-31 10:00:00', NULL, NULL, 1, 0, NULL, 2, ''),
    (3, NULL, 0, 0.0, '', 'it''s', NULL, NULL, NULL, x'', 0, NULL, NULL, '', NULL, NULL),
    (4, -3, -3, 1e10, '10', '010', 1, '{}', '2000-02-29', 'text', 3, 2, 1, 'order', 4, 'z');
