//! Finds SCIM providers whose synchronisation fails.

use super::{Finding, Surroundings};
use crate::{
    model::{ScimProvider, Timestamp},
    store::{StoreError, scim_providers},
};

/// The longest time between two synchronisations, in seconds; there is one each hour.
const LATE: i64 = 3 * 3_600;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let providers = store.read_blocking(scim_providers::list)?;
    if providers.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<_> =
        providers.iter().filter_map(|provider| of_provider(provider, around.now)).collect();
    if found.is_empty() {
        found.push(Finding::ok(match providers.len() {
            1 => "the accounts in the application are up to date".to_owned(),
            count => format!("the accounts in {count} applications are up to date"),
        }));
    }
    Ok(found)
}

fn of_provider(provider: &ScimProvider, now: Timestamp) -> Option<Finding> {
    let id = &provider.client_id;
    let mend = format!("pocketid scim sync {id}");
    if let Some(error) = &provider.last_error {
        let told = format!("the accounts in {id} are not up to date: {error}");
        return Some(Finding::problem(told, mend));
    }
    let begun = provider.last_attempted_at.unwrap_or(provider.created_at);
    (now.seconds_since(begun) > LATE).then(|| {
        Finding::warning(format!("the accounts in {id} were last brought up to date {begun}"), mend)
    })
}
