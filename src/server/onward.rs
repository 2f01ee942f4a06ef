//! Redirects a browser to another site.

use hyper::StatusCode;

use super::{
    App,
    failure::{AnsweredCaller, render},
    http::Response,
    pages::OnwardPage,
};

/// The longest URL that is put into a header, in bytes. Many proxies accept 4 KiB of headers in
/// total, and answer `502` for more.
pub(super) const MAX_LOCATION: usize = 3_500;

/// Returns a path with its query, if it belongs to this site. A path that a browser could read as
/// another host does not.
pub(super) fn local_path(app: &App, path: &str) -> Option<String> {
    let base = app.settings().app_url.url();
    let url = base.join(path).ok()?;
    let is_ours = path.starts_with('/') && url.origin() == base.origin();
    is_ours
        .then(|| url[url::Position::BeforePath..].to_owned())
        .filter(|path| !path.starts_with("//"))
}

/// Redirects with this status. If the URL is too long for a header, answers with a page that goes
/// there.
pub(super) fn send_on(
    app: &App,
    caller: &AnsweredCaller,
    status: StatusCode,
    location: &str,
) -> Response {
    if location.len() <= MAX_LOCATION {
        return Response::redirect(status, location).no_store();
    }
    let page = OnwardPage { layout: caller.layout(app, None), url: location.to_owned() };
    render(&page).no_store()
}
