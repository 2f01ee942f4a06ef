//! An ID token of ours that somebody shows to say whom they mean (OIDC Core §3.1.2.1,
//! RP-Initiated Logout §2).

use serde::Deserialize;

use crate::model::{ClientId, UserId};

/// The claims of an ID token whose signature is ours. It may have expired: it proves nothing, it only
/// says whom the client has in mind.
#[derive(Debug, Clone, Deserialize)]
pub struct IdTokenHint {
    iss: String,
    sub: UserId,
    aud: Vec<String>,
    r#type: String,
}

impl IdTokenHint {
    /// Whether it is an ID token that we issued; our other tokens have the same signer.
    pub fn is_of(&self, issuer: &str) -> bool {
        self.iss == issuer && self.r#type == "id-token" && self.aud.len() == 1
    }

    /// The user it is about.
    pub fn user_id(&self) -> UserId {
        self.sub
    }

    /// The client it was issued to.
    pub fn client_id(&self) -> Option<ClientId> {
        self.aud.first()?.parse().ok()
    }
}
