//! Connects to a directory: in the clear, with TLS from the beginning, or with StartTLS.

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Url;

use super::{
    super::{OutboundError, Reach, connect_to, secure_with, turns_for, unverified_connector},
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
    let stream = connect_to(&target.host, target.port, turns_for(Reach::Anywhere), |_| true).await;
    let mut stream = stream.map_err(|error| LdapFault::Connect {
        host: target.host.clone(),
        cause: cause_of(error),
    })?;
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
) -> Result<TlsStream<TcpStream>, LdapFault> {
    let talk = |cause: String| LdapFault::Talk { host: target.host.clone(), cause };
    let connector = if server.skip_cert_verify {
        unverified_connector()
    } else {
        let config = tls::verifying_client(authorities);
        TlsConnector::from(config.map_err(|error| talk(error.to_string()))?)
    };
    secure_with(&connector, &target.host, stream).await.map_err(|error| match error {
        OutboundError::Certificate { host, cause } => LdapFault::Certificate { host, cause },
        error => talk(cause_of(error)),
    })
}

/// The cause of an error, without the sentence that names the host.
fn cause_of(error: OutboundError) -> String {
    match error {
        OutboundError::Resolve { cause, .. } | OutboundError::Talk { cause, .. } => cause,
        error => error.to_string(),
    }
}
