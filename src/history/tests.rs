//! Listings in, histories out: each tool with well-kept and odd files.

use super::*;
use crate::text::Source;

/// Histories of a project of these files, with what the caller decides.
fn discovered(files: &[(&str, &str)], asked: &Asked) -> (Sources, Vec<Sequence>) {
    let (sources, listing) = listed(files);
    let histories = discover(&listing, &sources, asked);
    (sources, histories)
}

fn listed(files: &[(&str, &str)]) -> (Sources, Vec<(String, FileId)>) {
    let mut sources = Sources::default();
    let listing = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), sources.add(Source::new(*path, text.as_bytes().to_vec()))))
        .collect();
    (sources, listing)
}

/// A history as text: a line for what it is, and one for everything in it.
fn shown(histories: &[Sequence], sources: &Sources) -> String {
    let mut out = String::new();
    for history in histories {
        let name = |file: FileId| {
            let path = sources.get(file).path.as_str();
            path.strip_prefix(&history.directory).unwrap_or(path).trim_start_matches('/')
        };
        let mut line = |text: String| {
            out.push_str(text.trim_end());
            out.push('\n');
        };
        line(format!(
            "{} in {}: {}, {:?}",
            history.tool.name, history.directory, history.engine, history.numbering
        ));
        for migration in &history.migrations {
            let part = |part: &Part| {
                let off = if part.switched_off.is_some() { " off" } else { "" };
                format!("{} {:?}{off}", name(part.file), part.wrap)
            };
            let down = migration.down.as_ref().map_or(String::new(), |down| format!(" < {}", part(down)));
            let repeatable = if migration.repeatable { " again" } else { "" };
            let engine =
                if migration.engine == history.engine { "" } else { migration.engine.dialect.name() };
            let head = format!("  {} {}{repeatable}:", migration.version, migration.name);
            line(format!("{head} {}{down} {engine}", part(&migration.up)));
        }
        for unread in &history.unread {
            line(format!("  unread {}", name(unread.file)));
        }
        for stray in &history.strays {
            line(format!("  stray {}: {:?}", name(stray.file), stray.reason));
        }
        for orphan in &history.orphan_downs {
            line(format!("  orphan {}", name(orphan.part.file)));
        }
        for companion in &history.companions {
            line(format!("  beside {}", name(*companion)));
        }
    }
    out
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let (sources, histories) = discovered(files, &Asked::NOTHING);
    let expected: String = expected.trim_matches('\n').lines().map(|line| format!("{line}\n")).collect();
    assert_eq!(shown(&histories, &sources), expected);
}

/// The text of a part.
fn text<'a>(sources: &'a Sources, part: &Part) -> &'a str {
    sources.get(part.file).slice(part.span)
}

const TABLE: &str = "CREATE TABLE t (id serial);";

#[test]
fn plain_files_pair_with_their_rollbacks_wherever_those_lie() {
    check(
        &[
            ("sql/schema.sql", TABLE),
            ("sql/seed_users.sql", "INSERT INTO t VALUES (1);"),
            ("sql/migrations/001_a.sql", TABLE),
            ("sql/migrations/001_a_rollback.sql", ""),
            ("sql/migrations/002-b.sql", TABLE),
            ("sql/migrations/002-b_down.sql", ""),
            ("sql/migrations/003_c.sql", TABLE),
            ("sql/migrations/003_c.down.sql", ""),
            ("sql/migrations/rollback/004_d.sql", ""),
            ("sql/migrations/004_d.sql", TABLE),
            ("sql/rollbacks/005_e.rollback.sql", ""),
            ("sql/migrations/005_e.sql", TABLE),
            ("sql/migrations/006_gone_rollback.sql", ""),
            ("sql/migrations/README.md", "# Migrations"),
            ("sql/migrations/.DS_Store", "\0"),
        ],
        "
plain in sql/migrations: postgres, Sequential
  001 a: 001_a.sql Nobody < 001_a_rollback.sql Nobody
  002 b: 002-b.sql Nobody < 002-b_down.sql Nobody
  003 c: 003_c.sql Nobody < 003_c.down.sql Nobody
  004 d: 004_d.sql Nobody < rollback/004_d.sql Nobody
  005 e: 005_e.sql Nobody < sql/rollbacks/005_e.rollback.sql Nobody
  orphan 006_gone_rollback.sql
  beside README.md
",
    );
}

#[test]
fn plain_files_that_will_not_run_are_strays_and_helpers_are_not() {
    check(
        &[
            ("migrations/001_a.sql", TABLE),
            ("migrations/002_b.sql", TABLE),
            ("migrations/3_c.sql", TABLE),
            ("migrations/0004_d.sql", TABLE),
            ("migrations/010_j.sql", TABLE),
            ("migrations/005_e.slq", TABLE),
            ("migrations/add_users.sql", TABLE),
            ("migrations/run_all.sql", ""),
            ("migrations/seed.sql", ""),
            ("migrations/notes.txt", ""),
        ],
        "
plain in migrations: postgres, Sequential
  001 a: 001_a.sql Nobody
  002 b: 002_b.sql Nobody
  3 c: 3_c.sql Nobody
  0004 d: 0004_d.sql Nobody
  010 j: 010_j.sql Nobody
  stray 0004_d.sql: WidthDiffers { has: 4, others: 3 }
  stray 005_e.slq: UnknownExtension
  stray 3_c.sql: WidthDiffers { has: 1, others: 3 }
  stray add_users.sql: WrongName
  beside run_all.sql
  beside seed.sql
",
    );
}

#[test]
fn numbers_may_outgrow_their_width_and_need_none() {
    check(
        &[("migrations/099_a.sql", TABLE), ("migrations/100_b.sql", TABLE), ("migrations/1000_c.sql", TABLE)],
        "
plain in migrations: postgres, Sequential
  099 a: 099_a.sql Nobody
  100 b: 100_b.sql Nobody
  1000 c: 1000_c.sql Nobody
",
    );
    check(
        &[("migrations/10_b.sql", TABLE), ("migrations/9_a.sql", TABLE), ("migrations/11_c.sql", TABLE)],
        "
plain in migrations: postgres, Sequential
  9 a: 9_a.sql Nobody
  10 b: 10_b.sql Nobody
  11 c: 11_c.sql Nobody
",
    );
}

#[test]
fn dates_versions_and_letters_put_plain_files_in_order() {
    check(
        &[
            ("db/2024-02-01-b.sql", TABLE),
            ("db/2023-12-31-a.sql", TABLE),
            ("db/2024-02-01T09:30.c.sql", TABLE),
        ],
        "
plain in db: postgres, Timestamp
  2023-12-31 a: 2023-12-31-a.sql Nobody
  2024-02-01 b: 2024-02-01-b.sql Nobody
  2024-02-01T09:30 c: 2024-02-01T09:30.c.sql Nobody
",
    );
    check(
        &[("migrations/v1.10_b.sql", TABLE), ("migrations/v1.9_a.sql", TABLE)],
        "
plain in migrations: postgres, Dotted
  1.9 a: v1.9_a.sql Nobody
  1.10 b: v1.10_b.sql Nobody
",
    );
    let files = [
        ("migrations/001_x.sql", TABLE),
        ("migrations/002_b_z.sql", TABLE),
        ("migrations/002_a_y.sql", TABLE),
        ("migrations/003_w.sql", TABLE),
    ];
    check(
        &files,
        "
plain in migrations: postgres, Sequential
  001 x: 001_x.sql Nobody
  002_a y: 002_a_y.sql Nobody
  002_b z: 002_b_z.sql Nobody
  003 w: 003_w.sql Nobody
",
    );
    let (_, histories) = discovered(&files, &Asked::NOTHING);
    assert_eq!(histories[0].gaps(), []);
    assert!(histories[0].compare("002_a", "002_b").is_lt());
}

#[test]
fn folders_named_after_versions_are_one_history() {
    check(
        &[
            ("store/migration/sqlite/LATEST.sql", TABLE),
            ("store/migration/sqlite/0.10/00__b.sql", TABLE),
            ("store/migration/sqlite/0.9/01__a.sql", TABLE),
            ("store/migration/sqlite/0.9/00__z.sql", TABLE),
            ("store/migration/sqlite/0.9/seed.sql", ""),
            ("store/migration/sqlite/v1.0/base.sql", TABLE),
        ],
        "
plain in store/migration/sqlite: sqlite, Dotted
  0.9/00 z: 0.9/00__z.sql Nobody
  0.9/01 a: 0.9/01__a.sql Nobody
  0.10/00 b: 0.10/00__b.sql Nobody
  v1.0 base: v1.0/base.sql Nobody
  beside LATEST.sql
  beside 0.9/seed.sql
",
    );
}

#[test]
fn numbered_files_that_are_no_migrations_stay_out() {
    check(
        &[
            ("queries/01_users.sql", "SELECT 1;"),
            ("queries/02_orders.sql", "SELECT 2;"),
            ("reports/2024/001_a.sql", TABLE),
            ("db/seeds/001_users.sql", "INSERT INTO t VALUES (1);"),
            ("docker-entrypoint-initdb.d/01_init.sql", TABLE),
            ("sql/001_only.sql", TABLE),
            ("sql/analysis/1_a.sql", "SELECT 1;"),
            ("sql/analysis/2_b.sql", "SELECT 2;"),
            ("templates/14.sql", "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (id int);"),
            ("templates/15.sql", "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (id int);"),
            ("schema.sql", TABLE),
            ("vendor/x/migrations/001_a.sql", TABLE),
            ("web/node_modules/x/migrations/001_a.up.sql", TABLE),
            ("testdata/migrations/001_a.up.sql", TABLE),
        ],
        "",
    );
}

#[test]
fn gaps_are_counted_where_numbers_are_counted() {
    let gaps = |files: &[(&str, &str)]| {
        let (_, histories) = discovered(files, &Asked::NOTHING);
        histories[0].gaps().iter().map(|gap| (gap.first, gap.last)).collect::<Vec<_>>()
    };
    let numbered = |numbers: &[&str]| {
        let files: Vec<String> = numbers.iter().map(|number| format!("migrations/{number}_x.sql")).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|path| (path.as_str(), TABLE)).collect();
        gaps(&files)
    };
    assert_eq!(numbered(&["001", "002", "004", "008"]), [(3, 3), (5, 7)]);
    assert_eq!(numbered(&["001", "002", "003", "20240101000000"]), []);
    assert_eq!(numbered(&["001", "003"]), [(2, 2)]);
    assert_eq!(numbered(&["010", "020", "030", "050"]), [], "room was left on purpose");
    assert_eq!(gaps(&[("db/V1__a.sql", TABLE), ("db/V3__b.sql", TABLE)]), [], "the others may lie elsewhere");
    let cargo = ("Cargo.toml", "refinery = \"0.8\"");
    let sql = [cargo, ("m/V1__a.sql", TABLE), ("m/V3__c.sql", TABLE), ("m/V4__d.sql", TABLE)];
    assert_eq!(gaps(&sql), [(2, 2)]);
    let in_rust = [&sql[..], &[("m/V2__b.rs", "")]].concat();
    assert_eq!(gaps(&in_rust), []);
    let misnamed = [&sql[..], &[("m/V2_b.sql", TABLE)]].concat();
    assert_eq!(gaps(&misnamed), [], "told of as a stray");
}

#[test]
fn versions_are_taken_twice_only_where_they_are_unique() {
    let duplicates = |files: &[(&str, &str)]| {
        let (sources, histories) = discovered(files, &Asked::NOTHING);
        let path = |file: FileId| sources.get(file).path.clone();
        histories[0]
            .duplicates()
            .iter()
            .map(|(second, first)| (path(*first), path(second.up.file)))
            .collect::<Vec<_>>()
    };
    let pair = |first: &str, second: &str| vec![(first.to_owned(), second.to_owned())];
    assert_eq!(
        duplicates(&[
            ("migrations/001_a.sql", TABLE),
            ("migrations/1_b.sql", TABLE),
            ("migrations/002_c.sql", TABLE)
        ]),
        pair("migrations/001_a.sql", "migrations/1_b.sql")
    );
    assert_eq!(
        duplicates(&[("db/V1__a.sql", TABLE), ("db/V1.0__b.sql", TABLE)]),
        pair("db/V1__a.sql", "db/V1.0__b.sql")
    );
    assert_eq!(duplicates(&[("migrations/002_a_x.sql", TABLE), ("migrations/002_b_y.sql", TABLE)]), []);
    assert_eq!(duplicates(&[("migrations/1.2.0_x.sql", TABLE), ("migrations/1.2.0_y.sql", TABLE)]), []);
    assert_eq!(duplicates(&[("m/1_x.sql", "-- +migrate Up\n"), ("m/1_y.sql", "-- +migrate Up\n")]), []);
    let readme = "| File | Database |\n|--|--|\n| 001_a.sql | SQLite |\n| 001_b.sql | PostgreSQL |\n";
    let files =
        [("migrations/README.md", readme), ("migrations/001_a.sql", TABLE), ("migrations/001_b.sql", TABLE)];
    assert_eq!(duplicates(&files), []);
}

#[test]
fn golang_migrate_pairs_by_number_and_passes_over_the_rest() {
    check(
        &[
            ("db/migrations/1_a.up.sql", TABLE),
            ("db/migrations/001_a.down.sql", ""),
            ("db/migrations/10_c.up.sql", TABLE),
            ("db/migrations/2_b.up.sql", TABLE),
            ("db/migrations/3_gone.down.sql", ""),
            ("db/migrations/4_d.up.tmpl", ""),
            ("db/migrations/4_d.down.sql", ""),
            ("db/migrations/5_e.sql", TABLE),
            ("db/migrations/6_f.up", TABLE),
            ("db/migrations/schema.sql", TABLE),
        ],
        "
golang-migrate in db/migrations: postgres, Sequential
  1 a: 1_a.up.sql Implicit < 001_a.down.sql Implicit
  2 b: 2_b.up.sql Implicit
  10 c: 10_c.up.sql Implicit
  unread 4_d.up.tmpl
  stray 5_e.sql: WrongName
  stray 6_f.up: UnknownExtension
  orphan 3_gone.down.sql
  beside schema.sql
",
    );
}

#[test]
fn golang_migrate_wraps_by_engine() {
    check(
        &[
            ("migrations/mysql/1_a.up.sql", TABLE),
            ("migrations/postgres/1_a.up.sql", TABLE),
            ("migrations/sqlite3/1_a.up.sql", TABLE),
        ],
        "
golang-migrate in migrations/mysql: mysql, Sequential
  1 a: 1_a.up.sql Nobody
golang-migrate in migrations/postgres: postgres, Sequential
  1 a: 1_a.up.sql Implicit
golang-migrate in migrations/sqlite3: sqlite, Sequential
  1 a: 1_a.up.sql Tool
",
    );
}

#[test]
fn a_golang_migrate_folder_may_lie_beside_a_plain_one() {
    check(
        &[("a/migrations/1_a.up.sql", TABLE), ("b/migrations/001_b.sql", TABLE)],
        "
golang-migrate in a/migrations: postgres, Sequential
  1 a: 1_a.up.sql Implicit
plain in b/migrations: postgres, Sequential
  001 b: 001_b.sql Nobody
",
    );
}

#[test]
fn goose_reads_sections_and_its_switch() {
    let files = [
        ("m/001_a.sql", "-- why\n-- +goose Up\nCREATE TABLE a (id serial);\n-- +goose Down\nDROP TABLE a;\n"),
        ("m/00002_b.sql", "\u{feff}-- +goose up\r\nSELECT 1;\r\n-- +goose DOWN\r\nSELECT 2;\r\n"),
        ("m/003_c.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON a (id);\n"),
        ("m/004_d.sql", "-- +goose Down\nDROP TABLE d;\n-- +goose Up\nCREATE TABLE d (id serial);\n"),
        ("m/005_e.sql", "CREATE TABLE e (id serial);\n"),
        ("m/006_f.go", "package m"),
        ("m/seed.sql", "INSERT INTO a VALUES (1);"),
        ("m/g.sql", "-- +goose Up\nSELECT 1;"),
        (
            "m/007_h.sql",
            "-- +goose Up\n-- +goose StatementBegin\nSELECT ';';\n-- +goose StatementEnd\n-- +goose Down\n",
        ),
    ];
    check(
        &files,
        "
goose in m: postgres, Sequential
  001 a: 001_a.sql Tool < 001_a.sql Tool
  00002 b: 00002_b.sql Tool < 00002_b.sql Tool
  003 c: 003_c.sql Nobody off
  004 d: 004_d.sql Tool < 004_d.sql Tool
  007 h: 007_h.sql Tool < 007_h.sql Tool
  unread 006_f.go
  stray 00002_b.sql: WidthDiffers { has: 5, others: 3 }
  stray 005_e.sql: MissingUp
  stray g.sql: WrongName
  beside seed.sql
",
    );
    let (sources, histories) = discovered(&files, &Asked::NOTHING);
    let part = |i: usize| {
        let migration = &histories[0].migrations[i];
        (text(&sources, &migration.up), migration.down.as_ref().map(|down| text(&sources, down)))
    };
    assert_eq!(part(0), ("CREATE TABLE a (id serial);\n", Some("DROP TABLE a;\n")));
    assert_eq!(part(1), ("SELECT 1;\r\n", Some("SELECT 2;\r\n")));
    assert_eq!(part(3), ("CREATE TABLE d (id serial);\n", Some("DROP TABLE d;\n")));
    assert_eq!(part(4).1, Some(""), "an empty section is there, and empty");
    let switch =
        histories[0].migrations[2].up.switched_off.map(|switch| sources.get(switch.file).slice(switch.span));
    assert_eq!(switch, Some("-- +goose NO TRANSACTION"));
}

#[test]
fn dbmate_switches_each_direction() {
    let files = [
        ("db/migrations/20240101000000_a.sql", "-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n"),
        (
            "db/migrations/20240102000000_b.sql",
            "--migrate:up transaction:false\nSELECT 1;\n-- migrate:down\n",
        ),
        ("db/migrations/20240103000000_c.sql", "-- migrate:upward\nSELECT 1;\n"),
        ("db/schema.sql", TABLE),
    ];
    check(
        &files,
        "
dbmate in db/migrations: postgres, Timestamp
  20240101000000 a: 20240101000000_a.sql Tool < 20240101000000_a.sql Tool
  20240102000000 b: 20240102000000_b.sql Nobody off < 20240102000000_b.sql Tool
  stray 20240103000000_c.sql: MissingUp
",
    );
    let (sources, histories) = discovered(&files, &Asked::NOTHING);
    assert_eq!(text(&sources, &histories[0].migrations[0].up), "SELECT 1;\n\n");
}

#[test]
fn sql_migrate_goes_by_the_whole_name() {
    let files = [
        ("m/2_a-1.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n"),
        ("m/2_a-2.sql", "-- +migrate Up notransaction\nSELECT 1;\n"),
        ("m/10_b.sql", "-- +migrate Up\nSELECT 1;\n"),
        ("m/11_c.sql", "SELECT 1;\n"),
    ];
    check(
        &files,
        "
sql-migrate in m: postgres, Sequential
  2 a-1: 2_a-1.sql Tool < 2_a-1.sql Tool
  2 a-2: 2_a-2.sql Nobody off
  10 b: 10_b.sql Tool
  stray 11_c.sql: MissingUp
",
    );
}

#[test]
fn flyway_sorts_dotted_versions_and_reads_conf_files() {
    check(
        &[
            ("db/migration/V1_10__b.sql", TABLE),
            ("db/migration/V1.2__a.sql", TABLE),
            ("db/migration/U1.2__a.sql", ""),
            ("db/migration/V2__c.sql", "VACUUM t;"),
            ("db/migration/V2__c.sql.conf", "executeInTransaction=false\n"),
            ("db/migration/V3__d.sql", "-- x\ncreate unique index concurrently i on t (id);"),
            ("db/migration/V4__e.sql", "REINDEX TABLE CONCURRENTLY t;"),
            ("db/migration/R__views.sql", "CREATE VIEW v AS SELECT 1;"),
            ("db/migration/v5__f.sql", TABLE),
            ("db/migration/V6_g.sql", TABLE),
            ("db/migration/more/V7__h.sql", TABLE),
            ("db/migration/afterMigrate.sql", "SELECT 1;"),
        ],
        "
flyway in db/migration: postgres, Dotted
  1.2 a: V1.2__a.sql Tool < U1.2__a.sql Tool
  1_10 b: V1_10__b.sql Tool
  2 c: V2__c.sql Nobody off
  3 d: V3__d.sql Nobody
  4 e: V4__e.sql Tool
  7 h: more/V7__h.sql Tool
   views again: R__views.sql Tool
  stray V6_g.sql: WrongName
  stray v5__f.sql: WrongName
  beside V2__c.sql.conf
  beside afterMigrate.sql
",
    );
}

#[test]
fn flyway_folders_for_databases_are_histories_and_folders_for_releases_are_not() {
    check(
        &[
            ("src/main/resources/db/migration/mysql/V1__a.sql", TABLE),
            ("src/main/resources/db/migration/postgresql/V1__a.sql", TABLE),
        ],
        "
flyway in src/main/resources/db/migration/mysql: mysql, Sequential
  1 a: V1__a.sql Tool
flyway in src/main/resources/db/migration/postgresql: postgres, Sequential
  1 a: V1__a.sql Tool
",
    );
    check(
        &[
            ("src/main/resources/db/migration/2.30/V2_30_1__a.sql", TABLE),
            ("src/main/resources/db/migration/2.31/V2_31_1__b.sql", TABLE),
            ("src/main/java/db/migration/v31/V2_31_2__c.java", "class V2_31_2__c {}"),
        ],
        "
flyway in src/main/resources/db/migration: postgres, Dotted
  2_30_1 a: 2.30/V2_30_1__a.sql Tool
  2_31_1 b: 2.31/V2_31_1__b.sql Tool
  unread src/main/java/db/migration/v31/V2_31_2__c.java
",
    );
}

#[test]
fn refinery_has_flyways_names_and_no_way_back() {
    check(
        &[
            ("Cargo.toml", "[dependencies]\nrefinery = \"0.8\"\n"),
            ("migrations/V1__a.sql", TABLE),
            ("migrations/V2__b.rs", "pub fn migration() {}"),
            ("migrations/V3_c.sql", TABLE),
        ],
        "
refinery in migrations: postgres, Sequential
  1 a: V1__a.sql Tool
  unread V2__b.rs
  stray V3_c.sql: WrongName
",
    );
}

#[test]
fn sqlx_is_told_from_golang_migrate_by_the_manifest() {
    let cargo = "[dependencies]\nsqlx = { version = \"0.8\", features = [\n  \"runtime-tokio\",\n  \"sqlite\",\n] }\n";
    check(
        &[
            ("app/Cargo.toml", cargo),
            ("app/migrations/20240101000000_a.up.sql", TABLE),
            ("app/migrations/20240101000000_a.down.sql", ""),
            ("app/migrations/20240102000000_b.sql", "-- no-transaction\nSELECT 1;"),
            ("app/migrations/20240103000000_c.sql", "\u{feff}-- no-transaction\nSELECT 1;"),
            ("app/migrations/20240104000000-d.sql", TABLE),
            ("app/migrations/seed.sql", ""),
            ("go/migrations/20240101000000_a.up.sql", TABLE),
        ],
        "
sqlx in app/migrations: sqlite, Timestamp
  20240101000000 a: 20240101000000_a.up.sql Tool < 20240101000000_a.down.sql Tool
  20240102000000 b: 20240102000000_b.sql Nobody off
  20240103000000 c: 20240103000000_c.sql Tool
  stray 20240104000000-d.sql: WrongName
  beside seed.sql
golang-migrate in go/migrations: postgres, Timestamp
  20240101000000 a: 20240101000000_a.up.sql Implicit
",
    );
}

#[test]
fn diesel_keeps_a_folder_for_each_migration() {
    check(
        &[
            ("diesel.toml", ""),
            ("migrations/.keep", ""),
            ("migrations/00000000000000_diesel_initial_setup/up.sql", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ $$;"),
            ("migrations/00000000000000_diesel_initial_setup/down.sql", ""),
            ("migrations/2024-01-02-030405_b/up.sql", TABLE),
            ("migrations/2024-01-03-030405_c/up.sql", "CREATE INDEX CONCURRENTLY i ON t (id);"),
            ("migrations/2024-01-03-030405_c/down.sql", ""),
            ("migrations/2024-01-03-030405_c/metadata.toml", "run_in_transaction = false # slow\n"),
            ("migrations/2024-01-04-030405_d/up.sql", TABLE),
            ("migrations/2024-01-04-030405_d/metadata.toml", "run_in_transaction = true\n"),
            ("migrations/2024-01-05-030405_e/Up.sql", TABLE),
            ("migrations/2024-01-06-030405_f/down.sql", ""),
        ],
        "
diesel in migrations: postgres, Timestamp
  00000000000000 diesel_initial_setup: 00000000000000_diesel_initial_setup/up.sql Tool < 00000000000000_diesel_initial_setup/down.sql Tool
  20240102030405 b: 2024-01-02-030405_b/up.sql Tool
  20240103030405 c: 2024-01-03-030405_c/up.sql Nobody off < 2024-01-03-030405_c/down.sql Nobody off
  20240104030405 d: 2024-01-04-030405_d/up.sql Tool
  stray 2024-01-05-030405_e/Up.sql: WrongName
  orphan 2024-01-06-030405_f/down.sql
  beside 2024-01-03-030405_c/metadata.toml
  beside 2024-01-04-030405_d/metadata.toml
",
    );
}

#[test]
fn prisma_takes_its_engine_from_the_lock_file() {
    check(
        &[
            ("prisma/schema.prisma", "generator client {\n  provider = \"prisma-client-js\"\n}\n"),
            ("prisma/migrations/migration_lock.toml", "# hands off\nprovider = \"sqlite\"\n"),
            ("prisma/migrations/20240102000000_b/migration.sql", TABLE),
            ("prisma/migrations/20240101000000_a/migration.sql", TABLE),
            ("prisma/migrations/20240103000000_c/migrate.sql", TABLE),
        ],
        "
prisma in prisma/migrations: sqlite, Timestamp
  20240101000000 a: 20240101000000_a/migration.sql Nobody
  20240102000000 b: 20240102000000_b/migration.sql Nobody
  stray 20240103000000_c/migrate.sql: WrongName
  beside migration_lock.toml
",
    );
    check(
        &[
            (
                "prisma/schema.prisma",
                "generator c {\n  provider = \"x\"\n}\ndatasource db {\n  provider = \"postgresql\"\n}\n",
            ),
            ("prisma/migrations/20240101000000_a/migration.sql", TABLE),
        ],
        "
prisma in prisma/migrations: postgres, Timestamp
  20240101000000 a: 20240101000000_a/migration.sql Implicit
",
    );
}

#[test]
fn supabase_lies_under_its_own_name() {
    check(
        &[
            ("supabase/seed.sql", ""),
            ("supabase/migrations/20240101000000_a.sql", TABLE),
            ("supabase/migrations/20240102000000_b.sql", "CREATE INDEX CONCURRENTLY i ON t (id);"),
            ("supabase/migrations/20240103000000-c.sql", TABLE),
        ],
        "
supabase in supabase/migrations: postgres, Timestamp
  20240101000000 a: 20240101000000_a.sql Implicit
  20240102000000 b: 20240102000000_b.sql Nobody
  stray 20240103000000-c.sql: WrongName
",
    );
}

#[test]
fn drizzle_runs_what_its_journal_lists_in_that_order() {
    let journal =
        r#"{"dialect": "sqlite", "entries": [{"tag": "0001_b"}, {"tag": "0000_a"}, {"tag": "0009_gone"}]}"#;
    check(
        &[
            ("drizzle/0000_a.sql", "CREATE TABLE `a` (`id` integer);\n--> statement-breakpoint\n"),
            ("drizzle/0001_b.sql", "CREATE TABLE `b` (`id` integer);"),
            ("drizzle/0002_c.sql", "CREATE TABLE `c` (`id` integer);"),
            ("drizzle/meta/_journal.json", journal),
            ("drizzle/meta/0000_snapshot.json", "{}"),
        ],
        "
drizzle in drizzle: sqlite, Sequential
  0001 b: 0001_b.sql Tool
  0000 a: 0000_a.sql Tool
  stray 0002_c.sql: Unlisted
",
    );
    check(
        &[
            ("drizzle/20240102000000_b/migration.sql", TABLE),
            ("drizzle/20240102000000_b/snapshot.json", "{\"version\": \"8\", \"dialect\": \"postgres\"}"),
            ("drizzle/20240101000000_a/migration.sql", TABLE),
            ("drizzle/20240101000000_a/snapshot.json", "{}"),
        ],
        "
drizzle in drizzle: postgres, Timestamp
  20240101000000 a: 20240101000000_a/migration.sql Tool
  20240102000000 b: 20240102000000_b/migration.sql Tool
  beside 20240101000000_a/snapshot.json
  beside 20240102000000_b/snapshot.json
",
    );
}

#[test]
fn maragu_takes_any_character_before_the_direction() {
    check(
        &[
            ("migrate/0001.up.sql", TABLE),
            ("migrate/0001.down.sql", ""),
            ("migrate/0002-b.up.sql", TABLE),
            ("migrate/0003-c.up.sql", TABLE),
            ("migrate/0004_d_up.sql", TABLE),
            ("migrate/0004_d_down.sql", ""),
            ("migrate/0005_e.f.up.sql", TABLE),
            ("migrate/0006_g.sql", TABLE),
        ],
        "
maragu-migrate in migrate: postgres, Sequential
  0001 : 0001.up.sql Tool < 0001.down.sql Tool
  0002 b: 0002-b.up.sql Tool
  0003 c: 0003-c.up.sql Tool
  0004 d: 0004_d_up.sql Tool < 0004_d_down.sql Tool
  stray 0005_e.f.up.sql: WrongName
  stray 0006_g.sql: WrongName
",
    );
}

#[test]
fn a_broken_journal_breaks_nothing() {
    check(&[("drizzle/0000_a.sql", TABLE), ("drizzle/meta/_journal.json", "{\"entries\": [")], "");
}

#[test]
fn atlas_tern_and_graphile_are_known_by_their_marks() {
    check(
        &[
            ("a/atlas.sum", "h1:x"),
            ("a/20240101000000_x.sql", TABLE),
            ("a/20240102000000.sql", "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON t (id);"),
            (
                "b/001_x.sql",
                "CREATE TABLE t (id serial);\n---- create above / drop below ----\nDROP TABLE t;\n",
            ),
            (
                "b/002_y.sql",
                "---- tern: disable-tx ----\nVACUUM t;\n---- create above / drop below ----\nSELECT 1;\n",
            ),
            ("c/migrations/committed/000001.sql", "--! Previous: -\n--! Hash: sha1:x\n\nSELECT 1;"),
            (
                "c/migrations/committed/000002-n.sql",
                "--! Previous: sha1:x\n--! Hash: sha1:y\n--! no-transaction\n\nSELECT 1;",
            ),
            ("c/migrations/current/1-current.sql", "SELECT 1;"),
        ],
        "
atlas in a: postgres, Timestamp
  20240101000000 x: 20240101000000_x.sql Tool
  20240102000000 : 20240102000000.sql Nobody off
  beside atlas.sum
tern in b: postgres, Sequential
  001 x: 001_x.sql Tool < 001_x.sql Tool
  002 y: 002_y.sql Nobody off < 002_y.sql Tool
graphile-migrate in c/migrations/committed: postgres, Sequential
  000001 : 000001.sql Tool
  000002 n: 000002-n.sql Nobody off
",
    );
}

#[test]
fn a_comment_that_looks_like_a_section_makes_no_tool() {
    let up = "-- Down Migration is in the other file\n-- Up Migration\nSELECT 1;";
    check(
        &[("m/1_a.up.sql", up), ("m/2_b.up.sql", TABLE), ("m/3_c.up.sql", TABLE)],
        "
golang-migrate in m: postgres, Sequential
  1 a: 1_a.up.sql Implicit
  2 b: 2_b.up.sql Implicit
  3 c: 3_c.up.sql Implicit
",
    );
}

#[test]
fn pop_has_a_file_for_each_database() {
    check(
        &[
            ("m/20240101000000_a.postgres.up.sql", TABLE),
            ("m/20240101000000_a.sqlite3.up.sql", TABLE),
            ("m/20240101000000_a.cockroach.up.sql", TABLE),
            ("m/20240101000000_a.down.sql", "DROP TABLE t;"),
        ],
        "
pop in m: postgres, Timestamp
  20240101000000 a.postgres: 20240101000000_a.postgres.up.sql Tool
  20240101000000 a.sqlite3: 20240101000000_a.sqlite3.up.sql Tool sqlite
  beside 20240101000000_a.cockroach.up.sql
",
    );
}

#[test]
fn pops_file_for_no_database_runs_on_all_that_have_none() {
    let files = [
        ("m/1_a.up.sql", "CREATE TABLE t (a int, b int);\nCREATE INDEX i ON t (a);"),
        ("m/2_b.up.sql", "DROP INDEX i;"),
        ("m/2_b.postgres.up.sql", "SELECT 1;"),
        ("m/3_c.sqlite3.up.sql", "ALTER TABLE t DROP COLUMN a;"),
        ("m/4_d.postgres.up.sql", "SELECT 1;"),
    ];
    let (sources, histories) = discovered(&files, &Asked::NOTHING);
    let migrations = &histories[0].migrations;
    let on = |at: usize| (migrations[at].engine.dialect, migrations[at].also.clone());
    assert_eq!(on(0), (Dialect::Postgres, vec![Dialect::Sqlite]));
    // PostgreSQL has its own second step.
    assert_eq!(on(1), (Dialect::Sqlite, vec![]));
    assert_eq!(on(2), (Dialect::Postgres, vec![]));
    let replayed = replay::replay(&histories[0], &sources);
    let indexes = |dialect: Dialect| replayed.end[&dialect].indexes().count();
    assert_eq!((indexes(Dialect::Postgres), indexes(Dialect::Sqlite)), (1, 0));
}

#[test]
fn pops_way_back_may_serve_several_databases() {
    let files = [
        ("m/1_a.postgres.up.sql", TABLE),
        ("m/1_a.sqlite3.up.sql", TABLE),
        ("m/1_a.down.sql", "DROP TABLE t;"),
        ("m/2_b.up.sql", TABLE),
        ("m/3_c.sqlite3.up.sql", TABLE),
        ("m/3_c.sqlite3.down.sql", "DROP TABLE t;"),
        ("m/3_c.postgres.up.sql", TABLE),
    ];
    let (_, histories) = discovered(&files, &Asked::NOTHING);
    let ways: Vec<(&str, bool, bool)> = histories[0]
        .migrations
        .iter()
        .map(|migration| (migration.name.as_str(), migration.down.is_some(), migration.goes_back_with_others))
        .collect();
    assert_eq!(
        ways,
        [
            ("a.postgres", false, true),
            ("a.sqlite3", false, true),
            ("b", false, false),
            ("c.postgres", false, false),
            ("c.sqlite3", true, false),
        ]
    );
}

#[test]
fn the_engine_is_asked_for_in_order() {
    let readme = "# Migrations\n\n| File | Database | Status |\n|---|---|---|\n| `001_a.sql` | SQLite | done |\n| [002_b.sql](002_b.sql) | PostgreSQL | |\n";
    let files = [
        ("migrations/README.md", readme),
        ("migrations/001_a.sql", "CREATE TABLE a (id int);"),
        ("migrations/002_b.sql", "CREATE TABLE b (id integer PRIMARY KEY AUTOINCREMENT);"),
        ("migrations/003_c.sql", "-- gander: engine=mysql\nCREATE TABLE c (id int);"),
        ("migrations/004_d.sql", "CREATE TABLE d (id serial, x jsonb DEFAULT '{}'::jsonb);"),
        ("migrations/005_e.sql", "PRAGMA foreign_keys = ON;"),
        ("migrations/006_f.sql", "CREATE TABLE f (id int);"),
        ("migrations/007_g.sql", "CREATE INDEX CONCURRENTLY i ON d (id);"),
    ];
    let engines = |asked: &Asked| {
        let (_, histories) = discovered(&files, asked);
        histories[0].migrations.iter().map(|migration| migration.engine.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        engines(&Asked::NOTHING),
        ["sqlite", "postgres", "mysql", "postgres", "sqlite", "postgres", "postgres"]
    );
    let old = Engine::parse("postgres@12").ok();
    assert_eq!(engines(&Asked { engine: &|_| old, ..Asked::NOTHING }), ["postgres@12"; 7]);
    let only_c = |path: &str| old.filter(|_| path.ends_with("003_c.sql"));
    assert_eq!(engines(&Asked { engine: &only_c, ..Asked::NOTHING })[2], "postgres@12");
}

#[test]
fn the_text_decides_where_nothing_else_does() {
    let engine = |texts: &[&str]| {
        let paths: Vec<String> = (1..=texts.len()).map(|n| format!("db/migrations/{n:03}_x.sql")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(String::as_str).zip(texts.iter().copied()).collect();
        let (_, histories) = discovered(&files, &Asked::NOTHING);
        (histories[0].engine.to_string(), histories[0].engine_from, histories[0].foreign_database)
    };
    let postgres = ("postgres".to_owned(), EngineFrom::Text, None);
    assert_eq!(engine(&["CREATE TABLE t (id uuid, at timestamptz);"]), postgres);
    assert_eq!(engine(&["CREATE TABLE t (note text DEFAULT 'PRAGMA AUTOINCREMENT', x jsonb);"]), postgres);
    assert_eq!(engine(&["UPDATE t SET engine = 'InnoDB'; ALTER TABLE t ALTER COLUMN a TYPE int;"]), postgres);
    let text = |dialect: &str| (dialect.to_owned(), EngineFrom::Text, None);
    assert_eq!(engine(&["CREATE TABLE t (at text DEFAULT (datetime('now')));"]), text("sqlite"));
    assert_eq!(engine(&["CREATE TABLE `t` (`id` int unsigned) ENGINE = InnoDB;"]), text("mysql"));
    assert_eq!(engine(&["-- SQLite only\nCREATE TABLE t (id int);"]), text("sqlite"));
    assert_eq!(engine(&["CREATE TABLE t (id int);"]), ("postgres".to_owned(), EngineFrom::Assumed, None));
    let foreign = engine(&["CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id;", "DROP TABLE t;"]);
    assert_eq!(foreign.2, Some("ClickHouse"));
}

#[test]
fn a_silent_history_is_like_the_others_of_the_project() {
    check(
        &[
            ("a/migrations/001_a.sql", "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT);"),
            ("b/migrations/001_b.sql", "CREATE TABLE t (id integer);"),
        ],
        "
plain in a/migrations: sqlite, Sequential
  001 a: 001_a.sql Nobody
plain in b/migrations: sqlite, Sequential
  001 b: 001_b.sql Nobody
",
    );
}

#[test]
fn a_named_path_needs_no_signs() {
    let (sources, listing) = listed(&[
        ("fixtures/db/add_users.sql", TABLE),
        ("fixtures/db/add_orders.sql", TABLE),
        ("one/001_a.sql", TABLE),
        ("two/migrations/001_a.sql", TABLE),
        ("two/migrations/002_b.sql", TABLE),
        ("two/migrations/002_b_rollback.sql", ""),
        ("two/schema.sql", TABLE),
    ]);
    let read = |path: &str| shown(&read_directory(path, &listing, &sources, &Asked::NOTHING), &sources);
    assert_eq!(
        read("fixtures/db"),
        "plain in fixtures/db: postgres, Unnumbered\n   add_orders: add_orders.sql Nobody\n   add_users: add_users.sql Nobody\n"
    );
    assert_eq!(read("one/"), "plain in one: postgres, Sequential\n  001 a: 001_a.sql Nobody\n");
    assert_eq!(
        read("two"),
        "plain in two/migrations: postgres, Sequential\n  001 a: 001_a.sql Nobody\n  002 b: 002_b.sql Nobody < 002_b_rollback.sql Nobody\n"
    );
    assert_eq!(
        read("./two/migrations/002_b.sql"),
        "plain in two/migrations: postgres, Sequential\n  002 b: 002_b.sql Nobody < 002_b_rollback.sql Nobody\n"
    );
    assert_eq!(read("two/schema.sql"), "plain in two: postgres, Unnumbered\n   schema: schema.sql Nobody\n");
    assert_eq!(read("nowhere"), "");
}

#[test]
fn a_tool_that_was_asked_for_reads_every_history() {
    let asked = Asked { tool: tools::by_name("sqlx"), ..Asked::NOTHING };
    let (sources, histories) = discovered(&[("migrations/001_a.sql", TABLE)], &asked);
    assert_eq!(
        shown(&histories, &sources),
        "sqlx in migrations: postgres, Sequential\n  001 a: 001_a.sql Tool\n"
    );
    assert!(tools::by_name("nosuch").is_none());
    assert_eq!(tools::by_name("plain").map(|tool| tool.reach), Some(tools::Reach::WithDowns));
}

#[test]
fn a_missing_down_file_is_named_like_the_others() {
    let down = |files: &[(&str, &str)], of: usize| {
        let (sources, histories) = discovered(files, &Asked::NOTHING);
        histories[0].down_path(&histories[0].migrations[of], &sources)
    };
    let a = ("migrations/001_a.sql", TABLE);
    let b = ("migrations/002_b.sql", TABLE);
    assert_eq!(down(&[a, b], 1).as_deref(), Some("migrations/002_b_rollback.sql"));
    assert_eq!(
        down(&[a, b, ("migrations/001_a.down.sql", "")], 1).as_deref(),
        Some("migrations/002_b.down.sql")
    );
    assert_eq!(
        down(&[a, b, ("migrations/rollback/001_a.sql", "")], 1).as_deref(),
        Some("migrations/rollback/002_b.sql")
    );
    assert_eq!(down(&[("m/1_a.up.sql", TABLE)], 0).as_deref(), Some("m/1_a.down.sql"));
    assert_eq!(down(&[("m/1_a/up.sql", TABLE)], 0).as_deref(), Some("m/1_a/down.sql"));
    assert_eq!(down(&[("m/1_a.sql", "-- +goose Up\n")], 0).as_deref(), Some("m/1_a.sql"));
    assert_eq!(down(&[("supabase/migrations/1_a.sql", TABLE)], 0), None);
}

#[test]
fn tools_have_names_of_their_own_and_every_name_is_found() {
    for tool in tools::TOOLS {
        assert_eq!(tools::by_name(tool.name).map(|found| found.title), Some(tool.title), "{}", tool.name);
    }
}

#[test]
fn what_the_application_runs_promises_nothing() {
    let plain = |files: &[(&str, &str)]| {
        let (_, histories) = discovered(files, &Asked::NOTHING);
        histories.iter().map(|history| history.tool.name).collect::<Vec<_>>()
    };
    let runs = |code: (&'static str, &'static str)| {
        plain(&[
            ("db/migrations/001_a.sql", TABLE),
            ("db/migrations/002_b.sql", TABLE),
            ("db/migrations/003_c.sql", TABLE),
            code,
        ])
    };
    for code in [
        ("db/store.go", "import \"embed\"\n\n//go:embed migrations/*.sql\nvar files embed.FS\n"),
        ("db/store.go", "//go:embed all:migrations \"other/*\"\n"),
        ("db/migrations/embed.go", "//go:embed *.sql\n"),
        ("main.go", "//go:embed db/*/*.sql\n"),
        (
            "db/src/store.rs",
            "include_str!(\"../migrations/001_a.sql\"), include_str!(\"../migrations/002_b.sql\")",
        ),
        ("src/main.rs", "static DIR: Dir = include_dir!(\"$CARGO_MANIFEST_DIR/db/migrations\");"),
        ("src/main.rs", "#[folder = \"db/migrations/\"]"),
        (
            "db/migrations.clj",
            "[{:name \"001\" :fn (mg/resource \"db/migrations/001_a.sql\")}\n {:fn (mg/resource \"db/migrations/003_c.sql\")}]",
        ),
        (
            "db/migrate.ts",
            "const dir = path.join(__dirname, 'migrations');\nfs.readdirSync(dir).filter((f) => f.endsWith('.sql'))",
        ),
        ("db/migrations/index.js", "readdirSync(__dirname).filter((f) => f.endsWith('.sql'))"),
        ("db/migrate.py", "for path in sorted(glob.glob(\"migrations/*.sql\")):"),
        ("lib.rb", "Dir[\"db/migrations/*.sql\"].sort.each"),
    ] {
        assert_eq!(runs(code), ["application"], "{code:?}");
    }
    for code in [
        ("db/README.md", "//go:embed migrations/*.sql"),
        // Another directory, other files, too few of them, another kind of file; too far away, and a test.
        ("db/store.go", "//go:embed queries/*.sql\n"),
        ("db/store.go", "// go:embed migrations/*.sql\n"),
        ("db/store.rs", "include_str!(\"../queries/001_a.sql\"), include_str!(\"../queries/002_b.sql\")"),
        ("db/seed.js", "apply('migrations/001_a.sql')"),
        ("db/notes.py", "# after 001_a.sql, 002_b.sql and 003_c.sql"),
        ("db/load.ts", "readdirSync('migrations').filter((f) => f.endsWith('.json'))"),
        ("db/load.go", "import \"database/sql\"\nos.ReadDir(\"queries\") // .sql"),
        ("tools/store.go", "//go:embed db/migrations/*.sql\n"),
        ("db/store_test.go", "//go:embed migrations/*.sql\n"),
    ] {
        assert_eq!(runs(code), ["plain"], "{code:?}");
    }
    check(
        &[
            ("store/migration/3.9/0001##a.sql", TABLE),
            ("store/migration/3.10/0000##b.sql", TABLE),
            ("store/migrator.go", "//go:embed migration\n"),
        ],
        "
application in store/migration: postgres, Dotted
  3.9/0001 a: 3.9/0001##a.sql Unknown
  3.10/0000 b: 3.10/0000##b.sql Unknown
",
    );
    check(
        &[
            ("store/postgres/files/001_a.sql", TABLE),
            ("store/postgres/files/002_b.sql", TABLE),
            ("store/postgres/ddl.go", "//go:generate togo ddl -package postgres -dialect postgres\n"),
        ],
        "
application in store/postgres/files: postgres, Sequential
  001 a: 001_a.sql Unknown
  002 b: 002_b.sql Unknown
",
    );
    // Migrations in Go beside: golang-migrate, whose names these are, has none.
    check(
        &[
            ("migrations/1_a.up.sql", TABLE),
            ("migrations/1_a.down.sql", "DROP TABLE t;"),
            ("migrations/2_b.up.go", "package migrations"),
        ],
        "
application in migrations: postgres, Sequential
  1 a: 1_a.up.sql Unknown < 1_a.down.sql Unknown
  unread 2_b.up.go
",
    );
}

#[test]
fn packages_that_run_numbered_files_are_asked_for_in_package_json() {
    check(
        &[
            ("package.json", "{\"dependencies\":{\"postgres-migrations\":\"^5.3.0\"}}"),
            ("migrations/tenant/0001-a.sql", TABLE),
            ("migrations/tenant/2b.sql", "-- postgres-migrations disable-transaction\nSELECT 1;"),
            ("migrations/tenant/3_c.js", "module.exports.generateSql = () => ''"),
        ],
        "
postgres-migrations in migrations/tenant: postgres, Sequential
  0001 a: 0001-a.sql Tool
  2 b: 2b.sql Nobody off
  unread 3_c.js
  stray 2b.sql: WidthDiffers { has: 1, others: 4 }
",
    );
    check(
        &[
            ("web/package.json", "{\"dependencies\":{\"@slonik/migrator\":\"^0.2.0\"}}"),
            ("web/migrations/2023-04-03T15-07.a.sql", TABLE),
            ("web/migrations/2023-05-03T15-07.b.sql", TABLE),
            ("web/migrations/extra.sql", TABLE),
            ("web/migrations/down/2023-04-03T15-07.a.sql", "DROP TABLE t;"),
        ],
        "
slonik in web/migrations: postgres, Timestamp
  2023-04-03T15-07 a: 2023-04-03T15-07.a.sql Implicit < down/2023-04-03T15-07.a.sql Implicit
  2023-05-03T15-07 b: 2023-05-03T15-07.b.sql Implicit
   extra: extra.sql Implicit
",
    );
}
