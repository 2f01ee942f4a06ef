//! Requests without a user's decision: `HEAD`, and requests that a browser or a program sends ahead
//! of a click. They change nothing.

use hyper::{HeaderMap, Method, StatusCode};

use super::{
    http::{Head, Response},
    route::Route,
};

/// The headers in which browsers give the purpose of a request: `Sec-Purpose` is current (Fetch
/// standard), the others are older.
const PURPOSE: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// The values that mark a page as not opened yet.
const AHEAD: [&str; 3] = ["prefetch", "prerender", "preview"];

/// Answers a speculative request on a route where the same `GET` would change something.
pub(super) fn answer(route: &Route, head: &Head) -> Option<Response> {
    if !route.is_changed_by_get() {
        return None;
    }
    if head.method == Method::HEAD {
        return Some(Response::empty(StatusCode::OK));
    }
    // Browsers discard an unsuccessful prefetch, and ask again on the click.
    (head.method == Method::GET && is_ahead(&head.headers)).then(|| {
        Response::bytes("text/plain; charset=utf-8", "This address cannot be prefetched.\n")
            .status(StatusCode::FORBIDDEN)
            .no_store()
            .log_error(
                "prefetch",
                "refused a prefetch; the browser sends the request again on a click",
            )
    })
}

/// Whether a browser asks before a person does.
pub(super) fn is_ahead(headers: &HeaderMap) -> bool {
    let values = PURPOSE.iter().flat_map(|name| headers.get_all(*name));
    let mut texts = values.filter_map(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
    texts.any(|text| AHEAD.iter().any(|word| text.contains(word)))
}
