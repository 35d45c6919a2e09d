//! What stood before a change, and what became of it: what rules about loss and compatibility have in common.

use super::{PartFacts, StepFacts};
use crate::history::replay::{PartRun, Step};
use crate::ops::{self, InsertSource, OnConflict, Op, Operation, Outcome};
use crate::schema::{
    Body, Catalog, Detail, Distinct, Expr, Function, Ident, Lookup, Name, ObjectKind, Query, QueryBody,
    Relation, Source, Target, View,
};
use crate::text::Place;

/// The operations of a statement that were done: neither refused nor skipped.
pub fn done<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = &'a Op> {
    let outcomes = step.step().outcomes.iter();
    step.statement()
        .ops
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| **outcome == Outcome::Done)
        .map(|(op, _)| op)
}

/// Whether what was made at a place is of this change.
pub fn is_own(part: &PartFacts<'_>, made: Option<Place>) -> bool {
    made.is_some_and(|made| made.file == part.run.part.file || part.new_files.contains(&made.file))
}

/// Whether something of which the history shows nothing has to be taken for older than the history. `asserted`: the statement fails
/// where it is not there. `is_back`: the migration makes it anew, as who clears the ground does. In a complete history it never was there.
pub const fn is_older(part: &PartFacts<'_>, asserted: bool, is_back: bool) -> bool {
    !part.complete && (asserted || !is_back)
}

/// Whether a statement fails where what it is about is not there: no guard, and no condition around it.
pub fn asserts(step: &StepFacts<'_>, guarded: bool) -> bool {
    !guarded && step.statement().when.is_empty()
}

/// Whether a relation stood before this change, has rows or readers, and is not listed as small.
pub fn relation(step: &StepFacts<'_>, name: &Name, asserted: bool) -> bool {
    let full = step.resolve(name);
    match step.before().relation(&full) {
        _ if step.is_free(name) => false,
        Lookup::Found(_) => true,
        Lookup::Absent => false,
        Lookup::Unknown => {
            is_older(&step.part, asserted, step.part.run.after.relation(&full).found().is_some())
        }
    }
}

/// The same of a type.
pub fn type_entry(step: &StepFacts<'_>, name: &Name, asserted: bool) -> bool {
    let full = step.resolve(name);
    match step.before().type_entry(&full) {
        Lookup::Found(entry) => !is_own(&step.part, entry.made),
        Lookup::Absent => false,
        Lookup::Unknown => {
            is_older(&step.part, asserted, step.part.run.after.type_entry(&full).found().is_some())
        }
    }
}

/// The same of a column.
pub fn column(step: &StepFacts<'_>, table: &Name, column: &Ident, asserted: bool) -> bool {
    if !relation(step, table, asserted) {
        return false;
    }
    let end = step.part.run.after.table(&step.resolve(table));
    match step.table(table).and_then(|table| table.column(column.key())) {
        Lookup::Found(member) => !is_own(&step.part, member.made),
        Lookup::Absent => step.table(table).found().is_none(),
        Lookup::Unknown => asserted || end.and_then(|end| end.column(column.key())).found().is_none(),
    }
}

/// The migrations of this change up to a statement, the last one first, each with how many of its statements ran before.
fn runs_back<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = (&'a PartRun, usize)> {
    let part = step.part;
    let earlier = part.earlier().iter().rev().map(|run| &run.up);
    let new = earlier
        .filter(move |run| part.new_files.contains(&run.part.file) && run.engine.dialect == part.dialect());
    std::iter::once((part.run, step.at)).chain(new.map(|run| (run, run.steps.len())))
}

/// What there was before this change.
pub fn before_change<'a>(step: &StepFacts<'a>) -> &'a Catalog {
    let first = runs_back(step).last().map_or(step.part.run, |(run, _)| run);
    first.steps.first().map_or(&first.after, |step| &step.before)
}

/// From which name to which a statement renames or moves something, resolved.
pub fn renamed(step: &Step, op: &Op) -> Option<(Name, Name)> {
    let resolve = |name: &Name| ops::resolve(&step.before, &step.session, name);
    match &op.kind {
        Operation::Rename { object, to, .. } => {
            let from = resolve(&object.name);
            let to = Name { schema: from.schema.clone(), ident: to.clone() };
            Some((from, to))
        }
        Operation::SetSchema { object, to, .. } => {
            let from = resolve(&object.name);
            let to = Name { schema: Some(to.clone()), ident: from.ident.clone() };
            Some((from, to))
        }
        _ => None,
    }
}

fn done_of(run: &PartRun, at: usize) -> impl Iterator<Item = &Op> {
    let (statement, step) = (&run.script.statements[at], &run.steps[at]);
    let both = statement.ops.iter().zip(&step.outcomes);
    both.filter(|(_, outcome)| **outcome == Outcome::Done).map(|(op, _)| op)
}

/// The name that something had before this change, where the change renamed it up to this operation.
pub fn first_name(step: &StepFacts<'_>, op: &Op, name: &Name) -> Name {
    let mut name = name.clone();
    for (at, op) in steps_of_change(step, op) {
        match renamed(at, op) {
            Some((from, to)) if to == name => name = from,
            Some(_) | None => {}
        }
    }
    name
}

/// The same of a column of a table, whatever the table was called.
pub fn first_column(step: &StepFacts<'_>, op: &Op, table: &Name, column: &Ident) -> Ident {
    let (mut table, mut column) = (table.clone(), column.clone());
    for (at, op) in steps_of_change(step, op) {
        if let Operation::RenameColumn { table: target, from, to } = &op.kind
            && *to == column
            && ops::resolve(&at.before, &at.session, &target.name) == table
        {
            column = from.clone();
        }
        match renamed(at, op) {
            Some((from, to)) if to == table => table = from,
            Some(_) | None => {}
        }
    }
    column
}

/// The name that something has when the migration is through, where it is renamed after this operation.
fn last_name(step: &StepFacts<'_>, op: &Op, name: &Name) -> Name {
    let mut name = name.clone();
    let mut passed = false;
    for at in step.at..step.part.run.steps.len() {
        for later in done_of(step.part.run, at) {
            match renamed(&step.part.run.steps[at], later) {
                Some((from, to)) if passed && from == name => name = to,
                Some(_) | None => {}
            }
            passed |= std::ptr::eq(later, op);
        }
    }
    name
}

/// Whether this change gives a table a name under which running code does not know it, and leaves nothing under the old one: that is told
/// where it is renamed, and of the columns no code can say anything any more.
pub fn is_called_otherwise(step: &StepFacts<'_>, op: &Op, table: &Name) -> bool {
    let (first, last) = (first_name(step, op, table), last_name(step, op, table));
    first.ident != last.ident
        && step.part.run.after.relation(&first).found().is_none()
        && before_change(step).relation(&last).found().is_none()
}

/// Where values went before what holds them is dropped.
pub struct Copied {
    /// The table, or its column.
    pub into: String,
    /// The statement.
    pub place: Place,
    /// It copies the value of every row as it is.
    pub whole: bool,
}

/// The last statement of this change that copied a table, or a column of it, into something else that stays.
pub fn copied(step: &StepFacts<'_>, op: &Op, table: &Name, column: Option<&Ident>) -> Option<Copied> {
    let (mut table, mut column) = (table.clone(), column.cloned());
    for (at, op) in steps_of_change(step, op) {
        if let Operation::RenameColumn { table: target, from, to } = &op.kind
            && column.as_ref() == Some(to)
            && ops::resolve(&at.before, &at.session, &target.name) == table
        {
            column = Some(from.clone());
        }
        match renamed(at, op) {
            Some((from, to)) if to == table => table = from,
            Some(_) | None => {}
        }
        if let Some((into, whole)) = copies(at, op, &table, column.as_ref()) {
            return Some(Copied { into, place: Place::new(at.session.file, op.span), whole });
        }
    }
    None
}

/// Where an operation puts what it reads of a table or of a column of it, and whether it puts all of it there.
fn copies(at: &Step, op: &Op, table: &Name, column: Option<&Ident>) -> Option<(String, bool)> {
    let resolve = |name: &Name| ops::resolve(&at.before, &at.session, name);
    let reads = |names: &[Name]| names.iter().any(|name| resolve(name) == *table);
    let selects =
        |query: &Query| column.is_none_or(|column| targets(query).any(|target| target_reads(target, column)));
    match &op.kind {
        Operation::Insert(insert) => {
            let InsertSource::Query { reads: from, tree: Some(query), .. } = &insert.source else {
                return None;
            };
            let into = resolve(&insert.table);
            let whole = insert.on_conflict == OnConflict::Fail && is_whole(query, column);
            (into != *table && reads(from) && selects(query)).then(|| (into.to_string(), whole))
        }
        Operation::CreateTable(create) if !create.temporary => {
            let query = create.tree.as_ref()?;
            let mut names = Vec::new();
            query.each_relation(&mut |name| names.push(name.clone()));
            (reads(&names) && selects(query))
                .then(|| (resolve(&create.name).to_string(), is_whole(query, column)))
        }
        Operation::Update { table: target, columns, reads: from, filter, words, .. } => {
            let into = resolve(target);
            let is_own = into == *table;
            if !is_own && !reads(from) {
                return None;
            }
            let goes = match column {
                None => !is_own,
                Some(column) => {
                    let said = words.iter().any(|word| word == column.key());
                    // Where both tables have a column of that name, the word may be either.
                    let clear = is_own
                        || columns.contains(column)
                        || at
                            .before
                            .table(&into)
                            .and_then(|table| table.column(column.key()))
                            .found()
                            .is_none();
                    let joins = filter.as_ref().is_some_and(|filter| !is_own && is_joined_by(filter, column));
                    (said && clear && !(is_own && columns.iter().all(|known| known == column))) || joins
                }
            };
            goes.then(|| match columns.as_slice() {
                [one] => (format!("{into}.{one}"), false),
                _ => (into.to_string(), false),
            })
        }
        _ => None,
    }
}

fn targets(query: &Query) -> impl Iterator<Item = &Target> {
    let mut all = Vec::new();
    let mut queries = vec![query];
    while let Some(query) = queries.pop() {
        queries.extend(query.with.iter().map(|cte| &cte.query));
        match &query.body {
            QueryBody::Select(select) => all.extend(&select.targets),
            QueryBody::Values(_) => {}
            QueryBody::Set { left, right, .. } => queries.extend([&**left, &**right]),
        }
    }
    all.into_iter()
}

fn target_reads(target: &Target, column: &Ident) -> bool {
    match target {
        Target::Star(_) => true,
        Target::Expr { expr, .. } => expr.reads(column.key()),
    }
}

/// Whether a query gives every row of one table, and its column as it is.
fn is_whole(query: &Query, column: Option<&Ident>) -> bool {
    let QueryBody::Select(select) = &query.body else { return false };
    let is_it = |target: &Target| match (target, column) {
        (Target::Star(_), _) => true,
        (Target::Expr { expr: Expr::Column(parts), .. }, Some(column)) => {
            parts.last().is_some_and(|last| last == column.key())
        }
        (Target::Expr { .. }, _) => false,
    };
    query.is_plain()
        && select.distinct == Distinct::No
        && matches!(select.from.as_slice(), [Source::Relation { .. }])
        && select.filter.is_none()
        && select.group.is_empty()
        && select.having.is_none()
        && select.targets.iter().any(is_it)
}

/// Whether a condition finds rows by a column: it stands on one side of an `=`, another column on the other.
fn is_joined_by(filter: &Expr, column: &Ident) -> bool {
    let mut found = false;
    filter.walk(&mut |part| {
        if let Expr::Operator { operator, operands } = part
            && let ("=", [Expr::Column(left), Expr::Column(right)]) = (operator.as_str(), operands.as_slice())
        {
            found |= [left, right].iter().any(|parts| parts.last().is_some_and(|last| last == column.key()));
        }
    });
    found
}

/// Whether the rows that a table had before this change are in the table of that name when the migration is through, or when a later one
/// is: it was left alone, or built anew and filled from what took them over.
pub fn rows_survive(part: &PartFacts<'_>, table: &Name) -> bool {
    let of_dialect = |run: &&PartRun| run.engine.dialect == part.dialect();
    let is_new = |run: &&PartRun| part.new_files.contains(&run.part.file);
    let earlier = || part.earlier().iter().map(|run| &run.up).filter(of_dialect);
    let mut holders = vec![table.clone()];
    // A copy that an older migration began, and that takes the table's place now.
    for run in earlier().filter(|run| !is_new(run)) {
        for at in 0..run.steps.len() {
            for op in done_of(run, at) {
                if let Operation::Insert(_) | Operation::CreateTable(_) = &op.kind {
                    let mut copied = vec![table.clone()];
                    pass_on(&run.steps[at], op, &mut copied);
                    holders.extend(copied.into_iter().filter(|copy| copy != table));
                }
            }
        }
    }
    let mut follow = |run: &PartRun| {
        for at in 0..run.steps.len() {
            for op in done_of(run, at) {
                pass_on(&run.steps[at], op, &mut holders);
            }
        }
        holders.contains(table)
    };
    for run in earlier().filter(is_new) {
        follow(run);
    }
    // Tools that run one statement a migration spread a rebuild over several.
    let later = part.replay.runs[part.index + 1..].iter().map(|run| &run.up).filter(of_dialect);
    std::iter::once(part.run).chain(later).any(follow)
}

/// Whether an earlier statement filled one table from another one, whose place it is to take.
pub fn was_filled_from(step: &StepFacts<'_>, table: &Name, source: &Name) -> bool {
    steps_before(step).any(|(at, op)| {
        let mut holders = vec![source.clone()];
        pass_on(at, op, &mut holders);
        table != source && holders.contains(table)
    })
}

/// Follows rows: which tables have them after an operation.
fn pass_on(step: &Step, op: &Op, holders: &mut Vec<Name>) {
    let resolve = |name: &Name| ops::resolve(&step.before, &step.session, name);
    let reads = |holders: &[Name], names: &[Name]| names.iter().any(|name| holders.contains(&resolve(name)));
    match &op.kind {
        Operation::CreateTable(create) => {
            let mut name = resolve(&create.name);
            if create.temporary && create.name.schema.is_none() {
                name.schema = Some(step.before.temporary_schema());
            }
            let copies = create.from_query
                && create.tree.as_ref().is_none_or(|query| {
                    let mut names = Vec::new();
                    query.each_relation(&mut |name| names.push(name.clone()));
                    reads(holders, &names)
                });
            holders.retain(|holder| *holder != name);
            holders.extend(copies.then_some(name));
        }
        Operation::Insert(insert) => {
            if let InsertSource::Query { reads: from, .. } = &insert.source
                && reads(holders, from)
            {
                holders.push(resolve(&insert.table));
            }
        }
        Operation::AttachPartition { table, partition, .. } if holders.contains(&resolve(partition)) => {
            holders.push(resolve(&table.name));
        }
        Operation::Drop(drop) => {
            let gone: Vec<Name> = drop.objects.iter().map(|object| resolve(&object.name)).collect();
            holders.retain(|holder| drop.kind != ObjectKind::Table || !gone.contains(holder));
        }
        Operation::Truncate { tables, .. } => {
            let emptied: Vec<Name> = tables.iter().map(resolve).collect();
            holders.retain(|holder| !emptied.contains(holder));
        }
        Operation::Delete { table, limited: false, .. } => {
            let emptied = resolve(table);
            holders.retain(|holder| *holder != emptied);
        }
        Operation::Rename { .. } | Operation::SetSchema { .. } => {
            let Some((from, to)) = renamed(step, op) else { return };
            let moves = holders.contains(&from);
            holders.retain(|holder| *holder != from && *holder != to);
            holders.extend(moves.then_some(to));
        }
        _ => {}
    }
}

/// Functions that an older migration made and that have all of these words in their body, which is text to the server: it neither follows
/// a new name in it nor looks at it when something goes.
pub fn bodies<'a>(part: &PartFacts<'a>, words: &[&str]) -> Vec<(&'a Name, Place)> {
    let names_all = |function: &Function| {
        let Some(Body::Text(text)) = &function.body else { return false };
        words.iter().all(|word| says(text, word))
    };
    let all = part.run.after.all_functions();
    let stale = all.filter(|(_, function)| !is_own(part, function.made) && names_all(function));
    stale.filter_map(|(name, function)| Some((name, function.made?))).collect()
}

/// Whether a word stands in a text.
fn says(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|one| one.eq_ignore_ascii_case(word))
}

/// Whether something in a catalog calls a function: another one in its body, a trigger, policy, rule or view, a default or a constraint, an
/// index.
pub fn is_called(catalog: &Catalog, name: &Name) -> bool {
    let word = name.text();
    let in_expr = |expr: &Expr| {
        let mut found = false;
        expr.walk_all(&mut |part| {
            found |= match part {
                Expr::Call { name, .. } => Name::of_call(name).text() == word,
                Expr::Raw { words, .. } => words.iter().any(|known| known == word),
                Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Query(_) => false,
            };
        });
        found
    };
    let in_body = |(other, function): (&Name, &Function)| {
        other != name && function.body.as_ref().is_some_and(|body| says(body.text(), word))
    };
    let in_other = |detail: &Detail| match detail {
        Detail::Trigger(trigger) => {
            trigger.function.as_ref().is_some_and(|function| function.text() == word)
                || trigger.when.as_ref().is_some_and(in_expr)
                || trigger.body.as_ref().is_some_and(|body| says(body, word))
        }
        Detail::Policy(policy) => policy.using.iter().chain(&policy.check).any(in_expr),
        Detail::Rule(rule) => rule.when.as_ref().is_some_and(in_expr) || says(&rule.action, word),
        Detail::Extension(_)
        | Detail::Statistics(_)
        | Detail::Publication(_)
        | Detail::Text(_)
        | Detail::None => false,
    };
    let in_relation = |relation: &Relation| match relation {
        Relation::Table(table) => {
            let columns = || table.columns.iter().map(|member| &member.column);
            columns().filter_map(|column| column.default.as_ref()).any(in_expr)
                || columns().filter_map(|column| column.generated.as_ref()).any(|made| in_expr(&made.expr))
                || table.constraints.iter().flat_map(|(_, known)| known.kind.exprs()).any(in_expr)
        }
        Relation::Index(index) => index.exprs().any(in_expr),
        Relation::View(_) | Relation::Sequence(_) => false,
    };
    catalog.all_functions().any(in_body)
        || catalog.others().any(|(_, other)| in_other(&other.detail))
        || catalog.views().any(|view| view.words.iter().any(|known| known == word))
        || catalog.mentioning(word).any(|(_, relation)| in_relation(relation))
}

/// The views of MySQL that read a relation by its name, and stay when the migration is through: it neither refuses nor follows.
pub fn mysql_readers<'a>(step: &StepFacts<'a>, name: &Name) -> Vec<(&'a Name, Place)> {
    let mysql = step.part.dialect() == crate::schema::Dialect::Mysql;
    let end = &step.part.run.after;
    let stays = |view: &View| end.view(&view.name).found().is_some_and(|left| left.made == view.made);
    let views = step.before().views().filter(|view| mysql && view.reads.contains(name) && stays(view));
    views.filter_map(|view| Some((&view.name, view.made?))).collect()
}

/// Whether a relation of that name is an index.
pub fn is_index(catalog: &Catalog, name: &Name) -> bool {
    matches!(catalog.relation(name), Lookup::Found(Relation::Index(_)))
}

/// Every operation that was done before a statement, in this migration and in the older ones, with the step that it was done in.
pub fn steps_before<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = (&'a Step, &'a Op)> {
    let part = step.part;
    let earlier = part.earlier().iter().map(|run| (&run.up, run.up.steps.len()));
    let own = std::iter::once((part.run, step.at));
    earlier.filter(move |(run, _)| run.engine.dialect == part.dialect()).chain(own).flat_map(
        |(run, until)| (0..until).flat_map(move |at| done_of(run, at).map(move |op| (&run.steps[at], op))),
    )
}

/// Every operation of this change that was done before one of a statement's, the last one first, with the step that it was done in.
pub fn steps_of_change<'a>(step: &StepFacts<'a>, op: &Op) -> impl Iterator<Item = (&'a Step, &'a Op)> {
    let own = done(step).take_while(|known| !std::ptr::eq(*known, op)).collect::<Vec<_>>();
    let this = step.step();
    let here = own.into_iter().rev().map(move |op| (this, op));
    here.chain(runs_back(step).flat_map(|(run, until)| {
        (0..until).rev().flat_map(move |at| {
            let mut ops: Vec<&Op> = done_of(run, at).collect();
            ops.reverse();
            ops.into_iter().map(move |op| (&run.steps[at], op))
        })
    }))
}

/// Whether a name was another relation's before this change, which made way for what takes it with this operation.
pub fn made_way(step: &StepFacts<'_>, op: &Op, name: &Name) -> bool {
    let by_this = || steps_of_change(step, op).take_while(|(at, _)| std::ptr::eq(*at, step.step()));
    let moved = || by_this().any(|(at, op)| renamed(at, op).is_some_and(|(from, _)| from == *name));
    let is_free = step.before().relation(name).is_absent() || moved();
    is_free && !before_change(step).relation(name).is_absent()
}
