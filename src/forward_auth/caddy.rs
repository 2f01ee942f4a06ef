//! Lines of a Caddyfile.

use super::{CHECK, ProxyEnds};
use crate::model::ProtectedHost;

/// `route` keeps the order of its directives: forged headers are removed before we are asked, so that none is left where
/// an answer has no value for it.
pub(super) fn lines(host: &ProtectedHost, ends: &ProxyEnds) -> String {
    let ProxyEnds { pocketid, application } = ends;
    let names = host.headers.names();
    let removed: String =
        names.iter().map(|name| format!("\t\trequest_header -{name}\n")).collect();
    let copied = match names.as_slice() {
        [] => String::new(),
        names => format!("\t\t\tcopy_headers {}\n", names.join(" ")),
    };
    let key = if host.accepts_api_keys { "\t\trequest_header -X-API-Key\n" } else { "" };
    format!(
        "{host} {{\n\troute {{\n{removed}\t\tforward_auth {pocketid} {{\n\t\t\turi {CHECK}\n{copied}\t\t}}\n{key}\t\treverse_proxy {application}\n\t}}\n}}\n",
        host = host.host,
    )
}
