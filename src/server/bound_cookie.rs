//! Sessions that are bound to a key of their browser: challenges, and the cookie that only the device gets (W3C
//! Device Bound Session Credentials).
//!
//! The session's own cookie stays as it is. A bound session has a second one, for minutes, which the browser fetches
//! again and again with a signature of its key. A request needs both. Challenges and second cookies are a time, a random
//! number and an HMAC under the encryption key: nothing is stored for them, and every server knows those of the others.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hyper::header::HeaderName;

use super::{
    App,
    http::{Head, cookies::CookieKind},
    limiter::{BucketKey, Policy},
};
use crate::{
    crypto::Digest,
    model::{ConfigKey, SessionId, Timestamp},
};

/// Offers a browser to bind its session (W3C DBSC).
pub(in crate::server) const REGISTRATION: HeaderName =
    HeaderName::from_static("secure-session-registration");
/// The path of the registration.
pub(in crate::server) const REGISTRATION_PATH: &str = "/api/device-bound-session/registration";

/// The path of the renewal.
pub(in crate::server) const REFRESH_PATH: &str = "/api/device-bound-session/refresh";

/// How long the second cookie lasts, in seconds: a stolen one is of use for so long.
const COOKIE_SECONDS: i64 = 600;
/// How much longer it is accepted: requests are under way.
const COOKIE_GRACE: i64 = 60;
/// How long the first second cookie lasts, in seconds: it is enough until the browser has shown that it can fetch
/// another, and it shall soon do so.
const FIRST_COOKIE_SECONDS: i64 = 60;
/// How long after the first renewal requests without the second cookie are accepted, in seconds: they were sent
/// before it was there.
const FIRST_GRACE: i64 = 60;
/// How long an offer is good, in seconds.
const OFFER_SECONDS: i64 = 300;
/// How long a challenge to fetch another cookie is good, in seconds.
const CHALLENGE_SECONDS: i64 = 120;

/// The purpose of an HMAC. None is good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum BoundPurpose {
    /// The second cookie.
    Cookie,
    /// A challenge to fetch it again.
    Refresh,
    /// The challenge of an offer.
    Registration,
}

impl BoundPurpose {
    fn label(self) -> &'static str {
        match self {
            Self::Cookie => "bound-session-cookie",
            Self::Refresh => "bound-session-refresh",
            Self::Registration => "bound-session-registration",
        }
    }
}

/// The header that offers a new session's browser to bind it. None where browsers do not take it, or where it is
/// turned off.
pub(in crate::server) fn offer(app: &App, id: SessionId, now: Timestamp) -> Option<String> {
    let url = &app.settings().app_url;
    if !(url.is_https() || url.host() == "localhost")
        || !app.config().flag(ConfigKey::DeviceBoundSessions)
    {
        return None;
    }
    let challenge = made(app, BoundPurpose::Registration, id, now.plus(OFFER_SECONDS));
    Some(format!("(ES256 RS256);path=\"{REGISTRATION_PATH}\";challenge=\"{challenge}\""))
}

/// A challenge to fetch another cookie.
pub(in crate::server) fn challenge(app: &App, id: SessionId, now: Timestamp) -> String {
    made(app, BoundPurpose::Refresh, id, now.plus(CHALLENGE_SECONDS))
}

/// The `Set-Cookie` of the second cookie.
pub(in crate::server) fn set(app: &App, id: SessionId, now: Timestamp) -> String {
    set_for(app, id, now, COOKIE_SECONDS)
}

/// The `Set-Cookie` of the first one, before the browser has fetched any.
pub(in crate::server) fn set_first(app: &App, id: SessionId, now: Timestamp) -> String {
    set_for(app, id, now, FIRST_COOKIE_SECONDS)
}

fn set_for(app: &App, id: SessionId, now: Timestamp, seconds: i64) -> String {
    let value = made(app, BoundPurpose::Cookie, id, now.plus(seconds + COOKIE_GRACE));
    app.cookies().set(CookieKind::BoundSession, &value, seconds)
}

/// Whether the second cookie belongs to a session, and is not too old.
pub(in crate::server) fn is_good(app: &App, id: SessionId, value: &str, now: Timestamp) -> bool {
    good_until(app, BoundPurpose::Cookie, id, value).is_some_and(|end| end > now)
}

/// Warns of a sign that the cookie of a bound session was stolen, a few times for each session.
pub(in crate::server) fn warn(app: &App, id: SessionId, head: &Head, sign: &'static str) {
    if app.limiter().check_key(Policy::BoundSessionWarning, BucketKey::Session(id)).is_ok() {
        tracing::warn!(session_id = %id, client_ip = %head.client_ip, request_id = head.request_id, "{sign}");
    }
}

/// From when on a session needs its second cookie, which was fetched again for the first time.
pub(in crate::server) fn enforced_from(now: Timestamp) -> Timestamp {
    now.plus(FIRST_GRACE)
}

/// Until when a value is good: the time that is in it. `None` if it was not made for this purpose and session.
pub(in crate::server) fn good_until(
    app: &App,
    purpose: BoundPurpose,
    id: SessionId,
    value: &str,
) -> Option<Timestamp> {
    let (end, rest) = value.split_once('.')?;
    let (nonce, _) = rest.split_once('.')?;
    let end = Timestamp::from_unix(end.parse().ok()?);
    let nonce = BASE64_URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
    let own = Digest::of(made_with(app, purpose, id, end, nonce));
    own.constant_time_eq(&Digest::of(value)).then_some(end)
}

/// A new value for a purpose, a session and a time. No two are alike: a challenge is used once, and two of one second
/// are two challenges.
fn made(app: &App, purpose: BoundPurpose, id: SessionId, end: Timestamp) -> String {
    made_with(app, purpose, id, end, app.rng().bytes())
}

fn made_with(
    app: &App,
    purpose: BoundPurpose,
    id: SessionId,
    end: Timestamp,
    nonce: [u8; 16],
) -> String {
    let end = end.as_unix();
    let named = [id.0.as_bytes().as_slice(), &end.to_be_bytes(), &nonce].concat();
    let mac = app.key_store().master_key.mac(purpose.label(), &named);
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    format!("{end}.{}.{}", text(&nonce), text(mac.as_ref()))
}
