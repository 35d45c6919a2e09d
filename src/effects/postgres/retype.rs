//! ALTER COLUMN … TYPE: whether the rows are written again, and what hangs on the column.
//!
//! Source: `ATColumnChangeRequiresRewrite`, `CheckIndexCompatible` and `TryReuseForeignKey` in PostgreSQL; the support functions of
//! `varchar`, `numeric`, `varbit`, `interval`, `time` and `timestamp`, which know a cast that changes nothing; `pg_cast`.

use super::{AccessExclusive, AccessShare, ShareRowExclusive, Work, alter_table::is_enforced};
use crate::schema::{ConstraintKind, Expr, Ident, Index, IndexKey, Lookup, Name, Type, TypeKind, builtin};

impl Work<'_> {
    pub(super) fn retype(
        &mut self,
        table: &Name,
        column: &Ident,
        to: &Type,
        using: Option<&Expr>,
        collation: Option<&str>,
    ) {
        let known = self.table(table);
        let member = known.and_then(|table| table.column(column.key()).found());
        let old = member.and_then(|member| member.column.ty.clone());
        let rewrites = match &old {
            Some(old) => self.changes_rows(old, to, using, column),
            None => self.changes_any_rows(to, using, column),
        };
        match rewrites {
            Some(true) => self.rewrite(table),
            Some(false) => {}
            None => {
                self.effects.unknown.rewrites = true;
                self.effects.unknown.scans = true;
                self.effects.unknown.builds = true;
            }
        }
        let collated = member.is_some_and(|member| member.column.collation.as_deref() != collation);
        for index in self.indexes(table) {
            if !index.reads(column) {
                continue;
            }
            self.lock(&index.name, AccessExclusive);
            let stays = old.as_ref().is_some_and(|old| {
                let same_class = self.class(old) == self.class(to);
                let fits = |key: &IndexKey| self.key_stays(key, column, same_class, collated);
                is_plain(index) && index.keys.iter().all(fits)
            });
            if rewrites == Some(false) && !stays {
                self.effects.builds.insert(index.name.clone());
                self.scan(table);
            }
        }
        if member.is_some_and(|member| member.column.identity.is_some()) {
            let sequences = self.sequences_of(table, Some(column));
            self.lock_all(sequences, ShareRowExclusive);
        }
        for (name, constraint) in known.into_iter().flat_map(|table| &table.constraints) {
            if !constraint.kind.reads(column) {
                continue;
            }
            match &constraint.kind {
                ConstraintKind::Check(_) => {
                    // One that the statement drops, or makes again NOT VALID, is asked of nothing.
                    let stays = self.after().table(table).found().is_none_or(|after| {
                        after.constraint(name.key()).found().is_some_and(|after| !after.not_valid)
                    });
                    if stays && !constraint.not_valid && is_enforced(constraint) {
                        self.scan(table);
                    }
                }
                ConstraintKind::ForeignKey(key) => {
                    let parent = self.resolve(&key.table);
                    self.made_again(table, &parent, &parent, rewrites, constraint.not_valid);
                }
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_) => {}
            }
        }
        let primary = known.and_then(|table| table.primary_key()).is_some_and(|key| key.contains(column));
        let refers = |key: &crate::schema::ForeignKey| {
            key.table == *table && (key.referenced.contains(column) || key.referenced.is_empty() && primary)
        };
        let referring: Vec<(Name, bool)> = self
            .before()
            .tables()
            .filter(|owner| owner.name != *table)
            .flat_map(|owner| {
                let keys = owner
                    .constraints
                    .iter()
                    .filter(|(_, constraint)| constraint.kind.foreign_key().is_some_and(refers));
                keys.map(|(_, constraint)| (owner.name.clone(), constraint.not_valid))
            })
            .collect();
        for (owner, not_valid) in referring {
            self.made_again(&owner, table, &owner, rewrites, not_valid);
        }
    }

    /// A foreign key is dropped and made again: its other side is locked, and after a rewrite its rows are checked.
    fn made_again(
        &mut self,
        table: &Name,
        parent: &Name,
        other: &Name,
        rewrites: Option<bool>,
        not_valid: bool,
    ) {
        self.lock(other, AccessExclusive);
        if rewrites == Some(true) && !not_valid {
            self.plan(other, AccessShare);
            self.scan(table);
            self.scan(parent);
        }
    }

    /// Whether the rows are written again; None where it depends on what the history does not show.
    fn changes_rows(&self, old: &Type, new: &Type, using: Option<&Expr>, column: &Ident) -> Option<bool> {
        let casts = match using.map(|using| casts_of(using, column)) {
            None => Vec::new(),
            Some(Some(casts)) => casts,
            Some(None) => return Some(true),
        };
        // Each cast on the way must leave the values as they are.
        let way: Vec<&Type> = std::iter::once(old).chain(casts).chain(std::iter::once(new)).collect();
        let mut all = Some(false);
        for pair in way.windows(2) {
            let &[from, to] = pair else { continue };
            match self.is_changed(from, to) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all = None,
            }
        }
        all
    }

    /// The same where the old type is not known: whether there is none from which the rows would stay as they are, but for the new type
    /// itself.
    fn changes_any_rows(&self, new: &Type, using: Option<&Expr>, column: &Ident) -> Option<bool> {
        if using.is_some_and(|using| casts_of(using, column).is_none()) {
            return Some(true);
        }
        let (new, constrained) = self.base(new)?;
        // Source: `pg_cast`, where no cast to one of these is binary coercible and none is known to keep the values.
        const ALONE: &[&str] = &[
            "smallint",
            "bigint",
            "real",
            "double precision",
            "money",
            "boolean",
            "date",
            "uuid",
            "json",
            "jsonb",
            "bytea",
            "character",
            "bit",
            "cidr",
            "macaddr",
            "macaddr8",
            "tsvector",
            "point",
        ];
        let is_enum = || {
            let entry = self.before().type_entry(&self.type_name(&new)).found();
            entry.is_some_and(|entry| matches!(entry.kind, TypeKind::Enum(_)))
        };
        (constrained || new.dimensions == 0 && (ALONE.contains(&new.name.as_str()) || is_enum()))
            .then_some(true)
    }

    fn is_changed(&self, old: &Type, new: &Type) -> Option<bool> {
        if old == new {
            return Some(false);
        }
        let (mut old_base, _) = self.base(old)?;
        let (new_base, constrained) = self.base(new)?;
        if old_base != *old {
            // What a domain says of lengths and precision is not asked.
            old_base.arguments.clear();
        }
        if constrained {
            return Some(true);
        }
        self.changes_values(&old_base, &new_base)
    }

    /// The type below a domain, and whether a constraint stands between. None where the type is not known.
    fn base(&self, ty: &Type) -> Option<(Type, bool)> {
        let (mut ty, mut constrained) = (ty.clone(), false);
        for _ in 0..32 {
            if ty.dimensions > 0 || is_built_in(&ty) {
                break;
            }
            match self.before().type_entry(&self.type_name(&ty)) {
                Lookup::Found(entry) => match &entry.kind {
                    TypeKind::Domain { ty: base, not_null, constraints, .. } => {
                        constrained |= *not_null || !constraints.is_empty();
                        ty = base.clone();
                    }
                    TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => break,
                },
                Lookup::Absent => break,
                // An extension's.
                Lookup::Unknown if ty.name == "citext" => break,
                Lookup::Unknown => return None,
            }
        }
        Some((ty, constrained))
    }

    fn changes_values(&self, old: &Type, new: &Type) -> Option<bool> {
        if old == new {
            return Some(false);
        }
        // Each element is cast by itself.
        if old.dimensions > 0 || new.dimensions > 0 {
            return Some(true);
        }
        let number =
            |ty: &Type, at: usize| ty.arguments.get(at).and_then(|text| text.trim().parse::<i64>().ok());
        // No less room than before; nothing written is no limit.
        let no_less =
            |at: usize, limit: i64| number(new, at).unwrap_or(limit) >= number(old, at).unwrap_or(limit);
        if old.name == new.name {
            return Some(match new.name.as_str() {
                "character varying" | "bit varying" => !no_less(0, i64::MAX),
                "numeric" if new.arguments.is_empty() => false,
                "numeric" if old.arguments.is_empty() => true,
                "numeric" => !no_less(0, 0) || number(old, 1).unwrap_or(0) != number(new, 1).unwrap_or(0),
                "timestamp without time zone"
                | "timestamp with time zone"
                | "time without time zone"
                | "time with time zone"
                | "interval" => !no_less(0, 6),
                _ if old.arguments == new.arguments => false,
                "character" | "bit" => true,
                // What a length means there is not known.
                _ => return None,
            });
        }
        let is =
            |from: &[&str], to: &[&str]| from.contains(&old.name.as_str()) && to.contains(&new.name.as_str());
        const TEXTS: &[&str] = &["text", "character varying", "citext", "bpchar", "xml"];
        const ZONED: &[&str] = &["timestamp without time zone", "timestamp with time zone"];
        if is(TEXTS, &["text", "character varying", "citext", "bpchar"]) {
            // A bpchar loses its blanks on the way to a text.
            return Some(old.name == "bpchar" || !new.arguments.is_empty());
        }
        let is_number = |ty: &Type| matches!(ty.name.as_str(), "integer" | "oid");
        let is_oid = |ty: &Type| is_number(ty) || ty.name.starts_with("reg");
        if is_oid(old) && is_oid(new) {
            // From one reg… to another one there is no way but through text.
            return Some(!is_number(old) && !is_number(new));
        }
        if is(&["cidr"], &["inet"]) || is(&["bit"], &["bit varying"]) && new.arguments.is_empty() {
            return Some(false);
        }
        if is(ZONED, ZONED) {
            if !self.at_least(12) {
                return Some(true);
            }
            // The cast between the two keeps no precision below the full one: that is a cast of its own, whatever the old one was.
            if number(new, 0).is_some_and(|digits| digits < 6) {
                return Some(true);
            }
            let zone = self.around.session.settings.get("timezone").map(|(zone, _)| zone.as_str());
            return match zone {
                Some(zone) if is_utc(zone) => Some(false),
                Some(_) => Some(true),
                // The server's own.
                None => None,
            };
        }
        Some(true)
    }

    /// The default operator class for indexes, as far as it tells types apart whose values are kept alike.
    fn class(&self, ty: &Type) -> String {
        let Some((ty, _)) = self.base(ty) else { return ty.to_string() };
        if ty.dimensions > 0 {
            return "array".to_owned();
        }
        match ty.name.as_str() {
            "text" | "character varying" => "text".to_owned(),
            "inet" | "cidr" => "inet".to_owned(),
            name if name.starts_with("reg") || name == "oid" => "oid".to_owned(),
            name => name.to_owned(),
        }
    }

    fn key_stays(&self, key: &IndexKey, column: &Ident, same_class: bool, collated: bool) -> bool {
        if key.column().is_none_or(|known| known != column.key()) {
            return true;
        }
        let words = key.options.to_ascii_lowercase();
        let own_class = words.split(' ').any(|word| word.ends_with("_ops"));
        let own_collation = words.split(' ').any(|word| word == "collate");
        (same_class || own_class) && (!collated || own_collation)
    }
}

/// The casts, first to last, that an expression makes of a column, where it does nothing else.
fn casts_of<'e>(expr: &'e Expr, column: &Ident) -> Option<Vec<&'e Type>> {
    match expr {
        Expr::Column(parts) => parts.last().is_some_and(|part| part == column.key()).then(Vec::new),
        Expr::Cast { operand, to } => {
            let mut casts = casts_of(operand, column)?;
            casts.push(to);
            Some(casts)
        }
        Expr::Literal(_) | Expr::Call { .. } | Expr::Operator { .. } | Expr::Query(_) | Expr::Raw { .. } => {
            None
        }
    }
}

/// An index of columns alone. Of others the server does not ask whether they would be the same.
fn is_plain(index: &Index) -> bool {
    index.predicate.is_none() && index.keys.iter().all(|key| key.column().is_some())
}

fn is_utc(zone: &str) -> bool {
    ["utc", "etc/utc", "gmt", "etc/gmt", "zulu", "universal", "uct", "0", "+00", "-00"]
        .contains(&zone.to_ascii_lowercase().as_str())
}

/// Whether a type is one of the server's own.
pub(super) fn is_built_in(ty: &Type) -> bool {
    ty.schema.is_none() && (builtin::is_type(&ty.name) || ty.is_serial())
}
