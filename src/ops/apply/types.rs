//! Types and domains.

use super::{Outcome, Step, names};
use crate::ops::{AlterDomain, AlterType, Conflict, CreateDomain, CreateType, Guard, TypeDefinition};
use crate::schema::{
    Catalog, Constraint, ConstraintKind, EnumType, Expr, Ident, LONGEST, Literal, Lookup, Name, ObjectKind,
    ObjectRef, Relation, Slot, Table, Type, TypeEntry, TypeKind, clip,
};

impl Step<'_> {
    pub(super) fn create_type(&mut self, create: &CreateType) -> Outcome {
        let kind = match &create.definition {
            TypeDefinition::Enum(labels) => TypeKind::Enum(EnumType { labels: labels.clone(), open: false }),
            TypeDefinition::Composite(attributes) => {
                let placed = |(name, ty): &(Ident, Type)| (name.clone(), self.placed(ty));
                TypeKind::Composite(attributes.iter().map(placed).collect())
            }
            TypeDefinition::Range(text) | TypeDefinition::Base(text) => TypeKind::Other(text.clone()),
            TypeDefinition::Shell => TypeKind::Other(String::new()),
        };
        let name = self.home(&create.name);
        let unfit = match &kind {
            TypeKind::Composite(attributes) => attributes.iter().find_map(|(_, ty)| self.missing_type(ty)),
            TypeKind::Enum(EnumType { labels, .. }) => {
                let twice = labels.iter().enumerate().find(|(at, label)| labels[..*at].contains(label));
                twice.filter(|_| self.postgres()).map(|(_, label)| {
                    Conflict::Other("23505", format!("type `{name}` has the value '{label}' twice"))
                })
            }
            TypeKind::Domain { .. } | TypeKind::Other(_) => None,
        };
        match unfit {
            Some(conflict) => Outcome::Refused(conflict),
            None => self.put_new_type(name, kind, ObjectKind::Type),
        }
    }

    pub(super) fn put_new_type(&mut self, name: Name, kind: TypeKind, object: ObjectKind) -> Outcome {
        if let Lookup::Found(entry) = self.catalog.type_entry(&name) {
            // CREATE TYPE x; announces a base type that CREATE TYPE x (…) then fills in.
            if !matches!(&entry.kind, TypeKind::Other(text) if text.is_empty()) {
                return Outcome::Refused(Conflict::Exists(ObjectRef { kind: object, name, on: None }));
            }
        }
        // A table has a type of its own name, and so has a view.
        if self.postgres()
            && let Lookup::Found(Relation::Table(_) | Relation::View(_)) = self.catalog.relation(&name)
        {
            return Outcome::Refused(Conflict::Exists(ObjectRef { kind: object, name, on: None }));
        }
        if let Some(missing) = self.missing_schema(&name) {
            return missing;
        }
        let entry = TypeEntry { made: Some(self.place), ..TypeEntry::unknown(name.clone(), kind) };
        self.catalog.put_type(name, Slot::Present(entry));
        Outcome::Done
    }

    pub(super) fn create_domain(&mut self, create: &CreateDomain) -> Outcome {
        let name = self.home(&create.name);
        let checks = create.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check(expr) => Some(expr),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => None,
        });
        let unfit = self.missing_type(&create.ty);
        let unfit = unfit.or_else(|| checks.into_iter().find_map(|expr| self.unfit_check(&name, expr)));
        let mut constraints = Vec::new();
        for constraint in create
            .constraints
            .iter()
            .filter(|constraint| !matches!(constraint.kind, ConstraintKind::NotNull(_)))
        {
            let ident =
                constraint.name.clone().unwrap_or_else(|| domain_check(self.catalog, &name, &constraints));
            constraints.push((ident, constraint.clone()));
        }
        let not_null =
            create.constraints.iter().any(|constraint| matches!(constraint.kind, ConstraintKind::NotNull(_)));
        let kind = TypeKind::Domain {
            ty: self.placed(&create.ty),
            collation: create.collation.clone(),
            default: create.default.clone(),
            not_null,
            constraints,
        };
        match (self.put_new_type(name, kind, ObjectKind::Type), unfit) {
            (Outcome::Done, Some(conflict)) => Outcome::Refused(conflict),
            (outcome, _) => outcome,
        }
    }
}

impl Step<'_> {
    /// Why ALTER DOMAIN, or another statement about a domain, cannot be about a type.
    pub(super) fn is_no_domain(&self, kind: ObjectKind, name: &Name) -> Option<Conflict> {
        match self.catalog.type_entry(name) {
            Lookup::Found(TypeEntry { kind: TypeKind::Domain { .. }, .. }) => None,
            Lookup::Found(TypeEntry { made: Some(_), .. })
                if kind == ObjectKind::Domain && self.postgres() =>
            {
                Some(Conflict::Other("42809", format!("type `{name}` is no domain")))
            }
            Lookup::Found(_) | Lookup::Absent | Lookup::Unknown => None,
        }
    }

    /// Why ALTER TYPE cannot change a type so: only enums have values, only composite types attributes.
    fn of_other_kind(&self, name: &Name, entry: &TypeEntry, change: &AlterType) -> Option<Conflict> {
        entry.made.filter(|_| self.postgres())?;
        match change {
            AlterType::AddValue { .. } | AlterType::RenameValue { .. } => {
                let fits = matches!(entry.kind, TypeKind::Enum(_));
                (!fits).then(|| {
                    Conflict::Other(
                        "42809",
                        format!("type `{name}` is no enum: it has no values to add or rename"),
                    )
                })
            }
            AlterType::AddAttribute { .. }
            | AlterType::DropAttribute { .. }
            | AlterType::AlterAttribute { .. }
            | AlterType::RenameAttribute { .. } => {
                let fits = matches!(entry.kind, TypeKind::Composite(_));
                (!fits).then(|| {
                    Conflict::Other(
                        "42P01",
                        format!("type `{name}` is no composite type: it has no attributes"),
                    )
                })
            }
            AlterType::Parameters => None,
        }
    }
}

/// The multirange that comes with a range (source: `makeMultirangeTypeName` in PostgreSQL's pg_type.c).
pub(super) fn multirange(entry: &TypeEntry) -> Option<Name> {
    let TypeKind::Other(text) = &entry.kind else { return None };
    let options = text.split(['(', ',', ')']).filter_map(|option| option.split_once('='));
    let given = |wanted: &str| {
        let mut all = options.clone().filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        all.next().map(|(_, value)| value.trim().replace('"', ""))
    };
    given("subtype")?;
    if let Some(written) = given("multirange_type_name") {
        return Some(match written.split_once('.') {
            Some((schema, name)) => Name::qualified(Ident::exact(schema), Ident::exact(name)),
            None => Name { schema: entry.name.schema.clone(), ident: Ident::exact(written) },
        });
    }
    let own = entry.name.text();
    let name = match own.split_once("range") {
        Some((before, after)) => format!("{before}multirange{after}"),
        None => format!("{}_multirange", clip(own, LONGEST - "_multirange".len())),
    };
    Some(Name { schema: entry.name.schema.clone(), ident: Ident::exact(clip(&name, LONGEST)) })
}

/// A range under another name: its multirange keeps the one that it has.
pub(super) fn renamed(entry: &TypeEntry, to: Name) -> TypeEntry {
    let mut renamed = TypeEntry { name: to, ..entry.clone() };
    let kept = multirange(entry).filter(|kept| multirange(&renamed).as_ref() != Some(kept));
    if let (TypeKind::Other(text), Some(kept)) = (&mut renamed.kind, kept)
        && let Some(inside) = text.trim_end().strip_suffix(')')
    {
        let schema =
            kept.schema.as_ref().map_or_else(String::new, |schema| format!("\"{}\".", schema.text()));
        *text = format!("{inside}, multirange_type_name = {schema}\"{}\")", kept.text());
    }
    renamed
}

/// `d_check`, `d_check1`, …: the name of a domain's unnamed CHECK.
fn domain_check(catalog: &Catalog, domain: &Name, taken: &[(Ident, Constraint)]) -> Ident {
    let table = Table::unknown(domain.clone());
    let taken: Vec<Ident> = taken.iter().map(|(known, _)| known.clone()).collect();
    names::free_constraint(catalog, &table, None, "check", &taken)
}

pub(super) fn alter_type(step: &mut Step<'_>, name: &Name, change: &AlterType) -> Outcome {
    let name = step.resolve(name);
    let mut entry = match step.catalog.type_entry(&name) {
        Lookup::Found(entry) => entry.clone(),
        Lookup::Unknown => {
            let kind = match change {
                AlterType::AddValue { .. } | AlterType::RenameValue { .. } => {
                    TypeKind::Enum(EnumType { labels: Vec::new(), open: true })
                }
                AlterType::AddAttribute { .. }
                | AlterType::DropAttribute { .. }
                | AlterType::AlterAttribute { .. }
                | AlterType::RenameAttribute { .. }
                | AlterType::Parameters => return Outcome::Done,
            };
            TypeEntry::unknown(name.clone(), kind)
        }
        Lookup::Absent => {
            return match step.is_row_type(&name, "42809") {
                Some(conflict) => Outcome::Refused(conflict),
                None => step.missing(ObjectRef { kind: ObjectKind::Type, name, on: None }, Guard::None),
            };
        }
    };
    if let Some(conflict) = step.of_other_kind(&name, &entry, change) {
        return Outcome::Refused(conflict);
    }
    let attribute = |known: &Ident| ObjectRef {
        kind: ObjectKind::Column,
        name: Name::bare(known.clone()),
        on: Some(name.clone()),
    };
    match (change, &mut entry.kind) {
        (AlterType::AddValue { label, guard, position }, TypeKind::Enum(labels)) => {
            if labels.labels.contains(label) {
                if *guard == Guard::IfNotExists {
                    return Outcome::Skipped { existing: entry.made };
                }
                return Outcome::Refused(Conflict::Other(
                    "42710",
                    format!("type `{name}` has the value '{label}' already"),
                ));
            }
            if let Some((_, other)) = position
                && !labels.open
                && !labels.labels.contains(other)
            {
                let sentence = format!("type `{name}` has no value '{other}'");
                return Outcome::Refused(Conflict::Other("22023", sentence));
            }
            let at = position.as_ref().and_then(|(after, other)| {
                labels.labels.iter().position(|known| known == other).map(|at| at + usize::from(*after))
            });
            labels.labels.insert(at.unwrap_or(labels.labels.len()), label.clone());
            step.label_added(&name, label);
        }
        (AlterType::RenameValue { from, to }, TypeKind::Enum(labels)) => {
            let at = labels.labels.iter().position(|known| known == from);
            if labels.labels.contains(to) && at.is_some() {
                return Outcome::Refused(Conflict::Other(
                    "42710",
                    format!("type `{name}` has the value '{to}' already"),
                ));
            }
            match at {
                Some(at) => {
                    labels.labels[at].clone_from(to);
                    step.label_renamed(&name, from, to);
                    rename_in_defaults(step, &name, from, to);
                }
                None if labels.open && !labels.labels.contains(to) => labels.labels.push(to.clone()),
                None => {
                    return Outcome::Refused(Conflict::Other(
                        "22023",
                        format!("type `{name}` has no value '{from}'"),
                    ));
                }
            }
        }
        (AlterType::AddAttribute { name: added, ty }, TypeKind::Composite(attributes)) => {
            if attributes.iter().any(|(known, _)| known == added) {
                return Outcome::Refused(Conflict::Exists(attribute(added)));
            }
            attributes.push((added.clone(), step.placed(ty)));
        }
        (AlterType::DropAttribute { name: dropped, guard }, TypeKind::Composite(attributes)) => {
            if !attributes.iter().any(|(known, _)| known == dropped) {
                return step.missing(attribute(dropped), *guard);
            }
            attributes.retain(|(known, _)| known != dropped);
            entry.attribute_comments.remove(dropped);
        }
        (AlterType::AlterAttribute { name: altered, ty }, TypeKind::Composite(attributes)) => {
            match attributes.iter_mut().find(|(known, _)| known == altered) {
                Some((_, known)) => {
                    *known = step.placed(ty);
                    if let Some(used) = step.has_type(&name) {
                        let sentence = format!("{used} has type `{name}`");
                        return Outcome::Refused(Conflict::Other("0A000", sentence));
                    }
                }
                None => return step.missing(attribute(altered), Guard::None),
            }
        }
        (AlterType::RenameAttribute { from, to }, TypeKind::Composite(attributes)) => {
            match attributes.iter_mut().find(|(known, _)| known == from) {
                Some((known, _)) => {
                    *known = to.clone();
                    if let Some(comment) = entry.attribute_comments.remove(from) {
                        entry.attribute_comments.insert(to.clone(), comment);
                    }
                }
                None => return step.missing(attribute(from), Guard::None),
            }
        }
        (AlterType::Parameters, _)
        | (_, TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_)) => {}
    }
    step.catalog.put_type(name, Slot::Present(entry));
    Outcome::Done
}

pub(super) fn alter_domain(step: &mut Step<'_>, name: &Name, change: &AlterDomain) -> Outcome {
    let name = step.resolve(name);
    let mut entry = match step.catalog.type_entry(&name) {
        Lookup::Found(entry) => entry.clone(),
        Lookup::Unknown => return Outcome::Done,
        Lookup::Absent => {
            return match step.is_row_type(&name, "42809") {
                Some(conflict) => Outcome::Refused(conflict),
                None => step.missing(ObjectRef { kind: ObjectKind::Type, name, on: None }, Guard::None),
            };
        }
    };
    let TypeKind::Domain { default, not_null, constraints, .. } = &mut entry.kind else {
        return step.is_no_domain(ObjectKind::Domain, &name).map_or(Outcome::Done, Outcome::Refused);
    };
    let object = |known: &Ident| ObjectRef {
        kind: ObjectKind::Constraint,
        name: Name::bare(known.clone()),
        on: Some(name.clone()),
    };
    match change {
        AlterDomain::SetDefault(expr) => *default = Some(expr.clone()),
        AlterDomain::DropDefault => *default = None,
        AlterDomain::SetNotNull => *not_null = true,
        AlterDomain::DropNotNull => *not_null = false,
        AlterDomain::AddConstraint(constraint) => {
            let ident =
                constraint.name.clone().unwrap_or_else(|| domain_check(step.catalog, &name, constraints));
            if constraints.iter().any(|(known, _)| *known == ident) {
                return Outcome::Refused(Conflict::Exists(object(&ident)));
            }
            constraints.push((ident, (**constraint).clone()));
        }
        AlterDomain::DropConstraint { name: dropped, guard } => {
            if !constraints.iter().any(|(known, _)| known == dropped) {
                return step.missing(object(dropped), *guard);
            }
            constraints.retain(|(known, _)| known != dropped);
        }
        AlterDomain::ValidateConstraint(validated) => {
            match constraints.iter_mut().find(|(known, _)| known == validated) {
                Some((_, constraint)) => constraint.not_valid = false,
                None => return step.missing(object(validated), Guard::None),
            }
        }
    }
    step.catalog.put_type(name, Slot::Present(entry));
    Outcome::Done
}

/// ALTER DOMAIN … RENAME CONSTRAINT.
pub(super) fn rename_constraint(step: &mut Step<'_>, domain: &Name, from: &Ident, to: &Ident) -> Outcome {
    let name = step.resolve(domain);
    let mut entry = match step.catalog.type_entry(&name) {
        Lookup::Found(entry) => entry.clone(),
        Lookup::Unknown => return Outcome::Done,
        Lookup::Absent => {
            return step.missing(ObjectRef { kind: ObjectKind::Type, name, on: None }, Guard::None);
        }
    };
    let object = |ident: &Ident| ObjectRef {
        kind: ObjectKind::Constraint,
        name: Name::bare(ident.clone()),
        on: Some(name.clone()),
    };
    if let TypeKind::Domain { constraints, .. } = &mut entry.kind {
        if constraints.iter().any(|(known, _)| known == to) {
            return Outcome::Refused(Conflict::Exists(object(to)));
        }
        match constraints.iter_mut().find(|(known, _)| known == from) {
            Some((known, constraint)) => {
                *known = to.clone();
                constraint.name = Some(to.clone());
            }
            None => return step.missing(object(from), Guard::None),
        }
    }
    step.catalog.put_type(name, Slot::Present(entry));
    Outcome::Done
}

/// A default that is a label of an enum is that label, whatever it is called.
fn rename_in_defaults(step: &mut Step<'_>, ty: &Name, from: &str, to: &str) {
    for (table, column) in step.columns_of_type(ty) {
        step.catalog.change_table(&table, |table| {
            let member = super::columns::member(table, &column);
            if let Some(default) = member.and_then(|member| member.column.default.as_mut()) {
                rename_label(default, from, to);
            }
        });
    }
}

fn rename_label(expr: &mut Expr, from: &str, to: &str) {
    match expr {
        Expr::Literal(Literal::String(label)) if label == from => to.clone_into(label),
        Expr::Cast { operand, .. } => rename_label(operand, from, to),
        Expr::Literal(_)
        | Expr::Column(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => {}
    }
}
