//! Keys of the SSH certificate authorities.

mod activate;
mod create;
mod remove;

pub use activate::activate;
pub use create::{MAX_SSH_CA_KEYS, NewSshCaKeys, create};
pub(super) use remove::end;
pub use remove::remove;

use super::{Act, Noun, Refusal, SshRefusal};
use crate::{
    crypto::{
        MasterKey, SealedPlace,
        ssh::{SshCa, SshCertificateKind},
    },
    model::{SshCaKey, SshCaKeyId, SshCaState, view::SshCaKeyView},
    store::{StoreError, Tx, ssh_ca_keys},
};

/// Lists the keys that hosts and users trust.
pub fn trusted(tx: &mut Tx<'_>) -> Result<Vec<SshCaKey>, StoreError> {
    let mut keys = ssh_ca_keys::list(tx)?;
    keys.retain(|key| key.removed_at.is_none());
    Ok(keys)
}

/// Lists every key, also those that were removed: laptops are told of these, too.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<SshCaKey>, StoreError> {
    ssh_ca_keys::list(tx)
}

/// Lists the keys that are trusted, as administrators see them.
pub fn shown(tx: &mut Tx<'_>) -> Result<Vec<SshCaKeyView>, StoreError> {
    let keys = trusted(tx)?;
    Ok(keys.iter().map(|key| SshCaKeyView::of(key, state(&keys, key))).collect())
}

/// The state of a key, among all trusted ones.
pub fn state(trusted: &[SshCaKey], key: &SshCaKey) -> SshCaState {
    match (key.activated_at, &key.sealed_pkcs8) {
        _ if signing_of(trusted, key.kind).is_some_and(|it| it.id == key.id) => SshCaState::Active,
        _ if key.retired_at.is_some() => SshCaState::Retired,
        (_, None) => SshCaState::Lost,
        (None, Some(_)) => SshCaState::Next,
        (Some(_), Some(_)) => SshCaState::Retired,
    }
}

/// The key that signs: the one that was activated last.
pub fn signing(tx: &mut Tx<'_>, kind: SshCertificateKind) -> Result<Option<SshCaKey>, StoreError> {
    Ok(signing_of(&trusted(tx)?, kind).cloned())
}

fn signing_of(trusted: &[SshCaKey], kind: SshCertificateKind) -> Option<&SshCaKey> {
    let can_sign = |key: &&SshCaKey| key.kind == kind && key.sealed_pkcs8.is_some();
    let active = trusted.iter().filter(can_sign).filter(|key| key.activated_at.is_some());
    active.max_by_key(|key| (key.activated_at, key.created_at, key.id))
}

/// The authority that signs, ready to do so. Refused when there is none.
pub(super) fn open(
    tx: &mut Tx<'_>,
    kind: SshCertificateKind,
    master_key: &MasterKey,
) -> Result<(SshCaKey, SshCa), Refusal> {
    let key = signing(tx, kind)?.ok_or(SshRefusal::NotEnabled)?;
    let sealed = key.sealed_pkcs8.as_deref().ok_or(SshRefusal::NotEnabled)?;
    let name = key.id.to_string();
    let pkcs8 = master_key.open(SealedPlace::SshCaKey.of(&name), sealed);
    let ca = pkcs8.ok().and_then(|pkcs8| SshCa::from_pkcs8(&pkcs8).ok());
    Ok((key, ca.ok_or(SshRefusal::CaKeyUnreadable(kind))?))
}

/// Finds a key that is trusted.
fn require(tx: &mut Tx<'_>, id: SshCaKeyId) -> Result<SshCaKey, Refusal> {
    let found = trusted(tx)?.into_iter().find(|key| key.id == id);
    found.ok_or(Refusal::NotFound(Noun::SshCaKey))
}

fn audit_data(key: &SshCaKey) -> [(&'static str, String); 2] {
    [("kind", key.kind.as_str().to_owned()), ("fingerprint", key.public_key.fingerprint())]
}
