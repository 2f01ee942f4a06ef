//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1): a service gets tokens with a
//! JWT that it signed, or with a token of another issuer that stands for it; and a client gets one for a user whom
//! an issuer names that it trusts.
//!
//! The client is authenticated as for every grant, and has to be one that an administrator named for
//! the service, or for the issuer. The answer has no refresh token (RFC 7521 §4.1).

mod assertion;

use std::sync::Arc;

use assertion::{AssertedAccount, BearerAssertion};

use super::{
    issue::{Material, NewTokens, REFRESH_PREFIX, TokenResponse},
    redemption::check_access,
};
use crate::{
    crypto::BearerToken,
    model::{
        Amr, AuditEvent, Client, EventKind, Grant, GrantId, GrantType, RequestedClaims, Scope,
        Timestamp, User,
    },
    oidc::{OAuthError, OAuthErrorCode, Params},
    operations::clients,
    server::{
        App,
        http::Authorised,
        limiter::{BucketKey, Policy},
        oidc::{binding::Binding, group_access::audit_event, user_claims::ClaimsAt},
    },
    store::{
        Tx, audit_events,
        grants::{self, Subject},
    },
};

/// Exchanges an assertion for an access token.
pub(super) async fn issue(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let (text, keys) = (req.body.required("assertion")?, binding.confirmation());
    let assertion = BearerAssertion::verify(&app, &client, text, &keys, now).await?;
    let (scope, resource) = assertion.find_scope(&app, &client, &req.body).await?;
    let user_id = assertion.user_id();
    let (policy, key) = assertion.limit(&client);
    count(&app, policy, key)?;
    let event = EventKind::ClientAuthorization;
    let mut event = audit_event(&app, &req.head, event, &client, user_id);
    event.data.insert("grantType", GrantType::JwtBearer.as_str().to_owned());
    event.data.insert("credential", assertion.credential());
    let grant = new_grant(&app, &assertion, &client, now)?;
    let grant = Grant { scope, resource, ..grant };
    let issuance = Issuance { assertion, grant, client, event, binding };
    let issued = issuance.run(&app, now).await;
    if issued.is_err() {
        // Only issued tokens count: a used assertion, sent again and again, must not keep its user out.
        app.limiter().give_back(policy, key);
    }
    issued
}

/// Tokens that are about to be issued.
#[derive(Clone)]
struct Issuance {
    assertion: BearerAssertion,
    grant: Grant,
    client: Client,
    event: AuditEvent,
    binding: Binding,
}

impl Issuance {
    async fn run(self, app: &Arc<App>, now: Timestamp) -> Result<TokenResponse, OAuthError> {
        let (seen, issuer) = (self.clone(), app.issuer().to_owned());
        let material = app.store().read(move |tx| {
            let (_, subject) = seen.check(tx, now)?;
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
        let (found, _) = self.check(tx, now)?;
        self.assertion.use_up(tx, &self.client, &found, now)?;
        self.binding.use_up(tx)?;
        grants::insert_asserted(tx, &self.grant)?;
        tokens.insert_access_token(tx)?;
        Ok(audit_events::insert(tx, &self.event)?)
    }

    /// Whether the user may still get tokens: they may have been changed since they were looked at.
    fn check(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<(AssertedAccount, Subject), OAuthError> {
        let found = self.assertion.find(tx, &self.client, now)?;
        let user = found.user();
        let admitted_until = clients::admitted_until(tx, &self.client, user.id, now)?;
        let admitted_until = admitted_until.ok_or_else(not_let_in)?;
        let subject = self.subject(user, admitted_until);
        check_access(tx, &self.client, &subject, self.grant.resource.as_ref(), now)?;
        Ok((found, subject))
    }

    fn subject(&self, user: &User, admitted_until: Timestamp) -> Subject {
        Subject {
            grant: self.grant.clone(),
            user: user.clone(),
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

fn new_grant(
    app: &App,
    assertion: &BearerAssertion,
    client: &Client,
    now: Timestamp,
) -> Result<Grant, OAuthError> {
    let id = app.new_id(now);
    Ok(Grant {
        id: GrantId(id),
        client_id: client.id.clone(),
        user_id: assertion.user_id(),
        session_id: assertion.session_id(client)?,
        scope: Scope::default(),
        resource: None,
        claims: RequestedClaims::default(),
        auth_time: assertion.auth_time(now),
        amr: Amr::Assertion,
        requested_at: now,
        created_at: now,
        // The access token extends it.
        expires_at: now,
        revoked_at: None,
    })
}

fn not_let_in() -> OAuthError {
    OAuthError::explained(
        OAuthErrorCode::AccessDenied,
        "The service is in none of the groups of the client.",
    )
}

/// Counts the tokens of a user, as sign-ins: each leaves an entry in the audit log.
fn count(app: &App, policy: Policy, key: BucketKey) -> Result<(), OAuthError> {
    let counted = app.limiter().check_key(policy, key);
    let description = "Too many tokens were asked for the same user. Use one until it expires, and try again later.";
    counted.map_err(|seconds| OAuthError {
        description: description.into(),
        ..OAuthError::too_many(seconds, "too many tokens of one user by assertions")
    })
}
