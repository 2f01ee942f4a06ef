//! `/api/signup`: users create their own accounts, by invitation or openly (Pocket ID 2.14)

use hyper::StatusCode;
use serde::Deserialize;

use super::{
    App,
    api::users::body::UserBody,
    http::{ApiError, Head, Request, Response},
    limiter::{BucketKey, Policy},
    refusal::RequestRefusal,
    route::{Route, post},
    signing_in::NewSession,
};
use crate::{
    crypto::Digest,
    model::{
        Amr, AppConfig, GroupId, SignupToken, Timestamp, UserId, app_config::UserSignups,
        view::UserView,
    },
    operations::users::{self, Welcome},
    store::{Tx, signup_tokens},
};

/// The route. The handler counts attempts itself, once it knows that they could succeed.
pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/api/signup", create)
            .for_anyone()
            .takes::<SignUp>()
            .creates::<UserView>()
            .refuses(&[401, 409]),
    ]
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SignUp {
    #[serde(flatten)]
    profile: UserBody,
    #[serde(default)]
    token: Option<String>,
}

/// The permission to sign up.
#[derive(Debug, Clone, Copy)]
enum Leave {
    /// An invitation.
    Invitation(Digest),
    /// Open signup: no invitation is needed.
    Open,
}

impl Leave {
    fn of(config: &AppConfig, token: Option<&str>) -> Result<Self, ApiError> {
        let token = token.filter(|token| !token.is_empty());
        match (config.allow_user_signups(), token) {
            // An administrator made it, so it works in every mode (Pocket ID 2.14).
            (_, Some(token)) => {
                SignupToken::digest_of_given(token).map(Self::Invitation).ok_or_else(not_invited)
            }
            (UserSignups::Open, None) => Ok(Self::Open),
            (UserSignups::Disabled | UserSignups::WithToken, None) => {
                let message = "Open user signup is not enabled";
                Err(ApiError::new(StatusCode::FORBIDDEN, "open_signup_disabled", message))
            }
        }
    }

    /// Counts an attempt. From here on the answer may reveal which invitations are valid and which
    /// usernames are taken.
    fn count(self, app: &App, head: &Head) -> Result<(), RequestRefusal> {
        let limiter = app.limiter();
        limiter.check(Policy::Signup, head.client_ip).map_err(RequestRefusal::TooMany)?;
        if let Self::Open = self {
            // Accounts are permanent, so callers with many addresses are counted together.
            limiter
                .check_key(Policy::OpenSignup, BucketKey::Everybody)
                .map_err(RequestRefusal::TooMany)?;
        }
        Ok(())
    }

    /// Uses the permission, in the transaction that creates the account: if that fails, the
    /// invitation stays unused. Returns the groups of the invitation and the reason for the audit
    /// log.
    fn take(
        self,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<(Vec<GroupId>, (&'static str, String)), ApiError> {
        match self {
            Self::Open => Ok((Vec::new(), ("method", "open_signup".to_owned()))),
            Self::Invitation(digest) => {
                let id = signup_tokens::consume(tx, digest, now)?.ok_or_else(not_invited)?;
                let groups = signup_tokens::list_groups(tx, id)?;
                let ids = groups.into_iter().map(|group| group.id).collect();
                Ok((ids, ("signupToken", id.to_string())))
            }
        }
    }
}

fn not_invited() -> ApiError {
    let message = "Token is invalid or expired";
    ApiError::new(StatusCode::UNAUTHORIZED, "token_invalid_or_expired", message)
}

/// `POST`: creates an account and signs in to it, so that its owner can register a passkey.
async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json::<SignUp>().await?;
    let config = req.app.config();
    let leave = Leave::of(&config, req.body.token.as_deref())?;
    // Before the attempt is counted: an invalid email reveals nothing to the caller, and can be
    // corrected.
    let profile = req.body.profile.check_own(&config)?;
    leave.count(&req.app, &req.head)?;
    let (id, now) = (UserId(req.app.new_id(req.head.now)), req.head.now);
    let draft = profile.into_own_draft(id, false);
    let session = NewSession::prepare(&req.app, &req.head, id, Amr::OneTimeCode).of_new_account();
    let headers = session.headers(&req.app);
    let created = req.act(draft, move |act, draft| {
        // Before anything else: a caller without an invitation must not learn which usernames are
        // taken.
        let (invited_to, reason) = leave.take(act, now)?;
        let user = users::create(act, draft, Some(reason))?;
        let groups =
            if invited_to.is_empty() { config.signup_default_groups() } else { invited_to };
        let welcome = Welcome { groups, claims: config.signup_default_claims() };
        let groups = users::welcome(act, &user, &welcome)?;
        session.insert(act)?;
        Ok::<_, ApiError>(UserView::of(&user, &groups))
    });
    let view = created.await?;
    Ok(headers.put(Response::json(&view).status(StatusCode::CREATED)))
}
