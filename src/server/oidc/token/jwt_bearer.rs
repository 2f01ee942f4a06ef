//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1): a service gets tokens with a
//! JWT that it signed, or with a token of another issuer that stands for it.
//!
//! The client is authenticated as for every grant, and has to be one that an administrator named for
//! the service. The answer has no refresh token (RFC 7521 §4.1).

use std::sync::Arc;

use super::{
    exchange::check_access,
    issue::{Material, NewTokens, REFRESH_PREFIX, TokenResponse},
};
use crate::{
    crypto::BearerToken,
    model::{
        Amr, AuditEvent, Client, ClientKeys, EventKind, Grant, GrantId, GrantType, RequestedClaims,
        Scope, ScopeToken, SessionId, Timestamp, UserId,
    },
    oidc::{OAuthError, OAuthErrorCode, Params, service_assertion::refuse},
    operations::clients,
    server::{
        App,
        http::{Authorised, request::USE_GRANULARITY},
        limiter::{BucketKey, Policy},
        oidc::{
            api_access::find_scope, binding::Binding, group_access::audit_event,
            user_claims::ClaimsAt,
        },
        service_assertion::ServiceAssertion,
    },
    store::{
        Tx, audit_events,
        grants::{self, Subject},
        services::{self, Service},
    },
};

/// Exchanges an assertion of a service for an access token.
pub(super) async fn issue(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let assertion = ServiceAssertion::read(req.body.required("assertion")?)?;
    let service = assertion.authenticate(&app, &client, now).await?;
    may_use_client(&service, &client)?;
    let asked = req.body.value("scope").unwrap_or_default();
    let scope = Scope::requested(asked, |name| client.has_scope(name));
    // RFC 7521 §4.1: there is nothing to refresh.
    let scope = client.allowed_scope(scope).without(&ScopeToken::OfflineAccess);
    let (scope, resource) = find_scope(&app, &client, &req.body, scope).await?;
    // Again: the scopes of an API come with it.
    let scope = scope.without(&ScopeToken::OfflineAccess);
    let user_id = service.user.id;
    count(&app, user_id)?;
    let event = EventKind::ClientAuthorization;
    let mut event = audit_event(&app, &req.head, event, &client, service.user.id);
    event.data.insert("grantType", GrantType::JwtBearer.as_str().to_owned());
    event.data.insert("credential", assertion.credential(&service));
    let grant = new_grant(&app, &service, &client, now);
    let grant = Grant { scope, resource, ..grant };
    let keys = service.identity.keys;
    let issuance = Issuance { assertion, keys, grant, client, event, binding };
    let issued = issuance.run(&app, now).await;
    if issued.is_err() {
        // Only what was issued counts: a used assertion, sent again and again, must not keep its service out.
        app.limiter().give_back(Policy::Authorization, BucketKey::User(user_id));
    }
    issued
}

/// Tokens that are about to be issued.
#[derive(Clone)]
struct Issuance {
    assertion: ServiceAssertion,
    /// The credentials of the service that the assertion was verified with.
    keys: ClientKeys,
    grant: Grant,
    client: Client,
    event: AuditEvent,
    binding: Binding,
}

impl Issuance {
    async fn run(self, app: &Arc<App>, now: Timestamp) -> Result<TokenResponse, OAuthError> {
        let (seen, issuer) = (self.clone(), app.issuer().to_owned());
        let material = app.store().read(move |tx| {
            let subject = seen.check(tx, now)?.1;
            Ok::<_, OAuthError>(Material::find(
                tx,
                subject,
                None,
                ClaimsAt { issuer: &issuer, now },
            )?)
        });
        let material = material.await?.bound_to(self.binding.confirmation());
        let unused = BearerToken::generate(REFRESH_PREFIX, self.grant.id.0, app.rng());
        let signed = NewTokens::sign(app, &self.client, material, unused, now).await?;
        let tokens = Arc::new(signed.without_refresh_token());
        let stored = Arc::clone(&tokens);
        app.store().write(move |tx| self.settle(tx, &stored, now)).await?;
        Ok(tokens.response())
    }

    /// Looks at everything again, uses the assertion up, and stores the tokens.
    fn settle(
        &self,
        tx: &mut Tx<'_>,
        tokens: &NewTokens,
        now: Timestamp,
    ) -> Result<(), OAuthError> {
        let (service, _) = self.check(tx, now)?;
        self.assertion.use_up(tx, &service)?;
        self.binding.use_up(tx)?;
        grants::insert_of_service(tx, &self.grant)?;
        tokens.insert_access_token(tx)?;
        let last = service.identity.last_used_at;
        // Tokens for one service at the same time do not wait for each other.
        if last.is_none_or(|last| now.seconds_since(last) >= USE_GRANULARITY) {
            services::record_use(tx, service.user.id, now)?;
        }
        Ok(audit_events::insert(tx, &self.event)?)
    }

    /// Whether the service may still get tokens: it may have been changed since it was looked at.
    fn check(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(Service, Subject), OAuthError> {
        let service = self.assertion.find(tx)?;
        if service.identity.keys != self.keys {
            return Err(refuse("the credentials of the service were changed meanwhile"));
        }
        may_use_client(&service, &self.client)?;
        let admitted_until = clients::admitted_until(tx, &self.client, service.user.id, now)?;
        let admitted_until = admitted_until
            .ok_or_else(|| denied("The service is in none of the groups of the client."))?;
        let subject = self.subject(&service, admitted_until);
        check_access(tx, &self.client, &subject, self.grant.resource.as_ref(), now)?;
        Ok((service, subject))
    }

    fn subject(&self, service: &Service, admitted_until: Timestamp) -> Subject {
        Subject {
            grant: self.grant.clone(),
            user: service.user.clone(),
            has_custom_claims: true,
            claim_rules: self.client.claim_rules.clone(),
            userinfo_alg: None,
            max_session_age_seconds: self.client.max_session_age_seconds,
            demanded_binding: self.client.demanded_binding(),
            may_use_client: true,
            admitted_until,
        }
    }
}

fn new_grant(app: &App, service: &Service, client: &Client, now: Timestamp) -> Grant {
    let id = app.new_id(now);
    Grant {
        id: GrantId(id),
        client_id: client.id.clone(),
        user_id: service.user.id,
        // One for all of its tokens, which end together: each has none of its own.
        session_id: SessionId(service.user.id.0),
        scope: Scope::default(),
        resource: None,
        claims: RequestedClaims::default(),
        auth_time: now,
        amr: Amr::Assertion,
        requested_at: now,
        created_at: now,
        // The access token extends it.
        expires_at: now,
        revoked_at: None,
    }
}

/// A service gets tokens through the clients that an administrator named for it.
fn may_use_client(service: &Service, client: &Client) -> Result<(), OAuthError> {
    if service.identity.clients.contains(&client.id) {
        return Ok(());
    }
    let description = "The service may not get tokens through this client.";
    Err(OAuthError::explained(OAuthErrorCode::UnauthorizedClient, description))
}

fn denied(description: &str) -> OAuthError {
    OAuthError::explained(OAuthErrorCode::AccessDenied, description)
}

/// Counts the tokens of a service, as the sign-ins of a person: each leaves an entry in the audit log.
fn count(app: &App, id: UserId) -> Result<(), OAuthError> {
    let counted = app.limiter().check_key(Policy::Authorization, BucketKey::User(id));
    let description =
        "The service asked for too many tokens. Use one until it expires, and try again later.";
    counted.map_err(|seconds| OAuthError {
        description: description.into(),
        ..OAuthError::too_many(seconds, "too many tokens of one service")
    })
}
