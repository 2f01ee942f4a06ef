//! Refuses users without access to the client (Pocket ID 2.14): before any other step, and on our
//! own page, since the application cannot solve the problem.

use super::reply::AuthorizeFailure;
use crate::{
    model::{Client, EventKind},
    oidc::{AuthorizationRequest, OAuthError, OAuthErrorCode},
    operations::clients::may_use,
    server::{
        failure::PageError,
        oidc::{
            front_channel::Browser,
            group_access::{audit_event, count_authorization},
        },
        pages::PageProblem,
    },
    store::audit_events,
};

/// Refuses a signed-in user without access to the client, and writes it to the audit log.
pub(super) async fn check_may_use(
    req: &Browser,
    client: &Client,
    request: &AuthorizationRequest,
) -> Result<(), AuthorizeFailure> {
    let Some(who) = req.who.as_ref().filter(|_| client.is_group_restricted) else { return Ok(()) };
    let (asked, user_id, now) = (client.clone(), who.user.id, req.head.now);
    if req.app.store().read(move |tx| may_use(tx, &asked, user_id, now)).await? {
        return Ok(());
    }
    count_authorization(&req.app, who.user.id).map_err(PageError::from)?;
    let kind = EventKind::ClientAuthorizationRefused;
    let event = audit_event(&req.app, &req.head, kind, client, user_id);
    req.app.store().write(move |tx| audit_events::insert(tx, &event)).await?;
    Err(not_allowed(request, client))
}

/// Tells the user. With `prompt=none` no page is shown, so tells the client (OIDC Core §3.1.2.1).
pub(super) fn not_allowed(request: &AuthorizationRequest, client: &Client) -> AuthorizeFailure {
    if request.prompts.none {
        let description = "The user is not allowed to use this application.";
        let error = OAuthError::explained(OAuthErrorCode::AccessDenied, description);
        return AuthorizeFailure::to_client(&request.reply_to, error);
    }
    PageProblem::NotAllowed { client_name: client.name.to_string() }.into()
}
