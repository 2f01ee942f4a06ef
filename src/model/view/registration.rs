//! Initial access tokens, and clients that wait for an administrator, in the REST API.

use serde::Serialize;

use crate::model::{
    ClientId, ClientName, ClientRequest, RegistrationToken, RegistrationTokenId,
    RegistrationTokenName, Timestamp, Username,
};

/// An initial access token, without the token itself.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistrationTokenView {
    id: RegistrationTokenId,
    name: RegistrationTokenName,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl RegistrationTokenView {
    /// The token as shown in the REST API.
    pub fn of(token: &RegistrationToken) -> Self {
        Self {
            id: token.id,
            name: token.name.clone(),
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            created_at: token.created_at,
        }
    }
}

/// A client that waits for an administrator.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientRequestView {
    client_id: ClientId,
    /// `dynamic` for one that registered itself, `cimd` for the address of a metadata document.
    client_type: &'static str,
    /// The name that it gave itself.
    name: Option<ClientName>,
    #[serde(rename = "callbackURLs")]
    redirect_uris: Vec<String>,
    /// The address that it was registered from.
    ip_address: Option<String>,
    /// The first user who signed in with it.
    username: Option<Username>,
    requested_at: Timestamp,
    /// What an approval of a client that registered itself has to name.
    revision: Option<String>,
}

impl ClientRequestView {
    /// The client as shown in the REST API.
    pub fn of(request: &ClientRequest) -> Self {
        Self {
            client_id: request.id.clone(),
            client_type: if request.id.is_url() { "cimd" } else { "dynamic" },
            name: request.name.clone(),
            redirect_uris: request.redirect_uris.clone(),
            ip_address: request.ip_address.clone(),
            username: request.username.clone(),
            requested_at: request.requested_at,
            revision: request.revision.clone(),
        }
    }
}
