//! Issuing certificates to users.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Act, IssuedCertificate, Refusal, SshRefusal, accounts, ca_keys, client_id, new_serial,
    refuse_many, sign::sign,
};
use crate::{
    crypto::{
        MasterKey,
        ssh::{SshCertificateKind, SshPublicKey},
    },
    model::{
        EventKind, GrantId, SshCertificateId, SshCertificateRecord, SshPrincipal, Timestamp, User,
        UserId,
    },
    operations::{clients, users},
    store::{grants, ssh_accounts, ssh_certificates, ssh_users},
};

/// The most certificates of a user that are good.
pub const MAX_OF_USER: i64 = 50;
/// The most of a user that have not expired, also revoked ones.
const MAX_ROWS_OF_USER: i64 = 1_000;
/// The shortest life of a certificate, in seconds.
pub const MIN_SECONDS: i64 = 60;
/// The most principals that OpenSSH reads (`SSHKEY_CERT_MAX_PRINCIPALS`).
const MAX_PRINCIPALS: usize = 256;

/// A request for a certificate.
#[derive(Debug)]
pub struct IssueRequest {
    /// The user.
    pub user_id: UserId,
    /// The sign-in: its end revokes the certificate.
    pub grant_id: GrantId,
    /// The key to certify.
    pub public_key: SshPublicKey,
    /// The wanted principals; all that the user may have if there are none.
    pub principals: Option<BTreeSet<String>>,
    /// The life of the certificate, in seconds.
    pub seconds: i64,
    /// The key that opens that of the authority.
    pub master_key: MasterKey,
}

/// The answer to a request. A refusal is told in the audit log, so it is a value here.
#[derive(Debug)]
pub enum IssueOutcome {
    /// A certificate.
    Certificate(Box<IssuedCertificate>),
    /// The user may enter none of the accounts, or not those that they asked for.
    NotAllowed {
        /// The refused principals; empty when the request named none.
        foreign: Vec<String>,
    },
    /// A passkey was added with a one-time code, and no administrator has confirmed the user since.
    Held,
    /// An administrator gives the user no certificates any more.
    Withdrawn,
}

/// Issues a certificate for the accounts that the user may enter. It is never good for others,
/// whatever was asked for.
pub fn issue(act: &mut Act<'_, '_>, request: &IssueRequest) -> Result<IssueOutcome, Refusal> {
    // As they are now: they may have been renamed since the request began.
    let (now, user) = (act.now(), &users::require(act, request.user_id)?);
    let (ca_key, ca) = ca_keys::open(act, SshCertificateKind::User, &request.master_key)?;
    refuse_many(act, now)?;
    if ssh_certificates::count_good_of_user(act, user.id, now)? >= MAX_OF_USER
        || ssh_certificates::count_of_user(act, user.id, now)? >= MAX_ROWS_OF_USER
    {
        return Err(SshRefusal::TooManyCertificates.into());
    }
    let known = ssh_users::find(act, user.id)?;
    if known.withdrawn_at.is_some() {
        act.audit(EventKind::SshCertificateRefused, user.id, [("reason", "withdrawn".to_owned())])?;
        return Ok(IssueOutcome::Withdrawn);
    }
    if known.held_at.is_some() {
        act.audit(EventKind::SshCertificateRefused, user.id, [("reason", "held".to_owned())])?;
        return Ok(IssueOutcome::Held);
    }
    let ends = ends(act, user)?;
    let allowed = ends.keys().cloned().collect();
    let principals = match chosen(allowed, request.principals.as_ref()) {
        Ok(principals) if !principals.is_empty() => principals,
        Ok(_) => return refuse(act, request, Vec::new()),
        Err(foreign) => return refuse(act, request, foreign),
    };
    if principals.len() > MAX_PRINCIPALS {
        return Err(SshRefusal::TooManyPrincipals(MAX_PRINCIPALS).into());
    }
    let until = principals.iter().filter_map(|one| ends.get(one)).min();
    let wanted = now.plus(request.seconds);
    let record = SshCertificateRecord {
        id: SshCertificateId(act.new_id()),
        serial: new_serial(act),
        ca_key_id: ca_key.id,
        kind: SshCertificateKind::User,
        key_id: user.username.to_string(),
        fingerprint: request.public_key.fingerprint(),
        user_id: Some(user.id),
        username: Some(user.username.clone()),
        grant_id: Some(request.grant_id),
        created_at: now,
        expires_at: until.map_or(wanted, |until| wanted.min(*until)),
        revoked_at: None,
    };
    let issued = sign(act, &ca, &record, &request.public_key, &principals)?;
    // The row of the sign-in has to last as long: without it, the certificate counts as revoked.
    grants::extend(act, request.grant_id, record.expires_at)?;
    let names: Vec<_> = principals.iter().map(|one| one.principal.as_str()).collect();
    let data = [
        ("serial", record.serial.to_string()),
        ("fingerprint", record.fingerprint.clone()),
        ("principals", names.join(" ")),
    ];
    act.audit(EventKind::SshCertificateIssued, user.id, data)?;
    Ok(IssueOutcome::Certificate(Box::new(issued)))
}

/// The principals that the user may have, with when the last membership ends that admits to each, and to the client. One that
/// is to end sooner than a certificate may is left out: nobody could use it.
fn ends(act: &mut Act<'_, '_>, user: &User) -> Result<BTreeMap<SshPrincipal, Timestamp>, Refusal> {
    let now = act.now();
    let client = clients::require(act, &client_id())?;
    let admitted_until = clients::admitted_until(act, &client, user.id, now)?.unwrap_or(now);
    let of_accounts = ssh_accounts::last_ends_of_user(act, user.id, now)?;
    let principals = accounts::of_user(act, user, now)?.into_iter().map(|one| {
        let of_account = one.account.as_ref().and_then(|account| of_accounts.get(account));
        let end = of_account.map_or(admitted_until, |end| admitted_until.min(*end));
        (one, end)
    });
    let soonest = now.plus(MIN_SECONDS);
    Ok(principals.filter(|(_, end)| *end >= soonest).collect())
}

/// The wanted ones among those that are allowed, or those that are not.
fn chosen(
    allowed: BTreeSet<SshPrincipal>,
    wanted: Option<&BTreeSet<String>>,
) -> Result<Vec<SshPrincipal>, Vec<String>> {
    let Some(wanted) = wanted else { return Ok(distinct(allowed)) };
    let names: BTreeSet<_> = allowed.iter().map(|one| one.principal.as_str()).collect();
    let foreign: Vec<_> = wanted.iter().filter(|one| !names.contains(one.as_str())).collect();
    if !foreign.is_empty() {
        return Err(foreign.into_iter().cloned().collect());
    }
    Ok(distinct(allowed.into_iter().filter(|one| wanted.contains(&one.principal))))
}

/// One of each principal.
fn distinct(all: impl IntoIterator<Item = SshPrincipal>) -> Vec<SshPrincipal> {
    let mut principals: Vec<SshPrincipal> = all.into_iter().collect();
    principals.dedup_by(|a, b| a.principal == b.principal);
    principals
}

fn refuse(
    act: &mut Act<'_, '_>,
    request: &IssueRequest,
    foreign: Vec<String>,
) -> Result<IssueOutcome, Refusal> {
    // Input is cut, and line breaks are removed.
    let shown: String = foreign.join(" ").chars().filter(|c| !c.is_control()).take(200).collect();
    let data = (!foreign.is_empty()).then_some(("principals", shown));
    act.audit(EventKind::SshCertificateRefused, request.user_id, data)?;
    Ok(IssueOutcome::NotAllowed { foreign })
}
