//! Decides which changes need a recent passkey check: those that would let the thief of a session cookie keep access
//! after the session ends.

use hyper::StatusCode;

use crate::{
    crypto::BearerToken,
    model::{Amr, ApiKeyId, Passkey, Session, Timestamp, User},
    server::http::{
        ApiError, Authorised,
        account::{Account, ApiCredential},
        cookies::CookieKind,
        request::SignedIn,
    },
    store::{
        StoreError, Tx, api_keys, passkeys, reauthentications,
        sessions::{self, OpenSession},
        ssh_accounts, ssh_users,
    },
};

/// How long after a sign-in with a one-time code a passkey may be added without another one.
const AFTER_CODE_SECONDS: i64 = 900;

/// The browser user who asks for a change, with the proof of a recent passkey check.
#[derive(Debug, Clone)]
pub(in crate::server) struct InPerson {
    session: Session,
    /// The cookie that `POST /api/webauthn/reauthenticate` sets. The proof is not stored in the
    /// session: the thief of a session cookie could wait until the owner uses a passkey for
    /// something else.
    proof: Option<BearerToken>,
    now: Timestamp,
}

impl InPerson {
    /// Reads the asker from a request.
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

/// Who asks for a change: a browser user or a program.
#[derive(Debug, Clone)]
pub(in crate::server) enum Asker {
    /// A user in a browser.
    InPerson(InPerson),
    /// A program with an API key. It has no session and no passkey, so it may do what its owner may
    /// (Pocket ID 2.14), except take over the account of an administrator.
    Program { key: ApiKeyId, now: Timestamp },
    /// A program with the API key from the environment, which is valid as long as the server runs.
    StaticKey,
}

impl Asker {
    /// Reads the asker from a request.
    pub(in crate::server) fn of<B>(req: &Authorised<Account, B>) -> Self {
        match &req.who.by {
            ApiCredential::Key(key) => Self::Program { key: *key, now: req.head.now },
            ApiCredential::StaticKey => Self::StaticKey,
            ApiCredential::Session(session) => Self::InPerson(InPerson::new(req, session)),
        }
    }

    /// Whether somebody who signed in with a passkey a moment ago asks.
    pub(in crate::server) fn has_just_signed_in(&self) -> bool {
        matches!(self, Self::InPerson(who) if who.has_just_signed_in())
    }

    /// The time of the request. For the static key it is long ago: memberships that have ended count, too.
    fn now(&self) -> Timestamp {
        match self {
            Self::InPerson(who) => who.now,
            Self::Program { now, .. } => *now,
            Self::StaticKey => Timestamp::from_unix(0),
        }
    }
}

/// A change that may need a recent passkey check: of the own account, or by an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum GuardedChange {
    AddPasskey,
    /// Giving or taking the role of an administrator.
    ChangeAdministrators,
    /// Username and email: applications recognise users by them, and sign-in finds users by them.
    ChangeLoginNames,
    /// Display names and the language.
    ChangeProfile,
    /// Keys, issuers and clients of a service: who has them gets tokens for it, for as long as it has them.
    ChangeService,
    /// A server that can open the accounts of others: the directory of the users, and the mail server of
    /// login codes.
    ChangeTrustedServer,
    CreateApiKey,
    /// A SCIM token, new or rotated: it manages all accounts but those of administrators.
    CreateScimToken,
    /// A one-time code, with which a passkey can be added.
    CreateOneTimeCode,
    DeleteAccount,
    DeleteApiKey,
    /// Downloading an unencrypted backup. It changes nothing, but gives access to every account.
    DownloadBackup,
    EndAccessOfApplication,
    EndSession,
    /// Who may enter which account of hosts, and the keys that vouch for it.
    GrantSshAccess,
    /// The subject of an issuer that stands for a user: another one with their email address could take its place.
    RemoveAssertedSubject,
    RemovePasskey,
    RenamePasskey,
    RenewApiKey,
    /// New signing keys. At most ten of an algorithm are published, and with the old ones everything
    /// that was signed may be revoked.
    RotateSigningKeys,
    /// Which addresses are told of events, and their secrets.
    SendElsewhere,
    /// Disabling the account, or enabling it: its passkeys then sign in again.
    SwitchAccount,
    /// An issuer that says for which users a client gets tokens.
    TrustIssuer,
}

impl GuardedChange {
    /// Returns whether the change needs a recent passkey check. Changes that only take access away
    /// must not need one: a user who sees a stranger's session in the list has to be able to end it
    /// at once.
    fn needs_fresh_passkey(self) -> bool {
        match self {
            // These give the caller lasting access, or take that of others away.
            Self::AddPasskey
            | Self::ChangeAdministrators
            | Self::ChangeLoginNames
            | Self::ChangeService
            | Self::ChangeTrustedServer
            | Self::CreateApiKey
            | Self::CreateOneTimeCode
            | Self::CreateScimToken
            | Self::DeleteAccount
            | Self::DownloadBackup
            | Self::GrantSshAccess
            | Self::RemoveAssertedSubject
            | Self::RemovePasskey
            | Self::RenewApiKey
            | Self::RotateSigningKeys
            | Self::SendElsewhere
            | Self::SwitchAccount
            | Self::TrustIssuer => true,
            // These give no access.
            Self::ChangeProfile
            | Self::DeleteApiKey
            | Self::EndAccessOfApplication
            | Self::EndSession
            | Self::RenamePasskey => false,
        }
    }

    /// Allows or refuses the change, in the same transaction that makes it: the session may have
    /// ended since the request began. If the change needs a recent passkey check, the user has to
    /// have just signed in with a passkey; otherwise this consumes their reauthentication proof.
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

    /// Like [`Self::allow_in_person`], but also accepts a program whose API key is still valid.
    pub(in crate::server) fn allow(self, tx: &mut Tx<'_>, asker: &Asker) -> Result<(), ApiError> {
        match asker {
            Asker::InPerson(who) => self.allow_in_person(tx, who).map(|_| ()),
            Asker::StaticKey => Ok(()),
            Asker::Program { key, now } => {
                if api_keys::is_live(tx, *key, *now)? {
                    Ok(())
                } else {
                    Err(ApiError::not_signed_in())
                }
            }
        }
    }

    /// Like [`Self::allow`], but refuses every program. An API key changes users and the members of groups, as in
    /// Pocket ID; it opens no accounts of hosts to others, and makes no authority for them.
    pub(in crate::server) fn allow_no_program(
        self,
        tx: &mut Tx<'_>,
        asker: &Asker,
    ) -> Result<(), ApiError> {
        match asker {
            Asker::InPerson(who) => self.allow_in_person(tx, who).map(drop),
            Asker::Program { .. } | Asker::StaticKey => Err(ApiError::key_not_allowed()),
        }
    }

    /// Like [`Self::allow`], for an administrator who changes the account `user`. Accounts of
    /// administrators, their own and those of others, and of users who may enter hosts, are changed on
    /// the same conditions: a stolen session must not go round a passkey by way of a colleague. Other
    /// accounts need no passkey.
    pub(in crate::server) fn allow_to_admin(
        self,
        tx: &mut Tx<'_>,
        asker: &Asker,
        user: &User,
    ) -> Result<(), ApiError> {
        if user.is_admin || ssh_accounts::lets_in(tx, user.id, asker.now())? {
            self.allow_for(tx, asker, user)
        } else {
            Ok(())
        }
    }

    /// Like [`Self::allow`], for a change of the account `user`. Refuses API keys where [`Self::is_kept_from`] says so.
    pub(in crate::server) fn allow_for(
        self,
        tx: &mut Tx<'_>,
        asker: &Asker,
        user: &User,
    ) -> Result<(), ApiError> {
        if self.is_kept_from(tx, asker, user)? {
            return Err(ApiError::key_not_allowed());
        }
        self.allow(tx, asker)
    }

    /// Whether the asker has an API key, and the change leads to signing in as an administrator who has
    /// a passkey: whoever has the key would go on in their name when the key has expired. That is a code
    /// for them, also after they are no administrator for a moment, and an account made anew with their id.
    pub(in crate::server) fn is_kept_from(
        self,
        tx: &mut Tx<'_>,
        asker: &Asker,
        user: &User,
    ) -> Result<bool, StoreError> {
        if !matches!(asker, Asker::Program { .. }) || !user.is_admin {
            return Ok(false);
        }
        let passkeys = passkeys::list_of_user(tx, user.id)?.len();
        Ok(match self {
            Self::ChangeAdministrators | Self::CreateOneTimeCode | Self::DeleteAccount => {
                passkeys > 0
            }
            // The last one, since without any they may have a code.
            Self::RemovePasskey => passkeys == 1,
            _ => false,
        })
    }

    /// Refuses early what would be refused in the end, before it costs anything. Does not consume the proof.
    pub(in crate::server) fn require(
        self,
        tx: &mut Tx<'_>,
        who: &InPerson,
    ) -> Result<(), ApiError> {
        if self.would_be_allowed(tx, who)? {
            Ok(())
        } else {
            Err(ApiError::reauthentication_required())
        }
    }

    /// Returns whether the change would be allowed now. Does not consume the proof.
    fn would_be_allowed(self, tx: &mut Tx<'_>, who: &InPerson) -> Result<bool, ApiError> {
        if !self.needs_fresh_passkey() || who.has_just_signed_in() {
            return Ok(true);
        }
        let Some(proof) = &who.proof else { return Ok(false) };
        Ok(reauthentications::is_live(tx, proof, &who.session, who.now)?)
    }
}

/// Allows or refuses the download of a backup. An unencrypted one holds the signing keys, and the
/// encryption key if the server generated it. So the administrator has to use a passkey for it, and
/// an API key does not suffice. A key can only make a new administrator, who then can: that shows in
/// the list of users and in the audit log.
pub(in crate::server) fn allow_backup(
    tx: &mut Tx<'_>,
    asker: &Asker,
    is_encrypted: bool,
) -> Result<(), ApiError> {
    match asker {
        _ if is_encrypted => Ok(()),
        Asker::InPerson(who) => GuardedChange::DownloadBackup.allow_in_person(tx, who).map(drop),
        Asker::Program { .. } | Asker::StaticKey => {
            let message = "This backup is not encrypted, so an API key cannot download it. Set \
                           BACKUP_PASSPHRASE for new backups, or use a passkey";
            Err(ApiError::new(StatusCode::FORBIDDEN, "backup_not_encrypted", message))
        }
    }
}

/// Refuses to start a passkey registration that the user could not finish.
pub(in crate::server) fn check_may_begin_passkey(
    tx: &mut Tx<'_>,
    who: &InPerson,
    existing: &[Passkey],
) -> Result<(), ApiError> {
    if is_first_after_code(who, existing) {
        Ok(())
    } else {
        GuardedChange::AddPasskey.require(tx, who)
    }
}

/// Allows or refuses adding a passkey, in the same transaction that adds it. Checks again whether
/// it is the first one: the user may have started several registrations. A stranger who reads the mail of
/// the user can come here with a code, so one beside others gets no SSH certificates until an
/// administrator has confirmed the user: not for the passkey alone, which could add another one.
pub(in crate::server) fn allow_passkey(
    tx: &mut Tx<'_>,
    who: &InPerson,
) -> Result<OpenSession, ApiError> {
    let existing = passkeys::list_of_user(tx, who.session.user_id)?;
    if is_first_after_code(who, &existing) {
        if !existing.is_empty() {
            ssh_users::hold(tx, who.session.user_id, who.now)?;
        }
        who.find_open(tx)
    } else {
        GuardedChange::AddPasskey.allow_in_person(tx, who)
    }
}

/// Returns whether this would be the first passkey registered since the user signed in with a
/// one-time code. A one-time code exists to register a passkey, and the user may have no usable
/// passkey for a fresh check. So it has to happen soon, unless the account has no passkey at all:
/// its session is then the only way to one.
fn is_first_after_code(who: &InPerson, passkeys: &[Passkey]) -> bool {
    let session = &who.session;
    let is_soon = who.now.seconds_since(session.created_at) <= AFTER_CODE_SECONDS;
    // Timestamps are whole seconds and scripts are fast: a passkey created in the same second
    // counts as an earlier one.
    session.latest_amr() == Amr::OneTimeCode
        && (is_soon || passkeys.is_empty())
        && passkeys.iter().all(|passkey| passkey.created_at <= session.created_at)
}
