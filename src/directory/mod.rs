//! Users and groups from an LDAP directory: read, compared with the stored ones, and taken over.
//!
//! A sync reads the directory as a whole (`read.rs`), makes a plan (`plan.rs`), and carries it out in many short transactions (`apply.rs`), so that sign-ins go on beside it. A sync that
//! ends half way is completed by the next one, since each compares anew. Accounts and groups are known
//! by their id in the directory (`ldap_id`), and those without one are never touched. The mapping, the
//! plan and the safety rules are pure.

mod apply;
mod dn;
mod known;
mod lease;
mod members;
mod names;
mod people;
mod pictures;
mod plan;
mod read;
mod safety;
mod settings;
mod step;
mod sync;
mod unique_id;
mod warnings;

pub use apply::SyncDone;
pub use lease::SyncLease;
pub use pictures::{DecodePicture, PictureTools};
pub use read::{DirectoryContents, DirectorySample};
pub use safety::SafetyRefusal;
pub use settings::{DirectorySettings, MissingSetting};
pub use step::{GroupStep, SyncPlan, SyncStep, SyncSum, UserStep};
pub use sync::{DirectorySync, LastSync, SyncFault};
pub use warnings::Warnings;
