//! Signing a certificate, and storing its row.

use super::{Act, Refusal, SshRefusal, unix};
use crate::{
    crypto::ssh::{SshCa, SshPublicKey, SshTemplate},
    model::{SshCertificateRecord, SshPrincipal, Timestamp, view::SshCertificateView},
    store::ssh_certificates,
};

/// Clocks of hosts and of users may be late.
const SKEW_SECONDS: i64 = 300;

/// A certificate that was issued.
#[derive(Debug)]
pub struct IssuedCertificate {
    /// Its line, as in a file `…-cert.pub`.
    pub line: String,
    /// Its contents.
    pub view: SshCertificateView,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Signs the certificate of a record for these principals.
pub(super) fn sign(
    act: &mut Act<'_, '_>,
    ca: &SshCa,
    record: &SshCertificateRecord,
    public_key: &SshPublicKey,
    principals: &[SshPrincipal],
) -> Result<IssuedCertificate, Refusal> {
    let template = SshTemplate {
        kind: record.kind,
        public_key: public_key.clone(),
        serial: record.serial.unsigned_abs(),
        key_id: record.key_id.clone(),
        principals: principals.iter().map(|one| one.principal.clone()).collect(),
        valid_after: unix(record.created_at.plus(-SKEW_SECONDS)),
        valid_before: unix(record.expires_at),
        nonce: act.random(),
    };
    let line = ca.sign(&template).map_err(|fault| SshRefusal::Unsigned(fault.to_string()))?;
    ssh_certificates::insert(act, record, principals)?;
    let view = SshCertificateView::of(record, principals);
    Ok(IssuedCertificate { line, view, expires_at: record.expires_at })
}
