//! Writes tables, columns and indexes into a schema file, in the words of the migration that made them and the style of the
//! file. Every byte outside of what is written stays.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::lex::{Lexer, Token, TokenKind};
use super::write::{name, quote, remove_listed};
use super::{Script, read};
use crate::ops::{
    AlterColumn, ColumnDef, CreateTable, Guard, Operation, Session, Statement, Transaction, apply,
};
use crate::schema::{Catalog, Column, Dialect, Engine, Ident, Name, Table, canonical, column_text};
use crate::text::{Edit, FileId, Map, Source, Span, apply_edits};

/// An operation, and where it was written.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The file.
    pub source: &'a Source,
    /// What is done.
    pub operation: &'a Operation,
    /// The bytes that say so.
    pub span: Span,
}

/// The schema file that is written into.
#[derive(Clone, Copy)]
pub struct SchemaFile<'a> {
    /// Its text.
    pub source: &'a Source,
    /// It, read.
    pub script: &'a Script,
    /// Its language.
    pub dialect: Dialect,
}

/// Writes a column into the CREATE TABLE at `at`, behind the last one. None where it cannot be written safely.
pub fn column(
    file: SchemaFile<'_>,
    at: Span,
    table: &Name,
    words: &[Words<'_>],
    wanted: &Column,
) -> Option<Vec<Edit>> {
    let (statement, create) = create_table_at(file.script, at)?;
    let text = definition(words, wanted, table, file.dialect)?;
    insert_column(file.source, statement.span, create, &text, file.dialect)
}

/// Writes an index below the statement that ends the line of `below`, which is its table's or that of another index of it.
/// `table_at`: where the file makes the table.
pub fn index(file: SchemaFile<'_>, table_at: Span, below: &[Span], words: Words<'_>) -> Option<Vec<Edit>> {
    let Operation::CreateIndex(_) = words.operation else { return None };
    let (_, create) = create_table_at(file.script, table_at)?;
    let written = create.name.schema.is_some().then(|| table_name_text(file, table_at)).flatten();
    let text = create_text(words, is_guarded(file.script, Kind::Index), written, file.dialect)?;
    let anchor = top_level(file.script)
        .filter(|statement| below.iter().any(|span| statement.span.contains(*span)))
        .last()?;
    let gap = gap_below(file, anchor);
    Some(below_statement(file.source, anchor, &format!("{text};"), gap))
}

/// Writes a table at the end of the file, with what else the migrations wrote to make it as it is.
pub fn table(
    file: SchemaFile<'_>,
    table: &Name,
    words: &[Words<'_>],
    columns: &[Column],
) -> Option<Vec<Edit>> {
    let (first, rest) = words.split_first()?;
    let Operation::CreateTable(create) = first.operation else { return None };
    if create.temporary || create.foreign || create.partition_of.is_some() {
        return None;
    }
    let qualified = is_qualified(file.script) && create.name.schema.is_none();
    let written = qualified.then(|| name(table, file.dialect));
    let mut text =
        create_text(*first, is_guarded(file.script, Kind::Table), written.as_deref(), file.dialect)?;
    text = with_columns(text, table, words, columns, file.dialect)?;
    text.push(';');
    let gap = if table_gap(file) { "\n\n" } else { "\n" };
    let mut after = "\n";
    for word in rest {
        let more = match word.operation {
            Operation::CreateIndex(_) => {
                create_text(*word, is_guarded(file.script, Kind::Index), written.as_deref(), file.dialect)?
            }
            Operation::AddConstraint { constraint, .. } if !is_dropped(constraint.name.as_ref(), rest) => {
                let written = written.clone().unwrap_or_else(|| bare_name(table, create, file.dialect));
                format!("ALTER TABLE {written} {}", add_constraint(*word, rest, file.dialect))
            }
            Operation::AddConstraint { .. }
            | Operation::DropConstraint { .. }
            | Operation::ValidateConstraint { .. }
            | Operation::AddColumn { .. }
            | Operation::AlterColumn { .. }
            | Operation::DropColumn { .. }
            | Operation::RenameColumn { .. } => continue,
            _ => return None,
        };
        text.push_str(if after == "\n" && matches!(word.operation, Operation::CreateIndex(_)) {
            gap
        } else {
            "\n"
        });
        after = "";
        text.push_str(&more);
        text.push(';');
    }
    if !builds(&text, table, columns, file.dialect) {
        return None;
    }
    let end = file.source.line_ending();
    let text = text.replace("\r\n", "\n").replace('\n', end);
    let ends = |operation: &Operation| matches!(operation, Operation::Commit { .. });
    match top_level(file.script).filter(|statement| !statement.ops.iter().any(|op| ends(&op.kind))).last() {
        Some(last) => Some(below_statement(file.source, last, &text, 2)),
        None => {
            let at = file.source.text().len() as u32;
            let before =
                if file.source.text().is_empty() || file.source.text().ends_with('\n') { "" } else { end };
            Some(vec![Edit::insert(at, format!("{before}{text}{end}"))])
        }
    }
}

/// A statement that does what a schema file says, in its words. `span`: where the file says it.
pub fn statement(source: &Source, span: Span, operation: &Operation, dialect: Dialect) -> Option<String> {
    let words = Words { source, operation, span };
    match operation {
        Operation::CreateTable(create) => {
            create_text(words, create.guard == Guard::IfNotExists, None, dialect)
        }
        Operation::CreateIndex(create) => {
            create_text(words, create.guard == Guard::IfNotExists, None, dialect)
        }
        Operation::AddColumn { table, def, .. } => {
            let text = one_line(source, def.span, dialect);
            Some(format!("ALTER TABLE {} ADD COLUMN {text}", shown_name(&table.name, dialect)))
        }
        Operation::AlterColumn { table, column, change } => {
            let what = match change {
                AlterColumn::Type { ty, .. } => format!("TYPE {ty}"),
                AlterColumn::SetDefault(expr) => format!("SET DEFAULT {}", canonical::text(expr)),
                AlterColumn::DropDefault => "DROP DEFAULT".to_owned(),
                AlterColumn::SetNotNull => "SET NOT NULL".to_owned(),
                AlterColumn::DropNotNull => "DROP NOT NULL".to_owned(),
                AlterColumn::AddIdentity { .. }
                | AlterColumn::SetIdentity { .. }
                | AlterColumn::DropIdentity(_)
                | AlterColumn::SetExpression(_)
                | AlterColumn::DropExpression(_)
                | AlterColumn::Setting(..)
                | AlterColumn::Option(_)
                | AlterColumn::Redefine(_) => return None,
            };
            Some(format!(
                "ALTER TABLE {} ALTER COLUMN {} {what}",
                shown_name(&table.name, dialect),
                quote(column, dialect)
            ))
        }
        _ => None,
    }
}

/// A name as people write it: without the schema that everybody leaves out.
fn shown_name(full: &Name, dialect: Dialect) -> String {
    match &full.schema {
        Some(schema) if schema.key() != "public" && schema.key() != "main" => name(full, dialect),
        Some(_) | None => quote(&full.ident, dialect),
    }
}

fn bare_name(table: &Name, create: &CreateTable, dialect: Dialect) -> String {
    if create.name.schema.is_some() { name(table, dialect) } else { quote(&table.ident, dialect) }
}

/// The statements that stand in no DO block.
fn top_level(script: &Script) -> impl Iterator<Item = &Statement> {
    script.statements.iter().filter(|statement| statement.within.is_none())
}

fn create_table_at(script: &Script, at: Span) -> Option<(&Statement, &CreateTable)> {
    top_level(script).find_map(|statement| match statement.ops.as_slice() {
        [op] if op.span == at => match &op.kind {
            Operation::CreateTable(create) => Some((statement, &**create)),
            _ => None,
        },
        _ => None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Index,
}

/// Whether most of the file's CREATEs of that kind are guarded; where it has none, its tables decide.
fn is_guarded(script: &Script, kind: Kind) -> bool {
    let guards = |wanted: Kind| {
        let ops = top_level(script).flat_map(|statement| &statement.ops);
        ops.filter_map(move |op| match &op.kind {
            Operation::CreateTable(create) if wanted == Kind::Table => {
                Some(create.guard == Guard::IfNotExists)
            }
            Operation::CreateIndex(create) if wanted == Kind::Index => {
                Some(create.guard == Guard::IfNotExists)
            }
            _ => None,
        })
    };
    let most = |kind: Kind| guards(kind).filter(|guarded| *guarded).count() * 2 > guards(kind).count();
    match kind {
        Kind::Index if guards(Kind::Index).next().is_none() => most(Kind::Table),
        Kind::Index | Kind::Table => most(kind),
    }
}

/// Whether the file names its tables with their schemas.
fn is_qualified(script: &Script) -> bool {
    let ops = top_level(script).flat_map(|statement| &statement.ops);
    let (with, without) = ops.fold((0, 0), |(with, without), op| match &op.kind {
        Operation::CreateTable(create) if create.name.schema.is_some() => (with + 1, without),
        Operation::CreateTable(_) => (with, without + 1),
        _ => (with, without),
    });
    with > without
}

/// The name of a table as its CREATE TABLE writes it.
fn table_name_text<'a>(file: SchemaFile<'a>, at: Span) -> Option<&'a str> {
    let tokens = tokens(file.source.text(), at, file.dialect);
    let head = Head::of(file.source.text(), &tokens, "TABLE")?;
    let (first, last) = head.name?;
    Some(file.source.slice(Span::new(tokens[first].span.start, tokens[last - 1].span.end)))
}

fn tokens(text: &str, span: Span, dialect: Dialect) -> Vec<Token> {
    Lexer::new(text, span, dialect)
        .filter(|token| !matches!(token.kind, TokenKind::Comment | TokenKind::Meta))
        .collect()
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap_or("")
}

fn is(text: &str, token: Token, word: &str) -> bool {
    token.kind == TokenKind::Word && slice(text, token.span).eq_ignore_ascii_case(word)
}

fn is_symbol(text: &str, token: Token, symbol: &str) -> bool {
    token.kind == TokenKind::Symbol && slice(text, token.span) == symbol
}

/// The tokens of `span` in one line: one blank where there were any, no comments.
fn one_line(source: &Source, span: Span, dialect: Dialect) -> String {
    let tokens = tokens(source.text(), span, dialect);
    joined(source.text(), &tokens)
}

fn joined(text: &str, tokens: &[Token]) -> String {
    let mut out = String::new();
    let mut end = tokens.first().map_or(0, |token| token.span.start);
    for token in tokens {
        if token.span.start > end {
            out.push(' ');
        }
        out.push_str(slice(text, token.span));
        end = token.span.end;
    }
    out
}

/// The parts of a CREATE's head, as token indexes.
struct Head {
    /// Where a guard belongs.
    guard_at: usize,
    /// The guard's tokens.
    guard: Option<(usize, usize)>,
    /// CONCURRENTLY.
    concurrently: Option<usize>,
    /// The table's name.
    name: Option<(usize, usize)>,
    /// Whether what is made has a name.
    is_named: bool,
}

impl Head {
    fn of(text: &str, tokens: &[Token], kind: &str) -> Option<Self> {
        let mut at = tokens.iter().position(|token| is(text, *token, kind))? + 1;
        let is_at = |at: usize, word: &str| tokens.get(at).is_some_and(|token| is(text, *token, word));
        let concurrently = is_at(at, "CONCURRENTLY").then_some(at);
        at += usize::from(concurrently.is_some());
        let guard_at = at;
        let guard =
            (is_at(at, "IF") && is_at(at + 1, "NOT") && is_at(at + 2, "EXISTS")).then_some((at, at + 3));
        at = guard.map_or(at, |(_, end)| end);
        let mut is_named = true;
        if kind == "INDEX" {
            is_named = guard.is_some() || !is_at(at, "ON");
            let on = (at..tokens.len()).find(|at| is_at(*at, "ON"))?;
            at = on + 1 + usize::from(is_at(on + 1, "ONLY"));
        }
        let dotted = tokens.get(at + 1).is_some_and(|token| is_symbol(text, *token, "."));
        let end = if dotted { at + 3 } else { at + 1 };
        Some(Self {
            guard_at,
            guard,
            concurrently,
            name: (end <= tokens.len()).then_some((at, end)),
            is_named,
        })
    }
}

/// A CREATE TABLE or CREATE INDEX in its own words: with or without its guard, never CONCURRENTLY, about the table as `table` writes it.
fn create_text(words: Words<'_>, guarded: bool, table: Option<&str>, dialect: Dialect) -> Option<String> {
    let text = words.source.text();
    let kind = match words.operation {
        Operation::CreateTable(_) => "TABLE",
        Operation::CreateIndex(_) => "INDEX",
        _ => return None,
    };
    let tokens = tokens(text, words.span, dialect);
    let head = Head::of(text, &tokens, kind)?;
    let mut edits = Vec::new();
    // A word goes with the blanks behind it.
    let from = |first: usize| tokens[first].span.start;
    let upto = |last: usize| tokens.get(last).map_or(words.span.end, |next| next.span.start);
    if let Some(at) = head.concurrently {
        edits.push(Edit::delete(Span::new(from(at), upto(at + 1))));
    }
    match head.guard {
        Some((first, last)) if !guarded => edits.push(Edit::delete(Span::new(from(first), upto(last)))),
        None if guarded && head.is_named => {
            let lower = slice(text, tokens[0].span).starts_with(|c: char| c.is_ascii_lowercase());
            edits.push(Edit::insert(
                upto(head.guard_at),
                if lower { "if not exists " } else { "IF NOT EXISTS " },
            ));
        }
        Some(_) | None => {}
    }
    if let (Some(table), Some((first, last))) = (table, head.name) {
        edits.push(Edit::replace(Span::new(from(first), tokens[last - 1].span.end), table));
    }
    let moved: Vec<Edit> = edits
        .into_iter()
        .map(|edit| {
            let back = |at: u32| at.saturating_sub(words.span.start);
            Edit::replace(Span::new(back(edit.span.start), back(edit.span.end)), edit.insert)
        })
        .collect();
    let bytes = apply_edits(words.source.slice(words.span).as_bytes(), &moved).ok()?;
    String::from_utf8(bytes).ok()
}

/// ADD CONSTRAINT in its own words; without NOT VALID where it was validated since.
fn add_constraint(words: Words<'_>, rest: &[Words<'_>], dialect: Dialect) -> String {
    let Operation::AddConstraint { constraint, .. } = words.operation else { return String::new() };
    let validated = rest.iter().any(|word| match word.operation {
        Operation::ValidateConstraint { constraint: known, .. } => constraint.name.as_ref() == Some(known),
        _ => false,
    });
    let text = words.source.text();
    let mut tokens = tokens(text, words.span, dialect);
    let tail = tokens.len().saturating_sub(2);
    let is_not_valid = |tokens: &[Token]| matches!(tokens, [not, valid] if is(text, *not, "NOT") && is(text, *valid, "VALID"));
    if validated && is_not_valid(&tokens[tail..]) {
        tokens.truncate(tail);
    }
    let start = tokens.iter().position(|token| is(text, *token, "ADD")).unwrap_or(0);
    joined(text, &tokens[start..])
}

fn is_dropped(constraint: Option<&Ident>, words: &[Words<'_>]) -> bool {
    words.iter().any(|word| match word.operation {
        Operation::DropConstraint { constraint: dropped, .. } => constraint == Some(dropped),
        _ => false,
    })
}

/// A CREATE TABLE whose columns are those that the table has in the end.
fn with_columns(
    text: String,
    table: &Name,
    words: &[Words<'_>],
    columns: &[Column],
    dialect: Dialect,
) -> Option<String> {
    let changes = words.iter().any(|word| {
        matches!(
            word.operation,
            Operation::AddColumn { .. }
                | Operation::AlterColumn { .. }
                | Operation::DropColumn { .. }
                | Operation::RenameColumn { .. }
        )
    });
    if !changes {
        return Some(text);
    }
    let mut text = text;
    let original = original_names(columns, words);
    // Columns that are gone or are called otherwise.
    loop {
        let (source, create, _) = alone(&text, dialect)?;
        let stale =
            create.columns.iter().find(|def| !columns.iter().any(|column| column.name == def.column.name));
        let Some(stale) = stale else { break };
        let renamed = original.iter().find(|(_, first)| **first == stale.column.name);
        let edits = match renamed {
            Some((to, _)) => {
                let first = tokens(source.text(), stale.span, dialect).first()?.span;
                vec![Edit::replace(first, quote(to, dialect))]
            }
            None if create.columns.len() > 1 => remove_column(&source, stale.span),
            None => return None,
        };
        text = String::from_utf8(apply_edits(source.bytes(), &edits).ok()?).ok()?;
    }
    for column in columns {
        let (source, create, span) = alone(&text, dialect)?;
        // As the whole table makes it: a primary key that is written below its columns makes them NOT NULL.
        let built = built(&text, table, dialect)?;
        let there = built.column(column.name.key()).found();
        let edits = match create.columns.iter().find(|def| def.column.name == column.name) {
            Some(_) if there.is_some_and(|there| same_column(&there.column, column, dialect)) => continue,
            Some(def) => vec![Edit::replace(def.span, definition(words, column, table, dialect)?)],
            None => {
                insert_column(&source, span, &create, &definition(words, column, table, dialect)?, dialect)?
            }
        };
        text = String::from_utf8(apply_edits(source.bytes(), &edits).ok()?).ok()?;
    }
    Some(text)
}

/// Takes a column out of its list: with its line, where it has one for itself and a comma behind it.
fn remove_column(source: &Source, column: Span) -> Vec<Edit> {
    let first = source.line_span(source.position(column.start).line);
    let last = source.line_span(source.position(column.end).line);
    let before = source.slice(Span::new(first.start, column.start));
    let behind = source.slice(Span::new(column.end, last.end)).trim();
    let rest = behind.strip_prefix(',').map(str::trim_start);
    match rest {
        Some(rest) if before.trim().is_empty() && (rest.is_empty() || rest.starts_with("--")) => {
            vec![Edit::delete(Span::new(first.start, last.end))]
        }
        Some(_) | None => remove_listed(source, &[column]),
    }
}

/// Each column with the name under which it was made.
fn original_names<'a>(columns: &'a [Column], words: &[Words<'a>]) -> Vec<(&'a Ident, &'a Ident)> {
    columns.iter().map(|column| (&column.name, original_name(&column.name, words))).collect()
}

fn original_name<'a>(name: &'a Ident, words: &[Words<'a>]) -> &'a Ident {
    words.iter().rev().fold(name, |name, word| match word.operation {
        Operation::RenameColumn { from, to, .. } if to == name => from,
        _ => name,
    })
}

/// A CREATE TABLE that stands alone in a text, read.
fn alone(text: &str, dialect: Dialect) -> Option<(Source, CreateTable, Span)> {
    let source = Source::new("", text.as_bytes().to_vec());
    let script = read(source.text(), Span::new(0, text.len() as u32), dialect);
    match script.statements.as_slice() {
        [statement] => match statement.ops.as_slice() {
            [op] => match &op.kind {
                Operation::CreateTable(create) => Some((source, (**create).clone(), statement.span)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The definition of a column as it is in the end, in the words of those who wrote it. None where their words do not say it.
fn definition(words: &[Words<'_>], wanted: &Column, table: &Name, dialect: Dialect) -> Option<String> {
    let mut current = original_name(&wanted.name, words).clone();
    let mut parts: Option<Parts> = None;
    for word in words {
        match word.operation {
            Operation::CreateTable(create) => {
                let def = create.columns.iter().find(|def| def.column.name == current);
                parts = def.and_then(|def| Parts::of(word.source, def, dialect)).or(parts);
            }
            Operation::AddColumn { def, .. } if def.column.name == current => {
                parts = Parts::of(word.source, def, dialect)
            }
            Operation::RenameColumn { from, to, .. } if *from == current => {
                current = to.clone();
                parts.as_mut()?.name = quote(to, dialect);
            }
            Operation::AlterColumn { column, change, .. } if *column == current => {
                parts.as_mut()?.change(*word, change, dialect)?
            }
            _ => {}
        }
    }
    let text = parts?.text();
    builds(
        &format!("CREATE TABLE {} ({text})", shown_name(table, dialect)),
        table,
        std::slice::from_ref(wanted),
        dialect,
    )
    .then_some(text)
}

/// A column's definition, taken apart.
struct Parts {
    name: String,
    ty: String,
    /// NOT NULL, DEFAULT …, REFERENCES …, each with all that belongs to it.
    clauses: Vec<String>,
}

impl Parts {
    fn of(source: &Source, def: &ColumnDef, dialect: Dialect) -> Option<Self> {
        let text = source.text();
        let tokens = tokens(text, def.span, dialect);
        let map = Map::Offset(0);
        let mut cursor = Cursor::new(text, &tokens, dialect, &map);
        cursor.any_word("a column name").ok()?;
        let after_name = cursor.at;
        // SQLite's columns need no type.
        if cursor.data_type().is_err() {
            cursor.at = after_name;
        }
        let after_type = cursor.at;
        let mut clauses: Vec<String> = Vec::new();
        let mut first = after_type;
        for at in after_type..=tokens.len() {
            if at == tokens.len() || (at > first && starts_clause(text, &tokens, at)) {
                if at > first {
                    clauses.push(joined(text, &tokens[first..at]));
                }
                first = at;
            }
        }
        Some(Self {
            name: joined(text, &tokens[..after_name]),
            ty: joined(text, &tokens[after_name..after_type]),
            clauses,
        })
    }

    fn text(&self) -> String {
        let mut out = self.name.clone();
        for part in std::iter::once(&self.ty).chain(&self.clauses).filter(|part| !part.is_empty()) {
            out.push(' ');
            out.push_str(part);
        }
        out
    }

    fn change(&mut self, words: Words<'_>, change: &AlterColumn, dialect: Dialect) -> Option<()> {
        let begins = |clause: &str, word: &str| {
            clause.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let text = words.source.text();
        let tokens = tokens(text, words.span, dialect);
        let behind = |word: &str, end: &[&str]| {
            let from = tokens.iter().position(|token| is(text, *token, word))? + 1;
            let to = (from..tokens.len())
                .find(|at| end.iter().any(|word| is(text, tokens[*at], word)))
                .unwrap_or(tokens.len());
            (to > from).then(|| joined(text, &tokens[from..to]))
        };
        let lower = slice(text, words.span).starts_with(|c: char| c.is_ascii_lowercase());
        let cased = |words: &str| if lower { words.to_ascii_lowercase() } else { words.to_owned() };
        match change {
            AlterColumn::SetNotNull => {
                if !self.clauses.iter().any(|clause| begins(clause, "NOT ")) {
                    self.clauses.retain(|clause| !clause.eq_ignore_ascii_case("NULL"));
                    self.clauses.insert(0, cased("NOT NULL"));
                }
            }
            AlterColumn::DropNotNull => self.clauses.retain(|clause| !begins(clause, "NOT ")),
            AlterColumn::SetDefault(_) => {
                self.clauses.retain(|clause| !begins(clause, "DEFAULT"));
                let at = self.clauses.iter().position(|clause| begins(clause, "NOT ")).map_or(0, |at| at + 1);
                self.clauses.insert(at, format!("{} {}", cased("DEFAULT"), behind("DEFAULT", &[])?));
            }
            AlterColumn::DropDefault => self.clauses.retain(|clause| !begins(clause, "DEFAULT")),
            AlterColumn::Type { .. } => self.ty = behind("TYPE", &["USING", "COLLATE"])?,
            AlterColumn::Setting(..) | AlterColumn::Option(_) => {}
            AlterColumn::AddIdentity { .. }
            | AlterColumn::SetIdentity { .. }
            | AlterColumn::DropIdentity(_)
            | AlterColumn::SetExpression(_)
            | AlterColumn::DropExpression(_)
            | AlterColumn::Redefine(_) => return None,
        }
        Some(())
    }
}

/// Whether a clause of a column begins at a token: not inside brackets, and not where the word belongs to what stands before it.
fn starts_clause(text: &str, tokens: &[Token], at: usize) -> bool {
    const STARTS: &[&str] = &[
        "CONSTRAINT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "GENERATED",
        "COLLATE",
        "AS",
        "AUTO_INCREMENT",
        "COMMENT",
    ];
    let depth = tokens[..at].iter().fold(0i32, |depth, token| match slice(text, token.span) {
        "(" | "[" if token.kind == TokenKind::Symbol => depth + 1,
        ")" | "]" if token.kind == TokenKind::Symbol => depth - 1,
        _ => depth,
    });
    let before = |back: usize, word: &str| at >= back && is(text, tokens[at - back], word);
    if depth != 0 || before(2, "CONSTRAINT") || before(1, "SET") || before(1, "IS") || before(1, "GENERATED")
    {
        return false;
    }
    if is(text, tokens[at], "NOT") {
        return tokens.get(at + 1).is_some_and(|next| is(text, *next, "NULL"));
    }
    let continues = before(1, "NOT") || before(1, "DEFAULT") || before(1, "ALWAYS") || before(1, "BY");
    !continues && STARTS.iter().any(|word| is(text, tokens[at], word))
}

/// Whether a text builds the table with these columns.
fn builds(text: &str, table: &Name, columns: &[Column], dialect: Dialect) -> bool {
    let Some(built) = built(text, table, dialect) else { return false };
    let same = |column: &Column| {
        let there = built.column(column.name.key()).found();
        there.is_some_and(|there| same_column(&there.column, column, dialect))
    };
    built.columns.len() == columns.len() && columns.iter().all(same)
}

/// The table that a text builds; None where something in it cannot be read.
fn built(text: &str, table: &Name, dialect: Dialect) -> Option<Table> {
    let script = read(text, Span::new(0, text.len() as u32), dialect);
    let mut session = Session::new(Engine::of(dialect), FileId(0), Transaction::None);
    let mut catalog = Catalog::new(dialect, true);
    for statement in &script.statements {
        if statement.is_opaque() {
            return None;
        }
        catalog = apply(&catalog, statement, &mut session).after;
    }
    catalog.table(table).found().cloned()
}

fn same_column(one: &Column, other: &Column, dialect: Dialect) -> bool {
    column_text(one, dialect) == column_text(other, dialect)
}

/// Puts a definition behind the last column of a CREATE TABLE, in its style.
fn insert_column(
    source: &Source,
    statement: Span,
    create: &CreateTable,
    text: &str,
    dialect: Dialect,
) -> Option<Vec<Edit>> {
    if create.from_query || create.of_type.is_some() || create.partition_of.is_some() {
        return None;
    }
    let last = create.columns.iter().max_by_key(|def| def.span.end)?;
    let text = styled(source, statement, create, text, dialect);
    let whole = source.text();
    let next = tokens(whole, Span::new(last.span.end, statement.end), dialect);
    let mut next = next.iter();
    let follows = next.next()?;
    let is_comma = is_symbol(whole, *follows, ",");
    if !is_comma && !is_symbol(whole, *follows, ")") {
        return None;
    }
    let line_of = |at: u32| source.position(at).line;
    let line_start = |at: u32| source.line_span(line_of(at)).start;
    let prefix = source.slice(Span::new(line_start(last.span.start), last.span.start));
    let leading = prefix.trim() == ",";
    if !prefix.trim().is_empty() && !leading {
        // Several on one line: so is the new one.
        return Some(vec![Edit::insert(last.span.end, format!(", {text}"))]);
    }
    let end = source.line_ending();
    let line_end = |at: u32| {
        let line = source.line_span(line_of(at));
        line.start + source.slice(line).trim_end_matches(['\n', '\r']).len() as u32
    };
    let same_line = |token: &Token, at: u32| line_of(token.span.start) == line_of(at);
    let here = last.span.end;
    if leading {
        let at = if same_line(follows, here) && !is_comma { here } else { line_end(here) };
        return Some(vec![Edit::insert(at, format!("{end}{prefix}{text}"))]);
    }
    if is_comma && !same_line(follows, here) {
        // The comma stands before what it parts from the one above.
        let before = source.slice(Span::new(line_start(follows.span.start), follows.span.start));
        return Some(vec![Edit::insert(line_end(here), format!("{end}{before}, {text}"))]);
    }
    if is_comma {
        let after = follows.span.end;
        let more = next.next().is_some_and(|token| same_line(token, after));
        return Some(match more {
            true => vec![Edit::insert(after, format!(" {text},"))],
            false => vec![Edit::insert(line_end(after), format!("{end}{prefix}{text},"))],
        });
    }
    if same_line(follows, here) || line_end(here) == here {
        return Some(vec![Edit::insert(here, format!(",{end}{prefix}{text}"))]);
    }
    // A comment behind the last column stays with it.
    Some(vec![Edit::insert(here, ","), Edit::insert(line_end(here), format!("{end}{prefix}{text}"))])
}

/// A definition in the style of the table's others: the case of keywords and types, and types below each other.
fn styled(source: &Source, statement: Span, create: &CreateTable, text: &str, dialect: Dialect) -> String {
    const KEYWORDS: &[&str] = &[
        "NOT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "KEY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "CONSTRAINT",
        "GENERATED",
        "ALWAYS",
        "BY",
        "AS",
        "IDENTITY",
        "STORED",
        "VIRTUAL",
        "COLLATE",
        "ON",
        "DELETE",
        "UPDATE",
        "CASCADE",
        "RESTRICT",
        "NO",
        "ACTION",
        "SET",
        "AND",
        "OR",
        "IN",
        "IS",
        "BETWEEN",
        "LIKE",
        "DEFERRABLE",
        "INITIALLY",
        "DEFERRED",
        "IMMEDIATE",
        "AUTOINCREMENT",
        "AUTO_INCREMENT",
    ];
    let case_of = |text: &str| match text.chars().find(char::is_ascii_alphabetic) {
        Some(c) if c.is_ascii_lowercase() => Some(false),
        Some(_) => Some(true),
        None => None,
    };
    let second = |def: &ColumnDef| {
        tokens(source.text(), def.span, dialect).get(1).copied().filter(|token| token.kind == TokenKind::Word)
    };
    let type_case = |def: &ColumnDef| {
        second(def)
            .map(|token| source.slice(token.span))
            .filter(|word| !KEYWORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let keywords_upper = case_of(source.slice(statement));
    let types: Vec<bool> = create.columns.iter().filter_map(type_case).filter_map(case_of).collect();
    let types_upper = types.first().filter(|first| types.iter().all(|one| one == *first)).copied();
    let own = tokens(text, Span::new(0, text.len() as u32), dialect);
    let recased = |word: &str, upper: Option<bool>| match upper {
        Some(true) => word.to_ascii_uppercase(),
        Some(false) => word.to_ascii_lowercase(),
        None => word.to_owned(),
    };
    let type_end = own
        .iter()
        .skip(1)
        .position(|token| token.kind != TokenKind::Word || is_keyword(text, *token, KEYWORDS))
        .map_or(own.len(), |at| at + 1);
    let mut out = String::new();
    let mut end = 0;
    for (at, token) in own.iter().enumerate() {
        let word = slice(text, token.span);
        out.push_str(slice(text, Span::new(end, token.span.start)));
        let shown: Cow<'_, str> = if at > 0 && at < type_end {
            recased(word, types_upper).into()
        } else if at > 0 && is_keyword(text, *token, KEYWORDS) {
            recased(word, keywords_upper).into()
        } else {
            word.into()
        };
        out.push_str(&shown);
        end = token.span.end;
    }
    match (column_of_types(source, create, &second), own.first(), own.get(1)) {
        (Some(width), Some(first), Some(next)) if first.span.len() < width => {
            let gap = (next.span.start - first.span.end) as usize;
            let blanks = " ".repeat((width - first.span.len()) as usize);
            format!("{}{blanks}{}", &out[..first.span.end as usize], &out[first.span.end as usize + gap..])
        }
        _ => out,
    }
}

fn is_keyword(text: &str, token: Token, keywords: &[&str]) -> bool {
    keywords.iter().any(|word| is(text, token, word))
}

/// How far behind the start of each name its type begins, where that is the same for all and leaves room somewhere.
fn column_of_types(
    source: &Source,
    create: &CreateTable,
    second: &dyn Fn(&ColumnDef) -> Option<Token>,
) -> Option<u32> {
    let offsets: Option<Vec<(u32, bool)>> = create
        .columns
        .iter()
        .map(|def| {
            let token = second(def)?;
            let between = source.slice(Span::new(def.span.start, token.span.start));
            Some((token.span.start - def.span.start, between.ends_with("  ") || between.ends_with('\t')))
        })
        .collect();
    let offsets = offsets?;
    let (first, _) = *offsets.first()?;
    (offsets.len() > 1
        && offsets.iter().all(|(offset, _)| *offset == first)
        && offsets.iter().any(|(_, roomy)| *roomy))
    .then_some(first)
}

/// How many line breaks part a statement that is put below `anchor` from it: as many as part indexes, or indexes from tables, in the file.
fn gap_below(file: SchemaFile<'_>, anchor: &Statement) -> usize {
    let all: Vec<&Statement> = top_level(file.script).collect();
    let creates_index =
        |statement: &Statement| statement.ops.iter().any(|op| matches!(op.kind, Operation::CreateIndex(_)));
    let pairs = || all.windows(2).filter(|pair| creates_index(pair[1]));
    let is_index = creates_index(anchor);
    let alike = pairs().filter(|pair| creates_index(pair[0]) == is_index);
    let nearest = alike.min_by_key(|pair| pair[0].span.start.abs_diff(anchor.span.start));
    let blank = match nearest {
        Some(pair) => is_blank_between(file.source, pair[0], pair[1]),
        None if is_index => false,
        None => table_gap(file),
    };
    1 + usize::from(blank)
}

/// Whether a blank line stands between tables and the index below them. Where no table has one: whether statements are parted so.
fn table_gap(file: SchemaFile<'_>) -> bool {
    let all: Vec<&Statement> = top_level(file.script).collect();
    let creates = |statement: &Statement, index: bool| {
        statement.ops.iter().any(|op| match op.kind {
            Operation::CreateIndex(_) => index,
            Operation::CreateTable(_) => !index,
            _ => false,
        })
    };
    let pair = all.windows(2).find(|pair| creates(pair[0], false) && creates(pair[1], true));
    pair.is_some_and(|pair| is_blank_between(file.source, pair[0], pair[1]))
}

fn is_blank_between(source: &Source, one: &Statement, other: &Statement) -> bool {
    let between = source.slice(Span::new(one.whole.end, other.span.start)).replace('\r', "");
    between.contains("\n\n")
}

/// Puts text below a statement and what stands behind it on its line.
fn below_statement(source: &Source, statement: &Statement, text: &str, breaks: usize) -> Vec<Edit> {
    let end = source.line_ending();
    let line = source.line_span(source.position(statement.whole.end).line);
    let line_end = line.start + source.slice(line).trim_end_matches(['\n', '\r']).len() as u32;
    let rest = source.slice(Span::new(statement.whole.end, line_end)).trim_start();
    let is_free =
        rest.is_empty() || rest.starts_with("--") || (rest.starts_with("/*") && rest.ends_with("*/"));
    let at = if is_free { line_end } else { statement.whole.end };
    let text = text.replace("\r\n", "\n").replace('\n', end);
    let mut edits = Vec::new();
    if statement.whole.end == statement.span.end {
        edits.push(Edit::insert(statement.span.end, ";"));
    }
    edits.push(Edit::insert(at, format!("{}{text}", end.repeat(breaks))));
    edits
}
