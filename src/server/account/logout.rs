//! `POST /api/webauthn/logout`

use crate::server::{
    http::{ApiError, Request, Response, cookies::CookieKind},
    sign_out::SignOut,
};

/// Ends the session, on the server as in the browser.
pub(in crate::server) async fn logout(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    // Ended already is ended.
    SignOut::new(&req.app, req.who.session, req.head.now).run().await?;
    Ok(Response::no_content().cookie(&req.app.cookies().remove(CookieKind::Session)))
}
