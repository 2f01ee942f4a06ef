//! Errors of an import, with hints.

use super::super::error::{CliError, Kind};
use crate::pocket_id::Fault;

/// Converts an import error for the terminal.
pub fn told(fault: Fault) -> CliError {
    let message = fault.to_string();
    let (kind, hint) = match fault {
        Fault::Store(error) => return CliError::from(error),
        Fault::Io { .. } => {
            (Kind::Refused, "name a file or folder that is there and that this user can read")
        }
        Fault::NotPocketId { .. } => (
            Kind::Refused,
            "name the ZIP file that `pocket-id export` has written, or the data folder of Pocket ID",
        ),
        Fault::Ours { .. } => (Kind::Refused, "to bring a backup back: pocketid restore PATH"),
        Fault::Damaged(_) => (Kind::Refused, "copy the archive again, or export once more"),
        Fault::MemberName(_) => {
            (Kind::Refused, "Pocket ID writes no such archive; export once more yourself")
        }
        Fault::TooLarge { .. } => {
            (Kind::Refused, "Pocket ID writes no such thing; see where it came from")
        }
        Fault::Malformed { .. } | Fault::Value { .. } => (
            Kind::Refused,
            "export once more with Pocket ID 2.14; if it stays so, please report it",
        ),
        Fault::Older(_) => {
            (Kind::Refused, "upgrade Pocket ID to 2.14, start it once, and export or import then")
        }
        Fault::Dirty => {
            (Kind::Refused, "start Pocket ID 2.14 once so that it finishes its upgrade")
        }
        Fault::Empty => {
            (Kind::Refused, "is it the right one? A new Pocket ID has nothing to take over")
        }
        Fault::KeyMissing | Fault::KeyWrong => (
            Kind::Configuration,
            "give it in ENCRYPTION_KEY or with --encryption-key-file; if it is lost, add \
             --new-signing-keys",
        ),
    };
    CliError::new(kind, message).hint(hint)
}
