//! A request between its reading and its answer.

use crate::{
    crypto::BearerToken,
    model::{Client, Interaction},
    oidc::AuthorizationRequest,
    store::{StoreError, Tx, pushed_authorization_requests},
};

/// A request on its way to an answer.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) client: Client,
    pub(super) request: AuthorizationRequest,
    pub(super) interaction: Interaction,
    /// The interaction's id, when it is stored already.
    pub(super) token: Option<BearerToken>,
    /// The pushed request that it is taken from, which is good once.
    pub(super) pushed: Option<BearerToken>,
}

/// Uses up the pushed request that a request came from. `false` when another one did.
pub(super) fn take_pushed(
    tx: &mut Tx<'_>,
    pushed: Option<&BearerToken>,
) -> Result<bool, StoreError> {
    pushed.map_or(Ok(true), |pushed| pushed_authorization_requests::consume(tx, pushed))
}
