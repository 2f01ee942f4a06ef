//! Routes that stand for many paths: moved pages and unknown paths.

use hyper::StatusCode;

use super::{Route, Verb, handler};
use crate::server::{
    failure::PageError,
    http::{ApiError, Request, Response, ScimError},
    pages::PageProblem,
};

/// Redirects a page of Pocket ID to the page of ours that replaces it: users have the old path as a
/// bookmark or as their `homePageUrl`.
pub(in crate::server) fn moved(from: &'static str, to: &'static str) -> Route {
    let lead = move |request: Request| async move { redirect(StatusCode::FOUND, to, &request) };
    let (audience, run) = handler::run(lead);
    // Path parameters are dropped: every old path leads to the same page.
    let run = Box::new(move |call| run(handler::Call { parameters: Vec::new(), ..call }));
    Route::of(&[Verb::Get], from, audience, run).in_a_sign_in()
}

/// The routes for requests that match no route of the table.
pub(super) struct Special {
    pub(super) preflight: Route,
    pub(super) trailing_slash: Route,
    pub(super) unknown_api: Route,
    pub(super) unknown_page: Route,
    pub(super) unknown_scim: Route,
    pub(super) wrong_method_scim: Route,
}

impl Special {
    pub(super) fn new() -> Self {
        let (audience, run) = handler::run(without_slash);
        Self {
            preflight: Route::new(&[], "(preflight)", preflight)
                .cors()
                .uncounted()
                .without_cookies(),
            trailing_slash: Route::of(&[], "(trailing slash)", audience, run)
                .in_a_sign_in()
                .without_cookies(),
            unknown_api: Route::new(&[], "(unknown endpoint)", unknown_api),
            unknown_page: Route::new(&[], "(unknown page)", unknown_page),
            unknown_scim: Route::new(&[], "(unknown SCIM endpoint)", unknown_scim)
                .without_cookies(),
            wrong_method_scim: Route::new(&[], "(wrong SCIM method)", wrong_method_scim)
                .without_cookies(),
        }
    }
}

async fn preflight(request: Request) -> Result<Response, ApiError> {
    request.public();
    Ok(Response::no_content())
}

async fn without_slash(request: Request, plain: String) -> Result<Response, PageError> {
    redirect(StatusCode::MOVED_PERMANENTLY, &plain, &request)
}

/// Keeps the query: `/login/alternative/code?code=` becomes `/lc?code=`.
fn redirect(status: StatusCode, path: &str, request: &Request) -> Result<Response, PageError> {
    let query = &request.head.query;
    Ok(if query.is_empty() {
        Response::redirect(status, path)
    } else {
        Response::redirect(status, &format!("{path}?{query}"))
    })
}

/// Has no `code`, as in Pocket ID 2.14: programs can tell by that whether an object or an endpoint
/// is missing.
async fn unknown_api(request: Request) -> Result<Response, ApiError> {
    request.public();
    Ok(Response::json(&serde_json::json!({ "error": "API endpoint not found" }))
        .status(StatusCode::NOT_FOUND)
        .log_error("not_found", "no such endpoint, or another method"))
}

async fn unknown_scim(request: Request) -> Result<Response, ScimError> {
    request.public();
    Err(ScimError::not_found("endpoint"))
}

async fn wrong_method_scim(request: Request) -> Result<Response, ScimError> {
    request.public();
    let detail = "This endpoint does not take this method.";
    Err(ScimError::new(StatusCode::METHOD_NOT_ALLOWED, detail))
}

async fn unknown_page(request: Request) -> Result<Response, PageError> {
    request.public();
    Err(PageProblem::NotFound.into())
}
