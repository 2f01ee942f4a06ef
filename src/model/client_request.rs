//! Clients that wait for an administrator.

use super::{ClientId, ClientName, Timestamp, Username};

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
    /// When.
    pub requested_at: Timestamp,
}
