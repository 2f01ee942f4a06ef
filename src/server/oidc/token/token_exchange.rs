//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a client that got the
//! access token of a user gets another one, for another API, with which it acts for the user.
//!
//! The new token hangs on the exchanged one: it expires no later, and ends at once with its grant,
//! its session, its user and itself. There is no refresh token: the client exchanges again.

use std::{collections::BTreeMap, sync::Arc};

use super::{confidential::refuse_public, exchange_limits::count, issue::TokenResponse};
use crate::{
    crypto::{Digest, jws},
    model::{Actor, AuditEvent, Client, EventKind, GrantId, SubjectType, Timestamp},
    oidc::{
        AccessTokenClaims, AccessTokenId, OAuthError, Params,
        access_token_claims::ExchangedClaims,
        refresh::check_session_age,
        token_exchange::{ActorClaim, ExchangeRequest, SubjectClaims, unacceptable},
    },
    operations::clients::admitted_until,
    server::{
        App, client_certificate,
        http::{Authorised, Head},
        oidc::{
            binding::Binding,
            presented_token::{LiveToken, PresentedToken},
            signing::{Seal, sign},
        },
    },
    store::{
        Tx, apis, audit_events,
        exchanged_tokens::{self, ExchangeOrigin, NewExchangedToken},
        grants::Subject,
    },
};

/// Issues a token for the token of another client.
pub(super) async fn issue(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    refuse_public(&client, "exchange tokens")?;
    let exchange = Arc::new(Exchange::read(&app, &req.head, &client, &req.body, binding)?);
    let looked = Arc::clone(&exchange);
    let found = app.store().read(move |tx| looked.find(tx, now)).await?;
    count(&app, &client, found.subject.grant.id)?;
    let id = GrantId(app.new_id(now));
    let expires_at = now.plus(client.access_token_seconds).min(found.expires_at);
    let algorithm = client.access_token_alg(Some(&exchange.request.target));
    let seal = Seal { algorithm, typ: "at+jwt", now };
    let claims = ExchangedClaims {
        jti: AccessTokenId::new(id, app.new_id(now)),
        user_id: found.subject.grant.user_id,
        resource: exchange.request.target.clone(),
        scope: found.scope.clone(),
        act: found.act.clone(),
        keys: exchange.binding.confirmation(),
        expires_at,
    };
    let claims = AccessTokenClaims::exchanged(app.issuer(), &client, claims, now);
    let token = sign(&app, seal, claims).await?;
    let (client_id, digest) = (client.id.clone(), Digest::of(&token));
    let new = NewExchangedToken { id, client_id, digest, expires_at };
    let mut event = app.audit_event(EventKind::TokenExchanged, None, Actor::Client, now);
    event.data = exchange.told(&found.subject);
    let settled = Arc::clone(&exchange);
    let stored = app.store().write(move |tx| {
        // Everything is looked at again: the token may have ended while the new one was signed.
        let found = settled.find(tx, now)?;
        settled.binding.use_up(tx)?;
        let grant = &found.subject.grant;
        if !exchanged_tokens::exists_of_client(tx, grant.id, &new.client_id)? {
            let user_id = Some(grant.user_id);
            audit_events::insert(tx, &AuditEvent { user_id, ..event.clone() })?;
        }
        exchanged_tokens::insert(tx, found.origin, &new)?;
        Ok::<_, OAuthError>(())
    });
    stored.await?;
    let token_type = exchange.binding.confirmation().token_type();
    let seconds = expires_at.seconds_since(now);
    Ok(TokenResponse::of_client(token, token_type, seconds, found.scope).exchanged())
}

/// A request with all that was shown with it.
struct Exchange {
    request: ExchangeRequest,
    subject_token: PresentedToken,
    actor_token: Option<PresentedToken>,
    claims: SubjectClaims,
    client: Client,
    binding: Binding,
}

/// The outcome of a permitted exchange.
struct Found {
    subject: Box<Subject>,
    origin: ExchangeOrigin,
    act: ActorClaim,
    scope: String,
    /// When the exchanged token expires.
    expires_at: Timestamp,
}

impl Exchange {
    fn read(
        app: &App,
        head: &Head,
        client: &Client,
        params: &Params,
        binding: Binding,
    ) -> Result<Self, OAuthError> {
        let request = ExchangeRequest::read(params)?;
        let malformed = || unacceptable("The subject_token is not an access token of this server.");
        let subject_token =
            PresentedToken::parse_access_token(&request.subject_token).ok_or_else(malformed)?;
        let claims: SubjectClaims =
            jws::peek_claims(&request.subject_token).ok_or_else(malformed)?;
        let actor_token = match &request.actor_token {
            None => None,
            Some(text) => {
                let token = PresentedToken::parse_access_token(text);
                Some(token.filter(|token| !token.is_bound()).ok_or_else(wrong_actor)?)
            }
        };
        // A wrong rule is told before anything is looked up, and so is a missing proof.
        let rule = request.rule(&client.token_exchanges, &claims)?;
        let mut shown = binding.confirmation();
        if claims.cnf.x5t.is_some() && shown.x5t.is_none() {
            let read = client_certificate::read(app, head).map_err(|cause| cause.for_client())?;
            shown.x5t = read.map(|one| one.thumbprint());
        }
        claims.check_binding(&shown, rule, &binding.confirmation())?;
        Ok(Self { subject_token, actor_token, claims, client: client.clone(), binding, request })
    }

    /// Finds the token, and checks that the client may exchange it.
    fn find(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Found, OAuthError> {
        let ended = || unacceptable("The subject_token is unknown, expired or revoked.");
        let (subject, origin) = match self.subject_token.find_live(tx, now)?.ok_or_else(ended)? {
            LiveToken::Exchanged { subject, origin, .. } => (subject, origin),
            LiveToken::OfUser { subject, .. } => {
                let origin = self.subject_token.origin().ok_or_else(ended)?;
                (subject, origin)
            }
            LiveToken::OfClient(_) => {
                return Err(unacceptable("The subject_token is not about a user."));
            }
        };
        self.check_actor(tx, now)?;
        let client = &self.client;
        let admitted_until = admitted_until(tx, client, subject.grant.user_id, now)?;
        let admitted_until =
            admitted_until.ok_or_else(|| unacceptable("The user may not use the client."))?;
        // The exchanged token itself is held to the longest session age of the client that it was issued to.
        check_session_age(&subject.grant, client, now)?;
        let session_end = client.session_ends_at(subject.grant.auth_time);
        let rule = self.request.rule(&client.token_exchanges, &self.claims)?;
        let access = apis::access(tx, &self.request.target, &client.id, SubjectType::User)?;
        Ok(Found {
            subject,
            origin,
            act: ActorClaim::next(&client.id, self.claims.act.clone())?,
            scope: self.request.scope(rule, &self.claims, access)?,
            expires_at: Timestamp::from_unix(self.claims.exp).min(admitted_until).min(session_end),
        })
    }

    /// The acting party is the client: its token may say so once more, and nothing else.
    fn check_actor(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), OAuthError> {
        let Some(token) = &self.actor_token else { return Ok(()) };
        match token.find_live(tx, now)? {
            Some(LiveToken::OfClient(id)) if id == self.client.id => Ok(()),
            _ => Err(wrong_actor()),
        }
    }

    /// The data of the audit entry.
    fn told(&self, subject: &Subject) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("clientName", self.client.name.to_string()),
            ("clientId", self.client.id.to_string()),
            ("subjectClientId", subject.grant.client_id.to_string()),
            ("resource", self.request.target.to_string()),
        ])
    }
}

fn wrong_actor() -> OAuthError {
    unacceptable("The actor_token is not a live access token of the client itself.")
}
