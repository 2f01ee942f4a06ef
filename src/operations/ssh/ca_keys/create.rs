//! Creating a key of an SSH certificate authority.

use zeroize::Zeroizing;

use super::{Act, Refusal, SshRefusal, audit_data, signing, trusted};
use crate::{
    crypto::{
        KeyError, MasterKey, SealedPlace,
        ssh::{SshCa, SshCertificateKind},
    },
    model::{EventKind, SshCaKey, SshCaKeyId},
    store::ssh_ca_keys,
};

/// The most keys of one kind that are trusted at a time.
pub const MAX_SSH_CA_KEYS: usize = 10;

/// New keys of both kinds, made before the transaction.
pub struct NewSshCaKeys {
    user: Zeroizing<Vec<u8>>,
    host: Zeroizing<Vec<u8>>,
    /// The key that seals them.
    master_key: MasterKey,
}

impl NewSshCaKeys {
    /// Generates keys.
    pub fn generate(master_key: MasterKey) -> Result<Self, KeyError> {
        Ok(Self { user: SshCa::generate()?, host: SshCa::generate()?, master_key })
    }

    fn of(&self, kind: SshCertificateKind) -> &[u8] {
        match kind {
            SshCertificateKind::Host => &self.host,
            SshCertificateKind::User => &self.user,
        }
    }
}

impl std::fmt::Debug for NewSshCaKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewSshCaKeys(…)")
    }
}

/// Creates a key. The first one of a kind signs at once. Each other one is only published at first,
/// so that hosts trust it by the time it is activated.
pub fn create(
    act: &mut Act<'_, '_>,
    new: &NewSshCaKeys,
    kind: SshCertificateKind,
) -> Result<SshCaKey, Refusal> {
    let (now, id) = (act.now(), SshCaKeyId(act.new_id()));
    if trusted(act)?.iter().filter(|key| key.kind == kind).count() >= MAX_SSH_CA_KEYS {
        return Err(SshRefusal::TooManyCaKeys(kind).into());
    }
    let pkcs8 = new.of(kind);
    let ca = SshCa::from_pkcs8(pkcs8).map_err(|_| SshRefusal::CaKeyUnreadable(kind))?;
    let name = id.to_string();
    let key = SshCaKey {
        id,
        kind,
        public_key: ca.public_key(),
        sealed_pkcs8: Some(new.master_key.seal(SealedPlace::SshCaKey.of(&name), pkcs8, act.rng())),
        created_at: now,
        activated_at: signing(act, kind)?.is_none().then_some(now),
        removed_at: None,
        retired_at: None,
    };
    ssh_ca_keys::insert(act, &key, &new.master_key)?;
    act.audit(EventKind::SshCaKeyCreated, id, audit_data(&key))?;
    Ok(key)
}
