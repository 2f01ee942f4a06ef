//! Checks that strangers cannot claim the TLS certificates of clients.

use super::{Finding, Surroundings};
use crate::{
    settings::TrustProxy,
    store::{StoreError, clients},
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let settings = around.settings;
    let Some(header) = &settings.client_certificate.header else { return of_clients(around) };
    if around.answer().is_some_and(|seen| seen.passes_certificates) {
        return Ok(vec![Finding::problem(
            format!(
                "the proxy at {} hands on the header {header} of strangers: whoever has the \
                 certificate of a client, which is no secret, can be that client",
                settings.app_url
            ),
            "let the proxy set or remove the header in every request, as the examples in \
             docs/proxies.md do",
        )]);
    }
    Ok(vec![match &settings.client_certificate.proxies {
        broad if broad.is_broad() => Finding::warning(
            "every program in a large network can claim the certificate of a client".to_owned(),
            "set CLIENT_CERTIFICATE_PROXY to the address of the proxy",
        ),
        TrustProxy::None => Finding::warning(
            format!("no proxy is trusted, so the header {header} has no effect"),
            "set CLIENT_CERTIFICATE_PROXY to the address of the proxy",
        ),
        _ => Finding::ok(format!("certificates of clients come in the header {header}")),
    }])
}

/// Finds clients that need certificates while none are accepted.
fn of_clients(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let clients = store.read_blocking(clients::list)?;
    let needing = clients
        .iter()
        .filter(|client| client.requires_mtls || client.keys.tls_client_auth.is_some());
    let finding = |id| {
        Finding::warning(
            format!("{id} needs a TLS certificate, and the server takes none"),
            "set CLIENT_CERTIFICATE_HEADER to the header in which the proxy passes it, and restart \
             the server",
        )
    };
    Ok(needing.map(|client| finding(&client.id)).collect())
}
