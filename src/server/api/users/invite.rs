//! `POST /api/users/invite`

use hyper::StatusCode;
use serde::Deserialize;

use super::body::collect;
use crate::{
    crypto::Secret,
    model::{
        DisplayName, EmailAddress, MailServer, PersonName, Username,
        one_time_access_token::OneTimeAccessToken, view::UserView,
    },
    operations::{
        one_time_access::OneTimeAccessDraft,
        users::{self, UserInvitation, Welcome},
    },
    server::{
        guarded::{
            Asker,
            ssh_access::{allow_newcomer, note_given_name},
        },
        http::{ApiError, Authorised, Request, Response, account::Account, duration::Duration},
    },
};

/// The default lifetime of the link, in seconds: a week.
const USUAL: i64 = 604_800;

/// An invitation. A missing username is made from the address.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["email"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteBody {
    #[serde(default)]
    email: String,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    user_group_ids: Vec<String>,
    #[serde(default)]
    ttl: Duration,
}

/// The fields of a body, checked.
struct CheckedInvitation {
    email: EmailAddress,
    username: Option<Username>,
    first_name: PersonName,
    last_name: PersonName,
    display_name: Option<DisplayName>,
    seconds: i64,
}

impl InviteBody {
    /// Checks every field and reports all faults at once.
    fn check(&self) -> Result<CheckedInvitation, ApiError> {
        let mut faults = Vec::new();
        let given = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
        let username = given(self.username.as_ref()).map(|name| name.parse()).transpose();
        let display_name = given(Some(&self.display_name)).map(|name| name.parse()).transpose();
        let checked = (
            collect(&mut faults, "email", self.email.parse()),
            collect(&mut faults, "username", username),
            collect(&mut faults, "firstName", self.first_name.parse()),
            collect(&mut faults, "lastName", self.last_name.parse()),
            collect(&mut faults, "displayName", display_name),
        );
        let seconds = self.ttl.or(USUAL).map_err(|fault| faults.push(fault));
        let (
            (Some(email), Some(username), Some(first_name), Some(last_name), Some(display_name)),
            Ok(seconds),
        ) = (checked, seconds)
        else {
            return Err(ApiError::validation(faults));
        };
        Ok(CheckedInvitation { email, username, first_name, last_name, display_name, seconds })
    }
}

/// Creates an account, and mails its owner a link to sign in with and add a passkey. The account gets
/// the default claims, and the groups in the body or else the default groups.
pub(super) async fn invite(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<InviteBody>().await?;
    let checked = req.body.check()?;
    MailServer::of(&req.app.config()).map_err(|fault| {
        let message = format!("Nobody can be invited: {fault}");
        ApiError::new(StatusCode::CONFLICT, "email_not_configured", message)
    })?;
    let invitation = invitation(&req, checked)?;
    let postbox = req.app.postbox();
    let asker = Asker::of(&req);
    let invited = req.act((invitation, postbox), move |act, (invitation, postbox)| {
        allow_newcomer(act, &asker, invitation.welcome.groups.iter().copied())?;
        let invited = users::invite(act, invitation, postbox)?;
        note_given_name(act, &asker, &invited.user)?;
        Ok::<_, ApiError>(UserView::of(&invited.user, &invited.groups))
    });
    let view = invited.await?;
    req.app.outbox().notify_one();
    Ok(Response::json(&view).status(StatusCode::CREATED))
}

fn invitation(
    req: &Authorised<Account, InviteBody>,
    checked: CheckedInvitation,
) -> Result<UserInvitation, ApiError> {
    let config = req.app.config();
    let groups: Result<Vec<_>, _> = req.body.user_group_ids.iter().map(|id| id.parse()).collect();
    let groups = groups.map_err(|_| ApiError::not_found("User group"))?;
    let code = OneTimeAccessToken::generate(checked.seconds, req.app.rng());
    Ok(UserInvitation {
        email: checked.email,
        username: checked.username,
        email_verified: config.emails_verified(),
        first_name: checked.first_name,
        last_name: checked.last_name,
        display_name: checked.display_name,
        welcome: Welcome {
            groups: if groups.is_empty() { config.signup_default_groups() } else { groups },
            claims: config.signup_default_claims(),
        },
        access: OneTimeAccessDraft::of(&code, checked.seconds, req.app.codes()),
        code: Secret::new(code.expose()),
    })
}
