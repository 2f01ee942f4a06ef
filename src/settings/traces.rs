//! Traces of requests, for OpenTelemetry, by its standard variables.
//!
//! "OpenTelemetry Specification 1.50, Environment Variable Specification" and "OpenTelemetry Protocol Exporter".

use std::time::Duration;

use url::{Host, Url};

use super::{Faults, Source};
use crate::crypto::Secret;

/// Where a collector on this machine listens for OTLP over HTTP.
const DEFAULT_ENDPOINT: &str = "http://localhost:4318/v1/traces";
/// How long the collector may take.
const DEFAULT_TIME: Duration = Duration::from_secs(10);
/// The name of the service, unless another one is set.
const DEFAULT_SERVICE: &str = "pocketid";
/// The most headers, and the most attributes.
const MOST: usize = 32;

/// Where spans are sent, and which.
#[derive(Debug, Clone)]
pub struct TracesSettings {
    /// The address of the collector, with its path.
    pub endpoint: Url,
    /// Headers of each request to the collector, such as one with a token.
    pub headers: Vec<(String, Secret)>,
    /// How long a request may take.
    pub time: Duration,
    /// `service.name`
    pub service: String,
    /// Further attributes of the resource.
    pub attributes: Vec<(String, String)>,
    /// Which traces are sent.
    pub sampling: Sampling,
}

/// Which traces are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// The share of the traces that begin here, from 0 to 1.
    pub share: f64,
    /// Whether a trace that a proxy began is sent if the proxy sends it.
    pub follows_parent: bool,
}

/// Reads the settings of the traces. `None` if there are none.
pub(super) fn read(source: &Source, faults: &mut Faults) -> Option<TracesSettings> {
    let is_on = faults.collect(source.parse_with("OTEL_TRACES_EXPORTER", parse_exporter));
    let is_disabled = faults.collect(source.parse_bool("OTEL_SDK_DISABLED"));
    if is_on != Some(true) || is_disabled == Some(true) {
        return None;
    }
    for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
        faults.collect(source.parse_with(name, parse_protocol));
    }
    let own =
        faults.collect(source.parse_with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", parse_endpoint));
    let shared = faults.collect(source.parse_with("OTEL_EXPORTER_OTLP_ENDPOINT", |text| {
        parse_endpoint(&format!("{}/v1/traces", text.trim_end_matches('/')))
    }));
    let headers = |faults: &mut Faults, name| {
        faults.collect(source.parse_with(name, |text| parse_pairs(text).and_then(to_headers)))
    };
    let own_headers = headers(faults, "OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    let shared_headers = headers(faults, "OTEL_EXPORTER_OTLP_HEADERS");
    let time = |faults: &mut Faults, name| faults.collect(source.parse_with(name, parse_time));
    let own_time = time(faults, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT");
    let shared_time = time(faults, "OTEL_EXPORTER_OTLP_TIMEOUT");
    let default = Url::parse(DEFAULT_ENDPOINT).ok();
    Some(TracesSettings {
        endpoint: own.or(shared).or(default)?,
        headers: own_headers.or(shared_headers).unwrap_or_default(),
        time: own_time.or(shared_time).unwrap_or(DEFAULT_TIME),
        service: source.value("OTEL_SERVICE_NAME").unwrap_or(DEFAULT_SERVICE).to_owned(),
        attributes: faults
            .collect(source.parse_with("OTEL_RESOURCE_ATTRIBUTES", parse_pairs))
            .unwrap_or_default(),
        sampling: sampling(source, faults),
    })
}

/// Whether headers, in which tokens are, go over a network that others may read.
pub(super) fn of_open_headers(source: &Source) -> bool {
    read(source, &mut Faults::default()).is_some_and(|traces| {
        let is_here = match traces.endpoint.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        traces.endpoint.scheme() == "http" && !is_here && !traces.headers.is_empty()
    })
}

fn parse_exporter(text: &str) -> Result<bool, String> {
    match text {
        "otlp" => Ok(true),
        "none" => Ok(false),
        _ => Err("is neither otlp nor none, which are all that this version has".to_owned()),
    }
}

fn parse_protocol(text: &str) -> Result<(), String> {
    if text == "http/protobuf" {
        return Ok(());
    }
    Err("is not http/protobuf, which is all that this version speaks; collectors listen for it at \
         port 4318"
        .to_owned())
}

fn parse_endpoint(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| "is not an address such as https://otel.example.com:4318".to_owned())
}

/// Reads `a=b,c=d`; values are percent-encoded ("W3C Baggage", §3.3.1, as the specification refers to it).
fn parse_pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').filter(|(name, _)| !name.trim().is_empty())?;
        // `+` stands for itself, unlike in a form.
        let escaped = format!("v={}", value.trim().replace('+', "%2B").replace('&', "%26"));
        let (_, value) = form_urlencoded::parse(escaped.as_bytes()).next()?;
        Some((name.trim().to_owned(), value.into_owned()))
    });
    let pairs: Option<Vec<_>> = pairs.collect();
    pairs
        .filter(|pairs| pairs.len() <= MOST)
        .ok_or_else(|| format!("is not a list such as name=value,name=value of up to {MOST}"))
}

fn to_headers(pairs: Vec<(String, String)>) -> Result<Vec<(String, Secret)>, String> {
    let is_token =
        |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let is_text = |value: &str| value.bytes().all(|b| (b' '..=b'~').contains(&b));
    if pairs.iter().all(|(name, value)| is_token(name) && is_text(value)) {
        Ok(pairs.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
    } else {
        Err("has characters that a header cannot have".to_owned())
    }
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let milliseconds = text.parse().ok().filter(|time| (1..=60_000).contains(time));
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| "is not a number of milliseconds from 1 to 60000".to_owned())
}

fn sampling(source: &Source, faults: &mut Faults) -> Sampling {
    let share = faults.collect(source.parse_with("OTEL_TRACES_SAMPLER_ARG", parse_share));
    let named = source.parse_with("OTEL_TRACES_SAMPLER", |text| {
        let (follows_parent, name) = match text.strip_prefix("parentbased_") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let share = match name {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => share.unwrap_or(1.0),
            _ => {
                return Err(
                    "is none of always_on, always_off, traceidratio and each of these with \
                            parentbased_ before it"
                        .to_owned(),
                );
            }
        };
        Ok(Sampling { share, follows_parent })
    });
    faults.collect(named).unwrap_or(Sampling { share: 1.0, follows_parent: true })
}

fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "is not a number from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: (&str, &str) = ("OTEL_TRACES_EXPORTER", "otlp");

    fn traces(variables: &[(&str, &str)]) -> Result<Option<TracesSettings>, Faults> {
        let mut faults = Faults::default();
        let read = read(&Source::from_pairs(variables), &mut faults);
        faults.or(read)
    }

    fn on(more: &[(&str, &str)]) -> TracesSettings {
        traces(&[&[ON], more].concat()).unwrap().unwrap()
    }

    #[test]
    fn traces_are_off_unless_they_are_asked_for() {
        assert!(traces(&[]).unwrap().is_none());
        assert!(traces(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://x:4318")]).unwrap().is_none());
        assert!(traces(&[("OTEL_TRACES_EXPORTER", "none")]).unwrap().is_none());
        assert!(traces(&[ON, ("OTEL_SDK_DISABLED", "true")]).unwrap().is_none());
        assert_eq!(on(&[]).endpoint.as_str(), "http://localhost:4318/v1/traces");
    }

    #[test]
    fn what_is_set_for_traces_goes_before_what_is_set_for_all() {
        let of_all = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://x:4318/");
        let of_traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://y/spans");
        assert_eq!(on(&[of_all]).endpoint.as_str(), "https://x:4318/v1/traces");
        assert_eq!(on(&[of_all, of_traces]).endpoint.as_str(), "https://y/spans");
        let times =
            [("OTEL_EXPORTER_OTLP_TIMEOUT", "100"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "200")];
        assert_eq!(on(&times).time, Duration::from_millis(200));
    }

    #[test]
    fn headers_are_secrets_and_percent_encoded() {
        let settings =
            on(&[("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20a+b%3D%3D, x-scope = 1")]);
        let headers: Vec<_> =
            settings.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(headers, [("authorization", "Basic a+b=="), ("x-scope", "1")]);
        assert!(!format!("{settings:?}").contains("Basic"));
    }

    #[test]
    fn headers_that_others_could_read_are_warned_of() {
        let is_open = |endpoint| {
            of_open_headers(&Source::from_pairs(&[
                ON,
                ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
                ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=x"),
            ]))
        };
        assert!(is_open("http://otel.example.com:4318"));
        assert!(!is_open("https://otel.example.com:4318"));
        assert!(!is_open("http://127.0.0.1:4318"));
        assert!(!is_open("http://[::1]:4318"));
    }

    #[test]
    fn samplers_have_their_standard_names() {
        let of = |name, share| {
            on(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", share)]).sampling
        };
        assert_eq!(on(&[]).sampling, Sampling { share: 1.0, follows_parent: true });
        assert_eq!(of("always_off", "0.5"), Sampling { share: 0.0, follows_parent: false });
        assert_eq!(
            of("parentbased_traceidratio", "0.25"),
            Sampling { share: 0.25, follows_parent: true }
        );
    }

    #[test]
    fn wrong_values_are_faults_that_do_not_repeat_them() {
        for wrong in [
            ("OTEL_TRACES_EXPORTER", "console-hunter2"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc-hunter2"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "hunter2:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://a:hunter2@x/"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x=hunter2%0Ay"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "hunter2"),
            ("OTEL_RESOURCE_ATTRIBUTES", "hunter2"),
            ("OTEL_TRACES_SAMPLER", "hunter2"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ] {
            // The last one of a name counts.
            let faults = traces(&[ON, wrong]).unwrap_err();
            assert_eq!(faults.iter().count(), 1, "{wrong:?}");
            assert!(!format!("{faults:?}").contains("hunter2"), "{wrong:?}");
        }
    }
}
