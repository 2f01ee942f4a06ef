//! Checks the reverse proxy, which terminates TLS and reports visitors' addresses.

use super::{Finding, ProxySeen, Surroundings};
use crate::{settings::TrustProxy, store::StoreError};

/// The consequence of an untrusted proxy.
const LOCK_OUT: &str = "all visitors count as one address, so one visitor can use up the rate \
                        limits of all, and the audit log has the same address for all";
const NAME_IT: &str = "set TRUST_PROXY to the address of the proxy, which is in the log of the \
                       server, or to true if only the proxy can reach the port; then restart the \
                       server";

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let seen = around.answer().and_then(|seen| seen.proxy);
    Ok(vec![seen.and_then(|proxy| of_seen(around, proxy)).unwrap_or_else(|| of_settings(around))])
}

/// Evaluates the server's own report on a request through the proxy, which is better evidence than
/// the settings.
fn of_seen(around: &Surroundings, proxy: ProxySeen) -> Option<Finding> {
    let app_url = &around.settings.app_url;
    match proxy {
        ProxySeen::Unbelieved => Some(Finding::problem(
            format!("the server does not trust the proxy at {app_url}: {LOCK_OUT}"),
            NAME_IT,
        )),
        ProxySeen::Silent if app_url.is_https() => Some(Finding::warning(
            format!("the proxy at {app_url} does not send X-Forwarded-For: {LOCK_OUT}"),
            "let the proxy set X-Forwarded-For, and set TRUST_PROXY to its address",
        )),
        // With TRUST_PROXY=true, the settings decide: trusting every proxy is dangerous on an open
        // port.
        ProxySeen::Believed if around.settings.trust_proxy != TrustProxy::All => {
            Some(Finding::ok(format!("the server trusts the proxy at {app_url}")))
        }
        ProxySeen::Believed | ProxySeen::Silent => None,
    }
}

fn of_settings(around: &Surroundings<'_>) -> Finding {
    let settings = around.settings;
    let is_local = around.listen.ip().is_loopback();
    match (&settings.trust_proxy, settings.app_url.is_https()) {
        (TrustProxy::None, true) => Finding::warning(
            format!("APP_URL is https, which needs a proxy, but TRUST_PROXY is off: {LOCK_OUT}"),
            NAME_IT,
        ),
        (TrustProxy::None, false) => Finding::ok("no proxy is expected, and none is trusted"),
        (TrustProxy::All, _) if !is_local && !settings.app_url.is_https() => Finding::warning(
            "TRUST_PROXY is true, but there seems to be no proxy: every visitor can claim any \
             address",
            "remove TRUST_PROXY, or set it to the address of the proxy",
        ),
        (TrustProxy::All, _) => {
            Finding::ok("every proxy is trusted: make sure that only the proxy can reach the port")
        }
        (TrustProxy::Networks(_), _) => Finding::ok("the proxies in TRUST_PROXY are trusted"),
    }
}
