//! Refuses requests that another site makes a browser send: with its cookie, or at the cost of its
//! network's limits.

use hyper::Method;

use super::{
    App,
    http::{ApiError, Head, account::stands_on_key},
    route::{Route, Sites},
};

/// The `Sec-Fetch-Dest` values of embedded content (Fetch standard).
const FRAMES: [&str; 5] = ["embed", "fencedframe", "frame", "iframe", "object"];

/// Refuses requests from other sites on routes that do not allow them. `SameSite=Lax` keeps the
/// cookie from most of them; this is the second defence, against sibling hosts of the same site.
/// Requests without a cookie matter too: they count for the network of the visitor of that site.
///
/// A browser without `Sec-Fetch-Site` is treated like a program.
pub(super) fn check(app: &App, route: &Route, head: &Head) -> Result<(), ApiError> {
    let app_url = app.settings().app_url.as_str();
    let refuse = |detail: String| Err(ApiError::cross_site(app_url, detail));
    match route.sites() {
        Sites::All | Sites::AllByThemselves => return Ok(()),
        Sites::AllBySending => return not_opened(head).map_or(Ok(()), refuse),
        Sites::AllByLinking | Sites::Own if stands_on_key(app, head) => return Ok(()),
        Sites::AllByLinking => {
            return not_opened(head).or_else(|| framed(head)).map_or(Ok(()), refuse);
        }
        Sites::Own => {}
    }
    let is_read = matches!(head.method, Method::GET | Method::HEAD);
    if is_read && !route.has_effect_by_get() {
        return Ok(());
    }
    match (head.header("origin"), foreign(head)) {
        (Some(origin), _) if origin != app_url && !is_related(app, head, origin) => {
            refuse(format!("Origin is {origin:?}"))
        }
        (_, Some(site)) => refuse(format!("Sec-Fetch-Site is {site}")),
        _ => Ok(()),
    }
}

/// Whether the browser shows our pages at a related origin (WebAuthn L3 §5.11). Browsers that know
/// these say where a request is from.
fn is_related(app: &App, head: &Head, origin: &str) -> bool {
    head.header("sec-fetch-site") == Some("same-origin")
        && app.settings().well_known.origins().any(|related| related == origin)
}

/// Whether a page of another site embeds the answer. Our pages are not shown there.
pub(super) fn is_framed(head: &Head) -> bool {
    framed(head).is_some()
}

/// Whether another site made the browser send this: a link, a script or a picture there.
pub(super) fn is_foreign(head: &Head) -> bool {
    foreign(head).is_some()
}

fn framed(head: &Head) -> Option<String> {
    let (site, dest) = (foreign(head)?, head.header("sec-fetch-dest")?);
    FRAMES.contains(&dest).then(|| format!("Sec-Fetch-Dest is {dest}, Sec-Fetch-Site is {site}"))
}

/// Why a request is not a navigation: it is an image, a script, or a `fetch` of another site.
fn not_opened(head: &Head) -> Option<String> {
    let (site, mode) = (foreign(head)?, head.header("sec-fetch-mode")?);
    (mode != "navigate").then(|| format!("Sec-Fetch-Mode is {mode}, Sec-Fetch-Site is {site}"))
}

/// The `Sec-Fetch-Site` of a request from another site. None for requests from this site or started
/// by the user.
fn foreign(head: &Head) -> Option<&str> {
    head.header("sec-fetch-site").filter(|site| matches!(*site, "cross-site" | "same-site"))
}
