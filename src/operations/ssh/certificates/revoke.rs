//! Revoking one certificate.

use super::{Act, Noun, Refusal};
use crate::{
    model::{Concerned, EventKind, SshCertificateId, SshCertificateRecord, UserId},
    store::ssh_certificates,
};

/// Revokes a certificate: it is in the next revocation list that a host fetches.
pub fn revoke(
    act: &mut Act<'_, '_>,
    id: SshCertificateId,
) -> Result<SshCertificateRecord, Refusal> {
    revoke_where(act, id, |_| true)
}

/// Revokes a certificate of a user.
pub fn revoke_own(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    id: SshCertificateId,
) -> Result<SshCertificateRecord, Refusal> {
    revoke_where(act, id, |certificate| certificate.user_id == Some(user_id))
}

fn revoke_where(
    act: &mut Act<'_, '_>,
    id: SshCertificateId,
    is_meant: impl Fn(&SshCertificateRecord) -> bool,
) -> Result<SshCertificateRecord, Refusal> {
    let (now, missing) = (act.now(), || Refusal::NotFound(Noun::SshCertificate));
    let certificate = ssh_certificates::find(act, id)?.filter(is_meant).ok_or_else(missing)?;
    if certificate.expires_at <= now || !ssh_certificates::revoke(act, id, now)? {
        return Err(missing());
    }
    let concerned = Concerned { user_id: certificate.user_id, object_id: Some(id.to_string()) };
    let data = [("serial", certificate.serial.to_string()), ("keyId", certificate.key_id.clone())];
    act.audit(EventKind::SshCertificateRevoked, concerned, data)?;
    Ok(certificate)
}
