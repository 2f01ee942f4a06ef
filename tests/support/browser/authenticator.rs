//! A virtual authenticator: the passkeys of a user who touches the sensor when asked.

use serde_json::{Value, json};

use super::page::Page;
use super::pipe::Session;

/// A built-in authenticator of one page, with user verification and discoverable credentials.
pub(crate) struct Authenticator {
    session: Session,
    id: Value,
}

impl Page {
    /// Gives the page an authenticator, which outlives navigation.
    #[track_caller]
    pub(crate) fn add_authenticator(&self) -> Authenticator {
        self.session.call("WebAuthn.enable", &json!({ "enableUI": false }));
        let options = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "automaticPresenceSimulation": true,
        });
        let mut answer =
            self.session.call("WebAuthn.addVirtualAuthenticator", &json!({ "options": options }));
        Authenticator { session: self.session.clone(), id: answer["authenticatorId"].take() }
    }
}

impl Authenticator {
    /// Returns its credentials with their private keys, as [`Self::add_credential`] takes them.
    #[track_caller]
    pub(crate) fn credentials(&self) -> Vec<Value> {
        let params = json!({ "authenticatorId": self.id });
        let mut answer = self.session.call("WebAuthn.getCredentials", &params);
        serde_json::from_value(answer["credentials"].take()).unwrap_or_default()
    }

    /// Puts in a credential, such as one of another authenticator: a synced passkey.
    #[track_caller]
    pub(crate) fn add_credential(&self, credential: &Value) {
        let params = json!({ "authenticatorId": self.id, "credential": credential });
        self.session.call("WebAuthn.addCredential", &params);
    }

    /// Makes it forget all its credentials, as if it were another one.
    #[track_caller]
    pub(crate) fn forget_credentials(&self) {
        self.session.call("WebAuthn.clearCredentials", &json!({ "authenticatorId": self.id }));
    }

    /// Says whether it recognises its user from now on.
    #[track_caller]
    pub(crate) fn set_user_verified(&self, is_verified: bool) {
        let params = json!({ "authenticatorId": self.id, "isUserVerified": is_verified });
        self.session.call("WebAuthn.setUserVerified", &params);
    }

    /// Says whether its user touches it from now on, as soon as a page asks.
    ///
    /// A page that offers passkeys in a text field (conditional mediation) asks as soon as it has loaded:
    /// to click its button instead, the user must not be present until then.
    #[track_caller]
    pub(crate) fn set_present(&self, is_present: bool) {
        let params = json!({ "authenticatorId": self.id, "enabled": is_present });
        self.session.call("WebAuthn.setAutomaticPresenceSimulation", &params);
    }

    /// Takes it away, with its credentials.
    #[track_caller]
    pub(crate) fn remove(self) {
        let params = json!({ "authenticatorId": self.id });
        self.session.call("WebAuthn.removeVirtualAuthenticator", &params);
    }
}
