//! The typed stages of a request: parse, authorise, act, respond.
//!
//! A [`Request`] keeps the `App` private. It is released only together with the caller's identity:
//! by [`Request::require_user`], [`Request::require_account`], [`Request::find_user`],
//! `authenticate_client`, or by [`Request::public`], the explicit exception. Forgetting to
//! authorise does not compile.

use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{
    ApiError,
    api_key_header::has_key,
    body::{self, Body},
    cookies::CookieKind,
    head::Head,
    json_body,
};
use crate::{
    crypto::BearerToken,
    model::{ConfigKey, Session, Timestamp, User, UserId},
    oidc::{OAuthError, Params},
    server::{
        App, bound_cookie,
        limiter::{BucketKey, Policy},
    },
    store::{StoreError, Tx, sessions, users},
};

/// The minimum time between two recorded uses of a session or an API key, in seconds.
pub(in crate::server) const USE_GRANULARITY: i64 = 60;
/// A request whose caller is not yet authorised.
#[derive(Debug)]
pub struct Request<B = Body> {
    app: Arc<App>,
    /// The request line and the headers.
    pub head: Head,
    body: B,
    /// The rate limit that applies per user, once the user is known.
    policy_of_user: Option<Policy>,
}

/// A request together with its caller.
#[derive(Debug)]
pub struct Authorised<W, B = Body> {
    /// The program.
    pub app: Arc<App>,
    /// The request line and the headers.
    pub head: Head,
    /// The caller.
    pub who: W,
    /// The body.
    pub body: B,
}

/// An unauthenticated caller.
#[derive(Debug, Clone)]
pub struct Public;

/// A user signed in at a browser.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account.
    pub user: User,
    /// The browser session.
    pub session: Session,
}

impl Request<Body> {
    /// Wraps a request that has just arrived.
    pub fn new(app: Arc<App>, head: Head, body: Body) -> Self {
        Self { app, head, body, policy_of_user: None }
    }

    /// Sets the rate limit that applies per user.
    pub(in crate::server) fn counted_for_user(self, policy: Option<Policy>) -> Self {
        Self { policy_of_user: policy, ..self }
    }

    /// Reads the body as a form.
    pub async fn form(self) -> Result<Request<Params>, OAuthError> {
        let req = self.encoded_form().await?;
        let params = Params::parse(&req.body)?;
        Ok(req.with_body(params))
    }

    /// Reads the body as a form that is still encoded.
    pub async fn encoded_form(self) -> Result<Request<Bytes>, OAuthError> {
        body::require_form(&self.head)?;
        let Self { app, head, body, policy_of_user } = self;
        let body = body::read(body).await?;
        Ok(Request { app, head, body, policy_of_user })
    }
}

impl<B> Request<B> {
    /// The body.
    pub fn body(&self) -> &B {
        &self.body
    }

    /// Replaces the body.
    pub fn with_body<C>(self, body: C) -> Request<C> {
        Request { app: self.app, head: self.head, body, policy_of_user: self.policy_of_user }
    }

    /// Allows any caller: the explicit exception.
    pub fn public(self) -> Authorised<Public, B> {
        self.authorised(Public)
    }

    /// Requires a user signed in at a browser. An API key is not accepted.
    pub async fn require_user(self) -> Result<Authorised<SignedIn, B>, ApiError> {
        match find_signed_in(&self.app, &self.head).await? {
            None if has_key(&self.head) => Err(ApiError::key_not_allowed()),
            None => Err(ApiError::not_signed_in()),
            Some(who) if who.user.disabled => Err(ApiError::user_disabled()),
            Some(who) => {
                self.count_for(who.user.id)?;
                Ok(self.authorised(who))
            }
        }
    }

    /// Allows any caller, and finds the signed-in user. A disabled user counts as not signed in.
    pub async fn find_user(self) -> Result<Authorised<Option<SignedIn>, B>, StoreError> {
        let who = find_signed_in(&self.app, &self.head).await?;
        let who = who.filter(|who| !who.user.disabled);
        Ok(self.authorised(who))
    }

    /// Like [`Self::find_user`], but the session's cookie is enough on any device: for ending the session.
    pub(in crate::server) async fn find_user_on_any_device(
        self,
    ) -> Result<Authorised<Option<SignedIn>, B>, StoreError> {
        let who = find_session(&self.app, &self.head).await?;
        let who = who.filter(|who| !who.user.disabled);
        Ok(self.authorised(who))
    }

    /// Applies the per-user rate limit of the endpoint, if it has one. It protects endpoints that
    /// leave permanent rows: a user could fill the database with them from many addresses.
    pub(in crate::server) fn count_for(&self, user_id: UserId) -> Result<(), ApiError> {
        let Some(policy) = self.policy_of_user else { return Ok(()) };
        let counted = self.app.limiter().check_key(policy, BucketKey::User(user_id));
        counted.map_err(ApiError::rate_limited)
    }

    /// Attaches the caller that a stage in another module has authorised.
    pub(in crate::server) fn authorised<W>(self, who: W) -> Authorised<W, B> {
        Authorised { app: self.app, head: self.head, who, body: self.body }
    }

    /// Returns the program, for stages that authorise the caller.
    pub(in crate::server) fn app_for_authorising(&self) -> &Arc<App> {
        &self.app
    }
}

impl<B> Authorised<Option<SignedIn>, B> {
    /// The request, if somebody is signed in.
    pub fn signed_in(self) -> Option<Authorised<SignedIn, B>> {
        let Self { app, head, who, body } = self;
        who.map(|who| Authorised { app, head, who, body })
    }
}

impl<W, B> Authorised<W, B> {
    /// Converts the caller.
    pub fn map_who<V>(self, map: impl FnOnce(W) -> V) -> Authorised<V, B> {
        Authorised { app: self.app, head: self.head, who: map(self.who), body: self.body }
    }
}

impl<W, T> Authorised<W, T> {
    /// Splits off the body.
    pub fn take_body(self) -> (Authorised<W, ()>, T) {
        (Authorised { app: self.app, head: self.head, who: self.who, body: () }, self.body)
    }
}

impl<W> Authorised<W, Body> {
    /// Reads the body as JSON.
    pub async fn json<T: DeserializeOwned>(self) -> Result<Authorised<W, T>, ApiError> {
        self.body.check_is::<T>();
        body::require_json(&self.head)?;
        let bytes = body::read(self.body).await?;
        let body = json_body::read(&bytes).map_err(ApiError::invalid_body)?;
        Ok(Authorised { app: self.app, head: self.head, who: self.who, body })
    }

    /// Reads the body as JSON of this type, still as bytes: faults are told in the words of the protocol.
    pub async fn document<T>(self) -> Result<Authorised<W, Bytes>, OAuthError> {
        self.body.check_is::<T>();
        body::require_json(&self.head)?;
        let body = body::read(self.body).await?;
        Ok(Authorised { app: self.app, head: self.head, who: self.who, body })
    }

    /// Reads the body as a text of one of these media types.
    pub async fn text(
        self,
        types: &'static [&'static str],
    ) -> Result<Authorised<W, String>, ApiError> {
        body::require_media(&self.head, types)?;
        let bytes = body::read(self.body).await?;
        let body = String::from_utf8(bytes.into()).map_err(ApiError::invalid_body)?;
        Ok(Authorised { app: self.app, head: self.head, who: self.who, body })
    }

    /// Reads the body as JSON, if there is one.
    pub async fn optional_json<T>(self) -> Result<Authorised<W, T>, ApiError>
    where
        T: DeserializeOwned + Default,
    {
        self.body.check_is::<T>();
        let bytes = body::read(self.body).await?;
        let body = if bytes.is_empty() {
            T::default()
        } else {
            body::require_json(&self.head)?;
            json_body::read(&bytes).map_err(ApiError::invalid_body)?
        };
        Ok(Authorised { app: self.app, head: self.head, who: self.who, body })
    }
}

pub(super) async fn find_signed_in(
    app: &Arc<App>,
    head: &Head,
) -> Result<Option<SignedIn>, StoreError> {
    let found = find_session(app, head).await?;
    let found = found.filter(|who| is_on_its_device(app, head, &who.session));
    if let Some(who) = &found {
        note_use(app, &who.session, head.now);
    }
    Ok(found)
}

/// The session of the cookie, on whichever device it is.
pub(super) async fn find_session(
    app: &Arc<App>,
    head: &Head,
) -> Result<Option<SignedIn>, StoreError> {
    let cookie = app.cookies().read(&head.headers, CookieKind::Session);
    let Some(token) = cookie.and_then(|cookie| BearerToken::parse("", &cookie)) else {
        return Ok(None);
    };
    let now = head.now;
    let found = app.store().read(move |tx| {
        let Some(session) = sessions::find(tx, &token, now)? else { return Ok(None) };
        let user = users::find(tx, session.user_id)?;
        Ok::<_, StoreError>(user.map(|user| SignedIn { user, session }))
    });
    found.await
}

/// Whether a session is not bound to a device, or the request has the cookie that only the device gets. Without it the
/// request is one of a visitor who is not signed in: the browser fetches the cookie, or the user signs in again.
fn is_on_its_device(app: &Arc<App>, head: &Head, session: &Session) -> bool {
    let Some(binding) = session.binding.as_ref() else { return true };
    if !app.config().flag(ConfigKey::DeviceBoundSessions) {
        return true;
    }
    let cookie = app.cookies().read(&head.headers, CookieKind::BoundSession);
    let is_good = |cookie: &str| bound_cookie::is_good(app, session.id, cookie, head.now);
    if cookie.as_deref().is_some_and(is_good) {
        return true;
    }
    if cookie.is_some() {
        head.bad_second_cookie.note();
    }
    let is_enforced = binding.is_enforced(head.now);
    if is_enforced {
        let sign = "the cookie of a bound session came without the one that its device gets";
        bound_cookie::warn(app, session.id, head, sign);
    }
    !is_enforced
}

/// Records the use of a session, without delaying the request.
fn note_use(app: &Arc<App>, session: &Session, now: Timestamp) {
    if now.seconds_since(session.last_used_at) < USE_GRANULARITY {
        return;
    }
    let id = session.id;
    record_later(app, "a session", move |tx| sessions::record_use(tx, id, now));
}

/// Stores the last use of something, without delaying the request.
pub(in crate::server) fn record_later(
    app: &Arc<App>,
    of: &'static str,
    record: impl Fn(&mut Tx<'_>) -> Result<bool, StoreError> + Send + 'static,
) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(error) = app.store().write(record).await {
            tracing::warn!(%error, "could not store the last use of {of}");
        }
    });
}
