//! Finds settings that are invalid, have no effect, or are probably misspelt.

use super::{Finding, Surroundings};
use crate::store::StoreError;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let faults = around.faults.iter();
    let mut found: Vec<_> = faults
        .map(|fault| Finding::problem(format!("{} {}", fault.name, fault.fault), &fault.hint))
        .collect();
    let warnings = around.settings.warnings.iter();
    found.extend(warnings.map(|warning| Finding::warning(&warning.message, &warning.hint)));
    found.extend(listen(around));
    if !around.settings.rate_limiting {
        found.push(Finding::warning(
            "requests are not limited, because DISABLE_RATE_LIMITING is true or APP_ENV is test: \
             codes can be guessed without a limit",
            "remove DISABLE_RATE_LIMITING",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok("all of them are valid"));
    }
    Ok(found)
}

/// Finds a conflict between POCKETID_LISTEN and HOST or PORT.
fn listen(around: &Surroundings<'_>) -> Option<Finding> {
    let listen = around.settings.variables.listen.as_ref()?;
    if listen.parse::<std::net::SocketAddr>().is_err() {
        return Some(Finding::problem(
            format!("POCKETID_LISTEN is {listen:?}, which is not an address with a port"),
            "write POCKETID_LISTEN as in 127.0.0.1:1411, or remove it",
        ));
    }
    let other = around.settings.variables.host_or_port?;
    Some(Finding::warning(
        format!("{other} is set and has no effect, because POCKETID_LISTEN is set as well"),
        format!("remove one of {other} and POCKETID_LISTEN"),
    ))
}
