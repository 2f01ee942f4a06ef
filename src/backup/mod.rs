//! Backups: all data in one archive, whatever the engine, and back (docs/backup-format.md).
//!
//! The tables are those of the schema, so a new one is in the archive without anybody remembering it. Rows
//! go through one at a time: neither direction needs more memory for more of them.

mod error;
pub mod file;
mod manifest;
mod name;
mod place;
mod progress;
mod read;
mod restore;
mod row;
mod save;
mod write;

pub use error::BackupError;
pub use manifest::{Manifest, Member};
pub use name::BackupName;
pub use place::Place;
pub use progress::{Progress, Unseen};
pub use read::Archive;
pub use restore::{kept_as, restore};
pub use save::save;
pub use write::Facts;
