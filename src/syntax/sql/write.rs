//! Writes SQL: into a statement that stands, token by token so that nothing else changes, and new statements.

use super::cursor::is_reserved;
use super::lex::{Lexer, Token, TokenKind};
use crate::ops::{AlterColumn, AlterDomain, AlterType, CreateIndex, Drop, Guard, Operation, TableTarget};
use crate::schema::{Dialect, Ident, Identity, Name, ObjectKind, Type};
use crate::text::{Edit, Source, Span};

/// The tokens of a span, comments left out.
pub(super) fn tokens(source: &Source, span: Span, dialect: Dialect) -> Vec<Token> {
    Lexer::new(source.text(), span, dialect)
        .filter(|token| !matches!(token.kind, TokenKind::Comment | TokenKind::Meta))
        .collect()
}

pub(super) fn is(source: &Source, token: Token, word: &str) -> bool {
    token.kind == TokenKind::Word && source.slice(token.span).eq_ignore_ascii_case(word)
}

/// `words` in the case in which the statement at `span` begins.
pub fn cased(source: &Source, span: Span, words: &str) -> String {
    let lower =
        source.slice(span).chars().find(char::is_ascii_alphabetic).is_some_and(|c| c.is_ascii_lowercase());
    if lower { words.to_ascii_lowercase() } else { words.to_owned() }
}

/// The first token behind these keywords, in their order, with others perhaps between them.
fn behind<'a>(source: &Source, tokens: &'a [Token], words: &[&str]) -> Option<&'a [Token]> {
    let mut rest = tokens;
    for word in words {
        let at = rest.iter().position(|token| is(source, *token, word))?;
        rest = &rest[at + 1..];
    }
    Some(rest)
}

/// Gives the operation at `span` the guard that its grammar has.
pub fn add_guard(source: &Source, span: Span, operation: &Operation, dialect: Dialect) -> Option<Edit> {
    let all = tokens(source, span, dialect);
    let insert = |at: &Token, words: &str| {
        Some(Edit::insert(at.span.start, format!("{} ", cased(source, span, words))))
    };
    let kind_words = |kind: ObjectKind| kind.keywords().split(' ').collect::<Vec<_>>();
    let before_name = |rest: &[Token], guard: &str| {
        let skipped = rest.iter().find(|token| !is(source, **token, "CONCURRENTLY"))?;
        insert(skipped, guard)
    };
    match operation {
        Operation::CreateTable(_) => before_name(behind(source, &all, &["TABLE"])?, "IF NOT EXISTS"),
        Operation::CreateIndex(_) => before_name(behind(source, &all, &["INDEX"])?, "IF NOT EXISTS"),
        Operation::CreateView(create) if create.materialized || dialect == Dialect::Sqlite => {
            before_name(behind(source, &all, &["VIEW"])?, "IF NOT EXISTS")
        }
        Operation::CreateTrigger(_) if dialect == Dialect::Sqlite => {
            before_name(behind(source, &all, &["TRIGGER"])?, "IF NOT EXISTS")
        }
        Operation::CreateSequence(_) => before_name(behind(source, &all, &["SEQUENCE"])?, "IF NOT EXISTS"),
        Operation::CreateSchema { .. } => before_name(behind(source, &all, &["SCHEMA"])?, "IF NOT EXISTS"),
        Operation::CreateExtension { .. } => {
            before_name(behind(source, &all, &["EXTENSION"])?, "IF NOT EXISTS")
        }
        Operation::CreateOther { object, .. }
            if !matches!(object.kind, ObjectKind::Language | ObjectKind::Transform) =>
        {
            before_name(behind(source, &all, &kind_words(object.kind))?, "IF NOT EXISTS")
        }
        Operation::AddColumn { .. } => {
            let rest = behind(source, &all, &["ADD"])?;
            let rest = if rest.first().is_some_and(|token| is(source, *token, "COLUMN")) {
                &rest[1..]
            } else {
                rest
            };
            insert(rest.first()?, "IF NOT EXISTS")
        }
        Operation::AlterType { change: AlterType::AddValue { .. }, .. } => {
            insert(behind(source, &all, &["ADD", "VALUE"])?.first()?, "IF NOT EXISTS")
        }
        Operation::Drop(drop) => before_name(behind(source, &all, &kind_words(drop.kind))?, "IF EXISTS"),
        Operation::DropColumn { .. } => {
            let rest = behind(source, &all, &["DROP"])?;
            let rest = if rest.first().is_some_and(|token| is(source, *token, "COLUMN")) {
                &rest[1..]
            } else {
                rest
            };
            insert(rest.first()?, "IF EXISTS")
        }
        Operation::DropConstraint { .. }
        | Operation::AlterDomain { change: AlterDomain::DropConstraint { .. }, .. } => {
            insert(behind(source, &all, &["DROP", "CONSTRAINT"])?.first()?, "IF EXISTS")
        }
        Operation::AlterColumn {
            change: AlterColumn::DropIdentity(_) | AlterColumn::DropExpression(_),
            ..
        } => {
            let what = behind(source, &all, &["DROP"])?.first()?;
            Some(Edit::insert(what.span.end, format!(" {}", cased(source, span, "IF EXISTS"))))
        }
        Operation::AlterType { change: AlterType::DropAttribute { .. }, .. } => {
            insert(behind(source, &all, &["DROP", "ATTRIBUTE"])?.first()?, "IF EXISTS")
        }
        Operation::CreateView(_)
        | Operation::CreateFunction(_)
        | Operation::CreateRule { .. }
        | Operation::CreateTrigger(_)
        | Operation::CreateOther { .. } => insert(behind(source, &all, &["CREATE"])?.first()?, "OR REPLACE"),
        _ => None,
    }
}

/// Takes IF NOT EXISTS out of the statement at `span`.
pub fn without_guard(source: &Source, span: Span, dialect: Dialect) -> Option<Edit> {
    let all = tokens(source, span, dialect);
    let words = ["IF", "NOT", "EXISTS"];
    let is_guard = |these: &&[Token]| these.iter().zip(words).all(|(token, word)| is(source, *token, word));
    let guard = all.windows(4).find(|these| is_guard(&&these[..3]))?;
    Some(Edit::delete(Span::new(guard[0].span.start, guard[3].span.start)))
}

/// Lets the statement at `span` run CONCURRENTLY.
pub fn concurrently(source: &Source, span: Span, operation: &Operation, dialect: Dialect) -> Option<Edit> {
    let all = tokens(source, span, dialect);
    let rest = match operation {
        Operation::CreateIndex(_) | Operation::Drop(_) => behind(source, &all, &["INDEX"])?,
        Operation::Reindex { kind, .. } => behind(source, &all, &["REINDEX", kind.keywords()])?,
        _ => return None,
    };
    Some(Edit::insert(rest.first()?.span.start, format!("{} ", cased(source, span, "CONCURRENTLY"))))
}

/// Lets the CREATE INDEX at `span` leave the partitions of its table alone.
pub fn only(source: &Source, span: Span, dialect: Dialect) -> Option<Edit> {
    let all = tokens(source, span, dialect);
    let table = behind(source, &all, &["INDEX", "ON"])?.first()?;
    Some(Edit::insert(table.span.start, format!("{} ", cased(source, span, "ONLY"))))
}

/// Lets an INSERT leave rows alone that are there. `span`: the statement without its semicolon.
pub fn on_conflict_do_nothing(source: &Source, span: Span, returning: Option<Span>, key: &[Ident]) -> Edit {
    let columns = if key.is_empty() {
        String::new()
    } else {
        format!(
            " ({})",
            key.iter().map(|column| quote(column, Dialect::Postgres)).collect::<Vec<_>>().join(", ")
        )
    };
    let on = cased(source, span, "ON CONFLICT");
    let nothing = cased(source, span, "DO NOTHING");
    match returning {
        Some(returning) => Edit::insert(returning.start, format!("{on}{columns} {nothing} ")),
        None => Edit::insert(span.end, format!(" {on}{columns} {nothing}")),
    }
}

/// A statement that we wrote, its keywords in the case of `sample`. Names are left alone: they are in lower case or in quotes.
fn in_case(statement: &str, sample: &str) -> String {
    if sample.chars().any(|c| c.is_ascii_uppercase()) {
        return statement.to_owned();
    }
    statement
        .split('"')
        .enumerate()
        .map(|(index, part)| if index % 2 == 0 { part.to_ascii_lowercase() } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("\"")
}

/// The blanks before the statement on its line.
fn indentation(source: &Source, at: u32) -> &str {
    let line = source.line_span(source.position(at).line);
    let before = source.slice(Span::new(line.start, at));
    let blanks = before.len() - before.trim_start().len();
    &before[..blanks]
}

/// Puts statements before the one that begins at `at`, each on a line of its own.
pub fn before(source: &Source, at: u32, operations: &[Operation], dialect: Dialect) -> Option<Edit> {
    let mut text = String::new();
    for operation in operations {
        let first = Span::new(at, source.text().len() as u32);
        text.push_str(&in_case(&statement(operation, dialect)?, &cased(source, first, "ALTER")));
        text.push(';');
        text.push_str(source.line_ending());
        text.push_str(indentation(source, at));
    }
    Some(Edit::insert(at, text))
}

/// A statement in a line of its own above the one that begins at `at` and the comments on top of that.
pub fn above(
    source: &Source,
    part: Span,
    comments: &[Span],
    at: u32,
    operation: &Operation,
    dialect: Dialect,
) -> Option<Edit> {
    let first = Span::new(at, source.text().len() as u32);
    let text = in_case(&statement(operation, dialect)?, &cased(source, first, "ALTER"));
    let line = source.line_span(source.position(at).line);
    if !source.slice(Span::new(line.start.max(part.start), at)).trim().is_empty() {
        return Some(Edit::insert(at, format!("{text}; ")));
    }
    let indentation = indentation(source, at);
    let end = source.line_ending();
    Some(Edit::insert(begin_at(source, part, comments, at), format!("{indentation}{text};{end}")))
}

/// Statements in lines of their own below one. `whole`: that one with its semicolon.
pub fn after(
    source: &Source,
    span: Span,
    whole: Span,
    operations: &[Operation],
    dialect: Dialect,
) -> Option<Edit> {
    let mut text = if whole.end > span.end { String::new() } else { ";".to_owned() };
    for operation in operations {
        text.push_str(source.line_ending());
        text.push_str(indentation(source, span.start));
        text.push_str(&in_case(&statement(operation, dialect)?, &cased(source, span, "CREATE")));
        text.push(';');
    }
    Some(Edit::insert(whole.end, text))
}

/// Writes another type where a column's type stands, in its case; with an identity, the words that make it one behind it, in the case
/// of the `statement`. WITHOUT TIME ZONE becomes WITH TIME ZONE where it was written out.
pub fn retype(
    source: &Source,
    (statement, span): (Span, Span),
    ty: &Type,
    identity: Option<Identity>,
    dialect: Dialect,
) -> Edit {
    let all = tokens(source, span, dialect);
    // A character set stays: it is the column's, not the type's.
    let is_set = |at: usize| {
        is(source, all[at], "CHARSET")
            || (is(source, all[at], "CHARACTER")
                && all.get(at + 1).is_some_and(|next| is(source, *next, "SET")))
    };
    let end = (1..all.len()).find(|at| is_set(*at)).map_or(span.end, |at| all[at - 1].span.end);
    let own = Span::new(span.start, end);
    let written_out = all.iter().any(|token| is(source, *token, "ZONE"));
    let mut text = if written_out { ty.to_string() } else { short(ty) };
    let words = match identity {
        Some(Identity::Always) => " GENERATED ALWAYS AS IDENTITY",
        Some(Identity::ByDefault) => " GENERATED BY DEFAULT AS IDENTITY",
        Some(Identity::AutoIncrement) | None => "",
    };
    // Many who write keywords in capitals write types in lower case: the type's own words decide.
    if source.slice(own).bytes().all(|b| !b.is_ascii_lowercase()) {
        text.make_ascii_uppercase();
    }
    Edit::replace(own, format!("{text}{}", cased(source, statement, words)))
}

/// A type under its shortest usual name.
fn short(ty: &Type) -> String {
    let zoned = ty.name == "timestamp with time zone";
    if zoned { Type { name: "timestamptz".to_owned(), ..ty.clone() }.to_string() } else { ty.to_string() }
}

/// Puts a statement into a DO block that takes the error that it exists already. `whole`: with its semicolon.
pub fn handle_duplicate(source: &Source, span: Span, whole: Span) -> Vec<Edit> {
    let end = source.line_ending();
    let quote = if source.slice(span).contains("$$") { "$do$" } else { "$$" };
    let indent = indentation(source, span.start);
    let semicolon = if whole.end > span.end { "" } else { ";" };
    vec![
        Edit::insert(span.start, format!("DO {quote} BEGIN{end}{indent}    ")),
        Edit::insert(
            whole.end,
            format!(
                "{semicolon}{end}{indent}EXCEPTION WHEN duplicate_object THEN NULL;{end}{indent}END {quote};"
            ),
        ),
    ]
}

/// Puts BEGIN before the first statement of a part and COMMIT behind everything. `first`: where that statement begins;
/// `last`: the end of the last statement, and whether it has its semicolon.
pub fn wrap(source: &Source, part: Span, comments: &[Span], first: u32, last: (u32, bool)) -> Vec<Edit> {
    let end = source.line_ending();
    let mut edits = vec![Edit::insert(begin_at(source, part, comments, first), format!("BEGIN;{end}{end}"))];
    edits.extend(commit_at_end(source, part, last));
    edits
}

/// Puts COMMIT behind everything of a part.
pub fn commit_at_end(source: &Source, part: Span, last: (u32, bool)) -> Vec<Edit> {
    let end = source.line_ending();
    let mut edits = Vec::new();
    let (last_end, has_semicolon) = last;
    if !has_semicolon {
        edits.push(Edit::insert(last_end, ";"));
    }
    let text = source.slice(part);
    let used = part.start + text.trim_end().len() as u32;
    let rest = source.slice(Span::new(used, part.end));
    // What blank lines stand at the end stay behind COMMIT only where the part goes on (a section of a file).
    let line_end = if rest.starts_with("\r\n") { 2 } else { u32::from(rest.starts_with('\n')) };
    let at = used + line_end;
    let text = if line_end == 0 { format!("{end}{end}COMMIT;{end}") } else { format!("{end}COMMIT;{end}") };
    edits.push(Edit::insert(at, text));
    edits
}

/// Where BEGIN goes: above the first statement and the comments that stand right on top of it, unless those are the header,
/// the first thing in the part.
fn begin_at(source: &Source, part: Span, comments: &[Span], first: u32) -> u32 {
    let line_start = |at: u32| source.line_span(source.position(at).line).start.max(part.start);
    let mut at = line_start(first);
    let header = comments
        .first()
        .map(|comment| comment.start)
        .filter(|start| source.slice(Span::new(part.start, *start)).trim().is_empty());
    let mut top = at;
    for comment in comments.iter().rev().filter(|comment| comment.end <= first) {
        let between = source.slice(Span::new(comment.end, top));
        if !between.trim().is_empty() || between.matches('\n').count() > 1 {
            break;
        }
        top = line_start(comment.start);
        if Some(comment.start) == header {
            return at;
        }
    }
    if top < at {
        at = top;
    }
    at
}

/// Takes a statement or comment away, with its line where nothing else stands on it.
pub fn remove(source: &Source, span: Span) -> Edit {
    let first = source.line_span(source.position(span.start).line);
    let last = source.line_span(source.position(span.end.saturating_sub(1).max(span.start)).line);
    let before = source.slice(Span::new(first.start, span.start));
    let after = source.slice(Span::new(span.end, last.end));
    if !before.trim().is_empty() || !after.trim().is_empty() {
        // Beside other text only the blanks before it go.
        let blanks = before.len() - before.trim_end().len();
        return Edit::delete(Span::new(span.start - blanks as u32, span.end));
    }
    let mut end = last.end;
    // No hole is left: a blank line behind goes too where one, or nothing, stands before.
    let above = source.slice(Span::new(0, first.start));
    let hole = above.trim_start_matches('\u{feff}').is_empty()
        || above.ends_with("\n\n")
        || above.ends_with("\n\r\n");
    let next = source.line_span(source.position(end).line);
    if hole && end < source.text().len() as u32 && source.slice(next).trim().is_empty() {
        end = next.end;
    }
    Edit::delete(Span::new(first.start, end))
}

/// Takes items out of the comma-separated list that they stand in, each with one comma.
pub fn remove_listed(source: &Source, items: &[Span]) -> Vec<Edit> {
    let text = source.text();
    let one = |item: &Span| {
        let after = &text[item.end as usize..];
        let blank = after.len() - after.trim_start().len();
        if after[blank..].starts_with(',') {
            let rest = &after[blank + 1..];
            let more = rest.len() - rest.trim_start_matches(' ').len();
            return Edit::delete(Span::new(item.start, item.end + (blank + 1 + more) as u32));
        }
        let before = &text[..item.start as usize];
        let start = before.trim_end().strip_suffix(',').map_or(item.start as usize, str::len);
        Edit::delete(Span::new(start as u32, item.end))
    };
    items.iter().map(one).collect()
}

/// An identifier as the dialect wants it written: in quotes where it must be.
pub fn quote(ident: &Ident, dialect: Dialect) -> String {
    let text = ident.text();
    let plain = !text.is_empty()
        && !text.as_bytes()[0].is_ascii_digit()
        && text.bytes().all(|b| {
            b.is_ascii_lowercase()
                || b.is_ascii_digit()
                || b == b'_'
                || (dialect != Dialect::Postgres && b.is_ascii_uppercase())
        })
        && !is_kept(text, dialect);
    match (plain, dialect) {
        (true, _) => text.to_owned(),
        (false, Dialect::Mysql) => format!("`{}`", text.replace('`', "``")),
        (false, Dialect::Postgres | Dialect::Sqlite) => format!("\"{}\"", text.replace('"', "\"\"")),
    }
}

/// Whether a word names no table or column unless quoted.
fn is_kept(word: &str, dialect: Dialect) -> bool {
    is_reserved(word)
        || match dialect {
            Dialect::Postgres => is_function_word(word),
            Dialect::Sqlite => is_one_of(word, SQLITE_WORDS),
            Dialect::Mysql => is_one_of(word, MYSQL_WORDS),
        }
}

fn is_one_of(word: &str, words: &str) -> bool {
    words.split(' ').any(|one| one.eq_ignore_ascii_case(word))
}

/// Whether PostgreSQL lets a word name functions and types but no tables and columns (source: PostgreSQL 15 manual, appendix C,
/// "reserved (can be function or type)").
pub fn is_function_word(word: &str) -> bool {
    const WORDS: &str = "authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull \
                         join left like natural notnull outer overlaps right similar tablesample verbose";
    is_one_of(word, WORDS)
}

/// Whether PostgreSQL lets a word name tables and columns but no functions and types: behind it a bracket or a string says something
/// else (source: PostgreSQL 18 manual, appendix C, "cannot be function or type").
pub fn is_value_word(word: &str) -> bool {
    const WORDS: &str = "between bigint bit boolean char character coalesce dec decimal exists extract float greatest \
                         grouping inout int integer interval json json_array json_arrayagg json_exists json_object \
                         json_objectagg json_query json_scalar json_serialize json_table json_value least merge_action \
                         national nchar none normalize nullif numeric out overlay position precision real row setof \
                         smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement \
                         xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";
    is_one_of(word, WORDS)
}

/// What SQLite reserves and PostgreSQL does not (source: the keywords without fallback in its parse.y), and the words that it takes for
/// operators or joins where it can.
const SQLITE_WORDS: &str = "add alter autoincrement between commit cross delete drop escape exists full glob if index inner insert \
                            is isnull join left like match natural nothing notnull outer regexp right set transaction update values";

/// What MySQL reserves and PostgreSQL does not (source: MySQL 8.0 manual, 9.3).
const MYSQL_WORDS: &str = "accessible add alter asensitive before between bigint binary blob by call cascade change char character \
                           condition continue convert cross cube cume_dist cursor database databases dec decimal declare delayed \
                           delete dense_rank describe deterministic distinctrow div double drop dual each elseif empty enclosed \
                           escaped exists exit explain first_value float float4 float8 force fulltext function generated get \
                           grouping groups high_priority if ignore index infile inner inout insensitive insert int int1 int2 int3 \
                           int4 int8 integer interval is iterate join json_table key keys kill lag last_value lead leave left like \
                           linear lines load lock long longblob longtext loop low_priority match maxvalue mediumblob mediumint \
                           mediumtext mod modifies natural nth_value ntile numeric of optimize option optionally out outer outfile \
                           over partition percent_rank precision procedure purge range rank read reads real recursive regexp \
                           release rename repeat replace require resignal restrict return revoke right rlike row row_number rows \
                           schema schemas sensitive separator set show signal smallint spatial specific sql sqlexception sqlstate \
                           sqlwarning ssl starting stored straight_join system terminated tinyblob tinyint tinytext trigger undo \
                           unlock unsigned update usage use utc_date utc_time utc_timestamp values varbinary varchar varcharacter \
                           varying virtual while write xor year_month zerofill";

/// A name with its schema, quoted where it must be.
pub fn name(name: &Name, dialect: Dialect) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema, dialect), quote(&name.ident, dialect)),
        None => quote(&name.ident, dialect),
    }
}

/// A statement for an operation, without its semicolon. None for operations that nobody has to write yet.
pub fn statement(operation: &Operation, dialect: Dialect) -> Option<String> {
    let alter = |table: &TableTarget| format!("ALTER TABLE {}", name(&table.name, dialect));
    let guarded = |guard: Guard| match guard {
        Guard::IfExists => " IF EXISTS",
        Guard::None | Guard::IfNotExists | Guard::OrReplace => "",
    };
    Some(match operation {
        Operation::Drop(drop) => drop_statement(drop, dialect),
        Operation::DropConstraint { table, constraint, guard, .. } => {
            format!("{} DROP CONSTRAINT{} {}", alter(table), guarded(*guard), quote(constraint, dialect))
        }
        Operation::DropColumn { table, column, guard, .. } => {
            format!("{} DROP COLUMN{} {}", alter(table), guarded(*guard), quote(column, dialect))
        }
        Operation::AlterColumn { table, column, change } => {
            let what = match change {
                AlterColumn::SetNotNull => "SET NOT NULL",
                AlterColumn::DropNotNull => "DROP NOT NULL",
                AlterColumn::DropDefault => "DROP DEFAULT",
                AlterColumn::Type { .. }
                | AlterColumn::SetDefault(_)
                | AlterColumn::AddIdentity { .. }
                | AlterColumn::SetIdentity { .. }
                | AlterColumn::DropIdentity(_)
                | AlterColumn::SetExpression(_)
                | AlterColumn::DropExpression(_)
                | AlterColumn::Setting(..)
                | AlterColumn::Option(_)
                | AlterColumn::Redefine(_) => return None,
            };
            format!("{} ALTER COLUMN {} {what}", alter(table), quote(column, dialect))
        }
        Operation::CreateIndex(create) => index_statement(create, dialect)?,
        Operation::Set { name, value: Some(value), local } => {
            let local = if *local { "LOCAL " } else { "" };
            let bare = value.bytes().all(|byte| byte.is_ascii_digit());
            let value = if bare { value.clone() } else { format!("'{}'", value.replace('\'', "''")) };
            format!("SET {local}{name} = {value}")
        }
        // The value is the author's to find.
        Operation::Update { table, columns, .. } => {
            let column = quote(columns.first()?, dialect);
            format!("UPDATE {} SET {column} = … WHERE {column} IS NULL", name(table, dialect))
        }
        _ => return None,
    })
}

/// An index of plain columns.
fn index_statement(create: &CreateIndex, dialect: Dialect) -> Option<String> {
    let plain = !create.only
        && create.method == "btree"
        && create.include.is_empty()
        && create.predicate.is_none()
        && !create.nulls_not_distinct
        && create.keys.iter().all(|key| key.options.is_empty());
    let columns =
        create.keys.iter().map(|key| key.column().map(|column| quote(&Ident::exact(column), dialect)));
    let columns: Vec<String> = columns.collect::<Option<_>>()?;
    let word = |given: bool, word: &'static str| if given { word } else { "" };
    plain.then(|| {
        format!(
            "CREATE {}INDEX {}{}{}ON {} ({})",
            word(create.unique, "UNIQUE "),
            word(create.concurrently, "CONCURRENTLY "),
            word(create.guard == Guard::IfNotExists, "IF NOT EXISTS "),
            create.name.as_ref().map_or_else(String::new, |index| format!("{} ", name(index, dialect))),
            name(&create.table, dialect),
            columns.join(", ")
        )
    })
}

fn drop_statement(drop: &Drop, dialect: Dialect) -> String {
    let objects: Vec<String> = drop
        .objects
        .iter()
        .map(|object| match &object.on {
            Some(table) => format!("{} ON {}", name(&object.name, dialect), name(table, dialect)),
            None => name(&object.name, dialect),
        })
        .collect();
    let concurrently = if drop.concurrently { " CONCURRENTLY" } else { "" };
    let guard = if drop.guard == Guard::IfExists { " IF EXISTS" } else { "" };
    let cascade = if drop.cascade { " CASCADE" } else { "" };
    format!("DROP {}{concurrently}{guard} {}{cascade}", drop.kind.keywords(), objects.join(", "))
}

/// The text of an action with its NOT NULL taken away.
pub fn without_not_null(source: &Source, span: Span, dialect: Dialect) -> String {
    let all = tokens(source, span, dialect);
    let pair = all.windows(2).find(|pair| is(source, pair[0], "NOT") && is(source, pair[1], "NULL"));
    let text = source.slice(span);
    match pair {
        Some(pair) => {
            let from = (pair[0].span.start - span.start) as usize;
            let to = (pair[1].span.end - span.start) as usize;
            format!("{}{}", text[..from].trim_end(), &text[to..])
        }
        None => text.to_owned(),
    }
}
