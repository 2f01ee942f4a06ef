//! Refused documents, in the words of the terminal.

use super::super::{
    error::{CliError, Kind},
    refusal::{in_file, public_client_in_file},
};
use crate::configuration::{DocumentFault, Error};

/// Words a refusal; `name` is the file.
pub fn refuse(name: &str, error: Error) -> CliError {
    match error {
        Error::Faults(faults) => wrong(name, &faults),
        Error::NoAdministrator => CliError::refused("no enabled administrator would be left")
            .hint("nothing was changed; keep one in the file, with isAdmin: true"),
        Error::PublicClient(id, fault) => public_client_in_file(&id, fault),
        Error::Refused(refusal) => in_file(refusal),
        Error::Stale => CliError::refused("the installation was changed at the same time")
            .hint("nothing was changed; check the new plan, and apply it again"),
        Error::Unwritable(what) => CliError::refused(format!(
            "the installation cannot be exported to a file: {what}"
        ))
        .hint("change it, and export again; a backup has everything as it is: pocketid backup"),
        Error::Value { message, hint } => CliError::refused(message).hint(hint),
    }
}

/// Collects the faults of a file into one error, each with its position.
fn wrong(name: &str, faults: &[DocumentFault]) -> CliError {
    let mut error: Option<CliError> = None;
    for DocumentFault { at, message, hint } in faults {
        let message = format!("{name}:{}:{}: {message}", at.line, at.column);
        let next = match error {
            None => CliError::new(Kind::Configuration, message),
            Some(error) => error.and(message),
        };
        error = Some(match hint {
            Some(hint) => next.hint(hint),
            None => next,
        });
    }
    error.unwrap_or_else(|| CliError::new(Kind::Configuration, format!("{name} cannot be used")))
}
