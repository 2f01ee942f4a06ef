//! `grant_type=refresh_token` (RFC 6749 §6), with rotation (RFC 9700 §4.14.2)

use super::{
    exchange::{Found, Presented, check_access, exchange, refuse},
    issue::{REFRESH_PREFIX, TokenResponse, find_subject},
};
use crate::{
    crypto::BearerToken,
    model::{Client, Timestamp},
    oidc::{
        OAuthError, Params,
        refresh::{check_expiry, check_grant, check_scope},
    },
    server::http::Authorised,
    store::{Tx, access_tokens, grants::Subject, refresh_tokens},
};

/// Gives new tokens for a refresh token, and ends the old ones.
pub(super) async fn rotate(req: Authorised<Client, Params>) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let token = BearerToken::parse(REFRESH_PREFIX, req.body.required("refresh_token")?)
        .ok_or_else(|| refuse("the refresh token is malformed"))?;
    let scope = req.body.value("scope").map(str::to_owned);
    exchange(&app, &client, Refresh { token, scope, client: client.clone(), now }, now).await
}

/// A refresh token as a client presents it.
#[derive(Clone)]
struct Refresh {
    token: BearerToken,
    scope: Option<String>,
    client: Client,
    now: Timestamp,
}

impl Presented for Refresh {
    const KIND: &'static str = "refresh_token";

    fn find(&self, tx: &mut Tx<'_>) -> Result<Found, OAuthError> {
        let token = refresh_tokens::find(tx, &self.token)?
            .ok_or_else(|| refuse("there is no such refresh token"))?;
        let subject = find_subject(tx, token.grant_id)?;
        if token.consumed_at.is_some() && subject.grant.client_id == self.client.id {
            return Ok(Found::Replayed(subject));
        }
        check_grant(&subject.grant, &self.client, &subject.user)?;
        check_expiry(token.expires_at, self.now)?;
        check_access(tx, &self.client, &subject)?;
        check_scope(&subject.grant, &self.client, self.scope.as_deref())?;
        Ok(Found::Good(subject, None))
    }

    fn consume(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError> {
        refresh_tokens::consume(tx, &self.token, self.now)?;
        access_tokens::delete_of_grant(tx, subject.grant.id)?;
        refresh_tokens::delete_expired_of_grant(tx, subject.grant.id, self.now)?;
        Ok(())
    }
}
