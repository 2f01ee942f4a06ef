//! Ways to sign in without a passkey of this device, the step after a sign-up, and the way home.

use hyper::StatusCode;

use super::{Page, local_redirect, require_set_up};
use crate::server::{
    failure::{AnsweredCaller, PageError, render},
    http::{Request, Response},
    pages::{AddPasskeyPage, AlternativePage, DeviceLoginPage},
    same_site,
};

/// `GET /`: leads to the page that the administrator chose, or to the sign-in.
pub(super) async fn home(req: Request) -> Page {
    let req = req.find_user().await?;
    if req.who.is_none() {
        require_set_up(&req.app).await?;
        return Ok(Response::redirect(StatusCode::FOUND, "/login"));
    }
    Ok(Response::redirect(StatusCode::FOUND, req.app.config().home_page_url()))
}

/// `GET /login/alternative`
pub(super) async fn alternative(req: Request) -> Page {
    let req = req.find_user().await?;
    require_set_up(&req.app).await?;
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, None);
    Ok(render(&AlternativePage { layout, redirect: local_redirect(&req) }))
}

/// `GET /login/alternative/device`
pub(super) async fn device_login(req: Request) -> Page {
    let req = req.find_user().await?;
    require_set_up(&req.app).await?;
    let redirect = local_redirect(&req);
    if req.who.is_some() {
        let config = req.app.config();
        let path = redirect.as_deref().unwrap_or(config.home_page_url());
        return Ok(Response::redirect(StatusCode::FOUND, path));
    }
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, None);
    let begins = !same_site::is_foreign(&req.head);
    Ok(render(&DeviceLoginPage { layout, redirect, begins }))
}

/// `GET /signup/add-passkey`
pub(super) async fn add_passkey(req: Request) -> Page {
    let path = req.head.path.clone();
    let req = req.find_user().await?;
    let Some(who) = &req.who else { return Err(PageError::sign_in(&path)) };
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, Some(&who.user));
    Ok(render(&AddPasskeyPage { layout }))
}
