//! The authorisation stage for browsers and programs: a session, or else an API key.
//!
//! A browser adds its session cookie to requests that other sites make, but never adds an API key.
//! So a request with an API key and no session needs no proof of its origin.

use std::sync::Arc;

use super::{
    ApiError, Authorised, Head, Request,
    api_key_header::{HEADER, has_key},
    cookies::CookieKind,
    request::{USE_GRANULARITY, find_session, find_signed_in, record_later},
};
use crate::{
    crypto::Digest,
    model::{ApiKeyId, Session, Timestamp, User},
    server::{App, static_api_key},
    settings::MAX_API_KEY,
    store::{StoreError, api_keys},
};

/// An authenticated user of the API, in a browser or through a program.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub user: User,
    /// The credential of the request.
    pub by: ApiCredential,
}

/// A credential for the API.
#[derive(Debug, Clone)]
pub enum ApiCredential {
    /// A user's API key, sent by a program.
    Key(ApiKeyId),
    /// The API key from the environment.
    StaticKey,
    /// A browser session.
    Session(Session),
}

impl<B> Request<B> {
    /// Requires a signed-in user or a valid API key.
    pub async fn require_account(self) -> Result<Authorised<Account, B>, ApiError> {
        let app = self.app_for_authorising();
        let account = match find_signed_in(app, &self.head).await? {
            Some(who) => Account { user: who.user, by: ApiCredential::Session(who.session) },
            None => {
                let owner = find_owner(app, &self.head).await?;
                owner.ok_or_else(ApiError::not_signed_in)?
            }
        };
        if account.user.disabled {
            Err(ApiError::user_disabled())
        } else {
            self.count_for(account.user.id)?;
            Ok(self.authorised(account))
        }
    }

    /// Requires a signed-in user, on whichever device, or a valid API key: for ending the session.
    pub(in crate::server) async fn require_account_on_any_device(
        self,
    ) -> Result<Authorised<Account, B>, ApiError> {
        match find_session(self.app_for_authorising(), &self.head).await? {
            Some(who) if !who.user.disabled => {
                let by = ApiCredential::Session(who.session);
                Ok(self.authorised(Account { user: who.user, by }))
            }
            _ => self.require_account().await,
        }
    }

    /// Requires an administrator, in a browser or through a program.
    pub async fn require_admin(self) -> Result<Authorised<Account, B>, ApiError> {
        let req = self.require_account().await?;
        if req.who.user.is_admin { Ok(req) } else { Err(ApiError::forbidden()) }
    }
}

/// Returns whether the request is authorised by its API key alone. Other sites cannot make a
/// browser send one.
pub(in crate::server) fn stands_on_key(app: &App, head: &Head) -> bool {
    has_key(head) && app.cookies().read(&head.headers, CookieKind::Session).is_none()
}

/// Finds the enabled user of the key that a request brings; none for the key from the environment.
pub(in crate::server) async fn find_key_owner(
    app: &Arc<App>,
    head: &Head,
) -> Result<Option<User>, StoreError> {
    let owner = find_owner(app, head).await?;
    let is_own = |account: &Account| matches!(account.by, ApiCredential::Key(_));
    Ok(owner.filter(is_own).map(|account| account.user).filter(|user| !user.disabled))
}

async fn find_owner(app: &Arc<App>, head: &Head) -> Result<Option<Account>, StoreError> {
    let key = head.header(HEADER).filter(|key| !key.is_empty() && key.len() <= MAX_API_KEY);
    let Some(digest) = key.map(Digest::of) else { return Ok(None) };
    let now = head.now;
    if let Some(user) = static_api_key::find_account(app, digest, now).await? {
        return Ok(Some(Account { user, by: ApiCredential::StaticKey }));
    }
    let owner = app.store().read(move |tx| api_keys::find_owner(tx, digest, now)).await?;
    if let Some(owner) = &owner
        && !owner.user.disabled
    {
        note_use(app, owner, now);
    }
    Ok(owner.map(|owner| Account { user: owner.user, by: ApiCredential::Key(owner.id) }))
}

/// Records the use of an API key, without delaying the request.
fn note_use(app: &Arc<App>, owner: &api_keys::Owner, now: Timestamp) {
    if owner.last_used_at.is_some_and(|last| now.seconds_since(last) < USE_GRANULARITY) {
        return;
    }
    let id = owner.id;
    record_later(app, "an API key", move |tx| api_keys::record_use(tx, id, now));
}
