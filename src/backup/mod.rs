//! Backups: saves all data in one archive and restores it, for either engine
//! (docs/backup-format.md).
//!
//! The tables come from the schema, so the archive includes new tables automatically. Rows are
//! streamed one at a time: memory use does not grow with their number.

mod contents;
mod destination;
mod error;
pub mod file;
mod manifest;
mod name;
mod progress;
pub mod protected;
mod read;
mod restore;
mod row;
mod s3;
mod save;
mod stream;
mod unsound;
mod upload;
mod verify;
mod write;

pub use contents::BackupContents;
pub use destination::{BackupInput, Destination, Found, Pruned, Stored};
pub use error::BackupError;
pub use manifest::{Manifest, Member};
pub use name::BackupName;
pub use progress::{Progress, Unseen};
pub use read::{Archive, begins_as_zip};
pub use restore::{Completion, kept_as, restore};
pub use s3::S3;
pub use save::{Protection, save};
pub use stream::BackupStream;
pub use unsound::UnsoundRows;
pub use verify::{check_own_key, verify, verify_found};
pub use write::Facts;
