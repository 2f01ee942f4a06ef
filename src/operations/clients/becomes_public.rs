//! What holds when a client becomes public, and so no longer proves who it is.

use super::{Act, PublicClientFault, Refusal};
use crate::{
    model::{Client, ClientType},
    store::{grants, identity_assertions},
};

/// Whether the change makes the client public.
fn becomes_public(before: &Client, after: &Client) -> bool {
    before.client_type != ClientType::Public && after.client_type == ClientType::Public
}

/// Refuses a client that becomes public, and has what only a client can have that proves who it is.
pub(in crate::operations) fn refuse_what_needs_authentication(
    act: &mut Act<'_, '_>,
    before: &Client,
    after: &Client,
) -> Result<(), Refusal> {
    if !becomes_public(before, after) {
        return Ok(());
    }
    if !after.keys.is_empty() {
        return Err(PublicClientFault::HasKeys.into());
    }
    if !after.token_exchanges.is_empty() {
        return Err(PublicClientFault::ExchangesTokens.into());
    }
    if !identity_assertions::list_of_client(act, &after.id)?.is_empty() {
        return Err(PublicClientFault::GetsAssertions.into());
    }
    Ok(())
}

/// Revokes the grants of a client that becomes public: a refresh token that was of no use without the secret must not
/// become good by itself.
pub(in crate::operations) fn revoke_grants(
    act: &mut Act<'_, '_>,
    before: &Client,
    after: &Client,
) -> Result<(), Refusal> {
    if becomes_public(before, after) {
        let now = act.now();
        grants::revoke_every_of_client(act, &after.id, now)?;
    }
    Ok(())
}
