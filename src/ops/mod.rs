//! The verbs: what a migration does, as flat operations, whatever language it was written in;
//! and what a statement does to a catalog.

mod apply;
mod conflict;
mod operation;
mod session;
mod title;

pub use apply::{
    Applied, NewLabel, Outcome, apply, generated_name, leaves_schema, may_not_run, never_made_type,
    new_label_used, resolve, resolved,
};
pub use conflict::Conflict;
pub use operation::{
    AlterColumn, AlterDomain, AlterPolicy, AlterPublication, AlterSequence, AlterType, Call, ColumnDef,
    ConstraintDef, CreateDomain, CreateFunction, CreateIndex, CreatePolicy, CreateSequence, CreateTable,
    CreateTrigger, CreateType, CreateView, Drop, Guard, Insert, InsertSource, OnConflict, Op, Operation,
    TableOption, TableTarget, TypeDefinition,
};
pub use session::{Answer, Block, Condition, Savepoint, Session, Settings, Statement, Transaction};
pub use title::object_name;
