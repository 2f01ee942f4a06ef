//! The authorisation stage of SCIM: a bearer token (RFC 7644 §2).

use std::sync::Arc;

use crate::{
    model::{Actor, ScimActor, ScimToken, Timestamp, UserId},
    server::{
        App,
        http::{Authorised, Head, Request, ScimError, acting::Acting, request::record_later},
        limiter::{BucketKey, Policy},
        turns::{QueuePlace, Turns, Whom},
    },
    store::{StoreError, Tx, scim_tokens},
};

/// The minimum time between two recorded uses of a token, in seconds.
const USE_GRANULARITY: i64 = 3_600;

/// A program with a SCIM token.
#[derive(Debug, Clone)]
pub(super) struct ScimCaller {
    pub(super) token: ScimToken,
}

impl Acting for ScimCaller {
    fn user_id(&self) -> Option<UserId> {
        None
    }

    fn actor(&self, head: &Head, app: &App) -> Actor {
        Actor::Scim(ScimActor {
            id: self.token.id,
            name: self.token.name.clone(),
            ip_address: head.client_ip.to_string(),
            user_agent: head.user_agent(),
            location: app.locate(head.client_ip),
        })
    }

    fn whom(&self) -> Option<Whom> {
        Some(Whom::Scim(self.token.id))
    }

    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let token = scim_tokens::find(tx, self.token.id)?;
        Ok(token.is_some_and(|token| token.is_live(now)))
    }
}

impl<B> Request<B> {
    /// Requires a SCIM token.
    pub(super) async fn require_scim(self) -> Result<Authorised<ScimCaller, B>, ScimError> {
        let token = find_token(self.app_for_authorising(), &self.head).await?;
        let token = token.ok_or_else(ScimError::unauthorized)?;
        Ok(self.authorised(ScimCaller { token }))
    }

    /// Requires a SCIM token, and counts a change.
    pub(super) async fn require_scim_change(self) -> Result<Authorised<ScimCaller, B>, ScimError> {
        let req = self.require_scim().await?;
        let key = BucketKey::ScimToken(req.who.token.id);
        let counted = req.app.limiter().check_key(Policy::ScimChange, key);
        counted.map_err(ScimError::rate_limited)?;
        Ok(req)
    }
}

/// Takes a place in a queue for a program.
pub(super) fn line_up<B>(
    req: &Authorised<ScimCaller, B>,
    queue: &Arc<Turns>,
) -> Result<QueuePlace, ScimError> {
    req.line_up(queue).map_err(|_| ScimError::rate_limited(1))
}

async fn find_token(app: &Arc<App>, head: &Head) -> Result<Option<ScimToken>, StoreError> {
    let Some(presented) = head.bearer().and_then(ScimToken::parse) else { return Ok(None) };
    let now = head.now;
    let found =
        app.store().read(move |tx| scim_tokens::find_presented(tx, &presented, now)).await?;
    if let Some(token) = &found {
        note_use(app, token, now);
    }
    Ok(found)
}

/// Records the use of a token, without delaying the request.
fn note_use(app: &Arc<App>, token: &ScimToken, now: Timestamp) {
    if token.last_used_at.is_some_and(|last| now.seconds_since(last) < USE_GRANULARITY) {
        return;
    }
    let id = token.id;
    record_later(app, "a SCIM token", move |tx| scim_tokens::record_use(tx, id, now));
}
