//! The last step of every way of signing in: a session and its cookie.

use uuid::Uuid;

use super::{
    App, bound_cookie,
    http::{ApiError, Head, Response, cookies::CookieKind},
    new_device::NewDevice,
};
use crate::{
    crypto::BearerToken,
    model::{Actor, Amr, AuditEvent, EventKind, Session, SessionId, User, UserId},
    store::{Tx, audit_events, sessions, sign_out, users},
};

/// A session that is about to be stored.
#[derive(Debug)]
pub(super) struct NewSession {
    session: Session,
    seconds: i64,
    token: BearerToken,
    replaced: Option<BearerToken>,
    /// The id of the logout notices for the session that this one replaces.
    notice: Uuid,
    /// The ids of those for the oldest sessions, if the user has too many.
    notices_of_surplus: [Uuid; 2],
    event: Option<AuditEvent>,
    device: Option<NewDevice>,
}

impl NewSession {
    /// Prepares a session for a user, and its audit log entry.
    pub(super) fn prepare(app: &App, head: &Head, user_id: UserId, amr: Amr) -> Self {
        let id = app.new_id(head.now);
        let kind = match amr {
            // No session comes of an assertion; `insert` refuses services.
            Amr::Assertion => EventKind::TokenSignIn,
            Amr::Device => EventKind::RemoteSignIn,
            Amr::OneTimeCode => EventKind::TokenSignIn,
            Amr::Passkey => EventKind::SignIn,
        };
        let seconds = app.config().session_seconds();
        let replaced = app.cookies().read(&head.headers, CookieKind::Session);
        Self {
            session: Session {
                id: SessionId(id),
                user_id,
                amr,
                created_at: head.now,
                authenticated_at: head.now,
                last_used_at: head.now,
                expires_at: head.now.plus(seconds),
                ip_address: head.client_ip.to_string(),
                user_agent: head.user_agent(),
                binding: None,
            },
            seconds,
            token: BearerToken::generate("", id, app.rng()),
            notice: app.new_id(head.now),
            notices_of_surplus: std::array::from_fn(|_| app.new_id(head.now)),
            replaced: replaced.and_then(|cookie| BearerToken::parse("", &cookie)),
            event: Some(app.audit_event(kind, Some(user_id), head.actor(app), head.now)),
            device: NewDevice::of(app, head),
        }
    }

    /// Marks it as the first session of a new account. The entry for the new account covers both.
    pub(super) fn of_new_account(self) -> Self {
        Self { event: None, device: None, ..self }
    }

    /// The headers for the browser.
    pub(super) fn headers(&self, app: &App) -> SignInHeaders {
        SignInHeaders {
            cookie: app.cookies().set(CookieKind::Session, self.token.expose(), self.seconds),
            removed: app.cookies().remove(CookieKind::BoundSession),
            offer: bound_cookie::offer(app, self.session.id, self.session.created_at),
        }
    }

    /// Stores the session, ends the browser's earlier session, and writes the audit log entry.
    pub(super) fn insert(&self, tx: &mut Tx<'_>) -> Result<(), ApiError> {
        // The user may have been disabled a moment ago. The session would work again once they are
        // enabled.
        let user = users::find(tx, self.session.user_id)?;
        // No way leads here for a service, which has no passkey and gets no code.
        let may_sign_in = |user: &User| !user.disabled && !user.is_service();
        let user = user.filter(may_sign_in).ok_or_else(ApiError::user_disabled)?;
        let now = self.session.created_at;
        if let Some(device) = &self.device {
            device.tell(tx, &user, now)?;
        }
        if let Some(token) = &self.replaced
            && let Some(old) = sessions::find(tx, token, now)?
        {
            sign_out::end_session(tx, &old, self.notice, now)?;
        }
        sessions::insert(tx, &self.session, &self.token)?;
        sign_out::end_surplus(tx, self.session.user_id, &self.notices_of_surplus, now)?;
        Ok(self.event.iter().try_for_each(|event| audit_events::insert(tx, event))?)
    }
}

/// What a browser gets that was signed in.
#[derive(Debug)]
pub(super) struct SignInHeaders {
    /// The `Set-Cookie` of the session.
    cookie: String,
    /// The one that removes the second cookie of an earlier session.
    removed: String,
    /// The offer to bind the session to a key. Browsers that cannot do so ignore the header.
    offer: Option<String>,
}

impl SignInHeaders {
    /// Adds them to a response.
    pub(super) fn put(&self, response: Response) -> Response {
        let response = response.cookie(&self.cookie).cookie(&self.removed);
        match &self.offer {
            Some(offer) => response.header(bound_cookie::REGISTRATION, offer),
            None => response,
        }
    }
}

impl App {
    /// Builds an entry for the audit log.
    pub(super) fn audit_event(
        &self,
        kind: EventKind,
        user_id: Option<UserId>,
        actor: Actor,
        now: crate::model::Timestamp,
    ) -> AuditEvent {
        let id = crate::model::AuditEventId(self.new_id(now));
        AuditEvent { id, kind, user_id, object_id: None, actor, data: [].into(), created_at: now }
    }

    /// A new id for a request.
    pub(super) fn new_request_id(&self) -> String {
        uuid::Builder::from_random_bytes(self.rng().bytes()).into_uuid().to_string()
    }
}
