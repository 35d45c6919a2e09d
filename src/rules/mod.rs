//! The rules: one file and one page each. A rule reads facts and says one thing; it never parses, never looks at
//! files, never asks git, and never imports another rule.

pub mod constraints;
pub mod drift;
pub mod facts;
pub mod guards;
pub mod header;
pub mod missing_index;
pub mod new_columns;
pub mod new_names;
pub mod page;
pub mod practice;
pub mod recipes;
pub mod refusals;
pub mod rerun;
pub mod retypes;
pub mod rollback;
pub mod stood;
pub mod timeouts;
pub mod transactions;
pub mod versions;
pub mod words;
pub mod written_columns;

mod backfill_in_ddl_transaction;
mod canonical_not_updated;
mod char_type;
mod check_blocks;
mod column_dropped;
mod column_renamed;
mod column_type_changed;
mod column_type_narrowed;
mod column_type_rewrites;
mod comment_missing;
mod constrained_domain_column;
mod constraint_never_validated;
mod database_dropped;
mod dependents_broken;
mod dependents_dropped_silently;
mod dialect_twins_differ;
mod domain_check_scans;
mod drop_cascades;
mod drop_locks_referenced;
mod dump_differs;
mod duplicate_index;
mod duplicate_version;
mod empty_rollback;
mod enum_value_renamed;
mod enum_value_used_early;
mod exclusion_blocks;
mod expected_index_missing;
mod extension_locks;
mod float_for_money;
mod forbidden_in_transaction;
mod foreign_key_blocks_writes;
mod foreign_key_over_orphans;
mod foreign_key_without_index;
mod generated_column_rewrites;
mod guard_hides_difference;
mod id_without_foreign_key;
mod identifier_too_long;
mod index_blocks_writes;
mod index_drop_blocks;
mod index_on_partitioned_parent;
mod int_primary_key;
mod invalid_index_kept;
mod json_type;
mod limited_varchar;
mod lock_held_while_working;
mod many_tables_locked;
mod migration_missing;
mod mismatched_foreign_key;
mod misnamed_migration;
mod missing_header;
mod missing_if_exists;
mod missing_if_not_exists;
mod missing_lock_timeout;
mod missing_or_replace;
mod missing_rollback;
mod missing_statement_timeout;
mod missing_transaction;
mod money_type;
mod name_needs_quoting;
mod nested_transaction;
mod not_null_scans;
mod not_null_without_backfill;
mod object_dropped;
mod object_exists;
mod object_missing;
mod orphan_rollback;
mod partition_attach_scans;
mod partition_detach_blocks;
mod partition_locks_parent;
mod primary_key_blocks;
mod redundant_guard;
mod reindex_blocks;
mod required_column_added;
mod row_security_without_policy;
mod rows_changed_everywhere;
mod safety_net_left_off;
mod schema_dropped;
mod schema_renamed;
mod sequence_gap;
mod serial_column_rewrites;
mod serial_type;
mod server_configured;
mod stale_name;
mod status_without_check;
mod suppression_without_reason;
mod table_dropped;
mod table_locked_explicitly;
mod table_renamed;
mod table_rewritten;
mod table_truncated;
mod table_without_primary_key;
mod timeout_without_effect;
mod timestamp_without_zone;
mod transaction_switched_off_for_more;
mod unclosed_transaction;
mod unguarded_insert;
mod unguarded_statement;
mod unique_added;
mod unique_blocks;
mod unknown_suppression;
mod unmatched_config;
mod unnamed_constraint;
mod unqualified_name;
mod unreadable_statement;
mod unsupported_by_engine;
mod unused_suppression;
mod validated_at_once;
mod version_history_missing;
mod version_not_recorded;
mod version_not_rising;
mod view_refresh_blocks;
mod volatile_default_rewrites;
mod wide_index;

use crate::diagnostic::{Diagnostic, Related, Remedy, Safety, Severity};
use crate::text::Place;
pub use facts::{Direction, HistoryFacts, PartFacts, Settings, StepFacts};
pub use page::Page;

/// Every rule, by id. Kept right by a test.
pub const RULES: &[&Rule] = &[
    &backfill_in_ddl_transaction::RULE,
    &canonical_not_updated::RULE,
    &char_type::RULE,
    &check_blocks::RULE,
    &column_dropped::RULE,
    &column_renamed::RULE,
    &column_type_changed::RULE,
    &column_type_narrowed::RULE,
    &column_type_rewrites::RULE,
    &comment_missing::RULE,
    &constrained_domain_column::RULE,
    &constraint_never_validated::RULE,
    &database_dropped::RULE,
    &dependents_broken::RULE,
    &dependents_dropped_silently::RULE,
    &dialect_twins_differ::RULE,
    &domain_check_scans::RULE,
    &drop_cascades::RULE,
    &drop_locks_referenced::RULE,
    &dump_differs::RULE,
    &duplicate_index::RULE,
    &duplicate_version::RULE,
    &empty_rollback::RULE,
    &enum_value_renamed::RULE,
    &enum_value_used_early::RULE,
    &exclusion_blocks::RULE,
    &expected_index_missing::RULE,
    &extension_locks::RULE,
    &float_for_money::RULE,
    &forbidden_in_transaction::RULE,
    &foreign_key_blocks_writes::RULE,
    &foreign_key_over_orphans::RULE,
    &foreign_key_without_index::RULE,
    &generated_column_rewrites::RULE,
    &guard_hides_difference::RULE,
    &id_without_foreign_key::RULE,
    &identifier_too_long::RULE,
    &index_blocks_writes::RULE,
    &index_drop_blocks::RULE,
    &index_on_partitioned_parent::RULE,
    &int_primary_key::RULE,
    &invalid_index_kept::RULE,
    &json_type::RULE,
    &limited_varchar::RULE,
    &lock_held_while_working::RULE,
    &many_tables_locked::RULE,
    &migration_missing::RULE,
    &mismatched_foreign_key::RULE,
    &misnamed_migration::RULE,
    &missing_header::RULE,
    &missing_if_exists::RULE,
    &missing_if_not_exists::RULE,
    &missing_lock_timeout::RULE,
    &missing_or_replace::RULE,
    &missing_rollback::RULE,
    &missing_statement_timeout::RULE,
    &missing_transaction::RULE,
    &money_type::RULE,
    &name_needs_quoting::RULE,
    &nested_transaction::RULE,
    &not_null_scans::RULE,
    &not_null_without_backfill::RULE,
    &object_dropped::RULE,
    &object_exists::RULE,
    &object_missing::RULE,
    &orphan_rollback::RULE,
    &partition_attach_scans::RULE,
    &partition_detach_blocks::RULE,
    &partition_locks_parent::RULE,
    &primary_key_blocks::RULE,
    &redundant_guard::RULE,
    &reindex_blocks::RULE,
    &required_column_added::RULE,
    &row_security_without_policy::RULE,
    &rows_changed_everywhere::RULE,
    &safety_net_left_off::RULE,
    &schema_dropped::RULE,
    &schema_renamed::RULE,
    &sequence_gap::RULE,
    &serial_column_rewrites::RULE,
    &serial_type::RULE,
    &server_configured::RULE,
    &stale_name::RULE,
    &status_without_check::RULE,
    &suppression_without_reason::RULE,
    &table_dropped::RULE,
    &table_locked_explicitly::RULE,
    &table_renamed::RULE,
    &table_rewritten::RULE,
    &table_truncated::RULE,
    &table_without_primary_key::RULE,
    &timeout_without_effect::RULE,
    &timestamp_without_zone::RULE,
    &transaction_switched_off_for_more::RULE,
    &unclosed_transaction::RULE,
    &unguarded_insert::RULE,
    &unguarded_statement::RULE,
    &unique_added::RULE,
    &unique_blocks::RULE,
    &unknown_suppression::RULE,
    &unmatched_config::RULE,
    &unnamed_constraint::RULE,
    &unqualified_name::RULE,
    &unreadable_statement::RULE,
    &unsupported_by_engine::RULE,
    &unused_suppression::RULE,
    &validated_at_once::RULE,
    &version_history_missing::RULE,
    &version_not_recorded::RULE,
    &version_not_rising::RULE,
    &view_refresh_blocks::RULE,
    &volatile_default_rewrites::RULE,
    &wide_index::RULE,
];

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, for ever: `index-blocks-writes`.
    pub id: &'static str,
    /// The text of its page, `rules/<id>.md`: severity, category and everything that is said about it stand there.
    pub page: &'static str,
    /// Whether it judges down parts too.
    pub down: bool,
    /// What it looks at.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Each statement of a judged part.
    Step(fn(&StepFacts<'_>, &mut Cx<'_>)),
    /// Each judged part of a migration.
    Part(fn(&PartFacts<'_>, &mut Cx<'_>)),
    /// A whole sequence.
    History(fn(&HistoryFacts<'_>, &mut Cx<'_>)),
    /// Nothing by itself: the floor that runs the rules reports it.
    Engine,
}

impl Rule {
    /// Its page, parsed.
    pub fn page(&self) -> Page {
        Page::parse(self.page)
    }
}

/// The rule of that id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// The address of a rule's page.
pub fn url(id: &str) -> String {
    format!("{}/blob/main/rules/{id}.md", env!("CARGO_PKG_REPOSITORY"))
}

/// The category of a rule.
pub fn category(id: &str) -> String {
    by_id(id).map_or_else(String::new, |rule| rule.page().category)
}

/// Takes what a rule has to say.
pub struct Cx<'a> {
    rule: &'static Rule,
    severity: Severity,
    /// The user named the rule (`--select missing-if-not-exists`): it is on where it is strict, too.
    pub asked_for: bool,
    out: &'a mut Vec<Diagnostic>,
}

impl<'a> Cx<'a> {
    /// For one rule, at the severity that its page gives.
    pub const fn new(
        rule: &'static Rule,
        severity: Severity,
        asked_for: bool,
        out: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self { rule, severity, asked_for, out }
    }

    /// Reports a finding. The message is one sentence without a full stop and names the user's own objects.
    pub fn report(&mut self, place: Place, message: impl Into<String>) -> Finding<'_> {
        self.out.push(Diagnostic {
            rule: self.rule.id,
            severity: self.severity,
            place,
            message: message.into(),
            label: None,
            help: None,
            related: Vec::new(),
            remedy: None,
            fix: None,
        });
        let last = self.out.len() - 1;
        Finding { diagnostic: &mut self.out[last] }
    }
}

/// A finding that was just reported, to be enriched.
pub struct Finding<'a> {
    diagnostic: &'a mut Diagnostic,
}

impl Finding<'_> {
    /// What to do: an imperative, a whole sentence.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// A short text at the place in the drawing.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.diagnostic.label = Some(label.into());
        self
    }

    /// Another place that belongs to it.
    pub fn related(self, place: Place, message: impl Into<String>) -> Self {
        self.diagnostic.related.push(Related { place, message: message.into() });
        self
    }

    /// What to change.
    pub fn remedy(self, safety: Safety, remedy: Remedy) -> Self {
        self.diagnostic.remedy = Some((safety, remedy));
        self
    }

    /// What to change, where it can be said.
    pub fn offer(self, safety: Safety, remedy: Option<Remedy>) -> Self {
        match remedy {
            Some(remedy) => self.remedy(safety, remedy),
            None => self,
        }
    }

    /// Another severity than the page's.
    pub fn severity(self, severity: Severity) -> Self {
        self.diagnostic.severity = severity;
        self
    }
}
