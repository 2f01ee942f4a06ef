//! Backups: all data in one archive, whatever the engine, and back (docs/backup-format.md).
//!
//! The tables are those of the schema, so a new one is in the archive without anybody remembering it. Rows
//! go through one at a time: neither direction needs more memory for more of them.

mod destination;
mod error;
pub mod file;
mod manifest;
mod name;
mod progress;
mod read;
mod restore;
mod row;
mod s3;
mod save;
mod write;

pub use destination::{Destination, Found, Pruned, Stored};
pub use error::BackupError;
pub use manifest::{Manifest, Member};
pub use name::BackupName;
pub use progress::{Progress, Unseen};
pub use read::{Archive, UnsoundRows, begins_as_zip};
pub use restore::{Completion, kept_as, restore};
pub use save::{Protection, save};
pub use write::Facts;
