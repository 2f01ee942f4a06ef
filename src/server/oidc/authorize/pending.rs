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
    ///
    /// Each transaction takes the rows of a pushed request in the same order, the pushed request first. With another
    /// order, those that answer it at once would wait for each other, and PostgreSQL resolves one such deadlock a
    /// second.
    pub(super) fn close(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let Some(pushed) = self.pushed else {
            let Some(token) = &self.interaction else { return Ok(true) };
            return interactions::consume(tx, token, now);
        };
        let was_there = pushed_authorization_requests::consume(tx, pushed)?;
        let consumed = interactions::consume_of_pushed_request(tx, pushed, now)?;
        // An interaction that began before the pushed request expired may take an hour.
        Ok(self.interaction.as_ref().map_or(was_there, |token| consumed.contains(&token.id())))
    }
}
