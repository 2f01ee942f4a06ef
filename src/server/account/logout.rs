//! `POST /api/webauthn/logout`

use crate::server::{
    http::{ApiError, Request, Response, account::By, cookies::CookieKind},
    sign_out::SignOut,
};

/// Ends the session, on the server as in the browser.
pub(in crate::server) async fn logout(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    // Who comes with a key has no session, and ended already is ended.
    if let By::Session(session) = req.who.by {
        SignOut::new(&req.app, session, req.head.now).run().await?;
    }
    Ok(Response::no_content().cookie(&req.app.cookies().remove(CookieKind::Session)))
}
