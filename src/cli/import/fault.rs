//! Errors of an import, with hints.

use super::super::error::{CliError, Kind};
use crate::pocket_id::ImportFault;

/// Converts an import error for the terminal.
pub fn told(fault: ImportFault) -> CliError {
    let message = fault.to_string();
    let (kind, hint) = match fault {
        ImportFault::Store(error) => return CliError::from(error),
        ImportFault::Io { .. } => {
            (Kind::Refused, "name an existing file or folder that this user can read")
        }
        ImportFault::NotPocketId { .. } => (
            Kind::Refused,
            "name the ZIP file that `pocket-id export` has written, or the data folder of Pocket ID",
        ),
        ImportFault::Ours { .. } => (Kind::Refused, "to restore a backup: pocketid restore PATH"),
        ImportFault::Damaged(_) => (Kind::Refused, "copy the archive again, or export again"),
        ImportFault::MemberName(_) => {
            (Kind::Refused, "Pocket ID does not write such archives; export again yourself")
        }
        ImportFault::TooLarge { .. } => {
            (Kind::Refused, "Pocket ID does not write such data; check its origin")
        }
        ImportFault::Malformed { .. } | ImportFault::Value { .. } => (
            Kind::Refused,
            "export again with another version of Pocket ID 2; if it keeps failing, please report it",
        ),
        ImportFault::Unsupported { .. } => (
            Kind::Refused,
            "upgrade an older Pocket ID to 2.18, start it once, and import then; if it is newer, \
             please report it",
        ),
        ImportFault::Dirty => (
            Kind::Refused,
            "start Pocket ID until its upgrade succeeds, or import its data from before the upgrade",
        ),
        ImportFault::Empty => {
            (Kind::Refused, "check that it is the right one; a new Pocket ID has nothing to import")
        }
        ImportFault::KeyMissing | ImportFault::KeyWrong => (
            Kind::Configuration,
            "set it in ENCRYPTION_KEY or with --encryption-key-file; if it is lost, add \
             --new-signing-keys",
        ),
    };
    CliError::new(kind, message).hint(hint)
}
