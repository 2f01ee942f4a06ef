//! Issues tokens: signs them outside of the async threads, and stores their digests.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    crypto::{BearerToken, Digest, jws},
    model::{Client, ClientType, Confirmation, GrantId, GrantType, ScopeToken, Timestamp},
    oidc::{
        AccessTokenClaims, AccessTokenId, OAuthError, OAuthErrorCode,
        claims::{IdTokenClaims, IdTokenInput, UserClaims},
        identity_assertion::{ID_JAG, NO_ACCESS_TOKEN},
        refresh,
        token_exchange::ACCESS_TOKEN,
    },
    server::{
        App,
        oidc::{
            signing::{no_key, on_blocking_thread},
            user_claims::{ClaimsAt, find_user_claims},
        },
    },
    store::{
        StoreError, Tx, access_tokens,
        grants::{self, Subject},
        refresh_tokens,
    },
};

/// The prefix of refresh tokens, so that a leaked token can be recognised.
pub(in crate::server::oidc) const REFRESH_PREFIX: &str = "pocket_id_rt_";

/// How many access tokens of one grant work at the same time, when its refresh token stays the same.
const MAX_ACCESS_TOKENS: i64 = 100;

/// A successful token response (RFC 6749 §5.1, OIDC Core §3.1.3.3).
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::server::oidc) struct TokenResponse {
    access_token: String,
    /// Only in the answer to a token exchange (RFC 8693 §2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
}

impl TokenResponse {
    /// The response for a client that acts for itself (RFC 6749 §4.4.3: no refresh token).
    pub(super) fn of_client(
        access_token: String,
        token_type: &'static str,
        expires_in: i64,
        scope: String,
    ) -> Self {
        Self {
            access_token,
            issued_token_type: None,
            token_type,
            expires_in,
            refresh_token: None,
            id_token: None,
            scope,
        }
    }

    /// The response with an identity assertion, which is no access token. There is no refresh token.
    pub(super) fn of_assertion(assertion: String, expires_in: i64, scope: String) -> Self {
        let response = Self::of_client(assertion, NO_ACCESS_TOKEN, expires_in, scope);
        Self { issued_token_type: Some(ID_JAG), ..response }
    }

    /// The response to a token exchange. A token that is not bound is a bearer token, in the
    /// spelling of RFC 8693 §2.2.1.
    pub(super) fn exchanged(self) -> Self {
        let token_type = if self.token_type == "bearer" { "Bearer" } else { self.token_type };
        Self { issued_token_type: Some(ACCESS_TOKEN), token_type, ..self }
    }
}

/// Finds a grant and its user.
pub(super) fn find_subject(
    tx: &mut Tx<'_>,
    grant_id: GrantId,
    now: Timestamp,
) -> Result<Subject, OAuthError> {
    let gone = || OAuthError::new(OAuthErrorCode::InvalidGrant, "its grant was deleted");
    grants::find(tx, grant_id, now)?.ok_or_else(gone)
}

/// The data needed to issue tokens, read in one snapshot.
#[derive(Debug)]
pub(super) struct Material {
    subject: Subject,
    /// The claims for the ID token, if one is issued.
    user_claims: Option<UserClaims>,
    nonce: Option<String>,
    /// The keys that the tokens are bound to.
    keys: Confirmation,
}

impl Material {
    /// Gathers the data for a grant.
    pub(super) fn find(
        tx: &mut Tx<'_>,
        subject: Subject,
        nonce: Option<String>,
        at: ClaimsAt<'_>,
    ) -> Result<Self, StoreError> {
        let grant = &subject.grant;
        let user_claims = if grant.scope.contains(&ScopeToken::Openid) {
            Some(find_user_claims(tx, &subject, grant.claims_in_id_token(), at)?)
        } else {
            None
        };
        Ok(Self { subject, user_claims, nonce, keys: Confirmation::default() })
    }

    /// Binds the tokens to keys.
    pub(super) fn bound_to(self, keys: Confirmation) -> Self {
        Self { keys, ..self }
    }

    /// The grant of the tokens.
    pub(super) fn grant_id(&self) -> GrantId {
        self.subject.grant.id
    }
}

/// Signed tokens that are not stored yet.
pub(super) struct NewTokens {
    access_token: String,
    id_token: Option<String>,
    refresh_token: Option<BearerToken>,
    /// The keys that the access token is bound to.
    keys: Confirmation,
    /// The keys that the refresh token is bound to. That of a confidential client is bound to the client,
    /// which may change its keys (RFC 8705 §6.3, RFC 9449 §5).
    refresh_keys: Confirmation,
    subject: Subject,
    access_expires_at: Timestamp,
    refresh_expires_at: Timestamp,
    /// How long the grant is kept, of which the client's logout notices depend: also when its tokens end before,
    /// with the longest session age of the client.
    grant_expires_at: Timestamp,
    now: Timestamp,
}

impl NewTokens {
    /// Signs the tokens of a grant on a blocking thread.
    pub(super) async fn sign(
        app: &Arc<App>,
        client: &Client,
        material: Material,
        refresh_token: BearerToken,
        now: Timestamp,
    ) -> Result<Self, OAuthError> {
        let (app, client) = (Arc::clone(app), client.clone());
        let sign = move || Self::sign_blocking(&app, &client, material, refresh_token, now);
        on_blocking_thread(sign).await
    }

    fn sign_blocking(
        app: &App,
        client: &Client,
        material: Material,
        refresh_token: BearerToken,
        now: Timestamp,
    ) -> Result<Self, OAuthError> {
        let Material { subject, user_claims, nonce, keys } = material;
        let key = |algorithm| app.signing_key(algorithm, now).map_err(no_key);
        let grant = &subject.grant;
        let end = subject.tokens_end_at();
        let id = AccessTokenId::new(grant.id, app.new_id(now));
        let claims = AccessTokenClaims::new(app.issuer(), grant, client, id, now);
        let claims = claims.bound_to(keys.clone()).until(end);
        let algorithm = client.access_token_alg(grant.resource.as_ref());
        let access_token = jws::sign(&*key(algorithm)?, "at+jwt", &claims);
        let id_token = |user| {
            let key = key(client.id_token_signed_response_alg)?;
            let at_hash = key.algorithm().left_half_hash(&access_token);
            let input = IdTokenInput { jti: app.new_id(now), nonce, at_hash };
            let claims = IdTokenClaims::new(app.issuer(), grant, user, input, now);
            Ok::<_, OAuthError>(jws::sign(&key, "JWT", &claims.until(end)))
        };
        let id_token = user_claims.map(id_token).transpose()?;
        let grant_expires_at = refresh::expires_at(
            grant.created_at,
            client.refresh_token_seconds,
            app.config().refresh_token_max_seconds(),
            now,
        );
        Ok(Self {
            access_token,
            id_token,
            refresh_keys: match client.client_type {
                ClientType::Confidential => Confirmation::default(),
                ClientType::Public => keys.clone(),
            },
            keys,
            refresh_token: client.may_use(GrantType::RefreshToken).then_some(refresh_token),
            // A membership may be extended, and is looked at with each use; the time of a sign-in is not.
            refresh_expires_at: grant_expires_at.min(subject.session_ends_at()),
            grant_expires_at,
            access_expires_at: now.plus(client.access_token_seconds).min(end),
            subject,
            now,
        })
    }

    /// The same without a refresh token: an assertion gets the next access token (RFC 7521 §4.1).
    pub(super) fn without_refresh_token(self) -> Self {
        Self { refresh_token: None, ..self }
    }

    /// Stores the digests.
    pub(super) fn insert(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if let Some(refresh_token) = &self.refresh_token {
            let keys = &self.refresh_keys;
            refresh_tokens::insert(tx, refresh_token, self.refresh_expires_at, keys)?;
        }
        // Extends the grant even for a client without refresh tokens: a client is notified of
        // logouts while its grant exists.
        self.keep_grant_until(tx, self.grant_expires_at)?;
        self.insert_access_token(tx)
    }

    /// Stores the digest of the access token only: its refresh token is stored already.
    pub(super) fn insert_access_token(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let expires_at = self.access_expires_at;
        let digest = Digest::of(&self.access_token);
        access_tokens::insert(tx, self.subject.grant.id, digest, expires_at)?;
        self.keep_grant_until(tx, expires_at)
    }

    /// Stores the digest of the access token beside the others of a refresh token that stays the
    /// same, and extends that.
    pub(super) fn insert_beside(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if let Some(refresh_token) = &self.refresh_token {
            refresh_tokens::extend(tx, refresh_token, self.refresh_expires_at)?;
        }
        self.keep_grant_until(tx, self.grant_expires_at)?;
        // The new one comes last: of those that expire together it could be among the deleted.
        access_tokens::delete_oldest(tx, self.subject.grant.id, MAX_ACCESS_TOKENS - 1)?;
        self.insert_access_token(tx)
    }

    fn keep_grant_until(&self, tx: &mut Tx<'_>, expires_at: Timestamp) -> Result<(), StoreError> {
        if expires_at > self.subject.grant.expires_at {
            grants::extend(tx, self.subject.grant.id, expires_at)?;
        }
        Ok(())
    }

    /// The response for the client, once the tokens are stored.
    pub(super) fn response(&self) -> TokenResponse {
        TokenResponse {
            access_token: self.access_token.clone(),
            issued_token_type: None,
            token_type: self.keys.token_type(),
            expires_in: self.access_expires_at.seconds_since(self.now),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().to_owned()),
            id_token: self.id_token.clone(),
            scope: self.subject.grant.scope.to_string(),
        }
    }
}

/// Converts the errors of the database to the codes of the protocol.
impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        let code = if error.is_outage() {
            OAuthErrorCode::TemporarilyUnavailable
        } else {
            OAuthErrorCode::ServerError
        };
        Self::new(code, error.to_string())
    }
}
