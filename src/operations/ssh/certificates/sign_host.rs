//! Signing certificates of hosts.

use std::collections::BTreeSet;

use super::{Act, IssuedCertificate, Refusal, ca_keys, new_serial, refuse_many, sign::sign};
use crate::{
    crypto::{
        MasterKey,
        ssh::{SshCertificateKind, SshPublicKey},
    },
    model::{
        EventKind, SshCertificateId, SshCertificateRecord, SshHostDomains, SshHostName,
        SshPrincipal, text::TextError,
    },
};

/// The shortest life of a certificate of a host, in seconds.
pub const MIN_HOST_SECONDS: i64 = 3_600;
/// The longest: 365 days.
pub const MAX_HOST_SECONDS: i64 = 365 * 86_400;
/// The most names of a host.
const MAX_NAMES: usize = 32;

/// A request for the certificate of a host.
#[derive(Debug)]
pub struct HostRequest {
    /// Its key.
    pub public_key: SshPublicKey,
    /// The names by which users reach it.
    pub names: BTreeSet<SshHostName>,
    /// The domains of hosts that may have certificates.
    pub domains: SshHostDomains,
    /// The life of the certificate, in seconds.
    pub seconds: i64,
    /// The key that opens that of the authority.
    pub master_key: MasterKey,
}

/// Signs the certificate of a host.
pub fn sign_host(
    act: &mut Act<'_, '_>,
    request: &HostRequest,
) -> Result<IssuedCertificate, Refusal> {
    check(request)?;
    let now = act.now();
    let (ca_key, ca) = ca_keys::open(act, SshCertificateKind::Host, &request.master_key)?;
    refuse_many(act, now)?;
    let names: Vec<String> = request.names.iter().map(ToString::to_string).collect();
    let record = SshCertificateRecord {
        id: SshCertificateId(act.new_id()),
        serial: new_serial(act),
        ca_key_id: ca_key.id,
        kind: SshCertificateKind::Host,
        key_id: names[0].clone(),
        fingerprint: request.public_key.fingerprint(),
        user_id: None,
        username: None,
        grant_id: None,
        created_at: now,
        expires_at: now.plus(request.seconds),
        revoked_at: None,
    };
    let principal =
        |principal: &String| SshPrincipal { principal: principal.clone(), account: None };
    let principals: Vec<_> = names.iter().map(principal).collect();
    let issued = sign(act, &ca, &record, &request.public_key, &principals)?;
    let data = [
        ("serial", record.serial.to_string()),
        ("fingerprint", record.fingerprint.clone()),
        ("hosts", names.join(" ")),
    ];
    act.audit(EventKind::SshCertificateIssued, record.id, data)?;
    Ok(issued)
}

fn check(request: &HostRequest) -> Result<(), Refusal> {
    if request.names.is_empty() {
        return Err(Refusal::Field { field: "names", error: TextError::required() });
    }
    if request.names.len() > MAX_NAMES {
        let error = TextError::format(format!("must be at most {MAX_NAMES} names"));
        return Err(Refusal::Field { field: "names", error });
    }
    if let Some(name) = request.names.iter().find(|name| !request.domains.allow(name)) {
        let domains = request.domains.listed();
        let error = TextError::format(format!(
            "must be in the domains of sshHostDomains ({domains}); {name} is not"
        ));
        return Err(Refusal::Field { field: "names", error });
    }
    if !(MIN_HOST_SECONDS..=MAX_HOST_SECONDS).contains(&request.seconds) {
        let error = TextError::format("must be between one hour and 365 days");
        return Err(Refusal::Field { field: "durationMinutes", error });
    }
    Ok(())
}
