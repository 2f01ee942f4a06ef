//! The bodies that describe a service.

use serde::Deserialize;
use serde_json::Value;

use super::super::{federated_identity::FederatedIdentityBody, group_ids::group_ids};
use crate::{
    model::{
        ClientId, ClientKeys, DisplayName, GroupId, ServiceIdentity, Username, parse_new_jwks,
        text::TextError,
    },
    operations::{
        Change,
        services::{ServiceChange, ServiceDraft},
        users::UserDraft,
    },
    server::http::{ApiError, api_error::FieldError},
};

/// A new service.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["username"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceBody {
    #[serde(default)]
    username: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    disabled: bool,
    /// Ids of groups; those that do not exist are ignored.
    #[serde(default)]
    user_group_ids: Vec<String>,
    #[serde(flatten)]
    credentials: CredentialsBody,
}

/// How a service proves who it is, and its clients.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ServiceCredentialsBody"))]
#[serde(rename_all = "camelCase")]
pub(super) struct CredentialsBody {
    /// A JWK Set of public keys; one without keys removes those that there are.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<crate::crypto::JwkSet>"))]
    jwks: Option<Value>,
    /// Issuers whose tokens stand for the service. Each has a subject.
    #[serde(default)]
    federated_identities: Option<Vec<FederatedIdentityBody>>,
    /// The clients through which the service gets tokens.
    #[serde(default)]
    client_ids: Option<Vec<String>>,
}

impl ServiceBody {
    /// The service, and the groups that it is put into. Checks every field and reports all faults at once.
    pub(super) fn check(&self, issuer: &str) -> Result<(ServiceDraft, Vec<GroupId>), ApiError> {
        let mut faults = Vec::new();
        let username: Option<Username> = collect(&mut faults, "username", self.username.parse());
        let display_name: Option<DisplayName> =
            collect(&mut faults, "displayName", self.display_name.parse());
        let groups = group_ids("userGroupIds", &self.user_group_ids);
        let groups = groups.map_err(|fault| faults.push(fault)).unwrap_or_default();
        let change = self.credentials.collect(&mut faults, issuer);
        let (Some(username), Some(display_name), true) =
            (username, display_name, faults.is_empty())
        else {
            return Err(ApiError::validation(faults));
        };
        let user = UserDraft {
            display_name: Some(display_name),
            disabled: self.disabled,
            ..UserDraft::new(username)
        };
        let keys = ClientKeys {
            jwks: set(change.jwks).flatten(),
            federated_identities: set(change.federated_identities).unwrap_or_default(),
            ..ClientKeys::default()
        };
        let clients = set(change.clients).unwrap_or_default();
        let issuer = change.issuer;
        Ok((ServiceDraft { user, keys, clients, issuer }, groups.into_iter().collect()))
    }
}

impl CredentialsBody {
    /// Checks every field and reports all faults at once.
    pub(super) fn check(&self, issuer: &str) -> Result<ServiceChange, ApiError> {
        let mut faults = Vec::new();
        let change = self.collect(&mut faults, issuer);
        if faults.is_empty() { Ok(change) } else { Err(ApiError::validation(faults)) }
    }

    fn collect(&self, faults: &mut Vec<FieldError>, issuer: &str) -> ServiceChange {
        let read = |json| parse_new_jwks(json).map_err(TextError::format);
        let jwks = self.jwks.as_ref().map(read);
        let jwks = jwks.and_then(|read| collect(faults, "jwks", read));
        let issuers = self.federated_identities.as_ref().map(|given| {
            // The rules are those of the operation, which knows the other services.
            let most = ServiceIdentity::MAX_ISSUERS + 1;
            given.iter().take(most).map(FederatedIdentityBody::identity).collect::<Vec<_>>()
        });
        let clients = self.client_ids.as_ref().map(|given| {
            // All of them: one may be there many times, and the operation counts each once.
            let ids = given.iter().map(|id| id.parse::<ClientId>());
            ids.collect::<Result<Vec<_>, _>>().map_err(|_| unknown_client())
        });
        let clients = clients.and_then(|read| collect(faults, "clientIds", read));
        ServiceChange {
            jwks: jwks.into(),
            federated_identities: issuers.into(),
            clients: clients.into(),
            issuer: issuer.to_owned(),
        }
    }
}

fn unknown_client() -> TextError {
    TextError { code: "invalid_value", message: "names a client that does not exist".to_owned() }
}

fn set<T>(change: Change<T>) -> Option<T> {
    match change {
        Change::Keep => None,
        Change::Set(value) => Some(value),
    }
}

fn collect<T>(
    faults: &mut Vec<FieldError>,
    field: &'static str,
    result: Result<T, TextError>,
) -> Option<T> {
    result.map_err(|error| faults.push(FieldError::new(field, error))).ok()
}
