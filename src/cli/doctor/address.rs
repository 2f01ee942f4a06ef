//! Checks APP_URL, since passkeys are bound to its host.

use super::{Finding, Surroundings};
use crate::{
    settings::TrustProxy,
    store::{StoreError, passkeys},
};

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let app_url = &around.settings.app_url;
    let mut found = Vec::new();
    if !around.settings.has_app_url {
        found.push(Finding::warning(
            format!("APP_URL is not set, so people are told to go to {app_url}"),
            "set APP_URL to the address that people reach it at, such as https://id.example.com",
        ));
    }
    if !app_url.allows_passkeys() {
        found.push(Finding::problem(
            format!(
                "browsers allow no passkeys at {app_url}: they want https and a host name, or \
                 localhost"
            ),
            "set APP_URL to an https:// address with a host name; give the provider a proxy that \
             speaks TLS",
        ));
    }
    if let Some(store) = around.store()
        && let Some(host) = store.read_blocking(passkeys::host)?
        && host != app_url.host()
    {
        found.push(Finding::problem(
            format!("passkeys were registered at {host}, and do not work at {}", app_url.host()),
            format!(
                "set APP_URL to the address at {host}; or, to stay here, give everybody a link to make \
                 another passkey: pocketid recover NAME"
            ),
        ));
    }
    let port = around.listen().port();
    // A proxy may answer at the other port: it terminates TLS, is trusted, or answered a request.
    let has_proxy =
        app_url.is_https() || around.settings.trust_proxy != TrustProxy::None || around.is_seen();
    if app_url.host() == "localhost"
        && app_url.url().port_or_known_default() != Some(port)
        && !has_proxy
    {
        found.push(Finding::warning(
            format!("people are told to go to {app_url}, but the server listens at port {port}"),
            format!("set APP_URL to http://localhost:{port}, or PORT to the port of APP_URL"),
        ));
    }
    if around.settings.internal_app_url.host() == "localhost" && app_url.host() != "localhost" {
        found.push(Finding::warning(
            format!(
                "INTERNAL_APP_URL is {}, where an application in another container finds itself",
                around.settings.internal_app_url
            ),
            "set INTERNAL_APP_URL to the name that applications know this machine by",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok(format!(
            "people reach it at {app_url}; passkeys are bound to {}",
            app_url.host()
        )));
    }
    Ok(found)
}
