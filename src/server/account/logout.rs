//! `POST /api/webauthn/logout`

use crate::server::{
    http::{ApiError, Request, Response, account::ApiCredential, cookies::CookieKind},
    sign_out,
};

/// Ends the session on the server and removes its cookie from the browser.
pub(in crate::server) async fn logout(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    // API-key callers have no session; ending twice is a no-op.
    if let ApiCredential::Session(session) = req.who.by {
        sign_out::end(&req.app, session, req.head.now).await?;
    }
    Ok(Response::no_content().cookie(&req.app.cookies().remove(CookieKind::Session)))
}
