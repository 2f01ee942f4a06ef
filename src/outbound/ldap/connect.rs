//! Connects to a directory: in the clear, with TLS from the beginning, or with StartTLS.

use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Url;

use super::{
    super::{
        error::is_about_certificate,
        lookup::{CONFIGURED_TURNS, look_up},
    },
    ber::{operation, read_message},
    fault::{LdapFault, meaning},
    server::LdapServer,
};
use crate::crypto::tls::{self, Authorities};

/// The request for StartTLS (RFC 4511 §4.14.1), as message 1.
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// A connection, perhaps encrypted.
pub(super) trait LdapStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> LdapStream for S {}

/// Connects within the times of the server.
pub(super) async fn connect(
    server: &LdapServer,
    authorities: &Authorities,
) -> Result<Box<dyn LdapStream>, LdapFault> {
    let target = LdapTarget::of(server)?;
    let opened = timeout(server.times.connect, open(server, &target, authorities)).await;
    opened.map_err(|_| LdapFault::Late { host: target.host, time: server.times.connect })?
}

/// The host and the port of an address.
pub(super) struct LdapTarget {
    pub host: String,
    port: u16,
    is_encrypted: bool,
}

impl LdapTarget {
    pub(super) fn of(server: &LdapServer) -> Result<Self, LdapFault> {
        let url = Url::parse(server.url.trim()).map_err(|_| LdapFault::Address)?;
        let (is_encrypted, usual_port) = match url.scheme() {
            "ldap" => (false, 389),
            "ldaps" => (true, 636),
            _ => return Err(LdapFault::Address),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(LdapFault::Address)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port: url.port().unwrap_or(usual_port), is_encrypted })
    }
}

async fn open(
    server: &LdapServer,
    target: &LdapTarget,
    authorities: &Authorities,
) -> Result<Box<dyn LdapStream>, LdapFault> {
    let host = || target.host.clone();
    let found = look_up(&CONFIGURED_TURNS, host(), target.port).await;
    let found: Vec<SocketAddr> =
        found.map_err(|error| LdapFault::Connect { host: host(), cause: error.to_string() })?;
    let stream = TcpStream::connect(&found[..]).await;
    let mut stream =
        stream.map_err(|error| LdapFault::Connect { host: host(), cause: error.to_string() })?;
    if target.is_encrypted {
        return Ok(Box::new(secure(server, target, authorities, stream).await?));
    }
    if server.start_tls {
        start_tls(target, &mut stream).await?;
        return Ok(Box::new(secure(server, target, authorities, stream).await?));
    }
    Ok(Box::new(stream))
}

/// Asks for TLS. Nothing of the answer but the one message is read: further bytes in the clear would
/// be taken for encrypted ones.
async fn start_tls(target: &LdapTarget, stream: &mut TcpStream) -> Result<(), LdapFault> {
    let talk = |cause: String| LdapFault::Talk { host: target.host.clone(), cause };
    stream.write_all(START_TLS).await.map_err(|error| talk(error.to_string()))?;
    let answer = read_message(stream).await.map_err(|error| talk(error.to_string()))?;
    let answer = answer.ok_or_else(|| talk("it ended the connection".to_owned()))?;
    if answer.operation != operation::EXTENDED_RESPONSE {
        return Err(talk("it does not speak LDAP".to_owned()));
    }
    let result = answer.result().map_err(|error| talk(error.to_string()))?;
    match u32::try_from(result.code).unwrap_or(u32::MAX) {
        0 => Ok(()),
        code => Err(LdapFault::StartTls {
            host: target.host.clone(),
            code,
            text: meaning(code, &result.text),
        }),
    }
}

async fn secure(
    server: &LdapServer,
    target: &LdapTarget,
    authorities: &Authorities,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, LdapFault> {
    let talk = |cause: String| LdapFault::Talk { host: target.host.clone(), cause };
    let config = if server.skip_cert_verify {
        tls::unverified_client()
    } else {
        tls::verifying_client(authorities).map_err(|error| talk(error.to_string()))?
    };
    let connector = TlsConnector::from(config);
    let name =
        ServerName::try_from(target.host.clone()).map_err(|error| talk(error.to_string()))?;
    connector.connect(name, stream).await.map_err(|error| {
        let cause = error.to_string();
        if is_about_certificate(&error) {
            LdapFault::Certificate { host: target.host.clone(), cause }
        } else {
            talk(cause)
        }
    })
}
