//! Traces for OpenTelemetry: a span for each request, for each use of the database, for each message of the
//! outbox, and for each request to others.
//!
//! Spans are of the level TRACE, which no log line has: so the log does not show them, and while traces are off
//! they cost one comparison. They hold neither paths nor parameters, where codes may be.

mod request;
mod sender;

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{
    ExporterBuildError, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

pub(super) use self::request::RequestTrace;
use self::sender::SpanSender;
use crate::{
    crypto::tls::Authorities,
    settings::{Sampling, TracesSettings},
};

/// How long the last spans may take when the server stops.
const LAST: Duration = Duration::from_secs(3);

/// Sends spans, on a thread of its own, in batches of up to 512; of more than 2,048 that wait, the newest are dropped.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts to send spans as the settings say, also to collectors whose certificates are of these authorities.
    pub fn start(
        settings: &TracesSettings,
        authorities: &Authorities,
    ) -> Result<Self, ExporterBuildError> {
        let headers = settings.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.expose().to_owned()));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(SpanSender::new(authorities.clone(), settings.time))
            .with_endpoint(settings.endpoint.as_str())
            .with_timeout(settings.time)
            .with_headers(headers.collect())
            .build()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler(settings.sampling))
            .with_resource(resource(settings))
            .build();
        Ok(Self(provider))
    }

    /// The layer that turns spans of this program into spans of OpenTelemetry.
    pub fn layer<S>(&self) -> impl Layer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("pocketid"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_level(false)
            .with_filter(filter_fn(is_ours))
    }

    /// Sends the last spans.
    pub fn finish(self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "could not send the last spans");
        }
    }
}

/// Libraries have spans, too: with parts of requests in them.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("pocketid")
}

fn sampler(Sampling { share, follows_parent }: Sampling) -> Sampler {
    let own = Sampler::TraceIdRatioBased(share);
    if follows_parent { Sampler::ParentBased(Box::new(own)) } else { own }
}

fn resource(settings: &TracesSettings) -> Resource {
    let given = settings.attributes.iter();
    let given = given.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder_empty()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(given)
        .with_service_name(settings.service.clone())
        .build()
}
