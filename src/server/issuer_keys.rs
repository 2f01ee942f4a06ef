//! The keys of issuers that vouch for clients, kept for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use url::Url;

use crate::{
    crypto::JwkSet,
    model::Timestamp,
    outbound::{Outbound, Reach},
};

/// How long keys are kept, in seconds (Pocket ID 2.14).
const FRESH: i64 = 15 * 60;
/// How long an issuer may take to answer.
const TIME: Duration = Duration::from_secs(15);

/// Keys by the address they come from. There are as many as administrators have entered.
#[derive(Debug, Default)]
pub(super) struct IssuerKeys(Mutex<HashMap<Url, Kept>>);

#[derive(Debug, Clone)]
struct Kept {
    keys: Arc<JwkSet>,
    fetched_at: Timestamp,
}

impl IssuerKeys {
    /// The keys at an address. When they cannot be fetched again, those that are known go on.
    pub(super) async fn get(
        &self,
        outbound: &Outbound,
        url: &Url,
        now: Timestamp,
    ) -> Result<Arc<JwkSet>, String> {
        let kept = self.known().get(url).cloned();
        if let Some(kept) = &kept
            && now.seconds_since(kept.fetched_at) < FRESH
        {
            return Ok(Arc::clone(&kept.keys));
        }
        match (fetch(outbound, url).await, kept) {
            (Ok(keys), _) => {
                let keys = Arc::new(keys);
                let kept = Kept { keys: Arc::clone(&keys), fetched_at: now };
                self.known().insert(url.clone(), kept);
                Ok(keys)
            }
            (Err(cause), Some(kept)) => {
                tracing::warn!(%url, cause, "the keys of an issuer could not be fetched again");
                Ok(kept.keys)
            }
            (Err(cause), None) => Err(cause),
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<Url, Kept>> {
        // Nothing can panic in between.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetch(outbound: &Outbound, url: &Url) -> Result<JwkSet, String> {
    // An administrator has entered it, and identity providers live on inside networks.
    let answer = outbound.get(url, Reach::Anywhere, TIME).await;
    let answer = answer.map_err(|error| error.to_string())?;
    match answer.status {
        200 => serde_json::from_slice(&answer.body).map_err(|_| "it is no JWK Set".to_owned()),
        status => Err(format!("it answered {status}")),
    }
}
