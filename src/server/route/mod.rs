//! An endpoint: one row of the table that `routes/` joins.
//!
//! A row says all that is known of an endpoint before its handler runs. A constructor gives the defaults, which are the
//! strict ones, and every exception is a call with a name:
//!
//! ```text
//! get("/api/users/me", me::show)
//! post("/api/webauthn/login/finish", authentication::finish).limited_by(Policy::Login)
//! ```
//!
//! The type of the handler says who reads the answer ([`Failure::AUDIENCE`]), and so how a refusal is told.
//!
//! [`Failure::AUDIENCE`]: super::failure::Failure::AUDIENCE

mod handler;
mod router;
mod special;
mod verb;

use std::fmt;

use self::{handler::Run, verb::Verb};
pub(super) use self::{
    handler::{Call, Handler},
    router::{Found, Router},
    special::moved,
};
use super::{audience::Audience, limiter::Policy, limits};

/// Which sites may make a browser ask for an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sites {
    /// All, their scripts included (CORS).
    All,
    /// All may send a browser there, also in a frame that nobody sees.
    AllBySending,
    /// All may link to it, and none may embed it: a page of ours.
    AllByLinking,
    /// This one. Others may read it where that changes nothing and counts as no try.
    Own,
}

/// An endpoint.
pub(super) struct Route {
    verbs: &'static [Verb],
    path: &'static str,
    run: Run,
    audience: Audience,
    sites: Sites,
    policies: Vec<Policy>,
    policy_of_user: Option<Policy>,
    body_limit: usize,
    changes_by_get: bool,
    is_counted: bool,
    is_for_other_sites: bool,
    is_part_of_a_sign_in: bool,
    is_quiet: bool,
    may_read_cookies: bool,
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

/// A page that people open, from a link on another site too, and that no other site embeds.
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
    /// Tells failures in the form of another audience than that of the handler's error.
    pub(super) fn told_to(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// Takes bodies up to another size than [`limits::BODY`], in bytes.
    pub(super) fn body(self, limit: usize) -> Self {
        Self { body_limit: limit, ..self }
    }

    /// Counts it under a narrower rate limit as well.
    pub(super) fn limited_by(mut self, policy: Policy) -> Self {
        self.policies.push(policy);
        self
    }

    /// Counts it for whoever is signed in, wherever they come from: it leaves rows that stay, such as entries of the
    /// audit log.
    ///
    /// What only takes something away does not count. Each passkey, key, session and consent is taken away
    /// once, and counted when it came; and an owner who sees a stranger in the list must be rid of them at once,
    /// also when the stranger has used up what the account may do.
    pub(super) fn limited_for_user(self, policy: Policy) -> Self {
        Self { policy_of_user: Some(policy), ..self }
    }

    /// Leaves it out of the rate limit of all requests. Pages read the database too, so they count like
    /// the API that they call.
    pub(super) fn uncounted(self) -> Self {
        Self { is_counted: false, ..self }
    }

    /// Logs it only when it fails: programs and pages ask for it by themselves.
    pub(super) fn quiet(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// Lets browser applications of other sites call it: it goes by what is in the request, and not by a
    /// cookie. (Browsers send none with a request of this kind, and `end-session` without one signs nobody
    /// out.)
    pub(super) fn cors(self) -> Self {
        Self { sites: Sites::All, is_for_other_sites: true, ..self }
    }

    /// Lets applications send browsers to it, also in a frame that nobody sees (`prompt=none`).
    pub(super) fn sent_by_applications(self) -> Self {
        Self { sites: Sites::AllBySending, is_for_other_sites: true, ..self }
    }

    /// Shows it on other sites; nothing of it depends on a cookie.
    pub(super) fn for_other_sites(self) -> Self {
        Self { is_for_other_sites: true, ..self.without_cookies() }
    }

    /// Answers also when a cookie comes twice, since it looks at none: what an error page is made of must come in
    /// any case.
    pub(super) fn without_cookies(self) -> Self {
        Self { may_read_cookies: false, ..self }
    }

    /// Keeps the window of an application that opened it to sign in: another policy would cut that window off
    /// from the application for good, redirects included.
    pub(super) fn in_a_sign_in(self) -> Self {
        Self { is_part_of_a_sign_in: true, ..self }
    }

    /// Says that a `GET` changes something: a code is issued, a session ends, a challenge or an audit
    /// entry is stored.
    pub(super) fn changes_by_get(self) -> Self {
        Self { changes_by_get: true, ..self }
    }
}

impl Route {
    /// Panics if the handler takes other parameters than the path has.
    fn new<P, H: Handler<P>>(verbs: &'static [Verb], path: &'static str, handler: H) -> Self {
        assert_eq!(path.matches('{').count(), H::PARAMETERS, "the parameters of {path}");
        Self::of(verbs, path, handler::run(handler))
    }

    fn of(verbs: &'static [Verb], path: &'static str, (audience, run): (Audience, Run)) -> Self {
        Self {
            verbs,
            path,
            run,
            audience,
            sites: Sites::Own,
            policies: Vec::new(),
            policy_of_user: None,
            body_limit: limits::BODY,
            changes_by_get: false,
            is_counted: true,
            is_for_other_sites: false,
            is_part_of_a_sign_in: false,
            is_quiet: false,
            may_read_cookies: true,
        }
    }

    /// Runs the handler.
    pub(super) async fn answer(&self, call: Call) -> super::http::Response {
        (self.run)(call).await
    }

    /// The name in the log, with the names of parameters. Codes and interaction ids are in paths, and paths are not
    /// logged.
    pub(super) fn name(&self) -> &'static str {
        self.path
    }

    /// Who reads its answer.
    pub(super) fn audience(&self) -> Audience {
        self.audience
    }

    /// The names of its methods.
    #[cfg(test)]
    pub(super) fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.verbs.iter().map(|verb| verb.name())
    }

    /// Whether browser applications of other sites may call it.
    pub(super) fn is_cors(&self) -> bool {
        self.sites == Sites::All
    }

    /// Which sites may make a browser ask for it.
    pub(super) fn sites(&self) -> Sites {
        self.sites
    }

    /// The narrower rate limits that count it.
    pub(super) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The rate limit that counts it for whoever is signed in.
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

    /// Whether other sites may show it.
    pub(super) fn is_for_other_sites(&self) -> bool {
        self.is_for_other_sites
    }

    /// Whether it may be opened by an application in a window of its own.
    pub(super) fn is_part_of_a_sign_in(&self) -> bool {
        self.is_part_of_a_sign_in
    }

    /// Whether only its failures are logged.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Whether it may look at cookies.
    pub(super) fn reads_cookies(&self) -> bool {
        self.may_read_cookies && self.audience != Audience::Application
    }

    /// Whether only our own pages may ask for it, even by `GET`: it stores something, or counts as a try.
    pub(super) fn has_effect_by_get(&self) -> bool {
        self.changes_by_get || !self.policies.is_empty()
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.verbs, self.path)
    }
}
