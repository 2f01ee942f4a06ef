//! `POST /api/webauthn/logout`

use crate::{
    server::http::{ApiError, Request, Response, cookies::CookieKind},
    store::sessions,
};

/// Ends the session, on the server as in the browser.
pub(in crate::server) async fn logout(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (session, now) = (req.who.session, req.head.now);
    let revoked =
        req.app.store().write(move |tx| sessions::revoke(tx, session.id, session.user_id, now));
    // Ended already is ended.
    revoked.await?;
    Ok(Response::no_content().cookie(&req.app.cookies().remove(CookieKind::Session)))
}
