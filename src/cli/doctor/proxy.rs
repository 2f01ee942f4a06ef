//! The proxy that speaks TLS for us, and whose word on the visitor's address is taken.

use super::{Finding, Surroundings};
use crate::{settings::TrustProxy, store::StoreError};

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let settings = &around.settings;
    let is_local = around.listen().ip().is_loopback();
    Ok(vec![match (&settings.trust_proxy, settings.app_url.is_https()) {
        (TrustProxy::None, true) => Finding::warning(
            "APP_URL is https, which a proxy speaks for this server, but TRUST_PROXY is off: every \
             visitor is taken for the proxy, in the audit log and where requests are counted",
            "set TRUST_PROXY to the address of the proxy, or to true when nobody else reaches the port",
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
    }])
}
