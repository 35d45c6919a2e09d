//! The SQL inside of DO blocks: which statements they run, and under which conditions.

mod guard;

use std::collections::BTreeMap;

use super::cursor::{Cursor, Read, string_value};
use super::lex::{Lexer, Token, TokenKind};
use super::statement::{self, Around, Out};
use super::{dml, query, session};
use crate::ops::{Condition, Op, Operation};
use crate::schema::Dialect;
use crate::text::{Map, Span};

/// Blocks deeper than this are not followed.
const DEEPEST: u32 = 60;

/// `DO [LANGUAGE x] 'body' [LANGUAGE x]` itself.
///
/// # Errors
/// When it has no body.
pub fn header(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.expect("DO")?;
    language(cursor)?;
    match cursor.nth(0) {
        Some(token) if token.unterminated => return Err(cursor.unread("the end of this quote")),
        _ if cursor.is_string() => cursor.at += 1,
        _ => return Err(cursor.unread("a string")),
    }
    language(cursor)?;
    Ok(Operation::Do)
}

fn language(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    if !cursor.eat("LANGUAGE") {
        return Ok(None);
    }
    if cursor.is_string() {
        return cursor.string().map(Some);
    }
    Ok(Some(cursor.ident("a language")?.key().to_owned()))
}

/// Adds the statements inside of the DO block at the cursor, which is statement `index`.
pub fn read(cursor: &Cursor<'_>, index: u32, around: &Around, out: &mut Out) {
    if cursor.dialect != Dialect::Postgres || around.depth > DEEPEST {
        return;
    }
    let mut walk = cursor.clone();
    walk.at += 1;
    let before = language(&mut walk);
    let Some(body) = walk.nth(0) else { return };
    walk.at += 1;
    let after = language(&mut walk);
    if [before, after].into_iter().filter_map(Result::ok).flatten().any(|name| name != "plpgsql") {
        return;
    }
    let Some(inside) = Inside::of(cursor, &[body]) else { return };
    let tokens = inside.tokens(&mut out.comments);
    let mut cursor = Cursor::new(&inside.text, &tokens, Dialect::Postgres, &inside.map);
    let around = Around { when: around.when.clone(), within: Some(index), depth: around.depth + 1 };
    let mut reader = Reader { out, around, known: BTreeMap::new() };
    if let Err(unread) = reader.body(&mut cursor) {
        let first = cursor.at.min(tokens.len().saturating_sub(1));
        let rest = Cursor { at: first, ..cursor };
        let whole = Span::new(rest.unread("").at.start, inside.map.span(Span::at(inside.span.end)).end);
        let around = Around { when: vec![Condition::Unknown], ..reader.around.clone() };
        statement::push(&rest, whole, Err(unread), &around, reader.out);
    }
}

/// The decoded text of one or more string tokens, one after the other.
struct Inside {
    text: String,
    map: Map,
    span: Span,
}

impl Inside {
    fn of(cursor: &Cursor<'_>, strings: &[Token]) -> Option<Self> {
        let mut text = String::new();
        let mut pieces: Vec<(u32, u32)> = Vec::new();
        for token in strings {
            let raw = cursor.text_of(*token);
            let value = string_value(token.kind, raw)?;
            let fragment = match token.kind {
                TokenKind::Dollar => {
                    let tag = raw.get(1..)?.find('$')? as u32 + 2;
                    let map = Map::Offset(token.span.start + tag);
                    crate::text::Fragment { text: value, map }
                }
                TokenKind::String | TokenKind::EscapeString => {
                    let quote = raw.find('\'')?;
                    let inner = raw.get(quote + 1..raw.len().saturating_sub(1))?;
                    let escapes = token.kind == TokenKind::EscapeString;
                    let at = token.span.start + quote as u32 + 1;
                    crate::text::Fragment::from_quoted(inner, at, &Map::Offset(0), b'\'', escapes)
                }
                _ => return None,
            };
            let base = text.len() as u32;
            for at in 0..fragment.text.len() as u32 {
                let file = cursor.map.at(fragment.map.at(at));
                let in_step = pieces.last().is_some_and(|(from, to)| to + (base + at - from) == file);
                if !in_step {
                    pieces.push((base + at, file));
                }
            }
            text.push_str(&fragment.text);
        }
        if pieces.is_empty() {
            pieces.push((0, cursor.map.at(strings.first()?.span.start)));
        }
        let span = Span::new(0, text.len() as u32);
        Some(Self { text, map: Map::Pieces(pieces), span })
    }

    fn tokens(&self, comments: &mut Vec<Span>) -> Vec<Token> {
        let mut tokens = Vec::new();
        for token in Lexer::new(&self.text, self.span, Dialect::Postgres) {
            if token.kind == TokenKind::Comment {
                comments.push(self.map.span(token.span));
            } else {
                tokens.push(token);
            }
        }
        tokens
    }
}

/// Reads one body.
struct Reader<'o> {
    out: &'o mut Out,
    around: Around,
    /// Variables that say whether something is there.
    known: BTreeMap<String, guard::Test>,
}

impl Reader<'_> {
    fn body(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.label(cursor)?;
        self.block(cursor)?;
        cursor.eat_symbol(";");
        cursor.expect_end()
    }

    /// `<<name>>`.
    fn label(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if cursor.eat_symbol("<<") {
            cursor.any_word("a label")?;
            cursor.expect_symbol(">>")?;
        }
        Ok(())
    }

    /// `[DECLARE …] BEGIN … [EXCEPTION WHEN … THEN …] END [label]`.
    fn block(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.deeper(cursor)?;
        if cursor.eat("DECLARE") {
            while !cursor.is("BEGIN") {
                cursor.eat("DECLARE");
                if cursor.is("BEGIN") {
                    break;
                }
                if cursor.is_end() {
                    return Err(cursor.unread("`BEGIN`"));
                }
                self.declaration(cursor);
                cursor.expect_symbol(";")?;
            }
        }
        let begin = cursor.unread("").at.start;
        cursor.expect("BEGIN")?;
        let first = self.out.statements.len();
        self.statements(cursor)?;
        if cursor.eat("EXCEPTION") {
            let last = self.out.statements.len();
            let (errors, besides) = self.handlers(cursor, begin)?;
            if !errors.is_empty() {
                let handled = Condition::Handled { errors, besides, block: begin };
                for statement in &mut self.out.statements[first..last] {
                    statement.when.push(handled.clone());
                }
            }
        }
        cursor.expect("END")?;
        if !cursor.is_symbol(";") && !cursor.is_end() {
            cursor.any_word("a label")?;
        }
        self.around.depth -= 1;
        Ok(())
    }

    /// `v boolean := EXISTS (…)`.
    fn declaration(&mut self, cursor: &mut Cursor<'_>) {
        let first = cursor.at;
        let (_, last) = to_semicolon(cursor);
        let mut walk = cursor.inside(first, last);
        let Ok(name) = walk.any_word("a variable") else { return };
        until(&mut walk, |cursor| cursor.is("DEFAULT") || cursor.is_symbol(":=") || cursor.is_symbol("="));
        let test = (!walk.is_end()).then(|| guard::test(cursor, walk.at + 1, last, &self.known));
        self.remember(name.key().to_owned(), test);
    }

    fn deeper(&mut self, cursor: &Cursor<'_>) -> Read<()> {
        self.around.depth += 1;
        if self.around.depth > DEEPEST {
            Err(cursor.unread("fewer blocks inside of each other"))
        } else {
            Ok(())
        }
    }

    /// `WHEN a OR SQLSTATE 'b' THEN …`: the errors that are taken and not raised again, and those that are raised again before another
    /// handler can take them. `block`: the byte of the file at which it begins.
    fn handlers(&mut self, cursor: &mut Cursor<'_>, block: u32) -> Read<(Vec<String>, Vec<String>)> {
        let (mut taken, mut named) = (Vec::new(), Vec::new());
        // Those that are raised again, and those of them that a later handler would have taken.
        let (mut raised, mut besides) = (Vec::new(), Vec::new());
        while cursor.eat("WHEN") {
            let mut names = Vec::new();
            loop {
                if cursor.eat("SQLSTATE") {
                    names.push(cursor.string()?.to_ascii_lowercase());
                } else {
                    names.push(cursor.any_word("a condition")?.key().to_ascii_lowercase());
                }
                if !cursor.eat("OR") {
                    break;
                }
            }
            cursor.expect("THEN")?;
            let first = cursor.at;
            let caught = Condition::Caught { errors: names.clone(), besides: named.clone(), block };
            self.under(&[caught], |reader| reader.statements(cursor))?;
            named.extend_from_slice(&names);
            if !raises(cursor, first) {
                taken.append(&mut names);
                besides.append(&mut raised);
            } else if starts_to_raise(cursor, first) && !taken.iter().any(|taken| taken == "others") {
                names.retain(|name| !taken.contains(name));
                raised.append(&mut names);
            }
        }
        Ok((taken, besides))
    }

    /// Reads something that runs only when `when` holds too.
    fn under(&mut self, when: &[Condition], read: impl FnOnce(&mut Self) -> Read<()>) -> Read<()> {
        let depth = self.around.when.len();
        self.around.when.extend_from_slice(when);
        let result = read(self);
        self.around.when.truncate(depth);
        result
    }

    /// Statements up to the word that ends them.
    fn statements(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let depth = self.around.when.len();
        loop {
            while cursor.eat_symbol(";") {}
            let ends =
                cursor.is_end() || cursor.is_any(&["END", "EXCEPTION", "ELSE", "ELSIF", "ELSEIF", "WHEN"]);
            if ends && !is_assignment(cursor) {
                self.around.when.truncate(depth);
                return Ok(());
            }
            self.label(cursor)?;
            self.statement(cursor)?;
            if !cursor.eat_symbol(";") {
                return Err(cursor.unread("`;`"));
            }
        }
    }

    fn statement(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let word = cursor.nth(0).filter(|token| token.kind == TokenKind::Word);
        let word = word.map(|token| cursor.text_of(token).to_ascii_uppercase()).unwrap_or_default();
        if is_assignment(cursor) {
            self.assignment(cursor);
            return Ok(());
        }
        match word.as_str() {
            "DECLARE" | "BEGIN" => self.block(cursor),
            "IF" => self.branches(cursor),
            "CASE" => self.case(cursor),
            "LOOP" | "WHILE" | "FOR" | "FOREACH" => self.repeat(cursor),
            "EXIT" | "CONTINUE" | "RETURN" | "RAISE" | "ASSERT" | "NULL" | "GET" | "OPEN" | "FETCH"
            | "MOVE" | "CLOSE" => {
                to_semicolon(cursor);
                Ok(())
            }
            "PERFORM" => {
                self.perform(cursor);
                Ok(())
            }
            "EXECUTE" => self.execute(cursor),
            _ => {
                self.sql(cursor);
                Ok(())
            }
        }
    }

    /// `v := EXISTS (…)`: what the variable says from here on.
    fn assignment(&mut self, cursor: &mut Cursor<'_>) {
        let name = cursor.any_word("a variable").map(|name| name.key().to_owned());
        let plain = cursor.is_symbol(":=") || cursor.is_symbol("=");
        let from = cursor.at + 1;
        let (_, last) = to_semicolon(cursor);
        if let Ok(name) = name {
            self.remember(name, plain.then(|| guard::test(cursor, from, last, &self.known)));
        }
    }

    fn remember(&mut self, name: String, test: Option<guard::Test>) {
        match test.filter(|test| test.is_known() && self.around.when.is_empty()) {
            Some(test) => self.known.insert(name, test),
            None => self.known.remove(&name),
        };
    }

    /// `SELECT EXISTS (…) INTO v`.
    fn selected(&mut self, cursor: &Cursor<'_>, first: usize, last: usize) {
        let mut walk = cursor.inside(first, last);
        until(&mut walk, |cursor| cursor.is("INTO"));
        let into = walk.at;
        if !walk.eat("INTO") {
            return;
        }
        walk.eat("STRICT");
        let mut names = Vec::new();
        while let Ok(name) = walk.any_word("a variable") {
            names.push(name.key().to_owned());
            if !walk.eat_symbol(",") {
                break;
            }
        }
        match names.as_slice() {
            [name] if walk.is_end() => {
                let test = guard::test(cursor, first + 1, into, &self.known);
                self.remember(name.clone(), Some(test));
            }
            names => names.iter().for_each(|name| self.remember(name.clone(), None)),
        }
    }

    /// `IF … THEN … ELSIF … THEN … ELSE … END IF`.
    fn branches(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.deeper(cursor)?;
        cursor.expect("IF")?;
        // What the branches before this one have ruled out.
        let mut not: Vec<Condition> = Vec::new();
        loop {
            let test = to_then(cursor);
            let mut test = guard::test(cursor, test.0, test.1, &self.known);
            cursor.expect("THEN")?;
            let first = self.out.statements.len();
            let mut when = not.clone();
            when.extend(test.holds());
            self.under(&when, |reader| reader.statements(cursor))?;
            if test.name_kind(&self.out.statements[first..]) {
                let depth = self.around.when.len() + not.len();
                let holds = test.holds();
                for statement in &mut self.out.statements[first..] {
                    for (to, from) in statement.when[depth..].iter_mut().zip(&holds) {
                        to.clone_from(from);
                    }
                }
            }
            not.push(test.fails());
            if cursor.eat("ELSIF") || cursor.eat("ELSEIF") {
                continue;
            }
            let otherwise = cursor.eat("ELSE");
            if otherwise {
                self.under(&not, |reader| reader.statements(cursor))?;
            }
            let leaves = !otherwise && not.len() == 1 && leaves(cursor);
            cursor.expect_all(&["END", "IF"])?;
            self.around.depth -= 1;
            if leaves {
                // What follows in this block runs only where the condition was false.
                not.retain(|condition| !self.around.when.contains(condition));
                self.around.when.append(&mut not);
            }
            return Ok(());
        }
    }

    fn case(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.deeper(cursor)?;
        cursor.at += 1;
        until(cursor, |cursor| cursor.is("WHEN"));
        while cursor.eat("WHEN") {
            to_then(cursor);
            cursor.expect("THEN")?;
            self.under(&[Condition::Unknown], |reader| reader.statements(cursor))?;
        }
        if cursor.eat("ELSE") {
            self.under(&[Condition::Unknown], |reader| reader.statements(cursor))?;
        }
        self.around.depth -= 1;
        cursor.expect_all(&["END", "CASE"])
    }

    /// `[FOR … | WHILE …] LOOP … END LOOP [label]`.
    fn repeat(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.deeper(cursor)?;
        let head = cursor.at;
        let (_, last) = until(cursor, |cursor| cursor.is("LOOP"));
        self.query_of_loop(cursor, head, last);
        cursor.expect("LOOP")?;
        self.under(&[Condition::Unknown], |reader| reader.statements(cursor))?;
        cursor.expect_all(&["END", "LOOP"])?;
        if !cursor.is_symbol(";") {
            cursor.any_word("a label")?;
        }
        self.around.depth -= 1;
        Ok(())
    }

    /// `FOR x IN SELECT …` runs its query.
    fn query_of_loop(&mut self, cursor: &Cursor<'_>, first: usize, last: usize) {
        let mut head = cursor.inside(first, last);
        if !head.eat("FOR") {
            return;
        }
        until(&mut head, |cursor| cursor.is("IN"));
        if !head.eat("IN") {
            return;
        }
        let from = head.clone();
        if let Some(ops) = dml::in_body(&mut head).transpose() {
            let mut rest = from.clone();
            rest.skip_rest();
            let whole = rest.span_from(from.at);
            statement::push(&from, whole, ops, &self.around, self.out);
        }
    }

    fn perform(&mut self, cursor: &mut Cursor<'_>) {
        let first = cursor.at;
        let (_, last) = to_semicolon(cursor);
        let calls = query::calls(cursor, first + 1, last);
        let setting = match calls.as_slice() {
            [call] if matches!(call.name.as_str(), "set_config" | "pg_catalog.set_config") => {
                session::set_config(&call.arguments)
            }
            _ => None,
        };
        let kind = setting.unwrap_or_else(|| Operation::Query {
            calls,
            reads: query::reads(cursor, first + 1, last),
            locks: false,
        });
        let span = cursor.span_from(first);
        let inside = cursor.inside(first, last);
        statement::push(&inside, whole(cursor, span), Ok(vec![Op { kind, span }]), &self.around, self.out);
    }

    /// `EXECUTE 'literal'`: the SQL in it. What is put together at run time is only named.
    fn execute(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = cursor.at;
        cursor.at += 1;
        let (first, last) = {
            let mut walk = cursor.clone();
            until(&mut walk, |cursor| cursor.is_any(&["INTO", "USING"]) || cursor.is_symbol(";"))
        };
        to_semicolon(cursor);
        let span = cursor.span_from(start);
        let Some(inside) = literals(cursor, first, last).and_then(|strings| Inside::of(cursor, &strings))
        else {
            let statement = cursor.inside(start, cursor.at);
            let around = with_unknown(&self.around);
            let op = Op { kind: Operation::Other { verb: "EXECUTE".to_owned() }, span };
            statement::push(&statement, whole(cursor, span), Ok(vec![op]), &around, self.out);
            return Ok(());
        };
        let split = super::split(&inside.text, inside.span, Dialect::Postgres);
        self.out.comments.extend(split.comments.iter().map(|comment| inside.map.span(comment.span)));
        for range in &split.statements {
            let tokens = &split.tokens[range.first..range.last];
            let inner = Cursor::new(&inside.text, tokens, Dialect::Postgres, &inside.map);
            let mut around = self.around.clone();
            around.depth += 1;
            statement::read(&inner, inside.map.span(range.whole), &around, self.out);
        }
        Ok(())
    }

    /// A statement of SQL itself.
    fn sql(&mut self, cursor: &mut Cursor<'_>) {
        let first = cursor.at;
        let (_, last) = to_semicolon(cursor);
        let inside = cursor.inside(first, last);
        let whole = whole(cursor, cursor.span_from(first));
        let mut walk = inside.clone();
        if inside.is("SELECT") {
            self.selected(cursor, first, last);
        }
        match dml::in_body(&mut walk).transpose() {
            Some(ops) => statement::push(&inside, whole, ops, &self.around, self.out),
            None => statement::read(&inside, whole, &self.around, self.out),
        }
    }
}

fn with_unknown(around: &Around) -> Around {
    let mut around = around.clone();
    if !around.when.contains(&Condition::Unknown) {
        around.when.push(Condition::Unknown);
    }
    around
}

/// The span with the semicolon behind it.
fn whole(cursor: &Cursor<'_>, span: Span) -> Span {
    match cursor.nth(0) {
        Some(token) => span.cover(cursor.map.span(token.span)),
        None => span,
    }
}

/// Steps on to the semicolon that ends the statement; gives the tokens passed.
fn to_semicolon(cursor: &mut Cursor<'_>) -> (usize, usize) {
    until(cursor, |cursor| cursor.is_symbol(";"))
}

/// Steps on to where `stop` says so, outside of round brackets; gives the tokens passed.
fn until(cursor: &mut Cursor<'_>, stop: impl Fn(&Cursor<'_>) -> bool) -> (usize, usize) {
    let first = cursor.at;
    let mut depth = 0u32;
    while !cursor.is_end() {
        if depth == 0 && stop(cursor) {
            break;
        }
        if cursor.is_symbol("(") {
            depth += 1;
        } else if cursor.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        cursor.at += 1;
    }
    (first, cursor.at)
}

/// Steps on to the THEN that belongs to the condition at the cursor, over those of CASE.
fn to_then(cursor: &mut Cursor<'_>) -> (usize, usize) {
    let first = cursor.at;
    let mut cases = 0u32;
    while !cursor.is_end() && !cursor.is_symbol(";") && (cases > 0 || !cursor.is("THEN")) {
        if cursor.is("CASE") {
            cases += 1;
        } else if cursor.is("END") {
            cases = cases.saturating_sub(1);
        }
        cursor.at += 1;
    }
    (first, cursor.at)
}

/// `a := …`, `a.b = …`, `a[1] := …`.
fn is_assignment(cursor: &Cursor<'_>) -> bool {
    let mut walk = cursor.clone();
    if walk.any_word("a variable").is_err() {
        return false;
    }
    loop {
        if walk.eat_symbol(".") {
            if walk.any_word("a field").is_err() {
                return false;
            }
        } else if walk.eat_symbol("[") {
            walk.skip_until(|cursor| cursor.is_symbol("]"));
            if !walk.eat_symbol("]") {
                return false;
            }
        } else {
            return walk.is_symbol(":=") || walk.is_symbol("=");
        }
    }
}

/// Whether the last statement before the cursor is RETURN.
fn leaves(cursor: &Cursor<'_>) -> bool {
    let end = cursor.at.checked_sub(1);
    let Some(end) =
        end.filter(|end| cursor.tokens.get(*end).is_some_and(|token| cursor.text_of(*token) == ";"))
    else {
        return false;
    };
    let before = cursor.between(0, end).iter().rposition(|token| {
        let text = cursor.text_of(*token);
        text == ";" || (token.kind == TokenKind::Word && text.eq_ignore_ascii_case("THEN"))
    });
    before.is_some_and(|before| Cursor { at: before + 1, ..cursor.clone() }.is("RETURN"))
}

/// Whether the tokens from `first` to the cursor raise an error: `RAISE;` or `RAISE EXCEPTION …`, which is what RAISE does unless told otherwise.
fn raises(cursor: &Cursor<'_>, first: usize) -> bool {
    let mut walk = cursor.clone();
    (first..cursor.at).any(|at| {
        walk.at = at;
        walk.eat("RAISE") && !walk.is_any(&["NOTICE", "WARNING", "INFO", "LOG", "DEBUG"])
    })
}

/// Whether raising is the first that it does, whatever happens.
fn starts_to_raise(cursor: &Cursor<'_>, first: usize) -> bool {
    let mut walk = cursor.clone();
    walk.at = first;
    walk.is("RAISE") && raises(cursor, first) && {
        to_semicolon(&mut walk);
        raises(&walk, first)
    }
}

/// The strings that tokens `first..last` put together, where nothing but strings is in them: `'a' || 'b'`, `format('c')`.
fn literals(cursor: &Cursor<'_>, mut first: usize, mut last: usize) -> Option<Vec<Token>> {
    if last - first > 1_000 {
        return None;
    }
    let mut walk = cursor.clone();
    loop {
        walk.at = first;
        let brackets = walk.is_symbol("(") && walk.group().is_ok_and(|(_, end)| end + 1 == last);
        if !brackets {
            break;
        }
        (first, last) = (first + 1, last - 1);
    }
    walk.at = first;
    if walk.is("FORMAT") && walk.nth_is_symbol(1, "(") {
        let token = walk.nth(2)?;
        let text = string_value(token.kind, walk.text_of(token))?;
        return (last == first + 4 && walk.nth_is_symbol(3, ")") && !text.contains('%')).then(|| vec![token]);
    }
    let mut strings = Vec::new();
    while walk.at < last {
        let token = walk.nth(0)?;
        if !matches!(token.kind, TokenKind::String | TokenKind::EscapeString | TokenKind::Dollar)
            || token.unterminated
        {
            return None;
        }
        strings.push(token);
        walk.at += 1;
        // Two strings with a line break between them are one.
        let next_is_string = walk.at < last && walk.is_string();
        if walk.at < last && !next_is_string && !walk.eat_symbol("||") {
            return None;
        }
    }
    (!strings.is_empty()).then_some(strings)
}

#[cfg(test)]
mod tests {
    use super::super::read as read_sql;
    use super::*;
    use crate::ops::Statement;

    fn statements(text: &str) -> Vec<Statement> {
        read_sql(text, Span::new(0, text.len() as u32), Dialect::Postgres).statements
    }

    /// Each inner statement: what must hold, and its text.
    fn inner(text: &str) -> Vec<String> {
        let all = statements(text);
        assert_eq!(all[0].ops[0].kind, Operation::Do, "{text}");
        let one = |statement: &Statement| {
            assert_eq!(statement.within, Some(0), "{text}");
            let when: Vec<String> = statement.when.iter().map(condition).collect();
            let opaque = if statement.is_opaque() { "opaque: " } else { "" };
            format!("{opaque}[{}] {}", when.join(", "), &text[statement.span.range()])
        };
        all[1..].iter().map(one).collect()
    }

    fn condition(condition: &Condition) -> String {
        match condition {
            Condition::IfAbsent(object, _) => format!("no {object}"),
            Condition::IfExists(object, _) => object.to_string(),
            Condition::Handled { errors, besides, .. } => {
                let but = if besides.is_empty() { "" } else { " but " };
                format!("handles {}{but}{}", errors.join(" "), besides.join(" "))
            }
            Condition::Caught { errors, .. } => format!("caught {}", errors.join(" ")),
            Condition::Unknown => "?".to_owned(),
        }
    }

    /// The condition of the only statement of `IF … THEN SELECT 1; END IF`.
    fn guard(test: &str) -> String {
        let found = inner(&format!("DO $$ BEGIN IF {test} THEN SELECT 1; END IF; END $$"));
        assert_eq!(found.len(), 1, "{test}");
        found[0].strip_suffix(" SELECT 1").unwrap_or(&found[0]).to_owned()
    }

    #[test]
    fn blocks_and_their_handlers() {
        let text = "DO $$ DECLARE a int := 1; BEGIN
            DELETE FROM t;
            BEGIN DELETE FROM u; EXCEPTION WHEN duplicate_object OR SQLSTATE '42P07' THEN NULL; WHEN others THEN RAISE; END;
            PERFORM f('x');
        EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'x'; DELETE FROM v; END $$ LANGUAGE plpgsql";
        assert_eq!(
            inner(text),
            [
                "[handles others] DELETE FROM t",
                "[handles duplicate_object 42p07, handles others] DELETE FROM u",
                "[handles others] PERFORM f('x')",
                "[caught others] DELETE FROM v",
            ]
        );
    }

    #[test]
    fn errors_that_a_handler_raises_again() {
        for (handlers, condition) in [
            ("WHEN a THEN RAISE; WHEN others THEN NULL;", "handles others but a"),
            ("WHEN a OR b THEN RAISE EXCEPTION 'x'; WHEN c THEN NULL;", "handles c but a b"),
            ("WHEN a THEN RAISE NOTICE 'x'; RAISE; WHEN others THEN NULL;", "handles others"),
            ("WHEN a THEN IF f() THEN RAISE; END IF; WHEN others THEN NULL;", "handles others"),
            ("WHEN a THEN NULL; WHEN a THEN RAISE; WHEN b THEN NULL;", "handles a b"),
            ("WHEN others THEN NULL; WHEN a THEN RAISE; WHEN b THEN NULL;", "handles others b"),
            ("WHEN a THEN NULL; WHEN others THEN RAISE;", "handles a"),
        ] {
            let found = inner(&format!("DO $$ BEGIN DELETE FROM t; EXCEPTION {handlers} END $$"));
            assert_eq!(found, [format!("[{condition}] DELETE FROM t")], "{handlers}");
        }
    }

    #[test]
    fn branches_loops_and_what_is_no_sql() {
        let text = "DO $$ DECLARE r record; BEGIN
            IF EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') THEN TABLE a; ELSIF x > 1 THEN TABLE b; ELSE TABLE c; END IF;
            FOR r IN SELECT * FROM d LOOP TABLE e; CONTINUE WHEN true; END LOOP;
            FOR i IN 1..10 LOOP UPDATE f SET g = i; END LOOP; WHILE true LOOP EXIT; END LOOP;
            CASE x WHEN 1 THEN TABLE h; ELSE NULL; END CASE;
            v := (SELECT 1); v[1] := 2; GET DIAGNOSTICS v = ROW_COUNT; RAISE NOTICE 'x %', v; ASSERT true;
            SELECT a, b INTO STRICT v.x, w FROM i; INSERT INTO j VALUES (1) RETURNING id INTO v;
            IF CASE WHEN x THEN y END THEN TABLE k; END IF;
            <<l>> BEGIN COMMIT; END l; RETURN;
        END $$";
        assert_eq!(
            inner(text),
            [
                "[type `a`] TABLE a",
                "[no type `a`, ?] TABLE b",
                "[no type `a`, ?] TABLE c",
                "[] SELECT * FROM d",
                "[?] TABLE e",
                "[?] UPDATE f SET g = i",
                "[?] TABLE h",
                "[] SELECT a, b INTO STRICT v.x, w FROM i",
                "[] INSERT INTO j VALUES (1) RETURNING id INTO v",
                "[?] TABLE k",
                "[] COMMIT",
            ]
        );
    }

    #[test]
    fn guards_that_ask_the_catalog() {
        let table = [
            (
                "NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c')",
                "[no column `c` of `t`]",
            ),
            (
                "EXISTS (SELECT FROM information_schema.columns c WHERE c.table_schema = 'app' AND c.table_name='t' AND c.column_name='c')",
                "[column `c` of `app.t`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 't')",
                "[no table `t`]",
            ),
            ("(SELECT count(*) FROM information_schema.tables WHERE table_name = 't') = 0", "[no table `t`]"),
            ("NOT (EXISTS (SELECT * FROM information_schema.views WHERE table_name = 'v'))", "[no view `v`]"),
            (
                "NOT EXISTS (SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'x' AND n.nspname = 's')",
                "[no type `s.x`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k' AND conrelid = 'app.t'::regclass)",
                "[no constraint `k` of `app.t`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conname = 'k' AND conrelid = (SELECT oid FROM pg_class WHERE relname = 't'))",
                "[no constraint `k` of `t`]",
            ),
            (
                "EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE constraint_name = 'k' AND table_name = 't' AND constraint_type = 'UNIQUE')",
                "[constraint `k` of `t`]",
            ),
            ("NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'i' AND relkind = 'i')", "[no index `i`]"),
            (
                "NOT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'i' AND n.nspname = 'app' AND c.relkind IN ('i', 'I'))",
                "[no table `app.i`]",
            ),
            ("to_regclass('app.t') IS NULL", "[no table `app.t`]"),
            ("pg_catalog.to_regtype('x') IS NOT NULL", "[type `x`]"),
            (
                "NOT EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'public' AND indexname = 'i')",
                "[no index `i`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 't' AND policyname = 'p')",
                "[no policy `p` of `t`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'x' AND tgrelid = 't'::regclass AND NOT tgisinternal)",
                "[no trigger `x` of `t`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'c' AND NOT attisdropped AND attnum > 0)",
                "[no column `c` of `t`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname = 'mood' AND e.enumlabel = 'sad')",
                "[no type `sad` of `mood`]",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pgcrypto')",
                "[no extension `pgcrypto`]",
            ),
            ("NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app')", "[no role `app`]"),
            ("NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 's')", "[no schema `s`]"),
            ("EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'f')", "[function `f`]"),
            ("EXISTS (SELECT 1 FROM pg_publication WHERE 'p' = pubname)", "[publication `p`]"),
            // More is asked than whether it is there, or something else.
            (
                "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c' AND data_type = 'text')",
                "[?]",
            ),
            (
                "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' OR column_name = 'c')",
                "[?]",
            ),
            ("EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'c')", "[?]"),
            ("EXISTS (SELECT 1 FROM t WHERE table_name = 't')", "[?]"),
            ("EXISTS (SELECT 1 FROM pg_roles WHERE rolname = v)", "[?]"),
            ("NOT EXISTS (SELECT 1 FROM t WHERE a = 1)", "[?]"),
            ("a > 1 AND to_regclass('t') IS NULL", "[?, no table `t`]"),
            ("a > 1 OR to_regclass('t') IS NULL", "[?]"),
        ];
        for (test, expected) in table {
            assert_eq!(guard(test), expected, "{test}");
        }
    }

    #[test]
    fn what_is_guarded_tells_what_it_is() {
        let text = "DO $$ BEGIN IF to_regclass('i') IS NULL THEN CREATE INDEX i ON t (a); ELSE DROP INDEX i; END IF; END $$";
        assert_eq!(inner(text), ["[no index `i`] CREATE INDEX i ON t (a)", "[index `i`] DROP INDEX i"]);
    }

    #[test]
    fn guards_in_variables_and_early_returns() {
        let text = "DO $$ DECLARE there boolean := to_regclass('t') IS NOT NULL; v boolean; BEGIN
            SELECT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'x') INTO v;
            IF NOT there THEN TABLE a; END IF; IF v IS TRUE THEN TABLE b; END IF;
            v := f(); IF v THEN TABLE c; END IF;
            IF there THEN RAISE NOTICE 'x'; RETURN; END IF; TABLE d; END $$";
        assert_eq!(
            inner(text),
            [
                "[] SELECT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'x') INTO v",
                "[no table `t`] TABLE a",
                "[type `x`] TABLE b",
                "[?] TABLE c",
                "[no table `t`] TABLE d",
            ]
        );
    }

    #[test]
    fn executed_literals_are_read_at_their_place() {
        let text = "DO $$ BEGIN EXECUTE 'DELETE FROM t WHERE a = ''x'''; EXECUTE E'DELETE FROM\\n u; TABLE v'; EXECUTE $q$TABLE w$q$;
            EXECUTE 'TABLE ' || 'x'; EXECUTE format('TABLE y') INTO z; EXECUTE 'TABLE z WHERE $1' USING a;
            EXECUTE 'DROP TABLE ' || t; EXECUTE format('DROP TABLE %I', t); END $$";
        assert_eq!(
            inner(text),
            [
                "[] DELETE FROM t WHERE a = ''x''",
                "[] DELETE FROM\\n u",
                "[] TABLE v",
                "[] TABLE w",
                "[] TABLE ' || 'x",
                "[] TABLE y",
                "opaque: [] TABLE z WHERE $1",
                "[?] EXECUTE 'DROP TABLE ' || t",
                "[?] EXECUTE format('DROP TABLE %I', t)",
            ]
        );
        let all = statements(text);
        let last = all.last().map(|statement| statement.ops[0].kind.clone());
        assert_eq!(last, Some(Operation::Other { verb: "EXECUTE".to_owned() }));
    }

    #[test]
    fn quoted_bodies_lead_back_to_the_file() {
        let text = "DO 'BEGIN DELETE FROM t WHERE a = ''it''''s''; END'; SELECT 1";
        let all = statements(text);
        assert_eq!(&text[all[1].span.range()], "DELETE FROM t WHERE a = ''it''''s''");
        assert_eq!(&text[all[1].whole.range()], "DELETE FROM t WHERE a = ''it''''s'';");
        assert_eq!((all.len(), all[2].within), (3, None));
        let script = read_sql("DO $$ -- a\nBEGIN /* b */ END $$", Span::new(0, 31), Dialect::Postgres);
        assert_eq!(script.comments, [Span::new(6, 10), Span::new(17, 24)]);
    }

    #[test]
    fn what_is_not_understood_is_said_once() {
        assert_eq!(
            inner("DO $$ BEGIN SELEC 1; DELETE FROM t; END $$"),
            ["opaque: [] SELEC 1", "[] DELETE FROM t"]
        );
        let broken = inner("DO $$ BEGIN DELETE FROM t; IF a THEN DELETE FROM u; END $$");
        assert_eq!(broken.len(), 3);
        assert!(broken[2].starts_with("opaque: [?]"), "{broken:?}");
        assert_eq!(inner("DO LANGUAGE plperl $$ BEGIN SELEC $$").len(), 0);
        for text in [
            "DO $$$$",
            "DO ''",
            "DO $$ BEGIN $$",
            "DO $$ DECLARE $$",
            "DO $$ BEGIN EXECUTE; END $$",
            "DO $$ END END $$",
        ] {
            inner(text);
        }
        let deep = format!("DO $$ {} $$", "BEGIN ".repeat(5_000));
        assert_eq!(inner(&deep).len(), 1);
    }
}
