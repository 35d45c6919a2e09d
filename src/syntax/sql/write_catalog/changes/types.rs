//! Types, domains and enums that come, go and change.

use super::super::super::write::quote;
use super::super::order::Item;
use super::super::tables::default_text;
use super::super::{shown, string, type_text};
use super::{Changes, Phase, Steps};
use crate::schema::{ConstraintKind, Difference, DifferenceKind, Ident, Name, TypeKind, canonical};

impl Changes<'_> {
    pub(super) fn change_type(&self, difference: &Difference, steps: &mut Steps) {
        let (name, start) = (&difference.object.name, steps.all.len());
        self.change_type_itself(difference, steps);
        let place = self.order.place(|item| matches!(item, Item::Type(known) if known.name == *name));
        steps.place_since(start, place);
    }

    fn change_type_itself(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let name = shown(&object.name, self.dialect);
        let (old, new) = (
            self.from.catalog.type_entry(&object.name).found(),
            self.to.catalog.type_entry(&object.name).found(),
        );
        match (difference.kind, old, new) {
            (DifferenceKind::Extra, ..) => {
                let is_it = |item: Item<'_>| matches!(item, Item::Type(known) if known.name == object.name);
                let place = self.old_order.place(is_it);
                let text = format!("DROP {} {name}", object.kind.keywords());
                steps.push_at(Phase::DropItems, usize::MAX - place, text);
            }
            (DifferenceKind::Missing, _, Some(entry)) => {
                steps.extend(self.to.type_entry(entry).into_iter().map(|text| (Phase::Items, text)));
                steps.made.insert(object.clone());
            }
            (_, Some(old), Some(new)) => match (&old.kind, &new.kind) {
                (TypeKind::Enum(before), TypeKind::Enum(after)) => {
                    self.change_enum(&object.name, &before.labels, &after.labels, steps);
                }
                (TypeKind::Composite(before), TypeKind::Composite(after)) => {
                    for (attribute, _) in
                        before.iter().filter(|(known, _)| !after.iter().any(|(name, _)| name == known))
                    {
                        let attribute = quote(attribute, self.dialect);
                        steps.push((Phase::Items, format!("ALTER TYPE {name} DROP ATTRIBUTE {attribute}")));
                    }
                    for (attribute, ty) in after {
                        let shown_attribute = quote(attribute, self.dialect);
                        let ty_text = type_text(ty, self.dialect);
                        match before.iter().find(|(known, _)| known == attribute) {
                            None => steps.push((
                                Phase::Items,
                                format!("ALTER TYPE {name} ADD ATTRIBUTE {shown_attribute} {ty_text}"),
                            )),
                            Some((_, old)) if old != ty => steps.push((
                                Phase::Items,
                                format!("ALTER TYPE {name} ALTER ATTRIBUTE {shown_attribute} TYPE {ty_text}"),
                            )),
                            Some(_) => {}
                        }
                    }
                }
                (
                    TypeKind::Domain {
                        ty: before,
                        default: old_default,
                        not_null: old_null,
                        constraints: olds,
                        ..
                    },
                    TypeKind::Domain {
                        ty: after,
                        default: new_default,
                        not_null: new_null,
                        constraints: news,
                        ..
                    },
                ) => {
                    if !canonical::same_type(before, after, self.dialect) {
                        steps.push((Phase::Items, format!("-- domain {name} cannot change its type: make a new one and change the columns")));
                    }
                    if old_default != new_default {
                        steps.push((
                            Phase::Items,
                            match new_default {
                                Some(default) => {
                                    format!(
                                        "ALTER DOMAIN {name} SET DEFAULT {}",
                                        default_text(default, self.dialect)
                                    )
                                }
                                None => format!("ALTER DOMAIN {name} DROP DEFAULT"),
                            },
                        ));
                    }
                    if old_null != new_null {
                        let word = if *new_null { "SET" } else { "DROP" };
                        steps.push((Phase::Items, format!("ALTER DOMAIN {name} {word} NOT NULL")));
                    }
                    let check = |kind: &ConstraintKind| match kind {
                        ConstraintKind::Check(expr) => Some(canonical::simple(expr, self.dialect)),
                        ConstraintKind::PrimaryKey { .. }
                        | ConstraintKind::Unique { .. }
                        | ConstraintKind::ForeignKey(_)
                        | ConstraintKind::Exclude(_)
                        | ConstraintKind::NotNull(_) => None,
                    };
                    for (ident, old) in olds {
                        let kept = news
                            .iter()
                            .any(|(known, new)| known == ident && check(&new.kind) == check(&old.kind));
                        if !kept {
                            let ident = quote(ident, self.dialect);
                            steps
                                .push((Phase::Items, format!("ALTER DOMAIN {name} DROP CONSTRAINT {ident}")));
                        }
                    }
                    for (ident, new) in news {
                        let known = olds
                            .iter()
                            .find(|(known, old)| known == ident && check(&new.kind) == check(&old.kind));
                        match known {
                            None => steps.push((
                                Phase::Items,
                                format!("ALTER DOMAIN {name} ADD {}", self.to.constraint(ident, new)),
                            )),
                            Some((_, old)) if old.not_valid && !new.not_valid => {
                                let ident = quote(ident, self.dialect);
                                steps.push((
                                    Phase::Items,
                                    format!("ALTER DOMAIN {name} VALIDATE CONSTRAINT {ident}"),
                                ));
                            }
                            Some(_) => {}
                        }
                    }
                }
                (
                    TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_),
                    _,
                ) => {
                    steps.push((
                        Phase::Items,
                        format!(
                            "-- type {name} cannot be changed in place: make a new one and change the columns"
                        ),
                    ));
                }
            },
            (_, _, _) => {}
        }
    }

    /// New labels are added where they belong; where one goes, or they change places, a new type takes the old one's place.
    pub(super) fn change_enum(
        &self,
        type_name: &Name,
        before: &[String],
        after: &[String],
        steps: &mut Steps,
    ) {
        let name = shown(type_name, self.dialect);
        let kept: Vec<&String> = after.iter().filter(|label| before.contains(label)).collect();
        if kept.len() == before.len() && kept.into_iter().eq(before.iter()) {
            let mut known: Vec<&String> = before.iter().collect();
            for (at, label) in after.iter().enumerate() {
                if known.contains(&label) {
                    continue;
                }
                let place = match at.checked_sub(1).map(|before| &after[before]) {
                    Some(previous) if known.last() == Some(&previous) => String::new(),
                    Some(previous) => format!(" AFTER {}", string(previous)),
                    None => {
                        known.first().map_or_else(String::new, |first| format!(" BEFORE {}", string(first)))
                    }
                };
                steps.push((Phase::Items, format!("ALTER TYPE {name} ADD VALUE {}{place}", string(label))));
                let at =
                    known.iter().position(|known| at > 0 && **known == after[at - 1]).map_or(0, |at| at + 1);
                known.insert(at, label);
            }
            return;
        }
        let old = Ident::exact(format!("{}_old", type_name.ident.text()));
        let old_name = Name { schema: type_name.schema.clone(), ident: old.clone() };
        steps.push((Phase::Items, format!("ALTER TYPE {name} RENAME TO {}", quote(&old, self.dialect))));
        if let Some(entry) = self.to.catalog.type_entry(type_name).found() {
            steps.extend(self.to.type_entry(entry).into_iter().map(|text| (Phase::Items, text)));
        }
        for table in self.from.catalog.tables() {
            for member in &table.columns {
                let column = &member.column;
                let has_it = column.ty.as_ref().is_some_and(|ty| ty.name == type_name.text());
                let stays =
                    self.to.catalog.table(&table.name).and_then(|table| table.column(column.name.key()));
                if !has_it || stays.found().is_none() {
                    continue;
                }
                let alter = format!(
                    "ALTER TABLE {} ALTER COLUMN {}",
                    shown(&table.name, self.dialect),
                    quote(&column.name, self.dialect)
                );
                let array = column.ty.as_ref().map_or(0, |ty| ty.dimensions);
                let brackets = "[]".repeat(array.into());
                if column.default.is_some() {
                    steps.push((Phase::Items, format!("{alter} DROP DEFAULT")));
                }
                let shown_column = quote(&column.name, self.dialect);
                steps.push((
                    Phase::Items,
                    format!(
                        "{alter} TYPE {name}{brackets} USING {shown_column}::text{brackets}::{name}{brackets}"
                    ),
                ));
                if let Some(default) = &column.default {
                    let default = default_text(default, self.dialect);
                    steps.push((Phase::Items, format!("{alter} SET DEFAULT {default}")));
                }
            }
        }
        let drop = format!("DROP TYPE {}", shown(&old_name, self.dialect));
        steps.push_at(Phase::DropItems, usize::MAX, drop);
    }
}
