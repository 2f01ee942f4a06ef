//! `GET /.well-known/change-password` (W3C, A Well-Known URL for Changing Passwords)

use hyper::StatusCode;

use super::ACCOUNT;
use crate::server::{
    failure::PageError,
    http::{Request, Response},
};

/// Leads password managers to the page of the account: there are no passwords, and passkeys are
/// looked after there.
pub(super) async fn lead(req: Request) -> Result<Response, PageError> {
    let req = req.public();
    Ok(Response::redirect(StatusCode::FOUND, &req.app.settings().app_url.join(ACCOUNT)))
}
