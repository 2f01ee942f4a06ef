//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` for an identity assertion
//! (draft-ietf-oauth-identity-assertion-authz-grant-04): a client that signed a user in gets a JWT for
//! an authorization server elsewhere, which lets it act for the user there.
//!
//! The assertion is not stored, and so cannot be taken back: it lives for five minutes, and is issued
//! only while the sign-in is good. Only the first one of a sign-in for a server leaves a row, so that
//! the audit log tells of it once.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    confidential::refuse_public,
    exchange_limits::count,
    issue::{REFRESH_PREFIX, TokenResponse},
};
use crate::{
    crypto::{BearerToken, jws},
    model::{
        Actor, AssertionRule, AuditEvent, Client, EventKind, GrantId, ScopeToken, Timestamp,
        UserType,
    },
    oidc::{
        OAuthError, Params, SignInToken,
        dpop::{check_certificate, check_key},
        identity_assertion::{
            AssertedSignIn, AssertionRequest, Granted, ID_JAG_TYP, IdentityAssertionClaims,
            SubjectTokenType, expiry,
        },
        refresh::check_age,
        token_exchange::unacceptable,
    },
    server::{
        App,
        http::Authorised,
        oidc::{
            binding::Binding,
            id_token_hint,
            presented_token::find_live_grant,
            signing::{no_key, on_blocking_thread},
        },
    },
    store::{
        Tx, audit_events,
        grants::{self, Subject},
        identity_assertions, refresh_tokens,
    },
};

/// Issues an assertion for the ID token or refresh token of a sign-in.
pub(super) async fn issue(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    refuse_public(&client, "exchange tokens")?;
    let asked = Arc::new(Asked::read(&app, client, &req.body, binding, now)?);
    let looked = Arc::clone(&asked);
    let found = app.store().read(move |tx| looked.find(tx)).await?;
    count(&app, &asked.client, found.subject.grant.id)?;
    let found = Arc::new(found);
    let (signer, signed, about) = (Arc::clone(&app), Arc::clone(&asked), Arc::clone(&found));
    let assertion = on_blocking_thread(move || signed.sign(&signer, &about)).await?;
    let mut event = app.audit_event(EventKind::IdentityAssertionIssued, None, Actor::Client, now);
    event.data = asked.told(&found.rule);
    let settled = Arc::clone(&asked);
    let stored = app.store().write(move |tx| {
        // Everything is looked at again: the sign-in may have ended while the assertion was signed.
        let found = settled.find(tx)?;
        settled.binding.use_up(tx)?;
        let grant = &found.subject.grant;
        if identity_assertions::note(tx, grant.id, &found.rule.audience)? {
            let user_id = Some(grant.user_id);
            audit_events::insert(tx, &AuditEvent { user_id, ..event.clone() })?;
        }
        Ok::<_, OAuthError>(())
    });
    stored.await?;
    let seconds = expiry(now, found.subject.tokens_end_at()).seconds_since(now);
    Ok(TokenResponse::of_assertion(assertion, seconds, found.granted.scope.to_string()))
}

/// A request with all that was shown with it.
struct Asked {
    request: AssertionRequest,
    token: SubjectToken,
    client: Client,
    binding: Binding,
    /// How long after a sign-in refresh tokens are good, in seconds.
    max_seconds: Option<i64>,
    now: Timestamp,
}

/// The token that shows who the user is.
enum SubjectToken {
    /// An ID token of ours for the client that has not expired.
    Id(Box<SignInToken>),
    Refresh(BearerToken),
}

/// The subject of a permitted assertion.
struct Found {
    subject: Subject,
    rule: AssertionRule,
    granted: Granted,
}

impl Asked {
    fn read(
        app: &App,
        client: Client,
        params: &Params,
        binding: Binding,
        now: Timestamp,
    ) -> Result<Self, OAuthError> {
        let request = AssertionRequest::read(params)?;
        let text = &request.subject_token;
        let token = match request.subject_token_type {
            SubjectTokenType::IdToken => {
                let token = id_token_hint::verify_sign_in(app, text, &client.id, now);
                SubjectToken::Id(Box::new(token.ok_or_else(|| {
                    unacceptable(
                        "The subject_token is not an ID token of this server for the client, or \
                         has expired.",
                    )
                })?))
            }
            SubjectTokenType::RefreshToken => {
                let token = BearerToken::parse(REFRESH_PREFIX, text);
                SubjectToken::Refresh(token.ok_or_else(ended)?)
            }
        };
        let max_seconds = app.config().refresh_token_max_seconds();
        Ok(Self { request, token, client, binding, max_seconds, now })
    }

    /// Finds the sign-in, and checks that the client may have the assertion.
    fn find(&self, tx: &mut Tx<'_>) -> Result<Found, OAuthError> {
        let rules = identity_assertions::list_of_client(tx, &self.client.id)?;
        // A wrong rule is told before anything else is looked up.
        let rule = self.request.rule(&rules)?.clone();
        let granted = self.request.granted(&rule)?;
        let subject = self.find_subject(tx)?;
        Ok(Found { subject, rule, granted })
    }

    /// Finds the sign-in: its grant and its user, who may sign in, may use the client, and signed in
    /// recently enough for it.
    fn find_subject(&self, tx: &mut Tx<'_>) -> Result<Subject, OAuthError> {
        let grant_id = match &self.token {
            SubjectToken::Id(token) => self.grant_of_id_token(tx, token)?,
            SubjectToken::Refresh(token) => self.grant_of_refresh_token(tx, token)?,
        };
        let subject = find_live_grant(tx, grant_id, self.now)?.ok_or_else(ended)?;
        let grant = &subject.grant;
        let is_of_token = match &self.token {
            SubjectToken::Id(token) => token.user_id() == grant.user_id,
            SubjectToken::Refresh(_) => {
                check_age(grant.created_at, self.max_seconds, self.now).is_ok()
            }
        };
        if !is_of_token || grant.client_id != self.client.id {
            return Err(ended());
        }
        if subject.user.user_type == UserType::Service {
            return Err(unacceptable(
                "The subject_token is about a service, and not about a user.",
            ));
        }
        if !grant.scope.contains(&ScopeToken::Openid) {
            return Err(unacceptable("The user did not sign in to the client: no scope openid."));
        }
        Ok(subject)
    }

    /// The ID token is good while its own grant is: signing out ends that, unless the user allowed
    /// access while they are away (`offline_access`).
    fn grant_of_id_token(
        &self,
        tx: &mut Tx<'_>,
        token: &SignInToken,
    ) -> Result<GrantId, OAuthError> {
        let (client_id, times) = (&self.client.id, token.times());
        let id = grants::find_of_sign_in(tx, token.sid, client_id, times, self.now)?;
        id.ok_or_else(ended)
    }

    /// The refresh token is checked as in a refresh request, and stays as it is.
    fn grant_of_refresh_token(
        &self,
        tx: &mut Tx<'_>,
        token: &BearerToken,
    ) -> Result<GrantId, OAuthError> {
        let found = refresh_tokens::find(tx, token)?.ok_or_else(ended)?;
        let shown = self.binding.confirmation();
        check_key(found.keys.jkt.as_ref(), shown.jkt.as_ref())?;
        check_certificate(found.keys.x5t.as_ref(), self.binding.shown_certificate())?;
        if found.consumed_at.is_some() || found.expires_at <= self.now {
            return Err(ended());
        }
        Ok(found.grant_id)
    }

    /// Signs the assertion. The other server verifies it as the client verifies ID tokens, so it has their algorithm.
    fn sign(&self, app: &App, found: &Found) -> Result<String, OAuthError> {
        let algorithm = self.client.id_token_signed_response_alg;
        let key = app.signing_key(algorithm, self.now).map_err(no_key)?;
        let Found { subject, rule, granted } = found;
        let asserted = AssertedSignIn {
            grant: &subject.grant,
            user: &subject.user,
            rule,
            granted,
            keys: self.binding.confirmation(),
            end: subject.tokens_end_at(),
        };
        let jti = app.new_id(self.now);
        let claims = IdentityAssertionClaims::new(app.issuer(), asserted, jti, self.now);
        Ok(jws::sign(&key, ID_JAG_TYP, &claims))
    }

    /// The data of the audit entry.
    fn told(&self, rule: &AssertionRule) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("clientName", self.client.name.to_string()),
            ("clientId", self.client.id.to_string()),
            ("audience", rule.audience.to_string()),
        ])
    }
}

fn ended() -> OAuthError {
    unacceptable("The subject_token is unknown, expired or revoked, or its sign-in has ended.")
}
