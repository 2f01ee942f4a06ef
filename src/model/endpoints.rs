//! Where the endpoints are that people paste into their applications.

use serde::Serialize;

/// The addresses, under their names in provider metadata (OIDC Discovery §3).
#[derive(Debug, Clone, Serialize)]
pub struct Endpoints {
    /// The identifier of the provider.
    pub issuer: String,
    /// Where people sign in.
    pub authorization_endpoint: String,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// Where the claims are.
    pub userinfo_endpoint: String,
    /// Where a client sends its user to sign out.
    pub end_session_endpoint: String,
    /// Where a client asks whether a token is good.
    pub introspection_endpoint: String,
    /// Where a client gives tokens back.
    pub revocation_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
}

impl Endpoints {
    /// Browsers go to `issuer`; applications call `internal`, which may be another address of the
    /// same server.
    pub fn new(issuer: &str, internal: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: format!("{issuer}/authorize"),
            token_endpoint: format!("{internal}/api/oidc/token"),
            userinfo_endpoint: format!("{internal}/api/oidc/userinfo"),
            end_session_endpoint: format!("{issuer}/api/oidc/end-session"),
            introspection_endpoint: format!("{internal}/api/oidc/introspect"),
            revocation_endpoint: format!("{internal}/api/oidc/revoke"),
            jwks_uri: format!("{internal}/.well-known/jwks.json"),
        }
    }

    /// The address of the discovery document.
    pub fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer)
    }
}
