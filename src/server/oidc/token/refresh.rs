//! `grant_type=refresh_token` (RFC 6749 §6), with rotation (RFC 9700 §4.14.2)

use super::{
    code::client_data,
    issue::{NewTokens, REFRESH_PREFIX, Subject, TokenResponse},
};
use crate::{
    crypto::BearerToken,
    model::{Actor, AuditEvent, Client, EventKind, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode, Params,
        refresh::{check_expiry, check_grant},
    },
    server::http::Authorised,
    store::{Tx, access_tokens, audit_events, grants, groups, refresh_tokens, users},
};

enum Found {
    Good(Subject),
    Replayed(Subject),
}

/// Gives new tokens for a refresh token, and ends the old ones.
pub(super) async fn rotate(req: Authorised<Client, Params>) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let token = BearerToken::parse(REFRESH_PREFIX, req.body.required("refresh_token")?)
        .ok_or_else(|| refuse("the refresh token is malformed"))?;
    let attempt = Attempt { token, client: client.clone(), now };
    let look = attempt.clone();
    let found = app.store().read(move |tx| look.find(tx)).await?;
    let mut event = app.audit_event(EventKind::ReplayDetected, None, Actor::Client, now);
    let subject = match found {
        Found::Good(subject) => subject,
        Found::Replayed(_) => {
            app.store().write(move |tx| attempt.settle(tx, None, &mut event)).await?;
            return Err(refuse("the refresh token was used before; its grant is revoked"));
        }
    };
    let tokens = NewTokens::sign(&app, &client, subject, None, now).await?;
    app.store()
        .write(move |tx| attempt.settle(tx, Some(tokens), &mut event))
        .await?
        .map(NewTokens::into_response)
        .ok_or_else(|| refuse("the refresh token was used before; its grant is revoked"))
}

/// One presentation of a refresh token.
#[derive(Clone)]
struct Attempt {
    token: BearerToken,
    client: Client,
    now: Timestamp,
}

impl Attempt {
    fn find(&self, tx: &mut Tx<'_>) -> Result<Found, OAuthError> {
        let token = refresh_tokens::find(tx, &self.token)?
            .ok_or_else(|| refuse("there is no such refresh token"))?;
        let grant = grants::find(tx, token.grant_id)?.ok_or_else(|| refuse("the grant is gone"))?;
        let user = users::find(tx, grant.user_id)?;
        let groups = groups::list_of_user(tx, grant.user_id)?;
        let subject = Subject { grant, user, groups };
        if token.consumed_at.is_some() && subject.grant.client_id == self.client.id {
            return Ok(Found::Replayed(subject));
        }
        check_grant(&subject.grant, &self.client, subject.user.as_ref())?;
        check_expiry(token.expires_at, self.now)?;
        self.check_group(tx, &subject)?;
        Ok(Found::Good(subject))
    }

    /// Somebody who left the groups of a client gets no more tokens for it (contract §6.12).
    fn check_group(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError> {
        let is_allowed = !self.client.is_group_restricted
            || users::is_in_group_of_client(tx, subject.grant.user_id, &self.client.id)?;
        is_allowed.then_some(()).ok_or_else(|| refuse("the user may not use this client any more"))
    }

    /// Uses the token up and stores its successors. `None` when it was used before: then the grant is
    /// revoked, and that has to be committed.
    fn settle(
        &self,
        tx: &mut Tx<'_>,
        tokens: Option<NewTokens>,
        replay: &mut AuditEvent,
    ) -> Result<Option<NewTokens>, OAuthError> {
        let (subject, tokens) = match (self.find(tx)?, tokens) {
            (Found::Good(subject), Some(tokens)) => (subject, tokens),
            (Found::Good(subject) | Found::Replayed(subject), _) => {
                if grants::revoke(tx, subject.grant.id, self.now)? {
                    replay.user_id = Some(subject.grant.user_id);
                    replay.data = client_data(&self.client, "refresh_token");
                    audit_events::insert(tx, replay)?;
                }
                return Ok(None);
            }
        };
        refresh_tokens::consume(tx, &self.token, self.now)?;
        access_tokens::delete_of_grant(tx, subject.grant.id)?;
        tokens.insert(tx)?;
        Ok(Some(tokens))
    }
}

fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidGrant, detail)
}
