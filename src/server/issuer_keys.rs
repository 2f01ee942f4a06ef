//! A cache of the keys of issuers that sign client assertions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use url::Url;

use crate::{
    crypto::{JwkSet, PublicJwk},
    model::Timestamp,
    outbound::{Outbound, Reach},
};

/// How long keys are fresh, in seconds (Pocket ID 2.14).
const FRESH: i64 = 15 * 60;
/// How long keys stay valid when they cannot be fetched again, in seconds. Otherwise a revoked key
/// would stay valid for as long as an attacker cuts off its issuer.
const STALE: i64 = 24 * 3_600;
/// How long an issuer is not asked again after a failed fetch, in seconds: anyone who knows a
/// client can trigger a fetch.
const PAUSE: i64 = 30;
/// The most keys of an issuer.
const MAX_KEYS: usize = 100;
/// How long an issuer may take to answer.
const TIME: Duration = Duration::from_secs(15);

/// Keys by the URL of their JWK Set. Only URLs that administrators entered are in it. The caller
/// that holds an entry's lock fetches; the others wait for the result.
#[derive(Debug, Default)]
pub(super) struct IssuerKeys(Mutex<HashMap<Url, Arc<tokio::sync::Mutex<Kept>>>>);

#[derive(Debug, Default)]
struct Kept {
    keys: Option<(Arc<JwkSet>, Timestamp)>,
    tried_at: Option<Timestamp>,
}

impl IssuerKeys {
    /// The keys at a URL. When they cannot be fetched again, the known keys stay valid for a while.
    pub(super) async fn get(
        &self,
        outbound: &Outbound,
        url: &Url,
        now: Timestamp,
    ) -> Result<Arc<JwkSet>, String> {
        let entry = Arc::clone(self.entries().entry(url.clone()).or_default());
        let mut kept = entry.lock().await;
        if kept.is_due(now) {
            kept.tried_at = Some(now);
            match fetch(outbound, url).await {
                Ok(keys) => kept.keys = Some((Arc::new(keys), now)),
                Err(cause) => {
                    tracing::warn!(%url, cause, "could not fetch the keys of an issuer");
                }
            }
        }
        kept.believed(now).ok_or_else(|| "no recently fetched keys".to_owned())
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<Url, Arc<tokio::sync::Mutex<Kept>>>> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Whether the keys should be fetched now.
    fn is_due(&self, now: Timestamp) -> bool {
        let is_since = |moment: Timestamp, seconds| now.seconds_since(moment) < seconds;
        let is_fresh = self.keys.as_ref().is_some_and(|(_, at)| is_since(*at, FRESH));
        !is_fresh && !self.tried_at.is_some_and(|at| is_since(at, PAUSE))
    }

    fn believed(&self, now: Timestamp) -> Option<Arc<JwkSet>> {
        let (keys, fetched_at) = self.keys.as_ref()?;
        (now.seconds_since(*fetched_at) < STALE).then(|| Arc::clone(keys))
    }
}

async fn fetch(outbound: &Outbound, url: &Url) -> Result<JwkSet, String> {
    // Private addresses are allowed: an administrator entered the URL, and identity providers often
    // run on internal networks.
    let answer = outbound.get(url, Reach::Anywhere, TIME).await;
    let answer = answer.map_err(|error| error.to_string())?;
    match answer.status {
        200 => {
            let set: Result<JwkSet, _> = serde_json::from_slice(&answer.body);
            let mut set = set.map_err(|_| "the response is not a JWK Set".to_owned())?;
            // Each is tried on whatever a stranger sends.
            set.keys.retain(PublicJwk::is_quick);
            set.keys.truncate(MAX_KEYS);
            Ok(set)
        }
        status => Err(format!("it answered {status}")),
    }
}
