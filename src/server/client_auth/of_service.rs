//! The client of a service that names none. RFC 7521 §4.1: the client of an authorization grant need not
//! be named, and libraries for service accounts name none.

use crate::{
    model::{Client, ClientId, ClientType, GrantType},
    oidc::{OAuthError, Params, service_assertion::refuse},
    server::{
        asserted_user::is_identity_assertion, http::Request, service_assertion::ServiceAssertion,
    },
    store::clients,
};

/// The parameters by which a client says who it is.
const OF_CLIENTS: [&str; 3] = ["client_id", "client_secret", "client_assertion"];

impl Request<Params> {
    /// Adds the client to a request with an assertion of a service that gets tokens through one public client alone.
    /// `true` when it did so. The assertion is not verified here, so every refusal is the same: it must not show which
    /// services there are.
    pub(in crate::server) async fn with_client_of_service(
        self,
    ) -> Result<(Self, bool), OAuthError> {
        let body = self.body();
        let is_of_service = body.value("grant_type") == Some(GrantType::JwtBearer.as_str());
        let is_named = self.head.header("authorization").is_some()
            || OF_CLIENTS.iter().any(|name| body.value(name).is_some());
        if !is_of_service || is_named {
            return Ok((self, false));
        }
        let client = self.client_of_service().await?;
        let params = self.body().iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let client = ("client_id".to_owned(), client.to_string());
        let params: std::collections::BTreeMap<_, _> = params.chain([client]).collect();
        Ok((self.with_body(params.into()), true))
    }

    async fn client_of_service(&self) -> Result<ClientId, OAuthError> {
        let text = self.body().required("assertion")?;
        if is_identity_assertion(text) {
            return Err(refuse("no client is named, which an identity assertion needs"));
        }
        let assertion = ServiceAssertion::read(text)?;
        let found = self.app_for_authorising().store().read(move |tx| {
            let service = assertion.find(tx)?;
            let [id] = &service.identity.clients[..] else {
                return Err(refuse("no client is named, and the service has none or several"));
            };
            let client = clients::find(tx, id)?;
            let is_public = |client: &Client| client.client_type == ClientType::Public;
            let client = client.filter(is_public);
            Ok(client
                .ok_or_else(|| refuse("the client is not named, and has to prove who it is"))?
                .id)
        });
        found.await
    }
}
