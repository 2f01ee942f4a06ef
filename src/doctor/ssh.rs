//! Checks the SSH certificate authority: the keys that sign, certificates of hosts that end, accounts that
//! nobody may enter, and users who wait for an administrator.

use std::collections::HashMap;

use super::{Finding, Surroundings};
use crate::{
    crypto::ssh::SshCertificateKind,
    model::{SshCaKey, SshCaState, Timestamp},
    operations::ssh::{ca_keys, client_id, resource, users},
    store::{
        StoreError, Tx, apis, clients,
        ssh_accounts::{self, ClosedAccount},
        ssh_certificates::{self, HostCertificate},
    },
};

const DAY: i64 = 86_400;
/// A key that signs for longer is to be replaced (NIST SP 800-57 part 1, 5.3.6: one to three years).
const OLD: i64 = 3 * 365 * DAY;
/// By then every host should trust the next key.
const LONG_NEXT: i64 = 30 * DAY;
/// The certificate of a host ends soon within this time, and when a quarter of its life is left.
const SOON: i64 = 14 * DAY;
/// The most users who are looked at.
const MOST_USERS: usize = 1_000;
/// The most names in a finding.
const MOST_NAMES: usize = 5;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let now = around.now;
    let issuer = around.settings.app_url.as_str().trim_end_matches('/').to_owned();
    store.read_blocking(|tx| examine(tx, &issuer, now))
}

fn examine(tx: &mut Tx<'_>, issuer: &str, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let keys = ca_keys::trusted(tx)?;
    if keys.is_empty() && apis::find(tx, &resource(issuer))?.is_none() {
        return Ok(Vec::new());
    }
    let mut found = of_kinds(&keys);
    if !keys.is_empty() && clients::find(tx, &client_id())?.is_none() {
        found.push(Finding::problem(
            "the client pocketid-ssh was deleted, so no user gets an SSH certificate",
            "make it again: pocketid ssh enable",
        ));
    }
    for key in &keys {
        let certificates = ssh_certificates::count_of_ca_key(tx, key.id, now)?;
        found.extend(of_key(key, ca_keys::state(&keys, key), certificates, now));
    }
    found.extend(of_hosts(&ssh_certificates::list_of_hosts(tx, now)?, now));
    found.extend(of_accounts(tx, now)?);
    found.extend(of_users(tx, now)?);
    if found.is_empty() {
        found.push(Finding::ok("SSH certificates are signed for users and for hosts"));
    }
    Ok(found)
}

/// Finds kinds of certificates that no key signs.
fn of_kinds(keys: &[SshCaKey]) -> Vec<Finding> {
    let signs = |kind| {
        let is_active = |key: &SshCaKey| ca_keys::state(keys, key) == SshCaState::Active;
        keys.iter().any(|key| key.kind == kind && is_active(key))
    };
    let mend = "make one: pocketid ssh enable; or turn SSH off: pocketid ssh disable";
    let mut found = Vec::new();
    if !signs(SshCertificateKind::User) {
        let told = "no key signs SSH certificates of users, so they get none";
        found.push(Finding::problem(told, mend));
    }
    if !signs(SshCertificateKind::Host) {
        found.push(Finding::warning("no key signs SSH certificates of hosts", mend));
    }
    found
}

fn of_key(key: &SshCaKey, state: SshCaState, certificates: i64, now: Timestamp) -> Option<Finding> {
    let (kind, id) = (key.kind.as_str(), key.id);
    let name = format!("the SSH {kind} key {}", key.public_key.fingerprint());
    let remove = format!("remove it: pocketid ssh ca remove {id}");
    let old = |since: Option<Timestamp>, limit: i64| {
        since.is_some_and(|since| now.seconds_since(since) > limit)
    };
    match state {
        SshCaState::Active if old(key.activated_at, OLD) => Some(Finding::warning(
            format!("{name} has signed for more than three years"),
            format!(
                "replace it: pocketid ssh ca rotate {kind}, give the new one to every {}, then \
                 pocketid ssh ca activate",
                if key.kind == SshCertificateKind::User { "host" } else { "laptop" }
            ),
        )),
        SshCaState::Next if old(Some(key.created_at), LONG_NEXT) => Some(Finding::warning(
            format!("{name} was created {}, and signs nothing yet", key.created_at),
            format!("let it sign: pocketid ssh ca activate {id}; or {remove}"),
        )),
        SshCaState::Lost => Some(Finding::warning(
            format!("{name} was lost with the encryption key, and is still trusted"),
            remove,
        )),
        SshCaState::Retired if certificates == 0 => Some(Finding::warning(
            format!(
                "{name} signs no more and none of its certificates is left, but it is still trusted"
            ),
            remove,
        )),
        SshCaState::Active | SshCaState::Next | SshCaState::Retired => None,
    }
}

/// Finds certificates that end soon or have just ended, of hosts without a later one: of the same first name, or
/// for the same key.
fn of_hosts(all: &[HostCertificate], now: Timestamp) -> Option<Finding> {
    let mut latest: HashMap<&str, Timestamp> = HashMap::new();
    for one in all {
        for key in [&one.key_id, &one.fingerprint] {
            let until = latest.entry(key).or_insert(one.expires_at);
            *until = (*until).max(one.expires_at);
        }
    }
    let ends = |one: &&HostCertificate| {
        let left = one.expires_at.seconds_since(now);
        left <= SOON.min(one.expires_at.seconds_since(one.created_at) / 4)
    };
    let is_last = |one: &&HostCertificate| {
        [&one.key_id, &one.fingerprint].iter().all(|key| latest[key.as_str()] <= one.expires_at)
    };
    let ending: Vec<_> = all.iter().filter(ends).filter(is_last).collect();
    let first = ending.first()?;
    let names: Vec<_> =
        ending.iter().map(|one| format!("{} ({})", one.key_id, one.expires_at)).collect();
    Some(Finding::warning(
        format!("the SSH certificates of these hosts end, and were not renewed: {}", few(&names)),
        format!("sign its key again: pocketid ssh host sign FILE --name {}", first.key_id),
    ))
}

/// Finds accounts that nobody may enter. A row without groups may be there on purpose: it keeps users of
/// this name from entering by `{username}`.
fn of_accounts(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Finding>, StoreError> {
    let has_own = ssh_accounts::list(tx)?.iter().any(|row| row.account.is_own());
    let mut closed = ssh_accounts::list_closed(tx, now)?;
    let is_on_purpose = |one: &ClosedAccount| has_own && one.groups == 0 && !one.account.is_own();
    closed.retain(|one| !is_on_purpose(one));
    let Some(first) = closed.first() else { return Ok(None) };
    let account = &first.account;
    let names: Vec<_> = closed.iter().map(|one| one.account.to_string()).collect();
    Ok(Some(Finding::warning(
        format!(
            "nobody may enter these accounts of hosts, since their groups are empty or were \
             deleted: {}",
            few(&names)
        ),
        format!(
            "open each to a group: pocketid ssh account update '{account}' --group GROUP; or delete it: pocketid ssh \
             account delete '{account}'"
        ),
    )))
}

/// Finds users who would enter accounts if an administrator confirmed them.
fn of_users(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Finding>, StoreError> {
    let waiting = users::waiting(tx, now, MOST_USERS)?;
    let names: Vec<_> = waiting.users.iter().map(|user| user.username().to_string()).collect();
    let Some(first) = names.first() else { return Ok(None) };
    let beyond = if waiting.has_more { ", or more" } else { "" };
    Ok(Some(Finding::warning(
        format!(
            "these users do not enter every SSH account that is open to them until they are confirmed: \
             {}{beyond}",
            few(&names)
        ),
        format!(
            "look at names and passkeys: pocketid ssh user list; then pocketid ssh user confirm \
             {first}, or withdraw"
        ),
    )))
}

/// The first of some names, and how many more there are.
fn few(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}
