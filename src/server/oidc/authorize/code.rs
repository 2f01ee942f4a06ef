//! The answer after the user allowed access: an authorization code (RFC 6749 §4.1.2)

use std::sync::Arc;

use super::{
    access::not_allowed,
    pending::{Open, PendingRequest},
    reply::{AuthorizeFailure, reply},
};
use crate::{
    crypto::BearerToken,
    model::{Amr, AuditEvent, Client, EventKind, Grant, GrantId, Timestamp},
    oidc::{code_exchange::CODE_SECONDS, interaction::auth_time},
    operations::clients::may_use,
    server::{
        App,
        client_metadata::is_let_in,
        failure::{AnsweredCaller, PageError},
        http::{Response, request::SignedIn},
        oidc::{
            front_channel::Browser,
            group_access::{audit_event, count_authorization},
        },
        pages::PageProblem,
    },
    store::{
        StoreError, Tx, audit_events,
        authorization_codes::{self, AuthorizationCode},
        grants, sessions, sign_out,
    },
};

/// The prefix of authorization codes, so that a leaked code can be recognised.
pub(in crate::server::oidc) const CODE_PREFIX: &str = "pocket_id_ac_";

/// Ends the interaction, records the user's consent, and gives the client its code.
pub(super) async fn issue_code(
    req: &Browser,
    pending: PendingRequest,
    who: &SignedIn,
) -> Result<Response, AuthorizeFailure> {
    count_authorization(&req.app, who.user.id).map_err(PageError::from)?;
    let issue = Issue::prepare(req, &pending, who);
    let (code, scope) = (issue.code.expose().to_owned(), issue.grant.scope.to_string());
    let PendingRequest { client, request, .. } = pending;
    let app = Arc::clone(&req.app);
    match req.app.store().write(move |tx| issue.run(tx, &app)).await? {
        Issued::Replayed => Err(PageProblem::InteractionUsed.into()),
        Issued::SessionEnded => Err(PageProblem::InteractionExpired.into()),
        Issued::NotAllowed => Err(not_allowed(&request, &client)),
        Issued::NotLetIn => {
            Err(PageProblem::ClientPending { client: client.name.to_string() }.into())
        }
        Issued::Code => {
            let mut params = vec![("code", code.as_str())];
            // RFC 6749 §4.1.2 has no scope here; applications of Pocket ID read it.
            let is_told = !scope.is_empty() && client.security_profile.is_none();
            params.extend(is_told.then_some(("scope", scope.as_str())));
            reply(&req.app, &AnsweredCaller::of(&req.head), &request.reply_to, &params).await
        }
    }
}

/// A code that is about to be stored, with its grant and its audit log entry.
#[derive(Debug)]
struct Issue {
    code: BearerToken,
    code_row: AuthorizationCode,
    grant: Grant,
    event: AuditEvent,
    open: Open,
    client: Client,
}

/// The result of issuing a code.
#[derive(Debug)]
enum Issued {
    Code,
    NotAllowed,
    /// The client waits for an administrator, or was refused.
    NotLetIn,
    Replayed,
    SessionEnded,
}

impl Issue {
    fn prepare(req: &Browser, pending: &PendingRequest, who: &SignedIn) -> Self {
        let (app, now) = (&req.app, req.head.now);
        let grant = new_grant(GrantId(app.new_id(now)), pending, who, now);
        let request = &pending.request;
        let code_row = AuthorizationCode {
            grant_id: grant.id,
            redirect_uri: request.reply_to.redirect.as_str().to_owned(),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
            expires_at: now.plus(CODE_SECONDS),
            consumed_at: None,
        };
        let kind = EventKind::ClientAuthorization;
        let event = audit_event(app, &req.head, kind, &pending.client, who.user.id);
        Self {
            code: BearerToken::generate(CODE_PREFIX, grant.id.0, app.rng()),
            code_row,
            grant,
            event,
            open: pending.open(),
            client: pending.client.clone(),
        }
    }

    fn run(&self, tx: &mut Tx<'_>, app: &App) -> Result<Issued, StoreError> {
        let Grant { user_id, client_id, created_at: now, .. } = &self.grant;
        let mut event = self.event.clone();
        // The session may have ended a moment ago, which also revoked its grants.
        let Some(session) = sessions::find_open(tx, self.grant.session_id)? else {
            return Ok(Issued::SessionEnded);
        };
        if !is_let_in(tx, app, &self.client)? {
            return Ok(Issued::NotLetIn);
        }
        // The user may have been removed from the group a moment ago.
        if !may_use(tx, &self.client, *user_id, *now)? {
            event.kind = EventKind::ClientAuthorizationRefused;
            audit_events::insert(tx, &event)?;
            return Ok(Issued::NotAllowed);
        }
        if !self.open.close(tx, *now)? {
            return Ok(Issued::Replayed);
        }
        if sign_out::record_consent(tx, *user_id, client_id, &self.grant.consent_scope(), *now)? {
            event.kind = EventKind::NewClientAuthorization;
        }
        grants::insert(tx, &self.grant, &session)?;
        authorization_codes::insert(tx, &self.code, &self.code_row)?;
        audit_events::insert(tx, &event)?;
        Ok(Issued::Code)
    }
}

fn new_grant(id: GrantId, pending: &PendingRequest, who: &SignedIn, now: Timestamp) -> Grant {
    let reauthenticated_at = pending.interaction.reauthenticated_at;
    Grant {
        id,
        client_id: pending.client.id.clone(),
        user_id: who.user.id,
        session_id: who.session.id,
        scope: pending.request.scope.clone(),
        resource: pending.request.resource.clone(),
        claims: pending.request.claims,
        auth_time: auth_time(&who.session, reauthenticated_at),
        amr: reauthenticated_at.map_or(who.session.latest_amr(), |_| Amr::Passkey),
        requested_at: pending.interaction.requested_at,
        created_at: now,
        // The grant expires with its code. The tokens issued for the code extend it.
        expires_at: now.plus(CODE_SECONDS),
        revoked_at: None,
    }
}
