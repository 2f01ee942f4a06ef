//! Checks that the LDAP directory answers, and that the last sync succeeded.

use super::{Finding, Surroundings};
use crate::{
    directory::LastSync,
    model::{ConfigKey, Timestamp},
    store::{StoreError, app_config},
};

/// How late a sync may be, in seconds.
const LATE: i64 = 3 * 3_600;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let is_on = match &around.settings.app_config {
        Some(config) => config.flag(ConfigKey::LdapEnabled),
        None => store.read_blocking(app_config::list)?.iter().any(|entry| {
            let name = ConfigKey::LdapEnabled.name();
            entry.key == name && entry.text(None).is_some_and(|text| text.expose() == "true")
        }),
    };
    if !is_on {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    match &around.directory {
        Some(Err(fault)) => found.push(Finding::problem(
            format!("the LDAP directory cannot be read: {fault}"),
            "find out more: pocketid ldap test",
        )),
        Some(Ok(())) => found.push(Finding::ok("the LDAP directory answers")),
        None => {}
    }
    found.push(last_sync(LastSync::load(store)?.as_ref(), around.now));
    Ok(found)
}

fn last_sync(last: Option<&LastSync>, now: Timestamp) -> Finding {
    let Some(last) = last else {
        return Finding::ok("there was no LDAP sync yet");
    };
    let at = Timestamp::from_unix(last.ended_at);
    match &last.fault {
        Some(fault) if last.needs_confirmation => Finding::problem(
            format!("the LDAP sync of {at} waits for a confirmation: {fault}"),
            "look at the plan, and confirm it if it is right: pocketid ldap sync",
        ),
        Some(fault) => Finding::problem(
            format!("the LDAP sync of {at} failed: {fault}"),
            "find out more: pocketid ldap test",
        ),
        None if last.next_after(LATE) < now => Finding::warning(
            format!("the last LDAP sync was at {at}"),
            "start the server, which syncs every hour; or do it now: pocketid ldap sync",
        ),
        None => {
            let skipped = match last.warning_count {
                0 => String::new(),
                count => format!(", and skipped {count} entries: pocketid ldap sync --dry-run"),
            };
            Finding::ok(format!("the LDAP sync of {at} succeeded{skipped}"))
        }
    }
}
