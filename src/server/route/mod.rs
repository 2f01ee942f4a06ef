//! A route: one row of the table that `routes/` joins.
//!
//! A route has everything that is known of an endpoint before its handler runs. A constructor sets
//! the strict defaults, and every exception is a named method:
//!
//! ```text
//! get("/api/users/me", me::show)
//! post("/api/webauthn/login/finish", authentication::finish).limited_by(Policy::Login)
//! ```
//!
//! The type of the handler decides the reader of the answer ([`Failure::AUDIENCE`]), and so the
//! format of errors.
//!
//! [`Failure::AUDIENCE`]: super::failure::Failure::AUDIENCE

mod contract;
mod declare;
mod handler;
mod router;
mod special;
mod verb;

use std::fmt;

#[cfg(test)]
pub(super) use self::contract::{AnswerContent, JsonShape, TakenBody, Who};
use self::{contract::Contract, handler::Run, verb::Verb};
pub(super) use self::{
    handler::{Call, Handler},
    router::{FoundRoute, Router},
    special::moved,
};
use super::{audience::Audience, limiter::Policy, limits};

/// The sites that may make a browser call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sites {
    /// All sites, from their scripts too (CORS).
    All,
    /// All sites may send a browser there, even in a hidden frame.
    AllBySending,
    /// Browsers call it by themselves, and no site's script can do so with success.
    AllByThemselves,
    /// All sites may link to it, but none may embed it: a page of ours.
    AllByLinking,
    /// Only this site. Other sites may read it if that changes nothing and does not count as an
    /// attempt.
    Own,
}

/// An endpoint with its rules.
pub(super) struct Route {
    verbs: &'static [Verb],
    path: &'static str,
    run: Run,
    /// The name of its handler in the code, whose comment describes it.
    #[cfg(test)]
    handler: &'static str,
    contract: Contract,
    audience: Audience,
    sites: Sites,
    policies: Vec<Policy>,
    policy_of_user: Option<Policy>,
    body_limit: usize,
    changes_by_get: bool,
    is_counted: bool,
    is_for_other_sites: bool,
    is_on_other_hosts: bool,
    is_part_of_a_sign_in: bool,
    is_quiet: bool,
    may_read_cookies: bool,
    must_be_tried_again: bool,
    number: usize,
}

/// An endpoint for `DELETE`.
pub(super) fn delete<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route::new(&[Verb::Delete], path, handler)
}

/// An endpoint for `GET` and `HEAD`.
pub(super) fn get<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route::new(&[Verb::Get], path, handler)
}

/// An endpoint for `GET`, `HEAD` and `POST`.
pub(super) fn get_or_post<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route::new(&[Verb::Get, Verb::Post], path, handler)
}

/// A page for people. Other sites may link to it, but not embed it.
pub(super) fn page<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route { sites: Sites::AllByLinking, ..get(path, handler) }
}

/// An endpoint for `PATCH`.
pub(super) fn patch<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route::new(&[Verb::Patch], path, handler)
}

/// An endpoint for `POST`.
pub(super) fn post<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route::new(&[Verb::Post], path, handler)
}

/// An endpoint for `PUT`.
pub(super) fn put<P>(path: &'static str, handler: impl Handler<P>) -> Route {
    Route::new(&[Verb::Put], path, handler)
}

/// The exceptions from the defaults.
impl Route {
    /// Formats errors for another audience than the one of the handler's error type.
    pub(super) fn told_to(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// Accepts bodies up to another size than [`limits::BODY`], in bytes.
    pub(super) fn body(self, limit: usize) -> Self {
        Self { body_limit: limit, ..self }
    }

    /// Also counts it under a narrower rate limit.
    pub(super) fn limited_by(mut self, policy: Policy) -> Self {
        self.policies.push(policy);
        self
    }

    /// Counts it for the signed-in user, from any address: it leaves permanent rows, such as audit
    /// log entries.
    ///
    /// A removal alone does not count. Each passkey, key, session and consent is removed once, and
    /// was counted when it was added. And users who find a stranger's entry in the list must be
    /// able to remove it at once, even when the stranger has used up the limit of the account.
    pub(super) fn limited_for_user(self, policy: Policy) -> Self {
        Self { policy_of_user: Some(policy), ..self }
    }

    /// Excludes it from the rate limit of all requests. Pages read the database too, so they count
    /// like the API that they call.
    pub(super) fn uncounted(self) -> Self {
        Self { is_counted: false, ..self }
    }

    /// Refuses with 503 and not with 429 what is too much: its callers take 429 as final.
    pub(super) fn tried_again(self) -> Self {
        Self { must_be_tried_again: true, ..self }
    }

    /// Logs only its failures: programs and pages call it automatically.
    pub(super) fn quiet(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// Lets browser applications of other sites call it: it uses only the content of the request,
    /// and no cookie. (Browsers send no cookie with such a request, and `end-session` without one
    /// signs no user out.)
    pub(super) fn cors(self) -> Self {
        Self { sites: Sites::All, is_for_other_sites: true, ..self }
    }

    /// Lets browsers call it by themselves, whichever site's page is shown. It does nothing without a
    /// header that no other site's script can send.
    pub(super) fn sent_by_browsers(self) -> Self {
        Self { sites: Sites::AllByThemselves, ..self }
    }

    /// Lets applications send browsers to it, even in a hidden frame (`prompt=none`).
    pub(super) fn sent_by_applications(self) -> Self {
        Self { sites: Sites::AllBySending, is_for_other_sites: true, ..self }
    }

    /// Lets other sites show it. It must not depend on a cookie.
    pub(super) fn for_other_sites(self) -> Self {
        Self { is_for_other_sites: true, ..self.without_cookies() }
    }

    /// Marks answers that a proxy hands on as those of another host, which has other rules for http.
    pub(super) fn on_other_hosts(self) -> Self {
        Self { is_on_other_hosts: true, ..self.without_cookies() }
    }

    /// Also answers when a cookie comes twice, since it reads none: the parts of an error page must
    /// always load.
    pub(super) fn without_cookies(self) -> Self {
        Self { may_read_cookies: false, ..self }
    }

    /// Keeps the connection to the application that opened the window for a sign-in: another
    /// `Cross-Origin-Opener-Policy` would sever it permanently, even after redirects.
    pub(super) fn in_a_sign_in(self) -> Self {
        Self { is_part_of_a_sign_in: true, ..self }
    }

    /// Marks that a `GET` changes something: it issues a code, ends a session, or stores a
    /// challenge or an audit log entry.
    pub(super) fn changes_by_get(self) -> Self {
        Self { changes_by_get: true, ..self }
    }
}

impl Route {
    /// Panics if the parameters of the handler and the path differ.
    fn new<P, H: Handler<P>>(verbs: &'static [Verb], path: &'static str, handler: H) -> Self {
        assert_eq!(path.matches('{').count(), H::PARAMETERS, "the parameters of {path}");
        let (audience, run) = handler::run(handler);
        Self {
            #[cfg(test)]
            handler: std::any::type_name::<H>(),
            ..Self::of(verbs, path, audience, run)
        }
    }

    fn of(verbs: &'static [Verb], path: &'static str, audience: Audience, run: Run) -> Self {
        Self {
            verbs,
            path,
            run,
            #[cfg(test)]
            handler: "",
            contract: Contract::strict(),
            audience,
            sites: Sites::Own,
            policies: Vec::new(),
            policy_of_user: None,
            body_limit: limits::BODY,
            changes_by_get: false,
            is_counted: true,
            is_for_other_sites: false,
            is_on_other_hosts: false,
            is_part_of_a_sign_in: false,
            is_quiet: false,
            may_read_cookies: true,
            must_be_tried_again: false,
            number: usize::MAX,
        }
    }

    /// Runs the handler.
    pub(super) async fn answer(&self, call: Call) -> super::http::Response {
        let response = (self.run)(call).await;
        if cfg!(debug_assertions) {
            self.check(&response);
        }
        response
    }

    /// The name in the log: the path with the names of its parameters. Actual paths are not logged,
    /// since they contain codes and interaction ids.
    pub(super) fn name(&self) -> &'static str {
        self.path
    }

    /// Its position in the table; the greatest number for a route outside the table.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// The reader of its answer.
    pub(super) fn audience(&self) -> Audience {
        self.audience
    }

    /// The name of its handler in the code.
    #[cfg(test)]
    pub(super) fn handler(&self) -> &'static str {
        self.handler
    }

    /// The names of its methods.
    pub(super) fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.verbs.iter().map(|verb| verb.name())
    }

    /// Whether browser applications of other sites may call it.
    pub(super) fn is_cors(&self) -> bool {
        self.sites == Sites::All
    }

    /// The sites that may make a browser call it.
    pub(super) fn sites(&self) -> Sites {
        self.sites
    }

    /// The narrower rate limits that count it.
    pub(super) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The rate limit that counts it for the signed-in user.
    pub(super) fn policy_of_user(&self) -> Option<Policy> {
        self.policy_of_user
    }

    /// The largest body, in bytes.
    pub(super) fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// Whether a `GET` changes something.
    pub(super) fn is_changed_by_get(&self) -> bool {
        self.changes_by_get
    }

    /// Whether the rate limit of all requests counts it.
    pub(super) fn is_counted(&self) -> bool {
        self.is_counted
    }

    /// Whether one request too many is refused with 503.
    pub(super) fn must_be_tried_again(&self) -> bool {
        self.must_be_tried_again
    }

    /// Whether other sites may show it.
    pub(super) fn is_for_other_sites(&self) -> bool {
        self.is_for_other_sites
    }

    /// Whether a proxy hands its answers on as those of another host.
    pub(super) fn is_on_other_hosts(&self) -> bool {
        self.is_on_other_hosts
    }

    /// Whether an application may open it in a window of its own.
    pub(super) fn is_part_of_a_sign_in(&self) -> bool {
        self.is_part_of_a_sign_in
    }

    /// Whether only its failures are logged.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Whether it may read cookies.
    pub(super) fn reads_cookies(&self) -> bool {
        self.may_read_cookies && self.audience != Audience::Application
    }

    /// Whether only our own pages may call it, even by `GET`: it stores something, or counts as an
    /// attempt.
    pub(super) fn has_effect_by_get(&self) -> bool {
        self.changes_by_get || !self.policies.is_empty()
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.verbs, self.path)
    }
}
