//! How a browser without a face reaches a server: plainly, or with TLS, HTTP/2, and from an address of
//! this machine.

use std::{error::Error, net::Ipv4Addr, path::Path, sync::Arc};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request, Response, Uri, body::Incoming, client::conn, header, http::uri::PathAndQuery,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pocketid::crypto::tls::provider;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;

const HTTP2: &[u8] = b"h2";

/// What a connection is made of.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    from: Ipv4Addr,
    tls: Option<Arc<ClientConfig>>,
}

impl Default for Wire {
    fn default() -> Self {
        Self { from: Ipv4Addr::LOCALHOST, tls: None }
    }
}

impl Wire {
    /// TLS to whoever has this certificate, with HTTP/2 or HTTP/1.1.
    pub(crate) fn tls(certificate: &CertificateDer<'static>, is_http2: bool) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).expect("a certificate");
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let protocol = if is_http2 { HTTP2 } else { b"http/1.1" };
        config.alpn_protocols = vec![protocol.to_vec()];
        Self { tls: Some(Arc::new(config)), ..Self::default() }
    }

    /// The same with a certificate of the client, which are files in PEM form.
    pub(crate) fn tls_as(certificate: &CertificateDer<'static>, own: (&Path, &Path)) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).expect("a certificate");
        let chain = CertificateDer::from_pem_file(own.0).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(own.1).expect("a key");
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![chain], key)
            .expect("a certificate of a client");
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { tls: Some(Arc::new(config)), ..Self::default() }
    }

    /// The same from this address.
    pub(crate) fn bound_to(self, from: Ipv4Addr) -> Self {
        Self { from, ..self }
    }

    /// Sends a request to a port of this machine, and takes the head of the answer.
    pub(super) async fn send(
        &self,
        authority: &str,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Box<dyn Error + Send + Sync>> {
        let stream = self.connect(authority).await?;
        let Some(config) = &self.tls else {
            return Ok(http1(TokioIo::new(stream), request).await?);
        };
        let name = ServerName::try_from("localhost")?;
        let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
        let spoken = stream.get_ref().1.alpn_protocol().unwrap_or(b"http/1.1").to_vec();
        assert!(config.alpn_protocols.contains(&spoken), "the server does not speak it");
        if spoken == HTTP2 {
            Ok(http2(TokioIo::new(stream), authority, request).await?)
        } else {
            Ok(http1(TokioIo::new(stream), request).await?)
        }
    }

    async fn connect(&self, authority: &str) -> Result<TcpStream, Box<dyn Error + Send + Sync>> {
        let socket = TcpSocket::new_v4()?;
        if self.from != Ipv4Addr::LOCALHOST {
            socket.bind((self.from, 0).into())?;
        }
        let address = authority.replace("localhost", "127.0.0.1").parse()?;
        let stream = socket.connect(address).await?;
        // The request must not wait for the server to acknowledge the handshake.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

async fn http1<S>(stream: S, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>>
where
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let (mut sender, connection) = conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    sender.send_request(request).await
}

/// HTTP/2 has the host in the address of the request.
async fn http2<S>(
    stream: S,
    authority: &str,
    mut request: Request<Full<Bytes>>,
) -> hyper::Result<Response<Incoming>>
where
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    *request.uri_mut() = format!("https://{authority}{path}").parse::<Uri>().expect("an address");
    request.headers_mut().remove(header::HOST);
    let (mut sender, connection) = conn::http2::handshake(TokioExecutor::new(), stream).await?;
    tokio::spawn(connection);
    sender.send_request(request).await
}
