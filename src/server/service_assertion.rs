//! Assertions with which services prove who they are (RFC 7523 §2.1), at the token endpoint.

use std::sync::Arc;

use super::{
    App,
    assertions::{MAX_ASSERTION, fetch_keys, is_own_origin, logged, own_audiences, verify},
};
use crate::{
    crypto::{Digest, jws},
    model::{Client, Timestamp, User, UserId, Username},
    oidc::{
        OAuthError,
        client_assertion::AssertionClaims,
        service_assertion::{self, refuse},
    },
    store::{
        Tx, service_assertions,
        services::{self, Service},
        users,
    },
};

/// Where an assertion may be addressed to: the issuer, or the token endpoint.
const AUDIENCES: [&str; 2] = ["", "/api/oidc/token"];

/// An assertion as it was sent.
#[derive(Debug, Clone)]
pub(super) struct ServiceAssertion {
    text: String,
    claims: AssertionClaims,
}

impl ServiceAssertion {
    /// Reads an assertion. Does not verify it.
    pub(super) fn read(text: &str) -> Result<Self, OAuthError> {
        if text.len() > MAX_ASSERTION {
            return Err(refuse("the assertion is too long"));
        }
        let claims = jws::peek_claims(text).ok_or_else(|| refuse("the assertion is not a JWT"))?;
        Ok(Self { text: text.to_owned(), claims })
    }

    /// Verifies the assertion, with the rules of the client, and returns its service. One that was used before is
    /// refused before it costs anything; that two are not used at once is made sure of when tokens are stored.
    pub(super) async fn authenticate(
        &self,
        app: &Arc<App>,
        client: &Client,
        now: Timestamp,
    ) -> Result<Service, OAuthError> {
        let look = self.clone();
        let found = app.store().read(move |tx| {
            let service = look.find(tx)?;
            look.refuse_used(tx, &service)?;
            Ok::<_, OAuthError>(service)
        });
        let service = found.await?;
        let is_single = client.security_profile.is_some();
        let is_allowed = |algorithm| client.allows(algorithm);
        let keys = &service.identity.keys;
        if let Some(own) = keys.jwks.as_ref().filter(|_| self.is_own(&service)) {
            verify(&self.text, own, is_allowed).map_err(refuse)?;
            let audiences = own_audiences(app, &AUDIENCES);
            let audiences: Vec<&str> = audiences.iter().map(String::as_str).collect();
            service_assertion::check_own(&self.claims, &audiences, is_single, now)?;
        } else {
            let identity = service.identity.federated(&self.claims.iss, &self.claims.sub);
            let identity = identity.ok_or_else(|| refuse("the service has no such credential"))?;
            if !service.identity.clients.contains(&client.id) {
                // Before keys are fetched, and without a word about the service.
                return Err(refuse("the service may not get tokens through this client"));
            }
            let jwks_url = identity.jwks_url();
            if is_own_origin(app, &identity.issuer) || is_own_origin(app, &jwks_url) {
                return Err(refuse("tokens of this server stand for no service"));
            }
            let keys = fetch_keys(app, &jwks_url, now).await.map_err(refuse)?;
            verify(&self.text, &keys, is_allowed).map_err(refuse)?;
            let issuer = app.issuer();
            service_assertion::check_federated(&self.claims, identity, issuer, is_single, now)?;
        }
        Ok(service)
    }

    /// Finds the service that the assertion names: itself as the issuer, or the subject of another issuer.
    pub(super) fn find(&self, tx: &mut Tx<'_>) -> Result<Service, OAuthError> {
        let unknown = || refuse("there is no such service");
        let id = match self.named() {
            Named::Id(id) => Some(id),
            Named::Username(name) => users::username_owner(tx, &name)?,
            Named::Elsewhere => services::owner_of_subject(tx, &self.claims.iss, &self.claims.sub)?,
        };
        let id = id.ok_or_else(unknown)?;
        let user = users::find(tx, id)?.filter(User::is_service);
        let user = user.ok_or_else(unknown)?;
        if user.disabled {
            return Err(refuse("the service is disabled"));
        }
        let identity = services::find(tx, id)?.ok_or_else(unknown)?;
        Ok(Service { user, identity })
    }

    fn named(&self) -> Named {
        let issuer = &self.claims.iss;
        if let Ok(id) = issuer.parse() {
            return Named::Id(id);
        }
        issuer.parse().map_or(Named::Elsewhere, Named::Username)
    }

    fn is_own(&self, service: &Service) -> bool {
        match self.named() {
            Named::Id(id) => id == service.user.id,
            Named::Username(name) => name.folded() == service.user.username.folded(),
            Named::Elsewhere => false,
        }
    }

    /// The key or the issuer that it was verified with, for the audit log.
    pub(super) fn credential(&self, service: &Service) -> String {
        let text = if self.is_own(service) {
            let kid = jws::peek_kid(&self.text);
            kid.map_or_else(|| "own key".to_owned(), |kid| format!("own key {kid}"))
        } else {
            format!("{} {}", self.claims.iss, self.claims.sub)
        };
        logged(&text)
    }

    fn is_used_once(&self, service: &Service) -> bool {
        let federated = service.identity.federated(&self.claims.iss, &self.claims.sub);
        self.is_own(service) || federated.is_some_and(|one| one.replay_protection)
    }

    /// Refuses an assertion that was used before.
    fn refuse_used(&self, tx: &mut Tx<'_>, service: &Service) -> Result<(), OAuthError> {
        let name = self.name(self.is_own(service));
        if self.is_used_once(service) && service_assertions::is_used(tx, service.user.id, name)? {
            return Err(refuse("the assertion was used before"));
        }
        Ok(())
    }

    /// Uses the assertion up, if it may be used only once.
    pub(super) fn use_up(&self, tx: &mut Tx<'_>, service: &Service) -> Result<(), OAuthError> {
        let is_own = self.is_own(service);
        if !self.is_used_once(service) {
            return Ok(());
        }
        let until = self.claims.remembered_until();
        if service_assertions::insert(tx, service.user.id, self.name(is_own), until)? {
            Ok(())
        } else {
            Err(refuse("the assertion was used before"))
        }
    }

    /// What tells it from other assertions of the service: its `jti`, which is optional (RFC 7523 §3), or else
    /// all that is signed. The signature itself may have more than one form.
    fn name(&self, is_own: bool) -> Digest {
        // A service has two names, and another issuer may have chosen the same `jti`.
        let issuer = if is_own { "" } else { self.claims.iss.as_str() };
        match &self.claims.jti {
            Some(jti) => Digest::of(format!("{issuer}\0jti\0{jti}")),
            None => {
                let signed = self.text.rsplit_once('.').map_or("", |(signed, _)| signed);
                Digest::of(format!("{issuer}\0text\0{signed}"))
            }
        }
    }
}

/// Who an assertion says it is from.
enum Named {
    Id(UserId),
    Username(Username),
    /// An issuer of its own, which is an address.
    Elsewhere,
}
