//! The two kinds of assertions, and what differs between them.

use std::sync::Arc;

use super::super::confidential::refuse_public;
use crate::{
    model::{
        Client, Confirmation, Resource, Scope, ScopeToken, SessionId, Timestamp, User, UserId,
    },
    oidc::{
        OAuthError, OAuthErrorCode, Params, asserted_user, resource, service_assertion::refuse,
    },
    server::{
        App,
        asserted_user::{AssertedUser, is_identity_assertion},
        http::request::USE_GRANULARITY,
        limiter::{BucketKey, Policy},
        oidc::api_access,
        service_assertion::ServiceAssertion,
    },
    store::{
        Tx,
        services::{self, Service},
    },
};

/// An assertion that was verified, with its user as they were then.
#[derive(Clone)]
pub(super) enum BearerAssertion {
    /// A service vouches for itself, or another issuer for the service.
    OfService(ServiceAssertion, Box<Service>),
    /// A trusted issuer vouches for a person.
    OfPerson(AssertedUser, Box<User>),
}

/// The user of an assertion, as they are now.
pub(super) enum AssertedAccount {
    Service(Service),
    Person(User),
}

impl AssertedAccount {
    /// The account.
    pub(super) fn user(&self) -> &User {
        match self {
            Self::Service(service) => &service.user,
            Self::Person(user) => user,
        }
    }
}

impl BearerAssertion {
    /// Verifies an assertion that a client brings, and the keys that it shows.
    pub(super) async fn verify(
        app: &Arc<App>,
        client: &Client,
        text: &str,
        keys: &Confirmation,
        now: Timestamp,
    ) -> Result<Self, OAuthError> {
        if is_identity_assertion(text) {
            refuse_public(client, "bring identity assertions")?;
            let assertion = AssertedUser::read(text)?;
            assertion.authenticate(app, client, keys, now).await?;
            let (look, owner) = (assertion.clone(), client.clone());
            let user = app.store().read(move |tx| look.find(tx, &owner, now)).await?;
            return Ok(Self::OfPerson(assertion, Box::new(user)));
        }
        let assertion = ServiceAssertion::read(text)?;
        let service = assertion.authenticate(app, client, now).await?;
        may_use_client(&service, client)?;
        Ok(Self::OfService(assertion, Box::new(service)))
    }

    /// The user that the tokens are about.
    pub(super) fn user_id(&self) -> UserId {
        match self {
            Self::OfService(_, service) => service.user.id,
            Self::OfPerson(_, user) => user.id,
        }
    }

    /// The id that takes the place of a session in its grants, which were made in none: their tokens end together.
    pub(super) fn session_id(&self, client: &Client) -> Result<SessionId, OAuthError> {
        match self {
            Self::OfService(_, service) => Ok(SessionId(service.user.id.0)),
            Self::OfPerson(assertion, _) => assertion.session_id(client),
        }
    }

    /// The limit that its tokens count for. Those that a client gets for a person are not counted as sign-ins of that
    /// person, who would be kept out, and not together with those of other clients.
    pub(super) fn limit(&self, client: &Client) -> (Policy, BucketKey) {
        match self {
            Self::OfService(_, service) => {
                (Policy::Authorization, BucketKey::User(service.user.id))
            }
            Self::OfPerson(_, user) => {
                (Policy::IdentityAssertion, BucketKey::of_client_and_user(&client.id, user.id))
            }
        }
    }

    /// The key or the issuer that it was verified with, for the audit log.
    pub(super) fn credential(&self) -> String {
        match self {
            Self::OfService(assertion, service) => assertion.credential(service),
            Self::OfPerson(assertion, _) => assertion.credential(),
        }
    }

    /// When the user authenticated: a service does now, a person did so at the issuer.
    pub(super) fn auth_time(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::OfService(..) => now,
            Self::OfPerson(assertion, _) => assertion.claims.auth_time(now),
        }
    }

    /// The scope of the tokens, and the API that they are for. RFC 7521 §4.1: there is nothing to refresh.
    pub(super) async fn find_scope(
        &self,
        app: &App,
        client: &Client,
        params: &Params,
    ) -> Result<(Scope, Option<Resource>), OAuthError> {
        let asked = params.value("scope");
        match self {
            Self::OfService(..) => {
                let scope =
                    Scope::requested(asked.unwrap_or_default(), |name| client.has_scope(name));
                let scope = client.allowed_scope(scope);
                let (scope, resource) = api_access::find_scope(app, client, params, scope).await?;
                // Also those that come with an API.
                Ok((scope.without(&ScopeToken::OfflineAccess), resource))
            }
            // For one API, and without claims about the user, who was not here to agree to those.
            Self::OfPerson(assertion, _) => {
                let resource = assertion.claims.resource(resource::read(params)?.as_ref())?;
                let (owner, named) = (client.clone(), resource.clone());
                let access = app.store().read(move |tx| api_access::for_users(tx, &owner, &named));
                Ok((assertion.claims.scope(asked, &access.await?)?, Some(resource)))
            }
        }
    }

    /// Finds the user again, who may have been changed since.
    pub(super) fn find(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        now: Timestamp,
    ) -> Result<AssertedAccount, OAuthError> {
        match self {
            Self::OfService(assertion, seen) => {
                let service = assertion.find(tx)?;
                if service.identity.keys != seen.identity.keys {
                    return Err(refuse("the credentials of the service were changed meanwhile"));
                }
                may_use_client(&service, client)?;
                Ok(AssertedAccount::Service(service))
            }
            Self::OfPerson(assertion, seen) => {
                let user = assertion.find(tx, client, now)?;
                if user.id != seen.id {
                    return Err(asserted_user::refuse("the subject was another user meanwhile"));
                }
                Ok(AssertedAccount::Person(user))
            }
        }
    }

    /// Notes that tokens were issued.
    pub(super) fn use_up(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        found: &AssertedAccount,
        now: Timestamp,
    ) -> Result<(), OAuthError> {
        match (self, found) {
            (Self::OfService(assertion, _), AssertedAccount::Service(service)) => {
                assertion.use_up(tx, service)?;
                let last = service.identity.last_used_at;
                // Tokens for one service at the same time do not wait for each other.
                if last.is_none_or(|last| now.seconds_since(last) >= USE_GRANULARITY) {
                    services::record_use(tx, service.user.id, now)?;
                }
                Ok(())
            }
            (Self::OfPerson(assertion, _), found) => {
                assertion.remember(tx, client, found.user(), now)
            }
            (Self::OfService(..), AssertedAccount::Person(_)) => {
                Err(refuse("the user is no service"))
            }
        }
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
