//! `id_token_hint`: an ID token issued here, which a client sends to name a user (OIDC Core
//! §3.1.2.1, RP-Initiated Logout §2); and one with which it shows a sign-in.

use serde::Deserialize;

use crate::model::{ClientId, SessionId, SignInTimes, Timestamp, UserId};

/// Maximum length in bytes: enough for all custom claims of a user and several hundred groups.
pub const MAX_ID_TOKEN_HINT: usize = 48 * 1_024;

/// The claims of an ID token whose signature was verified. It may have expired, since it
/// authenticates no one and only names a user.
#[derive(Debug, Clone, Deserialize)]
pub struct IdTokenHint {
    iss: String,
    sub: UserId,
    aud: Audience,
    r#type: String,
}

/// The claims of an ID token that shows that a user is signed in to a client, which a hint need not.
#[derive(Debug, Clone, Deserialize)]
pub struct SignInToken {
    #[serde(flatten)]
    hint: IdTokenHint,
    exp: i64,
    /// The session.
    pub sid: SessionId,
    auth_time: i64,
    rat: i64,
}

/// RFC 7519 §4.1.3: a list of audiences, or a single one.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// The audience, if there is exactly one.
    fn single(&self) -> Option<&str> {
        match self {
            Self::One(one) => Some(one),
            Self::Several(several) => match several.as_slice() {
                [one] => Some(one),
                _ => None,
            },
        }
    }
}

impl IdTokenHint {
    /// Whether it is an ID token of this issuer. Other tokens are signed with the same keys.
    pub fn is_of(&self, issuer: &str) -> bool {
        self.iss == issuer && self.r#type == "id-token" && self.aud.single().is_some()
    }

    /// The user that it names.
    pub fn user_id(&self) -> UserId {
        self.sub
    }

    /// The client to which it was issued.
    pub fn client_id(&self) -> Option<ClientId> {
        self.aud.single()?.parse().ok()
    }
}

impl SignInToken {
    /// Whether it is an ID token of this issuer for this client, and has not expired.
    pub fn is_live_for(&self, issuer: &str, client_id: &ClientId, now: Timestamp) -> bool {
        self.hint.is_of(issuer)
            && self.hint.client_id().as_ref() == Some(client_id)
            && Timestamp::from_unix(self.exp) > now
    }

    /// The user who signed in.
    pub fn user_id(&self) -> UserId {
        self.hint.user_id()
    }

    /// The times of the sign-in.
    pub fn times(&self) -> SignInTimes {
        SignInTimes {
            auth_time: Timestamp::from_unix(self.auth_time),
            requested_at: Timestamp::from_unix(self.rat),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7519 §4.1.3.
    #[test]
    fn a_hint_is_for_one_client_with_or_without_a_list_around_it() {
        let client = |aud: serde_json::Value| {
            let sub = "00000000-0000-0000-0000-000000000000";
            let claims = json!({"iss": "https://id", "sub": sub, "aud": aud, "type": "id-token"});
            let hint: IdTokenHint = serde_json::from_value(claims).ok()?;
            hint.is_of("https://id").then(|| hint.client_id()).flatten()
        };
        let web: Option<ClientId> = "web".parse().ok();
        assert_eq!(client(json!(["web"])), web);
        assert_eq!(client(json!("web")), web);
        for aud in [json!([]), json!(["web", "other"]), json!(5), json!(null), json!([["web"]])] {
            assert_eq!(client(aud), None);
        }
    }
}
