//! Turns the errors of handlers into answers: JSON for scripts and applications, a page for people.

use askama::Template;
use hyper::{StatusCode, header::RETRY_AFTER};

use super::{
    App,
    audience::Audience,
    http::{ApiError, Head, Response, ScimError},
    messages::Locale,
    pages::{self, ErrorPage, Layout, PageProblem, Scheme},
};
use crate::{
    model::User, oidc::OAuthError, operations::Refusal, recipe::LibraryError, store::StoreError,
};

/// The request data that an error answer needs, kept from before the handler consumed the request.
#[derive(Debug, Clone)]
pub(super) struct AnsweredCaller {
    /// The id of the request.
    pub(super) request_id: String,
    /// The language of the browser.
    pub(super) locale: Locale,
    /// The colour scheme that was chosen in this browser.
    pub(super) scheme: Option<Scheme>,
}

impl AnsweredCaller {
    /// Takes this data from the head of a request.
    pub(super) fn of(head: &Head) -> Self {
        let locale = Locale::negotiate(head.header("accept-language"));
        let scheme = head.preference("scheme").and_then(Scheme::parse);
        Self { request_id: head.request_id.clone(), locale, scheme }
    }

    /// The frame of a page, in the language of the user, or else of the browser.
    pub(super) fn layout(&self, app: &App, user: Option<&User>) -> Layout {
        let chosen = user.and_then(|user| Locale::from_tag(user.locale.as_deref()?));
        let name = user.map(User::shown_name);
        let locale = chosen.unwrap_or(self.locale);
        Layout {
            logos: app.logos(),
            has_background: app.has_background(),
            app_url: app.settings().app_url.as_str().to_owned(),
            scheme: self.scheme,
            ..Layout::new(locale, &app.config(), name.as_deref())
        }
    }
}

/// An error that knows the format of its answer.
pub(super) trait Failure: Send + 'static {
    /// The reader of the answer.
    const AUDIENCE: Audience;

    /// The answer.
    fn into_response(self, app: &App, caller: &AnsweredCaller) -> Response;
}

impl Failure for ApiError {
    const AUDIENCE: Audience = Audience::Script;

    fn into_response(self, _app: &App, caller: &AnsweredCaller) -> Response {
        ApiError::into_response(self, &caller.request_id)
    }
}

impl Failure for OAuthError {
    const AUDIENCE: Audience = Audience::Application;

    fn into_response(self, _app: &App, _caller: &AnsweredCaller) -> Response {
        Response::oauth_error(&self)
    }
}

impl Failure for ScimError {
    const AUDIENCE: Audience = Audience::Scim;

    fn into_response(self, _app: &App, _caller: &AnsweredCaller) -> Response {
        ScimError::into_response(self)
    }
}

/// An error that is shown as a page.
#[derive(Debug)]
pub(super) struct PageError {
    problem: PageProblem,
    detail: Option<String>,
    retry_after: Option<u64>,
    /// The page to show instead.
    elsewhere: Option<String>,
}

impl PageError {
    /// Leads to the page to sign in on, and from there back.
    pub(super) fn sign_in(path: &str) -> Self {
        Self::elsewhere(pages::login_path(Some(path)))
    }

    /// Leads to another page, since this one is not for this caller.
    pub(super) fn elsewhere(path: impl Into<String>) -> Self {
        Self { elsewhere: Some(path.into()), ..Self::from(PageProblem::Denied) }
    }

    /// Adds the cause for the log. The page does not show it.
    pub(super) fn because(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Sets how many seconds to wait.
    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<PageProblem> for PageError {
    fn from(problem: PageProblem) -> Self {
        let is_temporary = problem == PageProblem::Unavailable;
        Self { problem, detail: None, retry_after: is_temporary.then_some(1), elsewhere: None }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        let problem =
            if error.is_outage() { PageProblem::Unavailable } else { PageProblem::Internal };
        Self::from(problem).because(error)
    }
}

/// The faults that a page has in common with the REST API, whose lists it reads.
impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        let problem = match error.status().as_u16() {
            404 => PageProblem::NotFound,
            429 => PageProblem::TooManyRequests,
            503 => PageProblem::Unavailable,
            _ => PageProblem::Internal,
        };
        Self::from(problem).because(format_args!("{error:?}"))
    }
}

impl From<LibraryError> for PageError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::NotFound { .. } => PageProblem::NotFound.into(),
            // Only administrators see it, and it tells them which file to mend.
            error => PageProblem::Other { status: 500, message: error.to_string() }.into(),
        }
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        ApiError::from(refusal).into()
    }
}

impl Failure for PageError {
    const AUDIENCE: Audience = Audience::Person;

    fn into_response(self, app: &App, caller: &AnsweredCaller) -> Response {
        if let Some(path) = &self.elsewhere {
            return Response::redirect(StatusCode::FOUND, path);
        }
        let status = StatusCode::from_u16(self.problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let (code, detail) = (self.problem.code(), self.detail.unwrap_or_default());
        let request_id = Some(caller.request_id.clone());
        let page =
            ErrorPage { layout: caller.layout(app, None), problem: self.problem, request_id };
        let response = render(&page).status(status).log_error(code, detail);
        match self.retry_after {
            Some(seconds) => response.header(RETRY_AFTER, &seconds.to_string()),
            None => response,
        }
    }
}

/// Renders a page as a response.
pub(super) fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Response::html(html),
        // Writing into memory does not fail. If it ever does, the browser still gets an answer.
        Err(error) => Response::empty(StatusCode::INTERNAL_SERVER_ERROR)
            .log_error("internal_error", error.to_string()),
    }
}

/// The answer of a handler: its response, or its error as a response.
pub(super) fn answer<E: Failure>(
    result: Result<Response, E>,
    app: &App,
    caller: &AnsweredCaller,
) -> Response {
    result.unwrap_or_else(|failure| failure.into_response(app, caller))
}
