//! Sending a browser on to another site.

use hyper::StatusCode;

use super::{
    App,
    failure::{Caller, render},
    http::Response,
    pages::OnwardPage,
};

/// The longest address that is put into a header, in bytes. Many proxies take headers of 4 KiB
/// altogether, and answer `502` for longer ones.
pub(super) const MAX_LOCATION: usize = 3_500;

/// `303`, so that a POST to us does not become a POST there; a page that goes there when the address is
/// too long for a header.
pub(super) fn send_on(app: &App, caller: &Caller, location: &str) -> Response {
    if location.len() <= MAX_LOCATION {
        return Response::redirect(StatusCode::SEE_OTHER, location).no_store();
    }
    let page = OnwardPage { layout: caller.layout(app, None), url: location.to_owned() };
    render(&page).no_store()
}
