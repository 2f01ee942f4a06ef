//! Endpoint addresses that people copy into their applications.

use serde::Serialize;

/// The addresses, named as in provider metadata (OIDC Discovery §3).
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Endpoints {
    /// The issuer identifier.
    pub issuer: String,
    /// Page where users sign in.
    pub authorization_endpoint: String,
    /// Exchanges codes and refresh tokens for tokens.
    pub token_endpoint: String,
    /// Returns the claims about the user.
    pub userinfo_endpoint: String,
    /// Page to which a client sends its user for signing out.
    pub end_session_endpoint: String,
    /// Tells a client whether a token is valid.
    pub introspection_endpoint: String,
    /// Revokes a token.
    pub revocation_endpoint: String,
    /// The public signing keys.
    pub jwks_uri: String,
}

impl Endpoints {
    /// Builds the addresses: `issuer` for browsers, `internal` for direct calls by applications.
    /// Both may be addresses of the same server.
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
