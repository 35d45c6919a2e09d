//! Statements that change or ask for data: what is read, and what is not.

use super::super::{operations, read};
use super::*;
use crate::ops::{Insert, InsertSource, OnConflict};
use crate::schema::{Expr, Literal};
use crate::text::Span;

const ALL: [Dialect; 3] = [Dialect::Postgres, Dialect::Sqlite, Dialect::Mysql];

fn insert(text: &str, dialect: Dialect) -> Insert {
    match operations(text, dialect).into_iter().next() {
        Some(Operation::Insert(insert)) => *insert,
        other => panic!("{text}: {other:?}"),
    }
}

fn is_opaque(text: &str, dialect: Dialect) -> bool {
    operations(text, dialect).iter().any(|operation| matches!(operation, Operation::Opaque { .. }))
}

#[test]
fn rows_are_counted_and_the_first_are_kept() {
    for dialect in ALL {
        let one = insert("INSERT INTO s.t (a, b) VALUES (1, 'x'), (NULL, 'y')", dialect);
        assert_eq!((one.table.to_string(), one.columns.len()), ("s.t".to_owned(), 2));
        let InsertSource::Values { count: 2, rows } = one.source else { panic!("{:?}", one.source) };
        assert_eq!(rows[0][0], Expr::Literal(Literal::Number("1".to_owned())));
        assert!(rows[1][0].is_null());
        assert_eq!(one.on_conflict, OnConflict::Fail);
    }
    let many = format!("INSERT INTO t VALUES {}", vec!["(1, f(2))"; 3_000].join(", "));
    let InsertSource::Values { count: 3_000, rows } = insert(&many, Dialect::Postgres).source else {
        panic!()
    };
    assert_eq!(rows.len(), 64);
    assert!(is_opaque(&format!("{many} GARBAGE"), Dialect::Postgres));
}

#[test]
fn where_rows_come_from() {
    let source = |text: &str| insert(text, Dialect::Postgres).source;
    assert_eq!(source("INSERT INTO t DEFAULT VALUES"), InsertSource::Defaults);
    let table = [
        ("INSERT INTO t SELECT * FROM a JOIN s.b ON true", false, "[a, s.b]"),
        ("INSERT INTO t (SELECT 1)", false, "[]"),
        ("INSERT INTO t (a) SELECT 1 WHERE NOT EXISTS (SELECT FROM t WHERE a = 1)", true, "[t]"),
        ("INSERT INTO t SELECT a FROM b WHERE a NOT IN (SELECT a FROM t)", true, "[b, t]"),
        ("INSERT INTO t SELECT a FROM b WHERE a NOT IN (1, 2)", false, "[b]"),
        ("INSERT INTO t SELECT b.a FROM b LEFT JOIN t ON t.a = b.a WHERE t.a IS NULL", true, "[b, t]"),
        ("INSERT INTO t WITH x AS (SELECT 1 FROM c) SELECT * FROM x", false, "[c]"),
        ("INSERT INTO t SELECT 1 FROM a ON CONFLICT (a) DO NOTHING", false, "[a]"),
    ];
    for (text, anti_join, reads) in table {
        match source(text) {
            InsertSource::Query { anti_join: found, reads: tables, .. } => {
                assert_eq!((found, format!("{tables:?}").as_str()), (anti_join, reads), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_happens_when_the_row_is_there() {
    let handled = |text: &str, dialect| match insert(text, dialect).on_conflict {
        OnConflict::Fail => "fail".to_owned(),
        OnConflict::Handled { target, constraint } => format!("{target:?} {constraint:?}"),
    };
    let table = [
        ("INSERT INTO t VALUES (1)", Dialect::Postgres, "fail"),
        ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", Dialect::Postgres, "[] None"),
        (
            "INSERT INTO t VALUES (1) ON CONFLICT (a, b) WHERE c DO UPDATE SET d = EXCLUDED.d WHERE t.d <> 1 RETURNING a",
            Dialect::Postgres,
            "[\"a\", \"b\"] None",
        ),
        ("INSERT INTO t VALUES (1) ON CONFLICT (lower(a)) DO NOTHING", Dialect::Postgres, "[] None"),
        (
            "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT u DO NOTHING",
            Dialect::Postgres,
            "[] Some(\"u\")",
        ),
        ("INSERT OR IGNORE INTO t VALUES (1)", Dialect::Sqlite, "[] None"),
        ("INSERT OR ABORT INTO t VALUES (1)", Dialect::Sqlite, "fail"),
        ("REPLACE INTO t VALUES (1)", Dialect::Sqlite, "[] None"),
        (
            "INSERT INTO t VALUES (1) ON CONFLICT(a) DO UPDATE SET a = 1 ON CONFLICT DO NOTHING",
            Dialect::Sqlite,
            "[] None",
        ),
        ("INSERT IGNORE INTO t SET a = 1, b = 'x'", Dialect::Mysql, "[] None"),
        ("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a)", Dialect::Mysql, "[] None"),
    ];
    for (text, dialect, expected) in table {
        assert_eq!(handled(text, dialect), expected, "{text}");
    }
    let text = "INSERT INTO t VALUES (1) RETURNING id";
    assert_eq!(insert(text, Dialect::Postgres).returning, Some(Span::new(25, 37)));
}

#[test]
fn updates_and_deletes_say_whether_they_are_limited() {
    let brief = |text: &str, dialect| match operations(text, dialect).as_slice() {
        [Operation::Update { table, columns, limited, .. }] => format!("{table} {columns:?} {limited}"),
        [Operation::Delete { table, limited, without, .. }] if without.is_empty() => {
            format!("{table} {limited}")
        }
        [Operation::Delete { table, limited, without, .. }] => format!("{table} {limited} {without:?}"),
        other => format!("{other:?}"),
    };
    let table = [
        ("UPDATE t SET a = 1", Dialect::Postgres, "t [\"a\"] false"),
        (
            "UPDATE s.t * AS x SET a = 1, (b, c) = (1, 2), d[1].e = 3 WHERE a IS DISTINCT FROM 2",
            Dialect::Postgres,
            "s.t [\"a\", \"b\", \"c\", \"d\"] true",
        ),
        ("UPDATE t SET a = x IS DISTINCT FROM y", Dialect::Postgres, "t [\"a\"] false"),
        ("UPDATE t x SET a = b.a FROM b", Dialect::Postgres, "t [\"a\"] true"),
        ("UPDATE t SET a = 1 WHERE true RETURNING a", Dialect::Postgres, "t [\"a\"] false"),
        ("UPDATE t SET a = (SELECT b FROM c WHERE d) ", Dialect::Postgres, "t [\"a\"] false"),
        ("UPDATE OR IGNORE t SET a = 1 WHERE b", Dialect::Sqlite, "t [\"a\"] true"),
        ("UPDATE t JOIN u ON t.id = u.id SET t.a = u.a", Dialect::Mysql, "t [\"a\"] true"),
        ("UPDATE t a, t b SET a.x = 1 WHERE a.y > b.y", Dialect::Mysql, "t [\"x\"] true"),
        ("UPDATE t SET a = 1 LIMIT 10", Dialect::Mysql, "t [\"a\"] true"),
        ("DELETE FROM t", Dialect::Postgres, "t false"),
        ("UPDATE t SET a = NULL, b = NULL::int, c = 1", Dialect::Postgres, "t [\"b\", \"c\"] false"),
        ("UPDATE ONLY t SET a = DEFAULT", Dialect::Postgres, "t [\"a\"] false"),
        ("DELETE FROM ONLY t AS x USING b WHERE x.a = b.a", Dialect::Postgres, "t true"),
        ("DELETE FROM t WHERE 1=1", Dialect::Sqlite, "t false"),
        ("DELETE FROM t WHERE a IS NULL OR t.b IS NULL", Dialect::Postgres, "t true [\"a\", \"b\"]"),
        ("DELETE FROM t WHERE a IS NULL AND b = 1", Dialect::Postgres, "t true"),
        ("DELETE x FROM t AS x JOIN u ON x.a = u.a", Dialect::Mysql, "t true"),
    ];
    for (text, dialect, expected) in table {
        assert_eq!(brief(text, dialect), expected, "{text}");
    }
}

#[test]
fn other_statements() {
    let brief = |text: &str| format!("{:?}", operations(text, Dialect::Postgres));
    assert_eq!(
        brief("TRUNCATE TABLE a, ONLY s.b * RESTART IDENTITY CASCADE"),
        "[Truncate { tables: [a, s.b], cascade: true, restart: true, only: false }]"
    );
    assert_eq!(
        brief("MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED THEN INSERT DEFAULT VALUES"),
        "[Merge { table: t }]"
    );
    let calls = "[Query { calls: [Call { name: \"s.f\", arguments: [Some(\"t\"), Some(\"1\"), None, Some(\"true\")] }, \
                 Call { name: \"g\", arguments: [] }], reads: [x], locks: false }]";
    assert_eq!(brief("SELECT s.f('t'::regclass, 1, a, true), b IN (1) FROM x WHERE g()"), calls);
    let asks = |text: &str, reads: &str, locks: bool| {
        assert_eq!(
            brief(text),
            format!("[Query {{ calls: [], reads: [{reads}], locks: {locks} }}]"),
            "{text}"
        );
    };
    asks("VALUES (1), (2)", "", false);
    asks("TABLE t", "t", false);
    asks("(SELECT 1) UNION SELECT 2 FROM s.t", "s.t", false);
    asks("WITH a AS (SELECT 1 FROM b) SELECT * FROM a JOIN c USING (d) FOR UPDATE", "b, c", true);
    asks("SELECT", "", false);
}

#[test]
fn select_into_makes_a_table() {
    let Some(Operation::CreateTable(table)) =
        operations("SELECT a, b INTO TEMP TABLE s.x FROM t", Dialect::Postgres).into_iter().next()
    else {
        panic!("no table");
    };
    assert!(table.from_query && table.temporary && table.name.to_string() == "s.x");
}

#[test]
fn each_change_in_a_with_is_an_operation() {
    let text = "WITH gone AS (DELETE FROM a WHERE b RETURNING *), put AS (INSERT INTO c SELECT * FROM gone) UPDATE d SET e = 1";
    let script = read(text, Span::new(0, text.len() as u32), Dialect::Postgres);
    let ops = &script.statements[0].ops;
    assert!(matches!(
        (&ops[0].kind, &ops[1].kind, &ops[2].kind),
        (
            Operation::Delete { limited: true, .. },
            Operation::Insert(_),
            Operation::Update { limited: false, .. }
        )
    ));
    assert_eq!(&text[ops[0].span.range()], "DELETE FROM a WHERE b RETURNING *");
    assert_eq!(&text[ops[2].span.range()], text);
}

#[test]
fn mistakes_are_not_read_over() {
    let wrong = [
        "UPDATE t SET a = 1 WERE id = 2",
        "UPDATE t SET a = 1, WHERE id = 2",
        "SELEC 1",
        "DELETE FORM t",
        "DELETE FROM t WHERE a = 1 DELETE FROM t",
        "INSERT INTO t VALUS (1)",
        "INSERT INTO t (a VALUES (1)",
        "INSERT INTO t VALUES (1 2)",
        "SELECT a b c FROM t",
        "SELECT * FROM t WHERE",
        "TRUNCATE t CASCAD",
    ];
    for text in wrong {
        for dialect in ALL {
            assert!(is_opaque(text, dialect), "{text} {dialect:?}");
        }
    }
}

/// PostgreSQL 15 and SQLite 3.40 parse each of them; `sqlparser` alone does not.
#[test]
fn what_sqlparser_does_not_know_is_read_all_the_same() {
    let postgres = [
        "INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)",
        "INSERT INTO t VALUES (1) ON CONFLICT (lower(a) COLLATE \"C\") DO UPDATE SET a = 1",
        "SELECT a::text COLLATE \"C\" FROM t ORDER BY a::text COLLATE \"C\"",
        "SELECT 'a' \n 'b'",
        "SELECT format('%s', VARIADIC ARRAY[1])",
        "SELECT (r).* FROM (SELECT ROW(1, 2) AS r) x",
        "SELECT * FROM ROWS FROM (f(1), g(2)) WITH ORDINALITY AS z",
        "SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN '1 day'::interval PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t",
        "UPDATE t SET a['b'] = 1, c[1:2] = ARRAY[1, 2] WHERE CURRENT OF x",
        "DELETE FROM t WHERE a ISNULL",
        "SELECT * FROM json_to_recordset('[]') AS (a int, b text)",
        "SELECT xmlelement(NAME a, 'b')",
        "SELECT 1 FROM t WHERE a IN ((SELECT 1), (SELECT 2))",
        "SELECT a FROM t FOR NO KEY UPDATE",
        "SELECT a @@ ANY ('{x}') FROM t",
        "WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a FROM x) CYCLE a SET b USING c SELECT * FROM x",
    ];
    for text in postgres {
        assert!(!is_opaque(text, Dialect::Postgres), "{text}: {:?}", operations(text, Dialect::Postgres));
    }
    let sqlite = [
        "SELECT * FROM t WHERE a GLOB '*x' AND b NOT GLOB 'y' AND c NOTNULL",
        "SELECT interval, a IS b FROM t INDEXED BY i",
        "UPDATE t SET a = (interval * 0.8)",
    ];
    for text in sqlite {
        assert!(!is_opaque(text, Dialect::Sqlite), "{text}: {:?}", operations(text, Dialect::Sqlite));
    }
}

#[test]
fn rows_locked_in_sqlite_are_named() {
    let other = Operation::Other { verb: "SELECT FOR UPDATE".to_owned() };
    assert_eq!(operations("SELECT * FROM t FOR UPDATE", Dialect::Sqlite), [other]);
}
