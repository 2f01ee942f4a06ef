//! A browser session. Pocket ID has no list of sessions.

use serde::Serialize;

use crate::model::{Session, SessionId, Timestamp};

/// A session.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    id: SessionId,
    ip_address: String,
    user_agent: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
    /// Whether it needs a key of its browser.
    is_device_bound: bool,
}

impl SessionView {
    /// The session as shown in the REST API. Where `demands_keys` is not set, no session needs one.
    pub fn of(session: &Session, demands_keys: bool) -> Self {
        Self {
            id: session.id,
            ip_address: session.ip_address.clone(),
            user_agent: session.user_agent.clone(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            is_device_bound: demands_keys && session.has_shown_key(),
        }
    }
}
