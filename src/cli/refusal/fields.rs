//! Words the refusals of values: by their options, and in a configuration file by the names of its fields.

use super::CliError;
use crate::operations::{Refusal, ssh::SshRefusal};

/// Refusals about a configuration file, which has the names of fields, and no options.
pub fn in_file(refusal: Refusal) -> CliError {
    match refusal {
        Refusal::Field { field, error } => CliError::refused(format!("{field} {error}")),
        Refusal::NamesThisServer { field } => {
            CliError::refused(format!("{field} names this server as the other one"))
                .hint("give the issuer of the other server")
        }
        Refusal::Ssh(SshRefusal::ClientInUse) => CliError::refused(
            "the client pocketid-ssh is not in the file, and people get SSH certificates with it",
        )
        .hint("add it as this prints it: pocketid export-config")
        .hint("or turn SSH off first: pocketid ssh disable"),
        Refusal::TlsClientAuth(fault) => {
            CliError::refused(format!("tlsClientAuth {}", fault.rule()))
        }
        Refusal::TrustedIssuers(id, fault) => {
            CliError::refused(format!("trustedIssuers of {id} {}", fault.rule()))
        }
        refusal => refusal.into(),
    }
}

/// The option for each field of the REST API whose value is checked by an operation.
const OPTIONS: [(&str, &str); 8] = [
    ("clientIds", "--client"),
    ("displayName", "--display-name"),
    ("durationMinutes", "--expires"),
    ("federatedIdentities", "--federated"),
    ("headers", "--header"),
    ("names", "--name"),
    ("revision", "--revision"),
    ("sessionDurationMinutes", "--session"),
];

/// An error about a value, by the option that has it.
pub(super) fn field_error(field: &str, message: &str) -> CliError {
    let option = OPTIONS.iter().find(|(name, _)| *name == field).map(|(_, option)| *option);
    match (field, option) {
        (_, Some(option)) => CliError::usage(format!("{option} {message}")).hint("see --help"),
        ("tokenExchanges", None) => {
            CliError::refused(format!("the list of tokens that the client may exchange {message}"))
                .hint("to see it: pocketid client exchange list CLIENT")
        }
        ("identityAssertions", None) => CliError::refused(format!(
            "the list of servers that the client gets assertions for {message}"
        ))
        .hint("to see it: pocketid client identity-assertion list CLIENT"),
        _ => CliError::refused(format!("{field} {message}")),
    }
}

pub(super) fn names_this_server(field: &str) -> CliError {
    let (option, hint) = match field {
        "federatedIdentities" => (
            "--federated",
            "tokens of this server stand for no service; give the issuer of the job or workload",
        ),
        "identityAssertions" => ("--audience", "give the issuer of the other authorization server"),
        _ => ("--issuer", "give the address of the other identity provider"),
    };
    CliError::usage(format!("{option} names this server")).hint(hint)
}
