-- # COMMIT and ROLLBACK
BEGIN;
CREATE TABLE a (x int);
COMMIT;
BEGIN TRANSACTION;
CREATE TABLE b (x int);
DROP TABLE a;
ROLLBACK;
START TRANSACTION;
ALTER TABLE a ADD COLUMN y int;
END;
BEGIN;
CREATE TYPE mood AS ENUM ('x');
CREATE TABLE c (m mood);
ABORT;
CREATE TABLE c (m mood); -- refused: 42704
COMMIT;
ROLLBACK;
CREATE TABLE d (x int);

-- # SET LOCAL says something of a transaction
CREATE SCHEMA other;
SET LOCAL search_path = other;
CREATE TABLE here (x int);
BEGIN;
SET LOCAL search_path = other;
CREATE TABLE there (x int);
COMMIT;
CREATE TABLE here_again (x int);

-- # Savepoints
BEGIN;
CREATE TABLE a (x int);
SAVEPOINT one;
ALTER TABLE a ADD COLUMN y int;
SAVEPOINT two;
ALTER TABLE a ADD COLUMN z int;
ROLLBACK TO SAVEPOINT two;
CREATE TABLE b (x int);
ROLLBACK TO one;
ROLLBACK TO two; -- refused: 3B001
CREATE TABLE c (x int);
RELEASE SAVEPOINT one;
RELEASE one; -- refused: 3B001
COMMIT;
SAVEPOINT x; -- refused: 25P01
ROLLBACK TO x; -- refused: 25P01
RELEASE x; -- refused: 25P01

-- # A savepoint of the same name hides the older one
BEGIN;
SAVEPOINT s;
CREATE TABLE a (x int);
SAVEPOINT s;
CREATE TABLE b (x int);
ROLLBACK TO s;
RELEASE s;
ROLLBACK TO s;
CREATE TABLE c (x int);
COMMIT;

-- # AND CHAIN, and a BEGIN in a transaction
BEGIN;
CREATE TABLE a (x int);
COMMIT AND CHAIN;
CREATE TABLE b (x int);
ROLLBACK AND CHAIN;
CREATE TABLE c (x int);
BEGIN;
CREATE TABLE d (x int);
COMMIT;
BEGIN;
DROP TABLE c;
ROLLBACK;

-- # What was refused in a transaction leaves nothing behind
BEGIN;
CREATE TABLE a (x int, y int);
ALTER TABLE a ADD COLUMN z int, DROP COLUMN nosuch; -- refused: 42703
CREATE TABLE b (x int REFERENCES nosuch); -- refused: 42P01
DROP TABLE a, nosuch; -- refused: 42P01
CREATE VIEW v AS SELECT x FROM a;
DROP TABLE a; -- refused: 2BP01
ALTER TABLE a DROP COLUMN y, DROP COLUMN x; -- refused: 2BP01
COMMIT;

-- # What a transaction refuses
CREATE TABLE t (a int);
BEGIN;
VACUUM t; -- refused: 25001
CREATE DATABASE x; -- refused: 25001
ALTER SYSTEM SET work_mem = '5MB'; -- refused: 25001
REINDEX TABLE CONCURRENTLY t; -- refused: 25001
DROP INDEX CONCURRENTLY IF EXISTS nosuch; -- refused: 25001
ROLLBACK;

-- # DO blocks
CREATE TABLE t (a int);
DO $$ BEGIN
    ALTER TABLE t ADD COLUMN b int;
    CREATE INDEX t_b ON t (b);
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c') THEN
        ALTER TABLE t ADD COLUMN c int;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN
        ALTER TABLE t ADD COLUMN b int;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'nosuch') THEN
        DROP TABLE nosuch;
    END IF;
END $$;
DO $$ BEGIN
    CREATE TYPE mood AS ENUM ('x');
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
DO $$ BEGIN
    CREATE TYPE mood AS ENUM ('y');
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
DO $$ BEGIN
    CREATE TABLE u (a int);
    CREATE TABLE t (a int);
END $$; -- refused: 42P07
DO $$ BEGIN
    CREATE TABLE u (a int);
    CREATE TABLE t (a int);
EXCEPTION WHEN duplicate_table THEN
    CREATE TABLE w (a int);
END $$;

-- # Handlers undo what their own block did
CREATE TABLE t (a int);
DO $$ BEGIN
    CREATE TABLE outside (a int);
    BEGIN
        CREATE TABLE inside (a int);
        ALTER TABLE t ADD COLUMN a int;
        CREATE TABLE never (a int);
    EXCEPTION WHEN duplicate_table THEN
        CREATE TABLE wrong (a int);
    WHEN duplicate_column OR undefined_table THEN
        CREATE TABLE right_one (a int);
    WHEN others THEN
        CREATE TABLE too_late (a int);
    END;
    CREATE TABLE behind (a int);
END $$;
DO $$ BEGIN
    BEGIN
        CREATE TABLE gone (a int);
        BEGIN
            CREATE TABLE gone_too (a int);
            DROP TABLE nosuch;
        EXCEPTION WHEN duplicate_table THEN NULL;
        END;
    EXCEPTION WHEN undefined_table THEN
        CREATE TABLE outer_handler (a int);
    END;
END $$;
DO $$ BEGIN
    ALTER TABLE t ADD COLUMN b int;
    CREATE TYPE mood AS ENUM ('x');
EXCEPTION WHEN duplicate_column OR duplicate_object THEN
    CREATE TABLE no_error (a int);
END $$;
DO $$ BEGIN
    BEGIN
        CREATE TABLE t (a int);
    EXCEPTION WHEN duplicate_table THEN
        DROP TABLE nosuch;
    END;
END $$; -- refused: 42P01

-- # Savepoints and LOCAL settings
CREATE SCHEMA one;
CREATE SCHEMA two;
BEGIN;
SET search_path = one;
SAVEPOINT s;
SET search_path = two;
CREATE TABLE t (a int);
ROLLBACK TO s;
CREATE TABLE t (b int);
SET LOCAL search_path = two;
CREATE TABLE u (b int);
COMMIT;
CREATE TABLE w (b int);
BEGIN;
SET LOCAL search_path = two;
SAVEPOINT s;
SET LOCAL search_path = public;
ROLLBACK TO s;
CREATE TABLE x (b int);
RELEASE s;
ROLLBACK;
CREATE TABLE y (b int);
RESET search_path;
CREATE TABLE z (b int);
