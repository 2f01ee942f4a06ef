//! Checks the reverse proxy, which terminates TLS and reports visitors' addresses.

use super::{Finding, Surroundings};
use crate::{server::ProxySeen, settings::TrustProxy, store::StoreError};

/// The consequence of an untrusted proxy.
const LOCK_OUT: &str = "all visitors count as one address, so one of them can use up the rate limits of all, \
                        and the audit log has one address for everybody";
const NAME_IT: &str = "set TRUST_PROXY to the address that the proxy comes from, which the log of the server names, \
                       or to true when nobody else reaches the port; then restart the server";

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let seen = around.seen().and_then(|seen| seen.as_ref().ok()).and_then(|seen| seen.proxy);
    Ok(vec![seen.and_then(|proxy| of_seen(around, proxy)).unwrap_or_else(|| of_settings(around))])
}

/// Evaluates the server's own report on a request through the proxy, which is better evidence than
/// the settings.
fn of_seen(around: &Surroundings, proxy: ProxySeen) -> Option<Finding> {
    let app_url = &around.settings.app_url;
    match proxy {
        ProxySeen::Unbelieved => Some(Finding::problem(
            format!("the server does not believe the proxy at {app_url}: {LOCK_OUT}"),
            NAME_IT,
        )),
        ProxySeen::Silent if app_url.is_https() => Some(Finding::warning(
            format!("the proxy at {app_url} does not say for whom it asks: {LOCK_OUT}"),
            "let the proxy set X-Forwarded-For, and set TRUST_PROXY to its address",
        )),
        // With TRUST_PROXY=true, the settings decide: trusting every proxy is dangerous on an open
        // port.
        ProxySeen::Believed if around.settings.trust_proxy != TrustProxy::All => {
            Some(Finding::ok(format!("the server believes the proxy at {app_url}")))
        }
        ProxySeen::Believed | ProxySeen::Silent => None,
    }
}

fn of_settings(around: &Surroundings) -> Finding {
    let settings = &around.settings;
    let is_local = around.listen().ip().is_loopback();
    match (&settings.trust_proxy, settings.app_url.is_https()) {
        (TrustProxy::None, true) => Finding::warning(
            format!(
                "APP_URL is https, which a proxy speaks for this server, but TRUST_PROXY is off: {LOCK_OUT}"
            ),
            NAME_IT,
        ),
        (TrustProxy::None, false) => Finding::ok("no proxy is expected, and none is believed"),
        (TrustProxy::All, _) if !is_local && !settings.app_url.is_https() => Finding::warning(
            "TRUST_PROXY is true, but nothing says that there is a proxy: whoever reaches the port \
             can claim any address",
            "remove TRUST_PROXY, or set it to the address of the proxy",
        ),
        (TrustProxy::All, _) => {
            Finding::ok("every proxy is believed: let nobody else reach the port")
        }
        (TrustProxy::Networks(_), _) => {
            Finding::ok("the proxies that TRUST_PROXY names are believed")
        }
    }
}
