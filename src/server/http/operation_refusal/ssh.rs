//! Maps refusals of operations about SSH.

use hyper::StatusCode;

use super::ApiError;
use crate::{
    model::text::TextError,
    operations::ssh::{SshRefusal, accounts::MAX_SSH_ACCOUNTS, ca_keys::MAX_SSH_CA_KEYS},
};

impl From<SshRefusal> for ApiError {
    fn from(refusal: SshRefusal) -> Self {
        match refusal {
            SshRefusal::AccountInUse(_) => Self::already_in_use("account"),
            SshRefusal::CaKeyRetired(_) => {
                let message = "The key was replaced, and its private key deleted. Make another one";
                Self::new(StatusCode::CONFLICT, "ssh_ca_key_retired", message)
            }
            SshRefusal::CaKeySigns { .. } => {
                let message = "The key signs certificates. Activate another one first";
                Self::new(StatusCode::CONFLICT, "ssh_ca_key_signs", message)
            }
            SshRefusal::CaKeyUnreadable(_) => {
                let message = "The key of the SSH certificate authority can't be read";
                Self::new(StatusCode::CONFLICT, "ssh_ca_key_unreadable", message)
            }
            SshRefusal::ClientInUse => {
                let message = "People get SSH certificates with this client. Turn SSH off before you delete it";
                Self::new(StatusCode::CONFLICT, "ssh_client_in_use", message)
            }
            SshRefusal::ClientIsFixed => {
                let message = "The client pocketid-ssh gets SSH certificates, and keeps its settings. \
                               If it is something else, delete it first";
                Self::new(StatusCode::CONFLICT, "ssh_client_is_fixed", message)
            }
            SshRefusal::UserChanged => {
                let message = "The user has another username or another passkey since you looked. \
                               Look again";
                Self::new(StatusCode::CONFLICT, "ssh_user_changed", message)
            }
            SshRefusal::NotEnabled => {
                let message = "SSH certificates are not enabled";
                Self::new(StatusCode::NOT_FOUND, "ssh_not_enabled", message)
            }
            SshRefusal::Unsigned(cause) => Self::internal(cause),
            SshRefusal::TooManyAccounts => {
                let message = format!("There are {MAX_SSH_ACCOUNTS} SSH accounts already");
                Self::new(StatusCode::CONFLICT, "too_many_ssh_accounts", message)
            }
            SshRefusal::TooManyCaKeys(_) => {
                let message = format!("There are {MAX_SSH_CA_KEYS} keys of this kind already");
                Self::new(StatusCode::CONFLICT, "too_many_ssh_ca_keys", message)
            }
            SshRefusal::TooManyCertificates => {
                let message = "There are too many SSH certificates that have not expired";
                Self::new(StatusCode::CONFLICT, "too_many_ssh_certificates", message)
            }
            SshRefusal::TooManyPrincipals(most) => {
                let message = format!("must be asked for: you may enter more than {most} accounts");
                Self::field("principals", TextError { code: "too_long", message })
            }
        }
    }
}
