//! A directory server, and how long it has for its answers.

use std::time::Duration;

use crate::crypto::Secret;

/// A directory server.
#[derive(Debug, Clone)]
pub struct LdapServer {
    /// Its address, such as `ldaps://ldap.example.com`.
    pub url: String,
    /// Whether a connection to `ldap://` is encrypted with StartTLS (RFC 4511 §4.14).
    pub start_tls: bool,
    /// Whether any certificate is accepted.
    pub skip_cert_verify: bool,
    /// The DN that reads the directory; empty for an anonymous bind.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: Secret,
    /// How long things may take.
    pub times: LdapTimes,
}

/// How long a directory has for its answers.
#[derive(Debug, Clone, Copy)]
pub struct LdapTimes {
    /// For a connection, with TLS.
    pub connect: Duration,
    /// For each message.
    pub answer: Duration,
    /// For all of it.
    pub total: Duration,
}

impl Default for LdapTimes {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            total: Duration::from_secs(600),
        }
    }
}
