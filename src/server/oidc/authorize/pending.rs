//! A request between its reading and its answer.

use uuid::Uuid;

use crate::{
    crypto::BearerToken,
    model::{Client, Interaction, Timestamp},
    oidc::AuthorizationRequest,
    store::{StoreError, Tx, interactions, pushed_authorization_requests},
};

/// A request on its way to an answer.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) client: Client,
    pub(super) request: AuthorizationRequest,
    pub(super) interaction: Interaction,
    /// The interaction's id, when it is stored already.
    pub(super) token: Option<BearerToken>,
}

impl Pending {
    /// What has to be ended by the answer.
    pub(super) fn open(&self) -> Open {
        Open { interaction: self.token.clone(), pushed: self.interaction.pushed_request }
    }
}

/// What is open as long as a request has no answer.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) interaction: Option<BearerToken>,
    /// The pushed request that it came from. A reload, the back button and a link preview open it as
    /// often as they like (RFC 9126 §4); it is answered once.
    pub(super) pushed: Option<Uuid>,
}

impl Open {
    /// Ends all of it. `false` when the request was answered before.
    pub(super) fn close(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        if let Some(token) = &self.interaction
            && !interactions::consume(tx, token, now)?
        {
            return Ok(false);
        }
        let Some(pushed) = self.pushed else { return Ok(true) };
        let was_there = pushed_authorization_requests::consume(tx, pushed)?;
        interactions::consume_of_pushed_request(tx, pushed, now)?;
        // Whoever began an interaction in time has an hour for it.
        Ok(was_there || self.interaction.is_some())
    }
}
