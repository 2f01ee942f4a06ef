//! Who acts in a request, for the operations and the audit log.

use super::{
    Authorised,
    account::{self, Account},
    request::{Public, SignedIn},
};
use crate::{
    model::{Timestamp, User, UserId},
    operations::{Act, By, Refusal},
    store::{StoreError, Tx, api_keys, sessions, users},
};

/// Somebody in whose name a request changes something.
pub(in crate::server) trait Acting {
    /// Their account; unknown while they sign up.
    fn user_id(&self) -> Option<UserId>;

    /// Whether a program acts, with an API key of theirs.
    fn is_api_key(&self) -> bool {
        false
    }

    /// Whether they may still act as they could when the request began. The rest of a body may be waited for, and
    /// meanwhile a session ends, a key is deleted, an administrator is one no more.
    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError>;
}

impl Acting for Account {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    fn is_api_key(&self) -> bool {
        !matches!(self.by, account::By::Session(_))
    }

    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let is_shown = match &self.by {
            account::By::Key(id) => api_keys::is_live(tx, *id, now)?,
            account::By::Session(session) => sessions::find_open(tx, session.id)?.is_some(),
            account::By::StaticKey => return Ok(true),
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

/// Whether an account may do what it could do before.
fn still_may(tx: &mut Tx<'_>, before: &User) -> Result<bool, StoreError> {
    let user = users::find(tx, before.id)?;
    Ok(user.is_some_and(|user| !user.disabled && (user.is_admin || !before.is_admin)))
}

impl<W: Acting, B> Authorised<W, B> {
    /// Who acts, and when.
    pub(in crate::server) fn by(&self) -> By {
        let actor = self.head.actor_with(self.who.user_id(), self.who.is_api_key());
        By::new(actor, self.head.now, self.app.shared_rng())
    }

    /// Runs a verb in one transaction, in which whoever asked still has to be allowed to.
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
}
