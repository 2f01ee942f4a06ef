//! `GET /forward-auth`: brings a user with a session here back to the host, with a code.

use hyper::StatusCode;
use url::{Position, Url};

use super::{CODE_PREFIX, CODE_SECONDS, asked::MAX_RETURN};
use crate::{
    crypto::{BearerToken, Digest},
    forward_auth::CALLBACK,
    model::{AuditEvent, EventKind, HostAddress, SessionId, UserId},
    operations::protected_hosts::may_enter,
    server::{
        App,
        failure::{AnsweredCaller, PageError},
        http::{Head, Request, Response},
        oidc::group_access::count_authorization,
        onward::send_on,
        pages::PageProblem,
    },
    store::{
        StoreError, Tx, audit_events,
        host_sessions::{self, HostCode},
        protected_hosts, sessions,
    },
};

/// The page that a browser wants to see, on a protected host.
#[derive(Debug, Clone)]
struct WantedPage {
    host: HostAddress,
    /// Scheme, host and port.
    origin: String,
    /// The path with its query.
    return_to: String,
    /// SHA-256 of the cookie that the browser has at the host.
    browser_digest: Digest,
}

/// The outcome.
enum Issued {
    Code,
    NotAllowed,
    SessionEnded,
    UnknownHost,
}

struct Issue {
    wanted: WantedPage,
    code: BearerToken,
    session_id: SessionId,
    user_id: UserId,
    event: AuditEvent,
}

/// `GET /forward-auth?url=&browser=`
pub(super) async fn sign_in(req: Request) -> Result<Response, PageError> {
    let req = req.find_user().await?;
    let wanted = WantedPage::of(&req.app, &req.head)?;
    let here = req.head.path_and_query();
    let Some(req) = req.signed_in() else { return Err(PageError::sign_in(&here)) };
    count_authorization(&req.app, req.who.user.id).map_err(PageError::from)?;
    let (app, now) = (req.app.clone(), req.head.now);
    let kind = EventKind::ProtectedHostSignIn;
    let issue = Issue {
        wanted: wanted.clone(),
        code: BearerToken::generate(CODE_PREFIX, app.new_id(now), app.rng()),
        session_id: req.who.session.id,
        user_id: req.who.user.id,
        event: app.audit_event(kind, Some(req.who.user.id), req.head.actor(&app), now),
    };
    let code = issue.code.expose().to_owned();
    match app.store().write(move |tx| issue.run(tx)).await? {
        Issued::Code => {
            let location = format!("{}{CALLBACK}?code={code}", wanted.origin);
            let caller = AnsweredCaller::of(&req.head);
            Ok(send_on(&app, &caller, StatusCode::FOUND, &location))
        }
        Issued::NotAllowed => {
            Err(PageProblem::NotAllowed { client_name: wanted.host.to_string() }.into())
        }
        Issued::SessionEnded => Err(PageError::sign_in(&here)),
        Issued::UnknownHost => Err(unknown(format!("{} is not protected here", wanted.host))),
    }
}

fn unknown(message: impl Into<String>) -> PageError {
    PageProblem::Other { status: 400, message: message.into() }.into()
}

impl WantedPage {
    fn of(app: &App, head: &Head) -> Result<Self, PageError> {
        let (url, browser) = (head.query_value("url"), head.query_value("browser"));
        let invalid = || unknown("the address to come back to is not valid");
        let url = url.as_deref().and_then(|url| Url::parse(url).ok()).ok_or_else(invalid)?;
        let is_safe = match url.scheme() {
            "https" => true,
            "http" => !app.settings().app_url.is_https(),
            _ => false,
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        let host = url[Position::BeforeHost..Position::AfterPort].parse().ok();
        let browser_digest = browser.as_deref().and_then(Digest::from_hex);
        match (host, browser_digest) {
            (Some(host), Some(browser_digest)) if is_safe && !has_user => Ok(Self {
                origin: format!("{}://{host}", url.scheme()),
                host,
                return_to: return_to(&url).to_owned(),
                browser_digest,
            }),
            _ => Err(invalid()),
        }
    }
}

/// The path with its query; the first page if that is too long to be stored.
fn return_to(url: &Url) -> &str {
    let target = &url[Position::BeforePath..Position::AfterQuery];
    if target.len() <= MAX_RETURN { target } else { "/" }
}

impl Issue {
    fn run(&self, tx: &mut Tx<'_>) -> Result<Issued, StoreError> {
        let Some(host) = protected_hosts::find_by_host(tx, &self.wanted.host)? else {
            return Ok(Issued::UnknownHost);
        };
        // The session may have ended a moment ago.
        if sessions::find_open(tx, self.session_id)?.is_none() {
            return Ok(Issued::SessionEnded);
        }
        let mut event = self.event.clone();
        event.data.insert("host", host.host.to_string());
        if !may_enter(tx, &host, self.user_id, self.event.created_at)? {
            event.kind = EventKind::ProtectedHostRefused;
            audit_events::insert(tx, &event)?;
            return Ok(Issued::NotAllowed);
        }
        let code = HostCode {
            protected_host_id: host.id,
            session_id: self.session_id,
            browser_digest: self.wanted.browser_digest,
            return_to: self.wanted.return_to.clone(),
            expires_at: self.event.created_at.plus(CODE_SECONDS),
        };
        host_sessions::insert_code(tx, &self.code, &code)?;
        audit_events::insert(tx, &event)?;
        Ok(Issued::Code)
    }
}
