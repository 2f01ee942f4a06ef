//! The actor of a request, for operations and the audit log.

use std::sync::Arc;

use super::{
    super::{
        App,
        turns::{QueuePlace, Turns, Whom},
    },
    ApiError, Authorised, Head,
    account::{self, Account},
    request::{Public, SignedIn},
};
use crate::{
    model::{Actor, ConfigKey, Timestamp, User, UserId},
    operations::{Act, By, Refusal},
    store::{StoreError, Tx, api_keys, sessions, users},
};

/// The user or program on whose behalf a request changes something.
pub(in crate::server) trait Acting {
    /// The actor's account; `None` during sign-up.
    fn user_id(&self) -> Option<UserId>;

    /// Returns whether a program acts with an API key.
    fn is_api_key(&self) -> bool {
        false
    }

    /// Returns the actor for the audit log.
    fn actor(&self, head: &Head, app: &App) -> Actor {
        head.actor_with(app, self.user_id(), self.is_api_key())
    }

    /// Returns for whom work waits in a queue; `None` for a caller who may not line up.
    fn whom(&self) -> Option<Whom> {
        self.user_id().map(Whom::User)
    }

    /// Returns whether the actor still has the rights it had when the request began. While the
    /// server waits for the rest of a body, a session may end, a key may be deleted, or an
    /// administrator may lose the role.
    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError>;
}

impl Acting for Account {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    fn is_api_key(&self) -> bool {
        !matches!(self.by, account::ApiCredential::Session(_))
    }

    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let is_shown = match &self.by {
            account::ApiCredential::Key(id) => api_keys::is_live(tx, *id, now)?,
            account::ApiCredential::Session(session) => {
                sessions::find_open(tx, session.id)?.is_some()
            }
            account::ApiCredential::StaticKey => return Ok(true),
        };
        Ok(is_shown && still_may(tx, &self.user)?)
    }
}

impl Acting for Public {
    fn user_id(&self) -> Option<UserId> {
        None
    }

    fn still_stands(&self, _tx: &mut Tx<'_>, _now: Timestamp) -> Result<bool, StoreError> {
        Ok(true)
    }
}

impl Acting for SignedIn {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    fn still_stands(&self, tx: &mut Tx<'_>, _now: Timestamp) -> Result<bool, StoreError> {
        Ok(sessions::find_open(tx, self.session.id)?.is_some() && still_may(tx, &self.user)?)
    }
}

/// Returns whether an account still has the rights it had before.
pub(in crate::server) fn still_may(tx: &mut Tx<'_>, before: &User) -> Result<bool, StoreError> {
    let user = users::find(tx, before.id)?;
    Ok(user.is_some_and(|user| !user.disabled && (user.is_admin || !before.is_admin)))
}

impl<W: Acting, B> Authorised<W, B> {
    /// Takes a place in a queue for the caller.
    pub(in crate::server) fn line_up(&self, queue: &Arc<Turns>) -> Result<QueuePlace, ApiError> {
        let whom = self.who.whom().ok_or_else(ApiError::not_signed_in)?;
        let place = queue.line_up(self.head.client_ip, whom);
        place.ok_or_else(|| ApiError::rate_limited(1))
    }

    /// Returns the actor and the time. Private, so that every operation runs in one of the two
    /// functions below.
    fn by(&self) -> By {
        let actor = self.who.actor(&self.head, &self.app);
        let by = By::new(actor, self.head.now, self.app.shared_rng());
        by.beside_directory(self.app.config().flag(ConfigKey::LdapEnabled))
    }

    /// Runs an operation in one transaction, after checking in it that the caller still has its
    /// rights.
    pub(in crate::server) async fn act<I, T, E>(
        &self,
        input: I,
        work: impl Fn(&mut Act<'_, '_>, &I) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        W: Clone + Send + 'static,
        I: Send + 'static,
        T: Send + 'static,
        E: From<Refusal> + From<StoreError> + Send + 'static,
    {
        let who = self.who.clone();
        let work = move |act: &mut Act<'_, '_>, input: &I| {
            let now = act.now();
            if !who.still_stands(act, now)? {
                return Err(Refusal::NotSignedInAnyMore.into());
            }
            work(act, input)
        };
        self.app.store().write(self.by().act(input, work)).await
    }

    /// Runs the last part of a change, of which [`Self::act`] has made the first part and decided
    /// the rest. The caller may have lost its rights since, even by the first part.
    pub(in crate::server) async fn finish<I, T, E>(
        &self,
        input: I,
        work: impl Fn(&mut Act<'_, '_>, &I) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        I: Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.app.store().write(self.by().act(input, work)).await
    }
}
