//! Which changes of an account need a passkey that was used lately: those that would let whoever has a stolen
//! cookie stay when the session is over.

use crate::{
    crypto::BearerToken,
    model::{Amr, ApiKeyId, Passkey, Session, Timestamp},
    server::http::{
        ApiError, Authorised,
        account::{Account, By},
        cookies::CookieKind,
        request::SignedIn,
    },
    store::{
        Tx, api_keys, passkeys, reauthentications,
        sessions::{self, OpenSession},
    },
};

/// Whoever asks for a change in a browser, and what they show for it.
#[derive(Debug, Clone)]
pub(in crate::server) struct InPerson {
    session: Session,
    /// Of `POST /api/webauthn/reauthenticate`. It is not in the session: whoever has stolen that could wait until
    /// its owner uses a passkey for something else.
    proof: Option<BearerToken>,
    now: Timestamp,
}

impl InPerson {
    /// Whoever sent a request.
    pub(in crate::server) fn of<B>(req: &Authorised<SignedIn, B>) -> Self {
        Self::new(req, &req.who.session)
    }

    fn new<W, B>(req: &Authorised<W, B>, session: &Session) -> Self {
        let proof = req.app.cookies().read(&req.head.headers, CookieKind::Reauthentication);
        let proof = proof.and_then(|cookie| BearerToken::parse("", &cookie));
        Self { session: session.clone(), proof, now: req.head.now }
    }

    fn find_open(&self, tx: &mut Tx<'_>) -> Result<OpenSession, ApiError> {
        sessions::find_open(tx, self.session.id)?.ok_or_else(ApiError::not_signed_in)
    }

    fn has_just_signed_in(&self) -> bool {
        self.session.amr == Amr::Passkey && self.session.is_recent(self.now)
    }
}

/// Whoever asks for a change, in person or through a program.
#[derive(Debug, Clone)]
pub(in crate::server) enum Asker {
    /// Somebody at a browser.
    InPerson(InPerson),
    /// A program with a key of the API. It has no session and no passkey: it may do what its owner may (Pocket
    /// ID 2.14).
    Program { key: ApiKeyId, now: Timestamp },
    /// A program with the key of the environment, which is good as long as the server runs.
    StaticKey,
}

impl Asker {
    /// Whoever sent a request.
    pub(in crate::server) fn of<B>(req: &Authorised<Account, B>) -> Self {
        match &req.who.by {
            By::Key(key) => Self::Program { key: *key, now: req.head.now },
            By::StaticKey => Self::StaticKey,
            By::Session(session) => Self::InPerson(InPerson::new(req, session)),
        }
    }
}

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

    /// Lets somebody make the change, in the transaction that makes it: since the request began its session may
    /// have ended. Where the table wants a passkey, they have signed in with one just now, or use up their proof
    /// that they used one again.
    pub(in crate::server) fn allow_in_person(
        self,
        tx: &mut Tx<'_>,
        who: &InPerson,
    ) -> Result<OpenSession, ApiError> {
        let session = who.find_open(tx)?;
        if !self.needs_fresh_passkey() || who.has_just_signed_in() {
            return Ok(session);
        }
        let missing = ApiError::reauthentication_required;
        let proof = who.proof.as_ref().ok_or_else(missing)?;
        reauthentications::consume(tx, proof, &who.session, who.now)?.ok_or_else(missing)?;
        Ok(session)
    }

    /// The same, also for a program, whose key has to be good still.
    pub(in crate::server) fn allow(self, tx: &mut Tx<'_>, asker: &Asker) -> Result<(), ApiError> {
        match asker {
            Asker::InPerson(who) => self.allow_in_person(tx, who).map(|_| ()),
            Asker::StaticKey => Ok(()),
            Asker::Program { key, now } => match api_keys::is_live(tx, *key, *now)? {
                true => Ok(()),
                false => Err(ApiError::not_signed_in()),
            },
        }
    }

    /// Says before somebody begins whether the change would be allowed. Their proof stays.
    fn would_be_allowed(self, tx: &mut Tx<'_>, who: &InPerson) -> Result<bool, ApiError> {
        if !self.needs_fresh_passkey() || who.has_just_signed_in() {
            return Ok(true);
        }
        let Some(proof) = &who.proof else { return Ok(false) };
        Ok(reauthentications::is_live(tx, proof, &who.session, who.now)?)
    }
}

/// Refuses to begin with a passkey that its owner could not add in the end.
pub(in crate::server) fn check_may_begin_passkey(
    tx: &mut Tx<'_>,
    who: &InPerson,
    existing: &[Passkey],
) -> Result<(), ApiError> {
    let may_begin = is_first_after_code(&who.session, existing)
        || AccountChange::AddPasskey.would_be_allowed(tx, who)?;
    if may_begin { Ok(()) } else { Err(ApiError::reauthentication_required()) }
}

/// Lets somebody add a passkey, in the transaction that adds it. Whether it is their first is asked again: they
/// may have begun with several.
pub(in crate::server) fn allow_passkey(
    tx: &mut Tx<'_>,
    who: &InPerson,
) -> Result<OpenSession, ApiError> {
    let existing = passkeys::list_of_user(tx, who.session.user_id)?;
    match is_first_after_code(&who.session, &existing) {
        true => who.find_open(tx),
        false => AccountChange::AddPasskey.allow_in_person(tx, who),
    }
}

/// Whether a passkey would be the first that its owner registers since they signed in with a one-time code,
/// and so the one that they came to register. They may have none that they could use before.
fn is_first_after_code(session: &Session, passkeys: &[Passkey]) -> bool {
    // Moments are whole seconds, and scripts are fast: a passkey of the same second was there before.
    session.latest_amr() == Amr::OneTimeCode
        && passkeys.iter().all(|passkey| passkey.created_at <= session.created_at)
}
