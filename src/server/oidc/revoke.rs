//! `POST /api/oidc/revoke` (RFC 7009)

use std::collections::BTreeMap;

use super::presented_token::{LiveToken, PresentedToken};
use crate::{
    model::{Actor, AuditEvent, ClientId, EventKind, Timestamp},
    oidc::{OAuthError, OAuthErrorCode},
    server::{
        App,
        http::{Request, Response},
    },
    store::{
        StoreError, Tx, access_tokens, audit_events, client_access_tokens, exchanged_tokens, grants,
    },
};

/// Revokes a token: a refresh token with its whole grant, an access token alone (RFC 7009 §2.1).
pub(in crate::server) async fn revoke(req: Request) -> Result<Response, OAuthError> {
    let req = req.form().await?;
    let req = req.authenticate_client().await?;
    let (client, now) = (req.who, req.head.now);
    let text = req.body.required("token")?;
    // RFC 7009 §2.2: an invalid token counts as revoked. The hint is not needed.
    if let Some(token) = find_live(&req.app, text, now).await? {
        let mut event = req.app.audit_event(EventKind::GrantRevoked, None, Actor::Client, now);
        event.data = BTreeMap::from([("clientName", client.name.to_string())]);
        let revocation = Revocation { token, client_id: client.id.clone(), event, now };
        req.app.store().write(move |tx| revocation.run(tx)).await?;
    }
    Ok(Response::empty(hyper::StatusCode::OK).no_store().log_client(client.id.as_str()))
}

/// Finds a valid token. Anyone can make up text that looks like a token, so only a valid one leads
/// to a write.
async fn find_live(
    app: &App,
    text: &str,
    now: Timestamp,
) -> Result<Option<PresentedToken>, StoreError> {
    let Some(token) = PresentedToken::parse(text) else { return Ok(None) };
    let look = token.clone();
    let live = app.store().read(move |tx| look.find_live(tx, now)).await?;
    Ok(live.map(|_| token))
}

#[derive(Debug, Clone)]
struct Revocation {
    token: PresentedToken,
    client_id: ClientId,
    event: AuditEvent,
    now: Timestamp,
}

impl Revocation {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), OAuthError> {
        let Some(live) = self.token.find_live(tx, self.now)? else { return Ok(()) };
        if *live.client_id() != self.client_id {
            // RFC 7009 §2.1: the revocation is refused, and the client is told.
            let detail = "the token was issued to another client";
            return Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail));
        }
        match (&self.token, live) {
            (PresentedToken::Access { grant_id, .. }, LiveToken::OfClient(_)) => {
                Ok(client_access_tokens::delete(tx, *grant_id)?)
            }
            (PresentedToken::Access { grant_id, .. }, LiveToken::Exchanged { .. }) => {
                Ok(exchanged_tokens::delete(tx, *grant_id)?)
            }
            (PresentedToken::Access { grant_id, digest, .. }, _) => {
                Ok(access_tokens::delete(tx, *grant_id, *digest)?)
            }
            (PresentedToken::Refresh(_), LiveToken::Exchanged { .. } | LiveToken::OfClient(_)) => {
                Ok(())
            }
            (PresentedToken::Refresh(_), LiveToken::OfUser { subject, .. }) => {
                let grant = &subject.grant;
                grants::revoke(tx, grant.id, self.now)?;
                let user_id = Some(grant.user_id);
                Ok(audit_events::insert(tx, &AuditEvent { user_id, ..self.event.clone() })?)
            }
        }
    }
}
