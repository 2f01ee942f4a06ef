//! `CLIENT_CERTIFICATE_HEADER` and `MTLS_APP_URL`: mutual TLS behind a proxy (RFC 8705).

use super::{AppUrl, Source, TrustProxy, fault::Faults};

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
/// The longest name of a header, in characters.
const MAX_NAME: usize = 64;

/// How clients with TLS certificates reach the server.
#[derive(Debug, Clone, Default)]
pub struct ClientCertificateSettings {
    /// The header in which a trusted proxy passes the certificate, in lower case.
    pub header: Option<String>,
    /// The address of the endpoints at which the proxy asks for certificates, if it is not
    /// `APP_URL`.
    pub app_url: Option<AppUrl>,
}

impl ClientCertificateSettings {
    /// The address of the endpoints that take certificates. `None` if no endpoint does.
    pub fn mtls_address<'a>(&'a self, app_url: &'a AppUrl) -> Option<&'a str> {
        self.header.as_ref().map(|_| self.app_url.as_ref().unwrap_or(app_url).as_str())
    }
}

pub(super) fn read(source: &Source, faults: &mut Faults) -> ClientCertificateSettings {
    ClientCertificateSettings {
        header: faults.collect(source.parse_with("CLIENT_CERTIFICATE_HEADER", parse_header)),
        app_url: faults.collect(source.parse("MTLS_APP_URL")),
    }
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
    if has_header && trust.unwrap_or_default() == TrustProxy::None {
        found.push((
            "CLIENT_CERTIFICATE_HEADER is set and has no effect: no proxy is trusted",
            "set TRUST_PROXY to the address of the proxy",
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
        let header = |name| read(&[("CLIENT_CERTIFICATE_HEADER", name), ("TRUST_PROXY", "true")]);
        assert_eq!(header("X-Client-Cert"), (Some("x-client-cert".into()), vec![]));
        for bad in ["Authorization", "x-forwarded-for", "Host", "a b", "a:b", &"a".repeat(65)] {
            assert_eq!(header(bad), (None, vec!["CLIENT_CERTIFICATE_HEADER"]), "{bad}");
        }
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
