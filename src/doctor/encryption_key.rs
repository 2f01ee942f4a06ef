//! Checks that the encryption key exists and decrypts the sealed values.

use super::{Finding, Surroundings};
use crate::{
    crypto::SealedPlace,
    encryption_key::{KeyOrigin, count_sealed_shut},
    store::StoreError,
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let settings = &around.settings;
    let mut found = Vec::new();
    let origin = match KeyOrigin::of(settings) {
        Ok(origin) => origin,
        Err(fault) => return Ok(vec![Finding::of_key(&fault)]),
    };
    if settings.variables.has_placeholder_key
        && let KeyOrigin::Kept(path) = &origin
    {
        found.push(Finding::warning(
            format!("ENCRYPTION_KEY is CHANGEME, so the key is the one in {}", path.display()),
            "remove ENCRYPTION_KEY, and back that file up with the database",
        ));
    }
    let Some(store) = around.store() else { return Ok(found) };
    match count_sealed_shut(settings, store) {
        Ok(None) => found
            .push(Finding::ok("nothing is encrypted yet; the first start of the server does that")),
        Ok(Some(counts)) => {
            let shut = counts.iter().filter(|(_, count)| *count > 0);
            found.extend(shut.map(|(place, count)| shut_away(*place, *count)));
        }
        Err(fault) => found.push(Finding::of_key(&fault)),
    }
    if found.is_empty() {
        found.push(Finding::ok(format!("{origin} decrypts every secret")));
    }
    Ok(found)
}

fn shut_away(place: SealedPlace, count: usize) -> Finding {
    Finding::problem(
        format!("the encryption key does not decrypt {count} values in {}", place.as_str()),
        "restore a backup; or delete them and continue: pocketid rotate-encryption-key --lost-key",
    )
}
