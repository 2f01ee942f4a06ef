//! `CLIENT_CERTIFICATE_HEADER`, `CLIENT_CERTIFICATE_PROXY` and `MTLS_APP_URL`: mutual TLS behind a proxy (RFC
//! 8705).

use std::net::IpAddr;

use super::{
    AppUrl, Source, TrustProxy,
    fault::{Faults, SettingFault},
};

/// Headers that mean something else. Compared in lower case.
const TAKEN: [&str; 9] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "dpop",
    "forwarded",
    "host",
    "x-forwarded-for",
];
const PROXY: &str = "CLIENT_CERTIFICATE_PROXY";
/// The longest name of a header, in characters.
const MAX_NAME: usize = 64;

/// How clients with TLS certificates reach the server.
#[derive(Debug, Clone, Default)]
pub struct ClientCertificateSettings {
    /// The header in which a trusted proxy passes the certificate, in lower case.
    pub header: Option<String>,
    /// The address of the endpoints at which the proxy asks for certificates, if it is not
    /// `APP_URL`. The header counts on this host alone.
    pub app_url: Option<AppUrl>,
    /// The proxies that may pass certificates: each of them can be any client that uses one.
    pub proxies: TrustProxy,
}

impl ClientCertificateSettings {
    /// The address of the endpoints that take certificates. `None` if no endpoint does.
    pub fn mtls_address<'a>(&'a self, app_url: &'a AppUrl) -> Option<&'a str> {
        self.header.as_ref().map(|_| self.app_url.as_ref().unwrap_or(app_url).as_str())
    }

    /// Whether a certificate counts that a peer passes in a request to this host (`Host` or `:authority`).
    pub fn believes(&self, peer: IpAddr, host: Option<&str>) -> bool {
        let is_own = |url: &AppUrl| host.is_some_and(|host| url.is_named_by(host));
        self.header.is_some()
            && self.proxies.trusts(peer)
            && self.app_url.as_ref().is_none_or(is_own)
    }
}

pub(super) fn read(source: &Source, faults: &mut Faults) -> ClientCertificateSettings {
    let header = faults.collect(source.parse_with("CLIENT_CERTIFICATE_HEADER", parse_header));
    let named = faults.collect(source.parse_with(PROXY, parse_proxies));
    // A fault of `TRUST_PROXY` is told where that is read.
    let trusted: TrustProxy = source.parse("TRUST_PROXY").ok().flatten().unwrap_or_default();
    if header.is_some() && !source.has(PROXY) && trusted.is_everyone() {
        faults.extend([SettingFault::new(
            PROXY,
            "is not set, and TRUST_PROXY trusts everyone: whoever reaches the port could claim the \
             certificate of a client",
            format!("set {PROXY} to the address of the proxy, such as 127.0.0.1"),
        )]);
    }
    ClientCertificateSettings {
        header,
        app_url: faults.collect(source.parse_with("MTLS_APP_URL", parse_address)),
        proxies: named.unwrap_or(if trusted.is_everyone() { TrustProxy::None } else { trusted }),
    }
}

fn parse_proxies(text: &str) -> Result<TrustProxy, String> {
    let proxies: TrustProxy = text.parse()?;
    if proxies == TrustProxy::None || proxies.is_everyone() {
        return Err("must name the addresses of the proxies".into());
    }
    Ok(proxies)
}

/// Certificates come over TLS.
fn parse_address(text: &str) -> Result<AppUrl, String> {
    let url: AppUrl = text.parse()?;
    if url.is_https() { Ok(url) } else { Err("does not start with https://".into()) }
}

fn parse_header(text: &str) -> Result<String, String> {
    let name = text.trim().to_ascii_lowercase();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_token) {
        return Err("is not the name of a header, such as X-Client-Certificate".into());
    }
    if TAKEN.contains(&name.as_str()) {
        return Err("is a header that has another meaning".into());
    }
    Ok(name)
}

/// The settings that have no effect without another one: the fault, and its mend.
pub(super) fn without_effect(source: &Source) -> Vec<(&'static str, &'static str)> {
    let has_header = source.has("CLIENT_CERTIFICATE_HEADER");
    let trust: Option<TrustProxy> = source.parse("TRUST_PROXY").ok().flatten();
    let mut found = Vec::new();
    if has_header && !source.has(PROXY) && trust.unwrap_or_default() == TrustProxy::None {
        found.push((
            "CLIENT_CERTIFICATE_HEADER is set and has no effect: no proxy is trusted",
            "set CLIENT_CERTIFICATE_PROXY to the address of the proxy",
        ));
    }
    if source.has(PROXY) && !has_header {
        found.push((
            "CLIENT_CERTIFICATE_PROXY is set and has no effect without CLIENT_CERTIFICATE_HEADER",
            "set CLIENT_CERTIFICATE_HEADER to the header in which the proxy passes the certificate",
        ));
    }
    if source.has("MTLS_APP_URL") && !has_header {
        found.push((
            "MTLS_APP_URL is set and has no effect without CLIENT_CERTIFICATE_HEADER",
            "set CLIENT_CERTIFICATE_HEADER to the header in which the proxy passes the certificate",
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(variables: &[(&str, &str)]) -> (Option<String>, Vec<&'static str>) {
        let (settings, faults) = Settings::examine(&Source::from_pairs(variables));
        let names = faults.iter().map(|fault| fault.name).collect();
        (settings.client_certificate.header, names)
    }

    #[test]
    fn a_header_for_certificates_has_a_name_of_its_own() {
        let header = |name| read(&[("CLIENT_CERTIFICATE_HEADER", name), ("TRUST_PROXY", "::1")]);
        assert_eq!(header("X-Client-Cert"), (Some("x-client-cert".into()), vec![]));
        for bad in ["Authorization", "x-forwarded-for", "Host", "a b", "a:b", &"a".repeat(65)] {
            assert_eq!(header(bad), (None, vec!["CLIENT_CERTIFICATE_HEADER"]), "{bad}");
        }
    }

    #[test]
    fn the_address_for_certificates_is_one_of_this_server() {
        let own = |more: &[(&str, &str)]| {
            let usual = [("APP_URL", "https://id.example.com"), ("TRUST_PROXY", "::1")];
            let (settings, _) = Settings::examine(&Source::from_pairs(&[&usual, more].concat()));
            settings.own_addresses().map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
        };
        let header = ("CLIENT_CERTIFICATE_HEADER", "x-client-cert");
        let mtls = ("MTLS_APP_URL", "https://id.example.com:8443");
        assert_eq!(own(&[]), ["https://id.example.com".to_owned()].into());
        assert!(own(&[header, mtls]).contains(mtls.1));
    }

    #[test]
    fn everyone_is_no_proxy_that_passes_certificates() {
        let header = ("CLIENT_CERTIFICATE_HEADER", "x-client-cert");
        let faults = |more: &[(&str, &str)]| read(&[&[header], more].concat()).1;
        for all in ["true", "0.0.0.0/0", "10.0.0.0/8,::/0"] {
            assert_eq!(faults(&[("TRUST_PROXY", all)]), [PROXY], "{all}");
            let narrow = [("TRUST_PROXY", all), (PROXY, "127.0.0.1, 192.0.2.0/30")];
            assert!(faults(&narrow).is_empty(), "{all}");
            assert_eq!(faults(&[(PROXY, all)]), [PROXY], "{all}");
        }
        assert_eq!(faults(&[(PROXY, "false")]), [PROXY]);
        assert!(
            read(&[("TRUST_PROXY", "true")]).1.is_empty(),
            "without certificates it is allowed"
        );
    }

    #[test]
    fn certificates_count_from_their_proxy_and_on_their_host() {
        let believes = |more: &[(&str, &str)], peer: &str, host: Option<&str>| {
            let header = ("CLIENT_CERTIFICATE_HEADER", "x-client-cert");
            let source = Source::from_pairs(&[&[header], more].concat());
            let settings = Settings::examine(&source).0.client_certificate;
            settings.believes(peer.parse().unwrap(), host)
        };
        let (mtls, trust) =
            (("MTLS_APP_URL", "https://id.example.com:8443"), ("TRUST_PROXY", "10.0.0.0/8"));
        assert!(believes(&[trust], "10.0.0.1", Some("any.example.com")));
        assert!(!believes(&[trust], "192.0.2.1", Some("any.example.com")));
        assert!(
            !believes(&[trust, (PROXY, "10.0.0.2")], "10.0.0.1", None),
            "a proxy for addresses"
        );
        assert!(believes(&[trust, (PROXY, "10.0.0.2")], "10.0.0.2", None));
        for (host, is_believed) in [
            (Some("id.example.com:8443"), true),
            (Some("ID.example.com:8443"), true),
            (Some("id.example.com"), false),
            (Some("id.example.com:443"), false),
            (Some("id.example.com:8443.evil.example"), false),
            (Some("evil.example:8443"), false),
            (None, false),
        ] {
            assert_eq!(believes(&[trust, mtls], "10.0.0.1", host), is_believed, "{host:?}");
        }
        let usual = ("MTLS_APP_URL", "https://mtls.example.com");
        for host in ["mtls.example.com", "mtls.example.com:443"] {
            assert!(believes(&[trust, usual], "10.0.0.1", Some(host)), "{host}");
        }
    }

    #[test]
    fn certificates_come_over_tls() {
        let header = ("CLIENT_CERTIFICATE_HEADER", "x-client-cert");
        let faults = read(&[header, ("MTLS_APP_URL", "http://id.example.com:8443")]).1;
        assert_eq!(faults, ["MTLS_APP_URL"]);
    }

    #[test]
    fn a_header_that_no_trusted_proxy_sends_is_told() {
        let told =
            |variables: &[(&str, &str)]| without_effect(&Source::from_pairs(variables)).len();
        let header = ("CLIENT_CERTIFICATE_HEADER", "x-client-cert");
        let mtls = ("MTLS_APP_URL", "https://mtls.id.example.com");
        assert_eq!(told(&[]), 0);
        assert_eq!(told(&[header]), 1);
        assert_eq!(told(&[header, ("TRUST_PROXY", "false")]), 1);
        assert_eq!(told(&[mtls]), 1);
        assert_eq!(told(&[header, mtls, ("TRUST_PROXY", "10.0.0.0/8")]), 0);
    }
}
