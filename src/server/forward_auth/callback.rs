//! `GET /.pocketid/callback` on a protected host: a code becomes a cookie of the host.

use hyper::StatusCode;

use super::{
    CODE_PREFIX,
    asked::AskedRequest,
    cookies::{HostCookie, HostCookies},
    words::told,
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{HostAddress, Timestamp},
    operations::protected_hosts::may_enter,
    server::{
        failure::PageError,
        http::{Authorised, Request, Response, request::Public},
    },
    store::{
        StoreError, Tx,
        host_sessions::{self, NewHostSession},
        protected_hosts, sessions,
    },
};

/// A code that a browser brings to a host.
struct Arrival {
    code: BearerToken,
    /// SHA-256 of the cookie of the browser.
    browser_digest: Digest,
    host: HostAddress,
    /// The cookie that it gets.
    session: BearerToken,
    now: Timestamp,
}

/// A browser that is signed in at a host now.
struct Arrived {
    return_to: String,
    seconds: i64,
}

/// `GET /.pocketid/callback?code=`, handed on by a proxy.
pub(super) async fn callback(req: Request) -> Result<Response, PageError> {
    let req = req.public();
    match AskedRequest::handed_on(&req.app, &req.head) {
        Ok(asked) => redeem(&req, &asked).await,
        Err(fault) => Ok(fault.into_response()),
    }
}

/// Exchanges the code in the address for a cookie, and brings the browser to its page. The cookie of the browser stays: other
/// tabs come back with it.
pub(super) async fn redeem(
    req: &Authorised<Public>,
    asked: &AskedRequest,
) -> Result<Response, PageError> {
    if !AskedRequest::is_opened(&req.head) {
        return Ok(refused(asked));
    }
    let cookies = HostCookies::of(asked);
    let code = asked.query_value("code");
    let code = code.and_then(|code| BearerToken::parse(CODE_PREFIX, &code));
    let browser = cookies.read(&req.head.headers, HostCookie::Browser);
    let (Some(code), Some(browser)) = (code, browser) else { return Ok(refused(asked)) };
    let (app, now) = (&req.app, req.head.now);
    // Only codes that exist are written about.
    let looked_up = code.clone();
    if !app.store().read(move |tx| host_sessions::has_code(tx, &looked_up)).await? {
        return Ok(refused(asked));
    }
    let session = BearerToken::generate("", app.new_id(now), app.rng());
    let cookie = session.expose().to_owned();
    let arrival = Arrival {
        code,
        browser_digest: Digest::of(&browser),
        host: asked.host.clone(),
        session,
        now,
    };
    let Some(arrived) = app.store().write(move |tx| arrival.run(tx)).await? else {
        return Ok(refused(asked));
    };
    let location = format!("{}{}", asked.origin(), arrived.return_to);
    Ok(Response::redirect(StatusCode::FOUND, &location).no_store().cookie(&cookies.set(
        HostCookie::Session,
        &cookie,
        arrived.seconds,
    )))
}

fn refused(asked: &AskedRequest) -> Response {
    let text = "This sign-in has ended, was used before, or was begun in another browser.";
    told(400, format!("{text} To begin again: {}/", asked.origin()))
}

impl Arrival {
    /// Takes the code, whatever comes of it. `None` if it is not good here, or not any more.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Arrived>, StoreError> {
        let Some(code) = host_sessions::take_code(tx, &self.code)? else { return Ok(None) };
        let is_of_browser = code.browser_digest.constant_time_eq(&self.browser_digest);
        let host = protected_hosts::find(tx, code.protected_host_id)?;
        let (Some(host), true, true) = (host, is_of_browser, code.expires_at > self.now) else {
            return Ok(None);
        };
        let session = sessions::find_by_id(tx, code.session_id, self.now)?;
        let Some((session, _)) = session.filter(|_| host.host == self.host) else {
            return Ok(None);
        };
        if !may_enter(tx, &host, session.user_id, self.now)? {
            return Ok(None);
        }
        let new = NewHostSession {
            protected_host_id: host.id,
            session_id: session.id,
            created_at: self.now,
            expires_at: self.now.plus(host.session_seconds),
        };
        host_sessions::insert(tx, &self.session, &new)?;
        Ok(Some(Arrived { return_to: code.return_to, seconds: host.session_seconds }))
    }
}
