//! How others watch the server: metrics, and the audit log at a syslog server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::Url;

use super::{
    Faults, SettingFault, Source,
    address::{parse_host, parse_port},
};
use crate::{crypto::Secret, model::placeholder};

/// The port of the standard exporter for Prometheus (OpenTelemetry environment variables).
const OTEL_PORT: u16 = 9464;
/// The port of syslog over TLS (RFC 5425 §4.1).
const SYSLOG_PORT: u16 = 6514;
/// The shortest token, in characters.
const MIN_TOKEN: usize = 16;

/// The access to the metrics.
#[derive(Debug, Clone, Default)]
pub struct MetricsSettings {
    /// The address and port of a listener of their own.
    pub listen: Option<SocketAddr>,
    /// The bearer token for `/metrics` of the server itself.
    pub token: Option<Secret>,
}

impl MetricsSettings {
    /// Whether anything is counted.
    pub fn is_on(&self) -> bool {
        self.listen.is_some() || self.token.is_some()
    }
}

/// Reads the settings of the metrics: ours, or those of OpenTelemetry that Pocket ID has.
pub(super) fn read(source: &Source, faults: &mut Faults) -> MetricsSettings {
    let own = faults.collect(source.parse_with("METRICS_LISTEN", |text| {
        text.parse().map_err(|_| "is not an address with a port, such as 127.0.0.1:9464".to_owned())
    }));
    let exporter = faults.collect(source.parse_with("OTEL_METRICS_EXPORTER", parse_exporter));
    let host = faults.collect(source.parse_with("OTEL_EXPORTER_PROMETHEUS_HOST", parse_host));
    let port = faults.collect(source.parse_with("OTEL_EXPORTER_PROMETHEUS_PORT", parse_port));
    let of_otel = (exporter == Some(true)).then(|| {
        let host = host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        SocketAddr::new(host, port.unwrap_or(OTEL_PORT))
    });
    MetricsSettings { listen: own.or(of_otel), token: faults.collect(token(source)) }
}

/// Whether the metrics are for Prometheus.
fn parse_exporter(text: &str) -> Result<bool, String> {
    match text {
        "prometheus" => Ok(true),
        "none" => Ok(false),
        _ => Err("is neither prometheus nor none, which are all that this version has".to_owned()),
    }
}

fn token(source: &Source) -> Result<Option<Secret>, SettingFault> {
    let fault = |fault: &str| {
        Err(SettingFault::new("METRICS_TOKEN", fault, "make one with: openssl rand -base64 32"))
    };
    match source.parse_with("METRICS_TOKEN", |text| Ok(text.to_owned()))? {
        Some(token) if placeholder::is_all_of(&token) => {
            fault("is a variable that was not expanded")
        }
        Some(token) if token.chars().count() < MIN_TOKEN => fault("is shorter than 16 characters"),
        Some(token) if !token.bytes().all(|b| b.is_ascii_graphic()) => {
            fault("has characters that a header cannot have")
        }
        token => Ok(token.map(Secret::new)),
    }
}

/// Reads the address of a syslog server, such as `tls://logs.example.com:6514`.
pub(super) fn syslog(source: &Source) -> Result<Option<Url>, SettingFault> {
    source.parse_with("AUDIT_SYSLOG", |text| {
        let is_address = |url: &Url| {
            let has_more = !matches!(url.path(), "" | "/")
                || url.query().is_some()
                || url.fragment().is_some()
                || !url.username().is_empty()
                || url.password().is_some();
            let has_host = url.host_str().is_some_and(|host| !host.is_empty());
            url.scheme() == "tls" && has_host && !has_more
        };
        let mut url = Url::parse(text)
            .ok()
            .filter(is_address)
            .ok_or("is not an address such as tls://logs.example.com:6514")?;
        if url.port().is_none() {
            url.set_port(Some(SYSLOG_PORT)).map_err(|()| "has no port")?;
        }
        Ok(url)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(variables: &[(&str, &str)]) -> Result<MetricsSettings, Faults> {
        let mut faults = Faults::default();
        let read = read(&Source::from_pairs(variables), &mut faults);
        faults.or(read)
    }

    #[test]
    fn metrics_are_off_unless_there_is_an_address_or_a_token() {
        assert!(!metrics(&[]).unwrap().is_on());
        assert!(!metrics(&[("OTEL_METRICS_EXPORTER", "none")]).unwrap().is_on());
        assert!(metrics(&[("METRICS_TOKEN", "0123456789abcdef")]).unwrap().is_on());
        let listen = |variables: &[_]| metrics(variables).unwrap().listen.unwrap().to_string();
        assert_eq!(listen(&[("METRICS_LISTEN", "[::1]:9000")]), "[::1]:9000");
        assert_eq!(listen(&[("OTEL_METRICS_EXPORTER", "prometheus")]), "127.0.0.1:9464");
        let all = [
            ("OTEL_METRICS_EXPORTER", "prometheus"),
            ("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0"),
            ("OTEL_EXPORTER_PROMETHEUS_PORT", "9000"),
        ];
        assert_eq!(listen(&all), "0.0.0.0:9000");
    }

    #[test]
    fn wrong_values_are_faults_that_do_not_repeat_a_token() {
        for variables in [
            [("METRICS_LISTEN", "9464")],
            [("OTEL_METRICS_EXPORTER", "otlp")],
            [("METRICS_TOKEN", "hunter2")],
            [("METRICS_TOKEN", "hunter2 hunter2 hunter2")],
            [("METRICS_TOKEN", "${METRICS_TOKEN_FROM_ELSEWHERE}")],
        ] {
            let faults = metrics(&variables).unwrap_err();
            assert_eq!(faults.iter().count(), 1, "{variables:?}");
            assert!(!format!("{faults:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_syslog_server_is_an_address_of_tls() {
        let read = |text| syslog(&Source::from_pairs(&[("AUDIT_SYSLOG", text)]));
        let port = |text| read(text).unwrap().unwrap().port();
        assert_eq!(port("tls://logs.example.com:601"), Some(601));
        assert_eq!(port("tls://logs.example.com"), Some(6514));
        assert_eq!(port("tls://[::1]"), Some(6514));
        for wrong in [
            "logs.example.com:6514",
            "udp://x:514",
            "https://x",
            "tls://",
            "tls://x/y",
            "tls://a:b@x",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
