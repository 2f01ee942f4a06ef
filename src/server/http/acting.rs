//! Who acts in a request, for the operations and the audit log.

use super::{
    Authorised,
    account::{self, Account},
    request::{Public, SignedIn},
};
use crate::{
    model::UserId,
    operations::{Act, By},
    store::StoreError,
};

/// Somebody in whose name a request changes something.
pub(in crate::server) trait Acting {
    /// Their account; unknown while they sign up.
    fn user_id(&self) -> Option<UserId>;

    /// Whether a program acts, with an API key of theirs.
    fn is_api_key(&self) -> bool {
        false
    }
}

impl Acting for Account {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    fn is_api_key(&self) -> bool {
        !matches!(self.by, account::By::Session(_))
    }
}

impl Acting for Public {
    fn user_id(&self) -> Option<UserId> {
        None
    }
}

impl Acting for SignedIn {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user.id)
    }
}

impl<W: Acting, B> Authorised<W, B> {
    /// Who acts, and when.
    pub(in crate::server) fn by(&self) -> By {
        let actor = self.head.actor_with(self.who.user_id(), self.who.is_api_key());
        By::new(actor, self.head.now, self.app.shared_rng())
    }

    /// Runs a verb in one transaction.
    pub(in crate::server) async fn act<I, T, E>(
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
