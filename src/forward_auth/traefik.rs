//! Labels of Traefik for the container of the application.

use super::{
    aliases::aliases,
    ends::ProxyEnds,
    paths::{CHECK, check_of},
};
use crate::model::{HostAddress, ProtectedHost};

/// Traefik replaces each header of `authResponseHeaders`, also by nothing. A second middleware removes other spellings of them;
/// a label cannot name a header with a dot.
pub(super) fn lines(host: &ProtectedHost, ends: &ProxyEnds) -> String {
    let name = label(&host.host);
    let (middlewares, router) =
        ("traefik.http.middlewares", format!("traefik.http.routers.{name}"));
    let mut labels = vec![
        "traefik.enable=true".to_owned(),
        format!("{router}.rule=Host(`{}`)", host.host.name()),
        format!(
            "{middlewares}.{name}-pocketid.forwardauth.address=http://{}{}",
            ends.pocketid,
            check_of(&host.host, CHECK)
        ),
    ];
    let names = host.headers.names();
    if !names.is_empty() {
        let names = names.join(",");
        labels
            .push(format!("{middlewares}.{name}-pocketid.forwardauth.authResponseHeaders={names}"));
    }
    let other = names.iter().flat_map(|name| aliases(name, &['_', '-']));
    let mut removed: Vec<_> = other.filter(|alias| alias.contains('_')).collect();
    removed.extend(host.accepts_api_keys.then(|| "X-API-Key".to_owned()));
    let mut chain = format!("{name}-pocketid");
    if !removed.is_empty() {
        chain += &format!(",{name}-removed");
    }
    for header in removed {
        let headers = "headers.customrequestheaders";
        labels.push(format!("{middlewares}.{name}-removed.{headers}.{header}="));
    }
    labels.push(format!("{router}.middlewares={chain}"));
    let labels: String = labels.iter().map(|label| format!("  - \"{label}\"\n")).collect();
    format!(
        "labels:\n  # Your labels for the entry point, TLS and the port of the application.\n{labels}"
    )
}

/// A name for the router: each host has another one.
fn label(host: &HostAddress) -> String {
    let sign = |c: char| match c {
        '-' => "--".to_owned(),
        ':' => "-port-".to_owned(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        _ => "-".to_owned(),
    };
    host.as_str().chars().map(sign).collect()
}
