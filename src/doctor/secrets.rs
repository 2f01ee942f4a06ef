//! Finds client secrets, API keys and SCIM tokens that have expired or will soon, and unused SCIM
//! tokens.

use super::{Finding, Surroundings};
use crate::{
    model::{ApiKey, Client, ClientSecret, ScimToken, Timestamp, Username},
    store::{StoreError, api_keys, clients, scim_tokens},
};

/// How many seconds before the expiry of a secret to warn.
const SOON: i64 = 14 * 86_400;
/// After how many seconds without use a SCIM token is probably not needed.
const UNUSED: i64 = 90 * 86_400;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let all = store.read_blocking(|tx| {
        let mut all = Vec::new();
        for client in clients::list(tx)? {
            let secrets = clients::list_secrets(tx, &client.id)?;
            all.push((client, secrets));
        }
        Ok::<_, StoreError>((all, api_keys::list(tx)?, scim_tokens::list(tx)?))
    })?;
    let (clients, keys, tokens) = all;
    let of_clients =
        clients.iter().filter_map(|(client, secrets)| of_client(client, secrets, around.now));
    let mut found: Vec<_> = of_clients.collect();
    found.extend(keys.iter().filter_map(|(key, owner)| of_key(key, owner, around.now)));
    found.extend(tokens.iter().filter_map(|token| of_scim_token(token, around.now)));
    if found.is_empty() {
        found.push(Finding::ok("none expires soon"));
    }
    Ok(found)
}

/// Warns of an API key that expires soon. Expired ones are ignored: the expiry is presumably
/// intended.
fn of_key(key: &ApiKey, owner: &Username, now: Timestamp) -> Option<Finding> {
    let is_soon = key.is_live(now) && key.expires_at.seconds_since(now) < SOON;
    is_soon.then(|| {
        Finding::warning(
            format!("the API key {} of {owner} expires {}", key.name, key.expires_at),
            format!("pocketid api-key create NAME --for {owner}"),
        )
    })
}

/// A SCIM token that has expired is a problem: the accounts here are no longer kept up to date.
fn of_scim_token(token: &ScimToken, now: Timestamp) -> Option<Finding> {
    let name = &token.name;
    let mend = format!("pocketid scim token rotate {name} --expires 365d");
    if let Some(end) = token.expires_at {
        if end <= now {
            let told = format!("the SCIM token {name} expired {end}");
            return Some(Finding::problem(told, mend));
        }
        if end.seconds_since(now) < SOON {
            let told = format!("the SCIM token {name} expires {end}");
            return Some(Finding::warning(told, mend));
        }
    }
    let used = token.last_used_at.unwrap_or(token.created_at);
    (now.seconds_since(used) > UNUSED).then(|| {
        let told = format!("the SCIM token {name} was not used since {used}");
        Finding::warning(told, format!("pocketid scim token delete {name}"))
    })
}

/// Only the secret with the latest expiry counts: during a rotation the new secret overlaps the old
/// one.
fn of_client(client: &Client, secrets: &[ClientSecret], now: Timestamp) -> Option<Finding> {
    if secrets.iter().any(|secret| secret.expires_at.is_none()) {
        return None;
    }
    let end = secrets.iter().filter_map(|secret| secret.expires_at).max()?;
    let id = &client.id;
    let mend = format!("pocketid client secret create {id}");
    if end <= now {
        let told = format!("{id} gets no more tokens: its last secret expired {end}");
        return Some(Finding::problem(told, mend));
    }
    let is_soon = end.seconds_since(now) < SOON;
    is_soon.then(|| Finding::warning(format!("the last secret of {id} expires {end}"), mend))
}
