//! Clients, with their secrets, logos, claims and the groups that may use them.

pub(super) mod becomes_public;
mod change;
mod claims;
mod create;
mod delete;
mod description;
mod groups;
mod identity_assertions;
mod logos;
mod names;
mod public_client_fault;
mod secrets;
mod security_profile;
mod security_profile_fault;
mod ssh_client;
mod tls_client_auth_fault;
mod token_exchanges;
mod trusted_issuers;
mod trusted_issuers_fault;
mod update;

pub use change::{ClientChange, WithoutCallback};
pub use claims::{ClaimRuleEdit, ClaimRulesChanged, edit_claims, set_claims};
pub use create::{ClientDraft, NewClient, create};
pub use delete::{delete, require_deletable};
pub use description::{Description, refresh, save_description};
pub use groups::{admitted_until, may_use, set_groups};
pub use identity_assertions::AssertionsDraft;
pub use logos::{delete_logo, set_logo};
pub(super) use names::imitates;
pub use public_client_fault::PublicClientFault;
pub(super) use secrets::draw;
pub use secrets::{
    MAX_SECRETS, NewClientSecret, SecretDraft, StoredSecret, add_stored_secret, create_secret,
    delete_secret, replace_secrets,
};
pub(super) use security_profile::refuse_misfits;
pub use security_profile_fault::SecurityProfileFault;
pub use ssh_client::ssh_client_id;
pub(super) use ssh_client::{refuse_other_settings, ssh_callbacks};
pub use tls_client_auth_fault::TlsClientAuthFault;
pub use trusted_issuers::TrustDraft;
pub use trusted_issuers_fault::TrustedIssuersFault;
pub use update::update;

use super::{Act, Noun, Refusal};
use crate::{
    model::{Client, ClientId, EventKind, view::ClientParts},
    store::{
        StoreError, Tx, clients, groups as group_rows, identity_assertions as assertion_rows,
        images,
    },
};

/// Finds a client, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: &ClientId) -> Result<Client, Refusal> {
    clients::find(tx, id)?.ok_or(Refusal::NotFound(Noun::Client))
}

/// Loads the secrets, groups, logos and assertion rules of a client.
pub fn load(tx: &mut Tx<'_>, client: Client) -> Result<ClientParts, StoreError> {
    Ok(ClientParts {
        secrets: clients::list_secrets(tx, &client.id)?,
        groups: group_rows::list_of_client(tx, &client.id)?,
        logos: images::logos_of_client(tx, &client.id)?,
        identity_assertions: assertion_rows::list_of_client(tx, &client.id)?,
        client,
    })
}

/// Writes an audit entry with the client's id and name.
pub(super) fn audit(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    client: &Client,
    data: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<(), StoreError> {
    let names = [("clientId", client.id.to_string()), ("clientName", client.name.to_string())];
    act.audit(kind, &client.id, names.into_iter().chain(data))
}
