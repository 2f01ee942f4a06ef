//! `POST /api/webauthn/logout`

use crate::server::{
    http::{ApiError, Request, Response, account::ApiCredential, cookies::CookieKind},
    sign_out,
};

/// Ends the session on the server and removes its cookies from the browser. A bound session ends without its second
/// cookie, too.
pub(in crate::server) async fn logout(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account_on_any_device().await?;
    // API-key callers have no session; ending twice is a no-op.
    if let ApiCredential::Session(session) = req.who.by {
        sign_out::end(&req.app, session, req.head.now).await?;
    }
    let cookies = req.app.cookies();
    let removed = [CookieKind::BoundSession, CookieKind::Session].map(|kind| cookies.remove(kind));
    Ok(removed.iter().fold(Response::no_content(), |response, cookie| response.cookie(cookie)))
}
