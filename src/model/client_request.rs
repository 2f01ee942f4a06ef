//! Clients that wait for an administrator.

use serde_json::json;

use super::{
    Client, ClientId, ClientName, ClientType, Timestamp, Username, redirect_uri::RedirectUriPattern,
};
use crate::crypto::Digest;

/// A client that waits for an administrator.
#[derive(Debug, Clone)]
pub struct ClientRequest {
    /// Its id: one of ours, or the address of its metadata document, which was not fetched.
    pub id: ClientId,
    /// The name that it gave itself.
    pub name: Option<ClientName>,
    /// Its redirect URIs.
    pub redirect_uris: Vec<String>,
    /// The address that it was registered from.
    pub ip_address: Option<String>,
    /// The first user who signed in with it.
    pub username: Option<Username>,
    /// When it was registered, or changed last while it waited.
    pub requested_at: Timestamp,
    /// The revision that an approval names, so that it approves only the description that was shown. The
    /// address of a metadata document stays the same, and has none.
    pub revision: Option<String>,
}

impl ClientRequest {
    /// The revision of a client that describes itself: another one for each other description.
    pub fn revision_of(client: &Client) -> String {
        let texts = |uris: &[RedirectUriPattern]| {
            uris.iter().map(|uri| uri.as_str().to_owned()).collect::<Vec<_>>()
        };
        let grant_types = client.grant_types.iter().flatten().map(|one| one.as_str());
        let described = json!([
            client.id.as_str(),
            client.name.as_str(),
            client.client_type == ClientType::Public,
            texts(&client.redirect_uris),
            texts(&client.post_logout_redirect_uris),
            grant_types.collect::<Vec<_>>(),
            client.keys.jwks,
        ]);
        // Half of the digest is more than a client can try out.
        Digest::of(described.to_string()).hex()[..32].to_owned()
    }
}
