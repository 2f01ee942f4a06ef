//! An authorization request that is not answered yet.

use uuid::Uuid;

use crate::{
    crypto::BearerToken,
    model::{Client, Interaction, Timestamp},
    oidc::AuthorizationRequest,
    store::{StoreError, Tx, interactions, pushed_authorization_requests},
};

/// A valid request that is not answered yet.
#[derive(Debug)]
pub(super) struct PendingRequest {
    pub(super) client: Client,
    pub(super) request: AuthorizationRequest,
    pub(super) interaction: Interaction,
    /// The token of the interaction, if it is stored already.
    pub(super) token: Option<BearerToken>,
}

impl PendingRequest {
    /// The rows that the answer must end.
    pub(super) fn open(&self) -> Open {
        Open { interaction: self.token.clone(), pushed: self.interaction.pushed_request }
    }
}

/// The rows that are open until a request is answered.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) interaction: Option<BearerToken>,
    /// The pushed request with the parameters. A reload, the back button and a link preview may
    /// open it any number of times (RFC 9126 §4). It is answered once.
    pub(super) pushed: Option<Uuid>,
}

impl Open {
    /// Ends all of them. Returns `false` if the request was answered before.
    pub(super) fn close(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        if let Some(token) = &self.interaction
            && !interactions::consume(tx, token, now)?
        {
            return Ok(false);
        }
        let Some(pushed) = self.pushed else { return Ok(true) };
        let was_there = pushed_authorization_requests::consume(tx, pushed)?;
        interactions::consume_of_pushed_request(tx, pushed, now)?;
        // An interaction that began before the pushed request expired may take an hour.
        Ok(was_there || self.interaction.is_some())
    }
}
