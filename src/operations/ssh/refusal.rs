//! Reasons for refusing an operation about SSH.

use crate::{
    crypto::ssh::SshCertificateKind,
    model::{SshAccountName, SshCaKeyId},
};

/// A reason for refusing an operation about SSH.
#[derive(Debug)]
pub enum SshRefusal {
    /// The account of hosts has a row already.
    AccountInUse(SshAccountName),
    /// The key of the SSH certificate authority was replaced, and its private key deleted.
    CaKeyRetired(SshCertificateKind),
    /// The key of the SSH certificate authority signs; another one has to be activated first.
    CaKeySigns {
        /// Users or hosts, whose certificates it signs.
        kind: SshCertificateKind,
        /// A key of its kind that could be activated.
        next: Option<SshCaKeyId>,
    },
    /// The key of the SSH certificate authority cannot be read.
    CaKeyUnreadable(SshCertificateKind),
    /// People get SSH certificates with this client.
    ClientInUse,
    /// The client behind `pocketid ssh login` keeps its settings.
    ClientIsFixed,
    /// There is no SSH certificate authority.
    NotEnabled,
    /// A certificate could not be signed.
    Unsigned(String),
    /// The user has another username, or another passkey waits, since the administrator looked.
    UserChanged,
    /// There is no room for another account of hosts.
    TooManyAccounts,
    /// There is no room for another key of an SSH certificate authority.
    TooManyCaKeys(SshCertificateKind),
    /// There is no room for another SSH certificate.
    TooManyCertificates,
    /// A certificate has no room for so many principals.
    TooManyPrincipals(usize),
}
