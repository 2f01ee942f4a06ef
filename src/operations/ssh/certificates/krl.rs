//! The revocation list.

use crate::{
    crypto::ssh::{RevokedSerials, SshCaPublicKey, write_krl},
    model::Timestamp,
    store::{StoreError, Tx, ssh_ca_keys, ssh_certificates},
};

/// A certificate is listed for this long after it expired: the clocks of hosts may be late.
const SKEW_SECONDS: i64 = 3_600;

/// The revoked keys of authorities, and the revoked certificates of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    /// Keys of authorities that were removed.
    pub cas: Vec<SshCaPublicKey>,
    /// Certificates, by the authority that signed them.
    pub certificates: Vec<RevokedSerials>,
    /// Whether all of them were noted as revoked.
    pub is_noted: bool,
}

impl RevocationList {
    /// The list as OpenSSH reads it.
    pub fn to_krl(&self, at: Timestamp) -> Vec<u8> {
        write_krl(super::unix(at), &self.cas, &self.certificates)
    }
}

/// Reads the revocation list of a moment. `None` when there never was an authority.
pub fn revoked(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<RevocationList>, StoreError> {
    let keys = ssh_ca_keys::list(tx)?;
    if keys.is_empty() {
        return Ok(None);
    }
    let removed = keys.iter().filter(|key| key.removed_at.is_some());
    let mut list = RevocationList {
        cas: removed.map(|key| key.public_key).collect(),
        certificates: Vec::new(),
        is_noted: true,
    };
    for found in ssh_certificates::list_revoked(tx, now.plus(-SKEW_SECONDS), now)? {
        let (ca, serial) = (found.ca, found.serial);
        list.is_noted &= found.is_noted;
        if list.certificates.last().is_none_or(|last| last.ca != ca) {
            list.certificates.push(RevokedSerials { ca, serials: Vec::new() });
        }
        if let Some(last) = list.certificates.last_mut() {
            last.serials.push(serial.unsigned_abs());
        }
    }
    Ok(Some(list))
}
