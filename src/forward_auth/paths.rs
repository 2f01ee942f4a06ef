//! The addresses of forward auth.

use crate::model::HostAddress;

/// Where a proxy asks, and gets an answer that it hands on to the browser.
pub const CHECK: &str = "/api/forward-auth";
/// Where nginx asks: it understands `401` and `403` only.
pub const CHECK_FOR_NGINX: &str = "/api/forward-auth/nginx";
/// The folder of a protected host that is ours.
pub const FOLDER: &str = "/.pocketid/";
/// Where a sign-in arrives at a protected host.
pub const CALLBACK: &str = "/.pocketid/callback";
/// Where people sign out at a protected host.
pub const LOGOUT: &str = "/.pocketid/logout";
/// The parameter that names the host whose proxy asks.
pub const HOST_PARAMETER: &str = "host";

/// The address that the proxy of a host asks. A browser can make up the port in `Host`, but not this.
pub(super) fn check_of(host: &HostAddress, path: &str) -> String {
    format!("{path}?{HOST_PARAMETER}={host}")
}
