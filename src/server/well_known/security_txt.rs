//! `GET /.well-known/security.txt` (RFC 9116)

use hyper::header::CACHE_CONTROL;

use super::CACHE;
use crate::server::http::{ApiError, Request, Response};

const PATH: &str = "/.well-known/security.txt";
/// How long the document counts, in seconds. RFC 9116 §2.5.5 recommends less than a year.
const LIFETIME: i64 = 180 * 86_400;

/// Tells where security problems are reported.
pub(super) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let settings = req.app.settings();
    let contact = settings.well_known.security_contact.as_ref();
    let contact = contact.ok_or_else(|| ApiError::not_found("Document"))?;
    let expires = req.head.now.plus(LIFETIME);
    let mut text = format!("Contact: {contact}\nExpires: {expires}\n");
    // RFC 9116 §2.5.2: an address of the web is of https.
    if settings.app_url.is_https() {
        text.push_str(&format!("Canonical: {}\n", settings.app_url.join(PATH)));
    }
    Ok(Response::bytes("text/plain; charset=utf-8", text).header(CACHE_CONTROL, CACHE))
}
