//! Checks for an enabled administrator.

use super::{Finding, Surroundings};
use crate::store::{StoreError, users};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let (administrators, has_users) = store.read_blocking(|tx| {
        Ok::<_, StoreError>((users::list_administrators(tx)?, users::anybody_exists(tx)?))
    })?;
    let with_passkey = administrators.iter().filter(|(_, passkeys)| *passkeys > 0).count();
    Ok(vec![match (administrators.first(), with_passkey) {
        (None, _) if has_users => Finding::problem(
            "there is no enabled administrator",
            "pocketid setup; or pocketid user enable NAME",
        ),
        (None, _) => Finding::warning("there is no account yet", "pocketid setup"),
        (Some((name, _)), 0) => Finding::problem(
            "no administrator has a passkey, so no administrator can sign in",
            format!("pocketid recover {name}"),
        ),
        (Some(_), count) => {
            Finding::ok(format!("{count} of {} can sign in with a passkey", administrators.len()))
        }
    }])
}
