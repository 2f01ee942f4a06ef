//! Which changes of an account need a passkey that was used lately: those that would let whoever has a stolen
//! cookie stay when the session is over.

use crate::{
    model::{Amr, Passkey, Session, Timestamp},
    server::http::ApiError,
};

/// Five minutes: how long the use of a passkey counts, in seconds.
const FRESH_SECONDS: i64 = 300;

/// What somebody changes of their own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum AccountChange {
    AddPasskey,
    /// Username and email: what applications recognise people by, and what one is found by.
    ChangeLoginNames,
    /// Names that are shown, and the language.
    ChangeProfile,
    CreateApiKey,
    DeleteApiKey,
    EndAccessOfApplication,
    EndSession,
    RemovePasskey,
    RenamePasskey,
    RenewApiKey,
}

impl AccountChange {
    /// The table. What only takes something away from whoever has the cookie needs no passkey, and must not:
    /// somebody who sees a stranger in the list has to be rid of them at once.
    fn needs_fresh_passkey(self) -> bool {
        match self {
            // They give whoever does it a way in of their own, or take the owner's away.
            Self::AddPasskey
            | Self::ChangeLoginNames
            | Self::CreateApiKey
            | Self::RemovePasskey
            | Self::RenewApiKey => true,
            // They give nobody anything.
            Self::ChangeProfile
            | Self::DeleteApiKey
            | Self::EndAccessOfApplication
            | Self::EndSession
            | Self::RenamePasskey => false,
        }
    }

    /// Refuses the change where a passkey has to be used again first. `POST /api/webauthn/reauthenticate` is
    /// how, and makes the session fresh. A program with a key of the API has no session and no passkey: it may
    /// do what its owner may (Pocket ID 2.14).
    pub(in crate::server) fn require(
        self,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let is_old =
            |session: &Session| now.seconds_since(session.authenticated_at) > FRESH_SECONDS;
        match self.needs_fresh_passkey() && session.is_some_and(is_old) {
            true => Err(ApiError::reauthentication_required()),
            false => Ok(()),
        }
    }
}

/// Whether a passkey would be the first that its owner registers since they signed in with a one-time code,
/// and so the one that they came to register. They may have none that they could use before.
pub(in crate::server) fn is_first_after_code(session: &Session, passkeys: &[Passkey]) -> bool {
    session.latest_amr() == Amr::OneTimeCode
        && passkeys.iter().all(|passkey| passkey.created_at < session.created_at)
}
