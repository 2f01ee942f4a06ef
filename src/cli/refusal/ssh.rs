//! Words the refusals of operations about SSH.

use super::super::error::CliError;
use crate::{
    crypto::ssh::SshCertificateKind,
    model::SshCaKeyId,
    operations::ssh::{SshRefusal, accounts::MAX_SSH_ACCOUNTS, ca_keys::MAX_SSH_CA_KEYS},
};

impl From<SshRefusal> for CliError {
    fn from(refusal: SshRefusal) -> Self {
        match refusal {
            SshRefusal::AccountInUse(account) => Self::refused(format!(
                "the account {account} already exists"
            ))
            .hint(format!("to change it: pocketid ssh account update {account} --group GROUP")),
            SshRefusal::CaKeyRetired(kind) => {
                Self::refused("this key was replaced, and its private key deleted")
                    .hint(another_ssh_ca_key(kind))
            }
            SshRefusal::CaKeySigns { kind, next } => ca_key_signs(kind, next),
            SshRefusal::CaKeyUnreadable(kind) => {
                Self::refused("the key of the SSH certificate authority cannot be read")
                    .hint(another_ssh_ca_key(kind))
            }
            SshRefusal::ClientInUse => Self::refused(
                "people get SSH certificates with the client pocketid-ssh, as long as SSH is on",
            )
            .hint("to turn SSH off: pocketid ssh disable"),
            SshRefusal::ClientIsFixed => Self::refused(
                "the client pocketid-ssh gets SSH certificates, and keeps its settings",
            )
            .hint("if it is another application: pocketid client delete pocketid-ssh, then pocketid ssh enable"),
            SshRefusal::NotEnabled => Self::refused("SSH certificates are not enabled")
                .hint("to enable them: pocketid ssh enable"),
            SshRefusal::Unsigned(cause) => {
                Self::refused(cause).hint("to look for the cause: pocketid doctor")
            }
            SshRefusal::UserChanged => Self::refused("the user has changed since you looked")
                .hint("look again: pocketid ssh user list"),
            SshRefusal::TooManyAccounts => Self::refused(format!(
                "there are {MAX_SSH_ACCOUNTS} SSH accounts, which is the maximum"
            ))
            .hint("delete one that is not needed; to list them: pocketid ssh account list"),
            SshRefusal::TooManyCaKeys(kind) => {
                let kind = kind.as_str();
                Self::refused(format!(
                    "there are {MAX_SSH_CA_KEYS} keys for {kind} certificates, which is the maximum"
                ))
                .hint("remove one that is not needed; to list them: pocketid ssh ca list")
            }
            SshRefusal::TooManyCertificates => {
                Self::refused("there are too many SSH certificates that have not expired")
                    .hint("wait until some have; to list them: pocketid ssh certificate list")
            }
            SshRefusal::TooManyPrincipals(most) => {
                Self::refused(format!("a certificate has room for {most} accounts"))
                    .hint("name those that are needed: --account NAME")
            }
        }
    }
}

fn ca_key_signs(kind: SshCertificateKind, next: Option<SshCaKeyId>) -> CliError {
    let error = CliError::refused("this key signs certificates");
    match next {
        Some(id) => {
            error.hint(format!("activate the next one first: pocketid ssh ca activate {id}"))
        }
        None => error.hint(format!(
            "make the next one, and activate that first: pocketid ssh ca rotate {}",
            kind.as_str()
        )),
    }
}

fn another_ssh_ca_key(kind: SshCertificateKind) -> String {
    format!("make another one: pocketid ssh ca rotate {}", kind.as_str())
}
