//! The client of a service that names none. RFC 7521 §4.1: the client of an authorization grant need not
//! be named, and libraries for service accounts name none.

use crate::{
    model::{ClientId, GrantType},
    oidc::{OAuthError, Params},
    server::{http::Request, service_assertion::ServiceAssertion},
};

/// The parameters by which a client says who it is.
const OF_CLIENTS: [&str; 3] = ["client_id", "client_secret", "client_assertion"];

impl Request<Params> {
    /// Adds the client to a request with an assertion of a service that gets tokens through one client alone. The
    /// assertion is not verified here: whoever sends it could have named the client as well.
    pub(in crate::server) async fn with_client_of_service(self) -> Result<Self, OAuthError> {
        let body = self.body();
        let is_of_service = body.value("grant_type") == Some(GrantType::JwtBearer.as_str());
        let is_named = self.head.header("authorization").is_some()
            || OF_CLIENTS.iter().any(|name| body.value(name).is_some());
        if !is_of_service || is_named {
            return Ok(self);
        }
        let Some(client) = self.client_of_service().await? else { return Ok(self) };
        let params = self.body().iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let client = ("client_id".to_owned(), client.to_string());
        let params: std::collections::BTreeMap<_, _> = params.chain([client]).collect();
        Ok(self.with_body(params.into()))
    }

    async fn client_of_service(&self) -> Result<Option<ClientId>, OAuthError> {
        let assertion = ServiceAssertion::read(self.body().required("assertion")?)?;
        let found = self.app_for_authorising().store().read(move |tx| assertion.find(tx)).await;
        let clients = found?.identity.clients;
        // With more than one, the request has to name it.
        Ok(<[ClientId; 1]>::try_from(clients).ok().map(|[only]| only))
    }
}
