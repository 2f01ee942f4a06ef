//! The metadata with which a client registered itself (RFC 7591 §2).

use super::{
    ApplicationType, AuthMethod, Client, ClientName, ClientType, GrantType,
    redirect_uri::RedirectUriPattern,
};
use crate::crypto::{Algorithm, JwkSet};

/// The metadata with which a client registered itself, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredMetadata {
    /// The name that people are shown.
    pub name: ClientName,
    /// Where answers may be sent.
    pub redirect_uris: Vec<RedirectUriPattern>,
    /// Where people may be sent after a logout.
    pub post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// How it authenticates.
    pub auth_method: AuthMethod,
    /// Its grant types.
    pub grant_types: Vec<GrantType>,
    /// The kind of application.
    pub application_type: ApplicationType,
    /// The scope that it asked for, without those that it cannot have.
    pub scope: Option<String>,
    /// Its keys.
    pub jwks: Option<JwkSet>,
    /// The algorithm of its ID tokens.
    pub id_token_signed_response_alg: Algorithm,
    /// Whether it must push its requests.
    pub requires_pushed_authorization_requests: bool,
    /// Whether it gets only tokens that are bound to a key of its own (RFC 9449 §5.2).
    pub requires_dpop: bool,
    /// Whether it gets only tokens that are bound to its TLS certificate (RFC 8705 §3.4).
    pub requires_mtls: bool,
}

impl RegisteredMetadata {
    /// Whether the client is public.
    pub fn client_type(&self) -> ClientType {
        match self.auth_method {
            AuthMethod::None => ClientType::Public,
            _ => ClientType::Confidential,
        }
    }

    /// Describes a client by it. Everything else stays as it is: it belongs to administrators.
    pub fn apply(&self, client: &mut Client) {
        client.name = self.name.clone();
        client.client_type = self.client_type();
        client.redirect_uris.clone_from(&self.redirect_uris);
        client.post_logout_redirect_uris.clone_from(&self.post_logout_redirect_uris);
        client.grant_types = Some(self.grant_types.clone());
        client.keys.jwks.clone_from(&self.jwks);
        client.id_token_signed_response_alg = self.id_token_signed_response_alg;
        client.requires_pushed_authorization_requests = self.requires_pushed_authorization_requests;
        client.requires_dpop = self.requires_dpop;
        client.requires_mtls = self.requires_mtls;
        client.requires_pkce = true;
        client.skips_consent = false;
    }
}
