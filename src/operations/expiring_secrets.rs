//! Notes secrets that expire soon.

use super::Act;
use crate::{
    model::{Concerned, EventKind},
    store::{StoreError, api_keys, expiring_client_secrets},
};

/// How long before its end a secret is noted, in seconds: a week.
const AHEAD: i64 = 604_800;
/// The most secrets of one transaction. The next round takes the others.
const BATCH: i64 = 100;

/// Notes the client secrets and API keys that expire within a week, once for each, in the audit log:
/// administrators and webhooks are told from there. Returns how many there were.
pub fn note_expiring_secrets(act: &mut Act<'_, '_>) -> Result<usize, StoreError> {
    let (now, until) = (act.now(), act.now().plus(AHEAD));
    let keys = api_keys::list_unnoted_expiring(act, now, until, BATCH)?;
    for key in &keys {
        api_keys::record_expiry_noted(act, key.id)?;
        let concerned = Concerned::from(key.id).and_user(key.user_id);
        let data = [
            ("kind", "API key".to_owned()),
            ("name", key.name.to_string()),
            ("expiresAt", key.expires_at.to_string()),
        ];
        act.audit(EventKind::SecretExpiring, concerned, data)?;
    }
    let secrets = expiring_client_secrets::list_unnoted_expiring_secrets(act, now, until, BATCH)?;
    for secret in &secrets {
        expiring_client_secrets::record_secret_expiry_noted(act, secret.id)?;
        let data = [
            ("kind", "client secret".to_owned()),
            ("clientName", secret.client_name.to_string()),
            ("prefix", secret.prefix.clone()),
            ("expiresAt", secret.expires_at.to_string()),
        ];
        act.audit(EventKind::SecretExpiring, &secret.client_id, data)?;
    }
    Ok(keys.len() + secrets.len())
}
