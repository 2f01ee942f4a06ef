//! SSH in the REST API. Not part of Pocket ID.

use serde::Serialize;

use super::AllowedGroupView;
use crate::model::{
    Group, SshAccount, SshAccountId, SshAccountName, SshCaKey, SshCaKeyId, SshCaState,
    SshCertificateId, SshCertificateRecord, SshPrincipal, Timestamp, UserId,
};

/// A key of an SSH certificate authority.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshCaKeyView {
    id: SshCaKeyId,
    /// `user` or `host`.
    kind: &'static str,
    /// `active`, `next`, `retired`, or `lost` with the encryption key.
    state: &'static str,
    /// The line for `TrustedUserCAKeys`, or after `@cert-authority *`.
    public_key: String,
    fingerprint: String,
    created_at: Timestamp,
    activated_at: Option<Timestamp>,
    /// When another one began to sign in its place: its private key was deleted then.
    retired_at: Option<Timestamp>,
}

impl SshCaKeyView {
    /// The key as administrators see it.
    pub fn of(key: &SshCaKey, state: SshCaState) -> Self {
        Self {
            id: key.id,
            kind: key.kind.as_str(),
            state: state.as_str(),
            public_key: key.public_key.line(&format!("pocketid-{}-ca", key.kind.as_str())),
            fingerprint: key.public_key.fingerprint(),
            created_at: key.created_at,
            activated_at: key.activated_at,
            retired_at: key.retired_at,
        }
    }

    /// Its id.
    pub fn id(&self) -> SshCaKeyId {
        self.id
    }

    /// `user` or `host`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its state.
    pub fn state(&self) -> &'static str {
        self.state
    }

    /// Its line.
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// Its fingerprint.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// When it was created.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }
}

/// An account of hosts, and its groups.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshAccountView {
    id: SshAccountId,
    /// `root` on every host, `root@db1` on those that call themselves `db1`, `{username}` for the own
    /// name.
    account: SshAccountName,
    is_for_everyone: bool,
    /// The groups whose members may enter it.
    allowed_user_groups: Vec<AllowedGroupView>,
    created_at: Timestamp,
}

impl SshAccountView {
    /// The account as administrators see it.
    pub fn of(account: &SshAccount, groups: &[Group]) -> Self {
        Self {
            id: account.id,
            account: account.account.clone(),
            is_for_everyone: account.is_for_everyone,
            allowed_user_groups: groups.iter().map(AllowedGroupView::of).collect(),
            created_at: account.created_at,
        }
    }

    /// Its id.
    pub fn id(&self) -> SshAccountId {
        self.id
    }

    /// The account.
    pub fn account(&self) -> &SshAccountName {
        &self.account
    }

    /// The names of the groups whose members may enter it; none when everyone may.
    pub fn group_names(&self) -> Option<Vec<&str>> {
        let names = self.allowed_user_groups.iter().map(AllowedGroupView::name);
        (!self.is_for_everyone).then(|| names.collect())
    }
}

/// An SSH certificate.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshCertificateView {
    id: SshCertificateId,
    /// `user` or `host`.
    kind: &'static str,
    /// Its number, as a text: it has 63 bits.
    serial: String,
    /// The name that hosts log.
    key_id: String,
    /// The fingerprint of the certified key.
    fingerprint: String,
    /// The accounts or the host names that it is good for.
    principals: Vec<String>,
    user_id: Option<UserId>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl SshCertificateView {
    /// The certificate as administrators and its user see it.
    pub fn of(record: &SshCertificateRecord, principals: &[SshPrincipal]) -> Self {
        Self {
            id: record.id,
            kind: record.kind.as_str(),
            serial: record.serial.to_string(),
            key_id: record.key_id.clone(),
            fingerprint: record.fingerprint.clone(),
            principals: principals.iter().map(|one| one.principal.clone()).collect(),
            user_id: record.user_id,
            created_at: record.created_at,
            expires_at: record.expires_at,
        }
    }

    /// Its id.
    pub fn id(&self) -> SshCertificateId {
        self.id
    }

    /// `user` or `host`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The name that hosts log.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Its number.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Its principals.
    pub fn principals(&self) -> &[String] {
        &self.principals
    }

    /// When it was issued.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When it expires.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// A certificate that was just issued.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewSshCertificateView {
    /// The certificate, as in a file `…-cert.pub`.
    pub certificate: String,
    /// Its contents.
    #[serde(flatten)]
    pub details: SshCertificateView,
}
