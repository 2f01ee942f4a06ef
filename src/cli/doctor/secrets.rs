//! Client secrets that are over, or soon will be.

use super::{Finding, Surroundings};
use crate::{
    model::{Client, ClientSecret, Timestamp},
    store::{StoreError, clients},
};

/// How many seconds before its end a secret is told of.
const SOON: i64 = 14 * 86_400;

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let all = store.read_blocking(|tx| {
        let mut all = Vec::new();
        for client in clients::list(tx)? {
            let secrets = clients::list_secrets(tx, &client.id)?;
            all.push((client, secrets));
        }
        Ok::<_, StoreError>(all)
    })?;
    let mut found: Vec<_> =
        all.iter().filter_map(|(client, secrets)| of_client(client, secrets, around.now)).collect();
    if found.is_empty() {
        found.push(Finding::ok("none expires soon"));
    }
    Ok(found)
}

/// The secret that is good longest counts: it is the newer one of two that overlap.
fn of_client(client: &Client, secrets: &[ClientSecret], now: Timestamp) -> Option<Finding> {
    if secrets.iter().any(|secret| secret.expires_at.is_none()) {
        return None;
    }
    let end = secrets.iter().filter_map(|secret| secret.expires_at).max()?;
    let id = &client.id;
    let mend = format!("pocketid client secret create {id}");
    if end <= now {
        let told = format!("{id} cannot get tokens any more: its last secret expired {end}");
        return Some(Finding::problem(told, mend));
    }
    let is_soon = end.seconds_since(now) < SOON;
    is_soon.then(|| Finding::warning(format!("the last secret of {id} expires {end}"), mend))
}
