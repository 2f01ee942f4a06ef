//! The stage for programs as well as for browsers: a session, or else a key of the REST API.
//!
//! A browser adds a session to whatever request another site makes; it adds a key to none. So a request
//! that has no session but a key needs no proof of where it comes from.

use std::sync::Arc;

use super::{
    ApiError, Authorised, Head, Request,
    cookies::CookieKind,
    request::{USE_GRANULARITY, find_signed_in},
};
use crate::{
    crypto::Digest,
    model::{ApiKeyId, Session, Timestamp, User},
    server::{App, static_api_key},
    settings::MAX_API_KEY,
    store::{StoreError, api_keys},
};

/// The header of the key (Pocket ID 2.14).
const HEADER: &str = "x-api-key";

/// Somebody who may use the API, in person or through a program of theirs.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub user: User,
    /// What the request stands on.
    pub by: By,
}

/// What somebody shows for being allowed to use the API.
#[derive(Debug, Clone)]
pub enum By {
    /// A key of theirs, which a program presents.
    Key(ApiKeyId),
    /// The key that the environment has.
    StaticKey,
    /// The session of a browser.
    Session(Session),
}

impl<B> Request<B> {
    /// Lets somebody through who is signed in, and whoever presents a key of theirs.
    pub async fn require_account(self) -> Result<Authorised<Account, B>, ApiError> {
        let app = self.app_for_authorising();
        let account = match find_signed_in(app, &self.head).await? {
            Some(who) => Account { user: who.user, by: By::Session(who.session) },
            None => {
                let owner = find_owner(app, &self.head).await?;
                owner.ok_or_else(ApiError::not_signed_in)?
            }
        };
        match account.user.disabled {
            true => Err(ApiError::user_disabled()),
            false => {
                self.count_for(account.user.id)?;
                Ok(self.authorised(account))
            }
        }
    }

    /// Lets an administrator through, in person or through a program of theirs.
    pub async fn require_admin(self) -> Result<Authorised<Account, B>, ApiError> {
        let req = self.require_account().await?;
        match req.who.user.is_admin {
            true => Ok(req),
            false => Err(ApiError::forbidden()),
        }
    }
}

/// Whether a key came along.
pub(super) fn has_key(head: &Head) -> bool {
    head.headers.contains_key(HEADER)
}

/// Whether it is the key that the request stands on: no browser can be tricked into sending one.
pub(in crate::server) fn stands_on_key(app: &App, head: &Head) -> bool {
    has_key(head) && app.cookies().read(&head.headers, CookieKind::Session).is_none()
}

async fn find_owner(app: &Arc<App>, head: &Head) -> Result<Option<Account>, StoreError> {
    let key = head.header(HEADER).filter(|key| !key.is_empty() && key.len() <= MAX_API_KEY);
    let Some(digest) = key.map(Digest::of) else { return Ok(None) };
    let now = head.now;
    if let Some(user) = static_api_key::find_account(app, digest, now).await? {
        return Ok(Some(Account { user, by: By::StaticKey }));
    }
    let owner = app.store().read(move |tx| api_keys::find_owner(tx, digest, now)).await?;
    if let Some(owner) = &owner
        && !owner.user.disabled
    {
        note_use(app, owner, now);
    }
    Ok(owner.map(|owner| Account { user: owner.user, by: By::Key(owner.id) }))
}

/// Notes, without making the request wait, that a key is in use.
fn note_use(app: &Arc<App>, owner: &api_keys::Owner, now: Timestamp) {
    if owner.last_used_at.is_some_and(|last| now.seconds_since(last) < USE_GRANULARITY) {
        return;
    }
    let (app, id) = (Arc::clone(app), owner.id);
    tokio::spawn(async move {
        let noted = app.store().write(move |tx| api_keys::record_use(tx, id, now)).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of an API key was not noted");
        }
    });
}
