//! The client `pocketid-ssh`, behind `pocketid ssh login`. Its tokens get SSH certificates, so the
//! settings that keep others from its codes and tokens are fixed, at every door.

use super::Refusal;
use crate::model::{Client, ClientId, ClientType, redirect_uri::RedirectUriPattern};
use crate::operations::ssh::SshRefusal;

/// Where it listens for the code. The port is any that is free (RFC 8252 §7.3).
const CALLBACKS: [&str; 2] = ["http://127.0.0.1/callback", "http://[::1]/callback"];

/// The id of the client behind `pocketid ssh login`.
pub fn ssh_client_id() -> ClientId {
    Client::SSH.parse().expect("a client id")
}

/// Its callback URLs.
pub(in crate::operations) fn ssh_callbacks() -> Vec<RedirectUriPattern> {
    CALLBACKS.map(|url| url.parse().expect("a callback URL")).to_vec()
}

/// Refuses other settings of this client: a public one, which proves nothing by itself, since any program
/// on the machine of a user can pass for it (RFC 8252 §8.6). So each sign-in asks for the passkey, and
/// the code goes to this machine.
pub(in crate::operations) fn refuse_other_settings(client: &Client) -> Result<(), Refusal> {
    let is_fixed = client.id.as_str() != Client::SSH
        || (client.client_type == ClientType::Public
            && client.redirect_uris == ssh_callbacks()
            && client.requires_pkce
            && client.requires_reauthentication
            && !client.skips_consent);
    if is_fixed { Ok(()) } else { Err(SshRefusal::ClientIsFixed.into()) }
}
