//! Settings that are wrong, that have no effect, or that are probably misspelt.

use super::{Finding, Surroundings};
use crate::store::StoreError;

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let faults = around.faults.iter();
    let mut found: Vec<_> = faults
        .map(|fault| Finding::problem(format!("{} {}", fault.name, fault.fault), &fault.hint))
        .collect();
    let warnings = around.settings.warnings.iter();
    found.extend(warnings.map(|warning| Finding::warning(&warning.message, &warning.hint)));
    found.extend(listen(around));
    if found.is_empty() {
        found.push(Finding::ok("each of them can be read"));
    }
    Ok(found)
}

/// Two settings that say where to listen.
fn listen(around: &Surroundings) -> Option<Finding> {
    let listen = around.source.value("POCKETID_LISTEN")?;
    if listen.parse::<std::net::SocketAddr>().is_err() {
        return Some(Finding::problem(
            format!("POCKETID_LISTEN is {listen:?}, which is no address with a port"),
            "write POCKETID_LISTEN as in 127.0.0.1:1411, or remove it",
        ));
    }
    let other = ["HOST", "PORT"].into_iter().find(|name| around.source.has(name))?;
    Some(Finding::warning(
        format!("{other} is set and has no effect, since POCKETID_LISTEN is set as well"),
        format!("remove one of {other} and POCKETID_LISTEN"),
    ))
}
