//! SSH: accounts of hosts, and the certificates that open them.

use std::{fmt, str::FromStr};

use serde::Serialize;

use super::{
    GrantId, SshAccountId, SshCaKeyId, SshCertificateId, Timestamp, UserId, Username,
    text::TextError,
};
use crate::crypto::ssh::{SshCaPublicKey, SshCertificateKind};

/// The name of a host in its certificate, or what a host calls itself in `sshd_config`: in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct SshHostName(String);

/// The placeholder for the own name of a user.
pub const OWN_ACCOUNT: &str = "{username}";
/// The longest name of an account on Linux (useradd(8)).
const MAX_LOCAL: usize = 32;
/// The longest name of a host (RFC 1035 §2.3.4).
const MAX_HOST: usize = 253;

/// Names that systems give to accounts of their own. A user with such a username does not enter it by
/// [`OWN_ACCOUNT`]; a row of its own can still allow it.
const RESERVED: &[&str] = &[
    "adm",
    "admin",
    "administrator",
    "ansible",
    "apache",
    "azureuser",
    "backup",
    "bin",
    "bitnami",
    "centos",
    "cloud-user",
    "cloudadmin",
    "core",
    "daemon",
    "dbus",
    "debian",
    "deploy",
    "docker",
    "ec2-user",
    "fedora",
    "ftp",
    "games",
    "git",
    "gnats",
    "guest",
    "halt",
    "http",
    "irc",
    "jenkins",
    "kubernetes",
    "list",
    "lp",
    "mail",
    "man",
    "messagebus",
    "mysql",
    "named",
    "news",
    "nginx",
    "nobody",
    "ntp",
    "opc",
    "operator",
    "oracle",
    "pi",
    "polkitd",
    "postfix",
    "postgres",
    "proxy",
    "redis",
    "rocky",
    "root",
    "rpc",
    "rpcuser",
    "shutdown",
    "sshd",
    "staff",
    "sudo",
    "support",
    "sync",
    "sys",
    "syslog",
    "tcpdump",
    "toor",
    "tss",
    "ubuntu",
    "uucp",
    "uuidd",
    "vagrant",
    "wheel",
    "www",
    "www-data",
];

impl SshHostName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SshHostName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
        if text.is_empty() {
            return Err(TextError::required());
        }
        if text.len() > MAX_HOST || text.starts_with(['-', '.']) || !text.bytes().all(is_plain) {
            return Err(TextError::format("must be the name of a host, such as db1.example.com"));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for SshHostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account of hosts: `root` on every host, `root@db1` on those that call themselves `db1`,
/// `{username}` for the own name of a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct SshAccountName(String);

impl SshAccountName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without a host.
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(local, _)| local)
    }

    /// Whether it stands for the own name of a user.
    pub fn is_own(&self) -> bool {
        self.local() == OWN_ACCOUNT
    }

    /// The principal for a user; `None` when their name cannot be that of an account.
    pub fn principal(&self, username: &Username) -> Option<String> {
        if !self.is_own() {
            return Some(self.0.clone());
        }
        let name = username.as_str();
        let is_reserved = RESERVED.contains(&name) || name.starts_with("systemd-");
        (is_local(name) && !is_reserved).then(|| self.0.replacen(OWN_ACCOUNT, name, 1))
    }
}

/// Whether a text can be the name of an account: never one that begins like an option, and nothing
/// that a line or a list of principals could be split at.
pub fn is_local(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_lowercase() || c == '_';
    let goes_on = |c: char| begins(c) || c.is_ascii_digit() || c == '-' || c == '.';
    name.len() <= MAX_LOCAL && name.starts_with(begins) && name.chars().all(goes_on)
}

impl FromStr for SshAccountName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::required());
        }
        let invalid = || {
            TextError::format(
                "must be an account such as root, root@db1 or {username}: at most 32 characters of \
                 a-z, 0-9, _, - and ., and first a letter or _",
            )
        };
        let (local, host) = match text.split_once('@') {
            Some((local, host)) => (local, Some(host)),
            None => (text, None),
        };
        if local != OWN_ACCOUNT && !is_local(local) {
            return Err(invalid());
        }
        if let Some(host) = host
            && !host.parse::<SshHostName>().is_ok_and(|name| name.as_str() == host)
        {
            return Err(invalid());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for SshAccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account of hosts, and its groups.
#[derive(Debug, Clone)]
pub struct SshAccount {
    /// Its id.
    pub id: SshAccountId,
    /// The account.
    pub account: SshAccountName,
    /// Whether everyone may enter it, and not only members of its groups.
    pub is_for_everyone: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

impl SshCertificateKind {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::User => "user",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Host, Self::User].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The state of a key of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SshCaState {
    /// It signs.
    Active,
    /// Its private key was lost with the encryption key.
    Lost,
    /// It will sign, and hosts are to trust it by then.
    Next,
    /// Another one signs, and hosts still trust its certificates. Its private key was deleted.
    Retired,
}

impl SshCaState {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Lost => "lost",
            Self::Next => "next",
            Self::Retired => "retired",
        }
    }
}

/// A key of a certificate authority.
#[derive(Debug, Clone)]
pub struct SshCaKey {
    /// Its id.
    pub id: SshCaKeyId,
    /// The holders of its certificates.
    pub kind: SshCertificateKind,
    /// The public key.
    pub public_key: SshCaPublicKey,
    /// The private key, PKCS#8, sealed.
    pub sealed_pkcs8: Option<Vec<u8>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// When another one began to sign in its place.
    pub retired_at: Option<Timestamp>,
}

/// A certificate that was issued.
#[derive(Debug, Clone)]
pub struct SshCertificateRecord {
    /// Its id.
    pub id: SshCertificateId,
    /// Its number.
    pub serial: i64,
    /// The key that signed it.
    pub ca_key_id: SshCaKeyId,
    /// Its holder.
    pub kind: SshCertificateKind,
    /// The name that hosts log.
    pub key_id: String,
    /// The fingerprint of the certified key.
    pub fingerprint: String,
    /// The user; none for a host, and when the account was deleted.
    pub user_id: Option<UserId>,
    /// The username when it was issued.
    pub username: Option<Username>,
    /// The sign-in that it came from.
    pub grant_id: Option<GrantId>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was revoked by itself.
    pub revoked_at: Option<Timestamp>,
}

/// A principal of a certificate, and what allowed it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SshPrincipal {
    /// The text in the certificate.
    pub principal: String,
    /// The account that allowed it; none for the name of a host.
    pub account: Option<SshAccountName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(account: &str, username: &str) -> Option<String> {
        let account: SshAccountName = account.parse().unwrap();
        account.principal(&username.parse().unwrap())
    }

    #[test]
    fn an_account_is_a_plain_name_and_perhaps_a_host() {
        for good in
            ["root", "root@db1", "_apt", "www-data", "{username}", "{username}@db1.example.com"]
        {
            assert_eq!(good.parse::<SshAccountName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-root",
            "Root",
            "root,admin",
            "root admin",
            "root\nadmin",
            "root@",
            "@db1",
            "root@DB1",
            "root@-db1",
            "root@db1@db2",
            "{username",
            "{name}",
            "{username}x",
            "root@*",
            "ro:ot",
            "*",
            "abcdefghijklmnopqrstuvwxyz0123456",
        ] {
            assert!(bad.parse::<SshAccountName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_username_becomes_an_account_only_where_it_is_harmless() {
        assert_eq!(principal("{username}", "alice").as_deref(), Some("alice"));
        assert_eq!(principal("{username}@db1", "alice").as_deref(), Some("alice@db1"));
        assert_eq!(principal("root@db1", "alice").as_deref(), Some("root@db1"));
        for username in ["root", "ubuntu", "root@db1", "Root", "1st", "systemd-x", "www-data"] {
            assert_eq!(principal("{username}", username), None, "{username}");
        }
    }
}
