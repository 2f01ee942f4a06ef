//! Checks APP_URL, since passkeys are bound to its host.

use super::{Finding, Surroundings};
use crate::{
    settings::TrustProxy,
    store::{StoreError, passkeys},
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let app_url = &around.settings.app_url;
    let mut found = Vec::new();
    if !around.settings.has_app_url {
        found.push(Finding::warning(
            format!("APP_URL is not set, so links lead to {app_url}"),
            "set APP_URL to the public address, such as https://id.example.com",
        ));
    }
    if !app_url.allows_passkeys() {
        found.push(Finding::problem(
            format!(
                "passkeys do not work at {app_url}: browsers require https and a host name, or \
                 localhost"
            ),
            "set APP_URL to an https:// address with a host name; use a proxy that handles TLS",
        ));
    }
    if let Some(store) = around.store()
        && let Some(host) = store.read_blocking(passkeys::host)?
        && host != app_url.host()
    {
        found.push(Finding::problem(
            format!("passkeys were registered at {host}, and do not work at {}", app_url.host()),
            format!(
                "set APP_URL to the address at {host}; or, to keep this one, give every user a \
                 link to create another passkey: pocketid recover NAME"
            ),
        ));
    }
    let port = around.listen.port();
    // A proxy may answer at the other port: it terminates TLS, is trusted, or answered a request.
    let has_proxy =
        app_url.is_https() || around.settings.trust_proxy != TrustProxy::None || around.is_seen();
    if app_url.host() == "localhost"
        && app_url.url().port_or_known_default() != Some(port)
        && !has_proxy
    {
        found.push(Finding::warning(
            format!("links lead to {app_url}, but the server listens at port {port}"),
            format!("set APP_URL to http://localhost:{port}, or PORT to the port of APP_URL"),
        ));
    }
    if around.settings.internal_app_url.host() == "localhost" && app_url.host() != "localhost" {
        found.push(Finding::warning(
            format!(
                "INTERNAL_APP_URL is {}, which in another container is that container itself",
                around.settings.internal_app_url
            ),
            "set INTERNAL_APP_URL to a name that applications can resolve to this machine",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok(format!(
            "the public address is {app_url}; passkeys are bound to {}",
            app_url.host()
        )));
    }
    Ok(found)
}
