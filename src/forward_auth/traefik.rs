//! Labels of Traefik for the container of the application.

use super::{CHECK, ProxyEnds};
use crate::model::ProtectedHost;

/// Traefik replaces each header of `authResponseHeaders`, also by nothing.
pub(super) fn lines(host: &ProtectedHost, ends: &ProxyEnds) -> String {
    let name: String = host
        .host
        .as_str()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let middleware = format!("traefik.http.middlewares.{name}-pocketid");
    let mut labels = vec![
        "traefik.enable=true".to_owned(),
        format!("traefik.http.routers.{name}.rule=Host(`{}`)", host.host),
        format!("{middleware}.forwardauth.address=http://{}{CHECK}", ends.pocketid),
    ];
    let names = host.headers.names();
    if !names.is_empty() {
        labels.push(format!("{middleware}.forwardauth.authResponseHeaders={}", names.join(",")));
    }
    let mut chain = format!("{name}-pocketid");
    if host.accepts_api_keys {
        labels.push(format!(
            "traefik.http.middlewares.{name}-without-key.headers.customrequestheaders.X-API-Key="
        ));
        chain += &format!(",{name}-without-key");
    }
    labels.push(format!("traefik.http.routers.{name}.middlewares={chain}"));
    let labels: String = labels.iter().map(|label| format!("  - \"{label}\"\n")).collect();
    format!("labels:\n{labels}")
}
