//! Outgoing requests over HTTP/1.1 with TLS, within bounds: no redirects, a total timeout, a
//! maximal size of the answer.

mod api;
mod error;
mod file_body;
mod ldap;
mod lookup;
mod message;
mod one_way;
mod probe;
mod reach;
mod smtp;

use std::{
    fs::File,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use error::is_about_certificate;
use file_body::{FileBody, MAX_FILE};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{Request, body::Body, client::conn::http1, header::HOST, http::request};
use hyper_util::rt::TokioIo;
use ipnet::Ipv6Net;
use lookup::{look_up, turns_for};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Semaphore,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tracing::field::Empty;
use url::Url;

pub use api::{ApiRequest, PostedMessage};
pub use error::OutboundError;
pub use file_body::FileUpload;
pub use ldap::{LdapEntry, LdapFault, LdapQuery, LdapServer, LdapSession, LdapTimes};
pub use lookup::{LOOKUPS, holding};
pub use message::{Answer, DownloadRequest, RequestHeader, XmlDocument};
pub use probe::{ProbeError, address_of, probe};
pub use reach::Reach;
pub use smtp::{OutgoingMail, SmtpError, SmtpStage};

use crate::crypto::tls::{self, Authorities};

/// The longest accepted answer, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// The target of the body of an answer.
enum Sink<'a> {
    /// A file, for a success, up to this many bytes; the body of an error answer is returned in memory.
    File(&'a mut File, usize),
    /// Memory, up to this many bytes.
    Memory(usize),
    /// None: the body is not read.
    Nowhere,
}

impl Sink<'_> {
    const SMALL: Self = Self::Memory(MAX_ANSWER);

    fn limit(&self) -> usize {
        match self {
            Self::File(..) | Self::Nowhere => MAX_ANSWER,
            Self::Memory(limit) => *limit,
        }
    }
}

/// A request, and where the body of its answer goes.
struct Outgoing<'a, R> {
    request: R,
    sink: Sink<'a>,
}

impl<R> Outgoing<'_, R> {
    /// A request whose answer is small.
    fn small(request: R) -> Self {
        Self { request, sink: Sink::SMALL }
    }
}

/// The HTTP client. It loads the trusted certificates of the system at the first use of TLS.
#[derive(Debug, Default)]
pub struct Outbound {
    connector: OnceLock<Option<Connector>>,
    authorities: Authorities,
    inside: Vec<Ipv6Net>,
    takes_this_machine_for_public: bool,
}

struct Connector(TlsConnector);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl Outbound {
    /// A client that trusts private authorities, too.
    pub fn trusting(authorities: Authorities) -> Self {
        Self { authorities, ..Self::default() }
    }

    /// The same client, which trusts private authorities, too, and treats these networks as inside.
    pub fn configured(self, authorities: Authorities, inside: Vec<Ipv6Net>) -> Self {
        Self { authorities, inside, ..self }
    }

    /// Whether an address may be connected to. Networks that an administrator called inside are not
    /// public.
    fn includes(&self, reach: Reach, address: IpAddr) -> bool {
        let is_here = self.takes_this_machine_for_public && address.is_loopback();
        let is_inside = match address {
            IpAddr::V4(_) => false,
            IpAddr::V6(address) => self.inside.iter().any(|network| network.contains(&address)),
        };
        is_here || (reach.includes(address) && (reach == Reach::Anywhere || !is_inside))
    }

    /// A client for tests against a local server: trusts only these certificates, and treats
    /// loopback addresses as public.
    pub fn to_this_machine(config: Arc<ClientConfig>) -> Self {
        let connector = Some(Connector(TlsConnector::from(config)));
        Self {
            connector: OnceLock::from(connector),
            takes_this_machine_for_public: true,
            ..Self::default()
        }
    }

    /// Sends a GET request that accepts JSON.
    pub async fn get(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
    ) -> Result<Answer, OutboundError> {
        let header = RequestHeader { name: "accept", value: "application/json" };
        self.get_with(url, reach, time, header).await
    }

    /// Sends a GET request with this header.
    pub async fn get_with(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        header: RequestHeader<'_>,
    ) -> Result<Answer, OutboundError> {
        let request = Request::get(path_of(url)).header(header.name, header.value);
        self.send(url, reach, time, Outgoing::small(request.body(Full::default()))).await
    }

    /// Fetches an image. Fails if it is longer than `limit` bytes.
    pub async fn get_image(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        limit: usize,
    ) -> Result<Answer, OutboundError> {
        let request = Request::get(path_of(url)).header("accept", "image/*").body(Full::default());
        self.send(url, reach, time, Outgoing { request, sink: Sink::Memory(limit) }).await
    }

    /// Posts a URL-encoded form.
    pub async fn post_form(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        form: String,
    ) -> Result<Answer, OutboundError> {
        let request = Request::post(path_of(url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(form.into()));
        self.send(url, reach, time, Outgoing::small(request)).await
    }

    /// Sends a file with a PUT request.
    pub async fn put(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        upload: FileUpload,
    ) -> Result<Answer, OutboundError> {
        let request = if_new(Request::put(path_of(url)), upload.is_new);
        let request = request.body(FileBody::new(upload));
        self.send(url, reach, time, Outgoing::small(request)).await
    }

    /// Posts an XML document.
    pub async fn post_xml(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        document: XmlDocument,
    ) -> Result<Answer, OutboundError> {
        let mut request = if_new(Request::post(path_of(url)), document.is_new);
        if !document.text.is_empty() {
            request = request.header("content-type", "application/xml");
        }
        let request = request.body(Full::new(document.text.into()));
        self.send(url, reach, time, Outgoing::small(request)).await
    }

    /// Downloads into a file. The body of an error answer is returned in memory.
    pub async fn download(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        file: &mut File,
    ) -> Result<Answer, OutboundError> {
        let request = Request::get(path_of(url)).body(Full::default());
        self.send(url, reach, time, Outgoing { request, sink: Sink::File(file, MAX_FILE) }).await
    }

    /// Downloads into a file, with bounds and headers. The body of an error answer is returned in memory.
    pub async fn download_with(
        &self,
        url: &Url,
        reach: Reach,
        download: DownloadRequest<'_>,
        file: &mut File,
    ) -> Result<Answer, OutboundError> {
        let request = with_headers(Request::get(path_of(url)), download.headers);
        let limit = usize::try_from(download.max_size).unwrap_or(usize::MAX);
        let request = request.body(Full::default());
        let outgoing = Outgoing { request, sink: Sink::File(file, limit) };
        self.send(url, reach, download.time, outgoing).await
    }

    /// Sends a DELETE request.
    pub async fn delete(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
    ) -> Result<Answer, OutboundError> {
        let request = Request::delete(path_of(url)).body(Full::default());
        self.send(url, reach, time, Outgoing::small(request)).await
    }

    async fn send<B>(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        outgoing: Outgoing<'_, Result<Request<B>, hyper::http::Error>>,
    ) -> Result<Answer, OutboundError>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let host = url.host_str().ok_or(OutboundError::Address)?.to_owned();
        let Outgoing { request, sink } = outgoing;
        let mut request = request.map_err(|_| OutboundError::Address)?;
        let authority = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        let value = authority.parse().map_err(|_| OutboundError::Address)?;
        let span = tracing::trace_span!(
            "outgoing request",
            otel.name = request.method().as_str(),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = request.method().as_str(),
            http.response.status_code = Empty,
            server.address = host,
        );
        request.headers_mut().insert(HOST, value);
        let outgoing = Outgoing { request, sink };
        let exchange = async {
            let includes = |address| self.includes(reach, address);
            let stream = connect(url, turns_for(reach), includes).await?;
            match url.scheme() {
                "https" => exchange(self.secure(&host, stream).await?, outgoing, &host).await,
                _ => exchange(stream, outgoing, &host).await,
            }
        };
        let result = match tokio::time::timeout(time, exchange).await {
            Ok(result) => result,
            Err(_) => Err(OutboundError::Late { host: host.clone(), time }),
        };
        match &result {
            Ok(answer) => span.record("http.response.status_code", i64::from(answer.status)),
            Err(_) => span.record("otel.status_code", "ERROR"),
        };
        result
    }

    /// Encrypts a connection to a host, and verifies the host.
    async fn secure(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, OutboundError> {
        let connector = self.connector.get_or_init(|| {
            let config = tls::verifying_client(&self.authorities).ok();
            config.map(|config| Connector(TlsConnector::from(config)))
        });
        let Some(Connector(connector)) = connector else {
            return Err(OutboundError::Talk {
                host: host.to_owned(),
                cause: "this system has no certificates to verify it".into(),
            });
        };
        secure_with(connector, host, stream).await
    }
}

/// A connector that takes every certificate, for hosts whose administrator chose so.
fn unverified_connector() -> TlsConnector {
    TlsConnector::from(tls::unverified_client())
}

async fn secure_with(
    connector: &TlsConnector,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, OutboundError> {
    let talk = |cause: String| OutboundError::Talk { host: host.to_owned(), cause };
    let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(name).map_err(|error| talk(error.to_string()))?;
    connector.connect(name, stream).await.map_err(|error| {
        if is_about_certificate(&error) {
            OutboundError::Certificate { host: host.to_owned(), cause: error.to_string() }
        } else {
            talk(error.to_string())
        }
    })
}

async fn connect(
    url: &Url,
    turns: &'static Semaphore,
    includes: impl Fn(IpAddr) -> bool,
) -> Result<TcpStream, OutboundError> {
    let port = url.port_or_known_default().ok_or(OutboundError::Address)?;
    connect_to(url.host_str().ok_or(OutboundError::Address)?, port, turns, includes).await
}

/// Resolves the name once, and connects only to addresses that passed the check: a second lookup
/// could return others.
async fn connect_to(
    host: &str,
    port: u16,
    turns: &'static Semaphore,
    includes: impl Fn(IpAddr) -> bool,
) -> Result<TcpStream, OutboundError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let host = host.to_owned();
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(ip) => vec![(ip, port).into()],
        Err(_) => look_up(turns, host.clone(), port).await.map_err(|error| {
            OutboundError::Resolve { host: host.clone(), cause: error.to_string() }
        })?,
    };
    let within: Vec<_> = found.into_iter().filter(|address| includes(address.ip())).collect();
    if within.is_empty() {
        return Err(OutboundError::OutOfReach { host });
    }
    TcpStream::connect(&within[..])
        .await
        .map_err(|error| OutboundError::Talk { host, cause: error.to_string() })
}

async fn exchange<S, B>(
    stream: S,
    outgoing: Outgoing<'_, Request<B>>,
    host: &str,
) -> Result<Answer, OutboundError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let Outgoing { request, sink } = outgoing;
    let talk = |cause: String| OutboundError::Talk { host: host.to_owned(), cause };
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| talk(error.to_string()))?;
    let connection = tokio::spawn(connection);
    let answered = async {
        let response =
            sender.send_request(request).await.map_err(|error| talk(error.to_string()))?;
        let (head, body) = response.into_parts();
        let body = match sink {
            Sink::File(file, limit) if head.status.is_success() => {
                file_body::write(body, file, limit).await.map(|()| Bytes::new())
            }
            Sink::Nowhere => Ok(Bytes::new()),
            sink => {
                let limit = sink.limit();
                let read = Limited::new(body, limit).collect().await;
                if read.as_ref().is_err_and(|error| error.is::<LengthLimitError>()) {
                    return Err(OutboundError::TooLarge { host: host.to_owned(), limit });
                }
                read.map(|body| body.to_bytes())
            }
        };
        let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        Ok(Answer {
            status: head.status.as_u16(),
            content_type: text("content-type").unwrap_or_default().to_owned(),
            max_age: text("cache-control").and_then(max_age),
            date: text("date").map(str::to_owned),
            headers: head.headers.clone(),
            body: body.map_err(|error| talk(error.to_string()))?,
        })
    };
    let answer = answered.await;
    connection.abort();
    answer
}

fn with_headers(request: request::Builder, headers: &[RequestHeader<'_>]) -> request::Builder {
    headers.iter().fold(request, |request, header| request.header(header.name, header.value))
}

/// Adds the condition that the resource does not exist yet.
fn if_new(request: request::Builder, is_new: bool) -> request::Builder {
    if is_new { request.header("if-none-match", "*") } else { request }
}

/// Reads `max-age`. `no-cache` and `no-store` count as 0 (RFC 9111 §5.2.2.4, §5.2.2.5).
fn max_age(cache_control: &str) -> Option<u64> {
    let directives = cache_control.to_ascii_lowercase();
    let mut directives = directives.split(',').map(str::trim);
    if directives.clone().any(|directive| matches!(directive, "no-cache" | "no-store")) {
        return Some(0);
    }
    directives.find_map(|directive| directive.strip_prefix("max-age=")?.parse().ok())
}

fn path_of(url: &Url) -> &str {
    &url[url::Position::BeforePath..url::Position::AfterQuery]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_that_count_as_inside_are_not_public() {
        let inside = vec!["2a00:1450::/32".parse().unwrap()];
        let outbound = Outbound::default().configured(Authorities::default(), inside);
        let address: IpAddr = "2a00:1450::1".parse().unwrap();
        assert!(!outbound.includes(Reach::Public, address));
        assert!(outbound.includes(Reach::Anywhere, address));
        assert!(Outbound::default().includes(Reach::Public, address));
    }

    #[test]
    fn an_answer_is_kept_as_long_as_its_sender_says() {
        assert_eq!(max_age("public, max-age=600"), Some(600));
        assert_eq!(max_age("Max-Age=600"), Some(600));
        assert_eq!(max_age("no-store, max-age=600"), Some(0));
        assert_eq!(max_age("no-cache"), Some(0));
        assert_eq!(max_age("public, max-age=-1"), None);
    }
}
