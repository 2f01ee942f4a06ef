//! Identity assertions at the token endpoint: an issuer that an administrator trusts says for which user a client
//! gets a token (draft-ietf-oauth-identity-assertion-authz-grant-04).

use std::sync::Arc;

use super::{
    App,
    assertions::{MAX_ASSERTION, fetch_keys, is_own_origin, logged, verify_signature},
};
use crate::{
    crypto::jws,
    model::{Client, Confirmation, SessionId, Timestamp, TrustedIssuer, User},
    oidc::{
        OAuthError,
        asserted_user::{AssertedUserClaims, refuse},
        identity_assertion::ID_JAG_TYP,
    },
    operations::clients::admitted_until,
    store::{Tx, asserted_subjects, clients, users},
};

/// An assertion as it was sent.
#[derive(Debug, Clone)]
pub(super) struct AssertedUser {
    text: String,
    pub(super) claims: AssertedUserClaims,
}

/// Whether a JWT says that it is an identity assertion.
pub(super) fn is_identity_assertion(text: &str) -> bool {
    text.len() <= MAX_ASSERTION && jws::peek_type(text).is_some_and(|typ| is_right_type(&typ))
}

/// RFC 7515 §4.1.9: media types are compared without regard to case, and may leave the `application/` out.
fn is_right_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == ID_JAG_TYP
}

impl AssertedUser {
    /// Reads an assertion. Does not verify it.
    pub(super) fn read(text: &str) -> Result<Self, OAuthError> {
        let claims = jws::peek_claims(text)
            .ok_or_else(|| refuse("the assertion lacks a claim, or has one of a wrong form"))?;
        Ok(Self { text: text.to_owned(), claims })
    }

    /// Verifies the assertion for the client that brings it, which proved itself.
    pub(super) async fn authenticate(
        &self,
        app: &Arc<App>,
        client: &Client,
        keys: &Confirmation,
        now: Timestamp,
    ) -> Result<(), OAuthError> {
        let trusted = self.trusted(client)?;
        self.claims.check(client.id.as_str(), app.issuer(), now)?;
        self.claims.check_binding(keys)?;
        if client.max_session_age_seconds.is_some() && !self.claims.has_auth_time() {
            return Err(refuse("the assertion has no auth_time, which the client needs"));
        }
        let jwks_url = trusted.jwks_url();
        if is_own_origin(app, &trusted.issuer) || is_own_origin(app, &jwks_url) {
            return Err(refuse("this server does not vouch for users to itself"));
        }
        let keys = fetch_keys(app, &jwks_url, now).await.map_err(refuse)?;
        let is_allowed = |algorithm| client.allows(algorithm);
        let typ = verify_signature(&self.text, &keys, is_allowed).map_err(refuse)?;
        if is_right_type(&typ) { Ok(()) } else { Err(refuse("the JWT is of another type")) }
    }

    fn trusted<'a>(&self, client: &'a Client) -> Result<&'a TrustedIssuer, OAuthError> {
        let mut trusted = client.trusted_issuers.iter();
        trusted
            .find(|one| one.issuer == self.claims.issuer())
            .ok_or_else(|| refuse("the client has no such trusted issuer"))
    }

    /// Finds the user that the assertion names, if the client still trusts its issuer and may have the user. A
    /// subject stands for the user that it came with first: an email address may get another owner.
    pub(super) fn find(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        now: Timestamp,
    ) -> Result<User, OAuthError> {
        let current = clients::find(tx, &client.id)?;
        let current = current.ok_or_else(|| refuse("the client was deleted"))?;
        let trusted = self.trusted(client)?;
        if self.trusted(&current)? != trusted || !current.is_group_restricted {
            return Err(refuse("what the client trusts was changed meanwhile"));
        }
        let user = match asserted_subjects::find(tx, trusted, self.claims.subject())? {
            Some(id) => users::find(tx, id)?,
            None => self.find_by_email(tx, trusted)?,
        };
        let user = user.ok_or_else(|| refuse("no user has the email address of the assertion"))?;
        if user.disabled || user.is_service() {
            return Err(refuse("the user is disabled, or a service"));
        }
        // First of all: the client must not learn which users have an account here.
        match admitted_until(tx, &current, user.id, now)? {
            Some(_) => Ok(user),
            None => Err(refuse("the user is in none of the groups of the client")),
        }
    }

    fn find_by_email(
        &self,
        tx: &mut Tx<'_>,
        trusted: &TrustedIssuer,
    ) -> Result<Option<User>, OAuthError> {
        let email = self.claims.verified_email();
        let email = email.ok_or_else(|| refuse("the assertion has no verified email address"))?;
        let Some(user) = users::find_by_email(tx, &email)? else { return Ok(None) };
        if !user.email_verified {
            return Err(refuse("the user with that email address has not verified it"));
        }
        if asserted_subjects::exists_of_user(tx, user.id, trusted)? {
            return Err(refuse("the issuer has named the user by another subject before"));
        }
        Ok(Some(user))
    }

    /// Remembers whom the subject stands for.
    pub(super) fn remember(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        user: &User,
        now: Timestamp,
    ) -> Result<(), OAuthError> {
        let (trusted, subject) = (self.trusted(client)?, self.claims.subject());
        if asserted_subjects::find(tx, trusted, subject)?.is_none() {
            asserted_subjects::insert(tx, trusted, subject, user.id, now)?;
        }
        Ok(())
    }

    /// The subject takes the place of a session: the tokens of one end together.
    pub(super) fn session_id(&self, client: &Client) -> Result<SessionId, OAuthError> {
        let id = asserted_subjects::id_of(self.trusted(client)?, self.claims.subject());
        Ok(id.as_session())
    }

    /// The issuer and its user, for the audit log.
    pub(super) fn credential(&self) -> String {
        logged(&format!("{} {}", self.claims.issuer(), self.claims.subject()))
    }
}
