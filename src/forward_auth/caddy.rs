//! Lines of a Caddyfile.

use super::{
    aliases::aliases,
    ends::ProxyEnds,
    paths::{CHECK, check_of},
};
use crate::model::ProtectedHost;

/// `route` keeps the order of its directives. Forged headers are removed before we are asked, so that none is left where an
/// answer has no value for it. `header_up` sets them once more for the application: Caddy drops headers that a browser names
/// in `Connection`.
pub(super) fn lines(host: &ProtectedHost, ends: &ProxyEnds) -> String {
    let ProxyEnds { pocketid, application } = ends;
    let names = host.headers.names();
    let forged = names.iter().flat_map(|name| aliases(name, &['-', '_', '.']));
    let removed: String = forged.map(|name| format!("\t\trequest_header -{name}\n")).collect();
    let (mut copied, mut set) = (String::new(), String::new());
    if !names.is_empty() {
        copied = format!("\t\t\tcopy_headers {}\n", names.join(" "));
    }
    for name in names {
        set += &format!("\t\t\theader_up {name} {{http.request.header.{name}}}\n");
    }
    let key = if host.accepts_api_keys { "\t\trequest_header -X-API-Key\n" } else { "" };
    format!(
        "{host} {{\n\troute {{\n{removed}\t\tforward_auth {pocketid} {{\n\t\t\turi {check}\n{copied}\t\t}}\n{key}\t\treverse_proxy {application} {{\n{set}\t\t}}\n\t}}\n}}\n",
        host = host.host,
        check = check_of(&host.host, CHECK),
    )
}
