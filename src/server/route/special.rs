//! Rows that stand for many addresses: those that moved, and those that are not there.

use hyper::StatusCode;

use super::{Route, Verb, handler};
use crate::server::{
    failure::PageError,
    http::{ApiError, Request, Response},
    pages::Problem,
};

/// A page of Pocket ID whose place another one of ours has taken: people have it as a bookmark and as their
/// `homePageUrl`.
pub(in crate::server) fn moved(from: &'static str, to: &'static str) -> Route {
    let lead = move |request: Request| async move { redirect(StatusCode::FOUND, to, &request) };
    let (audience, run) = handler::run(lead);
    // Wherever it was, it leads to one place.
    let run = Box::new(move |call| run(handler::Call { parameters: Vec::new(), ..call }));
    Route::of(&[Verb::Get], from, (audience, run)).in_a_sign_in()
}

/// What is answered where no row of the table fits.
pub(super) struct Special {
    pub(super) preflight: Route,
    pub(super) trailing_slash: Route,
    pub(super) unknown_api: Route,
    pub(super) unknown_page: Route,
}

impl Special {
    pub(super) fn new() -> Self {
        Self {
            preflight: Route::new(&[], "(preflight)", preflight)
                .cors()
                .uncounted()
                .without_cookies(),
            trailing_slash: Route::of(&[], "(trailing slash)", handler::run(without_slash))
                .in_a_sign_in()
                .without_cookies(),
            unknown_api: Route::new(&[], "(unknown endpoint)", unknown_api),
            unknown_page: Route::new(&[], "(unknown page)", unknown_page),
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

/// The query goes along: `/login/alternative/code?code=` is `/lc?code=`.
fn redirect(status: StatusCode, path: &str, request: &Request) -> Result<Response, PageError> {
    let query = &request.head.query;
    Ok(match query.is_empty() {
        true => Response::redirect(status, path),
        false => Response::redirect(status, &format!("{path}?{query}")),
    })
}

/// Without `code`, as Pocket ID 2.14 has it: programs tell by that whether an object is missing or an endpoint.
async fn unknown_api(request: Request) -> Result<Response, ApiError> {
    request.public();
    Ok(Response::json(&serde_json::json!({ "error": "API endpoint not found" }))
        .status(StatusCode::NOT_FOUND)
        .log_error("not_found", "no such endpoint, or another method"))
}

async fn unknown_page(request: Request) -> Result<Response, PageError> {
    request.public();
    Err(Problem::NotFound.into())
}
