//! `grant_type=authorization_code` (RFC 6749 §4.1.3)
//!
//! The tokens are signed between a read and the write that counts. The write looks at everything
//! again, so that a code used twice at the same moment is used once.

use std::collections::BTreeMap;

use super::issue::{NewTokens, Subject, TokenResponse};
use crate::{
    crypto::BearerToken,
    model::{Actor, AuditEvent, Client, EventKind, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode, Params,
        code_exchange::{Issued, Presented, check},
        refresh::check_grant,
    },
    server::{http::Authorised, oidc::authorize::CODE_PREFIX},
    store::{
        Tx, audit_events,
        authorization_codes::{self, AuthorizationCode},
        clients, grants, groups, users,
    },
};

/// What a look at the code tells.
enum Found {
    Good(AuthorizationCode, Subject),
    Replayed(Subject),
}

/// Gives tokens for a code, once.
pub(super) async fn redeem(req: Authorised<Client, Params>) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let code = BearerToken::parse(CODE_PREFIX, req.body.required("code")?)
        .ok_or_else(|| refuse("the code is malformed"))?;
    let attempt = Attempt { code, client: client.clone(), params: req.body, now };
    let look = attempt.clone();
    let found = app.store().read(move |tx| look.find(tx)).await?;
    let mut event = app.audit_event(EventKind::ReplayDetected, None, Actor::Client, now);
    let (nonce, subject) = match found {
        Found::Good(code, subject) => (code.nonce, subject),
        Found::Replayed(_) => {
            app.store().write(move |tx| attempt.settle(tx, None, &mut event)).await?;
            return Err(refuse("the code was used before; its tokens are revoked"));
        }
    };
    let tokens = NewTokens::sign(&app, &client, subject, nonce, now).await?;
    app.store()
        .write(move |tx| attempt.settle(tx, Some(tokens), &mut event))
        .await?
        .map(NewTokens::into_response)
        .ok_or_else(|| refuse("the code was used before; its tokens are revoked"))
}

/// One presentation of a code.
#[derive(Clone)]
struct Attempt {
    code: BearerToken,
    client: Client,
    params: Params,
    now: Timestamp,
}

impl Attempt {
    fn find(&self, tx: &mut Tx<'_>) -> Result<Found, OAuthError> {
        let code = authorization_codes::find(tx, &self.code)?
            .ok_or_else(|| refuse("there is no such code"))?;
        let grant = grants::find(tx, code.grant_id)?.ok_or_else(|| refuse("the grant is gone"))?;
        let user = users::find(tx, grant.user_id)?;
        let groups = groups::list_of_user(tx, grant.user_id)?;
        let subject = Subject { grant, user, groups };
        // A stranger with somebody's old code must not be able to revoke their tokens.
        if code.consumed_at.is_some() && subject.grant.client_id == self.client.id {
            return Ok(Found::Replayed(subject));
        }
        let issued = Issued {
            client_id: &subject.grant.client_id,
            redirect_uri: &code.redirect_uri,
            code_challenge: code.code_challenge.as_ref(),
            expires_at: code.expires_at,
        };
        let presented = Presented {
            client_id: &self.client.id,
            redirect_uri: self.params.value("redirect_uri"),
            code_verifier: self.params.value("code_verifier"),
        };
        check(issued, presented, self.now)?;
        check_grant(&subject.grant, &self.client, subject.user.as_ref())?;
        Ok(Found::Good(code, subject))
    }

    /// Uses the code up and stores what it bought. `None` when it was used before: then all that it
    /// bought is revoked (RFC 6749 §4.1.2), and that has to be committed.
    fn settle(
        &self,
        tx: &mut Tx<'_>,
        tokens: Option<NewTokens>,
        replay: &mut AuditEvent,
    ) -> Result<Option<NewTokens>, OAuthError> {
        let (code, tokens) = match (self.find(tx)?, tokens) {
            (Found::Good(code, _), Some(tokens)) => (code, tokens),
            (Found::Good(_, subject) | Found::Replayed(subject), _) => {
                if grants::revoke(tx, subject.grant.id, self.now)? {
                    replay.user_id = Some(subject.grant.user_id);
                    replay.data = client_data(&self.client, "authorization_code");
                    audit_events::insert(tx, replay)?;
                }
                return Ok(None);
            }
        };
        authorization_codes::consume(tx, &self.code, self.now)?;
        tokens.insert(tx)?;
        self.adopt_redirect_uri(tx, &code)?;
        Ok(Some(tokens))
    }

    /// A client that was registered without a callback URL takes the one of its first sign-in. Only
    /// now, when the client itself has proven that it is there.
    fn adopt_redirect_uri(
        &self,
        tx: &mut Tx<'_>,
        code: &AuthorizationCode,
    ) -> Result<(), OAuthError> {
        if !self.client.redirect_uris.is_empty() {
            return Ok(());
        }
        let current = clients::find(tx, &self.client.id)?;
        if current.is_some_and(|client| client.redirect_uris.is_empty())
            && let Ok(pattern) = code.redirect_uri.parse()
        {
            clients::adopt_redirect_uri(tx, &self.client.id, pattern)?;
        }
        Ok(())
    }
}

/// What the audit log says of a replay.
pub(super) fn client_data(client: &Client, kind: &'static str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("clientName", client.name.to_string()), ("token", kind.to_owned())])
}

fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidGrant, detail)
}
