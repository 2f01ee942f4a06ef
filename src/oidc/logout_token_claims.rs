//! Logout tokens (OIDC Back-Channel Logout §2.4).

use serde::Serialize;
use uuid::Uuid;

use crate::model::{EndedSession, SessionId, Timestamp};

/// The claims of a logout token (OIDC Back-Channel Logout §2.4).
#[derive(Debug, Clone, Serialize)]
pub struct LogoutTokenClaims {
    iss: String,
    sub: String,
    aud: [String; 1],
    iat: i64,
    exp: i64,
    jti: Uuid,
    events: LogoutEvent,
    sid: SessionId,
}

#[derive(Debug, Clone, Default, Serialize)]
struct LogoutEvent {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Empty,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Empty {}

impl LogoutTokenClaims {
    /// Lifetime in seconds: two minutes, as recommended by Back-Channel Logout §4.
    const SECONDS: i64 = 120;

    /// The claims of a new logout token.
    pub fn new(issuer: &str, ended: &EndedSession, jti: Uuid, now: Timestamp) -> Self {
        Self {
            iss: issuer.to_owned(),
            sub: ended.user_id.to_string(),
            aud: [ended.client_id.to_string()],
            iat: now.as_unix(),
            exp: now.plus(Self::SECONDS).as_unix(),
            jti,
            events: LogoutEvent::default(),
            sid: ended.session_id,
        }
    }
}
