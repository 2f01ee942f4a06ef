//! An installation as a document: read, compared, and changed.
//!
//! [`Document`] holds the registry of the keys, from which faults, the JSON schema and exports are
//! made. [`plan`] compares two documents. [`Workshop`] reads the installation as a document, and
//! carries a plan out in the transaction of its caller.

mod document;
mod ended;
mod error;
mod export_check;
mod extent;
mod plan;
mod portable;
mod references;
mod renames;
mod shown;
mod step;
mod system;
mod workshop;

pub use document::{
    Document, DocumentFault, EntityKind, Sources, name_of, quoted, schema,
    write::{printable, write},
};
pub use error::Error;
pub use export_check::leave_out_refused;
pub use plan::plan;
pub use portable::portable;
pub use shown::{ShownDifference, ShownStep};
pub use step::{Action, PlanStep, PlanSum, count_changes};
pub use workshop::{DesiredState, Workshop};
