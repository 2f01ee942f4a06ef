//! Reminding owners of API keys that expire soon.

use crate::{
    model::{Letter, Mail, MailRecipient, Timestamp},
    operations::Postbox,
    store::{StoreError, Tx, api_keys, users},
};

/// How long before its end the owner of a key is told, in seconds: a week (Pocket ID 2.14).
const AHEAD: i64 = 604_800;
/// The most keys of one transaction. The next round takes the others.
const BATCH: i64 = 100;

/// Mails the owners of keys that expire within a week, once for each key. Returns how many keys there
/// were.
pub fn remind(tx: &mut Tx<'_>, postbox: &Postbox, now: Timestamp) -> Result<usize, StoreError> {
    let keys = api_keys::list_expiring(tx, now, now.plus(AHEAD), BATCH)?;
    for key in &keys {
        api_keys::record_told(tx, key.id)?;
        let owner = users::find(tx, key.user_id)?.filter(|owner| !owner.disabled);
        if let Some(owner) = owner
            && let Some(email) = &owner.email
        {
            let name = key.name.to_string();
            let letter = Letter::ApiKeyExpiring { name, expires_at: key.expires_at };
            postbox.post(tx, &Mail { to: MailRecipient::of(&owner, email), letter }, now)?;
        }
    }
    Ok(keys.len())
}
