//! Ways to sign in without a passkey of this device, the step after a sign-up, and the way home.

use hyper::StatusCode;

use super::{Page, local_redirect, require_set_up};
use crate::{
    model::ConfigKey,
    server::{
        failure::{AnsweredCaller, PageError, render},
        http::{Request, Response},
        pages::{
            AddPasskeyPage, AlternativePage, DeviceLoginPage, EmailLoginPage, VerifyEmailPage,
        },
        same_site,
    },
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
    let by_email = req.app.config().flag(ConfigKey::EmailOneTimeAccessAsUnauthenticatedEnabled);
    Ok(render(&AlternativePage { layout, redirect: local_redirect(&req), by_email }))
}

/// `GET /login/alternative/email`
pub(super) async fn email_login(req: Request) -> Page {
    let req = req.find_user().await?;
    require_set_up(&req.app).await?;
    let redirect = local_redirect(&req);
    if !req.app.config().flag(ConfigKey::EmailOneTimeAccessAsUnauthenticatedEnabled) {
        return Err(PageError::elsewhere("/login/alternative"));
    }
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, None);
    Ok(render(&EmailLoginPage { layout, redirect }))
}

/// `GET /verify-email?token=`
pub(super) async fn verify_email(req: Request) -> Page {
    let here = req.head.path_and_query();
    let req = req.find_user().await?;
    let Some(who) = &req.who else { return Err(PageError::sign_in(&here)) };
    let token = req.head.query_value("token").filter(|token| !token.is_empty());
    let (Some(token), Some(email)) = (token, &who.user.email) else {
        return Err(PageError::elsewhere("/settings/account"));
    };
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, Some(&who.user));
    let token = token.chars().take(64).collect();
    Ok(render(&VerifyEmailPage { layout, email: email.to_string(), token }))
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
