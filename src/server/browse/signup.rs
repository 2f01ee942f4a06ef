//! The sign-up page, for invited users or, if sign-up is open, for all.

use hyper::StatusCode;

use super::{Page, local_redirect, require_set_up};
use crate::{
    model::{SignupToken, app_config::UserSignups},
    oidc::Params,
    server::{
        failure::{AnsweredCaller, render},
        http::{Request, Response},
        pages::{PageProblem, SetupPage, Signup},
    },
    store::signup_tokens,
};

/// `GET /signup?token=`
pub(super) async fn signup(req: Request) -> Page {
    let req = req.find_user().await?;
    require_set_up(&req.app).await?;
    if req.who.is_some() {
        return Ok(Response::redirect(StatusCode::FOUND, "/settings/account"));
    }
    let config = req.app.config();
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    let token = query.value("token").filter(|token| !token.is_empty());
    match (config.allow_user_signups(), token) {
        (UserSignups::Disabled | UserSignups::WithToken, None) => {
            return Err(PageProblem::SignupClosed.into());
        }
        (UserSignups::Open, None) => {}
        (_, Some(token)) => {
            let digest = SignupToken::digest_of_given(token).ok_or(PageProblem::InvitationOver)?;
            let now = req.head.now;
            // The token is checked but not used up: mail scanners follow links.
            if !req.app.store().read(move |tx| signup_tokens::is_good(tx, digest, now)).await? {
                return Err(PageProblem::InvitationOver.into());
            }
        }
    }
    Ok(render(&SetupPage {
        layout: AnsweredCaller::of(&req.head).layout(&req.app, None),
        asks_for_code: false,
        email_required: config.require_user_email(),
        signup: Some(Signup { token: token.map(str::to_owned) }),
        redirect: local_redirect(&req),
    }))
}

/// `GET /st/TOKEN`
pub(super) async fn signup_link(req: Request, token: String) -> Page {
    req.public();
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("token", &token).finish();
    Ok(Response::redirect(StatusCode::FOUND, &format!("/signup?{query}")))
}
